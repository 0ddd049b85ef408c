"""Circuit breaker, rate budget and locks."""

import time
from datetime import timedelta

from odoo import fields, sql_db
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase
from odoo.addons.queue_job.exception import RetryableJobError

from ..core import errors
from ..dev.woostore import Server, Store
from ..services.claim import claim, slot, try_claims
from .loopback import LoopbackMixin

#: No line of the log can be written any more.
FULL = """
    CREATE FUNCTION pg_temp.no_space() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END$$;
    CREATE TRIGGER no_space BEFORE INSERT ON channel_log
        FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.no_space()
"""


class GateCase(LoopbackMixin, MailCase):
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

    def test_a_part_is_kept_for_what_is_urgent(self):
        self.backend.requests_per_minute = 12  # a burst of two, then one in five seconds
        self.env.flush_all()
        self.gate.spend(urgent=False)
        with self.assertRaises(errors.RateLimited):
            self.gate.spend(urgent=False)
        self.gate.spend(urgent=True)

    def test_a_small_budget_leaves_something_for_everybody(self):
        self.backend.requests_per_minute = 6
        self.env.flush_all()
        self.gate.spend(urgent=False)


@tagged("post_install", "-at_install")
class TestByHand(GateCase):
    """What a person sees of the gate, and does about it."""

    def setUp(self):
        super().setUp()
        self.backend.state = "connected"
        self.env.flush_all()

    def _waits(self):
        self.backend.invalidate_recordset()
        return self.backend.wait_count, self.backend.wait_summary

    def _postponed(self, method):
        event = self.env["channel.event"]._note(self.backend, "order", "155", "manual")
        job = self.env["queue.job"].search([("model_name", "=", "channel.event")])
        job.eta = fields.Datetime.now() + timedelta(minutes=10)
        self.env.flush_all()
        getattr(self.backend, method)()
        return event, job

    def test_stopped_calls_wait_and_are_counted(self):
        self.backend.action_gate_stop()
        self._reread()  # as the next request does
        self.assertEqual((self.backend.gate_state, self._waits()), ("stopped", (0, "")))
        try:  # assertRaises would undo what is written meanwhile
            self.gate.admit("order 155")
        except RetryableJobError as caught:
            error = caught
        self.assertTrue(error.ignore_retry)
        count, summary = self._waits()
        self.assertEqual(count, 1)
        self.assertIn("stopped by hand: 1 time(s)", summary)
        line = self.env["channel.log"].search(self.backend.action_view_waits()["domain"])
        self.assertEqual((line.error, line.reference), ("stopped", "order 155"))
        self.assertEqual(line.duration, error.seconds * 1000)

    def test_a_job_under_way_makes_no_further_call(self):
        self.gate.spend()
        self.backend.action_gate_stop()
        with self.assertRaises(errors.RateLimited) as caught:
            self.gate.spend()
        self.assertEqual(caught.exception.code, "stopped")

    def test_going_on_wakes_what_waits_and_is_audited(self):
        self.backend.action_gate_stop()
        self.backend.action_gate_stop()
        _event, job = self._postponed("action_gate_go")
        self.assertFalse(job.eta)
        self._reread()
        self.gate.admit()
        bodies = self.backend.message_ids.mapped("body")
        self.assertEqual(sum("stopped" in body for body in bodies), 1, "once is news")
        self.assertEqual(sum("go on" in body for body in bodies), 1)

    def test_try_now_closes_the_breaker_where_the_shop_answers(self):
        store = Store(currency=self.env.company.currency_id.name)
        with Server(store) as server:
            self.backend.write(
                {"base_url": server.url, "api_key": store.key, "api_secret": store.secret}
            )
            self.env.flush_all()
            self.gate.failed(errors.Unreachable("connection_refused"))
            self._reread()
            self.assertEqual(self.backend.gate_state, "outage")
            self.assertIn("refuses connections", self.backend.gate_message)
            _event, job = self._postponed("action_gate_try")
        self.assertFalse(job.eta)
        self.assertEqual((self._reread().failures, self.gate.open_until), (0, False))
        self.assertIn("Tried by hand", self.backend.message_ids[0].body)

    def test_try_now_says_what_is_wrong_and_leaves_the_shop_its_rest(self):
        self.gate.failed(errors.Unreachable("connection_refused"))
        until = self._reread().open_until
        with self.assertRaises(UserError):
            self.backend.action_gate_try()
        self.assertEqual(self._reread().open_until, until)

    def test_who_may_only_look_may_not_override(self):
        user = new_test_user(self.env, "looker", "channel_connector.group_user")
        for action in ("action_gate_try", "action_gate_stop", "action_gate_go"):
            with self.assertRaises(AccessError):
                getattr(self.backend.with_user(user), action)()
        self.assertTrue(self.backend.with_user(user).gate_message)

    def test_a_new_budget_is_audited(self):
        self.backend.requests_per_minute = 60
        self.flush_tracking()
        values = self.backend.message_ids.tracking_value_ids
        self.assertIn("requests_per_minute", values.field_id.mapped("name"))

    def test_nothing_is_counted_where_nothing_shall_be_kept(self):
        self.backend.log_mode = "off"
        self.env.flush_all()
        self.gate.log_wait("budget", "order 155", 3)
        self.assertEqual(self._waits(), (0, ""))

    def test_a_wait_that_cannot_be_written_down_is_one_all_the_same(self):
        self.env.cr.execute(FULL)
        self.gate.open_until = fields.Datetime.now() + timedelta(minutes=1)
        self.env.flush_all()
        muted = mute_logger("odoo.addons.channel_connector.models.channel_gate", "odoo.sql_db")
        with muted, self.assertRaises(RetryableJobError):
            self.gate.admit("order 155")


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
            pid = self.one._cnx.get_backend_pid()
            self.one._cnx.close()
        self._wait_for_the_end_of(pid)
        with claim(self.other, 1, "order", "155"):
            pass

    def _wait_for_the_end_of(self, pid):
        """PostgreSQL notices a closed connection a moment later."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            self.other.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid])
            if not self.other.fetchone():
                return
            # a snapshot of the activity lasts for a transaction
            self.other.rollback()
            time.sleep(0.05)
        self.fail("the connection lives on")

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

    def test_the_catalogue_leaves_a_slot_to_orders(self):
        with slot(self.one, 7, 2, kept=False):
            with self.assertRaises(RetryableJobError), slot(self.other, 7, 2, kept=False):
                pass
            with slot(self.other, 7, 2):
                pass

    def test_an_order_takes_the_kept_slot_first(self):
        with slot(self.one, 7, 2), slot(self.other, 7, 2, kept=False):
            pass

    def test_the_only_slot_is_for_everybody(self):
        with slot(self.one, 7, 1, kept=False):
            pass
