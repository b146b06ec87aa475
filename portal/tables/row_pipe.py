"""The pipes to a row process: requests and frames, deadlines, and an end that always comes."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import portal

_ROOT = Path(portal.__file__).resolve().parent.parent
_BOOTSTRAP = "import sys; sys.path.insert(0, sys.argv[1]); from portal.tables.row_child import main; main()"
_FAILED = 0xFFFFFFFF
_MEBIBYTE = 1024**2
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RowLimits:
    """What one question may cost, and how many may be asked at once on this machine."""

    seconds: float = 5.0
    export_seconds: float = 600.0
    compare_seconds: float = 30.0
    answer_bytes: int = 8 * _MEBIBYTE
    address_bytes: int = 2048 * _MEBIBYTE
    engine_memory_bytes: int = 512 * _MEBIBYTE
    # Small: what does not fit is sorted and grouped on disk.
    export_memory_bytes: int = 200 * _MEBIBYTE
    export_bytes: int = 2048 * _MEBIBYTE
    threads: int = 2
    slots: int = 2
    export_slots: int = 4
    wait_seconds: float = 2.0


class ChildFailed(Exception):
    """The child died, was too slow, or said that it cannot; `code` tells which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Child:
    """A child and the pipes to it."""

    def __init__(self, folder: Path, limits: RowLimits, *, writes: int) -> None:
        self._work = tempfile.TemporaryDirectory(prefix="rows-")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOTSTRAP, str(_ROOT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "TZ": "UTC"},
            cwd="/",
            start_new_session=True,
        )
        fence = {
            "address_bytes": limits.address_bytes,
            "output_bytes": writes,
            "open_files": 64,
            "niceness": 0,
        }
        # Who may write may also sort more than fits into memory; the folder goes with the process.
        spill = str(Path(self._work.name) / "spill") if writes else ""
        memory = limits.export_memory_bytes if writes else limits.engine_memory_bytes
        setting = {"folder": str(folder), "work": self._work.name, "spill": spill, "limits": fence}
        self.send({**setting, "engine_memory_bytes": memory, "threads": limits.threads})
        try:
            self.receive(time.monotonic() + _START_SECONDS)
        except ChildFailed:
            self.kill()
            raise

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def send(self, request: dict[str, Any]) -> None:
        """One request. A child that died breaks the pipe: OSError."""
        content = json.dumps(request).encode("utf-8", "replace")
        assert self._process.stdin is not None
        self._process.stdin.write(len(content).to_bytes(4, "big") + content)
        self._process.stdin.flush()

    def receive(self, deadline: float) -> bytes | None:
        """One frame, or None for the frame that ends an export. Raises ChildFailed."""
        length = int.from_bytes(self._exactly(4, deadline), "big")
        if length != _FAILED:
            return self._exactly(length, deadline) if length else None
        size = int.from_bytes(self._exactly(4, deadline), "big")
        raise ChildFailed(str(json.loads(self._exactly(size, deadline)).get("error")))

    def kill(self) -> None:
        """Ends it and removes what it wrote."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._work.cleanup()

    def _exactly(self, size: int, deadline: float) -> bytes:
        assert self._process.stdout is not None
        descriptor, content = self._process.stdout.fileno(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(content) < size:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise ChildFailed("time")
                piece = os.read(descriptor, size - len(content))
                if not piece:
                    raise ChildFailed("died")
                content += piece
        return bytes(content)
