"""The Atom feed of a search follows RFC 4287 and shows what the search shows, newest first."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import feedparser
import pytest
from flask.testing import FlaskClient

from tests.factories import NOW, make_dataset, make_index, uuid_of
from tests.sites import Site

PATH = "/feeds/search.atom"
BASE = "http://127.0.0.1:8123"
ATOM = "{http://www.w3.org/2005/Atom}"
ONCE = ("id", "title", "updated")


def feed(client: FlaskClient, query: str = "") -> Element:
    answer = client.get(f"{PATH}{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.data)


def text(element: Element, tag: str) -> str:
    return element.findtext(f"{ATOM}{tag}") or ""


def link(element: Element, relation: str) -> str:
    (found,) = [each.get("href") for each in element.findall(f"{ATOM}link") if each.get("rel") == relation]
    return found or ""


def titles(root: Element) -> list[str]:
    return [text(each, "title") for each in root.findall(f"{ATOM}entry")]


def rules_broken(root: Element) -> list[str]:
    """What RFC 4287 section 4.1 demands of feeds and entries."""
    broken = [] if root.tag == f"{ATOM}feed" else ["root"]
    entries = root.findall(f"{ATOM}entry")
    for each in (root, *entries):
        broken += [tag for tag in ONCE if len(each.findall(f"{ATOM}{tag}")) != 1 or not text(each, tag)]
        if datetime.fromisoformat(text(each, "updated")).tzinfo is None:
            broken.append("updated without a zone")
        if not re.match(r"(https?|urn|tag):", text(each, "id")):
            broken.append("id is no IRI")
        for author in each.findall(f"{ATOM}author"):
            broken += [] if text(author, "name") else ["author without a name"]
    if not root.findall(f"{ATOM}author"):
        broken += ["author" for each in entries if not each.findall(f"{ATOM}author")]
    ids = [text(each, "id") for each in entries]
    if len(set(ids)) != len(ids):
        broken.append("an id twice")
    for each in entries:
        if link(each, "alternate") == "" or not text(each, "summary"):
            broken.append("neither content nor link")
    return broken


@pytest.mark.parametrize(
    "query", ["", "?q=khong+khi", "?q=zzzz", "?theme=moi-truong&lang=en", "?q=%00%01%3Cb%3E"]
)
def test_feeds_keep_the_rules_of_atom(client: FlaskClient, query: str) -> None:
    assert rules_broken(feed(client, query)) == []


@pytest.mark.parametrize("query", ["", "?q=khong+khi", "?q=zzzz", "?q=%00%01%3Cb%3E&lang=en"])
def test_a_feed_reader_reads_every_feed(client: FlaskClient, query: str) -> None:
    read = feedparser.parse(client.get(f"{PATH}{query}").get_data())
    assert (read.bozo, read.version) == (False, "atom10")
    assert read.feed.title and read.feed.id and read.feed.updated_parsed
    assert all(each.id and each.link and each.title and each.updated_parsed for each in read.entries)


def test_the_feed_names_itself_and_the_page_of_the_search(client: FlaskClient) -> None:
    root = feed(client, "?sort=title&q=kh%C3%B4ng+kh%C3%AD&page=1&theme=moi-truong&utm_source=x")
    own = f"{BASE}/feeds/search.atom?q=kh%C3%B4ng+kh%C3%AD&theme=moi-truong"
    assert text(root, "id") == link(root, "self") == own
    assert link(root, "alternate") == f"{BASE}/du-lieu?q=kh%C3%B4ng+kh%C3%AD&theme=moi-truong"
    assert link(feed(client, "?q=air&lang=en"), "alternate") == f"{BASE}/en/datasets?q=air"


def test_an_entry_is_known_by_its_persistent_address(client: FlaskClient, site: Site) -> None:
    root = feed(client, "?q=khong+khi")
    entry = root.findall(f"{ATOM}entry")[0]
    assert text(entry, "id") == f"{BASE}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}"
    assert text(entry, "updated") == "2026-03-01T09:30:00+07:00"
    assert text(entry, "summary") == "Nồng độ bụi mịn theo ngày."
    assert text(entry.findall(f"{ATOM}author")[0], "name") == "Sở Y tế"
    assert link(entry, "alternate") == f"{BASE}/du-lieu/{site.catalogue.full}"


def test_illustrative_records_say_so_and_hidden_ones_are_absent(client: FlaskClient) -> None:
    root = feed(client)
    assert len(titles(root)) == 3 and "mật" not in " ".join(titles(root))
    shown = next(each for each in root.findall(f"{ATOM}entry") if text(each, "title") == "Nhiệt độ minh họa")
    assert "illustrative" in [each.get("term") for each in shown.findall(f"{ATOM}category")]
    assert text(shown, "summary").startswith("[Minh họa]")


def test_the_newest_fifty_come_first(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        for day in range(1, 60):
            modified = NOW.replace(year=2027 + day // 28, day=1 + day % 28)
            make_dataset(session, f"Lượng mưa {day}", modified=modified)
    make_index(own_site.portal)
    root = feed(own_site.client, "?q=luong+mua")
    assert titles(root) == [f"Lượng mưa {day}" for day in range(59, 9, -1)]
    moments = [text(each, "updated") for each in root.findall(f"{ATOM}entry")]
    assert text(root, "updated") == moments[0] == max(moments)


def test_a_feed_is_asked_again_by_its_etag(client: FlaskClient) -> None:
    answer = client.get(PATH)
    assert client.get(PATH, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_page_of_a_search_names_its_feed(client: FlaskClient) -> None:
    page = client.get("/en/datasets?q=air&page=1&sort=title").get_data(as_text=True)
    for form, media_type in (("atom", "application/atom+xml"), ("rss", "application/rss+xml")):
        address = f"{BASE}/feeds/search.{form}?q=air&amp;lang=en"
        assert f'<link rel="alternate" type="{media_type}"' in page
        assert f'<a href="{address}" type="{media_type}">' in page


def test_a_bad_parameter_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{PATH}?page=x").status_code == 422
