"""Random tables with random edits: the answer tells exactly these, and turned around the same."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.tables.differences.asking import Comparisons
from portal.tables.differences.values import (
    Counts,
    Differences,
    Version,
)
from portal.tables.schema import Field, Schema
from portal.tables.values import ColumnType
from tests.tables.differences.conftest import ALL

NUMBERS = itertools.count()
STORAGES = {"text": "VARCHAR", "identifier": "VARCHAR", "decimal": "DOUBLE", "boolean": "BOOLEAN"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Edited:
    before: list[Row]
    after: list[Row]
    names_before: tuple[str, ...]
    names_after: tuple[str, ...]
    added: set[str]
    removed: set[str]
    changed: Mapping[str, set[str]]
    renamed: str | None


VALUES = {
    "ma": st.none(),
    "ten": st.text("abcđê ", min_size=1, max_size=4),
    "gia": st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda x: round(x, 2))),
    "co": st.one_of(st.none(), st.booleans()),
}
TYPES = {"ma": "identifier", "ten": "text", "gia": "decimal", "co": "boolean"}


@st.composite
def edited(draw: st.DrawFn, *, with_code: bool) -> Edited:
    """A table, and the same with rows added, removed and changed, rows and columns permuted, a column renamed."""
    count = draw(st.integers(3, 12))
    names = ("ma", "ten", "gia", "co")
    before = [{name: draw(VALUES[name]) for name in names} | {"ma": f"M{n}"} for n in range(count)]
    removed = {f"M{n}" for n in draw(st.sets(st.integers(0, count - 1), max_size=count // 3))}
    after = [dict(row) for row in before if row["ma"] not in removed]
    renamed = draw(st.sampled_from([None, "gia", "ten"]))
    changed: dict[str, set[str]] = {}
    for row in draw(st.lists(st.sampled_from(after), unique_by=lambda row: row["ma"], max_size=3)):
        for name in draw(st.sets(st.sampled_from([n for n in names[1:] if n != renamed]), min_size=1)):
            new = draw(VALUES[name])
            if new != row[name]:
                row[name] = new
                changed.setdefault(row["ma"], set()).add(name)
    added = {f"N{n}" for n in range(draw(st.integers(0, 3)))}
    after += [{name: draw(VALUES[name]) for name in names} | {"ma": code} for code in sorted(added)]
    shuffle: random.Random = draw(st.randoms(use_true_random=False))
    shuffle.shuffle(after)
    columns = [name for name in names if with_code or name != "ma"]
    moved = list(columns)
    shuffle.shuffle(moved)
    return Edited(before, after, tuple(columns), tuple(moved), added, removed, changed, renamed)


def stored(folder: Path, rows: list[Row], names: tuple[str, ...], labels: Mapping[str, str]) -> Version:
    """The rows as the portal stores a table."""
    fields = tuple(
        Field(labels.get(name, name), labels.get(name, name), ColumnType(TYPES[name]), STORAGES[TYPES[name]])
        for name in names
    )
    columns = {
        field.key: pandas.array(
            [row[name] for row in rows],
            dtype={"VARCHAR": "string", "DOUBLE": "Float64", "BOOLEAN": "boolean"}[field.storage],
        )
        for name, field in zip(names, fields, strict=True)
    }
    path = folder / f"version-{next(NUMBERS)}.parquet"
    pandas.DataFrame({"_row": range(1, len(rows) + 1), **columns}).to_parquet(path)
    return Version(Schema(fields, len(rows)), path)


@settings(max_examples=60, deadline=None)
@given(edited(with_code=True))
def test_the_answer_tells_exactly_the_edits(comparisons: Comparisons, folder: Path, case: Edited) -> None:
    labels = {case.renamed: "moi"} if case.renamed else {}
    one = stored(folder, case.before, case.names_before, {})
    two = stored(folder, case.after, case.names_after, labels)
    found = comparisons.differences(one, two, ALL)
    assert [column.field.key for column in found.key] == ["ma"]
    listed = {
        kind: [each for each in found.listed if each.kind == kind] for kind in ("added", "removed", "changed")
    }
    assert {each.key[0].value for each in listed["added"]} == case.added
    assert {each.key[0].value for each in listed["removed"]} == case.removed
    told = {each.key[0].value: {cell.column.before.key for cell in each.cells} for each in listed["changed"]}  # type: ignore[union-attr]
    assert told == case.changed
    by_code = [{row["ma"]: row for row in rows} for rows in (case.before, case.after)]
    for each in listed["changed"]:
        for cell in each.cells:
            assert cell.column.before is not None
            name, code = cell.column.before.key, each.key[0].value
            assert (cell.before.value, cell.after.value) == (by_code[0][code][name], by_code[1][code][name])
    unchanged = len(case.before) - len(case.removed) - len(case.changed)
    assert found.rows == Counts(len(case.added), len(case.removed), len(case.changed), unchanged)
    assert found.changed_cells == sum(map(len, case.changed.values()))
    assert [c.before.key for c in found.columns if "renamed" in c.kinds and c.before] == (
        [case.renamed] if labels else []
    )
    assert_mirrored(found, comparisons.differences(two, one, ALL))
    assert comparisons.differences(one, one, ALL).is_empty
    assert comparisons.differences(two, two, ALL).is_empty


@settings(max_examples=40, deadline=None)
@given(edited(with_code=False))
def test_whatever_the_key_added_and_removed_rows_lead_from_one_to_the_other(
    comparisons: Comparisons, folder: Path, case: Edited
) -> None:
    one = stored(folder, case.before, case.names_before, {})
    two = stored(folder, case.after, case.names_after, {})
    found = comparisons.differences(one, two, ALL)
    assert applied(case, found) == sorted(
        repr([row[name] for name in case.names_before]) for row in case.after
    )
    assert_mirrored(found, comparisons.differences(two, one, ALL))


def applied(case: Edited, found: Differences) -> list[str]:
    """The rows before with the listed changes made."""
    rows = {number: dict(row) for number, row in enumerate(case.before, start=1)}
    new = []
    for change in found.listed:
        if change.kind == "added":
            new.append({key: cell.value for key, cell in change.values.items()})
        elif change.kind == "removed":
            del rows[change.before_row or 0]
        else:
            rows[change.before_row or 0].update(
                {each.column.field.key: each.after.value for each in change.cells}
            )
    return sorted(repr([row[name] for name in case.names_before]) for row in [*rows.values(), *new])


def assert_mirrored(there: Differences, back: Differences) -> None:
    """Added is removed, before is after, and the key is the same."""
    assert {column.before for column in there.key} == {column.after for column in back.key}
    assert (there.rows.added, there.rows.removed) == (back.rows.removed, back.rows.added)
    assert (there.rows.changed, there.rows.unchanged) == (back.rows.changed, back.rows.unchanged)
    assert there.changed_cells == back.changed_cells
    turned = {(column.after, column.before, column.changed_cells) for column in back.columns}
    assert {(column.before, column.after, column.changed_cells) for column in there.columns} == turned
    changes = {(each.before_row, each.after_row, len(each.cells)) for each in there.listed}
    assert {(each.after_row, each.before_row, len(each.cells)) for each in back.listed} == changes
