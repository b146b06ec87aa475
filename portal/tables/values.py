"""What reading a file answers: tables, columns, what was decided and why; plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from portal.tables.refusals import Refusal


class ColumnType(StrEnum):
    """What the cells of a column are. `point` is a latitude and a longitude in one cell."""

    TEXT = "text"
    IDENTIFIER = "identifier"
    UNIT_CODE = "unit_code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    POINT = "point"


ROW, TOTAL, SEARCH, GEOMETRY = "_row", "_total", "_search", "_geometry"
"""Columns of the Parquet file beside those of the table; no key of a column begins with an underscore."""

# Columns whose cells are in the folded text of their row, in the order of the columns; cells that did not fit follow.
# The separator (a control character, in the engine's words) is in no cell.
SEPARATOR = "chr(31)"
SEARCHED = frozenset({ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.UNIT_CODE})
Cell = str | int | float | bool | None
"""A cell as plain JSON; periods are texts as the exports write them."""

NUMERIC = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.LATITUDE, ColumnType.LONGITUDE})


@dataclass(frozen=True, slots=True)
class Note:
    """Something decided or seen. `code` has its sentences in `portal.tables.notes`; `evidence` are cells."""

    code: str
    evidence: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram: `low` up to `high`, and how many."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What a column holds, over all rows. `least` and `most` are written as the exports write values; `mean`
    and `bins` only for numbers; `top` are the most frequent values; `pattern` the most frequent shape of the cells
    (9 for a digit), where cells have few shapes."""

    rows: int
    missing: int
    distinct: int
    misfits: int = 0
    misfit_samples: tuple[str, ...] = ()
    least: str | None = None
    most: str | None = None
    mean: float | None = None
    bins: tuple[Bin, ...] = ()
    top: tuple[tuple[str, int], ...] = ()
    examples: tuple[str, ...] = ()
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `key` is its name in the API and in the Parquet file; `text_key` names the companion that
    keeps cells which did not fit, where there are any; `storage` is DuckDB's type. `spelling` tells in which one way
    all its cells are written, where there is one (`portal.tables.spelling`)."""

    position: int
    name: str
    key: str
    type: ColumnType
    storage: str
    profile: Profile
    unit: str | None = None
    text_key: str | None = None
    derived: bool = False
    decisions: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    spelling: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. `rows` counts total rows too; `total_rows` are the numbers of those."""

    position: int
    name: str | None
    parquet: Path
    rows: int
    columns: tuple[Column, ...]
    total_rows: tuple[int, ...] = ()
    captions: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    has_geometry: bool = False
    # Of a small table, row by row; None for others.
    cells: tuple[tuple[Cell, ...], ...] | None = None

    @property
    def is_mapped(self) -> bool:
        """Whether rows have a place on the map."""
        types = {column.type for column in self.columns}
        return self.has_geometry or {ColumnType.LATITUDE, ColumnType.LONGITUDE} <= types


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: tables, or the reason why there is none."""

    path: Path
    name: str
    format: str | None
    tables: tuple[Table, ...] = ()
    refusal: Refusal | None = None
    encoding: str | None = None
    notes: tuple[Note, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnOverride:
    """A steward's word on a column, by its name: each field that is not None is taken as it is."""

    name: str
    type: ColumnType | None = None
    decimal_mark: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """A steward's word on a file. `header_row` counts from 1, in the file's own lines; 0 means there is none."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    columns: tuple[ColumnOverride, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read: where its bytes lie, and the name it was published under."""

    path: Path
    name: str
    overrides: Overrides = field(default_factory=Overrides)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one file may cost. Formats that must be held in memory have a lower limit than those that flow."""

    streamed_bytes: int = 2 * 1024**3
    held_bytes: int = 200 * 1024**2
    unpacked_bytes: int = 2 * 1024**3
    ratio: int = 200
    members: int = 1_000
    columns: int = 2_000
    cell_bytes: int = 1024**2
    tables: int = 200
    engine_memory_bytes: int = 400 * 1024**2
