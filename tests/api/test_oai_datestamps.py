"""A record's datestamp moves when what harvesters are told of it changes, and an index finds the next page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from portal.api import oai
from portal.app import make_app
from portal.catalog.actors import SYSTEM
from portal.catalog.models import Agency, Concept, Dataset, Place, Vocabulary
from portal.catalog.queries import concept, dataset_by_reference
from portal.catalog.services.agencies import find_agency, update_agency
from portal.catalog.services.boundaries import Area, Match, Matching, store_boundaries
from portal.catalog.services.concepts import ConceptFields, update_concept
from portal.catalog.services.datasets import withdraw
from portal.catalog.services.series import find_series, update_series
from tests.api.oai import BASE, ask, code, pages, texts
from tests.factories import NOW, make_agency, make_many, make_portal, make_series, uuid_of
from tests.sites import Site

LATER = NOW + timedelta(days=9)
FULL = f"{BASE}/id/dataset/{uuid_of('dataset/chat-luong-khong-khi')}"
ILLUSTRATIVE = f"{BASE}/id/dataset/{uuid_of('dataset/nhiet-do-minh-hoa')}"
SINCE = "verb=ListRecords&metadataPrefix={prefix}&from=2026-03-10"
# A change of a word, which form tells of it, by what text, and whose records it makes new.
TOLD: dict[str, tuple[Vocabulary, str, ConceptFields, str, str, list[str]]] = {
    "theme": (Vocabulary.THEME, "moi-truong", {"label_vi": "Môi sinh"}, "oai_dc", "Môi sinh", [FULL, ILLUSTRATIVE]),
    "theme, in English": (
        Vocabulary.THEME, "moi-truong", {"label_en": "Surroundings"}, "datacite", "Surroundings", [FULL, ILLUSTRATIVE],
    ),
    "licence": (Vocabulary.LICENCE, "cc-by-4.0", {"label_vi": "Ghi công 4.0"}, "oai_dc", "Ghi công 4.0", [FULL]),
    "address of a licence": (
        Vocabulary.LICENCE, "cc-by-4.0", {"facts": {"url": "https://l.example/4"}}, "oai_dc", "https://l.example/4",
        [FULL],
    ),
    "frequency": (Vocabulary.FREQUENCY, "annual", {"label_vi": "Mỗi năm"}, "dcat", "Mỗi năm", [FULL]),
    "access": (Vocabulary.ACCESS_LEVEL, "public", {"label_vi": "Ai cũng xem"}, "dcat", "Ai cũng xem", [FULL]),
    "format of a link": (
        Vocabulary.FORMAT, "csv", {"label_vi": "Bảng CSV"}, "dcat", "Bảng CSV", [FULL],
    ),
}  # fmt: skip


def change_word(
    site: Site, vocabulary: Vocabulary, word: str, fields: ConceptFields, at: datetime = LATER
) -> None:
    with site.portal.database.write() as session:
        found = concept(session, vocabulary, word)
        assert found is not None
        update_concept(session, SYSTEM, found, fields, at)


@pytest.mark.parametrize("case", TOLD)
def test_new_words_make_the_records_new_that_tell_them(own_site: Site, case: str) -> None:
    vocabulary, word, fields, prefix, said, identifiers = TOLD[case]
    asked = SINCE.format(prefix=prefix)
    assert code(ask(own_site.client, asked)) == "noRecordsMatch"
    change_word(own_site, vocabulary, word, fields)
    root = ask(own_site.client, asked)
    assert [each for each in texts(root, "identifier") if each in (FULL, ILLUSTRATIVE)] == identifiers
    assert set(texts(root, "datestamp")) == {"2026-03-10T02:30:00Z"}
    assert said in "".join(root.itertext()) or said in str([dict(each.attrib) for each in root.iter()])


def test_a_series_and_who_keeps_it_are_told_with_their_datasets(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        keeper = make_agency(session, "Cục Thống kê", slug="cuc-thong-ke")
        series = make_series(session, "Niên giám", agency=keeper)
        one = dataset_by_reference(session, "chat-luong-khong-khi")
        assert one is not None
        one.series = series
    asked = SINCE.format(prefix="dcat")
    changed: list[tuple[str, str]] = [("series", "Niên giám thống kê"), ("agency", "Chi cục Thống kê")]
    for number, (what, name) in enumerate(changed):
        at = LATER + timedelta(days=number)
        with own_site.portal.database.write() as session:
            if what == "series":
                update_series(session, SYSTEM, find_series(session, "nien-giam"), {"title_vi": name}, at)
            else:
                update_agency(session, SYSTEM, find_agency(session, "cuc-thong-ke"), {"name_vi": name}, at)
        root = ask(own_site.client, asked.replace("03-10", f"03-{10 + number}"))
        assert [each for each in texts(root, "identifier") if each in (FULL, ILLUSTRATIVE)] == [FULL]
        assert name in "".join(root.itertext())


def test_a_language_is_told_by_its_address(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        session.add(Concept(vocabulary=Vocabulary.LANGUAGE, code="vi", label_vi="Tiếng Việt"))
        session.add(Concept(vocabulary=Vocabulary.LANGUAGE, code="v", label_vi="Tiếng khác"))
    change_word(own_site, Vocabulary.LANGUAGE, "v", {"exact_match": "https://l.example/V"})
    assert code(ask(own_site.client, SINCE.format(prefix="dcat"))) == "noRecordsMatch"
    change_word(own_site, Vocabulary.LANGUAGE, "vi", {"exact_match": "https://l.example/VI"})
    assert texts(ask(own_site.client, SINCE.format(prefix="dcat")), "identifier") == [FULL]


@pytest.mark.parametrize("fields", [{"also": ["xanh"]}, {"position": 7}, {"description_vi": "Ghi chú."}, {}])
def test_what_no_record_tells_makes_none_new(own_site: Site, fields: Any) -> None:
    change_word(own_site, Vocabulary.THEME, "moi-truong", fields)
    assert code(ask(own_site.client, SINCE.format(prefix="dcat"))) == "noRecordsMatch"


def test_the_supplying_agency_counts_as_the_owning_one_does(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        city = session.scalars(select(Agency).where(Agency.slug == "uy-ban-nhan-dan-thanh-pho")).one()
        update_agency(session, SYSTEM, city, {"name_en": "The City"}, LATER)
    assert texts(ask(own_site.client, SINCE.format(prefix="oai_dc")), "identifier") == [FULL]


def test_the_boundary_of_a_place_makes_its_records_new(own_site: Site) -> None:
    with own_site.portal.database.write() as session:
        place = session.scalars(select(Place).where(Place.code == "20194")).one()
        place.parent_code = "48"
        square = ((108.0, 16.0), (108.2, 16.0), (108.2, 16.2), (108.0, 16.2), (108.0, 16.0))
        match = Match(place, (Area(1, {}, ((square,),)),), "code")
        store_boundaries(session, Matching((match,), (), ()), actor=SYSTEM, now=LATER)
    root = ask(own_site.client, SINCE.format(prefix="dcat"))
    assert texts(root, "identifier") == [FULL] and "POLYGON" in "".join(root.itertext())


def test_tombstones_keep_their_moment_and_no_moment_goes_back(own_site: Site) -> None:
    """Who has harvested up to a moment never asks for what was before it."""
    with own_site.portal.database.write() as session:
        dataset = dataset_by_reference(session, own_site.catalogue.full)
        withdraw(session, SYSTEM, dataset, "Sai.", NOW + timedelta(days=1))
    change_word(own_site, Vocabulary.THEME, "moi-truong", {"label_vi": "Môi sinh"})
    assert texts(ask(own_site.client, SINCE.format(prefix="oai_dc")), "identifier") == [ILLUSTRATIVE]
    change_word(own_site, Vocabulary.THEME, "moi-truong", {"label_vi": "Xanh"}, LATER - timedelta(days=3))
    with own_site.portal.database.write() as session:
        dataset = dataset_by_reference(session, own_site.catalogue.illustrative)
        dataset.updated_at = LATER - timedelta(days=2)
    record = ask(own_site.client, f"verb=GetRecord&metadataPrefix=oai_dc&identifier={ILLUSTRATIVE}")
    assert texts(record, "datestamp") == ["2026-03-10T02:30:00Z"]


def test_a_draft_that_names_it_is_told_of_when_it_is_published(own_site: Site) -> None:
    change_word(own_site, Vocabulary.THEME, "moi-truong", {"label_vi": "Môi sinh"})
    with own_site.portal.database.read() as session:
        draft = session.scalars(select(Dataset).where(Dataset.slug == own_site.catalogue.draft)).one()
        assert draft.datestamp == draft.updated_at == NOW


def test_many_that_changed_at_once_are_each_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renamed theme puts all its records at one moment: the walk goes on by their ids."""
    monkeypatch.setattr(oai, "RECORDS_AT_ONCE", 7)
    portal = make_portal(tmp_path)
    make_many(portal.database, 40)
    site = Site(portal, make_app(portal), None)  # type: ignore[arg-type]
    change_word(site, Vocabulary.THEME, "moi-truong", {"label_vi": "Môi sinh"})
    walk = list(pages(site.client, "ListRecords", "metadataPrefix=oai_dc&from=2026-03-10"))
    told = [each for page in walk for each in texts(page, "identifier") if "/id/dataset/" in each]
    assert len(told) == len(set(told)) == 40 and len(walk) == 6
    portal.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("prefix", ["", "&from=2026-01-01", "&set=theme:moi-truong", "&set=agency:so-y-te"])
def test_a_page_reads_its_own_records_and_sorts_nothing(
    own_site: Site, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    """By SQLite's own word: the next page is found in the index, and no other row of the table is read."""
    monkeypatch.setattr(oai, "RECORDS_AT_ONCE", 1)
    first = ask(own_site.client, f"verb=ListRecords&metadataPrefix=oai_dc{prefix}")
    (token,) = texts(first, "resumptionToken")
    plans = _plans(own_site, f"verb=ListRecords&resumptionToken={token}")
    assert any("ix_dataset_datestamp" in step for step in plans), plans
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN dataset ") for step in plans), plans


def _plans(site: Site, query: str) -> Sequence[str]:
    """How SQLite goes about each statement of a request that orders by datestamp."""
    engine, ordered = site.portal.database.engine, []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "ORDER BY dataset.datestamp" in statement:
            ordered.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        ask(site.client, query)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert ordered
    with engine.connect() as connection:
        return [
            str(row[3])
            for statement, parameters in ordered
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
