"""The first version's database goes on with this version: nothing lost, nothing twice."""

from __future__ import annotations

import os
import re

import databases
import pytest
from odoo_client import OdooClient, OdooError, reconnect_store
from upgraded import figures, kept, upgraded_copy

from channel_connector.dev.woostore import Server, recorded_store

SHOPS = {"INCL-": "incl", "EXCL-": "excl"}
#: Flows that only look: an upgrade switches them on.
ON = {("order", "in"), ("customer", "in"), ("reconcile", "in")}
#: What grows when a shop is asked again: what was heard and read, and the list of its gateways; not
#: what it became.
GROWING = {"events", "payloads", "log", "cursors", "mappings"}
MODES = ("list", "form", "kanban", "search")


@pytest.fixture
def database():
    with upgraded_copy(f"{databases.PREFIX}_int_{os.getpid()}") as name:
        yield name


@pytest.fixture
def odoo(server):
    running = server(workers=4, channels="root:2")
    return OdooClient(running.url, running.database)


def test_no_count_and_no_total_has_changed(sql):
    then = kept.figures_then()
    assert figures.rows(then) > 60
    assert not figures.differences(then, figures.figures(sql))
    assert sql("SELECT 1 FROM channel_event WHERE state = 'pending'"), "what waited waits"


def test_a_loss_would_be_seen(sql):
    then = figures.figures(sql)
    ((last,),) = sql("SELECT max(id) FROM channel_binding_partner")
    sql("DELETE FROM channel_binding_partner WHERE id = %s", last)
    sql("UPDATE sale_order SET amount_total = amount_total + 0.01 WHERE id = 2")
    found = figures.differences(then, figures.figures(sql))
    assert {line.split(",")[0] for line in found} == {
        "bindings",
        "sales orders",
        "orders of channels",
    }


def test_backends_have_what_a_new_one_has_and_nothing_starts_by_itself(sql):
    flows = sql("SELECT backend_id, kind, direction, active, interval FROM channel_flow")
    by_backend = {}
    for backend, *flow in flows:
        by_backend.setdefault(backend, []).append(flow)
    assert len(by_backend) == 3
    for found in by_backend.values():
        assert len(found) >= 14
        assert {(kind, way) for kind, way, active, _interval in found if active} == ON
        assert [row[3] for row in found if row[0] == "customer"] == [1440]
    owned = sql("SELECT backend_id, count(*) FROM channel_ownership GROUP BY 1")
    assert {count for _backend, count in owned} == {7}
    assert sql("SELECT DISTINCT setup_step FROM channel_backend") == [("live",)]
    released = sql(
        "SELECT s.state, b.status_code, b.released, count(*) FROM channel_binding_order b"
        " JOIN sale_order s ON s.id = b.odoo_id WHERE b.released GROUP BY 1, 2, 3"
    )
    assert {row[:2] for row in released} == {("sale", "processing"), ("sale", "completed")}
    told = sql(
        "SELECT count(DISTINCT res_id) FROM mail_message"
        " WHERE model = 'channel.backend' AND body LIKE '%switched off%'"
    )
    assert told == [(3,)]
    (installed,) = sql(
        "SELECT latest_version FROM ir_module_module WHERE name = %s", databases.ADDON
    )
    assert installed == ("19.0.1.0.0",)


def test_every_screen_opens_and_shops_go_on(odoo, sql, wait_until):
    for action in _screens(odoo):
        _open(odoo, action)
    backends = odoo.search_read("channel.backend", [], ["order_prefix", "is_copy", "state"])
    assert all(row["is_copy"] for row in backends), "restored from a dump, it calls no shop"
    stores = {name: recorded_store(name) for name in SHOPS.values()}
    with Server(stores) as shops:
        ids = {SHOPS.get(row["order_prefix"]): row["id"] for row in backends}
        for name, store in stores.items():
            odoo.call("channel.backend", "write", [ids[name]], {"base_url": shops.url_of(name)})
            with pytest.raises(OdooError, match="Confirm Go-Live"):
                odoo.call("channel.backend", "action_connect", [ids[name]])
            assert not store.requests
        odoo.call("channel.backend", "action_pause", [ids[None]])
        before = figures.figures(sql)
        for name, store in stores.items():
            reconnect_store(odoo, ids[name], shops.url_of(name), store.key, store.secret)
        _read_again(odoo, sql, [ids["incl"], ids["excl"]], wait_until)
        assert all(store.requests for store in stores.values())
    found = figures.differences(before, figures.figures(sql))
    assert not [line for line in found if line.split(",")[0] not in GROWING | {"backends"}]


def _read_again(odoo, sql, backends, wait_until):
    """Let the polls begin at the beginning: every order of the shops comes once more."""
    wait_until(lambda: not _waiting(sql, backends), timeout=120)
    sql("UPDATE channel_cursor SET value = '{}'")
    heard = _heard(sql, backends)
    odoo.call("channel.backend", "action_sync_now", backends)
    wait_until(lambda: _heard(sql, backends) > heard, timeout=60)
    wait_until(lambda: not _waiting(sql, backends), timeout=240)
    again = sql(
        "SELECT state, count(*) FROM channel_event WHERE backend_id = ANY(%s)"
        " AND kind = 'order' AND id > %s GROUP BY 1",
        backends,
        heard,
    )
    assert dict(again).keys() <= {"ignored", "done"}, again


def _heard(sql, backends):
    return sql(
        "SELECT max(id) FROM channel_event WHERE kind = 'order' AND backend_id = ANY(%s)", backends
    )[0][0]


def _waiting(sql, backends):
    return sql(
        "SELECT id FROM channel_event WHERE state = 'pending' AND backend_id = ANY(%s)"
        " UNION ALL SELECT id FROM queue_job"
        " WHERE model_name = 'channel.flow' AND state NOT IN ('done', 'cancelled', 'failed')",
        backends,
    )


# === SCREENS === #


def _screens(odoo):
    """The addon's window actions that a menu or a button opens without a record of its own."""
    known = odoo.search_read(
        "ir.model.data",
        [("module", "=", databases.ADDON), ("model", "=", "ir.actions.act_window")],
        ["res_id"],
    )
    names = ["name", "res_model", "view_mode", "domain", "target"]
    actions = odoo.search_read(
        "ir.actions.act_window", [("id", "in", [row["res_id"] for row in known])], names
    )
    shown = [action for action in actions if action["target"] != "new"]
    assert len(shown) > 15
    return shown


def _open(odoo, action):
    """Read what the screen shows of some rows, and all that the form shows of the first."""
    model = action["res_model"]
    modes = [mode for mode in action["view_mode"].split(",") if mode in MODES]
    views = odoo.call(model, "get_views", [[False, mode] for mode in modes])["views"]
    for mode, view in views.items():
        fields = set(re.findall(r'<field name="(\w+)"', view["arch"]))
        known = odoo.call(model, "fields_get", [], ["type"])
        shown = sorted(name for name in fields & known.keys() if known[name]["type"] != "binary")
        limit = 1 if mode == "form" else 20
        odoo.search_read(model, [], shown, limit=limit)
