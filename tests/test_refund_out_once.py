"""One credit note, one refund: whatever is lost, doubled or told out of order."""

from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from .refund_out_case import RefundOutCase


@tagged("post_install", "-at_install")
class TestOnce(RefundOutCase):
    backend_values = {"provider_settings": {"read_timeout": 1}}

    def setUp(self):
        super().setUp()
        self.order, self.invoiced = self.sold(("MUG", 3))
        self.credited = self.credit(self.invoiced, MUG=1)

    def lose_answer(self, kind, when="after"):
        """The shop does what it is asked, and the answer is lost."""
        self.server.faults.add(
            kind, method="POST", path=f"/orders/{self.order['id']}/refunds", when=when, seconds=3
        )

    def assertOnce(self):
        (shop,) = self.refunds(self.order)
        (binding,) = self.bindings(self.credited)
        self.assertEqual(binding.external_id, str(shop["id"]))
        self.assertEqual(set(self.notes(self.credited).mapped("state")), {"done"})

    def test_lost_answers(self):
        """Each kind of lost answer, each with a credit note of its own."""
        for kind in ("timeout", "reset", "half-body", "502-nginx", "200-html"):
            with self.subTest(kind):
                self.store.refunds.clear()
                self.lose_answer(kind)
                self.assertIsInstance(self.tell(self.credited), RetryableJobError)
                self.assertFalse(self.bindings(self.credited))
                self.assertFalse(self.tell(self.credited))
                self.assertOnce()
                self.credited = self.credit(self.invoiced, MUG=1)

    def test_a_request_that_never_arrived(self):
        self.lose_answer("reset", when="before")
        self.assertIsInstance(self.tell(self.credited), RetryableJobError)
        self.assertFalse(self.refunds(self.order))
        self.assertFalse(self.tell(self.credited))
        self.assertOnce()

    def test_killed_between_the_refund_and_our_note_of_it(self):
        """The echo can't be read: the job ends after the POST, before anything is stored."""
        path = rf"/orders/{self.order['id']}$"
        self.server.faults.add("reset", method="POST", path="/refunds", when="after")
        self.tell(self.credited)
        self.server.faults.add("502-nginx", method="GET", path=path, times=9)
        self.assertIsInstance(self.tell(self.credited), RetryableJobError)
        self.server.faults.clear()
        self.env["channel.gate"]._of(self.backend).succeeded()
        self.assertFalse(self.tell(self.credited))
        self.assertOnce()

    def test_the_webhook_comes_before_the_answer(self):
        """The shop tells of our refund while our job does not know whether it exists."""
        self.lose_answer("reset")
        self.tell(self.credited)
        moves = self.env["account.move"].search_count([])
        event = self.receive(self.order["id"])
        self.assertIn(event.state, ("done", "ignored"))
        self.run_pending()
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertFalse(self.tell(self.credited))
        self.run_pending()
        self.assertOnce()
        self.assertEqual(self.env["account.move"].search_count([]), moves)

    def test_taken_back_and_posted_again_while_the_answer_is_lost(self):
        """The new note finds what the old one may have made."""
        self.lose_answer("reset")
        self.tell(self.credited)
        self.credited.button_draft()
        self.credited.action_post()
        self.assertEqual(len(self.notes(self.credited, state="pending")), 2)
        self.assertFalse(self.tell(self.credited))
        self.assertOnce()

    def test_given_up_and_posted_again(self):
        self.lose_answer("reset")
        self.tell(self.credited)
        self.notes(self.credited)._job_failed("RetryableJobError", "")
        self.assertEqual(self.notes(self.credited).state, "failed")
        self.credited.button_draft()
        self.credited.action_post()
        self.assertFalse(self.tell(self.credited))
        self.assertOnce()

    def test_two_jobs_of_one_note(self):
        self.assertFalse(self.tell(self.credited))
        self._run(self.notes(self.credited), "_job_export")
        self.assertOnce()

    def test_the_refund_became_a_credit_note_of_its_own(self):
        """A marker was lost with the answer: nothing is bound twice, and a person is told."""
        self.lose_answer("reset")
        self.tell(self.credited)
        (shop,) = self.refunds(self.order)
        other = self.credit(self.invoiced, MUG=1)
        self.env["channel.binding.refund"]._bind(
            self.backend,
            shop["id"],
            other,
            order_id=other.line_ids.sale_line_ids.order_id.id,
            order_external_id=str(self.order["id"]),
        )
        self.blocked(self.credited, "refund_taken")
        self.assertEqual(len(self.refunds(self.order)), 1)
