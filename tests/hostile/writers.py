"""Four processes of clients write at once through a portal of four web processes: nothing is lost, nobody is sent away.

    python -m tests.hostile.writers [--rounds 40] [--database URL]

Each client makes datasets with a file, publishes them, and counts up one record that all share: it reads a number,
adds one, and begins again when somebody was faster (412). Every other failure is a violation, and so is a wait of
more than 2 s for an answer that says that the database is busy. SQLite unless `--database` names a PostgreSQL.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import percentile
from tests.hostile.inspection import violations
from tests.running import Answer, Caller, Installation, staffed

PROCESSES = 4
SHARED = "chung"
_PATIENCE_SECONDS = 2.0
_COMPLETE = {
    "description": "Mỗi dòng là một lần đo.",
    "themes": ["moi-truong"],
    "licence": "cc-by-4.0",
    "frequency": "annual",
    "access_level": "public",
    "contact": {"name": "Phòng dữ liệu", "email": "dulieu@example.vn"},
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what it was for, what came, and how long that took. `name`: the dataset it was about."""

    what: str
    status: int
    seconds: float
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All requests, the seconds that they took together, and what was wrong."""

    asked: list[Asked]
    seconds: float
    violations: list[str]


def write_at_once(installation: Installation, rounds: int) -> Outcome:
    """The whole run on a portal that serves."""
    callers = staffed(installation)
    root = callers["administrator"]
    root.take("POST", "datasets", {"title": "Chung", "identifier": SHARED, "agency": "so-y-te"})
    jobs = [(callers["publisher"], number, rounds) for number in range(PROCESSES)]
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        asked = [each for found in pool.starmap(_client, jobs) for each in found]
    seconds = time.monotonic() - begun
    return Outcome(asked, seconds, [*_bad(asked), *_lost(installation, root, asked, rounds)])


def _client(caller: Caller, number: int, rounds: int) -> list[Asked]:
    done: list[Asked] = []

    def ask(what: str, method: str, path: str, value: object = None, **headers: str) -> Answer:
        begun = time.monotonic()
        answer = caller.call(method, path, value, **headers)
        name = answer.json().get("slug", "") if what == "create" else path.split("/")[1]
        done.append(Asked(what, answer.status, time.monotonic() - begun, name))
        return answer

    for each in range(rounds):
        made = ask("create", "POST", "datasets", {"title": f"Bộ {number}-{each}", **_COMPLETE})
        if made.status == 201:
            slug = made.json()["slug"]
            ask("attach", "POST", f"datasets/{slug}/files?name=a.csv", f"a\n{number}-{each}\n".encode())
            ask("publish", "POST", f"datasets/{slug}/publish")
        while _count_up(caller, ask).status == 412:
            pass
    return done


def _count_up(caller: Caller, ask: Any) -> Answer:
    read = caller.call("GET", f"datasets/{SHARED}")
    body = {"extras": {"số": read.json()["extras"].get("số", 0) + 1}}
    answer: Answer = ask("count", "PATCH", f"datasets/{SHARED}", body, If_Match=read.headers["etag"])
    return answer


def _bad(asked: Sequence[Asked]) -> Iterator[str]:
    wanted = {"create": {201}, "attach": {201}, "publish": {200}, "count": {200, 412}}
    for each in asked:
        if each.status not in wanted[each.what]:
            haste = " before 2 s were over" if each.seconds < _PATIENCE_SECONDS else ""
            yield f"{each.what} {each.name}: {each.status} after {each.seconds:.2f} s{haste}"


def _lost(installation: Installation, root: Caller, asked: Sequence[Asked], rounds: int) -> Iterator[str]:
    shared = root.take("GET", f"datasets/{SHARED}")
    counted = sum(each.what == "count" and each.status == 200 for each in asked)
    if not shared["extras"].get("số") == counted == shared["version"] - 1 == PROCESSES * rounds:
        yield f"{counted} updates were acknowledged, and the record says {shared['extras']}, {shared['version']}"
    for each in asked:
        if each.what == "publish" and each.status == 200:
            record = root.take("GET", f"datasets/{each.name}")
            if len(record["distributions"]) != 1 or record["state"] != "published":
                yield f"{each.name}: {record['state']} with {len(record['distributions'])} files"
    if not installation.environment.get("PORTAL_DATABASE_URL"):
        yield from violations(installation.var, {}, [each.name for each in asked if each.what == "create"])


def tell(outcome: Outcome) -> None:
    """The figures as a table."""
    for what in ("create", "attach", "publish", "count"):
        took = [each.seconds * 1000 for each in outcome.asked if each.what == what]
        statuses = Counter(each.status for each in outcome.asked if each.what == what)
        print(
            f"{what:8} {len(took):5} requests  p50 {percentile(took, 0.5):7.1f} ms  "
            f"p95 {percentile(took, 0.95):7.1f} ms  longest {max(took):7.1f} ms  {dict(statuses)}"
        )
    written = sum(each.status < 300 for each in outcome.asked)
    print(f"{written} writes in {outcome.seconds:.1f} s: {written / outcome.seconds:.0f} a second")
    print(f"{len(outcome.violations)} violations")
    for violation in outcome.violations[:10]:
        print(f"       {violation}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40, help="datasets that each of the four clients makes")
    parser.add_argument("--database", default="", help="postgresql+psycopg://... of an empty database")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portal-writers-"))
    environment = {"PORTAL_WORKERS": str(PROCESSES), "PORTAL_DATABASE_URL": options.database}
    installation = Installation(folder / "var", environment=environment)
    installation.take("init")
    with installation.serving() as serving:
        outcome = write_at_once(installation, options.rounds)
        incidents = [line for line in serving.errors().splitlines() if "request failed" in line]
    outcome.violations.extend(incidents)
    tell(outcome)
    if not outcome.violations:
        shutil.rmtree(folder)
    return int(bool(outcome.violations))


if __name__ == "__main__":
    sys.exit(main())
