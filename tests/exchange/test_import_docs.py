from __future__ import annotations

import json
import re

from portal.catalog.actors import SYSTEM
from portal.catalog.queries import datasets_for_import
from portal.catalog.services.imports import ImportRun, import_records
from portal.exchange.json_lines import _KNOWN, read_json_lines
from portal.seed.load import load_base
from portal.settings import Settings
from portal.wiring import open_portal
from tests.catalog.conftest import NOW
from tests.conftest import REPOSITORY
from tests.databases import empty_database

DOCUMENT = (REPOSITORY / "docs" / "import.md").read_text(encoding="utf-8")


def test_the_example_line_is_taken_whole(tmp_path):
    [line] = re.findall(r"```json\n(.*?)\n```", DOCUMENT, re.DOTALL)
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "gia-nuoc.csv").write_bytes("nhom,gia\nSinh hoạt,5000\n".encode())
    (tmp_path / "c.jsonl").write_text(line, encoding="utf-8")
    portal = open_portal(Settings(var=tmp_path / "var"))
    with empty_database(tmp_path / "var") as database:
        with database.write() as session:
            load_base(session, REPOSITORY / "datasets", NOW)
        run = ImportRun(database, portal.storage, SYSTEM, lambda: NOW)
        [outcome] = import_records(run, read_json_lines(tmp_path / "c.jsonl", tmp_path / "files"))
        assert (outcome.result, outcome.notes) == ("created", ())
        with database.read() as session:
            [dataset] = datasets_for_import(session, ["gia-nuoc-2024"]).values()
    assert dataset.agency and dataset.licence and dataset.frequency and dataset.places and dataset.themes
    assert not dataset.extras, "every key of the example has a place of its own"
    assert {each.kind.value for each in dataset.distributions} == {"file", "link"}


def test_every_key_that_is_read_is_documented():
    documented = set(re.findall(r"`(\w+)`", DOCUMENT)) | set(
        json.loads(re.findall(r"```json\n(.*?)\n```", DOCUMENT)[0])
    )
    assert not _KNOWN - documented - {"description_vi", "license", "origin"}
