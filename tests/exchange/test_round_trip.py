"""What the portal gives in DCAT and data.json it takes again: what comes back says the same as what went out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.models import Base, Dataset, Series, Vocabulary
from portal.catalog.records import Outcome, Record
from portal.catalog.services.imports import ImportRun, import_records
from portal.clock import system_clock
from portal.database import Database
from portal.exchange import data_json
from portal.exchange.dcat_names import names_of
from portal.exchange.dcat_shared import one_dataset
from portal.exchange.json_lines import SourceNotReadable
from portal.exchange.rdf import FORMS
from portal.exchange.readers import read_catalogue
from portal.files.storage.local import LocalStorage
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.text import clean, clean_line
from tests.factories import make_database, make_dataset, make_link, make_small_catalogue
from tests.odd_records import ADDRESSES, add_odd_records

BASE = "https://data.example.vn"
# What an import sets itself, and what a link to a file elsewhere does not know of its bytes.
TIMES = ("dc/terms/issued", "dc/terms/modified")
OF_FILES = ("downloadURL", "byteSize", "checksum", "availability", "mediaType", "w3.org/ns/dcat#landingPage")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path / "from")
    make_small_catalogue(made)
    with made.write() as session:
        add_odd_records(session, clean_line)
    yield made
    made.close()


def take(database: Database, folder: Path, file: Path) -> list[Outcome]:
    run = ImportRun(database, LocalStorage(folder / "files"), SYSTEM, system_clock)
    return list(import_records(run, read_catalogue(file)))


def said(database: Database, slug: str) -> set[tuple[str, str, str]]:
    """What DCAT says of a dataset and its parts, without what an import or a link cannot keep."""
    with database.read() as session:
        found = queries.dataset_by_reference(session, slug)
        assert found is not None, slug
        names = names_of(BASE, queries.concepts(session, Vocabulary.LANGUAGE))
        triples = list(one_dataset(found, names).triples())
        record = f"{BASE}/id/dataset/{found.uuid}#record"
    return {
        (each.subject.value, each.predicate.value, str(each.object))
        for each in triples
        if not any(each.predicate.value.endswith(name) for name in OF_FILES)
        and not (each.predicate.value.endswith(TIMES) and "#" in each.subject.value)
        and not each.subject.value.endswith("-checksum")
        and not each.subject.value.startswith("https://www.iana.org/")
        and each.subject.value != record
    }


def unlike(one: set[tuple[str, str, str]], other: set[tuple[str, str, str]]) -> list[str]:
    """What only one of them says, short enough to be read."""
    return [f"{subject[-50:]} {name} {value[:150]}" for subject, name, value in sorted(one ^ other)][:12]


def written(database: Database, slug: str, extension: str) -> bytes:
    with database.read() as session:
        found = queries.dataset_by_reference(session, slug)
        assert found is not None
        if extension == "json":
            entry = data_json.dataset(found, BASE)
            return json.dumps({"conformsTo": data_json.CONFORMS_TO, "dataset": [entry]}).encode()
        names = names_of(BASE, queries.concepts(session, Vocabulary.LANGUAGE))
        return FORMS[extension].document(one_dataset(found, names).triples())


def empty_again(database: Database) -> None:
    """No dataset; agencies, places and words stay."""
    names = (
        "change",
        "revision",
        "dataset_theme",
        "dataset_place",
        "file_version",
        "distribution",
        "dataset",
        "series",
    )
    with database.write() as session:
        for name in names:
            session.execute(delete(Base.metadata.tables[name]))


SLUGS = ("chat-luong-khong-khi", "du-toan-ngan-sach-2025", "nhiet-do-minh-hoa", "la-markup", "la-direction",
         "la-long", "chi-co-dau", "chi-co-cuoi")  # fmt: skip


@pytest.mark.parametrize("extension", FORMS)
def test_dcat_comes_back_whole(database: Database, tmp_path: Path, extension: str) -> None:
    before = {slug: said(database, slug) for slug in SLUGS}
    documents = {slug: written(database, slug, extension) for slug in SLUGS}
    empty_again(database)
    for slug in SLUGS:
        file = tmp_path / f"{slug}.{extension}"
        file.write_bytes(documents[slug])
        (outcome,) = take(database, tmp_path, file)
        assert (outcome.result, outcome.notes) == ("created", ()), outcome
        assert unlike(said(database, slug), before[slug]) == [], slug
        (again,) = take(database, tmp_path, file)
        assert again.result == "unchanged", (slug, again.fields)


def test_what_comes_back_to_where_it_is_changes_nothing(database: Database, tmp_path: Path) -> None:
    for slug in SLUGS:
        file = tmp_path / f"{slug}.ttl"
        file.write_bytes(written(database, slug, "ttl"))
        (outcome,) = take(database, tmp_path, file)
        # Raw words beside a known one are nothing that DCAT speaks of.
        assert set(outcome.fields) <= {"frequency", "themes"} and "distributions" not in outcome.fields, slug
    with database.read() as session:
        full = queries.dataset_by_reference(session, "chat-luong-khong-khi")
        assert full is not None and len(full.distributions) == 2


def told(database: Database, slug: str) -> dict[str, Any]:
    """What data.json says of a dataset, without what a link does not know."""
    entry = json.loads(written(database, slug, "json"))["dataset"][0]
    for each in entry.get("distribution", ()):
        each["address"] = each.pop("downloadURL", None) or each.pop("accessURL")
        each.pop("mediaType", None)
    return entry


def test_data_json_comes_back_whole(database: Database, tmp_path: Path) -> None:
    before = {slug: told(database, slug) for slug in SLUGS}
    documents = {slug: written(database, slug, "json") for slug in SLUGS}
    empty_again(database)
    for slug in SLUGS:
        file = tmp_path / "data.json"
        file.write_bytes(documents[slug])
        (outcome,) = take(database, tmp_path, file)
        assert outcome.result == "created", outcome
        now = told(database, slug)
        differing = [
            name for name in now.keys() | before[slug].keys() if now.get(name) != before[slug].get(name)
        ]
        assert {
            each: (str(now.get(each))[:200], str(before[slug].get(each))[:200]) for each in differing
        } == {}, slug
        assert take(database, tmp_path, file)[0].result == "unchanged", slug


LINE = st.text(max_size=60).map(clean_line)
TEXT = st.text(max_size=200).map(clean)
FIELDS = {
    "title_vi": LINE.filter(bool),
    "title_en": st.none() | LINE.filter(bool),
    "description_vi": TEXT,
    "keywords": st.lists(LINE.filter(bool), max_size=3, unique=True),
    "agency_text": st.none() | LINE.filter(bool),
    "supplier_text": st.none() | LINE.filter(bool),
    "places_raw": st.lists(LINE.filter(bool), max_size=2, unique=True),
    "contact_name": st.none() | LINE.filter(bool),
    "legal_basis": st.none() | LINE.filter(bool),
    "provenance": st.none() | TEXT.filter(bool),
    "licence_raw": st.none() | LINE.filter(bool),
    "other_identifier": st.none() | LINE.filter(bool),
    "temporal_start": st.none() | st.dates(date(1, 1, 1), date(2000, 1, 1)),
    "temporal_end": st.none() | st.dates(date(2000, 1, 1), date(9999, 12, 31)),
    "illustrative": st.booleans(),
}

SERIES = st.none() | st.fixed_dictionaries(
    {
        "title_vi": LINE.filter(bool),
        "title_en": st.none() | LINE.filter(bool),
        "description_vi": TEXT,
        "description_en": st.none() | TEXT.filter(bool),
        "is_of_an_agency": st.booleans(),
    }
).filter(
    # A translation of nothing is not written, and one that repeats the title says nothing.
    lambda fields: (
        fields["title_en"] != fields["title_vi"]
        and (fields["description_en"] is None or fields["description_vi"] != "")
        and fields["description_vi"] != fields["title_vi"]
    )
)
# A translation that says nothing new is none.
RECORDS = st.fixed_dictionaries(FIELDS).filter(lambda fields: fields["title_en"] != fields["title_vi"])


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Database, Path]]:
    made = make_database(tmp_path)
    with made.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", system_clock())
    yield made, tmp_path
    made.close()


@settings(max_examples=25, phases=(Phase.generate,), suppress_health_check=[*HealthCheck])
@given(fields=RECORDS, address=st.sampled_from(ADDRESSES), series=SERIES)
def test_any_record_comes_back(
    own: tuple[Database, Path], fields: dict[str, Any], address: str, series: dict[str, Any] | None
) -> None:
    database, folder = own
    empty_again(database)
    with database.write() as session:
        if series is not None:
            keeper = queries.agencies(session)[0] if series["is_of_an_agency"] else None
            told = {
                name: series[name] for name in ("title_vi", "title_en", "description_vi", "description_en")
            }
            fields = {**fields, "series": Series(slug="chuoi", agency=keeper, **told)}
        made = make_dataset(session, fields["title_vi"], en=fields["title_en"], slug="bat-ky",
                            distributions=[make_link(address, title="Liên kết")],
                            **{key: each for key, each in fields.items() if not key.startswith("title")})  # fmt: skip
        assert isinstance(made, Dataset)
    before, document = said(database, "bat-ky"), written(database, "bat-ky", "ttl")
    empty_again(database)
    file = folder / "any.ttl"
    file.write_bytes(document)
    (outcome,) = take(database, folder, file)
    assert outcome.result == "created", outcome
    assert unlike(said(database, "bat-ky"), before) == []


OTHERS = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
<https://other.vn/dataset/1> a dcat:Dataset ; dct:title "Rainfall"@en , "Lượng mưa" ; dcat:keyword "mưa" ;
  dct:publisher [ a foaf:Agent ; foaf:name "Đài khí tượng" ] ;
  dcat:contactPoint [ a vcard:Kind ; vcard:fn "Ban biên tập" ; vcard:hasEmail [ vcard:hasValue <mailto:a@b.vn> ] ] ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/MONTHLY> ;
  dct:language <http://publications.europa.eu/resource/authority/language/VIE> ;
  dct:issued "2024-05-06T10:00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime> ;
  dct:temporal [ dcat:startDate "2020" ] ; dcat:landingPage <https://other.vn/page> ;
  dcat:distribution [ dct:title "CSV" ; dcat:accessURL <https://other.vn/page> ;
    dcat:downloadURL "https://other.vn/f.csv" ; dct:license <http://creativecommons.org/licenses/by/4.0/> ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/text/csv> ] .
<https://other.vn/dataset/2> a dcat:Dataset ; dct:description "Không tên" .
"""


def test_other_portals_are_understood(own: tuple[Database, Path]) -> None:
    database, folder = own
    (folder / "o.ttl").write_text(OTHERS)
    first, second = take(database, folder, folder / "o.ttl")
    assert (first.result, second.result, second.identifier) == (
        "created",
        "refused",
        "https://other.vn/dataset/2",
    )
    with database.read() as session:
        (found,) = queries.datasets_for_import(session, [first.identifier or ""]).values()
        assert (found.title_vi, found.title_en, found.agency_text) == (
            "Lượng mưa",
            "Rainfall",
            "Đài khí tượng",
        )
        assert (found.contact_email, found.landing_page) == ("a@b.vn", "https://other.vn/page")
        assert found.frequency is not None and found.frequency.code == "monthly"
        assert found.licence is not None and found.licence.code == "cc-by-4.0"
        assert (found.languages, found.temporal_start) == (["vi"], date(2020, 1, 1))
        (link,) = found.distributions
        assert link.access_url == "https://other.vn/f.csv" and link.format is not None


@pytest.mark.parametrize(
    ("name", "start"),
    [("x.rdf", b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"),
     ("x.ttl", b"@prefix dcat: <http://www.w3.org/ns/dcat#> . <x"), ("x.json", b'{"dataset": [{"title": "'),
     ("x.jsonld", b'{"@context": "https://elsewhere.example/context", "@graph": [], "@type": "x"}')],
)  # fmt: skip
def test_broken_files_are_told_not_crashed_on(own: tuple[Database, Path], name: str, start: bytes) -> None:
    _, folder = own
    (folder / name).write_bytes(start)
    with pytest.raises(SourceNotReadable):
        list(read_catalogue(folder / name))


def test_a_packed_catalogue_is_read_as_well(database: Database, tmp_path: Path) -> None:
    (tmp_path / "c.ttl.gz").write_bytes(gzip.compress(written(database, "chat-luong-khong-khi", "ttl")))
    (record,) = read_catalogue(tmp_path / "c.ttl.gz")
    assert isinstance(record, Record) and record.fields["title_en"] == "Air quality in Da Nang"
