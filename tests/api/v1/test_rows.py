"""Rows through API v1: a grammar that is answered or refused, pages that are whole, limits that are told."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.tables.query import MAX_LIMIT, OPERATORS, RESERVED, RowQueryInvalid, parse
from portal.tables.rows import RowLimits, taken_slot
from portal.tables.schema import Field, Schema
from portal.tables.statements import count_statement, rows_statement
from portal.tables.values import ColumnType
from tests.running import children
from tests.sites import Site, open_site
from tests.table_files import WARDS, add_table_file, read_tables

HOSTILE = [
    'tên "trong" ngoặc',
    "a'; DROP TABLE dataset; --",
    "\"; SELECT * FROM read_csv('/etc/passwd') --",
    "😀 biểu tượng",
    "x" * 300,
    "select",
    "limit",
    "lang",
    "count",
    "_row",
    "after",
    "utm_source",
    "$v0",
    "a__eq",
]
"""Names of columns, each with a number."""


COMMUNES = (
    "".join(f"Xã {n},{50_000 + n},{n},05/07/2025\n" for n in range(20)) + "Ngũ Hành Sơn,khoảng 90000,40,\n"
)
"""More rows, one with a cell that is no number."""


def hostile_csv() -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["Tên", *HOSTILE])
    writer.writerows(
        [f"dòng {row}", *(row * 100 + each for each in range(len(HOSTILE)))] for row in range(40)
    )
    return written.getvalue()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def wards(site: Site) -> str:
    uuid = add_table_file(site.portal, "Dân số các phường", WARDS + COMMUNES)
    read_tables(site.portal)
    return f"/api/v1/tables/{uuid}"


@pytest.fixture(scope="module")
def hostile(site: Site) -> str:
    uuid = add_table_file(site.portal, "Tên cột lạ", hostile_csv())
    read_tables(site.portal)
    return f"/api/v1/tables/{uuid}"


def test_rows_are_objects_arrays_or_csv(client: FlaskClient, wards: str) -> None:
    path = "?select=phuong,dan_so&sort=-phuong&phuong__in=Thanh+Khê,Ngũ+Hành+Sơn"
    objects, arrays = (client.get(f"{wards}/rows{form}{path}").json for form in ("", ".arrays.json"))
    assert objects["rows"] == [
        {"phuong": "Thanh Khê", "dan_so": 201240},
        {"phuong": "Ngũ Hành Sơn", "dan_so": None, "_texts": {"dan_so": "khoảng 90000"}},
    ]
    assert arrays["rows"] == [["Thanh Khê", 201240], ["Ngũ Hành Sơn", None]]
    assert arrays["texts"] == [{"row": 1, "key": "dan_so", "text": "khoảng 90000"}]
    assert [each["name"] for each in objects["columns"]] == ["Phường", "Dân số"]
    assert client.get(f"{wards}/rows.json{path}").json["rows"] == objects["rows"]
    lines = list(csv.reader(io.StringIO(client.get(f"{wards}/rows.csv{path}").get_data(as_text=True))))
    assert lines == [["Phường", "Dân số"], ["Thanh Khê", "201240"], ["Ngũ Hành Sơn", "khoảng 90000"]]


def test_groups_have_figures_with_their_units(client: FlaskClient, wards: str) -> None:
    answer = client.get(f"{wards}/rows?measure=count,sum:dien_tich_km2,max:ngay_do").json
    assert answer["rows"] == [{"count": 26, "sum_dien_tich_km2": 566.25, "max_ngay_do": "2025-07-05"}]
    assert [(each["type"], each["unit"]) for each in answer["columns"]] == [
        ("integer", None), ("decimal", "km2"), ("date", None)
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["rows", "rows.arrays.json"])
def test_following_next_brings_every_row_once(client: FlaskClient, hostile: str, form: str) -> None:
    url: str | None = f"{hostile}/{form}?sort=-select&limit=7&ten__contains=DONG"
    found: list[Any] = []
    while url is not None:
        answer = client.get(url.removeprefix("http://127.0.0.1:8123"))
        found += answer.json["rows"]
        assert (answer.json["total"], answer.headers["X-Total-Count"]) == (40, "40")
        url = answer.json["next"]
        assert (f'<{url}>; rel="next"' in answer.headers["Link"]) == (url is not None)
    assert len(found) == len({json.dumps(each) for each in found}) == 40


def test_limits_are_told_and_held(client: FlaskClient, wards: str) -> None:
    answer = client.get(f"{wards}/rows")
    told = dict(each.split("=") for each in answer.headers["Row-Limits"].split(", "))
    assert told == {"rows": str(MAX_LIMIT), "bytes": str(RowLimits().answer_bytes), "seconds": "5"}
    assert {"Row-Limits", "X-Total-Count"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert client.get(f"{wards}/rows?limit={MAX_LIMIT}").status_code == 200
    assert client.get(f"{wards}/rows?limit={MAX_LIMIT + 1}").status_code == 422


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
@pytest.mark.parametrize("form", ["rows", "rows.arrays.json", "rows.csv", "export.csv", "export.xlsx"])
def test_a_known_answer_costs_no_question(
    client: FlaskClient, hostile: str, form: str, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get(f"{hostile}/{form}", headers=headers)
    assert first.get_data()
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    client.get(f"{hostile}/rows?limit=1")
    standing = _row_children()
    _signal(standing, signal.SIGSTOP)
    try:
        again = client.get(f"{hostile}/{form}", headers={**headers, "If-None-Match": first.headers["ETag"]})
    finally:
        _signal(standing, signal.SIGCONT)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(f"{hostile}/{form}?q=dong", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert other.get_data()


@pytest.mark.parametrize("form", ["rows", "rows.csv", "rows.arrays.json"])
def test_head_tells_what_get_tells(client: FlaskClient, wards: str, form: str) -> None:
    whole, head = client.get(f"{wards}/{form}?limit=2"), client.head(f"{wards}/{form}?limit=2")
    told = {name: value for name, value in head.headers if name != "X-Request-Id"}
    assert told == {name: value for name, value in whole.headers if name != "X-Request-Id"}
    assert head.get_data() == b""


@pytest.mark.parametrize(
    "query",
    ["khong_co=1", "dan_so=x", "lang=fr", "sort=khong_co", "select=_row", "limit=0", "limit=1&limit=2",
     "q=a&q=b", "where={", "after=x", "dan_so__like=1", "version=1", "form=csv", "filters=1"],
)  # fmt: skip
def test_what_is_no_question_is_named(client: FlaskClient, wards: str, query: str) -> None:
    answer = client.get(f"{wards}/rows?{query}&lang=en" if "lang" not in query else f"{wards}/rows?{query}")
    assert (answer.status_code, list(answer.json["fields"])) == (422, [query.partition("=")[0]])


@pytest.mark.parametrize("name", RESERVED)
def test_a_part_of_the_question_is_given_once(client: FlaskClient, wards: str, name: str) -> None:
    answer = client.get(f"{wards}/rows?{name}=1&{name}=1")
    assert answer.status_code == 422 and list(answer.json["fields"]) == [name]


def test_columns_may_be_called_anything(client: FlaskClient, hostile: str) -> None:
    columns = client.get(hostile).json["columns"]
    assert [each["name"] for each in columns] == ["Tên", *HOSTILE]
    for place, each in enumerate(columns[1:]):
        answer = client.get(f"{hostile}/rows", query_string={each["parameter"]: str(700 + place)}).json
        assert answer["total"] == 1, each["parameter"]
        assert answer["rows"][0][each["key"]] == 700 + place
        picked = client.get(f"{hostile}/rows?select={each['key']}&sort=-{each['key']}&limit=1").json
        assert picked["rows"] == [{each["key"]: 3900 + place}]
        grouped = client.get(f"{hostile}/rows?group={each['key']}&measure=max:{each['key']}&limit=1").json
        assert (grouped["total"], len(grouped["rows"][0])) == (40, 2), each["key"]
    same = client.get(f"{hostile}/rows?group=count&measure=count&lang=en")
    assert same.status_code == 422, "two figures of one name"


HOSTILE_FIELDS = Schema(
    (
        Field("ten", "Tên", ColumnType.TEXT, "VARCHAR"),
        Field("lang", "lang", ColumnType.INTEGER, "BIGINT"),
        Field("limit", "limit", ColumnType.INTEGER, "BIGINT"),
        Field("count", "count", ColumnType.INTEGER, "BIGINT"),
    ),
    40,
    has_search=True,
)
KEYS = [each.key for each in HOSTILE_FIELDS.fields]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(KEYS)
)
NODES = st.recursive(
    st.tuples(
        st.sampled_from(KEYS), st.sampled_from(OPERATORS), st.one_of(SCALARS, st.lists(SCALARS, max_size=3))
    ),
    lambda inner: st.dictionaries(
        st.sampled_from(["and", "or", "not"]), st.lists(inner, max_size=3), max_size=2
    ),
    max_leaves=6,
)
NAMES = st.one_of(
    st.sampled_from(RESERVED),
    st.builds("{}__{}".format, st.sampled_from(KEYS), st.sampled_from(OPERATORS)),
    st.sampled_from(KEYS),
    st.text(max_size=12),
)
PIECES = st.one_of(
    st.sampled_from(
        [*KEYS, *(f"-{each}" for each in KEYS), "count", "sum:count", "max:ten", "distinct:limit"]
    ),
    st.text(max_size=10),
    st.integers().map(str),
    st.sampled_from(["true", "false", "1,2", "'; DROP TABLE x; --", '" OR 1=1', "\0", "\ud800", "=1+1"]),
)
VALUES = st.one_of(
    PIECES,
    st.lists(PIECES, max_size=4).map(",".join),
    NODES.map(lambda node: json.dumps(node, default=str)),
)


@example([("group", "count"), ("measure", "count")], "rows")
@example([("group", "count,ten"), ("measure", "count"), ("sort", "count"), ("limit", "3")], "rows")
@example([("where", '["lang", "in", []]')], "rows")
@example([("after", "WzEsMl0"), ("sort", "ten")], "rows.csv")
@settings(max_examples=200)
@given(
    st.lists(st.tuples(NAMES, VALUES), max_size=4), st.sampled_from(["rows", "rows.arrays.json", "rows.csv"])
)
def test_whatever_is_asked_is_answered_or_refused(
    client: FlaskClient, hostile: str, pairs: list[tuple[str, str]], form: str
) -> None:
    sent = [(_sendable(name), _sendable(value)) for name, value in pairs]
    answer = client.get(f"{hostile}/{form}", query_string=MultiDict(sent))
    assert answer.status_code in (200, 422), (pairs, answer.get_data())
    if answer.status_code == 422:
        assert answer.json["fields"]


@settings(max_examples=200)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_no_word_of_a_reader_becomes_sql(pairs: list[tuple[str, str]]) -> None:
    try:
        query = parse(pairs, HOSTILE_FIELDS)
    except RowQueryInvalid:
        return
    for whole in (False, True):
        statement = rows_statement(query, HOSTILE_FIELDS, "p.parquet", whole=whole)
        assert set(statement.sql.split('"')[1::2]) <= {*KEYS, *query.keys, "_row"}
        for _, value in pairs:
            assert not any(sign in statement.sql for sign in (value,) if _is_foreign(value))
    assert "DROP" not in count_statement(query, HOSTILE_FIELDS, "p.parquet").sql


def _is_foreign(value: str) -> bool:
    """Whether it could only have come from the reader."""
    return len(value) > 3 and any(
        not (sign.isascii() and (sign.isalnum() or sign in "_-:, ")) for sign in value
    )


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _row_children() -> list[int]:
    """The row processes of this process; other tests of the same run may have left some."""
    found = [pid for pid, line in children(os.getpid()).items() if "row_child" in line]
    assert found
    return found


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        os.kill(pid, number)


def test_a_killed_row_process_is_a_503_and_the_next_question_is_answered(
    client: FlaskClient, wards: str
) -> None:
    assert client.get(f"{wards}/rows").status_code == 200
    standing = _row_children()
    _signal(standing, signal.SIGSTOP)
    # Killed while it is asked: the question waits at the pipe of a process that stands still.
    killer = threading.Timer(0.5, _signal, (standing, signal.SIGKILL))
    killer.start()
    answer = client.get(f"{wards}/rows?limit=3")
    killer.join()
    assert (answer.status_code, answer.json["code"]) == (503, "rows-too-slow")
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"{wards}/rows?limit=3").status_code == 200


def test_whoever_hangs_up_ends_the_export(client: FlaskClient, hostile: str) -> None:
    before = set(children(os.getpid()))
    answer = client.get(f"{hostile}/export.csv")
    assert len(set(children(os.getpid())) - before) == 1, "a file has a process of its own"
    answer.close()
    assert set(children(os.getpid())) - before == set()


def test_too_many_questions_at_once_are_asked_to_come_again(own_site: Site) -> None:
    uuid = add_table_file(own_site.portal, "Dân số các phường", WARDS)
    read_tables(own_site.portal)
    folder, limits = own_site.portal.settings.row_slots_folder, RowLimits()
    with taken_slot(folder, limits), taken_slot(folder, limits):
        began = time.monotonic()
        answer = own_site.client.get(f"/api/v1/tables/{uuid}/rows")
        assert time.monotonic() - began < 2 * limits.wait_seconds
        assert (answer.status_code, answer.json["code"]) == (503, "rows-busy")
        assert answer.headers["Retry-After"] == "2"
        assert "incident" not in answer.json, "nothing is broken"
        exported = own_site.client.get(f"/api/v1/tables/{uuid}/export.csv")
        assert exported.status_code == 200, "files have slots of their own"
        exported.close()
    assert own_site.client.get(f"/api/v1/tables/{uuid}/rows").status_code == 200
