"""A paused flow, and one that works by its schedule alone: everything waits, nothing is lost."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..core.canonical import Notice
from ..services import job_drains
from .money_case import MoneyCase
from .outbound_case import OutboundCase
from .stock_case import StockCase

LONG_AGO = timedelta(hours=2)


class PauseMixin:
    def flow_of(self, kind, direction="in"):
        return self.backend.flow_ids.filtered(
            lambda flow: (flow.kind, flow.direction) == (kind, direction)
        )

    def jobs(self, **values):
        self.env["queue.job"].flush_model()
        domain = [("state", "=", "pending"), ("model_name", "like", "channel.")]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["queue.job"].search(domain)

    def forget_jobs(self):
        self.jobs().unlink()

    def deliver(self, kind, external_id):
        """A webhook as the endpoint stores it; returns its event."""
        rules = self.env["channel.backend"]._delivery_rules(self.backend.sudo().webhook_token)
        notice = Notice(kind=kind, topic=f"{kind}.updated", external_id=str(external_id))
        return self.env["channel.event"]._receive(rules, notice, {}, f"{kind}-{external_id}")

    def age(self, records):
        name = "received_at" if records._name == "channel.event" else "noted_at"
        records[name] = fields.Datetime.now() - LONG_AGO


@tagged("post_install", "-at_install")
class TestPausedOrders(PauseMixin, OutboundCase):
    def setUp(self):
        super().setUp()
        self.flow = self.flow_of("order")
        self.flow.action_pause()
        self.forget_jobs()

    def test_a_delivery_waits_until_the_flow_is_resumed(self):
        order = self.place(("MUG", 1))
        event = self.deliver("order", order["id"])
        self.assertEqual(event.state, "pending")
        self.assertFalse(self.jobs())
        asked = len(self.store.requests)
        self.run_job(event)
        self.assertEqual((event.state, len(self.store.requests)), ("pending", asked))
        self.age(event)
        self.assertFalse(self.env["channel.event"]._sweep(self.backend))
        self.assertEqual(event.sweeps, 0, "it is not stuck, it waits")
        self.flow.action_resume()
        (wake,) = self.jobs()
        self.assertEqual(wake.method_name, "_job_wake")
        self._run(self.flow, "_job_wake")
        self.assertTrue(self.jobs(method_name="_job_process"))
        self.run_job(event)
        self.assertEqual(event.state, "done")

    def test_what_a_poll_has_read_goes_on_in_chunks(self):
        events = self.poll(*(self.place(("MUG", 1)) for _number in range(3)))
        self.run_chunk(events)
        self.assertEqual(set(events.mapped("state")), {"pending"})
        self.assertFalse(self.jobs())
        self.flow.action_resume()
        self._run(self.flow, "_job_wake")
        (chunk,) = self.jobs(method_name="_job_process_chunk")
        self.assertEqual(chunk.name, "3 x order")
        self._run(self.flow, "_job_wake")
        self.assertEqual(self.jobs(method_name="_job_process_chunk"), chunk, "once is enough")
        self.run_chunk(events)
        self.assertEqual(set(events.mapped("state")), {"done"})

    def test_nobody_asks_the_shop_meanwhile(self):
        self.assertFalse(self.flow._is_due(fields.Datetime.now()))
        asked = len(self.store.requests)
        self.env.flush_all()
        self.assertEqual(self.flow._job_poll(), "the flow is paused")
        self.assertEqual(len(self.store.requests), asked)

    def test_a_person_may_ask_for_an_order_and_it_waits(self):
        event = self.backend.action_import_order(str(self.place(("MUG", 1))["id"]))
        self.assertFalse(self.jobs())
        self.assertEqual(event.state, "pending")

    def test_pictures_wait_with_their_products(self):
        self.flow_of("product").active = True
        self.flow_of("product").action_pause()
        self.assertTrue(self.backend._waits("image"))
        self.assertFalse(self.backend._waits("customer"))

    def test_who_paused_is_kept_with_the_backend(self):
        manager = new_test_user(self.env, "pauser", "channel_connector.group_manager")
        manager.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        self.flow.with_user(manager).action_resume()
        message = self.backend.message_ids[0]
        self.assertIn("Orders (Channel → Odoo)", message.body)
        self.assertEqual(message.author_id, manager.partner_id)

    def test_who_may_only_look_may_not_pause(self):
        user = new_test_user(self.env, "looker", "channel_connector.group_user")
        user.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        for action in ("action_pause", "action_resume", "action_run_now"):
            with self.assertRaises(AccessError):
                getattr(self.flow.with_user(user), action)()

    def test_a_resumed_backend_goes_on_at_once(self):
        self.flow.action_resume()
        self.backend.action_pause()
        self.forget_jobs()
        event = self.deliver("order", self.place(("MUG", 1))["id"])
        self.forget_jobs()  # it ran, and found the backend paused
        self.backend._remember_identity()
        self.backend.action_resume()
        (wake,) = self.jobs()
        self.assertEqual(wake.name, "go on with order")
        self._run(self.flow, "_job_wake")
        self.run_job(event)
        self.assertEqual(event.state, "done")


@tagged("post_install", "-at_install")
class TestPausedPayments(PauseMixin, MoneyCase):
    def test_what_follows_from_orders_can_be_paused_alone(self):
        payments = self.flow_of("payment")
        payments.action_pause()
        self.gateway("cod", invoice_policy="confirmed", register_payment=False)
        sale = self.buy(("MUG", 1))
        event = self.money_events(sale)
        self.assertEqual((sale.state, event.state), ("sale", "pending"))
        self.assertFalse(self.jobs(channel="root.channel.money"))
        self.run_job(event)
        self.assertFalse(sale.invoice_ids)
        payments.action_resume()
        self._run(payments, "_job_wake")
        self.assertTrue(self.jobs(channel="root.channel.money", method_name="_job_process"))
        self.run_job(event)
        self.assertTrue(sale.invoice_ids)


@tagged("post_install", "-at_install")
class TestPausedNews(PauseMixin, OutboundCase):
    def test_what_the_shop_shall_be_told_waits(self):
        self.statuses.action_pause()
        sale = self.import_order(self.place(("MUG", 1)))
        (note,) = self.notes(sale, state="pending")
        self.assertFalse(self.jobs(model_name="channel.outbox"))
        told = len(self.store.requests)
        self.run_notes(note)
        self.assertEqual((note.state, len(self.store.requests)), ("pending", told))
        self.age(note)
        self.assertFalse(self.env["channel.outbox"]._sweep(self.backend))
        self.statuses.action_resume()
        self._run(self.statuses, "_job_wake")
        self.assertTrue(self.jobs(model_name="channel.outbox"))
        self.run_notes(note)
        self.assertEqual(note.state, "done")


@tagged("post_install", "-at_install")
class TestPausedStock(PauseMixin, StockCase):
    def setUp(self):
        super().setUp()
        for number, product in enumerate((self.mug, self.small, self.medium), 3):
            self.receive(product, number)

    def shown(self):
        return [self.store.product(s)["stock_quantity"] for s in ("MUG", "TEE-S", "TEE-M")]

    def test_changes_wait(self):
        self.flow.action_pause()
        self.forget_jobs()
        self.assertIn("paused", self.drain())
        self.assertEqual(self.shown(), [0, 0, 0])
        waiting = self.notes(state="pending")
        self.assertTrue(waiting)
        self.age(waiting)
        self.env["channel.outbox"]._sweep_drains(self.backend)
        self.assertFalse(self.jobs())
        self.assertEqual(set(waiting.mapped("sweeps")), {0})
        self.flow.action_resume()
        self._run(self.flow, "_job_wake")
        self.assertTrue(self.jobs(method_name="_job_drain"))
        self.drain()
        self.assertEqual(self.shown(), [3, 4, 5])

    def test_a_drain_under_way_stops_at_its_next_batch(self):
        service = self.env.registry["channel.stock.exporter"]
        push = service._push

        def paused_meanwhile(service, adapter, planned):
            yield from push(service, adapter, planned)
            self.env.cr.execute(
                "UPDATE channel_flow SET paused = true WHERE id = %s", [self.flow.id]
            )

        with (
            patch.object(service, "_push", paused_meanwhile),
            patch.object(job_drains, "DRAIN_SIZE", 1),
        ):
            self.drain()
        self.assertEqual(sum(map(bool, self.shown())), 1)
        self.flow.action_resume()
        self.drain()
        self.assertEqual(self.shown(), [3, 4, 5])


@tagged("post_install", "-at_install")
class TestNotAtOnce(PauseMixin, OutboundCase):
    """Flows whose "At Once" is off: what comes is kept, and the schedule works on it."""

    def setUp(self):
        super().setUp()
        self.flow = self.flow_of("order")
        self.flow.write({"realtime": False, "interval": 30})
        self.forget_jobs()

    def test_a_delivery_waits_for_the_schedule(self):
        event = self.deliver("order", self.place(("MUG", 1))["id"])
        self.assertEqual(event.state, "pending")
        self.age(event)
        self.assertFalse(self.env["channel.event"]._sweep(self.backend))
        self.assertFalse(self.jobs())
        now = fields.Datetime.now()
        self.assertTrue(self.flow._is_due(now))
        self.env.flush_all()
        self._run(self.flow, "_job_poll")
        self.assertFalse(self.flow._is_due(now), "not before the next half hour")
        self.assertTrue(self.jobs(method_name="_job_process"))
        self.run_job(event)
        self.assertEqual(event.state, "done")

    def test_news_for_the_shop_wait_for_the_schedule(self):
        self.statuses.write({"realtime": False, "interval": 30})
        now = fields.Datetime.now()
        sale = self.import_order(self.place(("MUG", 1)))
        (note,) = self.notes(sale, state="pending")
        self.assertFalse(self.jobs(model_name="channel.outbox"))
        self.age(note)
        self.assertFalse(self.env["channel.outbox"]._sweep(self.backend))
        self.assertTrue(self.statuses._is_due(now))
        self._run(self.statuses, "_job_poll")
        self.assertTrue(self.jobs(model_name="channel.outbox"))
        self.assertFalse(self.statuses._is_due(now))
        self.assertTrue(self.statuses._is_due(now + timedelta(minutes=31)))

    def test_without_a_schedule_a_person_starts_it(self):
        self.flow.interval = 0
        event = self.deliver("order", self.place(("MUG", 1))["id"])
        self.assertFalse(self.flow._is_due(fields.Datetime.now()))
        self.flow.action_run_now()
        (job,) = self.jobs()
        self.assertEqual((job.method_name, job.priority), ("_job_poll", 5))
        self._run(self.flow, "_job_poll")
        self.assertTrue(self.jobs(method_name="_job_process"))
        self.assertEqual(event.state, "pending")

    def test_switched_back_what_has_waited_goes_on(self):
        self.deliver("order", self.place(("MUG", 1))["id"])
        self.flow.realtime = True
        (wake,) = self.jobs()
        self.assertEqual(wake.method_name, "_job_wake")
