"""`/data.json` by the schema of Project Open Data 1.1, formats included."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from portal.exchange.snapshots import Snapshots
from portal.wiring import Portal
from tests.conformance.conftest import RECORDS
from tests.sites import Site

Judge = Callable[[Any], list[str]]


@pytest.fixture(scope="module")
def judge(shared: Path) -> Judge:
    """What the schema finds wrong, as paths and sentences."""
    folder = shared / "conformance" / "pod-1.1" / "non-federal"
    loaded = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    base = "https://project-open-data.cio.gov/v1.1/schema/"
    registry: Registry[Any] = Registry().with_resources(
        (base + name, Resource.from_contents(schema, DRAFT4)) for name, schema in loaded.items()
    )
    validator = Draft4Validator(
        loaded["catalog.json"], registry=registry, format_checker=Draft4Validator.FORMAT_CHECKER
    )
    assert {"uri", "email"} <= Draft4Validator.FORMAT_CHECKER.checkers.keys()

    def problems(document: Any) -> list[str]:
        return [f"{each.json_path}: {each.message[:300]}" for each in validator.iter_errors(document)]

    return problems


def document_of(portal: Portal) -> dict[str, Any]:
    snapshot = Snapshots(portal.settings.snapshots_folder).current()
    assert snapshot is not None
    found: dict[str, Any] = json.loads(snapshot.path("data.json").read_bytes())
    return found


def test_a_hundred_real_records_are_valid(real: Portal, judge: Judge) -> None:
    document = document_of(real)
    assert len(document["dataset"]) == RECORDS
    assert judge(document) == []


def test_records_made_by_hand_are_valid(by_hand: Site, judge: Judge) -> None:
    document = document_of(by_hand.portal)
    assert len(document["dataset"]) == 10
    assert judge(document) == []


def test_the_judge_finds_what_is_wrong(by_hand: Site, judge: Judge) -> None:
    document = document_of(by_hand.portal)
    document["dataset"][0] |= {"landingPage": "không phải địa chỉ", "accessLevel": "open"}
    assert len(judge(document)) == 2
