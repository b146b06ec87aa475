"""Series on their way in: made once, by their first dataset that is taken, and never changed by an import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from sqlalchemy import select

from portal.catalog import audit, changes, queries, series_queries
from portal.catalog.actors import SYSTEM
from portal.catalog.models import Dataset, ObjectKind, Series
from portal.catalog.records import Outcome, Record
from portal.catalog.services.imports import ImportRun, import_records
from portal.clock import system_clock
from portal.database import Database
from portal.exchange import ckan, ckan_reading
from portal.exchange.readers import read_catalogue
from portal.files.storage.local import LocalStorage
from tests.factories import make_basics, make_database, make_dataset, make_series


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    with made.write() as session:
        make_basics(session)
    yield made
    made.close()


def take(database: Database, folder: Path, text: str, name: str = "c.jsonl", **run: Any) -> list[Outcome]:
    (folder / name).write_text(text, encoding="utf-8")
    source = read_catalogue(folder / name)
    return list(
        import_records(ImportRun(database, LocalStorage(folder), SYSTEM, system_clock, **run), source)
    )


def lines(*rows: dict[str, Any]) -> str:
    return "\n".join(json.dumps({"title": row["id"], **row}) for row in rows)


def stored(database: Database) -> list[Series]:
    with database.read() as session:
        return list(series_queries.all_series(session))


def series_of(database: Database) -> dict[str, str | None]:
    """The title of each dataset's series, by identifier."""
    with database.read() as session:
        query = queries.with_everything(select(Dataset))
        return {
            each.identifier: each.series.title_vi if each.series else None for each in session.scalars(query)
        }


def test_a_title_makes_one_series_for_all_of_its_lines(database: Database, tmp_path: Path) -> None:
    rows = lines({"id": "a-2023", "series": "Giá đất"}, {"id": "a-2024", "series": "giá  đất"}, {"id": "b"})
    assert [each.result for each in take(database, tmp_path, rows)] == ["created"] * 3
    (made,) = stored(database)
    assert (made.slug, made.title_vi, made.agency) == ("gia-dat", "Giá đất", None)
    assert series_of(database) == {"a-2023": "Giá đất", "a-2024": "Giá đất", "b": None}
    assert [each.result for each in take(database, tmp_path, rows)] == ["unchanged"] * 3
    with database.read() as session:
        told = changes.changes_since(session, 0, limit=100)
        assert [each.action for each in told if each.object_kind is ObjectKind.SERIES] == ["create"]
        assert len(audit.entries(session, before_id=None, limit=9, kind="series")) == 1


def test_an_object_says_all_of_a_series_and_changes_none_that_is_known(
    database: Database, tmp_path: Path
) -> None:
    told = {
        "title": "Niên giám", "title_en": "Yearbook", "description": "Hằng năm.", "description_en": "Yearly.",
        "slug": "nien-giam", "publisher": "Sở Y tế",
    }  # fmt: skip
    take(database, tmp_path, lines({"id": "n-1", "series": told}))
    (made,) = stored(database)
    assert (made.slug, made.title.en, made.description.vi, made.description.en) == (
        "nien-giam",
        "Yearbook",
        "Hằng năm.",
        "Yearly.",
    )
    assert made.agency is not None and made.agency.slug == "so-y-te"
    for row in (
        {"id": "n-2", "series": {**told, "title": "Tên khác"}},
        {"id": "n-3", "series": str(made.uuid)},
    ):
        assert take(database, tmp_path, lines(row))[0].result == "created"
    (same,) = stored(database)
    assert (same.title_vi, same.version) == ("Niên giám", 1)
    assert set(series_of(database).values()) == {"Niên giám"}


def test_absent_says_nothing_and_null_takes_out(database: Database, tmp_path: Path) -> None:
    take(database, tmp_path, lines({"id": "a", "series": "Giá đất"}))
    assert take(database, tmp_path, lines({"id": "a"}))[0].result == "unchanged"
    (outcome,) = take(database, tmp_path, lines({"id": "a", "series": None}))
    assert outcome.fields == ("series",)
    assert series_of(database) == {"a": None}


def test_a_refused_line_and_a_rehearsal_leave_no_series_behind(database: Database, tmp_path: Path) -> None:
    bad = {"id": "x", "series": "Không ai thấy", "resources": [{"local": "../ngoai.csv"}]}
    assert take(database, tmp_path, lines(bad))[0].result == "refused"
    take(database, tmp_path, lines({"id": "a", "series": "Giá đất"}), dry_run=True)
    assert stored(database) == []


def test_a_taken_slug_gets_a_tail_that_stays(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        make_series(session, "Gia dat!", slug="gia-dat-hang-nam")
    row = {"id": "a", "series": {"title": "Giá đất hằng năm", "id": "0b7c4c0e-0000-4000-8000-000000000001"}}
    take(database, tmp_path, lines(row))
    assert sorted(each.slug[:17] for each in stored(database)) == ["gia-dat-hang-nam", "gia-dat-hang-nam-"]


FOREIGN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://other.vn/1> a dcat:Dataset ; dct:title "Báo cáo 2024"@vi ; dcat:inSeries <https://other.vn/s/1> .
<https://other.vn/2> a dcat:Dataset ; dct:title "Báo cáo 2025"@vi ; dcat:inSeries <https://other.vn/s/2> .
<https://other.vn/3> a dcat:Dataset ; dct:title "Khác"@vi ; dcat:inSeries [ a dcat:DatasetSeries ; dct:title "Annual"@en ] .
<https://other.vn/4> a dcat:Dataset ; dct:title "Chưa rõ"@vi ; dcat:inSeries <https://other.vn/s/3> .
<https://other.vn/s/1> a dcat:DatasetSeries , dcat:Dataset ; dct:title "Báo cáo"@vi , "Report"@en ;
  dct:description "Mỗi năm."@vi .
<https://other.vn/s/2> a dcat:DatasetSeries ; dct:title "Báo cáo"@vi .
"""


def test_series_of_other_catalogues_stay_apart_by_their_addresses(database: Database, tmp_path: Path) -> None:
    outcomes = take(database, tmp_path, FOREIGN, "o.ttl")
    assert [each.result for each in outcomes] == ["created"] * 4, "a series is no dataset"
    found = {str(each.uuid): each for each in stored(database)}
    first = found[str(uuid5(NAMESPACE_URL, "https://other.vn/s/1"))]
    assert (first.title.vi, first.title.en, first.description.vi) == ("Báo cáo", "Report", "Mỗi năm.")
    assert str(uuid5(NAMESPACE_URL, "https://other.vn/s/2")) in found
    assert sorted(each.title_vi for each in found.values()) == ["Annual", "Báo cáo", "Báo cáo"]
    assert series_of(database)["https://other.vn/4"] is None
    assert {each.result for each in take(database, tmp_path, FOREIGN, "o.ttl")} == {"unchanged"}


def test_a_package_of_ckan_carries_its_series(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        series = make_series(
            session,
            "Niên giám",
            "Yearbook",
            description_vi="Hằng năm.",
            agency=queries.agency(session, "so-y-te"),
        )
        make_dataset(session, "Niên giám 2024", series=series)
    with database.read() as session:
        dataset = queries.dataset_by_reference(session, "nien-giam-2024")
        assert dataset is not None
        package = json.loads(json.dumps(ckan.package(dataset, "https://data.example.vn")))
    read = ckan_reading.record_of(package, 1)
    assert (
        isinstance(read, Record) and read.series is not None and "dataset_series" not in read.fields["extras"]
    )
    with database.write() as session:
        session.delete(queries.dataset_by_reference(session, "nien-giam-2024"))
    with database.write() as session:
        session.delete(series_queries.series(session, "nien-giam"))
    run = ImportRun(database, LocalStorage(tmp_path), SYSTEM, system_clock)
    (outcome,) = import_records(run, [replace(read, line=1)])
    assert outcome.result == "created"
    (back,) = stored(database)
    assert (back.uuid, back.slug, back.title, back.description.vi) == (
        series.uuid, "nien-giam", series.title, "Hằng năm."
    )  # fmt: skip
    assert back.agency is not None and back.agency.slug == "so-y-te"
