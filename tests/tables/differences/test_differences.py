"""Two versions of a table: what was added, removed, renamed and changed is told exactly, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from portal.tables.differences.asking import Comparisons
from portal.tables.differences.values import (
    Counts,
    DifferencesInvalid,
    Question,
    TablesTooLargeToCompare,
    Version,
)
from portal.tables.schema import Field, Schema, schema_of
from portal.tables.values import ColumnType
from tests.tables.conftest import Read
from tests.tables.differences.conftest import ALL, Compare

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


@pytest.mark.parametrize("code", ["P{:02d}", "P"])
def test_another_column_in_the_place_of_one_is_no_rename(code: str, compare: Compare) -> None:
    def table(name: str, shift: int) -> str:
        return f"Mã;{name};Loại\n" + "".join(
            f"{code.format(n)};{n * 7 + shift * n % 5};{'ab'[n % 2]}\n" for n in range(1, 30)
        )

    kinds = {column.field.name: column.kinds for column in compare(table("Cũ", 0), table("Mới", 3)).columns}
    assert kinds == {"Mã": (), "Cũ": ("removed",), "Mới": ("added",), "Loại": ()}
    kinds = {column.field.name: column.kinds for column in compare(table("Cũ", 0), table("Mới", 0)).columns}
    assert kinds == {"Mã": (), "Mới": ("renamed",), "Loại": ()}


def test_a_shape_that_moved_is_a_cell_that_changed(comparisons: Comparisons, read_all: Read) -> None:
    def drawn(x: float) -> str:
        square = [[x, 16], [x + 1, 16], [x + 1, 17], [x, 16]]
        return json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"ten": name},
                        "geometry": {"type": "Polygon", "coordinates": [ring]},
                    }
                    for name, ring in (("Một", square), ("Hai", [[108, 15], [109, 15], [109, 16], [108, 15]]))
                ],
            }
        )

    reports = read_all({"before.geojson": drawn(107), "after.geojson": drawn(106)})
    one, two = (Version(schema_of(each.tables[0]), each.tables[0].parquet) for each in reports.values())
    found = comparisons.differences(one, two, ALL)
    assert (found.rows, found.changed_cells) == (Counts(changed=1, unchanged=1), 1)
    (change,) = found.listed
    assert (change.key[0].value, change.cells[0].column.field.key) == ("Một", "_geometry")


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


def test_figures_are_no_key_though_no_two_are_alike(compare: Compare) -> None:
    before = "Loại;Số lượt\n" + "".join(f"{'ab'[n % 2]};{n * 17}\n" for n in range(1, 20))
    found = compare(before, before.replace(";34\n", ";35\n"))
    assert (found.key, found.rows) == ((), Counts(added=1, removed=1, unchanged=18))
    first = "Số;Loại\n" + "".join(f"{n * 17};{'ab'[n % 2]}\n" for n in range(1, 20))
    found = compare(first, first.replace("34;a", "34;b"))
    assert [column.field.key for column in found.key] == ["so"]
    assert found.rows == Counts(changed=1, unchanged=18)


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
