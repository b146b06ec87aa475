"""Memory of processes as Linux accounts for it, in MiB."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path


def private_mib(pid: int) -> float:
    """What would be freed if the process ended: shared mappings are not counted."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return (
        sum(int(each) for each in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+)", text, re.MULTILINE)) / 1024
    )


def filled_mib(pid: int) -> float:
    """Nearly the same, told at once: the exact figure makes the system walk all pages while the process waits."""
    _, resident, shared, *_ = map(int, Path(f"/proc/{pid}/statm").read_text().split())
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def peak_mib(pid: int) -> float:
    """The most that was resident at any time."""
    found = re.search(r"^VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


class PeakPrivate:
    """Samples the private memory of a process until told to stop: mapped files are no cost of their reader."""

    def __init__(self, pid: int) -> None:
        self._pid, self.mib = pid, 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self.mib

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            try:
                self.mib = max(self.mib, private_mib(self._pid))
            except (FileNotFoundError, ProcessLookupError):
                return
