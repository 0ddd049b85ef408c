"""A gateway's payout file, read by a profile: bytes in, payout statements out.

A profile says in which columns things stand (:class:`Column`) and what the file's words for kinds
of movements mean (:class:`Word`). A file is read whole or refused whole; each refusal is a
:class:`.errors.Rejected` that names the line, the column and what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from .canonical import ZERO, Settlement, SettlementKind, SettlementLine
from .csv_table import Row, Table, read_table
from .csv_values import parse_amount, parse_date
from .errors import Rejected


class Sign(Enum):
    """What the sign of a number in the file says."""

    GIVEN = "given"  # as the account sees it
    OPPOSITE = "opposite"  # a cost is a positive number
    IN = "in"  # money comes in, whatever the sign
    OUT = "out"  # money leaves, whatever the sign


#: Amounts with more are no money, and more than Decimal's arithmetic keeps.
_MAX_DIGITS = 18
#: What a column may hold. Several columns of one amount are added up, of an id or a date joined;
#: of any other text the first that is not empty counts. ``filter`` columns only choose rows.
TEXTS = ("kind", "order_number", "description", "payout_id", "currency", "charged_currency")
AMOUNTS = ("gross", "fee", "net", "charged")
DATES = ("date", "payout_date")
FIELDS = ("line_id", "transaction_id", *TEXTS, *AMOUNTS, *DATES, "filter")


@dataclass(frozen=True)
class Column:
    """Where a field stands. ``names``: titles of one column, the first that the file has counts.

    ``pattern``: regular expression whose first group is the value. ``accepted``: a ``filter``
    leaves out every row with another value.
    """

    field: str
    names: tuple[str, ...]
    sign: Sign = Sign.GIVEN
    optional: bool = False
    pattern: str = ""
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    """What a word of the ``kind`` column means; ``kind`` None leaves the row out."""

    kind: SettlementKind | None
    sign: Sign = Sign.GIVEN


@dataclass(frozen=True)
class CsvProfile:
    """How a file is read. ``words`` have lower-case keys; ``other_words``: every other one.

    ``date_formats``: of :meth:`datetime.strptime`; none means ISO 8601. ``running``: the file shows
    an account that keeps a balance, not single payouts.
    """

    columns: tuple[Column, ...]
    words: Mapping[str, Word] = field(default_factory=dict)
    other_words: Word | None = None
    delimiter: str = ""
    encoding: str = "utf-8"
    header_row: int = 1
    decimal_comma: bool = False
    minor_units: bool = False
    date_formats: tuple[str, ...] = ()
    time_zone: str = "UTC"
    running: bool = False


@dataclass(frozen=True)
class Statements:
    """What a file holds. ``left_out``: rows that the profile's rules pass over."""

    settlements: tuple[Settlement, ...]
    left_out: int = 0


@dataclass(frozen=True)
class _Movement:
    """One row: ``line`` of the file, what it says, and which statement it belongs to."""

    line: int
    content: SettlementLine
    currency: str
    payout_id: str
    paid_out_at: datetime | None


def read(
    data: bytes,
    profile: CsvProfile,
    currency: str = "",
    payout_id: str = "",
    decimals: Mapping[str, int] | None = None,
) -> Statements:
    """Read a payout file.

    :param currency: of files that name none (ISO 4217)
    :param payout_id: name of the statement where the file has no column for it
    :param decimals: digits after the point of each currency; 2 where it lacks
    :raises Rejected: the file does not fit the profile, or says what can't be
    """
    wanted = [column.names for column in profile.columns]
    table = read_table(data, wanted, profile.encoding, profile.delimiter, profile.header_row)
    reader = _Reader(profile, table, currency.upper(), payout_id, decimals or {})
    movements = [movement for row in table.rows if (movement := reader.movement(row))]
    _check_ids(movements)
    return Statements(
        tuple(_statements(movements, profile.running)), len(table.rows) - len(movements)
    )


class _Reader:
    """Rows of one file, by its profile."""

    def __init__(
        self,
        profile: CsvProfile,
        table: Table,
        currency: str,
        payout_id: str,
        decimals: Mapping[str, int],
    ) -> None:
        self.profile = profile
        self.table = table
        self.currency = currency
        self.payout_id = payout_id
        self.decimals = decimals
        self.zone = ZoneInfo(profile.time_zone)
        self.places: dict[str, list[tuple[Column, int]]] = {name: [] for name in FIELDS}
        for column in profile.columns:
            self._place(column)
        if not (self.places["gross"] or self.places["net"]):
            raise Rejected("csv_no_amount", line=table.header_line, column="gross / net")
        self.nameless: dict[str, int] = {}

    def _place(self, column: Column) -> None:
        index = self.table.find(column.names)
        if index is not None:
            self.places[column.field].append((column, index))
        elif not column.optional:
            raise Rejected(
                "csv_column_missing",
                line=self.table.header_line,
                column=" | ".join(column.names),
                found=", ".join(self.table.header)[:300],
            )

    # === ROWS === #

    def movement(self, row: Row) -> _Movement | None:
        """What a row says; None where it is to be left out."""
        payout_id = self._text(row, "payout_id") if self.places["payout_id"] else self.payout_id
        word = self._word(row)
        if self._filtered(row) or word.kind is None or not payout_id:
            return None  # without a payout it has not been paid out yet
        currency = (self._text(row, "currency") or self.currency).upper()
        amount, fee = self._money(row, currency, word)
        if not amount and not fee:
            return None
        content = self._content(row, currency, word, amount, fee, payout_id)
        return _Movement(row.line, content, currency, payout_id, self._date(row, "payout_date"))

    def _filtered(self, row: Row) -> bool:
        return any(
            row.cells[index].casefold() not in {value.casefold() for value in column.accepted}
            for column, index in self.places["filter"]
        )

    def _word(self, row: Row) -> Word:
        text = self._text(row, "kind")
        word = self.profile.words.get(text.casefold(), self.profile.other_words)
        if word is None and not self.places["kind"]:
            return Word(SettlementKind.CHARGE)
        if word is None:
            raise Rejected("csv_word", line=row.line, column=self._title("kind"), value=text)
        return word

    def _content(
        self, row: Row, currency: str, word: Word, amount: Decimal, fee: Decimal, payout_id: str
    ) -> SettlementLine:
        ids = [value for value in self._texts(row, "transaction_id") if value]
        kind = word.kind or SettlementKind.UNKNOWN
        if not self.places["kind"] and amount < 0:
            kind = SettlementKind.REFUND
        charged, charged_currency = self._charged(row, currency, word)
        line = SettlementLine(
            external_id="/".join(filter(None, self._texts(row, "line_id"))),
            kind=kind,
            amount=amount,
            fee=fee,
            transaction_id=ids[0] if ids else "",
            other_ids=tuple(dict.fromkeys(value for value in ids[1:] if value != ids[0])),
            order_number=self._text(row, "order_number"),
            occurred_at=self._date(row, "date"),
            description=self._text(row, "description"),
            code=self._text(row, "kind"),
            charged=charged,
            charged_currency=charged_currency,
        )
        return line if line.external_id else self._named(line, payout_id)

    def _named(self, line: SettlementLine, payout_id: str) -> SettlementLine:
        """A row without an id (a fee of the month) is known by what it says."""
        moment = line.occurred_at.isoformat() if line.occurred_at else ""
        parts = (payout_id, line.code, line.description, moment, format(line.net.normalize(), "f"))
        name = "/".join(filter(None, parts))
        self.nameless[name] = number = self.nameless.get(name, 0) + 1
        values = {**vars(line), "external_id": f"{name}#{number}" if number > 1 else name}
        return SettlementLine(**values)

    # === TEXTS AND DATES === #

    def _texts(self, row: Row, name: str) -> list[str]:
        return [_extract(column, row.cells[index]) for column, index in self.places[name]]

    def _text(self, row: Row, name: str) -> str:
        return next(filter(None, self._texts(row, name)), "")

    def _title(self, name: str) -> str:
        return " + ".join(self.table.header[index] for _column, index in self.places[name])

    def _date(self, row: Row, name: str) -> datetime | None:
        text = " ".join(filter(None, self._texts(row, name)))
        if not text:
            if any(not column.optional for column, _index in self.places[name]):
                raise Rejected("csv_date", line=row.line, column=self._title(name), value="")
            return None
        try:
            return parse_date(text, self.profile.date_formats, self.zone, day=name == "payout_date")
        except ValueError:
            raise Rejected(
                "csv_date", line=row.line, column=self._title(name), value=text
            ) from None

    # === AMOUNTS === #

    def _money(self, row: Row, currency: str, word: Word) -> tuple[Decimal, Decimal]:
        """Amount and fee of a row, which make its net where the file tells that too."""
        fee = self._amount(row, "fee", currency) or ZERO
        gross, net = self._amount(row, "gross", currency), self._amount(row, "net", currency)
        if gross is None and net is None:
            title = self._title("gross") or self._title("net")
            raise Rejected("csv_amount", line=row.line, column=title, value="")
        if gross is None:
            gross = _signed(net or ZERO, word.sign) - fee
        else:
            gross = _signed(gross, word.sign)
            if net is not None and gross + fee != _signed(net, word.sign):
                raise Rejected(
                    "csv_net",
                    line=row.line,
                    column=self._title("net"),
                    value=str(net),
                    gross=str(gross),
                    fee=str(fee),
                )
        if word.kind is SettlementKind.FEE:  # some write a fee of its own as a fee of nothing
            return gross + fee, ZERO
        return gross, fee

    def _charged(self, row: Row, currency: str, word: Word) -> tuple[Decimal | None, str]:
        other = self._text(row, "charged_currency").upper()
        if not other or other == currency:
            return None, ""
        charged = self._amount(row, "charged", other)
        return (_signed(charged, word.sign), other) if charged else (None, "")

    def _amount(self, row: Row, name: str, currency: str) -> Decimal | None:
        """The sum of an amount's columns; None where all are empty."""
        amounts = [
            _signed(self._number(row, index, currency), column.sign)
            for column, index in self.places[name]
            if row.cells[index]
        ]
        return sum(amounts, ZERO) if amounts else None

    def _number(self, row: Row, index: int, currency: str) -> Decimal:
        text, title = row.cells[index], self.table.header[index]
        digits = self.decimals.get(currency, 2)
        try:
            number = parse_amount(text, self.profile.decimal_comma)
        except ValueError:
            raise Rejected("csv_amount", line=row.line, column=title, value=text) from None
        if number.adjusted() > _MAX_DIGITS:
            raise Rejected("csv_amount", line=row.line, column=title, value=text[:40])
        if self.profile.minor_units:
            number = number.scaleb(-digits)
        if number != round(number, digits):
            raise Rejected(
                "csv_decimals",
                line=row.line,
                column=title,
                value=text,
                currency=currency,
                digits=digits,
            )
        return number


# === VALUES === #


def _extract(column: Column, text: str) -> str:
    if not column.pattern or not text:
        return text
    found = re.search(column.pattern, text)
    return (found.group(1) or "").strip() if found else ""


def _signed(number: Decimal, sign: Sign) -> Decimal:
    if sign is Sign.OPPOSITE:
        return -number
    if sign is Sign.GIVEN:
        return number
    return abs(number) if sign is Sign.IN else -abs(number)


# === STATEMENTS === #


def _check_ids(movements: Sequence[_Movement]) -> None:
    known: dict[str, int] = {}
    for movement in movements:
        name = movement.content.external_id
        if name in known:
            raise Rejected("csv_id_twice", line=movement.line, value=name, other=known[name])
        known[name] = movement.line


def _statements(movements: Sequence[_Movement], running: bool) -> list[Settlement]:
    groups: dict[str, list[_Movement]] = {}
    for movement in movements:
        groups.setdefault(movement.payout_id, []).append(movement)
    return [_statement(name, group, running) for name, group in groups.items()]


def _statement(name: str, movements: Sequence[_Movement], running: bool) -> Settlement:
    currency = movements[0].currency
    for movement in movements:
        if movement.currency != currency:
            raise Rejected(
                "csv_currencies",
                line=movement.line,
                payout=name,
                value=movement.currency,
                currency=currency,
            )
    lines = tuple(movement.content for movement in movements)
    payouts = [line for line in lines if line.kind is SettlementKind.PAYOUT]
    amount = -sum((line.amount for line in payouts), ZERO)
    if not payouts and not running:
        amount = sum((line.net for line in lines), ZERO)
    dates = [movement.paid_out_at for movement in movements] + [
        line.occurred_at for line in payouts
    ]
    return Settlement(
        external_id=name,
        currency=currency,
        amount=amount,
        paid_out_at=next(filter(None, dates), None),
        lines=lines,
        running=running,
    )
