"""Agencies, concepts and places over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.catalog.models import Place, PlaceSuccession
from tests.sites import Site


def test_agencies_tell_what_is_above_and_under_them(client: FlaskClient) -> None:
    agencies = {each["slug"]: each for each in client.get("/api/v1/agencies").json["items"]}
    assert agencies["so-y-te"]["dataset_count"] == 2
    assert agencies["so-y-te"]["parent"]["slug"] == "uy-ban-nhan-dan-thanh-pho"
    city = client.get("/api/v1/agencies/uy-ban-nhan-dan-thanh-pho").json
    assert [child["slug"] for child in city["children"]] == ["so-y-te"]
    assert city["dataset_count"] == 0
    assert client.get(f"/api/v1/agencies/{city['id']}").json == city


def test_a_vocabulary_is_listed_and_shown(client: FlaskClient) -> None:
    themes = client.get("/api/v1/concepts/theme").json["items"]
    assert {each["code"] for each in themes} == {"moi-truong", "ngan-sach"}
    theme = client.get("/api/v1/concepts/theme/moi-truong?lang=en").json
    assert (theme["label"], theme["vocabulary"]) == ("Environment", "theme")
    assert theme["links"]["page_en"].endswith("/en/themes/moi-truong")
    csv = client.get("/api/v1/concepts/format/csv").json
    assert csv["facts"] == {"media_type": "text/csv"}
    assert "page_vi" not in csv["links"]


def test_places_tell_their_past(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        old = Place(code="490", slug="quan-hai-chau", name_vi="Quận Hải Châu", kind="district")
        new = session.query(Place).filter_by(code="20194").one()
        session.add_all([old, PlaceSuccession(old=old, new=new, how="part")])
    place = own_site.client.get("/api/v1/places/20194").json
    assert place["dataset_count"] == 1
    assert [(each["place"]["code"], each["how"]) for each in place["predecessors"]] == [("490", "part")]
    former = own_site.client.get("/api/v1/places/quan-hai-chau").json
    assert [each["place"]["code"] for each in former["successors"]] == ["20194"]
    assert len(own_site.client.get("/api/v1/places").json["items"]) == 3


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("agencies/khong-co", "agency-not-found"),
        ("concepts/theme/khong-co", "concept-not-found"),
        ("concepts/khong-co", "concept-not-found"),
        ("concepts/THEME", "concept-not-found"),
        ("places/khong-co", "place-not-found"),
    ],
)
def test_what_there_is_not_is_named(client: FlaskClient, path: str, code: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json["code"]) == (404, code)
