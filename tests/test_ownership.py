"""Who wins: the whole table of owners, policies, changes and directions, and its use."""

from datetime import datetime, timezone
from itertools import product

from odoo.tests import BaseCase, tagged

from ..core.catalogue import GROUPS
from ..core.ownership import Rule, Standing, Verdict, verdict
from ..services.ownership import Side
from .common import ChannelCase

LEAVE, WRITE, RETURN, ASK = Verdict.LEAVE, Verdict.WRITE, Verdict.RETURN, Verdict.ASK
NOTHING, ODOO, SHOP = (False, False), (True, False), (False, True)
#: both changed, and the shop (or Odoo) did it last, or nobody can tell
BOTH_ODOO, BOTH_SHOP, BOTH = (True, True, False), (True, True, True), (True, True, None)
UNKNOWN = (None, None)
CHANGES = (NOTHING, ODOO, SHOP, BOTH_ODOO, BOTH_SHOP, BOTH, UNKNOWN)
#: (direction, owner, policy): the verdicts in the order of CHANGES
TABLE = {
    ("in", "channel", "owner"): (LEAVE, WRITE, WRITE, WRITE, WRITE, WRITE, WRITE),
    ("in", "channel", "newest"): (LEAVE, RETURN, WRITE, RETURN, WRITE, WRITE, WRITE),
    ("in", "channel", "issue"): (LEAVE, ASK, WRITE, ASK, ASK, ASK, WRITE),
    ("in", "odoo", "owner"): (LEAVE, LEAVE, RETURN, RETURN, RETURN, RETURN, LEAVE),
    ("in", "odoo", "newest"): (LEAVE, LEAVE, WRITE, RETURN, WRITE, RETURN, LEAVE),
    ("in", "odoo", "issue"): (LEAVE, LEAVE, ASK, ASK, ASK, ASK, LEAVE),
    ("out", "odoo", "owner"): (LEAVE, WRITE, WRITE, WRITE, WRITE, WRITE, WRITE),
    ("out", "odoo", "newest"): (LEAVE, WRITE, RETURN, WRITE, RETURN, WRITE, WRITE),
    ("out", "odoo", "issue"): (LEAVE, WRITE, ASK, ASK, ASK, ASK, WRITE),
    ("out", "channel", "owner"): (LEAVE, RETURN, LEAVE, RETURN, RETURN, RETURN, LEAVE),
    ("out", "channel", "newest"): (LEAVE, WRITE, LEAVE, WRITE, RETURN, RETURN, LEAVE),
    ("out", "channel", "issue"): (LEAVE, ASK, LEAVE, ASK, ASK, ASK, LEAVE),
}


class TestVerdicts(BaseCase):
    def test_every_case(self):
        cases = product(("in", "out"), ("odoo", "channel"), ("owner", "newest", "issue"))
        self.assertEqual(set(cases), set(TABLE))
        for (direction, owner, policy), expected in TABLE.items():
            found = tuple(
                verdict(direction, Rule(owner, policy), Standing(*change)) for change in CHANGES
            )
            self.assertEqual(found, expected, (direction, owner, policy))

    def test_two_directions_never_write_against_each_other(self):
        """Whatever happened, at most one side's value travels: nothing goes in circles."""
        for owner, policy in product(("odoo", "channel"), ("owner", "newest", "issue")):
            for change in CHANGES:
                found = [
                    verdict(way, Rule(owner, policy), Standing(*change)) for way in ("in", "out")
                ]
                self.assertLessEqual(found.count(WRITE), 1, (owner, policy, change))
                if RETURN in found:
                    self.assertIn(WRITE, found, "what is sent back has to arrive")


@tagged("post_install", "-at_install")
class TestOwnership(ChannelCase):
    def setUp(self):
        super().setUp()
        self.judge = self.env["channel.ownership.judge"]
        template = self.env["product.template"].create({"name": "Mug"})
        self.binding = self.env["channel.binding.template"]._bind(
            self.backend,
            "7",
            template,
            odoo_parts=dict.fromkeys(GROUPS, "same"),
            shop_parts=dict.fromkeys(GROUPS, "same"),
        )

    def flow(self, kind):
        values = {"backend_id": self.backend.id, "kind": kind, "direction": "out"}
        flows = self.env["channel.flow"].with_context(active_test=False)
        known = flows.search([(name, "=", value) for name, value in values.items()])
        return known or flows.create(values)

    def own(self, group, owner, policy="owner"):
        row = self.backend.ownership_ids.filtered(lambda row: row.group == group)
        row.write({"owner": owner, "conflict_policy": policy})

    def decide(self, direction, odoo=None, shop=None, moments=(None, None)):
        """Verdicts that are not LEAVE; ``odoo`` and ``shop`` name the parts that changed."""
        parts = dict.fromkeys(GROUPS, "same")
        sides = [
            Side({**parts, **dict.fromkeys(changed or (), by)}, moment)
            for changed, by, moment in zip((odoo, shop), ("odoo", "shop"), moments, strict=True)
        ]
        found = self.judge._judge(self.judge._rules(self.backend), direction, self.binding, *sides)
        return {group: value for group, value in found.items() if value is not LEAVE}

    def test_groups_are_decided_apart(self):
        self.own("texts", "odoo")
        self.own("images", "channel")
        found = self.decide("out", odoo=["texts", "images"], shop=["texts"])
        self.assertEqual(found, {"texts": WRITE, "images": RETURN})
        found = self.decide("in", odoo=["texts"], shop=["texts", "images"])
        self.assertEqual(found, {"texts": RETURN, "images": WRITE})

    def test_equal_sides_need_nothing(self):
        parts = dict.fromkeys(GROUPS, "new")
        found = self.judge._judge(
            self.judge._rules(self.backend), "in", self.binding, Side(parts), Side(parts)
        )
        self.assertEqual(set(found.values()), {LEAVE})

    def test_newest_change(self):
        self.own("texts", "odoo", "newest")
        early, late = (datetime(2026, 1, day, tzinfo=timezone.utc) for day in (1, 2))
        for moments, expected in (((early, late), WRITE), ((late, early), RETURN)):
            found = self.decide("in", odoo=["texts"], shop=["texts"], moments=moments)
            self.assertEqual(found, {"texts": expected})

    def test_what_nobody_looked_at_is_as_it_was(self):
        self.own("texts", "odoo")
        rules = self.judge._rules(self.backend)
        parts = dict.fromkeys(GROUPS, "same")
        found = self.judge._judge(rules, "out", self.binding, Side({**parts, "texts": "odoo"}))
        self.assertEqual([g for g, value in found.items() if value is WRITE], ["texts"])

    def test_created_with_everything_but_stock(self):
        none = self.binding.browse()
        rules = self.judge._rules(self.backend)
        for direction in ("in", "out"):
            found = self.judge._judge(rules, direction, none, Side({}), Side({}))
            self.assertEqual(set(GROUPS) - {g for g, v in found.items() if v is WRITE}, {"stock"})

    def test_returned_value_arrives(self):
        """The shop changed what Odoo owns: the export that follows writes it back."""
        self.own("texts", "odoo")
        self.assertEqual(self.decide("in", shop=["texts"]), {"texts": RETURN})
        self.binding._out_of_step(["texts"])
        rules = self.judge._rules(self.backend)
        parts = dict.fromkeys(GROUPS, "same")
        found = self.judge._judge(rules, "out", self.binding, Side(parts))
        self.assertEqual([g for g, value in found.items() if value is WRITE], ["texts"])
        self.binding._in_step(parts, parts, ["texts"])
        found = self.judge._judge(rules, "out", self.binding, Side(parts), Side(parts))
        self.assertEqual(set(found.values()), {LEAVE})

    def test_flows_show_their_owner(self):
        by_kind = {kind: self.flow(kind) for kind in ("stock", "price", "product")}
        self.assertEqual(
            [(by_kind[kind].owner, by_kind[kind].conflict_policy) for kind in ("stock", "price")],
            [("odoo", "owner"), ("channel", "owner")],
        )
        self.assertFalse(by_kind["product"].owner)
        by_kind["price"].write({"owner": "odoo", "conflict_policy": "issue"})
        row = self.backend.ownership_ids.filtered(lambda row: row.group == "prices")
        self.assertEqual((row.owner, row.conflict_policy), ("odoo", "issue"))
        row.owner = "channel"
        self.assertEqual(by_kind["price"].owner, "channel")
