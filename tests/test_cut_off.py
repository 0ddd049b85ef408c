"""Jobs whose database was restarted in the middle: they go on, and nobody is told."""

from odoo.tests import TransactionCase, tagged

CUT_OFF = "psycopg2.InterfaceError"


@tagged("post_install", "-at_install")
class TestCutOff(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["channel.backend"].create(
            {"name": "Shop", "provider": "woocommerce", "base_url": "http://shop.invalid"}
        )
        cls.event = cls.env["channel.event"]._note(cls.backend, "order", "155", "manual")

    def fail(self, exception, **values):
        """A failed job of the event, as queue_job leaves it."""
        self.event.with_delay()._job_process()
        job = self.env["queue.job"].search([], order="id DESC", limit=1)
        job.write({"state": "failed", "exc_name": exception, "retry": 1, **values})
        return job

    def test_it_is_taken_up_again(self):
        job, bug = self.fail(CUT_OFF), self.fail("builtins.KeyError")
        self.env["channel.backend"]._cron_tick()
        self.assertEqual((job.state, job.retry, job.exc_name), ("pending", 1, False))
        self.assertEqual(bug.state, "failed")

    def test_not_for_ever(self):
        job = self.fail(CUT_OFF, retry=5)
        self.assertEqual(job.max_retries, 5)
        self.env["queue.job"]._channel_take_up()
        self.assertEqual(job.state, "failed")

    def test_nobody_is_told(self):
        self.event._job_failed(exc_name=CUT_OFF)
        self.assertEqual((self.event.state, self.event.issue_id.ids), ("pending", []))
        self.event._job_failed(exc_name="builtins.KeyError")
        self.assertEqual((self.event.state, self.event.issue_id.code), ("failed", "job_failed"))
