"""The catalogue as JSON lines and as CSV: all fields, exactly; and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas
import pytest

from portal.app import make_app
from portal.catalog.models import Vocabulary
from portal.exchange.bulk import COLUMNS, safe_cell
from portal.jobs.snapshots import writer_of
from tests.conftest import REPOSITORY
from tests.factories import make_agency, make_concept, make_dataset, make_file, make_many, make_portal
from tests.sites import Site, open_site

BASE = "http://127.0.0.1:8123"
FORMULAS = (
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =1",
    "=1",
    "-",
    "+84 905 123 456",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    writer_of(site.portal).write()
    yield site
    site.portal.close()


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_a_line_is_the_record_of_the_api(site: Site) -> None:
    answer = site.client.get("/catalog.jsonl")
    assert answer.headers["Content-Type"] == "application/jsonl; charset=utf-8"
    records = [json.loads(line) for line in answer.data.splitlines()]
    assert len(records) == 3
    for record in records:
        assert record == site.client.get(f"/api/v1/datasets/{record['slug']}").get_json()


def test_a_row_has_every_column(site: Site) -> None:
    answer = site.client.get("/catalog.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="catalog.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbfid,")
    full = next(each for each in rows(answer.data) if each["slug"] == site.catalogue.full)
    assert list(full) == list(COLUMNS)
    record = site.client.get(f"/api/v1/datasets/{site.catalogue.full}").get_json()
    for name in (
        "id",
        "identifier",
        "other_identifier",
        "title",
        "description",
        "issued",
        "modified",
        "updated_at",
    ):
        assert full[name] == record[name], name
    assert (full["keywords"], full["themes"], full["places"]) == (
        "không khí | bụi mịn",
        "moi-truong",
        "20194",
    )
    assert (full["agency"], full["supplier_name"]) == ("so-y-te", "Ủy ban nhân dân thành phố")
    assert (full["frequency"], full["frequency_raw"]) == ("annual", "hàng năm")
    assert (full["distribution_count"], full["byte_size"]) == ("2", "30")
    assert full["urls"].split(" | ") == [
        record["distributions"][0]["download_url"],
        "https://example.org/khong-khi",
    ]
    assert json.loads(full["extras"]) == {"nguồn": "đo"}
    plain = next(each for each in rows(answer.data) if each["title"] == "Dự toán ngân sách 2025")
    assert (plain["agency"], plain["agency_name"], plain["title_en"]) == ("", "Phòng Tài chính quận", "")


def test_illustrative_records_say_so(site: Site) -> None:
    told = {each["slug"]: each["illustrative"] for each in rows(site.client.get("/catalog.csv").data)}
    assert told == {site.catalogue.full: "false", site.catalogue.plain: "false", "nhiet-do-minh-hoa": "true"}


def test_they_are_kept_compressed_and_can_be_continued(site: Site) -> None:
    for path in ("/catalog.jsonl", "/catalog.csv"):
        plain = site.client.get(path)
        gzipped = site.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert gzipped.headers["Content-Encoding"] == "gzip" and len(gzipped.data) < len(plain.data)
        again = site.client.get(path, headers={"If-None-Match": plain.headers["ETag"]})
        assert again.status_code == 304
        part = site.client.get(path, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.data) == (206, plain.data[10:20])


def test_pandas_reads_both(site: Site, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(site.client.get("/catalog.csv").data)
    (tmp_path / "c.jsonl").write_bytes(site.client.get("/catalog.jsonl").data)
    table, lines = pandas.read_csv(tmp_path / "c.csv"), pandas.read_json(tmp_path / "c.jsonl", lines=True)
    assert sorted(table["title"]) == sorted(lines["title"])
    assert list(table.columns) == list(COLUMNS)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-5", "+84905123456", "-1.234,5", "-12%", "a=b", "'=1", "", "2024-01-01", "https://x/=1"]
)
def test_numbers_and_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_a_hostile_record_makes_no_formula_and_no_further_row(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    text = '=cmd|"/C calc"!A0\n=2+3,"x"\r\n\u202e\x00\x0b' + "dài " * 25_000
    with portal.database.write() as session:
        theme = make_concept(session, Vocabulary.THEME, "t", text)
        make_dataset(
            session,
            text[:200],
            slug="d",
            identifier=text[:100],
            description_vi=text,
            keywords=[text, "@x"],
            themes=[theme],
            agency=make_agency(session, text, slug="a"),
            contact_name="@SUM(1)",
            extras={text[:60]: text[:60]},
            distributions=[make_file(text[:50], [b"x"])],
        )
    writer_of(portal).write()
    client = make_app(portal).test_client()
    (row,) = rows(client.get("/catalog.csv").data)
    assert not [name for name, cell in row.items() if re.match(r"\s*[=+\-@]", cell)]
    assert row["description"] == "'" + text.replace("\x00", "").replace("\x0b", "")
    (line,) = client.get("/catalog.jsonl").data.splitlines()
    assert json.loads(line)["description"] == text
    portal.close()


def test_every_column_is_documented() -> None:
    text = (REPOSITORY / "docs" / "bulk.md").read_text(encoding="utf-8").partition("## The columns")[2]
    told = [
        name
        for row in text.splitlines()
        if row.startswith("| `")
        for name in re.findall("`(\\w+)`", row.split("|")[1])
    ]
    assert told == list(COLUMNS)


def test_a_thousand_records_are_a_thousand_rows(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    make_many(portal.database, 300)
    snapshot = writer_of(portal).write()
    assert len(rows(snapshot.path("catalog.csv").read_bytes())) == 300
    assert len(snapshot.path("catalog.jsonl").read_bytes().splitlines()) == 300
    portal.close()
