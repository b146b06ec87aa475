"""From a commit to its being seen by others; prints milliseconds as JSON. Run beside a portal that serves.

python -m tests.bench.latency COUNT PORT     (PORTAL_VAR names the catalogue)
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from urllib.parse import quote

from portal.catalog.actors import SYSTEM
from portal.catalog.services.imports import ImportRun, import_records
from portal.exchange.json_lines import read_json_lines
from portal.settings import read_settings
from portal.wiring import open_portal
from tests.bench.catalogues import changed_row, marker
from tests.bench.figures import percentile
from tests.running import Installation

_PATIENCE_SECONDS = 10.0


def main(count: int, port: int) -> None:
    """`count` records, one commit each; the next one when the one before is found."""
    portal = open_portal(read_settings())
    reader = Installation(portal.settings.var, port)
    run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock)
    shown, found = [], []
    for number in range(count):
        source = Path(portal.settings.var) / "one.jsonl"
        source.write_text(changed_row(number), encoding="utf-8")
        list(import_records(run, read_json_lines(source)))
        begun = time.monotonic()
        shown.append(_wait(reader, f"/api/v1/datasets/moi-{number}", f"moi-{number}", begun))
        found.append(_wait(reader, f"/api/v1/datasets?q={quote(marker(number))}", f"moi-{number}", begun))
    print(
        json.dumps(
            {
                f"{name} p{round(share * 100)}": percentile(values, share) * 1000
                for name, values in (("api", shown), ("search", found))
                for share in (0.5, 0.95)
            }
        )
    )


def _wait(reader: Installation, path: str, slug: str, begun: float) -> float:
    """Seconds since `begun` when the answer speaks of `slug`."""
    while time.monotonic() - begun < _PATIENCE_SECONDS:
        answer = reader.request(path)
        if answer.status == 200 and f'"{slug}"'.encode() in answer.body:
            return time.monotonic() - begun
        time.sleep(0.005)
    raise AssertionError(f"{path}: {slug} is not seen after {_PATIENCE_SECONDS} s")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
