"""Circuit breaker, rate budget and locks."""

from datetime import timedelta

from odoo import fields, sql_db
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from ..services.claim import claim, slot, try_claims


class GateCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backend = cls.env["channel.backend"].create(
            {"name": "Shop", "provider": "woocommerce", "base_url": "http://127.0.0.1:9"}
        )
        cls.gate = cls.env["channel.gate"]._of(cls.backend)

    def setUp(self):
        super().setUp()
        mode = self.enter_registry_test_mode()
        mode.__enter__()
        self.addCleanup(mode.__exit__, None, None, None)

    def _reread(self):
        self.gate.invalidate_recordset()
        return self.gate

    def _time_is_up(self):
        self.gate.open_until = fields.Datetime.now() - timedelta(seconds=1)
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestBreaker(GateCase):
    def test_closed_admits(self):
        self.gate.admit()
        self.gate.succeeded()
        self.assertFalse(self._reread().open_until)

    def test_failure_opens_and_postpones_without_a_try(self):
        self.env.flush_all()
        self.gate.failed(errors.Unreachable("connection_refused"))
        self._reread()
        self.assertEqual((self.gate.failures, self.gate.reason), (1, "connection_refused"))
        with self.assertRaises(RetryableJobError) as caught:
            self.gate.admit()
        self.assertTrue(caught.exception.ignore_retry)
        self.assertGreaterEqual(caught.exception.seconds, 5)

    def test_failures_under_way_do_not_lengthen_it(self):
        self.env.flush_all()
        self.gate.failed(errors.Unreachable("connection_refused"))
        until = self._reread().open_until
        self.gate.failed(errors.Unreachable("read_timeout"))
        self.assertEqual((self._reread().failures, self.gate.open_until), (1, until))

    def test_the_shop_names_the_time(self):
        self.env.flush_all()
        before = fields.Datetime.now()
        seconds = self.gate.failed(errors.RateLimited("rate_limited", retry_after=777))
        self.assertGreaterEqual(seconds, 777)
        self.assertGreaterEqual(self._reread().open_until, before + timedelta(seconds=776))

    def test_one_probe_when_the_time_is_up(self):
        self.env.flush_all()
        self.gate.failed(errors.Unreachable("connection_refused"))
        self._reread()
        self._time_is_up()
        self.gate.admit()  # the probe
        self._reread()
        with self.assertRaises(RetryableJobError):
            self.gate.admit()

    def test_probe_that_succeeds_closes_and_one_that_fails_opens_longer(self):
        self.env.flush_all()
        self.gate.failed(errors.Unreachable("connection_refused"))
        self._reread()
        self._time_is_up()
        self.gate.admit()
        self._reread()
        self.gate.failed(errors.Unreachable("connection_refused"))
        self.assertEqual(self._reread().failures, 2)
        self._time_is_up()
        self.gate.admit()
        self._reread().succeeded()
        self._reread()
        self.assertEqual((self.gate.failures, self.gate.open_until), (0, False))


@tagged("post_install", "-at_install")
class TestBudget(GateCase):
    def test_budget_is_spent_and_says_so(self):
        self.backend.requests_per_minute = 6  # a burst of one, then one in ten seconds
        self.env.flush_all()
        self.gate.spend()
        with self.assertRaises(errors.RateLimited) as caught:
            self.gate.spend()
        self.assertEqual(caught.exception.code, "budget")
        self.assertGreater(caught.exception.retry_after, 0)

    def test_no_budget_no_query(self):
        self.backend.requests_per_minute = 0
        self.env.flush_all()
        self.gate.backend_id.requests_per_minute  # noqa: B018 in the cache from here on
        with self.assertQueryCount(0):
            for _number in range(50):
                self.gate.spend()


@tagged("post_install", "-at_install")
class TestClaim(TransactionCase):
    def setUp(self):
        super().setUp()
        # two real connections: a session lock is re-entrant within one
        connection = sql_db.db_connect(self.env.cr.dbname)
        self.one, self.other = connection.cursor(), connection.cursor()
        self.addCleanup(self.one.close)
        self.addCleanup(self.other.close)

    def test_a_record_has_one_owner(self):
        with claim(self.one, 1, "order", "155"):
            with (
                self.assertRaises(RetryableJobError) as caught,
                claim(self.other, 1, "order", "155"),
            ):
                pass
            with claim(self.other, 1, "order", "156"):
                pass
        self.assertTrue(caught.exception.ignore_retry)
        with claim(self.other, 1, "order", "155"):
            pass

    def test_lock_survives_commit_and_rollback(self):
        with claim(self.one, 1, "order", "155"):
            self.one.commit()
            self.one.rollback()
            with self.assertRaises(RetryableJobError), claim(self.other, 1, "order", "155"):
                pass

    def test_lock_is_given_back_after_an_error(self):
        with self.assertRaises(ZeroDivisionError), claim(self.one, 1, "order", "155"):
            raise ZeroDivisionError
        with claim(self.other, 1, "order", "155"):
            pass

    def test_a_lost_connection_gives_it_back(self):
        with claim(self.one, 1, "order", "155"):
            self.one._cnx.close()
        with claim(self.other, 1, "order", "155"):
            pass

    def test_a_chunk_takes_what_is_free(self):
        keys = [(1, "order", "1"), (1, "order", "2")]
        with claim(self.one, *keys[0]), try_claims(self.other, keys) as owned:
            self.assertEqual(owned, keys[1:])

    def test_slots_are_counted_per_backend(self):
        with slot(self.one, 7, 1):
            with self.assertRaises(RetryableJobError), slot(self.other, 7, 1):
                pass
            with slot(self.other, 8, 1), slot(self.one, 7, 2):
                pass
