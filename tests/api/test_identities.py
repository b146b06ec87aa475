"""Persistent addresses lead to the form that the Accept header prefers, and say so when there is none."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.factories import uuid_of

BASE = "http://127.0.0.1:8123"
DATASET = uuid_of("dataset/chat-luong-khong-khi")
AGENCY = uuid_of("agency/so-y-te")


FORMS = {
    "application/csvm+json": "csvw.json",
    "application/vnd.datacite.datacite+json": "datacite.json",
    "application/vnd.datacite.datacite+xml": "datacite.xml",
    "application/x-bibtex": "citation.bib",
    "application/x-research-info-systems": "citation.ris",
    "application/vnd.citationstyles.csl+json": "citation.json",
}


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "/du-lieu/chat-luong-khong-khi"),
        ("", "/du-lieu/chat-luong-khong-khi"),
        ("*/*", "/du-lieu/chat-luong-khong-khi"),
        ("application/json", "/api/v1/datasets/chat-luong-khong-khi"),
        ("application/json;q=0.5, text/html;q=0.9", "/du-lieu/chat-luong-khong-khi"),
        ("text/turtle", "/dataset/chat-luong-khong-khi.ttl"),
        ("application/ld+json", "/dataset/chat-luong-khong-khi.jsonld"),
        ("application/n-triples", "/dataset/chat-luong-khong-khi.nt"),
        ("application/rdf+xml, text/turtle;q=0.3", "/dataset/chat-luong-khong-khi.rdf"),
        ("text/turtle;q=0.2, application/ld+json;q=0.7", "/dataset/chat-luong-khong-khi.jsonld"),
        ("text/html;q=0, text/*", "/dataset/chat-luong-khong-khi.ttl"),
        *((media_type, f"/dataset/chat-luong-khong-khi/{name}") for media_type, name in FORMS.items()),
        ("image/png, text/turtle;q=0.1", "/dataset/chat-luong-khong-khi.ttl"),
    ],
)
def test_a_dataset_leads_on_by_accept(client: FlaskClient, accept: str, target: str) -> None:
    answer = client.get(f"/id/dataset/{DATASET}", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BASE}{target}")
    assert answer.headers["Vary"] == "Accept, Accept-Language"
    assert (
        f'<{BASE}/dataset/chat-luong-khong-khi.ttl>; rel="alternate"; type="text/turtle"'
        in answer.headers["Link"]
    )


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0, application/*;q=0"])
def test_what_there_is_not_is_406_with_what_there_is(client: FlaskClient, accept: str) -> None:
    answer = client.get(f"/id/dataset/{DATASET}", headers={"Accept": accept})
    assert (answer.status_code, answer.json["code"]) == (406, "not-acceptable")
    assert {each["media_type"]: each["url"] for each in answer.json["available"]} == {
        "text/html": f"{BASE}/du-lieu/chat-luong-khong-khi",
        "application/json": f"{BASE}/api/v1/datasets/chat-luong-khong-khi",
        "text/turtle": f"{BASE}/dataset/chat-luong-khong-khi.ttl",
        "application/ld+json": f"{BASE}/dataset/chat-luong-khong-khi.jsonld",
        "application/n-triples": f"{BASE}/dataset/chat-luong-khong-khi.nt",
        "application/rdf+xml": f"{BASE}/dataset/chat-luong-khong-khi.rdf",
        **{media_type: f"{BASE}/dataset/chat-luong-khong-khi/{name}" for media_type, name in FORMS.items()},
    }


@pytest.mark.parametrize(
    ("path", "accept", "target"),
    [
        ("catalogue", "text/html", "/"),
        ("catalogue", "text/turtle", "/catalog.ttl"),
        ("catalogue", "application/ld+json", "/catalog.jsonld"),
        ("catalogue", "application/rdf+xml", "/catalog.rdf"),
        ("catalogue", "application/n-triples", "/catalog.nt"),
        (f"agency/{AGENCY}", "text/html", "/co-quan/so-y-te"),
        (f"agency/{AGENCY}", "application/json", "/api/v1/agencies/so-y-te"),
        ("place/20194", "text/html", "/dia-ban/phuong-hai-chau"),
        ("place/20194", "application/json", "/api/v1/places/phuong-hai-chau"),
        ("concept/theme/moi-truong", "text/html", "/linh-vuc/moi-truong"),
        ("concept/theme/moi-truong", "application/json", "/api/v1/concepts/theme/moi-truong"),
        ("concept/format/csv", "text/html,*/*;q=0.1", "/api/v1/concepts/format/csv"),
    ],
)
def test_everything_that_documents_name_can_be_read_of(
    client: FlaskClient, path: str, accept: str, target: str
) -> None:
    answer = client.get(f"/id/{path}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{BASE}{target}")
    if "catalog." not in target:
        assert client.get(target).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "agency/so-y-te",
        f"agency/{uuid_of('nobody')}",
        "place/phuong-hai-chau",
        "concept/theme/x",
        "concept/x/y",
    ],
)
def test_unknown_things(client: FlaskClient, path: str) -> None:
    assert client.get(f"/id/{path}").status_code == 404


def test_who_reads_english_is_led_to_english(client: FlaskClient) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "en-GB,en;q=0.9,vi;q=0.1"}
    answer = client.get(f"/id/dataset/{DATASET}", headers=headers)
    assert answer.headers["Location"].endswith("/en/datasets/chat-luong-khong-khi")


@pytest.mark.parametrize("accept", ["application/json", "text/turtle", "*/*"])
def test_what_is_not_public(client: FlaskClient, accept: str) -> None:
    headers = {"Accept": accept}
    assert client.get(f"/id/dataset/{uuid_of('dataset/da-rut')}", headers=headers).status_code == 410
    for reference in (uuid_of("dataset/bi-mat-draft"), "chat-luong-khong-khi", uuid_of("nobody")):
        assert client.get(f"/id/dataset/{reference}", headers=headers).status_code == 404
