"""The datastore written: every change is a new version of a CSV file, and read as any other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from portal.catalog.models import State
from portal.jobs.tables import TableFollower
from tests.api.ckan.conftest import Actions
from tests.people import staff
from tests.table_files import add_table_file

PACKAGE = "so-lieu-do"
FIELDS = [
    {"id": "mã", "type": "text", "info": {"label": "Mã trạm", "notes": "Theo danh mục"}},
    {"id": "số đo", "type": "numeric", "info": {"unit": "cm"}},
    {"id": "ngày", "type": "date"},
    {"id": "lúc", "type": "timestamp"},
    {"id": "đạt", "type": "bool"},
    {"id": "lần", "type": "int"},
]
ROWS = [
    {"mã": "001", "số đo": 1.234, "ngày": "2026-01-02", "lúc": "2026-01-02T03:04:05", "đạt": True, "lần": 1},
    {
        "mã": "2",
        "số đo": 162.160,
        "ngày": "2026-01-03",
        "lúc": "2026-01-03 00:00:00",
        "đạt": False,
        "lần": 20,
    },
    {"mã": "3", "số đo": None, "ngày": None, "lúc": None, "đạt": None, "lần": 1_000_000},
]


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """A site with its worker's reader at work."""
    staffed = staff(tmp_path_factory.mktemp("writing"))
    portal, stop = staffed.site.portal, threading.Event()

    def work() -> None:
        follower = TableFollower(portal)
        follower.reconcile()
        while not stop.wait(0.05):
            follower.follow()

    thread = threading.Thread(target=work)
    thread.start()
    found = Actions(staffed)
    found.take("package_create", "administrator", name=PACKAGE, title="Số liệu đo")
    yield found
    stop.set()
    thread.join()
    portal.close()


def make(actions: Actions, **more: Any) -> str:
    made = actions.take(
        "datastore_create",
        "administrator",
        resource={"package_id": PACKAGE, "name": "Bảng đo"},
        **{"fields": FIELDS, "records": ROWS, "primary_key": ["mã"], **more},
    )
    assert made["is_read"]
    return str(made["resource_id"])


@pytest.fixture(scope="module")
def kept(actions: Actions) -> str:
    """A table that tests leave as it is."""
    return make(actions)


def rows(actions: Actions, uuid: str, **more: Any) -> list[dict[str, Any]]:
    found = actions.take("datastore_search", resource_id=uuid, **more)["records"]
    return [{name: value for name, value in each.items() if name != "_id"} for each in found]


def normal(*records: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**each, "lúc": each["lúc"] and each["lúc"].replace(" ", "T")} for each in records]


def test_a_new_table_is_a_csv_file_that_reads_back_as_it_was_sent(actions: Actions) -> None:
    uuid = make(actions)
    assert rows(actions, uuid) == normal(*ROWS)
    resource = actions.take("resource_show", id=uuid)
    assert (resource["name"], resource["format"], resource["url_type"]) == ("Bảng đo", "csv", "upload")
    assert resource["primary_key"] == ["mã"] and resource["datastore_active"]
    file = actions.staffed.site.client.get(resource["url"].removeprefix("http://127.0.0.1:8123"))
    assert file.data.decode().splitlines()[:2] == [
        "mã,số đo,ngày,lúc,đạt,lần",
        "001,1.2340,2026-01-02,2026-01-02T03:04:05,true,1",
    ]
    fields = actions.take("datastore_info", id=uuid)["fields"]
    assert [each["type"] for each in fields] == ["text", "numeric", "date", "timestamp", "bool", "int"]
    assert fields[0]["info"] == {"label": "Mã trạm", "notes": "Theo danh mục"}
    assert fields[1]["info"] == {"unit": "cm"}


def test_upsert_changes_what_is_there_and_adds_the_rest(actions: Actions) -> None:
    uuid = make(actions)
    changed = [{"mã": "2", "số đo": 5}, {"mã": "4", "lần": 7}, {"mã": "4", "đạt": True}]
    assert actions.take("datastore_upsert", "administrator", resource_id=uuid, records=changed)["is_read"]
    new = {**dict.fromkeys(ROWS[0]), "mã": "4", "lần": 7, "đạt": True}
    assert rows(actions, uuid) == normal(ROWS[0], {**ROWS[1], "số đo": 5.0}, ROWS[2], new)
    detail = actions.staffed.call("GET", f"/api/v1/distributions/{uuid}", "administrator").json
    assert [each["number"] for each in detail["file_versions"]] == [1, 2], "the version before stays"


def test_insert_and_update_hold_to_what_they_say(actions: Actions) -> None:
    uuid = make(actions)
    for method, record in (("insert", {"mã": "2"}), ("update", {"mã": "9"})):
        status, error = actions.fault(
            "datastore_upsert", "administrator", resource_id=uuid, method=method, records=[record]
        )
        assert (status, error["__type"]) == (409, "Validation Error") and error["records"]
    actions.take(
        "datastore_upsert", "administrator", resource_id=uuid, method="insert", records=[{"mã": "9"}]
    )
    told = actions.take(
        "datastore_upsert",
        "administrator",
        resource_id=uuid,
        method="update",
        dry_run=True,
        records=[{"mã": "9", "lần": 3}],
    )
    assert told["method"] == "update" and rows(actions, uuid)[-1]["lần"] is None
    # Rows are also told apart by their numbers.
    other = make(actions, primary_key=[])
    actions.take(
        "datastore_upsert",
        "administrator",
        resource_id=other,
        method="update",
        records=[{"_id": 2, "lần": 3}],
    )
    assert [each["lần"] for each in rows(actions, other)] == [1, 3, 1_000_000]
    assert (
        actions.fault("datastore_upsert", "administrator", resource_id=other, records=[{"mã": "2"}])[0] == 409
    )


def test_delete_takes_out_what_filters_find(actions: Actions) -> None:
    uuid = make(actions)
    gone = actions.take(
        "datastore_delete", "administrator", resource_id=uuid, filters={"lần": {"gte": 20}, "mã": ["2", "5"]}
    )
    assert gone["deleted_rows"] == 1 and [each["mã"] for each in rows(actions, uuid)] == ["001", "3"]
    assert (
        actions.take("datastore_delete", "administrator", resource_id=uuid, filters={"mã": "x"})[
            "deleted_rows"
        ]
        == 0
    )
    status, error = actions.fault("datastore_delete", "administrator", resource_id=uuid)
    assert status == 409 and "resource_delete" in error["filters"][0]


def test_a_table_may_be_empty_and_filled_later(actions: Actions) -> None:
    uuid = make(actions, records=[])
    assert actions.fault("datastore_search", resource_id=uuid)[0] == 404
    actions.take("datastore_upsert", "administrator", resource_id=uuid, records=ROWS)
    assert rows(actions, uuid) == normal(*ROWS)
    actions.take("datastore_records_delete", "administrator", resource_id=uuid, filters={})
    actions.take("datastore_upsert", "administrator", resource_id=uuid, records=ROWS[:1])
    assert rows(actions, uuid) == normal(ROWS[0])


def test_create_again_adds_rows_and_columns(actions: Actions) -> None:
    uuid = make(actions)
    actions.take(
        "datastore_create",
        "administrator",
        resource_id=uuid,
        fields=[{"id": "mã"}, {"id": "ghi chú", "type": "text"}],
        records=[{"mã": "8", "ghi chú": 'a; "b"\nc'}],
    )
    found = rows(actions, uuid)
    assert len(found) == 4 and found[3]["ghi chú"] == 'a; "b"\nc' and found[0]["ghi chú"] is None
    assert found[0]["số đo"] == 1.234
    assert actions.take("resource_show", id=uuid)["primary_key"] == ["mã"], "the key stays"


def test_a_stewards_own_file_keeps_its_values(actions: Actions) -> None:
    text = 'Tên,Giá (đ),Ngày\nA,162.160,01/07/2025\nB,38.300,"2/7/2025"\nC,chưa có,\n' + "".join(
        f"D{each},1.{each}00,03/07/2025\n" for each in range(10, 30)
    )
    uuid = str(add_table_file(actions.staffed.site.portal, "Tệp của cán bộ", text, name="giá.csv"))
    actions.take(
        "datastore_upsert",
        "administrator",
        resource_id=uuid,
        method="insert",
        records=[{"Tên": "E", "Giá (đ)": 7}],
    )
    found = rows(actions, uuid)
    assert found[0] == {"Tên": "A", "Giá (đ)": 162160, "Ngày": "2025-07-01", "Giá (đ) (nguyên văn)": None}
    assert found[2]["Giá (đ) (nguyên văn)"] == "chưa có" and found[-1]["Giá (đ)"] == 7
    assert actions.take("resource_show", id=uuid)["url"].endswith("gi%C3%A1.csv")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"records": [{"lạ": 1}]}, "records"),
        ({"records": [{"mã": "x", "lần": 1.5}]}, "records"),
        ({"records": [{"mã": "x", "ngày": "hôm qua"}]}, "records"),
        ({"records": [{"mã": "x", "lần": [1]}]}, "records"),
        ({"records": ["x"]}, "records"),
        ({"records": [{"lần": 1}]}, "key"),
        ({"records": [{"mã": "x"}], "method": "replace"}, "method"),
    ],
)
def test_what_does_not_fit_is_named(actions: Actions, kept: str, data: dict[str, Any], field: str) -> None:
    status, error = actions.fault("datastore_upsert", "administrator", resource_id=kept, **data)
    assert (status, error["__type"]) == (409, "Validation Error") and error[field]


@pytest.mark.parametrize(
    "fields",
    [[{"id": "a", "type": "điều lạ"}], [{"id": "_a"}], [{"id": ""}], ["a"], [{"id": "a"}, {"id": "a"}], []],
)
def test_columns_must_have_names_and_known_types(actions: Actions, fields: Any) -> None:
    status, error = actions.fault(
        "datastore_create", "administrator", resource={"package_id": PACKAGE, "name": "x"}, fields=fields
    )
    assert (status, error["__type"]) == (409, "Validation Error") and error["fields"]


def test_only_who_may_change_the_resource_writes_rows(actions: Actions, kept: str) -> None:
    for who, status in (("anonymous", 403), ("stranger", 403), ("contributor", 403)):
        for action, data in (
            ("datastore_upsert", {"resource_id": kept, "records": [{"mã": "1"}]}),
            ("datastore_delete", {"resource_id": kept, "filters": {"mã": "2"}}),
            ("datastore_create", {"resource": {"package_id": PACKAGE}, "fields": FIELDS}),
        ):
            assert actions.fault(action, who, **data)[0] == status, (who, action)
    hidden = str(add_table_file(actions.staffed.site.portal, "Nháp", "a\n1\n", state=State.DRAFT))
    assert actions.fault("datastore_upsert", "stranger", resource_id=hidden, records=[])[0] == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hai.json", '{"a": [{"x": 1}], "b": [{"y": 2}]}'),
        ("tua-de.csv", "Bảng 1. Dân số theo phường\n\nphường,dân số\nA,1\nB,2\nC,3\n"),
        ("so-bo.csv", "năm,số\n2021,1\n2022,2\nSơ bộ 2023,3\n"),
        ("a.pdf", "%PDF-1.7"),
    ],
)
def test_files_that_hold_more_than_rows_are_not_rewritten(actions: Actions, name: str, content: str) -> None:
    uuid = str(add_table_file(actions.staffed.site.portal, f"Tệp {name}", content, name=name))
    status, error = actions.fault(
        "datastore_upsert", "administrator", resource_id=uuid, method="insert", records=[{"x": 1}]
    )
    assert status == 409 and "Upload a new file" in error["message"]
