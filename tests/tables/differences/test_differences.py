"""Two versions of a table: what was added, removed, renamed and changed is told exactly, and nothing else."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.tables.differences.asking import Comparisons
from portal.tables.differences.values import (
    Counts,
    Differences,
    DifferencesInvalid,
    Question,
    TablesTooLargeToCompare,
    Version,
)
from portal.tables.rows import RowLimits, RowProcess
from portal.tables.schema import Field, Schema, schema_of
from portal.tables.values import ColumnType
from tests.tables.conftest import Read

ALL = Question(limit=1_000)
Compare = Callable[..., Differences]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables").parent


@pytest.fixture(scope="module")
def comparisons(folder: Path) -> Iterator[Comparisons]:
    process = RowProcess(folder, folder / "slots", RowLimits(seconds=60.0))
    yield Comparisons(process)
    process.close()


@pytest.fixture(scope="module")
def compare(comparisons: Comparisons, read_all: Read) -> Compare:
    """Two CSV files read as they are uploaded, then compared."""

    def of(before: str, after: str, question: Question = ALL) -> Differences:
        reports = read_all({"before.csv": before, "after.csv": after})
        versions = [
            Version(schema_of(table), table.parquet) for each in reports.values() for table in each.tables
        ]
        return comparisons.differences(versions[0], versions[1], question)

    return of


WARDS = "Mã;Phường;Dân số (người);Ngày\n" + "".join(
    f"P{n:02d};Phường {n};{1000 + n * 37};{n:02d}/01/2024\n" for n in range(1, 21)
)


def test_the_same_table_has_no_differences_however_rows_and_columns_are_ordered(compare: Compare) -> None:
    rows = [line.split(";") for line in WARDS.splitlines()]
    head, data = rows[0], rows[1:]
    shuffled = [head, *reversed(data)]
    moved = "".join(";".join([row[3], row[1], row[0], row[2]]) + "\n" for row in shuffled)
    found = compare(WARDS, moved)
    assert found.is_empty
    assert found.rows == Counts(unchanged=20)
    assert [column.field.key for column in found.key] == ["ma"]
    assert found.why == "identifier"


def test_rows_and_cells(compare: Compare) -> None:
    after = WARDS.replace("P03;Phường 3;1111;", "P03;Phường Ba;1112;").replace(
        "P20;Phường 20;1740;20/01/2024\n", ""
    )
    found = compare(WARDS, after + "P21;Phường 21;5;21/01/2024\n")
    assert found.rows == Counts(added=1, removed=1, changed=1, unchanged=18)
    assert found.changed_cells == 2
    changed, added, removed = found.listed
    assert [(c.column.field.key, c.before.value, c.after.value) for c in changed.cells] == [
        ("phuong", "Phường 3", "Phường Ba"),
        ("dan_so_nguoi", 1111, 1112),
    ]
    assert changed.key[0].value == "P03"
    assert (added.values["ngay"].value, removed.values["ma"].value) == ("2024-01-21", "P20")
    assert (added.after_row, added.before_row, removed.before_row) == (20, None, 20)


def test_columns_added_removed_renamed_and_in_another_unit(compare: Compare) -> None:
    rows = [line.split(";") for line in WARDS.splitlines()]
    after = "Mã số;Tên phường;Dân số (nghìn người);Loại\n" + "".join(
        f"{code};{name};{int(people) / 1000:.1f};x{n % 3}\n"
        for n, (code, name, people, _) in enumerate(rows[1:])
    )
    found = compare(WARDS, after.replace(".", ","))
    columns = {column.field.name: column for column in found.columns}
    assert {name: column.kinds for name, column in columns.items()} == {
        "Mã số": ("renamed",),
        "Tên phường": ("renamed",),
        "Dân số (nghìn người)": ("renamed", "type", "unit"),
        "Loại": ("added",),
        "Ngày": ("removed",),
    }
    assert columns["Dân số (nghìn người)"].changed_cells == 20
    assert found.rows == Counts(changed=20)
    assert found.changed_cells == 20


def test_numbers_written_in_another_way_are_the_same_numbers(compare: Compare) -> None:
    before = "Tên;Giá;Tỉ lệ\n" + "".join(f"Món {n};{n}.{n:03d}.000;{n},50\n" for n in range(1, 30))
    after = "Tên;Giá;Tỉ lệ\n" + "".join(f"Món {n};{n}{n:03d}000;{n}.5\n" for n in range(1, 30))
    assert compare(before, after).is_empty


def test_a_column_that_became_text_is_read_with_the_marks_of_the_numbers(compare: Compare) -> None:
    before = "Tên;Giá\n" + "".join(f"Món {n};{n}.{n:03d}.000\n" for n in range(1, 30))
    after = before + "".join(f"Món thêm {n};liên hệ {n}\n" for n in range(30))
    found = compare(before, after)
    price = next(column for column in found.columns if column.field.key == "gia")
    assert (price.kinds, price.changed_cells) == (("type",), 0)
    assert found.rows == Counts(added=30, unchanged=29)


def test_a_cell_that_does_not_fit_is_told_as_it_was_written(compare: Compare) -> None:
    before = "Tên;Giá\n" + "".join(f"Món {n};{n * 5}\n" for n in range(1, 30))
    found = compare(before, before.replace("Món 7;35", "Món 7;ước 36"))
    (change,) = found.listed
    (cell,) = change.cells
    assert (cell.before.value, cell.after.value, cell.after.text) == (35, None, "ước 36")
    back = compare(before.replace("Món 7;35", "Món 7;ước 36"), before.replace("Món 7;35", "Món 7;ước 37"))
    assert (back.listed[0].cells[0].before.text, back.listed[0].cells[0].after.text) == ("ước 36", "ước 37")


def test_the_key_is_two_columns_where_one_does_not_tell_rows_apart(compare: Compare) -> None:
    lines = [f"{year};Phường {n};{year * n}" for year in (2022, 2023, 2024) for n in range(1, 9)]
    before = "Năm;Phường;Số hộ\n" + "\n".join(lines) + "\n"
    found = compare(before, before.replace("2023;Phường 4;8092", "2023;Phường 4;9000"))
    assert [column.field.key for column in found.key] == ["nam", "phuong"]
    assert [cell.value for cell in found.listed[0].key] == [2023, "Phường 4"]
    assert (found.why, found.changed_cells) == ("pair", 1)


def test_without_a_key_rows_are_compared_by_content_as_often_as_they_occur(compare: Compare) -> None:
    before = "Loại;Màu\n" + "a;đỏ\n" * 3 + "b;xanh\n" * 2 + "c;vàng\n"
    after = "Loại;Màu\n" + "c;vàng\n" + "a;đỏ\n" * 2 + "b;xanh\n" * 4
    found = compare(before, after)
    assert (found.key, found.why) == ((), "content")
    assert found.rows == Counts(added=2, removed=1, unchanged=5)
    assert sorted((each.kind, each.values["loai"].value) for each in found.listed) == [
        ("added", "b"),
        ("added", "b"),
        ("removed", "a"),
    ]


def test_numbers_of_rows_are_no_difference_when_a_row_is_put_between(compare: Compare) -> None:
    names = ["a", "b", "b", "c", "d", "e", "e", "f", "g", "h"]

    def numbered(words: list[str]) -> str:
        return "STT;Loại\n" + "".join(f"{n};{word}\n" for n, word in enumerate(words, start=1))

    found = compare(numbered(names), numbered([*names[:3], "mới", *names[3:]]))
    assert found.rows == Counts(added=1, unchanged=10)
    assert [column.field.key for column in found.columns if column.is_numbering] == ["stt"]
    corrected = compare(numbered(names), numbered([*names[:3], "sửa", *names[4:]]))
    assert (corrected.why, corrected.rows) == ("numbering", Counts(changed=1, unchanged=9))


def test_total_rows_are_counted_apart(compare: Compare) -> None:
    before = "Mã;Số\n" + "".join(f"P{n};{n}\n" for n in range(1, 12)) + "Tổng cộng;66\n"
    found = compare(before, before.replace("P3;3\n", "P3;4\n").replace("66", "67"))
    assert found.rows == Counts(changed=1, unchanged=10)
    assert found.totals == Counts(changed=1)
    assert found.changed_cells == 1
    assert [(each.is_total, each.cells[0].after.value) for each in found.listed] == [(False, 4), (True, 67)]


def test_nothing_in_common(compare: Compare) -> None:
    found = compare("Tên;Số\na;1\nb;2\n", "Chất;Ngày\nx;01/01/2024\ny;02/01/2024\nz;03/01/2024\n")
    assert (found.why, found.rows) == ("nothing-shared", Counts(added=3, removed=2))


def test_a_named_key_is_used_or_refused(compare: Compare) -> None:
    found = compare(WARDS, WARDS.replace("P03;", "P33;"), replace(ALL, key=("phuong",)))
    assert (found.why, found.rows) == ("given", Counts(changed=1, unchanged=19))
    for key in (("khong_co",), ("ngay", "x")):
        with pytest.raises(DifferencesInvalid):
            compare(WARDS, WARDS, replace(ALL, key=key))
    with pytest.raises(DifferencesInvalid):
        compare("a;b\n1;x\n2;x\n", "a;b\n1;x\n2;x\n", replace(ALL, key=("b",)))


def test_pages_bring_every_change_once(compare: Compare, comparisons: Comparisons, read_all: Read) -> None:
    after = WARDS.replace("00", "01") + "".join(f"Q{n};Mới {n};{n};01/02/2024\n" for n in range(9))
    reports = read_all(
        {"before.csv": WARDS + "X1;Bỏ;1;01/01/2024\nX2;Bỏ hai;1;01/01/2024\n", "after.csv": after}
    )
    one, two = (Version(schema_of(each.tables[0]), each.tables[0].parquet) for each in reports.values())
    whole = comparisons.differences(one, two, ALL)
    walked, question = [], Question(limit=4)
    while True:
        page = comparisons.differences(one, two, question)
        walked += page.listed
        assert page.rows == whole.rows
        if page.next is None:
            break
        question = replace(question, after=page.next)
    assert tuple(walked) == whole.listed
    assert len(walked) == whole.rows.added + whole.rows.removed + whole.rows.changed > 10
    added = comparisons.differences(one, two, Question(kind="added", limit=1_000)).listed
    assert [each.kind for each in added] == ["added"] * 9


def test_tables_too_large_are_refused_before_they_are_opened(
    comparisons: Comparisons, tmp_path: Path
) -> None:
    huge = Version(Schema((Field("a", "a", ColumnType.TEXT, "VARCHAR"),), 1_000_001), tmp_path / "none")
    with pytest.raises(TablesTooLargeToCompare):
        comparisons.differences(huge, huge, ALL)


# Random tables with random edits. Columns: a code, some words, a number, a flag.

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
