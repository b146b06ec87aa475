"""Datasets over HTTP: found, shown, walked, and not shown to those who may not know of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.app import make_app
from portal.catalog.models import Dataset, State
from tests.factories import NOW, make_dataset, make_index, make_many, make_portal, uuid_of
from tests.sites import Site, open_site

FULL = "/api/v1/datasets/chat-luong-khong-khi"


def slugs(client: FlaskClient, query: str) -> list[str]:
    return [item["slug"] for item in client.get(f"/api/v1/datasets?{query}").json["items"]]


@pytest.mark.parametrize(
    "words", ["chất lượng không khí", "chat luong khong khi", "CHẤT LƯỢNG", "air quality"]
)
def test_a_dataset_is_found_with_and_without_diacritics_and_in_english(
    client: FlaskClient, words: str
) -> None:
    answer = client.get("/api/v1/datasets", query_string={"q": words})
    assert answer.status_code == 200
    assert answer.json["items"][0]["slug"] == "chat-luong-khong-khi"
    assert "title" in answer.json["items"][0]["matched"]


def test_facets_carry_labels_counts_and_what_is_chosen(client: FlaskClient) -> None:
    answer = client.get("/api/v1/datasets?theme=moi-truong&lang=en").json
    assert answer["total"] == 2
    (theme,) = answer["facets"]["theme"]
    assert theme == {
        "code": "moi-truong",
        "label": "Environment",
        "label_i18n": {"vi": "Môi trường", "en": "Environment"},
        "count": 2,
        "selected": True,
    }
    assert [each["label"] for each in answer["facets"]["agency"]] == ["Department of Health"]


def test_the_whole_record_says_what_is_stated_and_null_for_the_rest(client: FlaskClient) -> None:
    record = client.get(FULL).json
    assert record["id"] == str(uuid_of("dataset/chat-luong-khong-khi"))
    assert record["title"] == "Chất lượng không khí tại Đà Nẵng"
    assert record["title_i18n"] == {"vi": record["title"], "en": "Air quality in Da Nang"}
    assert record["temporal"] == {"start": "2024-01-01", "end": "2025-12-31"}
    assert record["issued"] == "2024-05-06"
    assert record["modified"] == "2026-03-01T09:30:00+07:00"
    assert record["agency"]["slug"] == "so-y-te"
    assert record["licence"]["code"] == "cc-by-4.0"
    assert (record["frequency"]["code"], record["frequency_raw"]) == ("annual", "hàng năm")
    assert record["themes_raw"] == ["Tài nguyên"]
    assert record["contact"] == {"name": "Phòng dữ liệu", "email": "dulieu@example.vn", "phone": None}
    assert record["illustrative"] is False
    assert record["provenance"] is None
    assert record["extras"] == {"nguồn": "đo"}
    assert record["links"]["persistent"] == f"http://127.0.0.1:8123/id/dataset/{record['id']}"


def test_plain_texts_follow_the_language_and_fall_back_to_vietnamese(client: FlaskClient) -> None:
    record = client.get(f"{FULL}?lang=en").json
    assert record["title"] == "Air quality in Da Nang"
    assert record["agency"]["name"] == "Department of Health"
    plain = client.get("/api/v1/datasets/du-toan-ngan-sach-2025?lang=en").json
    assert plain["title"] == "Dự toán ngân sách 2025"
    assert (plain["agency"], plain["agency_text"]) == (None, "Phòng Tài chính quận")


def test_distributions_tell_files_from_links(client: FlaskClient) -> None:
    file, link = client.get(FULL).json["distributions"]
    assert file["download_url"].endswith("/Kh%C3%B4ng%20kh%C3%AD.csv")
    assert [each["number"] for each in file["file_versions"]] == [1, 2]
    assert file["sha256"] == file["file_versions"][1]["sha256"] != file["file_versions"][0]["sha256"]
    assert (file["table_id"], file["table_state"], file["rows"]) == (None, "waiting", 2)
    assert (link["download_url"], link["access_url"]) == (None, "https://example.org/khong-khi")
    assert (link["table_id"], link["byte_size"], link["file_versions"]) == (None, None, [])
    assert client.get(f"{FULL}/distributions").json == {"total": 2, "items": [file, link]}
    assert client.get(f"/api/v1/distributions/{file['id']}").json == file


def test_a_uuid_and_a_slug_name_the_same_record(client: FlaskClient) -> None:
    by_slug = client.get(FULL).json
    assert client.get(f"/api/v1/datasets/{by_slug['id']}").json == by_slug


@pytest.mark.parametrize("identifier", ["chat-luong-khong-khi", "DN-01"])
def test_any_identifier_finds_its_datasets(client: FlaskClient, identifier: str) -> None:
    assert slugs(client, f"identifier={identifier}") == ["chat-luong-khong-khi"]
    assert slugs(client, "identifier=da-rut") == slugs(client, "identifier=bi-mat-draft") == []


def test_revisions_tell_versions_but_not_who_made_them(client: FlaskClient) -> None:
    answer = client.get(f"{FULL}/revisions")
    assert [each["version"] for each in answer.json["items"]] == [1]
    assert "steward" not in answer.text


@pytest.mark.parametrize("path", ["", "/distributions", "/revisions"])
@pytest.mark.parametrize("slug", ["bi-mat-draft", "bi-mat-scheduled", "bi-mat-trashed"])
def test_hidden_datasets_answer_exactly_like_unknown_ones(client: FlaskClient, slug: str, path: str) -> None:
    hidden = client.get(f"/api/v1/datasets/{slug}{path}")
    unknown = client.get(f"/api/v1/datasets/khong-he-co{path}")
    by_uuid = client.get(f"/api/v1/datasets/{uuid_of(f'dataset/{slug}')}{path}")
    assert hidden.status_code == unknown.status_code == by_uuid.status_code == 404
    documents = [{**each.json, "request_id": ""} for each in (hidden, unknown, by_uuid)]
    assert documents[0] == documents[1] == documents[2]
    assert set(hidden.headers.keys()) == set(unknown.headers.keys())


@pytest.mark.parametrize("path", ["", "/distributions", "/revisions"])
def test_a_withdrawn_dataset_leaves_only_its_tombstone(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/v1/datasets/da-rut{path}")
    assert answer.status_code == 410
    assert answer.json["code"] == "withdrawn"
    assert answer.json["withdrawn"] == {
        "id": str(uuid_of("dataset/da-rut")),
        "identifier": "da-rut",
        "published_at": "2026-03-01T09:30:00+07:00",
        "withdrawn_at": "2026-03-01T09:30:00+07:00",
        "reason": "Số liệu sai.",
        "replacement": f"http://127.0.0.1:8123/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}",
    }
    assert "Bí mật" not in answer.text and "rut.csv" not in answer.text


def test_a_replacement_that_is_not_public_is_not_named(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        found = session.query(Dataset).filter_by(slug="chat-luong-khong-khi").one()
        found.state, found.withdrawal_reason = State.WITHDRAWN, "Sai."
    assert own_site.client.get("/api/v1/datasets/da-rut").json["withdrawn"]["replacement"] is None


def test_distributions_of_hidden_datasets_are_unknown_and_of_withdrawn_ones_gone(client: FlaskClient) -> None:
    gone = client.get(f"/api/v1/distributions/{uuid_of('distribution/da-rut/0')}")
    assert (gone.status_code, gone.json["code"]) == (410, "withdrawn")
    for reference in (uuid_of("nobody"), "not-a-uuid", "1"):
        answer = client.get(f"/api/v1/distributions/{reference}")
        assert (answer.status_code, answer.json["code"]) == (404, "distribution-not-found")


def test_no_list_has_what_is_not_public(client: FlaskClient) -> None:
    for query in ("", "q=bí+mật", "cursor=*", "sort=title", "q=rút"):
        assert "Bí mật" not in client.get(f"/api/v1/datasets?{query}").text
    assert client.get("/api/v1/datasets").json["total"] == 3


def test_illustrative_records_can_be_hidden_everywhere(tmp_path: Path) -> None:
    site = open_site(tmp_path, hide_illustrative=True)
    client = site.client
    assert client.get(f"/api/v1/datasets/{site.catalogue.illustrative}").status_code == 404
    for path in (
        "datasets",
        "datasets?cursor=*",
        "datasets?identifier=nhiet-do-minh-hoa",
        "datasets?q=nhiệt",
    ):
        assert "minh họa" not in client.get(f"/api/v1/{path}").text
    assert client.get("/api/v1/agencies/so-y-te").json["dataset_count"] == 1
    assert client.get("/api/v1/catalogue").json["counts"]["datasets"] == 2
    hidden = str(uuid_of(f"dataset/{site.catalogue.illustrative}"))
    assert hidden not in client.get("/api/v1/changes").text
    site.portal.close()


def test_pages_link_to_first_previous_next_and_last(client: FlaskClient) -> None:
    answer = client.get("/api/v1/datasets?page=2&page_size=1&sort=title&utm_source=mail&nonsense=1")
    base = "http://127.0.0.1:8123/api/v1/datasets?sort=title&page_size=1&page="
    assert answer.headers["Link"] == (
        f'<{base}1>; rel="first", <{base}1>; rel="prev", <{base}3>; rel="next", <{base}3>; rel="last"'
    )
    assert answer.json["total"] == 3


def test_a_cursor_walks_everything_once_while_the_catalogue_changes(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    make_many(portal.database, 25)
    client = make_app(portal).test_client()
    seen: list[str] = []
    url = "/api/v1/datasets?cursor=*&page_size=10&agency=so-y-te"
    while url:
        answer = client.get(url)
        seen += [item["slug"] for item in answer.json["items"]]
        if len(seen) == 10:
            with portal.database.write() as session:
                session.delete(session.query(Dataset).filter_by(slug=seen[3]).one())
        further = answer.json["next_cursor"]
        url = f"/api/v1/datasets?cursor={further}&page_size=10&agency=so-y-te" if further else ""
        if further:
            assert f'cursor={further}>; rel="next"' in answer.headers["Link"]
    assert len(seen) == len(set(seen)) == 25
    portal.close()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=abc", "cursor"),
        ("cursor=WzEwLCIiXQ.forged", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=*&q=a", "q"),
        ("cursor=*&sort=title", "sort"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1.5", "page"),
        ("page=1e3", "page"),
        ("page=999999999999999999999", "page"),
        ("page=501&page_size=20", "page"),
        ("page_size=101", "page_size"),
        ("page_size=0", "page_size"),
        ("sort=1;select", "sort"),
        ("lang=fr", "lang"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/api/v1/datasets?{query}")
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == [field]
    assert set(answer.json["fields_i18n"][field]) == {"vi", "en"}


def test_a_cursor_belongs_to_its_filters(client: FlaskClient) -> None:
    cursor = client.get("/api/v1/datasets?cursor=*&page_size=1").json["next_cursor"]
    assert client.get(f"/api/v1/datasets?cursor={cursor}&theme=moi-truong").status_code == 422


def test_walks_know_every_filter_that_search_knows(client: FlaskClient) -> None:
    for name in ("theme", "agency", "place", "format", "licence", "frequency", "year"):
        facet = client.get("/api/v1/datasets").json["facets"][name][0]
        query = f"{name}={facet['code']}"
        assert sorted(slugs(client, f"cursor=*&{query}")) == sorted(slugs(client, query)), name
        assert client.get(f"/api/v1/datasets?cursor=*&{query}").json["total"] == facet["count"], name


def test_without_an_index_titles_are_searched_and_nothing_is_kept(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    with portal.database.write() as session:
        make_dataset(session, "Chợ Hàn", modified=NOW)
    client = make_app(portal).test_client()
    first = client.get("/api/v1/datasets?q=cho+han")
    assert first.status_code == 200
    assert first.json["degraded"] is True
    assert [item["slug"] for item in first.json["items"]] == ["cho-han"]
    assert first.headers["Cache-Control"] == "no-store" and "ETag" not in first.headers
    make_index(portal)
    assert client.get("/api/v1/datasets?q=cho+han").json["degraded"] is False
    portal.close()


@pytest.mark.parametrize(
    "q",
    [
        "a" * 100_000,
        "a OR " * 500,
        "(" * 3000,
        "*",
        "*a*",
        "~3",
        "title:[a TO z]",
        '"',
        "và của",
        "😀",
        "\x00",
    ],
)
def test_hostile_queries_are_answered(client: FlaskClient, q: str) -> None:
    assert client.get("/api/v1/datasets", query_string={"q": q}).status_code in (200, 422)
