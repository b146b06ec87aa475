from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.models import State
from portal.catalog.records import DatasetFields, FileSource, Outcome, Record, RecordDistribution, Unreadable
from portal.catalog.services import datasets
from portal.catalog.services.imports import ImportRun, import_records
from portal.database import Database
from portal.files.storage.local import LocalStorage
from portal.text import LocalizedText
from tests.catalog.conftest import NOW

NOTHING = LocalizedText("")


@pytest.fixture
def run(database: Database, storage: LocalStorage) -> ImportRun:
    return ImportRun(database, storage, SYSTEM, lambda: NOW)


def record(
    line: int,
    identifier: str,
    title: str = "Tên",
    files: Iterable[tuple[str, bytes]] = (),
    links: Iterable[str] = (),
    **fields: object,
) -> Record:
    given: DatasetFields = {"title_vi": title, **fields}  # type: ignore[typeddict-item]
    distributions = [
        RecordDistribution(
            name, NOTHING, NOTHING, file=FileSource(name, lambda content=content: io.BytesIO(content))
        )
        for name, content in files
    ]
    distributions += [RecordDistribution(url, NOTHING, NOTHING, "CSV", url) for url in links]
    return Record(line, identifier, given, tuple(distributions))


def results(outcomes: Iterable[Outcome]) -> list[tuple[int, str]]:
    return [(each.line, each.result) for each in outcomes]


def load(run: ImportRun, identifier: str):
    with run.database.read() as session:
        return queries.datasets_for_import(session, [identifier]).get(identifier)


def test_records_are_published_with_their_files_and_a_second_run_changes_nothing(run: ImportRun):
    records = [
        record(
            n,
            f"r-{n}",
            f"Bảng {n}",
            [(f"b{n}.csv", b"a,b\n%d,2\n" % n)],
            ["https://example.vn/x"],
            keywords=["k"],
        )
        for n in range(1, 301)
    ]
    assert Counter(each.result for each in import_records(run, records)) == {"created": 300}
    assert Counter(each.result for each in import_records(run, records)) == {"unchanged": 300}
    stored = load(run, "r-7")
    assert stored is not None
    assert (stored.state, stored.version, len(stored.distributions)) == (State.PUBLISHED, 1, 2)
    [file] = stored.distributions[0].file_versions
    with run.storage.open(file.sha256) as stream:
        assert stream.read() == b"a,b\n7,2\n"


def test_a_new_file_becomes_a_version_and_a_missing_link_goes(run: ImportRun):
    list(import_records(run, [record(1, "r", files=[("a.csv", b"a\n1\n")], links=["https://a.vn/1"])]))
    [outcome] = import_records(run, [record(1, "r", files=[("a.csv", b"a\n2\n")])])
    assert (outcome.result, outcome.fields) == ("changed", ("distributions",))
    stored = load(run, "r")
    assert stored is not None
    assert [[each.number for each in d.file_versions] for d in stored.distributions] == [[1, 2]]
    [outcome] = import_records(run, [record(1, "r")])
    assert outcome.result == "unchanged", "an import never removes a file"


def test_a_key_that_is_absent_leaves_the_stored_value(run: ImportRun):
    list(
        import_records(run, [record(1, "r", description_vi="Mô tả", keywords=["a"], extras={"x": 1, "y": 2})])
    )
    [outcome] = import_records(run, [record(1, "r", keywords=[], extras={"x": None, "z": 3})])
    assert outcome.fields == ("extras", "keywords")
    stored = load(run, "r")
    assert stored is not None
    assert (stored.description_vi, stored.keywords, stored.extras) == ("Mô tả", [], {"y": 2, "z": 3})


def test_each_bad_record_is_told_and_the_rest_is_taken(run: ImportRun):
    def broken() -> io.BytesIO:
        raise OSError

    unreadable = RecordDistribution("x", NOTHING, NOTHING, file=FileSource("x.csv", broken))
    outcomes = list(
        import_records(
            run,
            [
                record(1, "good"),
                Unreadable(2, LocalizedText("Dòng hỏng.", "Broken line.")),
                record(3, "empty-file", files=[("a.csv", b"")]),
                record(4, "good"),
                record(5, "no-title", title=""),
                replace(record(6, "unreadable-file"), distributions=(unreadable,)),
                record(7, "also-good"),
            ],
        )
    )
    assert results(outcomes) == [
        (1, "created"), (2, "refused"), (3, "refused"), (4, "refused"), (5, "refused"), (6, "refused"), (7, "created"),
    ]  # fmt: skip
    reasons = {each.line: each.reason for each in outcomes if each.reason}
    assert reasons[3].vi == "a.csv: Tệp rỗng (0 byte)."
    assert "earlier line" in (reasons[4].en or "")
    assert all(reason.vi and reason.en for reason in reasons.values())
    assert load(run, "empty-file") is None


def test_a_dry_run_tells_the_same_and_writes_nothing(run: ImportRun):
    list(import_records(run, [record(1, "old", files=[("a.csv", b"a\n1\n")])]))
    dry = replace(run, dry_run=True)
    records = [
        record(1, "old", files=[("a.csv", b"a\n2\n")]),
        record(2, "new", files=[("b.csv", b"b\n1\n")]),
        record(3, "empty", files=[("c.csv", b"")]),
    ]
    assert results(import_records(dry, records)) == [(1, "changed"), (2, "created"), (3, "refused")]
    assert len(list(run.storage.hashes())) == 1
    assert load(run, "new") is None
    assert results(import_records(run, records)) == [(1, "changed"), (2, "created"), (3, "refused")]


def test_drafts_are_published_by_a_later_import_and_withdrawn_records_stay_withdrawn(run: ImportRun):
    list(import_records(replace(run, publish=False), [record(1, "r")]))
    stored = load(run, "r")
    assert stored is not None and stored.state is State.DRAFT
    [outcome] = import_records(run, [record(1, "r")])
    assert outcome.fields == ("state",)
    with run.database.write() as session:
        found = queries.dataset_by_reference(session, stored.slug)
        assert found is not None
        datasets.withdraw(session, SYSTEM, found, "Sai", NOW)
    [outcome] = import_records(run, [record(1, "r", "Tên mới")])
    assert outcome.result == "refused"


def test_slugs_of_similar_ids_never_collide(run: ImportRun):
    ids = ["Giá đất", "gia dat", "gia-dat", "GIA DAT", "gia-dat-", "giá  đất"]
    outcomes = list(import_records(run, [record(n, each) for n, each in enumerate(ids, 1)]))
    assert {each.result for each in outcomes} == {"created"}
    slugs = {stored.slug for each in ids if (stored := load(run, each))}
    assert len(slugs) == len(ids)
    assert "gia-dat" in slugs
