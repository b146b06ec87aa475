"""A question that one cell answers is answered above the results, on the page and in the API alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import pytest
from flask.testing import FlaskClient

from portal.app import make_app
from portal.catalog.actors import SYSTEM
from portal.catalog.services.datasets import visible, withdraw
from portal.wiring import Portal
from tests.api.v1.test_openapi import mistakes
from tests.factories import make_agency, make_index, make_portal, uuid_of
from tests.table_files import WARDS, add_table_file, read_tables
from tests.web.reading import Page, read, words

TABLE = uuid_of("distribution/dan-so-cac-phuong/0")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = make_portal(tmp_path_factory.mktemp("answers"))
    publish(portal)
    yield portal
    portal.close()


@pytest.fixture(scope="module")
def client(portal: Portal) -> FlaskClient:
    return make_app(portal).test_client()


def publish(portal: Portal) -> None:
    with portal.database.write() as session:
        agency = make_agency(session, "Chi cục Thống kê", "Statistics Office")
        session.flush()
        number = agency.id
    add_table_file(
        portal, "Dân số các phường", WARDS, en="Population of wards", agency_id=number,
        modified=date(2025, 7, 9), temporal_start=date(2025, 1, 1), temporal_end=date(2025, 12, 31),
    )  # fmt: skip
    read_tables(portal)
    make_index(portal)


def told(page: Page) -> str:
    (card,) = page.with_class("answer")
    return words(card)


def test_the_page_shows_the_cell_its_unit_its_source_and_its_date(client: FlaskClient) -> None:
    text = told(read(client, "/du-lieu?q=dan+so+hai+chau"))
    for part in (
        "Dân số: Hải Châu",
        "131.427",
        "Dân số các phường",
        "Chi cục Thống kê",
        "09/07/2025",
        "2025",
    ):
        assert part in text, part
    assert "Diện tích: Hoàng Sa 305 km2" in told(read(client, "/du-lieu?q=diện tích hoàng sa 2025"))
    assert "Ngày đo: An Khê 04/07/2025" in told(read(client, "/du-lieu?q=ngày đo an khê"))


def test_the_english_page_writes_numbers_and_days_in_its_own_way(client: FlaskClient) -> None:
    text = told(read(client, "/en/datasets?q=dan+so+hai+chau"))
    for part in ("131,427", "Population of wards", "Statistics Office", "9 Jul 2025"):
        assert part in text, part


def test_the_answer_leads_to_its_row_in_the_table(client: FlaskClient) -> None:
    card = read(client, "/du-lieu?q=dan+so+hai+chau").with_class("answer")[0]
    paths = [each.get("href") or "" for each in card.iter("a")]
    assert [unquote_plus(each) for each in paths] == [
        "/du-lieu/dan-so-cac-phuong",
        f"/bang/{TABLE}?phuong=Hải Châu",
    ]
    page = read(client, paths[1])
    assert page.status == 200 and "131.427" in page.words and "Thanh Khê" not in words(page.all("tbody")[0])


@pytest.mark.parametrize(
    "query", ["q=dan+so", "q=dan+so+hai", "q=", "q=dan+so+hai+chau&page=2", "q=hai+chau"]
)
def test_without_one_cell_that_fits_there_is_no_answer(client: FlaskClient, query: str) -> None:
    assert read(client, f"/du-lieu?{query}").with_class("answer") == []
    assert client.get(f"/api/v1/datasets?{query}").json["answer"] is None


def test_the_api_answers_with_the_value_and_all_around_it(client: FlaskClient) -> None:
    found = client.get("/api/v1/datasets?q=diện tích hoàng sa&lang=en").json["answer"]
    assert (found["value"], found["type"], found["unit"], found["row"]) == (305, "decimal", "km2", 5)
    assert found["column"] == {"key": "dien_tich_km2", "name": "Diện tích (km2)"}
    assert found["names"] == [{"key": "phuong", "name": "Phường", "value": "Hoàng Sa", "text": "Hoàng Sa"}]
    assert found["table"]["id"] == str(TABLE) and found["table"]["rows"] == 5
    dataset = found["dataset"]
    assert (dataset["title"], dataset["agency"], dataset["modified"]) == (
        "Population of wards", "Statistics Office", "2025-07-09",
    )  # fmt: skip
    assert dataset["temporal"] == {"start": "2025-01-01", "end": "2025-12-31"}
    specification = client.get("/api/v1/openapi.json").json
    schema = {"$ref": "#/components/schemas/CellAnswer"}
    assert mistakes(specification, schema, found) == []
    parts = urlsplit(found["links"]["row"])
    rows = client.get(f"{parts.path}?{parts.query}").json
    assert rows["total"] == 1


def test_a_withdrawn_dataset_answers_nothing_from_the_moment_on(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    publish(portal)
    client = make_app(portal).test_client()
    assert read(client, "/du-lieu?q=dan+so+hai+chau").with_class("answer")
    with portal.database.write() as session:
        withdraw(
            session, SYSTEM, visible(session, SYSTEM, "dan-so-cac-phuong"), "Sai số liệu.", portal.clock()
        )
    assert read(client, "/du-lieu?q=dan+so+hai+chau").with_class("answer") == []
    portal.close()
