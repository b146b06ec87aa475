"""Sitemaps by their schema, robots.txt as robots read it, OpenSearch, and an llms.txt whose links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from portal import links
from portal.api import crawlers
from portal.app import make_app
from tests.factories import make_many, make_portal
from tests.sites import Site, open_site

BASE = "http://127.0.0.1:8123"
S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
X = "{http://www.w3.org/1999/xhtml}"
# The schema wants everything of other name spaces declared; this is all of XHTML that sitemaps use.
XHTML = """<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xhtml">
  <element name="link"><complexType>
    <attribute name="rel" use="required"/><attribute name="hreflang" use="required"/>
    <attribute name="href" type="anyURI" use="required"/>
  </complexType></element>
</schema>"""
BUNDLE = """<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x-local:sitemap-bundle">
  <import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="{}"/>
  <import namespace="http://www.w3.org/1999/xhtml" schemaLocation="xhtml.xsd"/>
</schema>"""


@pytest.fixture(scope="module")
def schema(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    folder = tmp_path_factory.mktemp("schema")
    (folder / "xhtml.xsd").write_text(XHTML)
    bundle = folder / "bundle.xsd"
    bundle.write_text(BUNDLE.format(shared / "conformance" / "sitemap" / "sitemap.xsd"))
    return etree.XMLSchema(etree.parse(str(bundle)))


def read(client: FlaskClient, path: str) -> etree._Element:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert len(answer.data) < 50 * 1024**2
    return etree.fromstring(answer.data)


def parts(client: FlaskClient) -> list[str]:
    return [each.text.removeprefix(BASE) for each in read(client, "/sitemap.xml").iter(f"{S}loc")]


def test_the_index_is_valid(client: FlaskClient, shared: Path) -> None:
    index = etree.XMLSchema(etree.parse(str(shared / "conformance" / "sitemap" / "siteindex.xsd")))
    index.assertValid(read(client, "/sitemap.xml"))
    assert parts(client) == ["/sitemap/pages.xml", "/sitemap/datasets-0.xml"]


def test_every_sitemap_is_valid_and_every_address_answers(
    client: FlaskClient, schema: etree.XMLSchema
) -> None:
    listed = []
    for path in parts(client):
        root = read(client, path)
        schema.assertValid(root)
        listed += [each.text for each in root.iter(f"{S}loc")]
    assert len(listed) == len(set(listed)) > 30
    for url in listed:
        answer = client.get(url.removeprefix(BASE))
        assert answer.status_code == 200, url
        page = html.fromstring(answer.data)
        assert page.xpath("//link[@rel='canonical']/@href") == [url]
    for hidden in ("bi-mat", "da-rut"):
        assert not [url for url in listed if hidden in url]


def test_both_languages_name_each_other_as_the_page_does(client: FlaskClient) -> None:
    for url in read(client, "/sitemap/datasets-0.xml"):
        own = url.find(f"{S}loc").text
        told = {each.get("hreflang"): each.get("href") for each in url.iter(f"{X}link")}
        page = html.fromstring(client.get(own.removeprefix(BASE)).data)
        twins = page.xpath("//link[@rel='alternate'][@hreflang]")
        assert told == {each.get("hreflang"): each.get("href") for each in twins}
        assert url.find(f"{S}lastmod").text == "2026-03-01T02:30:00Z"


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    monkeypatch.setattr(crawlers, "DATASETS_PER_SITEMAP", 7)
    portal = make_portal(tmp_path)
    make_many(portal.database, 30)
    yield make_app(portal).test_client()
    portal.close()


def test_more_datasets_are_more_files(many: FlaskClient) -> None:
    found = [path for path in parts(many) if "datasets" in path]
    assert len(found) == 5
    listed = [each.text for path in found for each in read(many, path).iter(f"{S}loc")]
    assert len(listed) == len(set(listed)) == 60
    assert many.get("/sitemap/datasets-9.xml").status_code == 404


def test_what_is_hidden_is_in_no_sitemap(tmp_path: Path) -> None:
    site = open_site(tmp_path, hide_illustrative=True)
    assert b"nhiet-do-minh-hoa" not in site.client.get("/sitemap/datasets-0.xml").data
    site.portal.close()


def test_robots_may_read_pages_but_not_walk_filters(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    robots = RobotFileParser()
    robots.parse(answer.get_data(as_text=True).splitlines())
    assert robots.site_maps() == [f"{BASE}/sitemap.xml"]
    for path in (
        "/",
        "/du-lieu",
        "/du-lieu/x",
        "/en/datasets/x",
        "/dataset/x.ttl",
        "/tai-ve/1/a.csv",
        "/data.json",
    ):
        assert robots.can_fetch("Googlebot", f"{BASE}{path}"), path
    assert not robots.can_fetch("Googlebot", f"{BASE}/api/v1/datasets")


def test_robots_that_know_wildcards_stay_out_of_filters(client: FlaskClient) -> None:
    """The standard library knows none; RFC 9309 does."""
    lines = client.get("/robots.txt").get_data(as_text=True).splitlines()
    rules = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")]
    closed = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in rules]
    for path in ("/du-lieu?theme=x", "/en/datasets?page=2", "/api/v1/datasets", "/oai?verb=Identify"):
        assert any(rule.match(path) for rule in closed), path
    for path in ("/du-lieu", "/en/datasets/x", "/catalog.ttl"):
        assert not any(rule.match(path) for rule in closed), path


def test_a_browser_can_search_here(client: FlaskClient) -> None:
    o = "{http://a9.com/-/spec/opensearch/1.1/}"
    for page, language in (("/du-lieu/chat-luong-khong-khi", "vi"), ("/en/", "en")):
        (path,) = html.fromstring(client.get(page).data).xpath("//link[@rel='search']/@href")
        answer = client.get(path)
        assert answer.headers["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
        root = etree.fromstring(answer.data)
        assert root.tag == f"{o}OpenSearchDescription"
        assert 0 < len(root.findtext(f"{o}ShortName")) <= 16
        assert 0 < len(root.findtext(f"{o}Description")) <= 1024
        assert root.findtext(f"{o}Language") == language
        icon = root.findtext(f"{o}Image").removeprefix(BASE)
        assert client.get(icon).headers["Content-Type"].startswith("image/svg+xml")
        for url in root.iter(f"{o}Url"):
            filled = url.get("template").replace("{searchTerms}", "kh%C3%B4ng").replace("{startPage?}", "1")
            found = client.get(filled.removeprefix(BASE))
            assert found.status_code == 200
            assert found.headers["Content-Type"].startswith(url.get("type"))


def test_every_link_of_llms_txt_leads_somewhere(client: FlaskClient) -> None:
    answer = client.get("/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.get_data(as_text=True)
    assert text.startswith("# ") and "3 datasets" in text and "illustrative" in text
    found = re.findall(r"\]\((\S+)\)", text)
    assert len(found) > 10
    for url in found:
        path = url.removeprefix(BASE).replace("SLUG", "chat-luong-khong-khi")
        assert path.startswith("/"), url
        # Without a worker the documents of the whole catalogue are not there yet.
        expected = (503,) if path.startswith(("/catalog.", "/data.json")) else (200,)
        assert client.get(path).status_code in expected, url


def test_they_are_kept_and_answer_304(site: Site) -> None:
    for path in ("/sitemap.xml", "/sitemap/pages.xml", "/robots.txt", links.opensearch("en"), "/llms.txt"):
        answer = site.client.get(path)
        again = site.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304, path
