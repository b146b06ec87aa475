"""Does a table answer a question? Exactly one cell must fit, or there is no answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations

from portal.search.analysis import Syllable
from portal.search.answers.digest import NAMING, PlaceNames, spoken_forms
from portal.search.answers.names import (
    ANY_COLUMN,
    ColumnName,
    agree,
    column_name,
    is_subject,
    is_unit_column,
    is_year,
    key_of,
    names_of,
    syllables,
)
from portal.search.answers.questions import UNIT_WORDS, Split, Words
from portal.tables.hints import is_ordinal_name
from portal.tables.values import Cell, ColumnType

_TEXTS = NAMING - {ColumnType.YEAR}
_MEASURED = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL})
_MAX_ROW_NAMES = 3
_SAYS_TOTAL = frozenset({"tong", "cong", "total"})
# What may follow the measure in the name of a table: Dân số | các phường, and not Dân số | nam.
_AFTER_MEASURE = frozenset(
    {"các", "của", "theo", "tại", "ở", "năm", "trên", "giai", "thành", "phường", "xã", "by", "of", "in", "at"}
)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a small table; `place` is that of its cells in a row."""

    place: int
    key: str
    name: str
    type: ColumnType
    unit: str | None


@dataclass(frozen=True, slots=True)
class RowName:
    """The cell by which a row was named."""

    column: TableColumn
    cell: Cell
    spoken: str


@dataclass(frozen=True, slots=True)
class Fit:
    """The one cell of a table that fits; `row` counts from 1. `words`: how many of the question named the value."""

    row: int
    column: TableColumn
    value: str | int | float | bool
    unit: str | None
    names: tuple[RowName, ...]
    words: int


@dataclass(frozen=True)
class SmallTable:
    """A table with its cells, and what is said of it: `titles` of table, file and dataset, and `years` that all of
    it is of."""

    columns: tuple[TableColumn, ...]
    cells: Sequence[Sequence[Cell]]
    totals: Collection[int]
    titles: tuple[str, ...]
    years: Collection[str] = ()
    places: PlaceNames = field(default_factory=dict)

    @cached_property
    def names(self) -> Mapping[str, ColumnName]:
        """What the names of columns say, by key."""
        return {each.key: column_name(each.name, each.unit) for each in self.columns}

    @cached_property
    def unit_column(self) -> TableColumn | None:
        """The column with the units of the rows."""
        return next((each for each in self.columns if is_unit_column(each.name)), None)

    @cached_property
    def first_key(self) -> int:
        """The place of the first column of texts that no two rows share; beyond the last where all are shared."""
        keys = (
            each.place for each in self.columns if each.type is ColumnType.TEXT and self.is_key((each.place,))
        )
        return next(keys, len(self.columns))

    def is_key(self, places: tuple[int, ...]) -> bool:
        """Whether no two rows have the same in these columns; total rows do not count."""
        if places not in self._keys:
            rows = (each for number, each in enumerate(self.cells, start=1) if number not in self.totals)
            said = [tuple(cells[place] for place in places) for cells in rows]
            self._keys[places] = len(set(said)) == len(said)
        return self._keys[places]

    @cached_property
    def _keys(self) -> dict[tuple[int, ...], bool]:
        return {}

    @cached_property
    def all_years(self) -> frozenset[str]:
        """Years that all of the table is of: of titles that name one alone, and stated ones."""
        named = ({each.folded for each in syllables(title) if is_year(each.folded)} for title in self.titles)
        return frozenset(self.years).union(*(years for years in named if len(years) == 1))


def best_fit(table: SmallTable, splits: Sequence[Split]) -> Fit | None:
    """The cell that the question means; None where none fits, or several do equally."""
    fits = [fit for split in splits for fit in _fits(table, split)]
    longest = max((fit.words for fit in fits), default=0)
    best = {(fit.row, fit.column.key): fit for fit in fits if fit.words == longest}
    return next(iter(best.values())) if len(best) == 1 else None


def _fits(table: SmallTable, split: Split) -> Iterator[Fit]:
    if len(split.rows) > _MAX_ROW_NAMES:
        return
    for column in table.columns:
        if _is_named(table, column, split):
            yield from _in_column(table, column, split)


def _is_named(table: SmallTable, column: TableColumn, split: Split) -> bool:
    name = table.names[column.key]
    if split.is_named:
        return name.key != ANY_COLUMN and agree(split.column, name.words) and _says_something(column, name)
    return name.key == ANY_COLUMN and column.type in _MEASURED


def _says_something(column: TableColumn, name: ColumnName) -> bool:
    """Whether cells of the column are worth showing by themselves: no numbers of rows, no names of other things."""
    words = {each.folded for each in name.words}
    if column.type in _TEXTS:
        return len(name.words) > 1 and words.isdisjoint(UNIT_WORDS)
    return not is_ordinal_name(column.name)


def is_about(titles: Sequence[str], measure: Words) -> bool:
    """Whether a title begins with the measure, and goes on with nothing that belongs to it."""
    for title in titles:
        words = syllables(title)
        rest = words[len(measure) :]
        is_whole = not rest or rest[0].exact in _AFTER_MEASURE or rest[0].folded.isdigit()
        if agree(measure, words[: len(measure)]) and is_whole:
            return True
    return False


def _in_column(table: SmallTable, column: TableColumn, split: Split) -> Iterator[Fit]:
    year = table.names[column.key].year
    asked = {word.folded for word in split.left if is_year(word.folded)}
    if year and asked and year not in asked:
        return
    rows = [*split.rows, *((word,) for word in split.left if is_year(word.folded) and word.folded != year)]
    units = [word.folded for word in split.left if not is_year(word.folded)]
    for number, cells in enumerate(table.cells, start=1):
        value = cells[column.place]
        if number in table.totals and not _says_total(split):
            continue
        names = _row_names(table, column, cells, rows)
        if names is None or not _explained(units, names):
            continue
        if not _identify(table, names) or not (split.is_named or split.column or _are_subjects(table, names)):
            continue
        # A cell without a value is still the one that was asked for, and makes no other one right.
        unit = column.unit or _unit_of(table, cells)
        yield Fit(number, column, "" if value is None else value, unit, names, len(split.column))


def _identify(table: SmallTable, names: Sequence[RowName]) -> bool:
    """Whether the cells stand in columns by which rows are told apart: the only school of a ward is not the ward, and
    the river that another flows into not the other."""
    places = tuple(sorted(each.column.place for each in names))
    return places[0] <= table.first_key and table.is_key(places)


def _are_subjects(table: SmallTable, names: Sequence[RowName]) -> bool:
    """Whether the names of the row say what the value is."""
    return table.unit_column is not None or any(is_subject(each.column.name) for each in names)


def _unit_of(table: SmallTable, cells: Sequence[Cell]) -> str | None:
    unit = cells[table.unit_column.place] if table.unit_column else None
    return str(unit) if unit is not None else None


def _row_names(
    table: SmallTable, column: TableColumn, cells: Sequence[Cell], wanted: Sequence[Words]
) -> tuple[RowName, ...] | None:
    """The cells that bear the wanted names, each another; a year may also be that of the whole table. None where one
    is missing."""
    has_years = any(each.type is ColumnType.YEAR for each in table.columns)
    named: list[list[RowName]] = []
    for words in wanted:
        found = [
            RowName(each, cells[each.place], spoken)
            for each in table.columns
            if each is not column and each.type in NAMING
            for spoken in spoken_forms(cells[each.place], each.type, table.places)
            if any(agree(words, name) for name in names_of(spoken))
        ]
        if found:
            named.append(found)
        elif has_years or key_of(words) not in table.all_years:
            return None
    return _each_another(named)


def _each_another(named: Sequence[Sequence[RowName]]) -> tuple[RowName, ...] | None:
    if not named:
        return None
    places = [{name.column.place: name for name in reversed(found)} for found in named]
    every = sorted({place for found in places for place in found})
    for chosen in permutations(every, len(places)):
        if all(place in found for place, found in zip(chosen, places, strict=True)):
            return tuple(found[place] for place, found in zip(chosen, places, strict=True))
    return None


def _explained(units: Sequence[str], names: Sequence[RowName]) -> bool:
    """Whether kinds of units that were typed are those of the cells, or of their columns."""
    known = {
        each.folded for name in names for text in (name.column.name, name.spoken) for each in _read(text)
    }
    return known.issuperset(units)


def _read(text: str) -> Sequence[Syllable]:
    return syllables(text)


def _says_total(split: Split) -> bool:
    return any(word.folded in _SAYS_TOTAL for words in split.rows for word in words)
