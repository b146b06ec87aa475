"""Every feed, in Atom and in RSS, as a feed reader reads it: whole, in order, and never more than markup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from portal.app import make_app
from portal.catalog.actors import SYSTEM
from portal.catalog.lifecycle import Act
from portal.catalog.queries import dataset_by_reference
from portal.catalog.services.datasets import keep_changed, restore, withdraw
from tests.factories import NOW, make_agency, make_dataset, make_index, make_portal, uuid_of
from tests.sites import Site

BASE = "http://127.0.0.1:8123"
FEEDS = (
    "datasets",
    "agency/so-y-te",
    "theme/moi-truong",
    "place/phuong-hai-chau",
    "search",
    "dataset/chat-luong-khong-khi",
)
FORMS = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
EVERY = [f"/feeds/{name}.{form}" for name in FEEDS for form in FORMS]


def read(client: FlaskClient, path: str) -> feedparser.FeedParserDict:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert (
        answer.headers["Content-Type"] == f"{FORMS[path.partition('?')[0].rpartition('.')[2]]}; charset=utf-8"
    )
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not found.bozo, (path, found.get("bozo_exception"))
    return found


def titles(found: feedparser.FeedParserDict) -> list[str]:
    return [each.title for each in found.entries]


@pytest.mark.parametrize("path", EVERY)
def test_a_reader_finds_no_fault(client: FlaskClient, path: str) -> None:
    for query in ("", "?lang=en"):
        found = read(client, path + query)
        assert found.entries and found.feed.title
        (own,) = [each.href for each in found.feed.links if each.rel == "self"]
        assert own == f"{BASE}{path}{query}"
        assert found.feed.link.startswith(f"{BASE}{'/en' if query else '/'}")
        for each in found.entries:
            assert each.link.startswith(BASE) and each.id.startswith(f"{BASE}/id/dataset/")
            assert each.summary and each.updated_parsed if path.endswith("atom") else each.published_parsed


@pytest.mark.parametrize("path", EVERY)
def test_a_feed_that_has_not_changed_costs_a_304(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_both_forms_tell_the_same(client: FlaskClient) -> None:
    for name in FEEDS:
        atom, rss = (read(client, f"/feeds/{name}.{form}") for form in FORMS)
        for one, other in zip(atom.entries, rss.entries, strict=True):
            assert (one.id, one.title, one.summary, one.link) == (
                other.id,
                other.title,
                other.summary,
                other.link,
            )
            assert one.updated_parsed == other.published_parsed


def test_each_feed_has_its_own_datasets(client: FlaskClient) -> None:
    air, heat = "Chất lượng không khí tại Đà Nẵng", "Nhiệt độ minh họa"
    assert set(titles(read(client, "/feeds/datasets.rss"))) == {air, heat, "Dự toán ngân sách 2025"}
    assert set(titles(read(client, "/feeds/agency/so-y-te.rss"))) == {air, heat}
    assert set(titles(read(client, "/feeds/theme/moi-truong.atom"))) == {air, heat}
    assert titles(read(client, "/feeds/place/phuong-hai-chau.rss")) == [air]
    assert titles(read(client, "/feeds/search.rss?q=ngan+sach")) == ["Dự toán ngân sách 2025"]


def test_what_is_published_today_comes_first_however_old_its_data_are(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        for number in range(60):
            at = NOW + timedelta(hours=number)
            old = datetime(1990 + number % 20, 1, 1, tzinfo=UTC)
            make_dataset(session, f"Cũ {number}", modified=old, published_at=at, updated_at=at)
    found = read(own_site.client, "/feeds/datasets.atom")
    assert titles(found) == [f"Cũ {number}" for number in range(59, 9, -1)]


def test_the_versions_of_a_dataset(own_site: Site) -> None:
    path = "/feeds/dataset/chat-luong-khong-khi.atom"
    assert [each.summary for each in read(own_site.client, path).entries] == ["Công bố bộ dữ liệu."]

    def change(hours: int, **fields: object) -> None:
        with own_site.portal.database.write() as session:
            dataset = dataset_by_reference(session, own_site.catalogue.full)
            assert dataset is not None
            for name, value in fields.items():
                setattr(dataset, name, value)
            keep_changed(session, dataset, SYSTEM, Act.UPDATE, NOW + timedelta(hours=hours))

    change(1, title_vi="Không khí", keywords=["khí"])
    change(2, contact_phone="1022")
    change(3, extras={})
    found = read(own_site.client, f"{path}?lang=en")
    identity = f"{BASE}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}"
    assert [each.id for each in found.entries] == [f"{identity}#version-{n}" for n in (4, 3, 2, 1)]
    assert [each.summary for each in found.entries][:2] == ["Changed: other details.", "Changed: contact."]
    assert found.entries[0].title == "Air quality in Da Nang – Version 4"


def test_withdrawn_and_hidden_datasets_have_no_feed(own_site: Site) -> None:
    client = own_site.client
    assert client.get("/feeds/dataset/da-rut.atom").status_code == 410
    assert client.get("/feeds/dataset/bi-mat-draft.rss").status_code == 404
    for path in ("/feeds/agency/x.rss", "/feeds/theme/x.atom", "/feeds/place/x.rss", "/feeds/datasets.json"):
        assert client.get(path).status_code == 404
    with own_site.portal.database.write() as session:
        dataset = dataset_by_reference(session, own_site.catalogue.full)
        assert dataset is not None
        withdraw(session, SYSTEM, dataset, "Sai.", NOW)
        restore(session, SYSTEM, dataset, NOW + timedelta(days=1))
    found = read(client, "/feeds/dataset/chat-luong-khong-khi.rss")
    # What it was while nobody could see it is not told.
    assert [each.summary for each in found.entries] == ["Công bố trở lại.", "Công bố bộ dữ liệu."]


def test_pages_name_their_feeds(client: FlaskClient) -> None:
    for page, name in {
        "/": "datasets",
        "/co-quan/so-y-te": "agency/so-y-te",
        "/linh-vuc/moi-truong": "theme/moi-truong",
        "/dia-ban/phuong-hai-chau": "place/phuong-hai-chau",
        "/du-lieu/chat-luong-khong-khi": "dataset/chat-luong-khong-khi",
    }.items():
        root = html.fromstring(client.get(page).data)
        for form, media_type in FORMS.items():
            address = f"{BASE}/feeds/{name}.{form}"
            assert root.xpath("//link[@rel='alternate'][@type=$type]/@href", type=media_type) == [address]
            assert root.xpath("//footer//a[@href=$address]", address=address), page


HOSTILE = "</title><script>alert(1)</script> ]]> &amp; \u202e\u0000\x0b\ud800 <![CDATA[ " + "dài " * 25_000


@pytest.mark.parametrize("form", FORMS)
def test_hostile_words_stay_words(tmp_path: Path, form: str) -> None:
    portal = make_portal(tmp_path)
    text = HOSTILE.replace("\ud800", "").replace("\x00", "")
    with portal.database.write() as session:
        agency = make_agency(session, text[:200], slug="a")
        make_dataset(session, text[:300], slug="d", description_vi=text, agency=agency)
    make_index(portal)
    client = make_app(portal).test_client()
    for name in ("datasets", "agency/a", "dataset/d", "search"):
        root = etree.fromstring(client.get(f"/feeds/{name}.{form}").data)
        assert not [each for each in root.iter() if str(each.tag).endswith("script")]
        found = read(client, f"/feeds/{name}.{form}")
        assert len(found.entries) == 1
        told = [each for each in root.iter() if "alert(1)" in (each.text or "")]
        assert len(told) >= 2
        if form == "rss":
            (words,) = root.xpath("//description[../guid]/text()")
            assert not etree.HTML(words).xpath("//script"), "what readers take for HTML has no element"
    portal.close()
