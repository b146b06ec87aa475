"""Dates, months, quarters and years as people write them, day before month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from portal.tables.grid import MOMENT, NUMBER
from portal.tables.shapes import Shape
from portal.tables.values import ColumnType
from portal.text import fold

_D = "[09]"
_YEAR = f"{_D}{{4}}"
_TIME = rf"[ t]{_D}{{1,2}}:{_D}{{2}}(?::{_D}{{2}}(?:\.{_D}+)?)?(?:z|[+-]{_D}{{2}}:?{_D}{{2}})?"
_QUARTER = r"(?:i{1,3}|iv|[09])"


@dataclass(frozen=True, slots=True)
class Writing:
    """A way to write a period: its pattern over folded shapes, and the DuckDB expression that reads a cell `{v}`
    (folded, without marks). `day_first` marks those where 3/4 could be read the other way."""

    type: ColumnType
    pattern: str
    sql: str
    day_first: bool = False


def _part(pattern: str, group: int) -> str:
    return f"regexp_extract({{v}}, '{pattern}', {group})"


_ROMAN = "CASE {q} WHEN 'i' THEN 1 WHEN 'ii' THEN 2 WHEN 'iii' THEN 3 WHEN 'iv' THEN 4 ELSE TRY_CAST({q} AS INT) END"
_DMY = r"^(?:ngay )?(\d{1,2})(?:[-/.]| thang )(\d{1,2})(?:[-/.]| nam )(\d{4})"
_DAY = f"TRY_CAST({_part(_DMY, 3)} || '-' || {_part(_DMY, 2)} || '-' || {_part(_DMY, 1)} AS DATE)"
_MDY_DAY = f"TRY_CAST({_part(_DMY, 3)} || '-' || {_part(_DMY, 1)} || '-' || {_part(_DMY, 2)} AS DATE)"
_MY = r"^(?:thang |t)?(\d{1,2})(?:[-/.]| nam |/nam )(\d{4})$"
_YM = r"^(\d{4})(?:[-/.]|m)(\d{1,2})$"
_QY = r"^(?:quy |q)?(i{1,3}|iv|\d)(?:[-/. ]| nam |/nam )(\d{4})$"
_LAST_QUARTER = r"regexp_extract({v}, '(i{1,3}|iv|\d)$', 1)"
_YQ = r"^(\d{4})[- ]?q(\d)$"


def _month(year: str, month: str) -> str:
    number = f"TRY_CAST({month} AS INTEGER)"
    return f"CASE WHEN {number} BETWEEN 1 AND 12 THEN {year} || '-' || lpad({month}, 2, '0') END"


def _quarter(year: str, quarter: str) -> str:
    number = f"({_ROMAN.replace('{q}', quarter)})"
    return f"CASE WHEN {number} BETWEEN 1 AND 4 THEN {year} || '-Q' || {number} END"


def _between(text: str, least: int, most: int) -> str:
    number = f"TRY_CAST({text} AS INTEGER)"
    return f"CASE WHEN {number} BETWEEN {least} AND {most} THEN {number} END"


T = ColumnType
WRITINGS: tuple[Writing, ...] = (
    Writing(T.TIMESTAMP, rf"{_YEAR}-{_D}{{2}}-{_D}{{2}}{_TIME}", "TRY_CAST(upper({v}) AS TIMESTAMP)"),
    Writing(
        T.TIMESTAMP,
        rf"{_D}{{1,2}}[-/.]{_D}{{1,2}}[-/.]{_YEAR} {_D}{{1,2}}:{_D}{{2}}(?::{_D}{{2}})?",
        rf"TRY_CAST(strftime({_DAY}, '%Y-%m-%d') || ' ' || regexp_extract({{v}}, '\d{{1,2}}:\d\d(?::\d\d)?$') "
        r"|| CASE WHEN regexp_matches({v}, ':\d\d:\d\d$') THEN '' ELSE ':00' END AS TIMESTAMP)",
        day_first=True,
    ),
    Writing(
        T.DATE,
        rf"{_YEAR}[-/.]{_D}{{1,2}}[-/.]{_D}{{1,2}}",
        r"TRY_CAST(regexp_replace({v}, '[/.]', '-', 'g') AS DATE)",
    ),
    Writing(T.DATE, rf"{_D}{{1,2}}([-/.]){_D}{{1,2}}\1{_YEAR}", _DAY, day_first=True),
    Writing(T.DATE, rf"(?:ngay )?{_D}{{1,2}} thang {_D}{{1,2}} nam {_YEAR}", _DAY),
    Writing(
        T.MONTH,
        rf"(?:thang |t){_D}{{1,2}}(?:[-/.]| nam |/nam ){_YEAR}|{_D}{{1,2}}[-/]{_YEAR}",
        _month(_part(_MY, 2), _part(_MY, 1)),
    ),
    Writing(T.MONTH, rf"{_YEAR}(?:[-/]|m){_D}{{1,2}}", _month(_part(_YM, 1), _part(_YM, 2))),
    Writing(
        T.QUARTER,
        rf"(?:quy |q)?{_QUARTER}(?:[-/. ]| nam |/nam ){_YEAR}",
        _quarter(_part(_QY, 2), _part(_QY, 1)),
    ),
    Writing(T.QUARTER, rf"{_YEAR}[- ]?q{_D}", _quarter(_part(_YQ, 1), _part(_YQ, 2))),
)
# Without a year: the number of the month or quarter.
_BARE: tuple[Writing, ...] = (
    Writing(
        T.MONTH, rf"(?:thang |thang|t){_D}{{1,2}}", _between(r"regexp_extract({v}, '(\d{1,2})$', 1)", 1, 12)
    ),
    Writing(T.QUARTER, rf"(?:quy |q){_QUARTER}", _between(f"({_ROMAN.replace('{q}', _LAST_QUARTER)})", 1, 4)),
    Writing(
        T.YEAR,
        rf"(?:nam|so bo(?: nam)?|uoc(?: tinh)?(?: nam)?|chinh thuc(?: nam)?|du kien(?: nam)?|prel\.?)\s*{_YEAR}"
        rf"|(?:nam )?{_YEAR}\s*(?:\((?:so bo|uoc|uoc tinh|du kien)\)|\*+)?",
        _between(r"regexp_extract({v}, '(\d{4})', 1)", 1800, 2200),
    ),
)
_MONTH_HEADER = re.compile(r"thang|month")
_YEAR_HEADER = re.compile(r"năm\b|year\b|nam$|nien do\b", re.IGNORECASE)
_PRELIMINARY = re.compile(r"so bo|uoc|du kien|prel|\*|\(")


@dataclass(frozen=True, slots=True)
class PeriodReading:
    """A column's cells as periods: how many fit each writing, and whether years are missing from them."""

    type: ColumnType
    writings: tuple[Writing, ...]
    fitting: int
    has_year: bool
    preliminary: tuple[str, ...] = ()
    preliminary_count: int = 0
    day_first_example: str | None = None
    native: int = 0
    is_ascii: bool = False


def read_periods(name: str, shapes: Iterable[Shape]) -> PeriodReading | None:
    """The period that most cells are, or None. A bare number is a year or a month only under such a header."""
    found: dict[tuple[ColumnType, bool], list[tuple[Writing | None, Shape]]] = {}
    for shape in shapes:
        matched = _writing_of(name, shape)
        if matched is not None:
            found.setdefault((matched[0], matched[1]), []).append((matched[2], shape))
    if not found:
        return None
    if (T.DATE, True) in found and (T.TIMESTAMP, True) in found:
        found[(T.TIMESTAMP, True)] += found.pop((T.DATE, True))
    kind, cells = max(found.items(), key=lambda item: sum(shape.count for _, shape in item[1]))
    return _reading(kind[0], kind[1], cells)


def _reading(kind: ColumnType, has_year: bool, cells: list[tuple[Writing | None, Shape]]) -> PeriodReading:
    told = [shape for _, shape in cells if kind is T.YEAR and _PRELIMINARY.search(fold(shape.text))]
    return PeriodReading(
        kind,
        tuple(dict.fromkeys(writing for writing, _ in cells if writing is not None)),
        sum(shape.count for _, shape in cells),
        has_year,
        tuple(shape.most for shape in told[:3]),
        sum(shape.count for shape in told),
        next((shape.most for writing, shape in cells if writing and writing.day_first), None),
        sum(shape.count for writing, shape in cells if writing is None),
        all(shape.text.isascii() for _, shape in cells),
    )


def _writing_of(name: str, shape: Shape) -> tuple[ColumnType, bool, Writing | None] | None:
    if shape.text.startswith(MOMENT):
        return (T.TIMESTAMP if ":" in shape.text else T.DATE), True, None
    folded = fold(shape.text.lstrip(NUMBER))
    for writing in WRITINGS:
        if re.fullmatch(writing.pattern, folded):
            return writing.type, True, writing
    for writing in _BARE:
        if re.fullmatch(writing.pattern, folded) and (not _is_bare_number(folded) or _is_year(name, shape)):
            return writing.type, writing.type is T.YEAR, writing
    if re.fullmatch(f"{_D}{{1,2}}", folded) and _MONTH_HEADER.fullmatch(fold(name).strip()):
        return T.MONTH, False, Writing(T.MONTH, "", _between("{v}", 1, 12))
    return None


def _is_bare_number(folded: str) -> bool:
    return re.fullmatch(f"{_D}+", folded) is not None


def _is_year(name: str, shape: Shape) -> bool:
    is_named = _YEAR_HEADER.match(name.strip()) is not None and not any(c.isdigit() for c in name)
    return is_named and shape.least.lstrip(NUMBER) >= "1800" and shape.most.lstrip(NUMBER) <= "2200"


def period_sql(cell: str, reading: PeriodReading, *, month_first: bool = False) -> str:
    """An expression for a cell: DATE, TIMESTAMP, a year or bare number as SMALLINT, `2025-09`, `2025-Q3`."""
    folded = f"lower(ltrim({cell}, chr(1)))"
    if not reading.is_ascii:
        folded = f"trim(strip_accents(replace({folded}, 'đ', 'd')))"
    storage = storage_of(reading)
    sources = [writing.sql for writing in reading.writings]
    if month_first:
        sources = [sql.replace(_DAY, _MDY_DAY) for sql in sources]
    values = [f"TRY_CAST({sql.replace('{v}', folded)} AS {storage})" for sql in sources]
    if reading.native:
        values.insert(0, f"CASE WHEN {cell}[1] = chr(2) THEN TRY_CAST({cell}[2:] AS {storage}) END")
    return f"coalesce({', '.join(values)})" if len(values) > 1 else values[0]


def storage_of(reading: PeriodReading) -> str:
    """DuckDB's type for the values."""
    if reading.type in (T.DATE, T.TIMESTAMP):
        return reading.type.value.upper()
    return "VARCHAR" if reading.has_year and reading.type is not T.YEAR else "SMALLINT"
