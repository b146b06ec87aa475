"""The differences as sentences, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest

from portal.exchange.table_differences import CSV_COLUMNS, as_csv, as_json
from portal.tables.differences.asking import Comparisons
from portal.tables.differences.question import question_from, token
from portal.tables.differences.sentences import WHY, reason, summary
from portal.tables.differences.values import Differences, DifferencesInvalid, Question, Version
from portal.tables.reading import read
from portal.tables.rows import RowLimits, RowProcess
from portal.tables.schema import schema_of
from portal.tables.values import SourceFile

BEFORE = (
    "Mã;Tên;Số (cái);Cũ\n"
    + "".join(f"P{n:02d};Tên {n};{n};x{n}\n" for n in range(1, 31))
    + "Tổng cộng;;465;\n"
)
AFTER = (
    BEFORE.replace(";Cũ", "").replace("Tên;", "Tên gọi;")
    .replace("P05;Tên 5;5", "P05;Tên năm;ước 6").replace("P09;Tên 9;9;x9\n", "").replace("465", "457")
)  # fmt: skip
AFTER = "\n".join(
    line.rpartition(";")[0] if "x" in line or "Tổng" in line else line for line in AFTER.splitlines()
)
AFTER += "\nP31;=1+1;7\n"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Version, Version]:
    folder = tmp_path_factory.mktemp("versions")
    for name, content in (("before.csv", BEFORE), ("after.csv", AFTER)):
        (folder / name).write_text(content, encoding="utf-8")
    reports = read([SourceFile(folder / name, name) for name in ("before.csv", "after.csv")], folder / "made")
    one, two = (Version(schema_of(each.tables[0]), each.tables[0].parquet) for each in reports)
    return one, two


@pytest.fixture(scope="module")
def found(
    versions: tuple[Version, Version], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Differences]:
    process = RowProcess(
        versions[0].parquet.parent.parent, tmp_path_factory.mktemp("s"), RowLimits(seconds=60.0)
    )
    yield Comparisons(process).differences(*versions, Question())
    process.close()


def test_one_sentence_says_it_in_both_languages(found: Differences) -> None:
    said = summary(found)
    assert said.vi == (
        "Thêm 1 dòng, bỏ 1 dòng, sửa 2 ô trong 1 dòng, thay đổi 1 dòng tổng, bỏ 1 cột, đổi tên 1 cột."
    )
    assert said.en == (
        "1 row added, 1 row removed, 2 cells in 1 row changed, 1 total row changed, 1 column removed, "
        "1 column renamed."
    )
    assert "“Mã”" in reason(found).vi
    assert all(text.en and text.vi for text in WHY.values())


def test_json_tells_counts_columns_and_cells(found: Differences, versions: tuple[Version, Version]) -> None:
    plain = json.loads(json.dumps(as_json(found, *versions, "en")))
    assert plain["rows"] == {
        "before": 31, "after": 31, "added": 1, "removed": 1, "changed": 1, "unchanged": 28, "changed_cells": 2,
    }  # fmt: skip
    assert plain["key"]["columns"] == ["ma"]
    assert plain["summary"] == summary(found).en
    changed = plain["changes"][0]
    assert changed["key"] == {"ma": "P05"}
    assert changed["cells"] == [
        {"column": "ten_goi", "before": "Tên 5", "after": "Tên năm"},
        {"column": "so_cai", "before": 5, "after": None, "after_text": "ước 6"},
    ]
    assert plain["changes"][1]["is_total"] is True
    added = next(each for each in plain["changes"] if each["change"] == "added")
    assert added["values"] == {"ma": "P31", "ten_goi": "=1+1", "so_cai": 7}


def test_csv_has_a_line_for_each_cell_and_no_formula(found: Differences) -> None:
    lines = list(csv.DictReader(io.StringIO("".join(as_csv(found, with_columns=True)), newline="")))
    assert tuple(lines[0]) == CSV_COLUMNS
    assert [(line["change"], line["column"], line["before"], line["after"]) for line in lines[:4]] == [
        ("column-renamed", "ten_goi", "Tên", "Tên gọi"),
        ("column-removed", "cu", "Cũ", ""),
        ("changed", "ten_goi", "Tên 5", "Tên năm"),
        ("changed", "so_cai", "5", "ước 6"),
    ]
    assert {line["key"] for line in lines if line["change"] == "changed" and line["is_total"] == "false"} == {
        "P05"
    }
    added = {line["column"]: line["after"] for line in lines if line["change"] == "added"}
    assert added == {"ma": "P31", "ten_goi": "'=1+1", "so_cai": "7"}
    assert "column-renamed" not in "".join(as_csv(found, with_columns=False))


def test_parameters_are_read_or_refused_by_name() -> None:
    asked = question_from("ma, nam", "added", "7", token(("removed", 12)))
    assert asked == Question(("ma", "nam"), "added", 7, ("removed", 12))
    assert question_from() == Question()
    for name, value in (
        ("change", "moved"), ("limit", "0"), ("limit", "1001"), ("limit", "-1"), ("limit", "²"),
        ("after", "changed"), ("after", "x-1"), ("after", "added-9999999999"), ("key", "a,b,c,d,e,f"),
    ):  # fmt: skip
        with pytest.raises(DifferencesInvalid) as refused:
            question_from(**{name: value})
        assert list(refused.value.fields) == [name]
