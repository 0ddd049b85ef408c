"""A table out of the bytes of a CSV file, which remembers the line each row stands on.

Every fault is :class:`.errors.Rejected` with ``line`` (and ``column``) in its parameters: a file is
read whole or not at all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .errors import Rejected
from .plain import storable_text

DELIMITERS = (",", ";", "\t", "|")
#: Rows among which a header is looked for.
MOST_BEFORE_HEADER = 50


@dataclass(frozen=True)
class Row:
    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    header: Sequence[str]
    header_line: int
    rows: Sequence[Row]

    def find(self, names: Sequence[str]) -> int | None:
        """The column that has the first of ``names`` which any has; None where none does.

        :raises Rejected: two columns have that name
        """
        for name in map(_plain, names):
            found = [index for index, title in enumerate(self.header) if _plain(title) == name]
            if len(found) > 1:
                raise Rejected(
                    "csv_column_twice", line=self.header_line, column=self.header[found[0]]
                )
            if found:
                return found[0]
        return None


def read_table(
    data: bytes,
    wanted: Sequence[Sequence[str]],
    encoding: str = "utf-8",
    delimiter: str = "",
    header_row: int = 1,
) -> Table:
    """Read a file whose header holds the ``wanted`` columns (each by one of several names).

    :param delimiter: '' takes the one that shows most of the wanted columns
    :param header_row: number of the header among the rows, from 1; 0 takes the row that shows
        most of the wanted columns
    :raises Rejected: wrong encoding, broken quotes, rows longer or shorter than the header
    """
    text = _decoded(data, encoding)
    tables = [
        _table(text, mark, header_row, wanted)
        for mark in ([delimiter] if delimiter else _usable(text))
    ]
    best = max(tables, key=lambda table: _score(table.header, wanted))
    for row in best.rows:
        _check_length(row, best.header)
    return best


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError as error:
        before = data[: getattr(error, "start", 0)]
        raise Rejected("csv_encoding", line=before.count(b"\n") + 1, encoding=encoding) from error
    if not text.strip():
        raise Rejected("csv_empty", line=1)
    return storable_text(text)


def _usable(text: str) -> list[str]:
    """The delimiters a file may have; those that make it unreadable are none of it."""
    usable = []
    for mark in DELIMITERS:
        if mark in text:
            try:
                list(_rows(text, mark))
            except Rejected:
                continue
            usable.append(mark)
    return usable or [","]


def _table(text: str, delimiter: str, header_row: int, wanted: Sequence[Sequence[str]]) -> Table:
    rows = list(_rows(text, delimiter))
    if header_row > len(rows):
        raise Rejected("csv_no_header", line=rows[-1].line if rows else 1, row=header_row)
    index = header_row - 1
    if not header_row:
        scores = [_score(row.cells, wanted) for row in rows[:MOST_BEFORE_HEADER]]
        index = scores.index(max(scores))
    header = rows[index]
    return Table(header.cells, header.line, rows[index + 1 :])


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """All rows that are not blank; a row of several lines is known by its first one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Rejected("csv_broken", line=line, message=str(error)) from error
        if any(cell.strip() for cell in cells):
            yield Row(line, [cell.strip() for cell in cells])


def _check_length(row: Row, header: Sequence[str]) -> None:
    """A cell too many or too few would move every amount behind it to another column."""
    if len(row.cells) < len(header) or any(row.cells[len(header) :]):
        raise Rejected("csv_row_length", line=row.line, cells=len(row.cells), columns=len(header))


def _score(header: Sequence[str], wanted: Sequence[Sequence[str]]) -> int:
    titles = {_plain(title) for title in header}
    return sum(1 for names in wanted if any(_plain(name) in titles for name in names))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
