"""What a column is: its type, decided on all of its cells, with the reason, unless a steward has decided."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portal.tables import marks as numbers
from portal.tables.degrees import degrees_sql, is_degrees
from portal.tables.grid import TRUTH
from portal.tables.hints import is_code_name, is_ordinal_name, latitude_name, longitude_name, unit_of
from portal.tables.marks import Evidence, K, Neighbours
from portal.tables.periods import PeriodReading, period_sql, read_periods, storage_of
from portal.tables.shapes import Shape
from portal.tables.sql import sql_text
from portal.tables.values import ColumnOverride, ColumnType, Note
from portal.text import fold

T = ColumnType
# One cell in ten may be a remark, a range, a total's name: it is kept as text beside the column.
FITTING_SHARE = 0.9
_NOTHING = frozenset(
    ("-", "–", "—", "--", "...", "…", "..", "n/a", "na", "null", "none", "nan", "#n/a", "#ref!", "#value!")
)
_YES = frozenset(("true", "yes", "co", "dung", "y"))
_NO = frozenset(("false", "no", "khong", "sai", "n"))
_POINT = re.compile(r"\(?-?[09]{1,3}\.[09]+(?:[,;] *| +)-?[09]{1,3}\.[09]+\)?")
_NUMBER_TYPES = frozenset({T.INTEGER, T.DECIMAL, T.LATITUDE, T.LONGITUDE})


@dataclass(slots=True)
class Judged:
    """A column on its way: `value` is the DuckDB expression of its values over the source column `cell`."""

    name: str
    cell: str
    type: ColumnType
    storage: str
    value: str
    unit: str | None = None
    missing_marks: tuple[str, ...] = ()
    # The same cells read month before day, where both can be.
    month_first: str | None = None
    decisions: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cells:
    """What is known of a column's cells before it is judged."""

    name: str
    cell: str
    shapes: tuple[Shape, ...]
    filled: int
    evidence: Evidence
    # Units of the city are told by a list that is passed in: this room reads no vocabulary.
    unit_codes: int = 0
    # False once it was seen that cells shaped like periods name none: month 45, day 99.
    may_be_periods: bool = True

    @property
    def missing_marks(self) -> tuple[str, ...]:
        """Marks such as `-` and `...` that stand for nothing, where the column is not text."""
        return tuple(shape.text for shape in self.shapes if shape.text.lower() in _NOTHING)

    @property
    def said(self) -> int:
        """Cells with anything but such a mark, labels of total rows among them."""
        return self.filled - sum(s.count for s in self.shapes if s.text.lower() in _NOTHING)

    @property
    def telling(self) -> int:
        """Cells that say something; the label of a total row says nothing about its column."""
        return self.filled - sum(
            s.count if s.text.lower() in _NOTHING else s.in_totals if numbers.kind_of(s.text) is None else 0
            for s in self.shapes
        )


def judge(
    cells: Cells, around: Neighbours, override: ColumnOverride | None, default_unit: str | None
) -> Judged:
    """The column's type with its reasons. `around`: what the other columns prove about marks."""
    judged = (
        _forced(cells, around, override) if override and override.type else _judged(cells, around, override)
    )
    unit, unit_note = unit_of(cells.name)
    if override is not None and override.unit is not None:
        judged.unit = override.unit or None
        judged.decisions.append(Note("unit-chosen", (override.unit,)))
    elif judged.type in (T.INTEGER, T.DECIMAL):
        judged.unit = unit or (None if is_ordinal_name(cells.name) else default_unit)
        if unit and unit_note:
            judged.decisions.append(Note(unit_note, (unit,)))
        elif judged.unit:
            judged.decisions.append(Note("unit-from-caption", (judged.unit,)))
        elif cells.evidence.percent * 2 > cells.telling:
            judged.unit = "%"
            judged.decisions.append(Note("unit-from-cells", ("%",)))
    return judged


def _judged(cells: Cells, around: Neighbours, override: ColumnOverride | None) -> Judged:
    if cells.telling == 0:
        return _text(cells, Note("no-cells"))
    candidates = (
        _truth(cells),
        _unit_code(cells),
        _period(cells),
        _code(cells),
        _point(cells),
        _degrees(cells),
        _number(cells, around, override.decimal_mark if override else None),
    )
    best = next((each for each in candidates if each is not None), None)
    return best or _words(cells)


def _text(cells: Cells, note: Note, kind: ColumnType = T.TEXT) -> Judged:
    # A native number or date in a column of text is written as it would be read.
    value = f"CASE WHEN {cells.cell}[1] <= chr(3) THEN {cells.cell}[2:] ELSE {cells.cell} END"
    return Judged(cells.name, cells.cell, kind, "VARCHAR", value, decisions=[note])


def _words(cells: Cells) -> Judged:
    judged = _text(cells, Note("text", (cells.shapes[0].most,) if cells.shapes else ()))
    fitting = cells.evidence.total
    if fitting * 2 > cells.telling:
        odd = [s.most for s in cells.shapes if numbers.kind_of(s.text) in (None, K.CODE)][:3]
        judged.warnings.append(Note("mostly-numbers", tuple(odd), cells.telling - fitting))
    return judged


def _truth(cells: Cells, *, is_chosen: bool = False) -> Judged | None:
    said = [s for s in cells.shapes if s.text.lower() not in _NOTHING]
    words = {fold(s.text.lstrip(TRUTH)).strip(): s for s in said}
    is_said_both_ways = words.keys() <= _YES | _NO and words.keys() & _YES and words.keys() & _NO
    is_meant = is_chosen and words.keys() & (_YES | _NO)
    if not is_said_both_ways and not is_meant and not (said and all(s.text.startswith(TRUTH) for s in said)):
        return None
    folded = f"trim(lower(strip_accents(replace(replace(ltrim({cells.cell}, chr(3)), 'đ', 'd'), 'Đ', 'd'))))"
    yes, no = (", ".join(map(sql_text, sorted(each))) for each in (_YES, _NO))
    value = f"CASE WHEN {folded} IN ({yes}) THEN true WHEN {folded} IN ({no}) THEN false END"
    note = Note("boolean", tuple(s.most.lstrip(TRUTH) for s in said[:2]))
    return Judged(
        cells.name, cells.cell, T.BOOLEAN, "BOOLEAN", value, None, cells.missing_marks, decisions=[note]
    )


def _unit_code(cells: Cells) -> Judged | None:
    if cells.unit_codes == 0 or cells.unit_codes < FITTING_SHARE * cells.telling:
        return None
    if not is_code_name(cells.name) and cells.unit_codes < cells.telling:
        return None
    return _text(cells, Note("unit-code", (cells.shapes[0].most,), cells.unit_codes), T.UNIT_CODE)


def _period(cells: Cells) -> Judged | None:
    reading = read_periods(cells.name, cells.shapes) if cells.may_be_periods else None
    if reading is None or reading.fitting < FITTING_SHARE * cells.telling:
        return None
    return _period_column(cells, reading)


def _period_column(cells: Cells, reading: PeriodReading) -> Judged:
    example = next((s.most for s in cells.shapes if s.text.lower() not in _NOTHING), "")
    judged = Judged(
        cells.name, cells.cell, reading.type, storage_of(reading),
        period_sql(cells.cell, reading), None, cells.missing_marks, None,
        [Note(reading.type.value, (example.lstrip("\x01\x02"),))],
    )  # fmt: skip
    if reading.preliminary:
        judged.decisions.append(Note("preliminary", reading.preliminary, reading.preliminary_count))
    if reading.day_first_example:
        judged.month_first = period_sql(cells.cell, reading, month_first=True)
        judged.decisions.append(Note("day-first", (reading.day_first_example,)))
    return judged


def _code(cells: Cells) -> Judged | None:
    """Digits that count nothing: a zero in front, more digits than any count, or a header that says code."""
    codes = cells.evidence.has(K.CODE)
    if codes and codes + cells.evidence.has(K.INTEGER) >= FITTING_SHARE * cells.telling:
        return _text(cells, Note("leading-zero", (cells.evidence.example(K.CODE),), codes), T.IDENTIFIER)
    if is_code_name(cells.name):
        judged = _text(cells, Note("code-by-header", (cells.name,)), T.IDENTIFIER)
        if cells.evidence.has(K.SCIENTIFIC):
            judged.warnings.append(Note("code-in-powers", (cells.evidence.example(K.SCIENTIFIC),)))
        return judged
    return None


def _point(cells: Cells) -> Judged | None:
    fitting = [s for s in cells.shapes if _POINT.fullmatch(s.text)]
    if not fitting or sum(s.count for s in fitting) < FITTING_SHARE * cells.telling:
        return None
    return _text(cells, Note("point", (fitting[0].most,)), T.POINT)


def _degrees(cells: Cells) -> Judged | None:
    place = latitude_name(cells.name), longitude_name(cells.name)
    fitting = [s for s in cells.shapes if is_degrees(s.text)]
    if not any(place) or not fitting or sum(s.count for s in fitting) < FITTING_SHARE * cells.telling:
        return None
    kind = T.LATITUDE if place[0] else T.LONGITUDE
    return _coordinate(cells, kind, degrees_sql(cells.cell), (Note("degrees", (fitting[0].most,)),))


def _number(cells: Cells, around: Neighbours, decimal_mark: str | None) -> Judged | None:
    evidence = cells.evidence
    if evidence.total < FITTING_SHARE * cells.telling:
        return None
    place = latitude_name(cells.name), longitude_name(cells.name)
    is_fraction = any(place) or unit_of(cells.name)[0] == "%"
    marks = numbers.decide(evidence, around, is_fraction=is_fraction, decimal_mark=decimal_mark)
    value = numbers.number_sql(cells.cell, evidence, marks)
    if any(place) and numbers.is_decimal(evidence, marks) and _in_degrees(cells):
        return _coordinate(cells, T.LATITUDE if place[0] else T.LONGITUDE, value, marks.notes)
    kind, storage = (T.DECIMAL, "DOUBLE") if numbers.is_decimal(evidence, marks) else (T.INTEGER, "BIGINT")
    notes = list(marks.notes) or [Note(kind.value, (evidence.example(*evidence.counts),))]
    if kind is T.INTEGER:
        value = _integer(cells.cell, evidence, value)
    judged = Judged(cells.name, cells.cell, kind, storage, value, None, cells.missing_marks, decisions=notes)
    uncertain = {
        "point-groups-assumed",
        "comma-groups-assumed",
        "decimal-comma-assumed",
        "comma-groups-zeros",
        "point-in-two-senses",
        "point-groups-zeros",
    }
    judged.warnings.extend(note for note in marks.notes if note.code in uncertain)
    return judged


def _in_degrees(cells: Cells) -> bool:
    """Whether most numbers have at most three digits before the mark; metres of a grid have six or seven."""
    short = sum(s.count for s in cells.shapes if re.match(r"\x01?-?[09]{1,3}(?:[.,]|$)", s.text))
    return short >= FITTING_SHARE * cells.telling


def _integer(cell: str, evidence: Evidence, value: str) -> str:
    """Whole numbers are cast as they are: DOUBLE would round those above 2^53."""
    if evidence.total == evidence.has(K.INTEGER):
        is_bare = f"regexp_full_match({cell}, '[-+]?[0-9]+')"
        return f"TRY_CAST(CASE WHEN {is_bare} THEN {cell} ELSE ({value})::BIGINT::VARCHAR END AS BIGINT)"
    if evidence.total == evidence.has(K.NATIVE_INTEGER):
        return f"CASE WHEN {cell}[1] = chr(1) THEN TRY_CAST({cell}[2:] AS BIGINT) END"
    return f"TRY_CAST({value} AS BIGINT)"


def _coordinate(cells: Cells, kind: ColumnType, value: str, notes: tuple[Note, ...]) -> Judged:
    most = 90 if kind is T.LATITUDE else 180
    within = f"CASE WHEN abs({value}) <= {most} THEN {value} END"
    every = [Note(kind.value, (cells.name,)), *notes]
    return Judged(cells.name, cells.cell, kind, "DOUBLE", within, None, cells.missing_marks, decisions=every)


def _forced(cells: Cells, around: Neighbours, override: ColumnOverride) -> Judged:
    """The steward's type; cells that do not fit it are kept as text, as always."""
    kind = override.type
    assert kind is not None
    judged = _of_type(cells, around, override, kind)
    judged.decisions.insert(0, Note("type-chosen", (kind.value,)))
    return judged


def _of_type(cells: Cells, around: Neighbours, override: ColumnOverride, kind: ColumnType) -> Judged:
    if kind in _NUMBER_TYPES:
        is_place = kind in (T.LATITUDE, T.LONGITUDE)
        marks = numbers.decide(
            cells.evidence, around, is_fraction=is_place, decimal_mark=override.decimal_mark
        )
        value = numbers.number_sql(cells.cell, cells.evidence, marks)
        if is_place:
            return _coordinate(cells, kind, value, marks.notes)
        storage = "BIGINT" if kind is T.INTEGER else "DOUBLE"
        whole = f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"
        sql = whole if kind is T.INTEGER else value
        return Judged(
            cells.name, cells.cell, kind, storage, sql, None, cells.missing_marks, decisions=list(marks.notes)
        )
    if kind is T.BOOLEAN:
        return _truth(cells, is_chosen=True) or _text(cells, Note("type-impossible", (kind.value,)))
    if kind in (T.DATE, T.TIMESTAMP, T.MONTH, T.QUARTER, T.YEAR):
        reading = read_periods("Năm" if kind is T.YEAR else "Tháng", cells.shapes)
        if reading is not None and reading.type is kind:
            return _period_column(cells, reading)
        return _text(cells, Note("type-impossible", (kind.value,)))
    return _text(cells, Note("text"), kind)
