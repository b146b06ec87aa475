"""A comparison of two versions of a table: what is asked, and what is answered; plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from portal.errors import Invalid, TooLarge
from portal.tables.query import Value
from portal.tables.schema import Field, Schema
from portal.text import LocalizedText

MAX_ROWS = 1_000_000
MAX_CELLS = 40_000_000
MAX_LISTED = 1_000
DEFAULT_LISTED = 100
# Longer texts are listed cut: a difference is found, the whole cell stands in the table itself.
LONGEST_LISTED = 2_000

Kind = Literal["changed", "added", "removed"]
KINDS: tuple[Kind, ...] = ("changed", "added", "removed")


class TablesTooLargeToCompare(TooLarge):
    """One of the two versions has more rows or cells than are compared."""

    message = LocalizedText(
        "Chỉ so sánh được các phiên bản có tối đa 1.000.000 dòng và 40 triệu ô. Hãy tải cả hai về để so sánh.",
        "Only versions of at most 1,000,000 rows and 40 million cells are compared. Download both to compare them.",
    )


class DifferencesInvalid(Invalid):
    """The comparison was asked for in a way that is not understood."""

    message = LocalizedText(
        "Yêu cầu so sánh không hợp lệ.", "The comparison is not asked for in a valid way."
    )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a table: what its columns are, and where its Parquet file lies."""

    schema: Schema
    parquet: Path


@dataclass(frozen=True, slots=True)
class Question:
    """Which changes are listed. `key`: columns, by their keys in the newer version, that tell rows apart; empty to
    have them found. `after`: the kind and the row's number that ended the page before."""

    key: tuple[str, ...] = ()
    kind: Kind | None = None
    limit: int = DEFAULT_LISTED
    after: tuple[Kind, int] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the row API has it, or the text of a cell that did not fit its column."""

    value: Value
    text: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there."""
        return self.value is None and self.text is None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column and what became of it; `before` is None where it was added, `after` where it was removed.
    `changed_cells`: in rows that both versions have. `is_numbering`: it only counts the rows and is not compared."""

    before: Field | None
    after: Field | None
    changed_cells: int = 0
    is_numbering: bool = False

    @property
    def field(self) -> Field:
        """The column as it is now, or as it was last."""
        field = self.after or self.before
        assert field is not None
        return field

    @property
    def is_shared(self) -> bool:
        """Whether both versions have it."""
        return self.before is not None and self.after is not None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What became of it: `added`, `removed`, or any of `renamed`, `type`, `unit`; nothing where it stayed."""
        if self.before is None:
            return ("added",)
        if self.after is None:
            return ("removed",)
        told = {"renamed": "name", "type": "type", "unit": "unit"}
        return tuple(kind for kind, attribute in told.items() if self._differs(attribute))

    def _differs(self, attribute: str) -> bool:
        return bool(getattr(self.before, attribute) != getattr(self.after, attribute))


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of a changed row."""

    column: ColumnChange
    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that differs. `key`: the cells that tell it apart, where there is a key; `cells`: what changed in it;
    `values`: the whole row as it is now, or as it was last, by the column's key in that version. Rows count from 1."""

    kind: Kind
    before_row: int | None
    after_row: int | None
    is_total: bool
    key: tuple[Cell, ...] = ()
    cells: tuple[CellChange, ...] = ()
    values: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows were added, removed, changed and left as they are."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def differing(self) -> int:
        """How many are not as they were."""
        return self.added + self.removed + self.changed


@dataclass(frozen=True, slots=True)
class Differences:
    """The answer. `rows` and `changed_cells` leave total rows out, which `totals` counts. `key`: columns that tell rows
    apart, empty where rows are compared by their whole content; `why` is a code of `sentences.WHY`."""

    key: tuple[ColumnChange, ...]
    why: str
    columns: tuple[ColumnChange, ...]
    rows: Counts
    totals: Counts
    changed_cells: int
    listed: tuple[RowChange, ...] = ()
    next: tuple[Kind, int] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the two versions say the same."""
        return not (
            any(column.kinds for column in self.columns) or self.rows.differing or self.totals.differing
        )
