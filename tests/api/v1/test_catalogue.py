"""The catalogue as a whole, and the log by which copies stay in step."""

from __future__ import annotations

from flask.testing import FlaskClient

from portal.catalog.models import State
from tests.factories import make_dataset, uuid_of
from tests.sites import Site


def test_the_catalogue_tells_its_version_and_size(client: FlaskClient) -> None:
    catalogue = client.get("/api/v1/catalogue?lang=en").json
    assert catalogue["title"] == "Da Nang Open Data Portal"
    assert catalogue["counts"] == {"datasets": 3, "agencies": 2, "themes": 2, "places": 2}
    assert catalogue["version"] == f"{catalogue['epoch']}-{catalogue['newest_change_id']}"
    for url in catalogue["links"].values():
        assert url.startswith("http://127.0.0.1:8123/")
        if "/api/" in url:
            assert client.get(url.removeprefix("http://127.0.0.1:8123")).status_code == 200, url


def test_changes_are_read_in_steps_until_nothing_is_new(client: FlaskClient) -> None:
    url, seen = "/api/v1/changes?limit=2", []
    while True:
        page = client.get(url)
        seen += page.json["items"]
        if not page.json["has_more"]:
            break
        assert f'since={page.json["next_since"]}>; rel="next"' in page.headers["Link"]
        url = f"/api/v1/changes?limit=2&since={page.json['next_since']}"
    keys = [each["key"] for each in seen]
    public = ("chat-luong-khong-khi", "du-toan-ngan-sach-2025", "nhiet-do-minh-hoa", "da-rut")
    assert keys == [str(uuid_of(f"dataset/{slug}")) for slug in public]
    assert page.json["next_since"] == page.json["newest_id"]
    assert client.get(f"/api/v1/changes?since={page.json['next_since']}").json["items"] == []


def test_changes_link_to_what_changed(client: FlaskClient) -> None:
    for each in client.get("/api/v1/changes").json["items"]:
        status = client.get(each["url"].removeprefix("http://127.0.0.1:8123")).status_code
        assert status == (410 if each["key"] == str(uuid_of("dataset/da-rut")) else 200)


def test_a_new_public_change_is_seen_at_once_and_a_draft_never(own_site: Site) -> None:
    client = own_site.client
    newest = client.get("/api/v1/changes").json["newest_id"]
    with own_site.portal.database.write() as session:
        make_dataset(session, "Bản nháp mới", state=State.DRAFT)
    assert client.get(f"/api/v1/changes?since={newest}").json["items"] == []
    with own_site.portal.database.write() as session:
        make_dataset(session, "Vừa công bố")
    (change,) = client.get(f"/api/v1/changes?since={newest}").json["items"]
    assert change["url"].endswith(str(uuid_of("dataset/vua-cong-bo")))


def test_limits_of_the_log_are_kept(client: FlaskClient) -> None:
    for query in ("limit=0", "limit=1001", "since=-1", "since=x", "since=99999999999999999999"):
        answer = client.get(f"/api/v1/changes?{query}")
        assert (answer.status_code, list(answer.json["fields"])) == (422, [query.partition("=")[0]])
