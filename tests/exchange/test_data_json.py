"""What a dataset becomes in `/data.json`, and when its piece is made anew."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalog.changes import record_change
from portal.catalog.models import Agency, Concept
from portal.database import Database
from portal.exchange.snapshots import Snapshots
from portal.exchange.whole_catalogue import Audience, CatalogueWriter
from tests.factories import NOW, make_database, make_dataset, make_small_catalogue, uuid_of

BASE = "https://data.example.vn"
FILE = uuid_of("distribution/chat-luong-khong-khi/0")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = make_database(tmp_path)
    make_small_catalogue(made)
    yield made
    made.close()


@pytest.fixture
def writer(database: Database, tmp_path: Path) -> CatalogueWriter:
    audience = Audience(BASE, hide_illustrative=False)
    return CatalogueWriter(database, audience, tmp_path / "forms.sqlite", Snapshots(tmp_path / "snapshots"))


def datasets(writer: CatalogueWriter) -> dict[str, dict[str, Any]]:
    document = json.loads(writer.write().path("data.json").read_bytes())
    return {each["identifier"]: each for each in document["dataset"]}


def test_a_full_record(writer: CatalogueWriter) -> None:
    found = datasets(writer)["chat-luong-khong-khi"]
    assert found["publisher"]["name"] == "Sở Y tế"
    assert found["contactPoint"]["hasEmail"] == "mailto:dulieu@example.vn"
    assert (found["temporal"], found["spatial"]) == ("2024-01-01/2025-12-31", "Phường Hải Châu")
    assert (found["issued"], found["modified"]) == ("2024-05-06", "2026-03-01T09:30:00+07:00")
    assert found["landingPage"] == f"{BASE}/du-lieu/chat-luong-khong-khi"
    assert found["references"] == ["https://example.org/"]
    file, link = found["distribution"]
    assert file["downloadURL"] == f"{BASE}/tai-ve/{FILE}/Kh%C3%B4ng%20kh%C3%AD.csv"
    assert (file["mediaType"], file["format"]) == ("text/csv", "csv")
    assert link["accessURL"] == "https://example.org/khong-khi" and "downloadURL" not in link


def test_what_is_not_stated_is_left_out_or_said_to_be_unknown(
    writer: CatalogueWriter, database: Database
) -> None:
    with database.write() as session:
        make_dataset(session, "Không ai")
    found = datasets(writer)["khong-ai"]
    assert found["publisher"]["name"] == found["contactPoint"]["fn"] == "Chưa rõ"
    assert found["description"] == "Không ai"
    assert not {"license", "keyword", "distribution", "modified", "temporal", "rights"} & found.keys()


def test_who_was_made_up_says_so_first(writer: CatalogueWriter) -> None:
    found = datasets(writer)
    assert found["nhiet-do-minh-hoa"]["description"].startswith("Bản ghi minh họa")
    assert sum("minh họa" in each["description"] for each in found.values()) == 1


def test_nobody_else_is_hinted_at(writer: CatalogueWriter) -> None:
    text = writer.write().path("data.json").read_text(encoding="utf-8")
    assert "Bí mật" not in text and "da-rut" not in text and "rut.csv" not in text


def test_a_renamed_agency_remakes_its_own_datasets_alone(
    writer: CatalogueWriter, database: Database, tmp_path: Path
) -> None:
    writer.write()
    _mark(tmp_path)
    with database.write() as session:
        agency = session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one()
        agency.name_vi = "Sở Y tế thành phố"
        record_change(session, agency, action="update", is_public=True, actor="test", at=NOW)
    found = datasets(writer)
    assert found["chat-luong-khong-khi"]["publisher"]["name"] == "Sở Y tế thành phố"
    assert [key for key, each in found.items() if "kept" in each] == ["du-toan-ngan-sach-2025"]


def test_a_renamed_theme_remakes_all(writer: CatalogueWriter, database: Database, tmp_path: Path) -> None:
    writer.write()
    _mark(tmp_path)
    with database.write() as session:
        theme = session.scalars(select(Concept).where(Concept.code == "moi-truong")).one()
        theme.label_vi = "Môi trường và khí hậu"
        record_change(session, theme, action="update", is_public=True, actor="test", at=NOW)
    found = datasets(writer)
    assert found["chat-luong-khong-khi"]["theme"] == ["Môi trường và khí hậu"]
    assert not [each for each in found.values() if "kept" in each]


def _mark(folder: Path) -> None:
    """A mark inside a piece that did not change shows that it was not made again."""
    with sqlite3.connect(folder / "forms.sqlite") as connection:
        connection.execute(
            "UPDATE part SET written = CAST('{\"kept\":1,' || substr(CAST(written AS TEXT), 2) AS BLOB) "
            "WHERE document = 'data.json'"
        )
    connection.close()
