"""Writes the documents of the whole catalogue twice, from nothing and after one change; prints figures as JSON."""

from __future__ import annotations

import json
import time

from sqlalchemy import select

from portal.catalog.actors import SYSTEM
from portal.catalog.lifecycle import Act
from portal.catalog.models import Dataset, State
from portal.catalog.queries import load_everything
from portal.catalog.services.datasets import keep_changed
from portal.exchange.whole_catalogue import DOCUMENTS
from portal.jobs.snapshots import writer_of
from portal.settings import read_settings
from portal.wiring import Portal, open_portal


def main() -> None:
    portal = open_portal(read_settings())
    writer = writer_of(portal)
    writer.forget()
    figures = {"documents, written from nothing": _seconds(portal)}
    _change_one(portal)
    figures["documents, written after one change"] = _seconds(portal)
    snapshot = writer.snapshots.current()
    assert snapshot is not None
    for name in DOCUMENTS:
        figures[f"{name}, size"] = snapshot.path(name).stat().st_size / 1024**2
        figures[f"{name}, size in brotli"] = snapshot.path(name, "br").stat().st_size / 1024**2
    print(json.dumps(figures))


def _seconds(portal: Portal) -> float:
    begun = time.perf_counter()
    writer_of(portal).write()
    return time.perf_counter() - begun


def _change_one(portal: Portal) -> None:
    with portal.database.write() as session:
        first = select(Dataset).where(Dataset.state == State.PUBLISHED).order_by(Dataset.id).limit(1)
        dataset = load_everything(session, session.scalars(first).one())
        dataset.provenance = "Đo."
        keep_changed(session, dataset, SYSTEM, Act.UPDATE, portal.clock())


if __name__ == "__main__":
    main()
