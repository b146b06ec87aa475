"""Rows of files that people made for themselves: the calendar of the seed and the city's own exports."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from portal.seed.computed import computed_datasets
from portal.settings import PROJECT_ROOT
from tests.sites import Site
from tests.table_files import add_table_file, read_tables

_BASE = "http://127.0.0.1:8123"


def test_the_calendar_of_the_seed_is_read_to_its_end(own_site: Site) -> None:
    seeded = computed_datasets(PROJECT_ROOT / "datasets")
    content = next(each for each in seeded if each.identifier == "lich-am-duong-2020-2030").files[0].content()
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    uuid = add_table_file(own_site.portal, "Lịch âm dương", content)
    read_tables(own_site.portal)
    table = f"/api/v1/tables/{uuid}"
    url: str | None = f"{table}/rows.csv?limit=1500"
    found: list[list[str]] = []
    while url is not None:
        answer = own_site.client.get(url.removeprefix(_BASE))
        header, *rows = csv.reader(io.StringIO(answer.get_data(as_text=True), newline=""))
        assert (header, answer.headers["X-Total-Count"]) == (lines[0], str(len(lines) - 1))
        found += rows
        links = [each.partition(">; ") for each in answer.headers["Link"].split(", <")]
        url = next((each.strip("<") for each, _, relation in links if relation == 'rel="next"'), None)
    days = [row[0] for row in found]
    assert days == [line[0] for line in lines[1:]]
    grouped = own_site.client.get(f"{table}/rows.arrays.json?measure=count,min:ngay,max:ngay").json
    assert grouped["rows"] == [[len(days), days[0], days[-1]]]


@pytest.mark.shared
def test_the_citys_exports_are_asked_and_taken(own_site: Site, shared: Path) -> None:
    files = sorted((shared / "data" / "files" / "danang-portal").rglob("*.csv"))[:6]
    assert files
    uuids = [
        add_table_file(own_site.portal, f"Bảng {number}", path.read_bytes(), name=path.name)
        for number, path in enumerate(files)
    ]
    read_tables(own_site.portal)
    for uuid in uuids:
        table = f"/api/v1/tables/{uuid}"
        told = own_site.client.get(table).json
        rows = own_site.client.get(f"{table}/rows?limit=10000").json
        assert rows["total"] == len(rows["rows"]) == told["rows"] > 0
        for column in told["columns"]:
            missing = sum(row[column["key"]] is None for row in rows["rows"])
            fitting = column["profile"]["rows"] - column["profile"]["missing"] - column["profile"]["misfits"]
            assert len(rows["rows"]) - missing == fitting, column["key"]
        exported = own_site.client.get(f"{table}/export.csv").get_data(as_text=True)
        assert len(list(csv.reader(io.StringIO(exported, newline="")))) == told["rows"] + 1
        validate(own_site.client.get(f"{table}/openapi.json").json)
