"""The catalogues that judges look at: a hundred real records, and records made by hand, each opened once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from portal.catalog.actors import SYSTEM
from portal.catalog.records import Record, Unreadable
from portal.catalog.services.imports import ImportRun, import_records
from portal.clock import system_clock
from portal.exchange.json_lines import read_json_lines
from portal.jobs.snapshots import writer_of
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.wiring import Portal
from tests.factories import make_portal
from tests.odd_records import add_odd_records
from tests.sites import Site, open_site

RECORDS = 100


def take_in(portal: Portal, records: Iterable[Record | Unreadable]) -> None:
    """Imports records into a catalogue with the portal's own vocabularies; all must be new."""
    with portal.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", system_clock())
    run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock)
    assert {outcome.result for outcome in import_records(run, records)} == {"created"}


def real_records(shared: Path) -> Iterator[Record | Unreadable]:
    """Of the city, then every eighth of the country, so that many publishers are among them."""
    folder = shared / "data" / "catalogue"
    yield from read_json_lines(folder / "danang.jsonl", shared / "data")
    yield from islice(read_json_lines(folder / "vietnam.jsonl", shared / "data"), 0, None, 8)


@pytest.fixture(scope="session")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A hundred real records; nobody may change them."""
    portal = make_portal(tmp_path_factory.mktemp("real"))
    take_in(portal, islice(real_records(shared), RECORDS))
    writer_of(portal).write()
    yield portal
    portal.close()


@pytest.fixture(scope="session")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Records with everything, with nothing, and with what nobody should write; nobody may change them."""
    site = open_site(tmp_path_factory.mktemp("by-hand"))
    with site.portal.database.write() as session:
        add_odd_records(session)
    writer_of(site.portal).write()
    yield site
    site.portal.close()
