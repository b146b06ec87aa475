"""A seed that was begun and must be finished, kept as a file in the data folder until all of it is there."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

_FILE = "seed-owed.json"


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """How many datasets the catalogue shall be born with, and whether illustrative ones fill up to that."""

    size: int
    with_illustrative: bool


def read_owed(var: Path) -> SeedPlan | None:
    """The plan of a seed that did not come to its end; None when there is none."""
    try:
        return SeedPlan(**json.loads((var / _FILE).read_bytes()))
    except FileNotFoundError:
        return None


def owe(var: Path, plan: SeedPlan) -> None:
    """Notes the plan, durably, before anything of it is done."""
    var.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = var / f"{_FILE}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(plan), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(var / _FILE)


def settle(var: Path) -> None:
    """Forgets the plan: everything is there."""
    (var / _FILE).unlink(missing_ok=True)
