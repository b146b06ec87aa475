"""Columns of two versions, paired: by name, by key, by name without its unit; and their cells made comparable."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.tables.hints import unit_of
from portal.tables.schema import Field, Schema
from portal.tables.sql import sql_name, sql_text
from portal.tables.values import GEOMETRY, TOTAL, ColumnType
from portal.text import fold

_FAMILIES = {
    "BIGINT": "number", "SMALLINT": "number", "INTEGER": "number", "DOUBLE": "number",
    "DATE": "moment", "TIMESTAMP": "moment", "BOOLEAN": "truth", "VARCHAR": "words",
}  # fmt: skip
_SHAPE = Field(GEOMETRY, GEOMETRY, ColumnType.TEXT, "VARCHAR")
_MARKS = {"vi": (".", ","), "en": (",", ".")}
READINGS = tuple(_MARKS)


@dataclass(frozen=True)
class Side:
    """One version as the engine has it."""

    schema: Schema
    path: str

    @property
    def source(self) -> str:
        """What SQL reads from."""
        return f"read_parquet({sql_text(self.path)})"

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every column that can differ, shapes among them."""
        return (*self.schema.fields, _SHAPE) if self.schema.has_geometry else self.schema.fields

    def place(self, field: Field) -> int:
        """Where a column stands, from 0."""
        return self._places[field.key]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {field.key: place for place, field in enumerate(self.fields)}

    @property
    def data(self) -> str:
        """A condition for rows that are no totals."""
        return f"NOT {TOTAL}" if self.schema.has_totals else "true"


@dataclass(frozen=True, slots=True)
class Pair:
    """A column in both versions. `reading`: whose marks numbers have, where one version has them as text."""

    before: Field
    after: Field
    reading: str | None = None

    @property
    def family(self) -> str | None:
        """What both hold, where they hold the same kind of thing."""
        before, after = family(self.before), family(self.after)
        return before if before == after else None

    @property
    def needs_reading(self) -> bool:
        """Whether one version has plain text where the other has numbers."""
        kinds = {(family(each), each.type is ColumnType.TEXT) for each in (self.before, self.after)}
        return kinds == {("number", False), ("words", True)}

    def parts(self, index: int) -> tuple[str, ...]:
        """The cell in version 0 or 1 as SQL, such that equal parts are equal cells."""
        own = self.after if index else self.before
        if self.family is None:
            return (_as_text(own, self),)
        texts = (self.before.text_key, self.after.text_key)
        companion = (sql_name(own.text_key) if own.text_key else "NULL::VARCHAR",) if any(texts) else ()
        return (_as_common(own, self), *companion)


def family(field: Field) -> str:
    """Numbers, moments, truths or words."""
    return _FAMILIES[field.storage]


def paired(before: Side, after: Side) -> tuple[list[Pair], list[Field], list[Field]]:
    """Columns with the same name, key, or name but for the unit; then what is left in either version."""
    pairs: list[Pair] = []
    left, right = {each.key: each for each in before.fields}, {each.key: each for each in after.fields}
    namings: tuple[Callable[[Field], Hashable], ...] = (lambda each: each.name, lambda each: each.key, _stem)
    for naming in namings:
        theirs = _told_apart(right.values(), naming)
        for name, field in _told_apart(left.values(), naming).items():
            if name and name in theirs:
                pairs.append(Pair(field, theirs[name]))
                del left[field.key], right[theirs[name].key]
    pairs.sort(key=lambda pair: after.place(pair.after))
    return pairs, list(left.values()), list(right.values())


def _told_apart(fields: Iterable[Field], naming: Callable[[Field], Hashable]) -> dict[Hashable, Field]:
    named: dict[Hashable, list[Field]] = {}
    for field in fields:
        named.setdefault(naming(field), []).append(field)
    return {name: found[0] for name, found in named.items() if len(found) == 1}


def _stem(field: Field) -> str:
    """The name without its unit: `Giá (đồng)` and `Giá (nghìn đồng)` are one column in two units."""
    unit, _ = unit_of(field.name)
    if unit is None:
        return fold(field.name).strip()
    return fold(field.name.rpartition(unit)[0]).rstrip(" ([,;:-").removesuffix("dvt").rstrip(" ([,;:-")


def _as_common(own: Field, pair: Pair) -> str:
    name, storages = sql_name(own.key), {pair.before.storage, pair.after.storage}
    if pair.family == "number":
        # Minus zero and zero are one number.
        return f"{name}::DOUBLE + 0.0" if "DOUBLE" in storages else f"{name}::BIGINT"
    if pair.family == "moment" and len(storages) > 1:
        return f"{name}::TIMESTAMP"
    return name


def _as_text(own: Field, pair: Pair) -> str:
    name, kind = sql_name(own.key), family(own)
    other = pair.before if own is pair.after else pair.after
    if kind == "words":
        if pair.reading:
            return f"coalesce({_number_text(number_read(name, pair.reading))}, {name})"
        if family(other) == "moment" and own.type is ColumnType.TEXT:
            return f"coalesce({_moment_read(name, other.storage)}, {name})"
        return name
    value = _number_text(f"{name}::DOUBLE") if own.storage == "DOUBLE" else f"{name}::VARCHAR"
    return f"coalesce({value}, {sql_name(own.text_key)})" if own.text_key else value


def number_read(name: str, reading: str) -> str:
    """A text as a number, with marks as Vietnamese or English write them; codes with a zero in front are none."""
    group, mark = _MARKS[reading]
    whole = rf"[-+]?(?:0|[1-9][0-9]{{0,2}}(?:[{group}][0-9]{{3}})+|[1-9][0-9]*)(?:[{mark}][0-9]+)?"
    plain = f"replace(replace({name}, '{group}', ''), '{mark}', '.')"
    return f"CASE WHEN regexp_full_match({name}, '{whole}') THEN TRY_CAST({plain} AS DOUBLE) END"


def _number_text(number: str) -> str:
    is_whole = f"({number}) = trunc({number}) AND abs({number}) < 1e15"
    return f"CASE WHEN {is_whole} THEN ({number})::BIGINT::VARCHAR ELSE ({number})::VARCHAR END"


def _moment_read(name: str, storage: str) -> str:
    forms = "['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y', '%Y-%m-%d', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S']"
    return f"try_strptime({name}, {forms})::{storage}::VARCHAR"


def hashed(pairs: Sequence[Pair], index: int) -> str:
    """One number that tells whether the cells of these columns are alike; 0 for no columns."""
    parts = [part for pair in pairs for part in pair.parts(index)]
    return f"hash({', '.join(parts)})" if parts else "0::UBIGINT"
