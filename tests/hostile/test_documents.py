"""Hostile metadata in every document: it parses, says what was typed, and is never anybody's code."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from lxml import etree, html

from portal.exchange.dataset_documents import BY_NAME
from portal.exchange.rdf import FORMS
from portal.jobs.snapshots import writer_of
from tests.factories import make_dataset
from tests.odd_records import CONTROLS, DIRECTION, LONG, MARKUP, add_odd_records
from tests.rdf import DCTERMS, read_graph
from tests.sites import Site, open_site

SLUGS = {"la-markup": MARKUP, "la-direction": DIRECTION, "la-controls": CONTROLS, "la-long": LONG}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    opened = open_site(tmp_path_factory.mktemp("odd"))
    with opened.portal.database.write() as session:
        add_odd_records(session)
        make_dataset(session, "Dài", slug="dai", description_vi="đ" * 100_000)
    writer_of(opened.portal).write()
    yield opened
    opened.portal.close()


def test_no_record_is_left_out(site: Site) -> None:
    assert writer_of(site.portal).left_out() == {}


@pytest.mark.parametrize("slug", [*SLUGS, "la-dia-chi", "dai"])
@pytest.mark.parametrize("extension", FORMS)
def test_rdf_parses_and_says_what_was_typed(site: Site, slug: str, extension: str) -> None:
    answer = site.client.get(f"/dataset/{slug}.{extension}")
    graph = read_graph(answer.data, extension)
    assert answer.status_code == 200
    if slug in SLUGS and slug != "la-controls":
        # XML has one line end, whichever was typed.
        assert SLUGS[slug] in {str(each) for each in graph.objects(None, DCTERMS.description)}


@pytest.mark.parametrize("slug", [*SLUGS, "la-dia-chi", "dai"])
@pytest.mark.parametrize("name", BY_NAME)
def test_every_form_parses(site: Site, slug: str, name: str) -> None:
    answer = site.client.get(f"/dataset/{slug}/{name}")
    assert answer.status_code in (200, 404), answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.status_code == 404:
        return
    if name.endswith(".xml"):
        etree.fromstring(answer.data, etree.XMLParser(resolve_entities=False))
    elif name.endswith((".json", ".jsonld")):
        json.loads(answer.data)
    else:
        # One record, and no line of somebody else's making begins another.
        text = answer.data.decode()
        assert text.count("\nER  - ") == text.count("TY  - DATA\r\n") == 1 or text.count("\n@") == 0


def test_bibtex_has_balanced_braces_and_no_bare_signs(site: Site) -> None:
    text = site.client.get("/dataset/la-markup/citation.bib").data.decode()
    plain = text.replace("\\{", "").replace("\\}", "")
    assert plain.count("{") == plain.count("}") and "\\&" in text and text.startswith("@misc{la-markup,")


@pytest.mark.parametrize("slug", [*SLUGS, "dai"])
def test_the_script_in_the_page_ends_where_it_should(site: Site, slug: str) -> None:
    page = html.fromstring(site.client.get(f"/du-lieu/{slug}").data)
    (script,) = page.xpath("//script[@type='application/ld+json']")
    assert len(json.loads(script.text)["description"]) <= 5_000
    assert not [
        each for each in page.xpath("//script") if "alert" in (each.text or "") and each is not script
    ]


def test_whole_documents_parse(site: Site) -> None:
    assert len(json.loads(site.client.get("/data.json").data)["dataset"]) == 11
    for extension in FORMS:
        assert len(read_graph(site.client.get(f"/catalog.{extension}").data, extension)) > 300


def test_tables_of_the_catalogue_have_rows_of_one_width(site: Site) -> None:
    answer = site.client.get("/catalog.csv")
    if answer.status_code == 200:
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1
