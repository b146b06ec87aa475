"""Numbers as people write them: which mark parts decimals and which groups thousands, decided per column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from portal.tables.grid import NUMBER
from portal.tables.shapes import Shape
from portal.tables.values import Note


class NumberKind(StrEnum):
    """How a cell is written. Only the two `maybe` kinds can be read in two ways: 1.234 and 1,234."""

    NATIVE_INTEGER = "native-integer"
    NATIVE_DECIMAL = "native-decimal"
    INTEGER = "integer"
    CODE = "code"
    POINT = "decimal-point"
    COMMA = "decimal-comma"
    GROUPED_POINT = "grouped-by-points"
    GROUPED_COMMA = "grouped-by-commas"
    GROUPED_BLANK = "grouped-by-blanks"
    VIETNAMESE = "both-vietnamese"
    ENGLISH = "both-english"
    SCIENTIFIC = "scientific"
    MAYBE_POINT = "maybe-point"
    MAYBE_COMMA = "maybe-comma"


K = NumberKind
_SUFFIX = r"\s?(?:%|₫|đ|đồng|vnđ|vnd)?"
# In order: the first pattern that a cell has names its kind. Signs and suffixes are off by then.
PATTERNS: tuple[tuple[NumberKind, str], ...] = (
    (K.CODE, r"0[0-9]+"),
    (K.INTEGER, r"[0-9]{1,18}"),
    (K.CODE, r"[0-9]{19,}"),
    (K.MAYBE_POINT, r"[1-9][0-9]{0,2}\.[0-9]{3}"),
    (K.GROUPED_POINT, r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}"),
    (K.POINT, r"[0-9]+\.[0-9]+"),
    (K.MAYBE_COMMA, r"[1-9][0-9]{0,2},[0-9]{3}"),
    (K.GROUPED_COMMA, r"[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}"),
    (K.COMMA, r"[0-9]+,[0-9]+"),
    (K.VIETNAMESE, r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+"),
    (K.ENGLISH, r"[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+"),
    (K.GROUPED_BLANK, r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?:[.,][0-9]+)?"),
    (K.SCIENTIFIC, r"[0-9](?:[.,][0-9]+)?e[-+]?[0-9]{1,3}"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)
_SIGNED = re.compile(rf"(?:[-+−]\s?(?P<a>.+?)|\((?P<b>.+?)\)|(?P<c>.+?))(?P<suffix>{_SUFFIX})", re.IGNORECASE)

_ENOUGH_TO_GROUP = 3
_ENGLISH_PROOF = (K.POINT, K.ENGLISH, K.GROUPED_COMMA)
_VIETNAMESE_PROOF = (K.COMMA, K.VIETNAMESE, K.GROUPED_POINT)


@dataclass(slots=True)
class Evidence:
    """How many cells are written in each way, with an example of each."""

    counts: dict[NumberKind, int] = field(default_factory=dict)
    examples: dict[NumberKind, str] = field(default_factory=dict)
    zeros: dict[NumberKind, int] = field(default_factory=dict)
    percent: int = 0
    large_integers: int = 0
    large_example: str = ""

    def add(self, kind: NumberKind, shape: Shape) -> None:
        """One shape of cells more."""
        self.counts[kind] = self.counts.get(kind, 0) + shape.count
        self.zeros[kind] = self.zeros.get(kind, 0) + shape.ending_in_zero
        self.examples.setdefault(kind, shape.most)
        self.percent += shape.count if "%" in shape.text else 0
        if kind is K.INTEGER and sum(c.isdigit() for c in shape.text) > 3:
            self.large_integers += shape.count
            self.large_example = shape.most

    def has(self, *kinds: NumberKind) -> int:
        """How many cells are of these kinds."""
        return sum(self.counts.get(kind, 0) for kind in kinds)

    def example(self, *kinds: NumberKind) -> str:
        """One cell of these kinds."""
        return next((self.examples[kind] for kind in kinds if kind in self.examples), "")

    @property
    def total(self) -> int:
        """Cells that are numbers, however written; codes are none."""
        return sum(count for kind, count in self.counts.items() if kind is not K.CODE)


@dataclass(frozen=True, slots=True)
class Marks:
    """How 1.234 and 1,234 are read in a column; everything else can be read in one way only."""

    point_groups: bool
    comma_groups: bool
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the other columns of the table prove: cells in English and in Vietnamese writing, with examples."""

    english: int = 0
    vietnamese: int = 0
    english_example: str = ""
    vietnamese_example: str = ""


def kind_of(shape: str) -> NumberKind | None:
    """How a cell of this shape is written, or None where it is no number."""
    if shape.startswith(NUMBER):
        return K.NATIVE_DECIMAL if "." in shape or "e" in shape else K.NATIVE_INTEGER
    found = _SIGNED.fullmatch(shape.lower())
    if found is None:
        return None
    core = (found["a"] or found["b"] or found["c"]).strip()
    return next((kind for kind, pattern in _COMPILED if pattern.fullmatch(core)), None)


def evidence_of(shapes: Iterable[Shape]) -> Evidence:
    """How the cells of a column are written."""
    evidence = Evidence()
    for shape in shapes:
        kind = kind_of(shape.text)
        if kind is not None:
            evidence.add(kind, shape)
    return evidence


def neighbours_of(columns: Iterable[Evidence]) -> Neighbours:
    """What columns prove together."""
    every = list(columns)
    return Neighbours(
        sum(each.has(*_ENGLISH_PROOF) for each in every),
        sum(each.has(*_VIETNAMESE_PROOF) for each in every),
        next((example for each in every if (example := each.example(*_ENGLISH_PROOF))), ""),
        next((example for each in every if (example := each.example(*_VIETNAMESE_PROOF))), ""),
    )


def decide(
    evidence: Evidence, neighbours: Neighbours, *, is_fraction: bool = False, decimal_mark: str | None = None
) -> Marks:
    """How the column's 1.234 and 1,234 are read, with the proof. `is_fraction`: coordinates and percentages,
    where thousands make no sense. `decimal_mark`: a steward's word."""
    if decimal_mark is not None:
        return Marks(decimal_mark != ".", decimal_mark != ",", (Note("marks-chosen", (decimal_mark,)),))
    point_groups, point_note = _point_groups(evidence, neighbours, is_fraction)
    comma_groups, comma_note = _comma_groups(evidence, neighbours, is_fraction)
    notes = [note for note in (point_note, comma_note) if note is not None]
    if point_groups and evidence.has(K.MAYBE_POINT) and evidence.has(K.POINT):
        notes.append(
            Note("point-in-two-senses", (evidence.example(K.MAYBE_POINT), evidence.example(K.POINT)))
        )
    if not notes and evidence.has(K.POINT, K.COMMA, K.VIETNAMESE, K.ENGLISH):
        proof = K.POINT if evidence.has(K.POINT, K.ENGLISH) else K.COMMA
        code = "decimal-point-proved" if proof is K.POINT else "decimal-comma-proved"
        notes.append(Note(code, (evidence.example(proof, K.ENGLISH, K.VIETNAMESE),)))
    return Marks(point_groups, comma_groups, tuple(notes))


def _point_groups(e: Evidence, around: Neighbours, is_fraction: bool) -> tuple[bool, Note | None]:
    maybe = e.has(K.MAYBE_POINT)
    if not maybe:
        return e.has(*_VIETNAMESE_PROOF) > e.has(*_ENGLISH_PROOF), None
    example = e.example(K.MAYBE_POINT)
    keeps_zeros = e.zeros.get(K.MAYBE_POINT, 0) * 2 >= maybe
    if is_fraction:
        return False, Note("decimal-point-by-kind", (example,))
    if e.has(*_VIETNAMESE_PROOF) and e.has(*_VIETNAMESE_PROOF) >= e.has(*_ENGLISH_PROOF):
        return True, Note("point-groups-proved", (e.example(*_VIETNAMESE_PROOF), example))
    if e.has(*_ENGLISH_PROOF):
        # A column that writes 38.3 would write 162.16; whoever wrote 162.160 meant thousands.
        if keeps_zeros and not e.has(K.GROUPED_COMMA, K.ENGLISH):
            return True, Note("point-groups-zeros", (example,))
        return False, Note("decimal-point-proved", (e.example(*_ENGLISH_PROOF), example))
    if keeps_zeros:
        return True, Note("point-groups-zeros", (example,))
    if e.large_integers or e.has(K.NATIVE_DECIMAL):
        return False, Note("decimal-point-ungrouped", (e.large_example, example))
    if around.english > around.vietnamese:
        return False, Note("decimal-point-neighbours", (around.english_example, example))
    if around.vietnamese:
        return True, Note("point-groups-neighbours", (around.vietnamese_example, example))
    return True, Note("point-groups-assumed", (example,))


def _comma_groups(e: Evidence, around: Neighbours, is_fraction: bool) -> tuple[bool, Note | None]:
    maybe = e.has(K.MAYBE_COMMA)
    if not maybe:
        return e.has(*_ENGLISH_PROOF) > e.has(*_VIETNAMESE_PROOF), None
    example = e.example(K.MAYBE_COMMA)
    if is_fraction:
        return False, Note("decimal-comma-by-kind", (example,))
    if e.has(*_ENGLISH_PROOF) and e.has(*_ENGLISH_PROOF) >= e.has(*_VIETNAMESE_PROOF):
        return True, Note("comma-groups-proved", (e.example(*_ENGLISH_PROOF), example))
    if e.has(*_VIETNAMESE_PROOF):
        return False, Note("decimal-comma-proved", (e.example(*_VIETNAMESE_PROOF), example))
    if around.english > around.vietnamese:
        return True, Note("comma-groups-neighbours", (around.english_example, example))
    if around.vietnamese:
        return False, Note("decimal-comma-neighbours", (around.vietnamese_example, example))
    if e.zeros.get(K.MAYBE_COMMA, 0) * 2 >= maybe:
        return True, Note("comma-groups-zeros", (example,))
    # Fractions that always have three digits are rare; thousands written by spreadsheets in English are not.
    if maybe >= _ENOUGH_TO_GROUP:
        return True, Note("comma-groups-assumed", (example,))
    return False, Note("decimal-comma-assumed", (example,))


def number_sql(cell: str, evidence: Evidence, marks: Marks) -> str:
    """An expression of type DOUBLE for a cell; NULL where it is no number. Only kinds that occur are asked for."""
    core = rf"regexp_replace(lower({cell}), '^[-+−(]\s?|\)?{_SUFFIX}$', '', 'g')"
    sign = f"CASE WHEN {cell}[1] IN ('-', '−', '(') THEN -1 ELSE 1 END"
    cases = []
    if evidence.has(K.NATIVE_INTEGER, K.NATIVE_DECIMAL):
        cases.append(f"WHEN {cell}[1] = chr(1) THEN TRY_CAST({cell}[2:] AS DOUBLE)")
    # Most numbers are written as machines write them, and are read ten times faster for being looked at so first.
    plain = r"-?(?:[1-9][0-9]{0,17}|0)" if marks.point_groups else r"-?(?:[1-9][0-9]{0,17}|0|[0-9]+\.[0-9]+)"
    if evidence.has(K.INTEGER, K.POINT, K.MAYBE_POINT):
        cases.append(f"WHEN regexp_full_match({cell}, '{plain}') THEN TRY_CAST({cell} AS DOUBLE)")
    for kind, pattern in PATTERNS:
        if evidence.has(kind) and kind is not K.CODE:
            value = f"{sign} * TRY_CAST({_plain(core, kind, marks)} AS DOUBLE)"
            cases.append(f"WHEN regexp_full_match({core}, '{pattern}') THEN {value}")
    return f"CASE {' '.join(cases)} END" if cases else "NULL"


def _plain(core: str, kind: NumberKind, marks: Marks) -> str:
    without_points, without_commas = f"replace({core}, '.', '')", f"replace({core}, ',', '')"
    as_point = f"replace({core}, ',', '.')"
    match kind:
        case K.MAYBE_POINT:
            return without_points if marks.point_groups else core
        case K.MAYBE_COMMA:
            return without_commas if marks.comma_groups else as_point
        case K.GROUPED_POINT:
            return without_points
        case K.GROUPED_COMMA | K.ENGLISH:
            return without_commas
        case K.VIETNAMESE:
            return f"replace({without_points}, ',', '.')"
        case K.COMMA | K.SCIENTIFIC:
            return as_point
        case K.GROUPED_BLANK:
            return f"replace({as_point}, ' ', '')"
    return core


def is_decimal(evidence: Evidence, marks: Marks) -> bool:
    """Whether any number of the column has a fraction."""
    sure = evidence.has(K.POINT, K.COMMA, K.VIETNAMESE, K.ENGLISH, K.SCIENTIFIC, K.NATIVE_DECIMAL)
    maybe_point = 0 if marks.point_groups else evidence.has(K.MAYBE_POINT)
    maybe_comma = 0 if marks.comma_groups else evidence.has(K.MAYBE_COMMA)
    return sure + maybe_point + maybe_comma > 0
