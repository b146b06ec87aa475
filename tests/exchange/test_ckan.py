"""Packages of CKAN, out and in again: nothing is lost that CKAN can say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.catalog.actors import SYSTEM
from portal.catalog.models import State
from portal.catalog.queries import dataset_by_reference, datasets_for_import
from portal.catalog.records import Record, Unreadable
from portal.catalog.services.imports import ImportRun, import_records
from portal.exchange import ckan
from portal.exchange.ckan_json import is_ckan, read_packages
from portal.exchange.ckan_reading import NotAPackage, record_of
from portal.exchange.readers import read_catalogue
from portal.text import clean, clean_line
from portal.wiring import Portal
from tests.factories import make_basics, make_portal, make_small_catalogue, uuid_of
from tests.odd_records import add_odd_records

BASE = "https://data.example.vn"
# Said by the portal that a package is in.
PORTAL_MADE = ("metadata_created", "metadata_modified", "created", "last_modified")


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    opened = make_portal(tmp_path_factory.mktemp("round"))
    with opened.database.write() as session:
        make_basics(session)
    yield opened
    opened.close()


def take_in(portal: Portal, *records: Any, **options: Any) -> list[str]:
    run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock, **options)
    return [outcome.result for outcome in import_records(run, records)]


def emitted(portal: Portal, reference: str) -> dict[str, Any]:
    with portal.database.read() as session:
        dataset = dataset_by_reference(session, reference)
        assert dataset is not None
        return json.loads(json.dumps(ckan.package(dataset, BASE)))


def comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: comparable(each) for key, each in value.items() if key not in PORTAL_MADE}
    return [comparable(each) for each in value] if isinstance(value, list) else value


# Every example is a package of its own, whatever the tool tries twice.
NUMBERS = count()
LINES = st.text(min_size=1, max_size=40).map(clean_line).filter(bool)
PROSE = st.text(max_size=200).map(clean)
KEYS = LINES.filter(lambda key: key not in ckan.KEPT_FIELDS and key != ckan.RESOURCE_EXTRAS)
WORDS = st.lists(LINES, max_size=4, unique=True)
EXTRAS = st.dictionaries(
    st.one_of(KEYS, st.sampled_from(["identifier", "frequency", "issued", "modified", "temporal_start", "places",
                                     "theme", "title_en", "notes_en", "provenance", "language", "access_rights"])),
    st.one_of(PROSE.filter(bool), st.sampled_from(["2024-01-02", '["a", "b"]', '["a","b"]', "[1", '{"a": [1]}'])),
    max_size=6,
)  # fmt: skip
RESOURCES = st.lists(
    st.fixed_dictionaries(
        {
            "url": st.sampled_from(
                ["https://example.org/a?b=c&d=%20#e", "ftp://example.org/ữ", "http://x.vn"]
            ),
            "name": LINES,
            "description": PROSE,
            "format": st.sampled_from(["csv", "CSV", "lạ", "", "text/csv"]),
        },
        optional={
            "hash": LINES,
            "size": st.integers(0, 10**12),
            "khóa riêng": LINES,
            "mimetype": st.just("text/csv"),
        },
    ),
    max_size=3,
)
PACKAGES = st.fixed_dictionaries(
    {
        "title": LINES,
        "notes": PROSE,
        "url": st.sampled_from(["", "https://example.org/", "không phải địa chỉ"]),
        "version": st.one_of(st.just(""), LINES),
        "author": st.one_of(st.just(""), LINES),
        "author_email": st.one_of(st.just(""), LINES),
        "maintainer": LINES,
        "maintainer_email": st.one_of(st.just(""), LINES),
        "license_id": st.one_of(st.none(), st.just("cc-by-4.0"), LINES),
        "tags": WORDS.map(lambda words: [{"name": word} for word in words]),
        "groups": st.sampled_from(
            [[], [{"name": "moi-truong"}], [{"name": "moi-truong"}, {"name": "ngan-sach"}]]
        ),
        "extras": EXTRAS.map(lambda pairs: [{"key": key, "value": value} for key, value in pairs.items()]),
        "resources": RESOURCES,
    }
)


@settings(
    max_examples=40,
    # Each try is an import: looking for the smallest failure would take minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(package=PACKAGES)
def test_what_comes_in_goes_out_and_comes_in_again(portal: Portal, package: dict[str, Any]) -> None:
    number = next(NUMBERS)
    package |= {"id": str(uuid_of(f"package/{number}")), "name": f"goi_-{number}"}
    for place, each in enumerate(package["resources"]):
        each["id"] = str(uuid_of(f"resource/{number}/{place}"))
    row = {**package, "owner_org": None, "state": "active", "private": False, "type": "dataset"}
    assert take_in(portal, record_of(row, 1)) == ["created"]
    first = emitted(portal, package["id"])
    assert (first["title"], first["notes"]) == (package["title"], package["notes"])
    assert (first["id"], first["name"]) == (package["id"], package["name"])
    assert [each["name"] for each in first["tags"]] == [each["name"] for each in package["tags"]]
    texts = ("version", "author_email", "maintainer", "maintainer_email", "url")
    assert {key: first[key] for key in texts} == {key: package[key] for key in texts}
    told = [(each["id"], each["name"], each["description"]) for each in first["resources"]]
    assert told == [(each["id"], each["name"], each["description"]) for each in package["resources"]]
    for before, after in zip(package["resources"], first["resources"], strict=True):
        for key in ("hash", "size", "khóa riêng", "mimetype"):
            assert not before.get(key) or after[key] == before[key]
    run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock)
    [again] = import_records(run, [record_of(first, 1)])
    assert (again.result, again.fields) == ("unchanged", ()), package
    assert comparable(emitted(portal, package["id"])) == comparable(first)


def test_every_field_of_ours_survives_the_way_out_and_in(tmp_path: Path) -> None:
    source, target = make_portal(tmp_path / "a"), make_portal(tmp_path / "b")
    names = make_small_catalogue(source.database)
    with target.database.write() as session:
        make_basics(session)
    for slug in (names.full, names.plain, names.illustrative):
        shown = emitted(source, slug)
        assert take_in(source, record_of(shown, 1)) == ["unchanged"]
        assert take_in(target, record_of(shown, 1)) == ["created"]
        again = emitted(target, slug)
        files = ("resources", *PORTAL_MADE)
        assert {key: each for key, each in comparable(again).items() if key not in files} == {
            key: each for key, each in comparable(shown).items() if key not in files
        }
    with target.database.read() as session:
        full = dataset_by_reference(session, names.full)
    assert full is not None and full.uuid == uuid_of(f"dataset/{names.full}")
    assert (full.temporal_start, full.title_en) == (date(2024, 1, 1), "Air quality in Da Nang")
    assert [place.code for place in full.places] == ["20194"] and full.supplier is not None
    source.close()
    target.close()


@pytest.mark.parametrize("slug", ["la-markup", "la-direction", "la-long", "chi-co-dau", "chi-co-cuoi"])
def test_what_nobody_should_write_survives_it_too(tmp_path: Path, slug: str) -> None:
    source, target = make_portal(tmp_path / "a"), make_portal(tmp_path / "b")
    make_small_catalogue(source.database)
    with source.database.write() as session:
        add_odd_records(session, clean_line)
    with target.database.write() as session:
        make_basics(session)
    shown = emitted(source, slug)
    assert take_in(target, record_of(shown, 1)) == ["created"]
    again = emitted(target, slug)
    files = ("resources", *PORTAL_MADE)
    differing = {
        key for key in {*shown, *again} - {*files} if comparable(shown).get(key) != comparable(again).get(key)
    }
    assert {key: (str(shown.get(key))[:300], str(again.get(key))[:300]) for key in differing} == {}
    source.close()
    target.close()


def test_what_its_source_hides_stays_hidden(portal: Portal) -> None:
    rows = [
        {"id": str(uuid_of("kin")), "name": "kin", "title": "Kín", "private": True},
        {"id": str(uuid_of("nhap")), "name": "nhap", "title": "Nháp", "state": "draft"},
        {"id": str(uuid_of("chu")), "name": "chu", "title": "Chữ", "private": "True"},
    ]
    assert take_in(portal, *(record_of(row, number) for number, row in enumerate(rows, 1))) == ["created"] * 3
    with portal.database.read() as session:
        found = datasets_for_import(session, [], [uuid_of("kin"), uuid_of("nhap"), uuid_of("chu")])
    assert {each.state for each in found.values()} == {State.DRAFT}


def test_two_catalogues_may_use_one_identifier(portal: Portal) -> None:
    rows = [
        {
            "id": str(uuid_of(name)),
            "name": name,
            "title": name,
            "extras": [{"key": "identifier", "value": "1"}],
        }
        for name in ("mot", "hai")
    ]
    assert [take_in(portal, record_of(row, 1)) for row in rows] == [["created"], ["created"]]
    assert [emitted(portal, row["id"])["title"] for row in rows] == ["mot", "hai"]
    assert take_in(portal, record_of(rows[1], 1)) == ["unchanged"]


def test_files_of_every_make_are_told_and_read(tmp_path: Path) -> None:
    rows = [
        {"id": str(uuid_of(str(n))), "name": f"goi-{n}", "title": "T", "num_resources": 0} for n in range(3)
    ]
    texts = {
        "lines": "\n".join(map(json.dumps, rows)),
        "list": json.dumps(rows),
        "pretty": json.dumps(rows, indent=2),
        "search": json.dumps({"help": "x", "success": True, "result": {"count": 3, "results": rows}}),
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert [each.identifier for each in read_catalogue(path)] == [row["id"] for row in rows], name
    path.write_text(json.dumps({"success": True, "result": rows[0]}), encoding="utf-8")
    assert [each.identifier for each in read_catalogue(path)] == [rows[0]["id"]]
    path.write_text('{"id": "a", "title": "A", "publisher": "owner_org"}', encoding="utf-8")
    [ours] = read_catalogue(path)
    assert isinstance(ours, Record) and ours.identifier == "a" and ours.uuid is None
    assert not is_ckan(b'{"title": "metadata_created"}')


def test_odd_values_never_break_what_goes_out(portal: Portal) -> None:
    row = {
        "id": str(uuid_of("lạ")),
        "name": "la",
        "title": "Lạ",
        "extras": [{"key": "sâu", "value": "[" * 500 + "]" * 500}, {"key": "số", "value": 10**40}],
        "resources": [
            {"url": "https://example.org/", "size": 10**40, "hash": float("nan"), "x": {"y": [10**30]}}
        ],
    }
    assert take_in(portal, record_of(row, 1)) == ["created"]
    with portal.database.read() as session:
        dataset = dataset_by_reference(session, "la")
        assert dataset is not None and orjson.dumps(ckan.package(dataset, BASE))
    first = emitted(portal, "la")
    for _ in range(2):
        # What came without an id comes back with one, and keeps what was said of it.
        take_in(portal, record_of(first, 1))
        assert comparable(emitted(portal, "la")) == comparable(first)
    assert take_in(portal, record_of(first, 1)) == ["unchanged"]


def test_lines_that_are_no_packages_are_told(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "name": "a", "title": "A", "metadata_created": ""}',
        "{",
        "[1]",
        '{"name": "b", "state": "deleted"}',
        '{"title": "không tên"}',
        '{"name": "c", "type": "harvest"}',
        json.dumps({"name": "d", "title": "x" * 2000}),
        json.dumps({"name": "e", "id": "x" * 600}),
        json.dumps(
            {"name": "f", "extras": "x", "tags": 7, "groups": {"a": 1}, "resources": [None, {"url": "x"}, 3]}
        ),
    ]
    (tmp_path / "rows").write_text("\n".join(lines), encoding="utf-8")
    found = list(read_packages(tmp_path / "rows"))
    assert [type(each).__name__ for each in found] == ["Record", *["Unreadable"] * 7, "Record"]
    assert all(each.reason.vi and each.reason.en for each in found if isinstance(each, Unreadable))
    last = found[-1]
    assert isinstance(last, Record) and last.fields["extras"]["resources_without_address"] == [
        None,
        {"url": "x"},
        3,
    ]


@given(row=st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20),
                        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
                            st.one_of(st.sampled_from(["id", "name", "title", "extras", "tags", "groups", "resources",
                                                       "url", "key", "value", "organization", "columns", "owner_org"]),
                                      st.text(max_size=5)), inner, max_size=6), max_leaves=25))  # fmt: skip
def test_no_row_breaks_the_reader(row: Any) -> None:
    if isinstance(row, dict):
        try:
            record_of(row, 1)
        except NotAPackage as error:
            assert error.fields
