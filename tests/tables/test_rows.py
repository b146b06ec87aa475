"""Rows asked and taken away: a grammar that admits no SQL, pages that miss nothing, exports that others read."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.tables.expected import EXPECTED
from portal.tables.query import OPERATORS, RESERVED, RowQueryInvalid, parse
from portal.tables.rows import Page, RowLimits, RowProcess, RowsBusy, RowsTooMany, taken_slot
from portal.tables.schema import Schema, schema_from, schema_of, schema_to
from portal.tables.statements import count_statement, rows_statement
from portal.tables.values import ColumnType
from tests.tables.conftest import Read

NAMES = ["Đà Nẵng", "An Hải", "Ân Thi", "Hải Châu", "=1+1", "+84905123456", "-2+3", "<b>x</b>"]
ROWS = [(NAMES[n % 8], n, n / 4, f"{n % 28 + 1:02d}/01/2024") for n in range(200)]
Pairs = list[tuple[str, str]]


class Asked:
    def __init__(self, schema: Schema, parquet: Path, process: RowProcess) -> None:
        self.schema, self.parquet, self.process = schema, parquet, process

    def page(self, *pairs: tuple[str, str]) -> Page:
        return self.process.page(parse(pairs, self.schema), self.schema, self.parquet)

    def export(self, kind: str, *pairs: tuple[str, str]) -> bytes:
        return b"".join(self.process.export(parse(pairs, self.schema), self.schema, self.parquet, kind))


@pytest.fixture(scope="module")
def asked(read_all: Read, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    lines = "".join(f"{name};{number};{share};{day}\n" for name, number, share, day in ROWS)
    lines += "Vang;;ước 5;\nTổng cộng;19900;;\n"
    table = read_all({"a.csv": "tên;số;tỉ lệ;ngày\n" + lines})["a.csv"].tables[0]
    schema = schema_from(json.loads(json.dumps(schema_to(schema_of(table)))))
    process = RowProcess(table.parquet.parent, tmp_path_factory.mktemp("slots"), RowLimits(seconds=30.0))
    yield Asked(schema, table.parquet, process)
    process.close()


def test_the_process_outlives_the_thread_that_asked_first(asked: Asked) -> None:
    """Servers that make a thread for each request must not lose it with each."""
    process = RowProcess(asked.parquet.parent, asked.process._slots, RowLimits(seconds=30.0))
    for number in range(3):
        answers: list[int] = []
        ask = Asked(asked.schema, asked.parquet, process)
        thread = threading.Thread(
            target=lambda found, ask=ask: found.append(ask.page().total), args=(answers,)
        )
        thread.start()
        thread.join()
        # The system ends a child a moment after its thread.
        time.sleep(0.05)
        assert answers == [202], number
        assert process._child is not None and process._child.is_alive
    process.close()


@pytest.mark.parametrize(
    ("pairs", "total"),
    [
        ([], 202),
        ([("so__ge", "150")], 51),
        ([("so", "7")], 1),
        ([("so__between", "10,19")], 10),
        ([("so__in", "1,2,3,999")], 3),
        ([("ten__contains", "hai chau")], 25),
        ([("ten__starts", "AN")], 50),
        ([("ten", "Đà Nẵng")], 25),
        ([("ten__ne", "Đà Nẵng")], 177),
        ([("so__null", "true")], 1),
        ([("ngay__lt", "2024-01-03")], 16),
        ([("q", "da nang")], 25),
        ([("where", '{"or": [["so", "lt", 2], {"and": [["so", "ge", 198], ["ten", "ne", "x"]]}]}')], 5),
    ],
)
def test_filters(pairs: Pairs, total: int, asked: Asked) -> None:
    assert asked.page(*pairs).total == total


@pytest.mark.parametrize("sort", ["", "ten", "-ten", "-so", "ngay,-so", "ti_le"])
def test_pages_by_key_bring_every_row_once(sort: str, asked: Asked) -> None:
    whole = asked.page(("sort", sort), ("limit", "1000")).rows
    walked: list[object] = []
    after: str | None = ""
    while after is not None:
        page = asked.page(("sort", sort), ("limit", "37"), *([("after", after)] if after else []))
        walked.extend(page.rows)
        after = page.next
    assert walked == list(whole)
    assert len(walked) == 202


def test_sorting_follows_the_alphabet_of_the_country(asked: Asked) -> None:
    rows = asked.page(("group", "ten"), ("sort", "ten"), ("measure", "count")).rows
    names = [row[0] for row in rows if row[0] in NAMES[:4]]
    assert names == ["An Hải", "Ân Thi", "Đà Nẵng", "Hải Châu"]


def test_groups_leave_totals_out(asked: Asked) -> None:
    page = asked.page(("measure", "count,sum:so,avg:so,min:ngay,max:so,distinct:ten"))
    assert page.keys == ("count", "sum_so", "avg_so", "min_ngay", "max_so", "distinct_ten")
    assert page.rows == ((201, 19900, 99.5, "2024-01-01", 199, 9),)


@pytest.mark.parametrize("sort", ["-sum_so", "min_ngay", "ten"])
def test_pages_of_groups(sort: str, asked: Asked) -> None:
    ask = [("group", "ten"), ("measure", "sum:so,min:ngay"), ("sort", sort)]
    first = asked.page(*ask, ("limit", "4"))
    assert first.next is not None
    second = asked.page(*ask, ("limit", "100"), ("after", first.next))
    assert (*first.rows, *second.rows) == asked.page(*ask).rows
    assert first.total == 9


def test_cells_that_did_not_fit_are_told_beside_the_row(asked: Asked) -> None:
    page = asked.page(("ten", "Vang"), ("select", "ten,ti_le"))
    assert (page.rows, page.texts) == ((("Vang", None),), ({"ti_le": "ước 5"},))


@pytest.mark.parametrize(
    "pair",
    [
        ("x; drop", "1"),
        ("__class__", "1"),
        ("so__like", "1"),
        ("so", "' OR 1=1--"),
        ("so", "NaN"),
        ("so", "9" * 400),
        ("ngay", "2024-13-45"),
        ("ten", "a\0b"),
        ("ten", "x" * 1_000_000),
        ("sort", "1;select"),
        ("select", "_row"),
        ("measure", "read_csv:ten"),
        ("measure", "sum:ten"),
        ("limit", "1e9"),
        ("limit", "-1"),
        ("limit", "0"),
        ("after", "%%%"),
        ("after", "W10"),
        ("where", "[" * 100_000),
        ("where", '{"or": []}'),
        ("where", '["ten"; drop'),
        ("so__in", ",".join(["1"] * 10_000)),
        ("so__contains", "1"),
    ],
)
def test_t40_and_t44_what_is_no_question_is_refused_by_name(pair: tuple[str, str], asked: Asked) -> None:
    with pytest.raises(RowQueryInvalid) as refused:
        parse([pair], asked.schema)
    assert refused.value.fields
    with pytest.raises(RowQueryInvalid):
        parse([("limit", "1"), ("limit", "9")], asked.schema)


PARAMETERS = st.one_of(
    st.sampled_from(RESERVED),
    st.builds("{}__{}".format, st.sampled_from(["ten", "so", "ti_le", "ngay"]), st.sampled_from(OPERATORS)),
    st.text(max_size=20),
)
WORDS = st.one_of(
    st.text(max_size=30), st.sampled_from(["1", "ten", "-so,ten", "count,sum:so", '["so","eq",1]', "'--"])
)


@example([("ten__in", "a\rb")])
@settings(max_examples=150)
@given(st.lists(st.tuples(PARAMETERS, WORDS), max_size=4))
def test_whatever_is_asked_is_answered_or_refused_and_never_becomes_sql(asked: Asked, pairs: Pairs) -> None:
    try:
        query = parse(pairs, asked.schema)
    except RowQueryInvalid:
        return
    statement = rows_statement(query, asked.schema, "p.parquet")
    known = {"_row", "_search", "_geometry", *asked.schema.by_key, *query.keys, "ti_le__text"}
    quoted = statement.sql.split('"')[1::2]
    assert set(quoted) <= known
    assert count_statement(query, asked.schema, "p.parquet").sql.count("read_parquet") <= 1
    assert asked.page(*pairs).total >= 0


def test_t42_the_engine_reads_nothing_but_its_folder(asked: Asked, tmp_path: Path) -> None:
    elsewhere = tmp_path / "secret.parquet"
    pandas.DataFrame({"ten": ["secret"], "_row": [1]}).to_parquet(elsewhere)
    with pytest.raises(Exception, match="cannot be answered"):
        asked.process.page(parse([("select", "ten")], asked.schema), asked.schema, elsewhere)
    assert asked.page().total == 202


def test_t43_a_slow_question_ends_and_the_next_is_answered(asked: Asked, tmp_path: Path) -> None:
    process = RowProcess(asked.parquet.parent, tmp_path, RowLimits(seconds=0.0))
    try:
        with pytest.raises(Exception, match="more time than is allowed"):
            process.page(parse([], asked.schema), asked.schema, asked.parquet)
    finally:
        process.close()
    assert asked.page().total == 202


def test_too_many_bytes_and_too_many_at_once_have_names(asked: Asked, tmp_path: Path) -> None:
    limits = RowLimits(answer_bytes=100, slots=1, wait_seconds=0.1, seconds=30.0)
    process = RowProcess(asked.parquet.parent, tmp_path, limits)
    try:
        with pytest.raises(RowsTooMany):
            process.page(parse([], asked.schema), asked.schema, asked.parquet)
        with taken_slot(tmp_path, limits), pytest.raises(RowsBusy):
            process.page(parse([], asked.schema), asked.schema, asked.parquet)
    finally:
        process.close()


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl", "parquet", "xlsx", "csv-excel"])
def test_pandas_reads_every_export_back(kind: str, asked: Asked) -> None:
    stream = io.BytesIO(asked.export(kind, ("so__ge", "8"), ("so__lt", "16"), ("ten__ne", "Tổng cộng")))
    readers = {
        "csv": lambda: pandas.read_csv(stream),
        "csv-excel": lambda: pandas.read_csv(stream, sep=";", decimal=","),
        "json": lambda: pandas.read_json(stream),
        "jsonl": lambda: pandas.read_json(stream, lines=True),
        "parquet": lambda: pandas.read_parquet(stream),
        "xlsx": lambda: pandas.read_excel(stream, engine="openpyxl"),
    }
    frame = readers[kind]()
    number, share = ("so", "ti_le") if kind in ("json", "jsonl") else ("số", "tỉ lệ")
    assert frame[number].tolist() == list(range(8, 16))
    assert frame[share].tolist() == [n / 4 for n in range(8, 16)]


def test_t09_no_export_hands_a_formula_to_a_spreadsheet(asked: Asked) -> None:
    ask = [("so__lt", "8")]
    text = asked.export("csv", *ask).decode()
    assert [f"\r\n{mark}" in text for mark in ("'=1+1,", "+84905123456,", "'-2+3,", "<b>x</b>,")] == [
        True
    ] * 4
    book = openpyxl.load_workbook(io.BytesIO(asked.export("xlsx", *ask)))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert "=1+1" in {cell.value for cell in cells}


def test_every_type_says_what_it_expects() -> None:
    assert set(EXPECTED) == set(ColumnType)
    assert all(each.vi and each.en for each in EXPECTED.values())
