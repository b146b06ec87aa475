"""Two versions of a table compared over HTTP: what is told, to whom, and what is refused how."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal import links
from portal.catalog.models import State
from portal.http.rows import comparisons
from portal.tables.differences.asking import Comparisons
from portal.tables.rows import RowLimits, RowProcess, taken_slot
from portal.wiring import Portal
from tests.sites import Site, open_site
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables

SECOND = (
    WARDS.replace("131427", "131500").replace("An Khê,94520,6.14,04/07/2025\n", "") + "Sơn Trà,112000,8.1,\n"
)
THIRD = SECOND.replace("Diện tích (km2)", "Diện tích (ha)")
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def wards(site: Site) -> UUID:
    uuid = add_table_file(site.portal, "Dân số các phường", WARDS, SECOND, THIRD)
    read_tables(site.portal)
    return uuid


def path(uuid: UUID, query: str = "", form: str = "") -> str:
    return f"{links.api('tables', uuid, 'differences')}{form}?{query}"


def test_the_last_two_versions_unless_others_are_named(site: Site, wards: UUID) -> None:
    told = site.client.get(path(wards)).json
    assert (told["from"]["number"], told["to"]["number"]) == (2, 3)
    (column,) = [each for each in told["columns"] if each["changes"]]
    assert column["changes"] == ["renamed", "unit"]
    assert told["rows"]["unchanged"] == 5
    first = site.client.get(path(wards, "from=1&to=2&lang=en")).json
    assert first["summary"] == "1 row added, 1 row removed, 1 cell in 1 row changed."
    assert first["summary_i18n"]["vi"] == "Thêm 1 dòng, bỏ 1 dòng, sửa 1 ô trong 1 dòng."
    assert first["key"] == {
        "columns": ["phuong"],
        "why": "column",
        "reason": "Rows are told apart by “Phường”: its values never repeat and are never missing in either version.",
    }
    assert [each["key"]["phuong"] for each in first["changes"]] == ["Hải Châu", "Sơn Trà", "An Khê"]
    assert first["changes"][0]["cells"] == [{"column": "dan_so", "before": 131427, "after": 131500}]
    assert site.client.get(path(wards, "to=2")).json == site.client.get(path(wards, "from=1&to=2")).json
    back = site.client.get(path(wards, "from=2&to=1")).json
    assert (back["rows"]["added"], back["changes"][1]["key"]) == (1, {"phuong": "An Khê"})
    assert site.client.get(path(wards, "from=3&to=3")).json["is_same"] is True


def test_files_of_both_versions_and_the_other_forms_are_linked(site: Site, wards: UUID) -> None:
    told = site.client.get(path(wards, "from=1")).json
    base = site.portal.settings.public_url
    assert told["from"]["rows"] == 5
    got = site.client.get(told["from"]["links"]["download"].removeprefix(base))
    assert got.get_data(as_text=True) == WARDS
    assert site.client.get(told["links"]["csv"].removeprefix(base)).mimetype == "text/csv"


def test_pages_follow_the_link_to_the_end(site: Site, wards: UUID) -> None:
    seen, address = [], path(wards, "from=1&to=2&limit=1")
    while address:
        answer = site.client.get(address)
        seen += [each["change"] for each in answer.json["changes"]]
        assert answer.json["rows"]["added"] == 1, "counts are whole on every page"
        link = answer.headers.get("Link", "")
        assert bool(link) == (answer.json["next"] is not None)
        address = link.partition(">")[0].removeprefix("<").removeprefix(site.portal.settings.public_url)
    assert seen == ["changed", "added", "removed"]


def test_csv_is_the_same_by_extension(site: Site, wards: UUID) -> None:
    answer = site.client.get(path(wards, "from=1&to=2", ".csv"))
    assert "dan-so-cac-phuong-v1-v2.csv" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [
        (line["change"], line["key"], line["column"], line["before"], line["after"]) for line in lines[:2]
    ] == [
        ("changed", "Hải Châu", "dan_so", "131427", "131500"),
        ("added", "Sơn Trà", "phuong", "", "Sơn Trà"),
    ]
    short = site.client.get(path(wards, "from=1&to=2&limit=1", ".csv"))
    assert 'rel="next"' in short.headers["Link"]


def test_answers_are_kept_and_anew_when_a_version_comes(own_site: Site) -> None:
    uuid = add_table_file(own_site.portal, "Dân số", WARDS, SECOND)
    read_tables(own_site.portal)
    first = own_site.client.get(path(uuid))
    assert first.headers["Cache-Control"].startswith("public")
    asking = {"If-None-Match": first.headers["ETag"]}
    assert own_site.client.get(path(uuid), headers=asking).status_code == 304
    assert own_site.client.get(path(uuid, "limit=1"), headers=asking).status_code == 200
    add_table_version(own_site.portal, uuid, THIRD)
    read_tables(own_site.portal)
    assert own_site.client.get(path(uuid)).json["to"]["number"] == 3


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=0", "from"),
        ("to=x", "to"),
        ("change=moved", "change"),
        ("limit=5000", "limit"),
        ("after=x", "after"),
        ("key=khong_co", "key"),
        ("key=dan_so", "key"),
        ("from=1&from=2", "from"),
        ("lang=fr", "lang"),
    ],
)
def test_a_bad_parameter_is_named(site: Site, wards: UUID, query: str, name: str) -> None:
    for form in ("", ".csv"):
        answer = site.client.get(path(wards, query, form))
        assert (answer.status_code, list(answer.json["fields"])) == (422, [name])


def test_what_is_not_there_is_404_and_names_the_reason(site: Site, wards: UUID) -> None:
    single = add_table_file(site.portal, "Một phiên bản", WARDS)
    holes = add_table_file(site.portal, "Có bản hỏng", WARDS, "%PDF-1.4\n", SECOND)
    read_tables(site.portal)
    for address, code in (
        (path(single), "no-earlier-version"),
        (path(wards, "to=1"), "no-earlier-version"),
        (path(wards, "from=9"), "version-without-table"),
        (path(holes, "from=2"), "version-without-table"),
        (path(UUID(int=7)), "table-not-found"),
        (links.api("tables", "x", "differences"), "table-not-found"),
    ):
        answer = site.client.get(address)
        assert (answer.status_code, answer.mimetype, answer.json["code"]) == (404, PROBLEM, code)
    told = site.client.get(path(holes)).json
    assert (told["from"]["number"], told["to"]["number"]) == (1, 3), (
        "versions without a table are passed over"
    )


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.SCHEDULED, State.TRASHED])
def test_hidden_datasets_answer_as_if_they_were_not_there(site: Site, state: State) -> None:
    uuid = add_table_file(site.portal, f"Ẩn {state.value}", WARDS, SECOND, state=state)
    read_tables(site.portal)
    hidden, unknown = site.client.get(path(uuid)), site.client.get(path(UUID(int=9)))
    assert hidden.status_code == 404
    mine = {name: value for name, value in hidden.json.items() if name != "request_id"}
    assert mine == {name: value for name, value in unknown.json.items() if name != "request_id"}


def test_withdrawn_datasets_answer_410_and_nothing_of_their_rows(site: Site) -> None:
    uuid = add_table_file(site.portal, "Bảng đã rút", WARDS, SECOND, state=State.WITHDRAWN)
    read_tables(site.portal)
    answer = site.client.get(path(uuid))
    assert answer.status_code == 410
    assert "Hải Châu" not in answer.get_data(as_text=True)


@pytest.fixture
def busy(own_site: Site) -> Iterator[tuple[FlaskClient, str, Portal]]:
    uuid = add_table_file(own_site.portal, "Dân số", WARDS, SECOND)
    read_tables(own_site.portal)
    yield own_site.client, path(uuid), own_site.portal


def test_a_machine_that_is_busy_says_when_to_come_again(busy: tuple[FlaskClient, str, Portal]) -> None:
    client, address, portal = busy
    slots = portal.settings.row_slots_folder
    limits = RowLimits(slots=2)
    with taken_slot(slots, limits), taken_slot(slots, limits):
        answer = client.get(address)
    assert (answer.status_code, answer.json["code"]) == (503, "rows-busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.get(address).status_code == 200, "nothing of the failure is kept"


def test_a_lost_parquet_file_is_an_outage(own_site: Site) -> None:
    uuid = add_table_file(own_site.portal, "Dân số", WARDS, SECOND)
    read_tables(own_site.portal)
    for file in Path(own_site.portal.settings.tables_folder).rglob("*"):
        if file.is_file():
            file.unlink()
    answer = own_site.client.get(path(uuid))
    assert (answer.status_code, answer.json["code"]) == (503, "table-away")


def test_too_large_a_comparison_is_refused(own_site: Site, tmp_path: Path) -> None:
    uuid = add_table_file(own_site.portal, "Dân số", WARDS, SECOND)
    read_tables(own_site.portal)
    with own_site.app.app_context():
        assert isinstance(comparisons(), Comparisons)
    process = RowProcess(
        own_site.portal.settings.tables_folder, tmp_path, RowLimits(answer_bytes=100, seconds=30.0)
    )
    own_site.app.extensions["portal.rows"]._comparisons = Comparisons(process)
    answer = own_site.client.get(path(uuid))
    process.close()
    assert (answer.status_code, answer.json["code"]) == (413, "rows-too-many")
