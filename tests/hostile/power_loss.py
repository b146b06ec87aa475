"""What a loss of power takes from uploads: bytes that were not synced, names whose folder was not synced after.

kill -9 leaves all of it in the memory of the system. Processes started with the environment of `witnessed` note every
fsync and rename; `lose_power` then makes the folder of files what the disk alone would have kept.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.running import REPOSITORY

MUTANTS_FOLDER = Path(__file__).parent / "mutants"


def witnessed(log: Path) -> dict[str, str]:
    """The environment in which syncs and renames are noted in `log`."""
    return {"PYTHONPATH": f"{MUTANTS_FOLDER}{os.pathsep}{REPOSITORY}", "PORTAL_TEST_POWER_LOG": str(log)}


def lose_power(files: Path, log: Path) -> int:
    """Takes away what was not durable; answers how many files lost their bytes or their name."""
    lines = [line.split() for line in log.read_text(encoding="ascii").splitlines()]
    sizes: dict[str, int] = {}
    renamed: dict[str, int] = {}
    synced: dict[str, int] = {}
    for moment, (event, inode, size) in enumerate(lines):
        if event == "rename":
            renamed[inode] = moment
        else:
            sizes[inode], synced[inode] = int(size), moment
    lost = 0
    for path in files.glob("[0-9a-f][0-9a-f]/*"):
        state, folder = path.stat(), str(path.parent.stat().st_ino)
        inode = str(state.st_ino)
        if inode in renamed and synced.get(folder, -1) < renamed[inode]:
            path.unlink()
        elif sizes.get(inode) != state.st_size:
            os.truncate(path, 0)
        else:
            continue
        lost += 1
    return lost
