"""kill -9 in the middle of an import, again and again: what was acknowledged must be there, whole and findable.

    python -m tests.hostile.crash [--rounds 12] [--records 1200] [--seed S] [--mutant NAME]

A round: a fresh data folder, `serve`, an import, kill -9 at a random moment of the worker, of the import, of both
or of everything; then the checks, the import again until it is complete, and once more, which changes nothing.
With `--mutant` the portal is broken on purpose and the run succeeds when the harness notices.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.hostile.inspection import committed, leftovers, violations
from tests.hostile.made_catalogue import MadeCatalogue, make_catalogue
from tests.hostile.power_loss import MUTANTS_FOLDER
from tests.hostile.reading import Readers, search_violations
from tests.running import REPOSITORY, Installation, Running, worker_pid

Target = Literal["worker", "import", "both", "everything"]
TARGETS: tuple[Target, ...] = ("worker", "import", "both", "everything")
MUTANTS = ("torn-files", "rows-first", "blind-index")
_AGREE_SECONDS = 30.0
_COMMAND_SECONDS = 180.0
_START_SECONDS = 0.5


@dataclass(slots=True)
class Round:
    """One kill and what came of it."""

    target: Target
    moment: float
    kills: int = 0
    acknowledged: int = 0
    agreed_after: float = 0.0
    read: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every round starts from: an empty catalogue to copy, records to import, and how long that takes."""

    folder: Path
    made: MadeCatalogue
    environment: dict[str, str]
    import_seconds: float

    def installation(self) -> Installation:
        var = Path(tempfile.mkdtemp(dir=self.folder)) / "var"
        shutil.copytree(self.folder / "empty", var)
        return Installation(var, environment=self.environment)


def prepare(folder: Path, records: int, *, seed: int, mutant: str | None = None) -> Ground:
    """Makes the ground; an undisturbed import tells how long one takes here and must be without violations."""
    made = make_catalogue(folder / "made", records, seed=seed)
    Installation(folder / "empty").take("init")
    trial = Ground(folder, made, {}, 0.0).installation()
    finished = trial.take("import", made.source, "--files", made.files, timeout=_COMMAND_SECONDS)
    found = violations(trial.var, made.records, made.records)
    if found:
        raise AssertionError(f"an undisturbed import is not whole: {found[:5]}")
    shutil.rmtree(trial.var.parent)
    return Ground(folder, made, _environment(mutant), finished.seconds)


def rounds(ground: Ground, count: int, chance: random.Random) -> Iterator[Round]:
    """`count` rounds; the targets take turns, in another order each time.

    A round whose import ended before its moment came is not counted: the machine was faster than when it was
    measured, and the next moments come earlier.
    """
    targets: list[Target] = []
    longest, counted = ground.import_seconds, 0
    while counted < count:
        targets = targets or chance.sample(TARGETS, len(TARGETS))
        done = _round(ground, targets[-1], chance, longest)
        if done.kills or done.violations:
            targets.pop()
            counted += 1
            yield done
        else:
            longest = max(2 * _START_SECONDS, done.moment)


def _round(ground: Ground, target: Target, chance: random.Random, longest: float) -> Round:
    done = Round(target, chance.uniform(_START_SECONDS, longest))
    installation = ground.installation()
    serving = installation.start_serving()
    readers = Readers(installation, ground.made, chance.random())
    try:
        importing = _start_import(installation, ground.made)
        time.sleep(done.moment)
        if not importing.is_running():
            return done
        acknowledged = committed(installation.var)
        restarted = time.time()
        with readers.interrupted(target == "everything"):
            done.kills = _kill(target, serving, importing)
            if target == "everything":
                serving = installation.start_serving()
        acknowledged |= _reported(installation.var)
        done.acknowledged = len(acknowledged)
        done.violations += violations(installation.var, ground.made.records, acknowledged)
        if target == "worker":
            done.violations += _outcome("interrupted import", importing.wait(_COMMAND_SECONDS).code, 0)
        done.agreed_after, disagreement = _wait_for_agreement(installation, ground.made, chance)
        done.violations += disagreement
        done.violations += _complete(installation, ground.made, chance)
        if target != "import":
            done.violations += leftovers(installation.var, restarted)
    finally:
        done.read, bad_answers = readers.stop()
        done.violations += bad_answers
        serving.stop()
    if not done.violations:
        shutil.rmtree(installation.var.parent)
    return done


def _start_import(installation: Installation, made: MadeCatalogue) -> Running:
    report = installation.var / "report.jsonl"
    return installation.start("import", made.source, "--files", made.files, "--report", report)


def _kill(target: Target, serving: Running, importing: Running) -> int:
    """kill -9; answers how many processes it was sent to."""
    victims: list[int] = []
    worker = worker_pid(serving)
    if target in ("worker", "both") and worker is not None:
        victims.append(worker)
    if target != "worker" and importing.is_running():
        victims.append(importing.pid)
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    if target == "everything":
        serving.kill()
    if target != "worker":
        importing.kill()
    return len(victims) + (1 if target == "everything" else 0)


def _reported(var: Path) -> set[str]:
    """What the import's own report says was taken, as far as it was written."""
    report = var / "report.jsonl"
    text = report.read_text(encoding="utf-8") if report.exists() else ""
    rows = [json.loads(line) for line in text.split("\n")[:-1]]
    return {row["identifier"] for row in rows if row["result"] in ("created", "changed", "unchanged")}


def _wait_for_agreement(
    installation: Installation, made: MadeCatalogue, chance: random.Random
) -> tuple[float, list[str]]:
    """Polls until `check` and search by HTTP agree with the database; what is still wrong after 30 s."""
    begun = time.monotonic()
    present = sorted(committed(installation.var) & made.records.keys())
    while True:
        check = installation.run("check", timeout=_COMMAND_SECONDS)
        found = [f"check: {line}" for line in check.out.splitlines()[:5]] if check.code else []
        found += search_violations(installation, made, present, chance)
        seconds = time.monotonic() - begun
        if not found or seconds > _AGREE_SECONDS:
            return seconds, found


def _complete(installation: Installation, made: MadeCatalogue, chance: random.Random) -> list[str]:
    """Importing again completes the rest, and once more changes nothing."""
    total = len(made.records)
    found: list[str] = []
    for expected in ({"created", "unchanged"}, {"unchanged"}):
        finished = installation.run("import", made.source, "--files", made.files, timeout=_COMMAND_SECONDS)
        found += _outcome("import again", finished.code, 0)
        counts = _counts(finished.out)
        if sum(counts.get(name, 0) for name in expected) != total:
            found.append(f"import again: {counts}, not {total} {' or '.join(sorted(expected))}")
    found += violations(installation.var, made.records, made.records)
    return found + _wait_for_agreement(installation, made, chance)[1]


def _counts(out: str) -> dict[str, int]:
    last = out.strip().splitlines()[-1] if out.strip() else ""
    return {word: int(number.replace(",", "")) for number, word in re.findall(r"([\d,]+) ([a-z]+)", last)}


def _outcome(what: str, code: int, wanted: int) -> list[str]:
    return [] if code == wanted else [f"{what}: exit code {code}"]


def _environment(mutant: str | None) -> dict[str, str]:
    if mutant is None:
        return {}
    return {"PYTHONPATH": f"{MUTANTS_FOLDER}{os.pathsep}{REPOSITORY}", "PORTAL_TEST_MUTANT": mutant}


def _tell(number: int, done: Round) -> None:
    print(
        f"{number:3}  {done.target:10}  at {done.moment:5.2f} s  kills {done.kills}  acknowledged "
        f"{done.acknowledged:5}  agreed after {done.agreed_after:4.1f} s  read {done.read:4}  "
        f"violations {len(done.violations)}",
        flush=True,
    )
    for violation in done.violations[:8]:
        print(f"       {violation}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--records", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--mutant", choices=MUTANTS, help="break the portal on purpose; 0 when it is noticed")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="portal-crash-"))
    print(f"seed {options.seed}, {options.records} records, data in {folder}", flush=True)
    ground = prepare(folder, options.records, seed=options.seed, mutant=options.mutant)
    print(f"an undisturbed import takes {ground.import_seconds:.1f} s", flush=True)
    done: list[Round] = []
    for each in rounds(ground, options.rounds, random.Random(options.seed)):
        done.append(each)
        _tell(len(done), each)
        if options.mutant and each.violations:
            break
    found = sum(len(each.violations) for each in done)
    print(
        f"{len(done)} rounds, {sum(each.kills for each in done)} kills, "
        f"{sum(each.acknowledged for each in done)} acknowledged, {found} violations"
    )
    if options.mutant or not found:
        shutil.rmtree(folder)
    return int(not found) if options.mutant else int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
