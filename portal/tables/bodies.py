"""Rows of a regular text are split by the engine, many times faster than cell by cell; the rest is declined.

Declined is whatever the engine and the careful reader could take differently: lines of unequal length, blanks around
quotation marks, lone carriage returns, repeated headers, notes below the data. The careful reader then does it all."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from portal.tables.encodings import ERRORS
from portal.tables.grid import Body, RawTable, text_block
from portal.tables.layout import AFTER_TOTAL, TOTALS, footnote
from portal.tables.sql import folded_sql, sql_text
from portal.text import clean_line, fold

_PIECE_BYTES = 1024**2
_MAX_LINE_BYTES = 1024**2
_DELIMITERS = frozenset(";,\t|")
# A line of our own behind the last: a quotation mark that is never closed swallows it. No cell holds this character.
_END = "\x1f"
_LONGEST_TOTAL = 100
_TOTAL_LETTERS = "TtCcGg"


class _Irregular(Exception):
    """The text is for the careful reader."""


def split(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    folder: Path,
    clean: Path,
    clean_sql: Callable[[str], str],
) -> int | None:
    """Writes the cleaned table to `clean`, with one row too many at its end, and answers how many rows are the
    table's, or None where the careful reader must do it. `clean_sql`: the expression that cleans a cell."""
    body = table.body
    if body is None or body.delimiter not in _DELIMITERS or body.quote not in ("'", '"'):
        return None
    if body.width <= max(body.columns):
        return None
    copy = folder / "body.csv"
    try:
        _copy(body, copy)
        rows = _write(connection, body, copy, clean, clean_sql) - 1
        _look_at(connection, table, clean, rows)
    except (_Irregular, UnicodeError, duckdb.InvalidInputException):
        return None
    finally:
        copy.unlink(missing_ok=True)
    return rows


def _copy(body: Body, target: Path) -> None:
    """The lines from the first row on, in UTF-8, cleaned as cells are, with line feeds alone, and a last line."""
    to_skip = body.first_line - 1
    is_odd = _odd_blanks(body)
    with target.open("wb") as file:
        for text in _blocks(body):
            while to_skip and text:
                _, found, text = text.partition("\n")
                to_skip -= bool(found)
            if "\x85" in text or is_odd(text):
                raise _Irregular
            file.write(text_block(text))
        end = body.delimiter.join([_END] * body.width)
        file.write(f"{'' if text.endswith(chr(10)) else chr(10)}{end}\n".encode())


def _blocks(body: Body) -> Iterator[str]:
    """The text in blocks of whole lines."""
    decoder = codecs.getincrementaldecoder(body.codec)(ERRORS)
    rest, is_first = "", True
    with body.path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            text = rest + decoder.decode(piece)
            if is_first:
                text, is_first = text.removeprefix("\ufeff"), False
            if "\r" in text:
                # A return at the end of a piece may have its line feed in the next one.
                end = len(text) - text.endswith("\r")
                text = text[:end].replace("\r\n", "\n") + text[end:]
                if "\r" in text[:-1]:
                    raise _Irregular
            whole, found, rest = text.rpartition("\n")
            if len(rest) > _MAX_LINE_BYTES:
                raise _Irregular
            yield whole + found
    rest += decoder.decode(b"", final=True)
    if "\r" in rest:
        raise _Irregular
    yield rest


def _odd_blanks(body: Body) -> Callable[[str], bool]:
    """Whether blanks stand before a quotation mark that opens a cell or behind one that closes it: no two readers
    agree on these."""
    q, d = re.escape(body.quote), re.escape(body.delimiter)
    before = re.compile(rf"(?:^|[{d}])[ \t]+{q}(?!{q}(?![{d}\n]|$))", re.MULTILINE)
    # An odd number of marks behind a letter, or an even number before any, closes.
    after = re.compile(rf"(?:[^{d}\n{q}](?:{q}{q})*{q}|(?:^|[{d}])(?:{q}{q})+)[ \t]", re.MULTILINE)

    def is_odd(text: str) -> bool:
        # Most texts have no blank beside a quotation mark at all, and that is seen much faster.
        blanks = [blank for blank in " \t" if blank in text]
        near = any(f"{blank}{body.quote}" in text for blank in blanks)
        behind = any(f"{body.quote}{blank}" in text for blank in blanks)
        return bool((near and before.search(text)) or (behind and after.search(text)))

    return is_odd


def _write(
    connection: duckdb.DuckDBPyConnection,
    body: Body,
    copy: Path,
    clean: Path,
    clean_sql: Callable[[str], str],
) -> int:
    cells = [f"r{index}" for index in range(body.width)]
    types = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in cells)
    wanted = [f"r{index}" for index in body.columns]
    beyond = cells[max(body.columns) + 1 :]
    cleaned = ", ".join(f"{clean_sql(name)} AS c{index}" for index, name in enumerate(wanted))
    is_row = " OR ".join(f"{clean_sql(name)} IS NOT NULL" for name in cells)
    spills = " OR ".join(f"{clean_sql(name)} IS NOT NULL" for name in beyond) or "false"
    quote = sql_text(body.quote)
    source = f"""read_csv({sql_text(str(copy))}, columns={{{types}}}, header=false, delim={sql_text(body.delimiter)},
        quote={quote}, escape={quote}, nullstr='', auto_detect=false, new_line='\\n', strict_mode=true,
        null_padding=false, parallel=false, max_line_size={_MAX_LINE_BYTES}, buffer_size={16 * _MAX_LINE_BYTES})"""
    done = connection.execute(
        f"""COPY (SELECT row_number() OVER () AS _row, {_total_sql(wanted)} AS _total, {cleaned},
                  ({spills}) AS _beyond FROM {source} WHERE {is_row})
            TO {sql_text(str(clean))} (FORMAT parquet, COMPRESSION lz4)"""
    ).fetchone()
    return int(done[0]) if done else 0


def _total_sql(cells: list[str]) -> str:
    """Whether the first of the row's first three cells that is no number is the name of a total."""
    # Not IN: the engine would make a join of it, for which every cell of the column is folded.
    names = sql_text("|" + "|".join(sorted(TOTALS)) + "|")
    cases = []
    for cell in cells[:3]:
        folded = f"trim(regexp_replace({folded_sql(cell)}, '\\s+', ' ', 'g'))"
        folded = f"regexp_replace({folded}, {sql_text(AFTER_TOTAL)}, '')"
        is_name = f"contains({names}, '|' || {folded} || '|')"
        is_none = f"strlen({cell}) > {_LONGEST_TOTAL} OR contains({cell}, '|')"
        cases.append(
            f"WHEN contains({sql_text(_TOTAL_LETTERS)}, chr(ascii({cell})))"
            f" THEN CASE WHEN {is_none} THEN false ELSE {is_name} END"
            f" WHEN ascii({cell}) NOT BETWEEN {ord('0')} AND {ord('9')} THEN false"
        )
    return f"CASE {' '.join(cases)} ELSE false END"


def _look_at(connection: duckdb.DuckDBPyConnection, table: RawTable, clean: Path, rows: int) -> None:
    """What only the careful reader knows to handle: cells beyond the header, headers again, notes at the end."""
    source = f"read_parquet({sql_text(str(clean))})"
    name = clean_line(table.header[0])
    again = "false"
    if len(table.header) > 1:
        again = f"length(c0) = {len(name)} AND ({folded_sql('c0')} = $folded OR c0 = $name)"
    found = connection.execute(
        f"""SELECT count(*) FILTER (_beyond AND _row <= {rows}), count(*) FILTER ({again}),
                   max(c0) FILTER (_row > {rows}) = {sql_text(_END)}
            FROM {source}""",
        {"folded": fold(name), "name": name} if len(table.header) > 1 else {},
    ).fetchone()
    last = connection.execute(f"SELECT * EXCLUDE (_row, _total, _beyond) FROM {source} WHERE _row = {rows}")
    cells = [cell or "" for row in last.fetchall() for cell in row]
    if found != (0, 0, True) or (cells and footnote([*cells, ""], len(table.header)) is not None):
        raise _Irregular
