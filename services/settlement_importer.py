"""Payout statements: of a gateway's API, of files, and those that still wait for payments.

A statement is read once and kept as lines. What comes again adds only lines that are not there, so
exports may overlap; and every event of a statement, whatever made it, looks for the payments of
the lines that are open.
"""

from dataclasses import dataclass
from typing import Any

from odoo import fields, models

from ..core import errors
from ..core.canonical import Record, Settlement, SettlementKind, SettlementLine
from ..core.fingerprint import fingerprint
from ..core.settlement_plain import from_plain, to_plain
from .handler import _utc
from .job_errors import draft_of
from .job_run import Outcome
from .messages import issue_text
from .order_values import naive

#: ``topic`` of events whose payload is a statement read from a file.
FILE = "file"
#: So many open lines are named in an issue.
MOST_NAMED = 40


@dataclass
class Statement:
    """A statement and where it goes. ``derived``: its payout is what its lines make."""

    content: Settlement
    profile: Any
    journal: Any
    derived: bool = False


class ChannelSettlementImporter(models.AbstractModel):
    _name = "channel.settlement.importer"
    _inherit = "channel.handler"
    _description = "Payout importer"

    _overtakes = False  # each file has lines of its own

    # === RECEIVING === #

    def _receive_file(self, backend, profile, journal, settlements):
        """Events, with their statements, for what a person has read from a file; and their jobs.

        :param settlements: list of :class:`core.canonical.Settlement`
        """
        rows = []
        for settlement in settlements:
            payload = {
                "statement": to_plain(settlement),
                "profile_id": profile.id,
                "journal_id": journal.id,
            }
            rows.append(
                {
                    "kind": "settlement",
                    "topic": FILE,
                    "external_id": settlement.external_id,
                    "source": "manual",
                    "dedup_key": fingerprint([FILE, payload]),
                    "payload": payload,
                }
            )
        events = self.env["channel.event"].sudo()._insert(backend, rows)
        events._enqueue(priority=5)
        return events

    def _not_known(self, adapter, backend, records):
        """A poll looks back: what is reconciled already is left out."""
        done = self.env["channel.settlement"].search(
            [
                ("backend_id", "=", backend.id),
                ("external_id", "in", [record.external_id for record in records]),
                ("state", "=", "done"),
            ]
        )
        known = set(done.mapped("external_id"))
        return [record for record in records if record.external_id not in known]

    # === READING === #

    def _read(self, adapter, events):
        """What came with the events: no gateway tells a single statement again."""
        return self._read_payload(events)

    def _read_payload(self, events):
        """Everything the events brought: parts of one statement may come in several files."""
        events = events.sorted("id")
        parts = [
            {"topic": event.topic, "payload": payload}
            for event in events
            if (payload := event.sudo().payload)
        ]
        return Record(
            kind="settlement",
            external_id=events[0].external_id,
            payload={"parts": parts},
            modified_at=_utc(events[-1].occurred_at),
            fetched_at=_utc(events[-1].received_at),
        )

    # === APPLYING === #

    def _apply(self, works):
        return [self._apply_one(work) for work in works]

    def _apply_one(self, work):
        backend = work.events.backend_id.with_env(self.env)
        known = self.env["channel.settlement"].search(
            [("backend_id", "=", backend.id), ("external_id", "=", work.external_id)]
        )
        try:
            statements = [
                self._statement(backend, work.adapter, part)
                for part in work.record.payload["parts"]
            ]
        except errors.NeedsHuman as error:
            return Outcome("blocked", record=known[:1], error=error)
        added = 0
        for statement in statements:
            settlement, count = self._ensure(backend, statement)
            known |= settlement
            added += count
        if not known:
            return Outcome("ignored", self._reason_nothing(statements))
        return self._outcome(work, known, added)

    def _reason_nothing(self, statements):
        if statements:
            return self.env._("All of its lines are in other payouts already")
        return self.env._("No such payout is known")

    def _statement(self, backend, adapter, part):
        """A part of an event as :class:`Statement`.

        :raises errors.NeedsHuman: it can't be read, or where it goes is not known
        """
        payload = part["payload"]
        if part["topic"] != FILE:
            content = adapter.parse_settlement(payload)
            profile, journal = self._destination(backend, content)
            return Statement(content, profile, journal)
        content = from_plain(payload["statement"])
        profile = self.env["channel.settlement.profile"].browse(payload["profile_id"]).exists()
        journal = self.env["account.journal"].browse(payload["journal_id"]).exists()
        if not (profile and journal):
            raise errors.Rejected("settlement_gone", payout=content.external_id)
        return Statement(content, profile, journal, derived=not content.running)

    def _destination(self, backend, content):
        """Profile and journal of a statement that a gateway's API told."""
        code = content.gateway
        profile = self.env["channel.settlement.profile"]._of_gateway(code)
        journal = profile and (profile._journal(backend, [code]) or profile._journal(backend))
        if not journal:
            raise errors.Rejected(
                "settlement_journal", payout=content.external_id, gateway=code or "?"
            )
        return profile, journal

    # === STATEMENT AND LINES === #

    def _ensure(self, backend, statement):
        """The payout of a statement with all its lines, made or extended; and how many are new."""
        content, journal = statement.content, statement.journal
        self.env["channel.settlement.booker"]._check_setup(statement.profile, journal, content)
        lines = self._new_lines(journal, content.lines)
        settlement = self.env["channel.settlement"].search(
            [("journal_id", "=", journal.id), ("external_id", "=", content.external_id)]
        )
        if not settlement and lines:
            values = self._prepare_settlement(backend, statement)
            settlement = self.env["channel.settlement"].create(values)
        if lines:
            self._create_lines(settlement, lines)
        if settlement and not content.running:
            self._ensure_payout_line(settlement, statement)
        return settlement, len(lines)

    def _new_lines(self, journal, lines):
        known = self.env["channel.settlement.line"].search_fetch(
            [
                ("journal_id", "=", journal.id),
                ("external_id", "in", [line.external_id for line in lines]),
            ],
            ["external_id"],
        )
        names = set(known.mapped("external_id"))
        return [line for line in lines if line.external_id not in names]

    def _prepare_settlement(self, backend, statement):
        """Values of a new payout; an override returns the dictionary, extended."""
        content = statement.content
        moments = [content.paid_out_at] if content.paid_out_at else []
        moments = moments or [line.occurred_at for line in content.lines if line.occurred_at]
        return {
            "backend_id": backend.id,
            "external_id": content.external_id,
            "profile_id": statement.profile.id,
            "journal_id": statement.journal.id,
            "currency_id": self._currency(content.currency).id,
            "date": self._day(backend, max(moments)) if moments else False,
            "running": content.running,
        }

    def _create_lines(self, settlement, lines):
        values = [self._prepare_line(settlement, line) for line in lines]
        return self.env["channel.settlement.line"].create(values)

    def _prepare_line(self, settlement, line):
        """Values of a line; an override returns the dictionary, extended."""
        charged = line.charged if line.charged_currency else None
        return {
            "settlement_id": settlement.id,
            "external_id": line.external_id,
            "kind": line.kind.value,
            "code": line.code,
            "transaction_id": line.transaction_id.strip(),
            "other_ids": " ".join(name.strip() for name in line.other_ids),
            "order_number": line.order_number.strip().lstrip("#"),
            "occurred_at": naive(line.occurred_at),
            "description": line.description,
            "amount": float(line.amount),
            "fee": float(line.fee),
            "charged": float(charged) if charged else 0.0,
            "charged_currency_id": self._currency(line.charged_currency).id if charged else False,
        }

    def _ensure_payout_line(self, settlement, statement):
        """The transfer to the bank, where no line of the statement is one.

        A file that brings more lines of a statement makes its payout larger: by a line more.
        """
        content = statement.content
        if any(line.kind is SettlementKind.PAYOUT for line in content.lines):
            return
        name = f"{content.external_id}:payout"
        ours = settlement.line_ids.filtered(lambda line: line.external_id.startswith(name))
        others = settlement.line_ids - ours
        booked = sum(ours.mapped("amount"))
        wanted = -float(content.amount)
        if statement.derived:
            wanted = -sum(others.mapped("amount")) - sum(others.mapped("fee"))
        missing = settlement.currency_id.round(wanted - booked)
        if missing:
            line = SettlementLine(
                external_id=f"{name}:{len(ours) + 1}" if ours else name,
                kind=SettlementKind.PAYOUT,
                amount=missing,
                occurred_at=content.paid_out_at,
            )
            self._create_lines(settlement, [line])

    def _currency(self, code):
        return (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)], limit=1)
        )

    def _day(self, backend, moment):
        """The day of a moment where the shop is."""
        return fields.Datetime.context_timestamp(backend, naive(moment)).date()

    # === OUTCOME === #

    def _outcome(self, work, settlements, added):
        """Book and match these payouts (nearly always one), and say what is open."""
        was_done = set(settlements.mapped("state")) == {"done"} and not added
        if not was_done:
            for settlement in settlements:
                self.env["channel.settlement.booker"]._book(settlement)
        settlement = settlements.filtered(lambda row: row.state != "done")[:1] or settlements[:1]
        waits = settlement.state != "done"
        values = {
            "record": settlement,
            "value": abs(settlement.residual) if waits else settlement.amount_payout,
            "currency": settlement.currency_id.name,
        }
        if waits:
            error = self._problem(settlement)
            self._refresh_issue(work, error)
            return Outcome("blocked", error=error, **values)
        if was_done and not work.events.issue_id:
            return Outcome("ignored", self.env._("Imported already, and reconciled"), **values)
        return Outcome("done", self._summary(settlement), **values)

    def _summary(self, settlement):
        counts = settlement.line_ids.grouped("kind")
        empty = settlement.line_ids.browse()
        return self.env._(
            "%(charges)s payments and %(refunds)s refunds reconciled, %(payout)s paid out",
            charges=len(counts.get("charge", empty)),
            refunds=len(counts.get("refund", empty)),
            payout=settlement.currency_id.format(settlement.amount_payout),
        )

    def _problem(self, settlement):
        """The one issue of a payout with open lines: it names them."""
        waiting = settlement._open_lines()
        currency = settlement.currency_id
        params = {
            "payout": settlement.external_id,
            "journal": settlement.journal_id.display_name,
            "count": len(waiting),
            "total": len(settlement.line_ids),
            "residual": f"{settlement.residual:.{currency.decimal_places}f}",
            "difference": f"{settlement.difference:.{currency.decimal_places}f}",
            "currency": currency.name,
        }
        if not waiting:
            return errors.Conflict("settlement_difference", **params)
        named = [self._name_line(line) for line in waiting[:MOST_NAMED]]
        if len(waiting) > MOST_NAMED:
            named.append(self.env._("and %s more", len(waiting) - MOST_NAMED))
        return errors.Conflict("settlement_unmatched", lines="\n".join(named), **params)

    def _name_line(self, line):
        """What tells a line to people: ids, order number, amount; nobody's name."""
        kinds = dict(line._fields["kind"]._description_selection(self.env))
        words = [
            kinds[line.kind],
            line.transaction_id or line.external_id,
            self.env._("order %s", line.order_number) if line.order_number else "",
            f"{line.amount:.{line.currency_id.decimal_places}f} {line.currency_id.name}",
        ]
        text = " ".join(filter(None, words))
        return f"{text}: {line.problem}" if line.problem else text

    def _refresh_issue(self, work, error):
        """An issue that stays open names what is open now, not what was at first."""
        issue = work.events.issue_id.filtered(
            lambda row: row.state == "open" and row.code == error.code
        )[:1]
        if issue:
            draft = draft_of(error, "settlement", work.external_id)
            title, suggestion = issue_text(self.env, draft.code, draft.params)
            details = "\n".join(f"{key}: {value}" for key, value in sorted(draft.params.items()))
            issue.write({"title": title, "suggestion": suggestion, "details": details})
