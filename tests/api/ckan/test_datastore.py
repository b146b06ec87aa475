"""The datastore read: rows, filters, words, fields, order, pages, and whole tables as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from sqlalchemy import event

from portal.catalog.models import State, table_uuid
from tests.api.ckan.conftest import Actions
from tests.people import staff
from tests.table_files import WARDS, add_table_file, read_tables

SEARCH = "/api/3/action/datastore_search"
# Seven of ten cells and more are numbers; two are not. One header is CKAN's own name, one holds a comma.
MIXED = (
    '_id,"Giá, đã gồm thuế","Ghi ""chú"""\n'
    + "".join(f"{100 + each},{each * 10},Loại {each % 2}\n" for each in range(1, 21))
    + '121,chưa có,=1+1\n122,"1,5",Đà Nẵng\n'
)
SHEETS = json.dumps(
    {"phường": [{"tên": "A", "số": 1}, {"tên": "B", "số": 2}], "xã": [{"mã": "x"}, {"mã": "y"}]}
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Actions, dict[str, UUID]]]:
    staffed = staff(tmp_path_factory.mktemp("datastore"))
    portal = staffed.site.portal
    ids = {
        "wards": add_table_file(portal, "Phường", WARDS),
        "mixed": add_table_file(portal, "Giá", MIXED),
        "sheets": add_table_file(portal, "Hai bảng", SHEETS, name="hai.json"),
        "draft": add_table_file(portal, "Bản nháp có bảng", WARDS, state=State.DRAFT),
        "withdrawn": add_table_file(portal, "Đã rút có bảng", WARDS, state=State.WITHDRAWN),
        "made-up": add_table_file(portal, "Minh họa có bảng", WARDS, illustrative=True),
        "empty": add_table_file(portal, "Không có bảng", b"%PDF-1.7 x", name="a.pdf"),
    }
    read_tables(portal)
    ids["waiting"] = add_table_file(portal, "Chưa đọc", WARDS.replace("Hải Châu", "Sơn Trà"))
    yield Actions(staffed), ids
    portal.close()


@pytest.fixture
def found(tables: tuple[Actions, dict[str, UUID]]) -> Any:
    """Asks one of the tables by its name."""
    actions, ids = tables

    def ask(name: str, **data: Any) -> Any:
        return actions.take("datastore_search", resource_id=str(ids[name]), **data)

    return ask


def names(answer: Any, field: str = "Phường") -> list[Any]:
    return [each[field] for each in answer["records"]]


def test_rows_come_under_their_headers_with_the_types_of_ckan(found: Any) -> None:
    answer = found("wards", limit=2)
    assert [(each["id"], each["type"]) for each in answer["fields"]] == [
        ("_id", "int"),
        ("Phường", "text"),
        ("Dân số", "int"),
        ("Diện tích (km2)", "numeric"),
        ("Ngày đo", "date"),
    ]
    assert answer["fields"][3]["info"] == {"unit": "km2"}
    assert answer["records"][0] == {
        "_id": 1,
        "Phường": "Hải Châu",
        "Dân số": 131427,
        "Diện tích (km2)": 7.58,
        "Ngày đo": "2025-07-01",
    }
    assert (answer["total"], answer["limit"], answer["total_was_estimated"]) == (5, 2, False)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"Phường": "Hải Châu"}, ["Hải Châu"]),
        ({"phuong": "Hải Châu"}, ["Hải Châu"]),
        ({"Phường": ["Hải Châu", "An Khê"]}, ["Hải Châu", "An Khê"]),
        ({"Dân số": "94520"}, ["An Khê"]),
        ({"Dân số": [94520, None]}, ["An Khê", "Hoàng Sa"]),
        ({"Dân số": None}, ["Hoàng Sa"]),
        ({"Dân số": {"gte": 100000, "lt": 200000}}, ["Hải Châu", "Hòa Cường"]),
        ({"Dân số": [{"lt": 100000}, 201240]}, ["Thanh Khê", "An Khê"]),
        ([{"Phường": "An Khê"}, {"_id": 1}], ["Hải Châu", "An Khê"]),
        ({"$or": [{"_id": 5}, {"Phường": "An Khê"}], "Dân số": {"gt": 0}}, ["An Khê"]),
        ({"Ngày đo": "2025-07-02T00:00:00"}, ["Hòa Cường"]),
        ({"Ngày đo": {"gt": "2025-07-02"}}, ["Thanh Khê", "An Khê"]),
        ({"Diện tích (km2)": 305}, ["Hoàng Sa"]),
        ({}, ["Hải Châu", "Hòa Cường", "Thanh Khê", "An Khê", "Hoàng Sa"]),
    ],
)
def test_filters_speak_ckans_language(found: Any, filters: Any, expected: list[str]) -> None:
    answer = found("wards", filters=filters)
    assert (names(answer), answer["total"]) == (expected, len(expected))
    assert found("wards", filters=json.dumps(filters))["records"] == answer["records"]


def test_words_are_found_without_diacritics_in_rows_or_one_field(found: Any) -> None:
    answer = found("wards", q="hai chau")
    assert names(answer) == ["Hải Châu"] and answer["records"][0]["rank"] == 1.0
    assert answer["fields"][-1] == {"id": "rank", "type": "float4"}
    one = found("wards", q={"Phường": "khe"}, sort="rank Phường desc, Dân số")
    assert names(one) == ["An Khê", "Thanh Khê"] and one["records"][0]["rank Phường"] == 1.0
    assert names(found("wards", q='{"Dân số": "94520"}')) == ["An Khê"]
    assert "rank" not in found("wards", q="khe", fields=["Phường"])["records"][0]


def test_order_fields_and_pages(found: Any) -> None:
    everything = found("wards", sort='"Dân số" desc, _id')
    assert names(everything) == ["Thanh Khê", "Hải Châu", "Hòa Cường", "An Khê", "Hoàng Sa"]
    for filters, sort in (({}, ""), ({}, "dan_so desc"), ({"_id": {"gt": 1}}, "Phường asc")):
        whole = names(found("wards", filters=filters, sort=sort))
        walked = [
            each
            for offset in range(0, 6, 2)
            for each in names(found("wards", filters=filters, sort=sort, limit=2, offset=offset))
        ]
        assert walked == whole
    chosen = found("wards", fields="Dân số, Phường", limit=1)
    assert [each["id"] for each in chosen["fields"]] == ["Dân số", "Phường"]
    assert chosen["records"] == [{"Dân số": 131427, "Phường": "Hải Châu"}]
    assert found("wards", limit=0)["records"] == [] and found("wards", limit=0)["total"] == 5
    assert found("wards", limit=32000)["limit"] == 10_000
    assert "total" not in found("wards", include_total=False)


def test_distinct_values_of_chosen_fields(found: Any) -> None:
    answer = found("mixed", fields=['Ghi "chú"'], distinct=True, sort='"Ghi ""chú""" desc', limit=2)
    assert (names(answer, 'Ghi "chú"'), answer["total"]) == (["Loại 1", "Loại 0"], 4)


def test_no_field_holds_two_kinds_and_no_cell_is_lost(found: Any) -> None:
    answer = found(
        "mixed",
        filters={"Giá, đã gồm thuế": None},
        fields=["_id", "Giá, đã gồm thuế", "Giá, đã gồm thuế (nguyên văn)"],
    )
    assert answer["records"] == [
        {"_id": 21, "Giá, đã gồm thuế": None, "Giá, đã gồm thuế (nguyên văn)": "chưa có"}
    ]
    # The file's own column of this name answers to its key.
    own = next(each["id"] for each in found("mixed")["fields"][1:])
    assert own != "_id" and names(found("mixed", limit=1), own) == ["101"]


def test_records_in_every_format(found: Any) -> None:
    lists = found("mixed", records_format="lists", filters={"_id": [21, 1]})["records"]
    text = found("mixed", records_format="csv", filters={"_id": [21, 1]})["records"]
    assert [row[0] for row in lists] == [1, 21]
    cells = [["" if cell is None else str(cell) for cell in row] for row in lists]
    assert list(csv.reader(io.StringIO(text))) == cells and cells[1][3] == "=1+1"
    tabs = found("mixed", records_format="tsv", filters={"_id": [21, 1]})["records"]
    assert list(csv.reader(io.StringIO(tabs), delimiter="\t")) == cells


def test_links_lead_through_the_table(tables: tuple[Actions, dict[str, UUID]]) -> None:
    actions, ids = tables
    path = f"{SEARCH}?resource_id={ids['wards']}&limit=2&include_next_page=true&sort=Phường"
    seen = []
    while path:
        answer = actions.staffed.site.client.get(path).json["result"]
        seen += names(answer)
        path = answer["_links"]["next"] if "next_page" in answer else ""
    assert len(seen) == 5 == len(set(seen))


def test_every_sheet_is_a_table_and_resources_tell_of_them(
    tables: tuple[Actions, dict[str, UUID]], found: Any
) -> None:
    actions, ids = tables
    first, second = found("sheets"), actions.take("datastore_search", id=str(table_uuid(ids["sheets"], 1)))
    assert (names(first, "tên"), names(second, "mã")) == (["A", "B"], ["x", "y"])
    resource = actions.take("resource_show", id=str(ids["sheets"]))
    assert resource["datastore_active"] is True and resource["datastore_dump_url"].endswith(
        f"/datastore/dump/{ids['sheets']}"
    )
    assert [each["id"] for each in resource["datastore_tables"]][1] == str(table_uuid(ids["sheets"], 1))
    assert actions.take("resource_show", id=str(ids["waiting"]))["datastore_active"] is False
    info = actions.take("datastore_info", id=str(ids["wards"]))
    assert info["meta"]["count"] == 5 and info["fields"][1]["id"] == "Dân số"
    assert info["fields"][0]["schema"]["native_type"] == "varchar"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"filters": {"khong": 1}}, "filters"),
        ({"filters": {"Dân số": "nhiều"}}, "filters"),
        ({"filters": {"Dân số": {"gần": 1}}}, "filters"),
        ({"filters": {"Dân số": []}}, "filters"),
        ({"filters": "x"}, "filters"),
        ({"filters": {"Phường": [str(each) for each in range(2000)]}}, "filters"),
        ({"filters": [{"Phường": str(each)} for each in range(60)]}, "filters"),
        ({"fields": "khong"}, "fields"),
        ({"sort": "khong desc"}, "sort"),
        ({"sort": "Phường asc nulls first"}, "sort"),
        ({"fields": "Phường", "distinct": True, "sort": "_id"}, "sort"),
        ({"q": {"khong": "x"}}, "q"),
        ({"limit": "nhiều"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"records_format": "xlsx"}, "records_format"),
    ],
)
def test_what_is_not_understood_is_named(
    tables: tuple[Actions, dict[str, UUID]], data: dict[str, Any], field: str
) -> None:
    actions, ids = tables
    status, error = actions.fault("datastore_search", resource_id=str(ids["wards"]), **data)
    assert (status, error["__type"]) == (409, "Validation Error") and error[field]


def test_what_may_not_be_seen_is_not_found(tables: tuple[Actions, dict[str, UUID]]) -> None:
    actions, ids = tables
    unknown = actions.fault("datastore_search", resource_id="khong-co")
    assert unknown[0] == 404 and unknown[1]["__type"] == "Not Found Error"
    for action in ("datastore_search", "datastore_info"):
        assert actions.fault(action, resource_id=str(ids["draft"])) == unknown
        told = actions.fault(action, id=str(ids["withdrawn"]))
        assert told[0] == 404 and "Số liệu sai." in told[1]["message"]
    assert actions.take("datastore_search", "administrator", resource_id=str(ids["draft"]))["total"] == 5
    assert actions.staffed.site.client.get(f"/datastore/dump/{ids['draft']}").status_code == 404
    assert actions.staffed.site.client.get(f"/datastore/dump/{ids['withdrawn']}").status_code == 410
    assert "PDF" in actions.fault("datastore_search", resource_id=str(ids["empty"]))[1]["message"]
    assert "waiting" in actions.fault("datastore_search", resource_id=str(ids["waiting"]))[1]["message"]
    assert actions.fault("datastore_search")[1]["resource_id"] == ["Missing value"]


def test_sql_is_refused_with_the_way_to_go(tables: tuple[Actions, dict[str, UUID]]) -> None:
    actions, _ = tables
    status, error = actions.fault("datastore_search_sql", sql='SELECT * FROM "x"')
    assert (status, error["__type"]) == (409, "Validation Error") and "/api/v1/tables/" in error["sql"][0]


def test_whole_tables_as_files(tables: tuple[Actions, dict[str, UUID]], found: Any) -> None:
    actions, ids = tables
    client = actions.staffed.site.client
    address = f"/datastore/dump/{ids['mixed']}"
    lists = found("mixed", records_format="lists")["records"]
    answer = client.get(address)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{ids["mixed"]}.csv"')
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == [each["id"] for each in found("mixed")["fields"]]
    # A spreadsheet must not run what somebody typed.
    assert [row[3].lstrip("'") for row in rows[1:]] == [row[3] for row in lists] and rows[21][3] == "'=1+1"
    assert client.get(f"{address}?format=csv&bom=true").data.startswith("\ufeff_id,".encode())
    assert client.get(f"{address}?format=tsv&limit=1&offset=1").text.splitlines()[1].startswith("2\t102\t20")
    document = client.get(f"{address}?format=json").json
    assert document["records"] == lists and document["fields"] == found("mixed")["fields"]
    tree = ElementTree.fromstring(client.get(f"{address}?format=xml").data)
    assert [row.get("_id") for row in tree] == [str(row[0]) for row in lists]
    assert (
        tree[20][2].text == "=1+1"
        and tree[20][1].get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"
    )
    filtered = client.get(f'{address}?filters={{"_id":[2,3]}}&fields=_id&sort=_id desc').text
    assert filtered.split() == ["_id", "3", "2"]
    assert client.get(f"{address}?format=exe").status_code == 422


def test_asking_costs_the_same_few_statements(tables: tuple[Actions, dict[str, UUID]]) -> None:
    actions, ids = tables
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    engine = actions.staffed.site.portal.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for name in ("wards", "mixed"):
            statements.clear()
            actions.take("datastore_search", resource_id=str(ids[name]), q="a", sort="_id desc")
            assert len(statements) <= 2
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "xml"])
def test_an_illustrative_table_says_so_in_every_answer(
    tables: tuple[Actions, dict[str, UUID]], found: Any, kind: str
) -> None:
    actions, ids = tables
    assert found("made-up")["illustrative"] is True
    assert "illustrative" not in found("wards")
    for name, is_marked in (("made-up", True), ("wards", False)):
        dump = actions.staffed.site.client.get(f"/datastore/dump/{ids[name]}?format={kind}")
        assert ("Dữ liệu minh họa (illustrative)" in dump.get_data(as_text=True)) is is_marked
        assert ("minh-hoa-" in dump.headers["Content-Disposition"]) is is_marked
