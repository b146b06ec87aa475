"""Builds the whole search index beside the present one, as the worker does it; prints its figures as JSON.

python -m tests.bench.building PROCESSES        (PORTAL_VAR names the catalogue; 0: as many as there are processors)
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from portal.catalog.changes import catalogue_version
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.names import load_names
from portal.search.source import load_documents, published_versions
from portal.search.tables import load_glossary
from portal.settings import read_settings
from portal.wiring import open_portal
from tests.bench.memory import PeakPrivate

_DATASETS_AT_ONCE = 500
_STEP = 10_000


def main(processes: int) -> None:
    portal = open_portal(read_settings())
    private = PeakPrivate(os.getpid())
    with tempfile.TemporaryDirectory(dir=portal.settings.var) as folder, portal.database.read() as session:
        begun, begun_work = time.monotonic(), time.process_time()
        ids = sorted(published_versions(session))
        documents = (
            document
            for start in range(0, len(ids), _DATASETS_AT_ONCE)
            for document in load_documents(session, ids[start : start + _DATASETS_AT_ONCE])
        )
        writer = WhooshWriter(Path(folder), processes=processes or None)
        writer.rebuild(
            documents,
            _tell,
            source=catalogue_version(session),
            glossary=load_glossary(session),
            names=load_names(session),
        )
        seconds, work = time.monotonic() - begun, time.process_time() - begun_work
        size = sum(path.stat().st_size for path in Path(folder).glob("gen-*/*"))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "work": work + children.ru_utime + children.ru_stime,
                "MiB": size / 2**20,
                "writer": private.stop(),
                "builder": children.ru_maxrss / 1024,
            }
        )
    )


def _tell(done: int) -> None:
    if done % _STEP == 0:
        print(f"{done:,} datasets", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
