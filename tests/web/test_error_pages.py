"""When something is wrong the page says what, in plain words, and offers a way on."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from portal import links
from tests.sites import Site
from tests.web.reading import HTML, read, words


def test_a_wrong_address_offers_its_own_words_as_a_search(client: FlaskClient) -> None:
    page = read(client, "/du-lieu/bang-gia-dat-2024.html")
    assert page.status == 404
    assert page.one("input", name="q").get("value") == "bang gia dat 2024"
    assert page.one("form", role="search").get("action") == "/du-lieu"
    assert page.one("meta", name="robots").get("content") == "noindex"


def test_errors_are_in_the_language_of_the_address(client: FlaskClient) -> None:
    assert words(read(client, "/khong-co").one("h1")) == "Không có nội dung tại địa chỉ này"
    assert words(read(client, "/en/nothing").one("h1")) == "There is nothing at this address"
    assert (
        words(read(client, links.dataset_page("da-rut", "en")).one("h1")) == "This dataset has been withdrawn"
    )


def test_unknown_agencies_themes_and_places_are_not_found(client: FlaskClient) -> None:
    for path in ("/co-quan/x", "/linh-vuc/x", "/dia-ban/x", "/en/agencies/x", "/en/themes/x", "/en/places/x"):
        assert read(client, path).status == 404, path


def test_a_place_is_also_found_by_its_code(client: FlaskClient) -> None:
    answer = client.get(links.place_page("20194", "vi"))
    assert (answer.status_code, answer.headers["Location"]) == (
        301,
        links.place_page("phuong-hai-chau", "vi"),
    )


def test_programs_get_a_problem_document_instead(client: FlaskClient) -> None:
    answer = client.get("/du-lieu/khong-co", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_an_outage_shows_an_incident_in_both_languages_and_nothing_of_its_cause(own_site: Site) -> None:
    database = own_site.portal.database
    client = own_site.app.test_client()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE dataset_place")
    answer = client.get(links.page("home", "vi"), headers=HTML)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert answer.headers["Cache-Control"] == "no-store"
    incident = re.search(r"<code>([0-9a-f]{32})</code>", text)
    assert incident is not None
    assert incident[1] == answer.headers["X-Request-Id"]
    assert "Tạm thời chưa phục vụ được" in text
    assert "Temporarily unavailable" in text
    assert "dataset_place" not in text
    assert "sqlite" not in text.lower()
