"""What holds on every page, in both languages: valid, linked in pairs, labelled, in order, without inline code."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from flask.testing import FlaskClient

from portal import links
from portal.jobs.snapshots import writer_of
from portal.text import LANGUAGES
from tests.sites import Site, open_site
from tests.web.reading import HTML, Page, every_path, items, lists, read, words


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Page]:
    client = site.client
    return {path: read(client, path) for path in every_path(site.catalogue)}


@pytest.fixture(scope="module")
def content(site: Site, pages: dict[str, Page]) -> dict[str, Page]:
    """The pages with an address of their own."""
    return {path: pages[path] for path in (*lists(), *items(site.catalogue))}


def test_pages_answer_200_in_the_language_of_their_address(content: dict[str, Page]) -> None:
    for path, page in content.items():
        assert page.status == 200, path
        assert page.one("html").get("lang") == ("en" if path.startswith("/en/") else "vi"), path


def test_each_page_names_itself_and_its_twin_in_the_other_language(content: dict[str, Page]) -> None:
    for path, page in content.items():
        alternates = _languages(page)
        assert set(alternates) == {*LANGUAGES, "x-default"}, path
        own = f"http://127.0.0.1:8123{path}"
        assert page.one("link", rel="canonical").get("href") == own
        assert own in alternates.values()
        for address in alternates.values():
            twin = content[address.removeprefix("http://127.0.0.1:8123")]
            assert _languages(twin) == alternates, path


def _languages(page: Page) -> dict[str, str]:
    """The addresses of the same page by language; other alternates are other formats."""
    found = page.all("link", rel="alternate")
    return {each.get("hreflang", ""): each.get("href", "") for each in found if each.get("hreflang")}


def test_no_page_has_code_or_styles_of_its_own(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert not page.all("style"), path
        for script in page.all("script"):
            # Data for programs, which browsers do not run.
            if script.get("type") == "application/ld+json":
                assert json.loads(words(script)), path
                continue
            assert script.get("type") == "module" and not words(script), path
            assert (script.get("src") or "").startswith("/static/js/"), path
        for element in page.root.iter():
            inline = [name for name in element.attrib if name == "style" or name.startswith("on")]
            assert not inline, (path, element.tag, inline)


def test_nothing_is_fetched_from_elsewhere(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        fetched = [
            each.get("src")
            for tag in ("img", "iframe", "audio", "video", "script")
            for each in page.all(tag)
            if each.get("type") != "application/ld+json"
        ]
        fetched += [
            each.get("href")
            for each in page.all("link")
            if each.get("rel") not in ("alternate", "canonical", "search")
        ]
        fetched += [each.get("href") for each in page.all("use")]
        assert fetched, path
        assert all((address or "").startswith("/static/") for address in fetched), (path, fetched)


def test_headings_begin_with_one_h1_and_skip_no_level(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        levels = [
            int(each.tag[1]) for each in page.one("body").iter() if re.fullmatch("h[1-6]", str(each.tag))
        ]
        assert levels.count(1) == 1, (path, levels)
        assert levels[0] == 1, (path, levels)
        jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        assert not jumps, (path, levels)


def test_every_field_has_a_label(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        named = {label.get("for") for label in page.all("label")}
        wrapped = {id(field) for label in page.all("label") for field in label.iter("input")}
        for tag in ("input", "select", "textarea"):
            for field in page.all(tag):
                if field.get("type") != "hidden":
                    assert field.get("id") in named or id(field) in wrapped, (path, field.attrib)


def test_links_and_buttons_have_words(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        for element in (*page.all("a"), *page.all("button"), *page.all("summary")):
            assert words(element), (path, element.attrib)


def test_ids_are_unique_and_references_lead_somewhere(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        ids = [each.get("id") for each in page.root.iter() if each.get("id")]
        assert len(ids) == len(set(ids)), path
        for name in ("aria-labelledby", "form", "for"):
            for each in page.root.iter():
                if each.get(name) and each.tag != "output":
                    assert each.get(name) in ids, (path, name, each.get(name))


def test_pages_have_landmarks_and_a_way_past_the_header(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert len(page.all("main")) == 1, path
        if page.status < 500:
            assert page.one("a", class_="skip").get("href") == "#content", path
            assert page.one("main").get("id") == "content", path
            assert page.all("header", class_="site-header"), path


def test_every_link_of_ours_leads_somewhere(site: Site, pages: dict[str, Page]) -> None:
    # The documents of the whole catalogue are written by the worker.
    writer_of(site.portal).write()
    client, asked = site.client, set()
    for path, page in pages.items():
        for each in page.all("a"):
            target = (each.get("href") or "").partition("#")[0].removeprefix("http://127.0.0.1:8123")
            if target.startswith("/") and target not in asked:
                asked.add(target)
                assert client.get(target).status_code in (200, 303), (path, target)
    assert len(asked) > 60


def test_titles_tell_pages_apart(content: dict[str, Page]) -> None:
    titles = [words(page.one("title")) for page in content.values()]
    assert len(titles) == len(set(titles))
    assert all("Đà Nẵng" in title or "Da Nang" in title for title in titles)


def test_pages_are_kept_and_answer_304(client: FlaskClient) -> None:
    for path in lists():
        answer = client.get(path, headers=HTML)
        assert "public" in answer.headers["Cache-Control"]
        again = client.get(path, headers={**HTML, "If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path


def test_a_catalogue_with_nothing_in_it_has_all_pages(empty: FlaskClient) -> None:
    for path in lists():
        assert read(empty, path).status == 200, path
    assert "Chưa có bộ dữ liệu nào được công bố" in read(empty, "/").words
    assert "Chưa có bộ dữ liệu nào được công bố" in read(empty, "/du-lieu").words


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    from portal.app import make_app
    from tests.factories import make_index, make_portal

    portal = make_portal(tmp_path_factory.mktemp("empty"))
    make_index(portal)
    return make_app(portal).test_client()


def test_illustrative_records_can_be_hidden_from_every_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = open_site(tmp_path_factory.mktemp("hidden"), hide_illustrative=True)
    client = site.client
    for path in (*lists(), links.theme_page("moi-truong", "vi"), links.agency_page("so-y-te", "vi")):
        assert "Nhiệt độ minh họa" not in read(client, path).text, path
    assert read(client, links.dataset_page(site.catalogue.illustrative, "vi")).status == 404
    site.portal.close()


def test_home_counts_illustrative_records_apart(client: FlaskClient) -> None:
    def count(**filters: str) -> int:
        return int(
            client.get(links.api("datasets"), query_string={"page_size": "50", **filters}).json["total"]
        )

    found = client.get(links.api("datasets"), query_string={"page_size": "50"}).json["items"]
    illustrative = sum(each["illustrative"] for each in found)
    assert 0 < illustrative < len(found) == count()
    assert f"{len(found) - illustrative} bộ dữ liệu mở." in read(client, "/").words
    assert f"còn có {illustrative} hồ sơ minh họa" in read(client, "/").words
    assert f"{illustrative} illustrative record" in read(client, "/en/").words
