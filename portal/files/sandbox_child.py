"""The inside of the sandbox: limits first, then the task, one job after the other; started by `sandbox.run`."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_SIGKILL = 9
_HARD_SECONDS = 24 * 3600


def main() -> None:
    """Reads the order from standard input, does it, and tells what became of each job on standard output."""
    order = json.load(sys.stdin)
    # What the task prints must not be taken for an answer.
    answers = os.dup(1)
    os.dup2(2, 1)
    fence(order["limits"])
    module, _, function = order["task"].partition(":")
    task = getattr(import_module(module), function)
    for job in order["jobs"]:
        _allow_processor_time(order["limits"]["processor_seconds"])
        _do(task, job, answers)


def _do(task: Callable[..., Any], job: dict[str, Any], answers: int) -> None:
    folder = Path(job["folder"])

    def progress(share: float, step: str) -> None:
        _tell(answers, {"event": "progress", "share": share, "step": step})

    try:
        report = task(job["argument"], folder, progress)
        (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    except MemoryError:
        _tell(answers, {"event": "end", "ending": "memory"})
        # What the allocator lost by then is not given back; the rest of the list deserves a fresh child.
        os._exit(0)
    except Exception as error:
        # The border of the process: whatever went wrong with one file is told, and the next file is read.
        _tell(answers, {"event": "end", "ending": _ending_of(error), "detail": type(error).__name__})
    else:
        _tell(answers, {"event": "end", "ending": "done"})


def _ending_of(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOSPC, errno.EDQUOT):
        return "output"
    return "memory" if "OutOfMemory" in type(error).__name__ else "failed"


def _tell(answers: int, message: dict[str, Any]) -> None:
    os.write(answers, json.dumps(message).encode() + b"\n")


def fence(limits: dict[str, Any]) -> None:
    """Takes from this process what untrusted work must not have: memory, files, network, outliving its parent."""
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # Without its own network where the system allows it; the limits below hold everywhere.
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    with suppress(OSError):
        os.nice(limits["niceness"])
    os.umask(0o077)
    for what, most in (
        (resource.RLIMIT_AS, limits["address_bytes"]),
        (resource.RLIMIT_FSIZE, limits["output_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _allow_processor_time(seconds: int) -> None:
    """So many seconds more than were used so far: the limit is meant for one file, not for the list."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, _HARD_SECONDS))
