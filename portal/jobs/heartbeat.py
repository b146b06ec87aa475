"""The worker's sign of life, a file whose time it renews; health checks read its age."""

from __future__ import annotations

import os
import time
from pathlib import Path

INTERVAL_SECONDS = 2.0
# A worker that has been silent for longer is not counted on.
STALE_SECONDS = 30.0
_FILE = "worker.heartbeat"


def beat(var: Path) -> None:
    """Says that the worker is alive now."""
    (var / _FILE).write_text(f"{os.getpid()}\n", encoding="ascii")


def silence_seconds(var: Path) -> float | None:
    """Seconds since the worker last said that it is alive; None when it never did."""
    try:
        return max(0.0, time.time() - (var / _FILE).stat().st_mtime)
    except FileNotFoundError:
        return None


def is_alive(var: Path) -> bool:
    """Whether the worker spoke within `STALE_SECONDS`."""
    silence = silence_seconds(var)
    return silence is not None and silence <= STALE_SECONDS
