"""Payout files become statements, whole or not at all."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ...core.canonical import Settlement, SettlementKind, SettlementLine
from ...core.csv_values import parse_amount, parse_date
from ...core.errors import Rejected
from ...core.settlement_csv import Column, CsvProfile, Sign, Statements, Word, read
from ...core.settlement_plain import from_plain, to_plain

FIXTURES = Path(__file__).parent.parent / "fixtures" / "settlements"
CHARGE, REFUND, FEE, PAYOUT = (
    SettlementKind.CHARGE,
    SettlementKind.REFUND,
    SettlementKind.FEE,
    SettlementKind.PAYOUT,
)
WORDS = {
    "charge": Word(CHARGE),
    "refund": Word(REFUND),
    "fee": Word(FEE),
    "payout": Word(PAYOUT),
    "hold": Word(None),
}
COLUMNS = (
    Column("line_id", ("id",)),
    Column("kind", ("type",)),
    Column("transaction_id", ("charge",)),
    Column("gross", ("gross",)),
    Column("fee", ("fee",), Sign.OPPOSITE),
    Column("net", ("net",), optional=True),
    Column("currency", ("currency",)),
    Column("date", ("created",)),
    Column("order_number", ("order",), optional=True),
    Column("payout_id", ("payout",)),
)
HEADER = "id,type,charge,gross,fee,net,currency,created,order,payout"
FIRST = "t1,charge,ch_1,121.00,2.07,118.93,eur,2026-03-01 09:30:00,1001,po_1"
SECOND = "t2,refund,ch_1,-21.00,0,-21.00,eur,2026-03-02 10:00:00,1001,po_1"


def profile(*columns: Column, **values: object) -> CsvProfile:
    """The profile of these tests; ``columns`` take the place of those of the same field."""
    fields = {column.field for column in columns}
    kept = tuple(column for column in COLUMNS if column.field not in fields)
    return CsvProfile(columns=kept + columns, **{"words": WORDS, **values})  # type: ignore[arg-type]


def load(*lines: str, using: CsvProfile | None = None, **options: object) -> Statements:
    data = "\n".join([HEADER, *lines]).encode()
    return read(data, using or profile(), **options)  # type: ignore[arg-type]


def refused(*lines: str, using: CsvProfile | None = None, **options: object) -> Rejected:
    with pytest.raises(Rejected) as caught:
        load(*lines, using=using, **options)
    return caught.value


# === WHAT IS READ === #


def test_a_payout_with_its_lines():
    (settlement,) = load(FIRST, SECOND).settlements
    assert settlement == Settlement(
        external_id="po_1",
        currency="EUR",
        amount=Decimal("97.93"),
        lines=(
            SettlementLine(
                external_id="t1",
                kind=CHARGE,
                amount=Decimal("121.00"),
                fee=Decimal("-2.07"),
                transaction_id="ch_1",
                order_number="1001",
                occurred_at=datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc),
                code="charge",
            ),
            SettlementLine(
                external_id="t2",
                kind=REFUND,
                amount=Decimal("-21.00"),
                transaction_id="ch_1",
                order_number="1001",
                occurred_at=datetime(2026, 3, 2, 10, tzinfo=timezone.utc),
                code="refund",
            ),
        ),
    )


def test_several_payouts_of_one_file():
    other = FIRST.replace("t1", "t9").replace("po_1", "po_2")
    names = [row.external_id for row in load(FIRST, other, SECOND).settlements]
    assert names == ["po_1", "po_2"]


def test_rows_without_a_payout_are_left_out():
    result = load(FIRST, SECOND.replace("po_1", ""))
    assert (len(result.settlements[0].lines), result.left_out) == (1, 1)


def test_rows_over_nothing_and_skipped_words_are_left_out():
    nothing = "t3,charge,ch_3,0,0,0,eur,2026-03-02,,po_1"
    hold = "t4,Hold,ch_4,-5,0,-5,eur,2026-03-02,,po_1"
    assert load(FIRST, nothing, hold).left_out == 2


def test_a_payout_row_is_what_arrives_at_the_bank():
    payout = "t3,payout,,-118.93,0,-118.93,eur,2026-03-05 00:01:00,,po_1"
    (settlement,) = load(FIRST, payout).settlements
    assert settlement.amount == Decimal("118.93")
    assert settlement.paid_out_at == datetime(2026, 3, 5, 0, 1, tzinfo=timezone.utc)


def test_an_account_that_keeps_a_balance_pays_out_only_what_it_says():
    (settlement,) = load(FIRST, using=profile(running=True)).settlements
    assert (settlement.running, settlement.amount) == (True, 0)


def test_a_file_without_payouts_is_named_by_whoever_reads_it():
    columns = tuple(column for column in COLUMNS if column.field != "payout_id")
    using = CsvProfile(columns=columns, words=WORDS)
    (settlement,) = load(FIRST, SECOND, using=using, payout_id="March").settlements
    assert settlement.external_id == "March"


def test_words_do_not_depend_on_capitals_and_may_have_a_rest():
    using = profile(words={"refund": Word(REFUND)}, other_words=Word(CHARGE))
    (settlement,) = load(FIRST.replace("charge,", "Visa,"), SECOND, using=using).settlements
    assert [line.kind for line in settlement.lines] == [CHARGE, REFUND]


def test_without_a_kind_the_sign_tells():
    columns = tuple(column for column in COLUMNS if column.field != "kind")
    (settlement,) = load(FIRST, SECOND, using=CsvProfile(columns=columns)).settlements
    assert [line.kind for line in settlement.lines] == [CHARGE, REFUND]


def test_refunds_written_as_positive_numbers():
    using = profile(words={**WORDS, "refund": Word(REFUND, Sign.OUT)})
    (settlement,) = load(SECOND.replace("-21.00", "21.00"), using=using).settlements
    assert settlement.lines[0].amount == Decimal("-21.00")


def test_a_fee_of_its_own_may_stand_in_the_column_of_fees():
    fee = "t3,fee,,0,5.00,-5.00,eur,2026-03-02,,po_1"
    (settlement,) = load(fee).settlements
    assert (settlement.lines[0].amount, settlement.lines[0].fee) == (Decimal("-5.00"), 0)


def test_net_alone_gives_the_gross():
    columns = tuple(column for column in COLUMNS if column.field != "gross")
    (settlement,) = load(FIRST, using=CsvProfile(columns=columns, words=WORDS)).settlements
    assert settlement.lines[0].amount == Decimal("121.00")


def test_cents_of_a_currency_without_decimals():
    row = "t1,charge,ch_1,1500,50,1450,jpy,2026-03-01,,po_1"
    (settlement,) = load(row, using=profile(minor_units=True), decimals={"JPY": 0}).settlements
    assert settlement.lines[0].amount == 1500


def test_cents():
    row = "t1,charge,ch_1,12100,207,11893,eur,2026-03-01,,po_1"
    (settlement,) = load(row, using=profile(minor_units=True)).settlements
    assert settlement.lines[0].fee == Decimal("-2.07")


def test_ids_are_taken_as_the_gateway_writes_them():
    row = FIRST.replace("ch_1", " Ch_1 ")
    (settlement,) = load(row).settlements
    assert settlement.lines[0].transaction_id == "Ch_1"


def test_several_ids_of_one_payment():
    using = profile(Column("transaction_id", ("charge",)), Column("transaction_id", ("order",)))
    (settlement,) = load(FIRST, SECOND.replace("1001", ""), using=using).settlements
    assert [(row.transaction_id, row.other_ids) for row in settlement.lines] == [
        ("ch_1", ("1001",)),
        ("ch_1", ()),
    ]


def test_a_pattern_takes_the_number_out_of_a_text():
    using = profile(Column("order_number", ("order",), pattern=r"Order #?(\S+)"))
    (settlement,) = load(FIRST.replace("1001", "Shop - Order #A-7 (x)"), using=using).settlements
    assert settlement.lines[0].order_number == "A-7"


def test_rows_are_chosen_by_their_values():
    using = profile(Column("filter", ("currency",), accepted=("EUR",)))
    result = load(FIRST, SECOND.replace("eur", "usd"), using=using)
    assert (len(result.settlements), result.left_out) == (1, 1)


def test_rows_without_an_id_are_known_by_what_they_say():
    rows = [",fee,,-1.50,0,-1.50,eur,2026-03-03,,po_1"] * 2
    ids = [line.external_id for line in load(*rows).settlements[0].lines]
    again = [line.external_id for line in load(*rows).settlements[0].lines]
    assert ids == again
    assert len(set(ids)) == 2


def test_semicolons_decimal_commas_and_a_summary_above():
    text = "sum;121,00\n\n" + "\n".join([HEADER, FIRST]).replace(".", "@").replace(",", ";")
    using = profile(decimal_comma=True, header_row=0)
    (settlement,) = read(text.replace("@", ",").encode(), using).settlements
    assert settlement.lines[0].amount == Decimal("121.00")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_encodings(encoding: str):
    data = "\n".join([HEADER, FIRST.replace("1001", "Größe")]).encode(encoding)
    (settlement,) = read(data, profile(encoding=encoding)).settlements
    assert settlement.lines[0].order_number == "Größe"


def test_a_byte_order_mark_is_no_part_of_the_first_title():
    data = b"\xef\xbb\xbf" + "\n".join([HEADER, FIRST]).encode()
    assert read(data, profile()).settlements


def test_titles_of_other_versions():
    using = profile(Column("date", ("created_utc", "Created")))
    assert load(FIRST, using=using).settlements


# === WHAT IS REFUSED === #


@pytest.mark.parametrize(
    ("row", "code", "line", "column"),
    [
        (FIRST.replace("121.00", "121.OO"), "csv_amount", 2, "gross"),
        (FIRST.replace("121.00", "").replace("118.93", ""), "csv_amount", 2, "gross"),
        (FIRST.replace("2.07", "2.074"), "csv_decimals", 2, "fee"),
        (FIRST.replace("2026-03-01 09:30:00", "01/03/2026"), "csv_date", 2, "created"),
        (FIRST.replace("2026-03-01 09:30:00", ""), "csv_date", 2, "created"),
        (FIRST.replace("charge,", "mystery,"), "csv_word", 2, "type"),
        (FIRST.replace("2.07", "-2.07"), "csv_net", 2, "net"),
        (FIRST + ",surplus", "csv_row_length", 2, None),
        ("t1,charge,ch_1", "csv_row_length", 2, None),
        ('"t1"x,' + FIRST, "csv_broken", 2, None),
    ],
)
def test_bad_rows(row: str, code: str, line: int, column: str | None):
    error = refused(row)
    assert (error.code, error.params["line"]) == (code, line)
    assert error.params.get("column") == column


def test_the_line_is_the_files_own():
    """Blank lines count, and a cell of two lines too."""
    error = refused("", FIRST.replace("1001", '"10\n01"'), "", SECOND.replace("-21.00", "x", 1))
    assert error.params["line"] == 6


def test_a_missing_column_is_named_with_what_there_is():
    error = refused(FIRST, using=profile(Column("date", ("created_utc", "date"))))
    assert error.code == "csv_column_missing"
    assert error.params["column"] == "created_utc | date"
    assert "id, type, charge" in error.params["found"]


def test_two_columns_of_one_title():
    data = f"{HEADER},gross\n{FIRST},5".encode()
    with pytest.raises(Rejected, match="csv_column_twice"):
        read(data, profile())


def test_an_id_on_two_rows():
    error = refused(FIRST, SECOND, FIRST)
    assert (error.code, error.params["line"], error.params["other"]) == ("csv_id_twice", 4, 2)


def test_two_currencies_in_one_payout():
    error = refused(FIRST, SECOND.replace("eur", "usd"))
    assert (error.code, error.params["line"]) == ("csv_currencies", 3)


def test_a_decimal_comma_that_is_none():
    using = profile(decimal_comma=True)
    assert refused(FIRST, using=using).params["value"] == "2.07"


@pytest.mark.parametrize("data", [b"", b" \n\n"])
def test_an_empty_file(data: bytes):
    with pytest.raises(Rejected, match="csv_empty"):
        read(data, profile())


def test_a_wrong_encoding_names_the_line():
    data = "\n".join([HEADER, FIRST, SECOND.replace("1001", "Größe")]).encode("cp1252")
    with pytest.raises(Rejected) as caught:
        read(data, profile())
    assert (caught.value.code, caught.value.params["line"]) == ("csv_encoding", 3)


def test_no_columns_for_amounts():
    columns = tuple(column for column in COLUMNS if column.field not in ("gross", "net"))
    assert refused(FIRST, using=CsvProfile(columns=columns)).code == "csv_no_amount"


def test_a_header_beyond_the_end():
    assert refused(using=profile(header_row=9)).code == "csv_no_header"


@given(st.binary(max_size=300))
def test_no_bytes_do_worse_than_be_refused(data: bytes):
    try:
        read(HEADER.encode() + b"\n" + data, profile())
    except Rejected as error:
        assert error.code.startswith("csv_")


@given(st.text(max_size=80))
def test_no_text_in_a_row_does_worse_than_be_refused(text: str):
    try:
        load(FIRST.replace("1001", text))
    except Rejected as error:
        assert error.code.startswith("csv_")


# === NUMBERS AND MOMENTS === #


@pytest.mark.parametrize(
    ("text", "comma", "expected"),
    [
        ("1234.5", False, "1234.5"),
        ("-1,234.56", False, "-1234.56"),
        ("1.234,56", True, "1234.56"),
        ("1 234,56", True, "1234.56"),
        ("1'234.56", False, "1234.56"),
        ("\N{MINUS SIGN}5", False, "-5"),
        ("- € 5.00", False, "-5.00"),
        ("$.50", False, "0.50"),
        ("+7", False, "7"),
    ],
)
def test_amounts(text: str, comma: bool, expected: str):
    assert parse_amount(text, comma) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1,50", "12,34.5", "1.2.3", "1e5", "NaN", "five", "0x1", "1 23"]
)
def test_no_amounts(text: str):
    with pytest.raises(ValueError):
        parse_amount(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9)))
def test_every_amount_comes_back(amount: Decimal):
    assert parse_amount(f"{amount:,.2f}") == amount
    swapped = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert parse_amount(swapped, decimal_comma=True) == amount


BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2026-03-01 23:30", (), "2026-03-01T22:30:00+00:00"),
        ("2026-03-01T23:30:00Z", (), "2026-03-01T23:30:00+00:00"),
        ("2026-07-01T23:30:00-05:00", (), "2026-07-02T04:30:00+00:00"),
        ("2026-03-01", (), "2026-03-01T11:00:00+00:00"),
        ("03/01/2026 09:30:00", ("%m/%d/%Y %H:%M:%S",), "2026-03-01T08:30:00+00:00"),
        ("1.3.2026", ("%Y-%m-%d", "%d.%m.%Y"), "2026-03-01T11:00:00+00:00"),
    ],
)
def test_moments(text: str, formats: tuple[str, ...], expected: str):
    assert parse_date(text, formats, BRUSSELS).isoformat() == expected


def test_only_the_day_counts():
    moment = parse_date("2026-03-05 00:00:00", (), ZoneInfo("UTC"), day=True)
    assert moment.isoformat() == "2026-03-05T12:00:00+00:00"


# === AS PLAIN DATA === #


def test_a_statement_survives_json():
    import json

    line = SettlementLine(
        external_id="t1",
        kind=CHARGE,
        amount=Decimal("46.00"),
        fee=Decimal("-1.90"),
        transaction_id="ch_1",
        other_ids=("pi_1", "re_1"),
        occurred_at=datetime(2026, 3, 1, tzinfo=timezone.utc),
        charged=Decimal("50.00"),
        charged_currency="USD",
    )
    settlement = Settlement(
        "po_1", "EUR", Decimal("44.10"), datetime(2026, 3, 5, tzinfo=timezone.utc), (line,)
    )
    assert from_plain(json.loads(json.dumps(to_plain(settlement)))) == settlement
