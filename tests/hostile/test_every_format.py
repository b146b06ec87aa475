"""Hostile metadata in every format that the portal writes: it parses, and says the very words that were typed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import feedparser
import pytest
from lxml import etree

from portal.exchange.dataset_documents import BY_NAME
from portal.exchange.rdf import FORMS
from portal.exchange.whole_catalogue import DOCUMENTS
from portal.jobs.snapshots import writer_of
from tests.factories import make_index, uuid_of
from tests.odd_records import CONTROLS, DIRECTION, LONG, MARKUP, add_odd_records
from tests.rdf import read_graph
from tests.sites import Site, open_site

ODD = {"la-markup": MARKUP, "la-direction": DIRECTION, "la-long": LONG, "la-controls": CONTROLS}
# As much as a title holds of it.
_SHOWN = 60
# Which way a line runs: allowed everywhere, printed nowhere.
_MARKS = "\u202e\u202c\u200f\u200e\u2067\u2069"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    opened = open_site(tmp_path_factory.mktemp("formats"))
    with opened.portal.database.write() as session:
        add_odd_records(session)
    opened.portal.storage.put(io.BytesIO(b"a\n1\n"))
    make_index(opened.portal)
    writer_of(opened.portal).write()
    yield opened
    opened.portal.close()


def of_json(body: bytes) -> list[str]:
    """All texts of a document, names of members too."""

    def walk(value: Any) -> Iterator[str]:
        match value:
            case str():
                yield value
            case list():
                for each in value:
                    yield from walk(each)
            case dict():
                for name, each in value.items():
                    yield name
                    yield from walk(each)

    return list(walk(json.loads(body)))


def of_json_lines(body: bytes) -> list[str]:
    return [text for line in body.split(b"\n") if line for text in of_json(line)]


def of_xml(body: bytes) -> list[str]:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    assert not [each for each in root.iter() if str(each.tag).rpartition("}")[2] == "script"]
    return [str(each) for each in root.itertext()]


def of_feed(body: bytes) -> list[str]:
    feed = feedparser.parse(body)
    assert not feed.bozo, feed.bozo_exception
    # What reads feeds takes their texts for HTML, as their makers say it.
    return [*of_xml(body)]


def of_csv(body: bytes) -> list[str]:
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    return [cell for row in rows for cell in row]


def of_zip(body: bytes) -> list[str]:
    archive = zipfile.ZipFile(io.BytesIO(body))
    assert archive.testzip() is None
    (record,) = [name for name in archive.namelist() if name.endswith("/metadata.json")]
    return of_json(archive.read(record))


def of_bibtex(body: bytes) -> list[str]:
    """With the signs that LaTeX gives a meaning taken back."""
    text = body.decode()
    for written, meant in (
        (r"\textbackslash{}", "\\"), (r"\textasciitilde{}", "~"), (r"\textasciicircum{}", "^"),
        *((f"\\{sign}", sign) for sign in "&%$#_{}"),
    ):  # fmt: skip
        text = text.replace(written, meant)
    return [text]


def of_lines(body: bytes) -> list[str]:
    return body.decode().splitlines()


def of_rdf(extension: str) -> Callable[[bytes], list[str]]:
    return lambda body: [str(each) for each in read_graph(body, extension).objects()]


OAI = "/oai?verb=GetRecord&identifier=http://127.0.0.1:8123/id/dataset/{uuid}&metadataPrefix="
# Address and what reads it as others do.
FORMATS: dict[str, Callable[[bytes], list[str]]] = {
    "/api/v1/datasets/{slug}": of_json,
    "/api/v1/datasets?page_size=100": of_json,
    "/api/3/action/package_show?id={slug}": of_json,
    "/api/3/action/package_search?rows=100": of_json,
    "/dataset/{slug}.zip": of_zip,
    "/feeds/datasets.atom": of_feed,
    "/feeds/datasets.rss": of_feed,
    "/feeds/dataset/{slug}.atom": of_feed,
    **{f"{OAI}{prefix}": of_xml for prefix in ("oai_dc", "datacite", "dcat")},
    **{f"/dataset/{{slug}}.{extension}": of_rdf(extension) for extension in FORMS},
    **{f"/catalog.{extension}?page=1": of_rdf(extension) for extension in FORMS},
    **{f"/catalog.{extension}": of_rdf(extension) for extension in FORMS},
    "/data.json": of_json,
    "/catalog.jsonl": of_json_lines,
    "/catalog.csv": of_csv,
    "/dataset/{slug}/schema-org.jsonld": of_json,
    "/dataset/{slug}/croissant.jsonld": of_json,
    "/dataset/{slug}/datapackage.json": of_json,
    "/dataset/{slug}/csvw.json": of_json,
    "/dataset/{slug}/datacite.json": of_json,
    "/dataset/{slug}/datacite.xml": of_xml,
    "/dataset/{slug}/dublin-core.xml": of_xml,
    "/dataset/{slug}/citation.bib": of_bibtex,
    "/dataset/{slug}/citation.ris": of_lines,
    "/dataset/{slug}/citation.json": of_json,
}


def plain(text: str) -> str:
    """Without what no XML can hold, and with one kind of space: some forms are of one line."""
    return " ".join(
        "".join(each for each in text if each.isprintable() or each.isspace() or each in _MARKS).split()
    )


def test_every_document_is_in_the_table() -> None:
    paths = set(FORMATS)
    assert {f"/{name}" for name in DOCUMENTS} <= paths
    assert {f"/dataset/{{slug}}/{name}" for name in BY_NAME} <= paths


@pytest.mark.parametrize("slug", ODD)
@pytest.mark.parametrize("path", FORMATS)
def test_it_parses_and_says_what_was_typed(site: Site, path: str, slug: str) -> None:
    answer = site.client.get(path.format(slug=slug, uuid=uuid_of(f"dataset/{slug}")))
    assert answer.status_code == 200, answer.text[:500]
    found = FORMATS[path](answer.data)
    if slug != "la-controls":
        wanted = plain(ODD[slug])[:_SHOWN].strip()
        if path.endswith((".bib", ".ris")):
            # Programs that keep references know no marks of direction.
            wanted = plain("".join(each for each in wanted if each not in _MARKS))
        assert any(wanted in plain(text) for text in found), [plain(each)[:200] for each in found][:20]
