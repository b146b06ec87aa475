"""Untrusted bytes are read in a child process: limits on memory, time and output, no environment, no network."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import portal

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Ending = Literal["done", "failed", "memory", "processor-time", "time", "output", "crashed"]

MEBIBYTE = 1024**2
_ROOT = Path(portal.__file__).resolve().parent.parent
# -I: neither the environment nor the current folder says what is imported.
_BOOTSTRAP = (
    "import sys; sys.path.insert(0, sys.argv[1]); from portal.files.sandbox_child import main; main()"
)
_MAX_REPORT_BYTES = 16 * MEBIBYTE
_MAX_LINE_BYTES = 64 * 1024
_POLL_SECONDS = 0.25
_LAST_WORDS_SECONDS = 5.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use; `seconds` of the clock end it from outside whatever it does.

    `memory_bytes` is what it may fill, looked at a few times a second; `address_bytes` what it may ask for, held
    by the system. Libraries ask for far more than they fill."""

    memory_bytes: int = 1024 * MEBIBYTE
    address_bytes: int = 2048 * MEBIBYTE
    processor_seconds: int = 120
    seconds: float = 300.0
    output_bytes: int = 2048 * MEBIBYTE
    open_files: int = 256
    # 0 for work that somebody waits for; 10 leaves the machine to the web processes.
    niceness: int = 10


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: an argument made of plain JSON, and the only folder that it may write to."""

    argument: Mapping[str, Json]
    folder: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one job ended. `report` is what the task answered, present only when `ending` is `done`; `detail`
    is for the log: an error's name, a signal."""

    position: int
    ending: Ending
    report: Mapping[str, Json] | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life of the job at `position`: how much of its input is read (0 to 1) and a word on the step."""

    position: int
    share: float
    step: str


def run(
    task: str,
    jobs: Sequence[Job],
    limits: Limits | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Iterator[Outcome]:
    """One outcome per job, in order. `task` is `package.module:function`, called in the child as
    `function(argument, folder, progress)`. A job that ends its child does not end the list: a new child takes
    the rest. `stop` is asked a few times a second; once true, the child is killed and the list ends."""
    position = 0
    while position < len(jobs) and not (stop is not None and stop()):
        child = _Child(task, jobs[position:], position, limits or Limits(), on_progress, stop)
        try:
            for outcome in child.outcomes():
                position = outcome.position + 1
                yield outcome
        finally:
            child.kill()


class _Child:
    """One child process and the jobs it was given; a dead child leaves the jobs after the one that killed it."""

    def __init__(
        self,
        task: str,
        jobs: Sequence[Job],
        first: int,
        limits: Limits,
        on_progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._jobs, self._first, self._limits = jobs, first, limits
        self._on_progress, self._stop = on_progress, stop
        self._process = _spawn(task, jobs, limits)
        self._buffer = b""

    def outcomes(self) -> Iterator[Outcome]:
        """Outcomes until the list is done or the child is dead."""
        for index in range(len(self._jobs)):
            outcome = self._wait_for(index)
            if outcome is None:
                return
            yield outcome
            if outcome.ending not in ("done", "failed"):
                return

    def kill(self) -> None:
        """Ends the child and whatever it started."""
        if self._process.poll() is None:
            # The child leads its own group, and is not yet waited for: the number is still its own.
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _wait_for(self, index: int) -> Outcome | None:
        deadline = time.monotonic() + self._limits.seconds
        while True:
            line = self._next_line(deadline)
            if line is None:
                return self._silent(index, deadline)
            message = _parse(line)
            if message.get("event") == "progress" and self._on_progress is not None:
                share, step = message.get("share"), message.get("step")
                if isinstance(share, int | float) and isinstance(step, str):
                    self._on_progress(Progress(self._first + index, float(share), step))
            elif message.get("event") == "end":
                return self._ended(index, message)

    def _next_line(self, deadline: float) -> bytes | None:
        """A line of the child; None when it is dead, too late, stopped, or talks without an end."""
        pipe = self._process.stdout
        assert pipe is not None
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if time.monotonic() > deadline or self._stopped() or len(self._buffer) > _MAX_LINE_BYTES:
                    return None
                if _resident_bytes(self._process.pid) > self._limits.memory_bytes:
                    self.kill()
                    return None
                if selector.select(_POLL_SECONDS):
                    piece = os.read(pipe.fileno(), _MAX_LINE_BYTES)
                    if not piece:
                        return None
                    self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _stopped(self) -> bool:
        return self._stop is not None and self._stop()

    def _silent(self, index: int, deadline: float) -> Outcome | None:
        if self._stopped():
            return None
        is_late = time.monotonic() > deadline
        try:
            # A child whose pipe has ended is ending itself; one that talks nonsense would go on for ever.
            code = self._process.wait(0 if is_late else _LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return Outcome(self._first + index, "time" if is_late else "crashed", detail="killed")
        return Outcome(self._first + index, _ending_of(code), detail=f"exit {code}")

    def _ended(self, index: int, message: Mapping[str, Json]) -> Outcome:
        detail = str(message.get("detail") or "")
        match message.get("ending"):
            case "done":
                report = _read_report(self._jobs[index].folder)
                if report is not None:
                    return Outcome(self._first + index, "done", report)
                return Outcome(self._first + index, "output", detail="report too large or not readable")
            case ("failed" | "memory" | "processor-time" | "output") as ending:
                return Outcome(self._first + index, ending, detail=detail)
        return Outcome(self._first + index, "crashed", detail=detail)


def _spawn(task: str, jobs: Sequence[Job], limits: Limits) -> subprocess.Popen[bytes]:
    order = {
        "task": task,
        "limits": asdict(limits),
        "jobs": [{"argument": dict(job.argument), "folder": str(job.folder)} for job in jobs],
    }
    # A file, not a pipe: a long list must not wait for a child that is still starting.
    with tempfile.TemporaryFile() as orders:
        orders.write(json.dumps(order).encode())
        orders.seek(0)
        return subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOTSTRAP, str(_ROOT)],
            stdin=orders,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8", "TZ": "UTC"},
            cwd="/",
            close_fds=True,
            start_new_session=True,
        )


def _resident_bytes(pid: int) -> int:
    """Memory that a process fills; 0 where the system does not tell, or it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except (OSError, IndexError, ValueError):
        return 0


def _parse(line: bytes) -> Mapping[str, Json]:
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _read_report(folder: Path) -> Mapping[str, Json] | None:
    path = folder / "report.json"
    if not path.is_file() or path.is_symlink() or path.stat().st_size > _MAX_REPORT_BYTES:
        return None
    return _parse(path.read_bytes()) or None


def _ending_of(code: int) -> Ending:
    if code == -signal.SIGXCPU:
        return "processor-time"
    # Without swap, the system ends a process that asks for too much with this signal; nobody else here sends it.
    return "memory" if code == -signal.SIGKILL else "crashed"
