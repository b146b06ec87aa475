"""The parent of web server and worker: starts both, passes signals on, restarts the worker, ends with the web."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

import structlog

_log = structlog.get_logger("portal.serve")
_POLL_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Parent:
    """Two children with our own output streams, so that their lines pass through untouched."""

    def __init__(self, web: Sequence[str], worker: Sequence[str], environment: Mapping[str, str]) -> None:
        self._environment, self._worker_command = environment, worker
        self._stopping, self._failures = False, 0
        self._start_again: float | None = None
        # A closed terminal ends what was started in it; a service reloads on the same signal.
        self._hangup_stops = sys.stdin is not None and sys.stdin.isatty()
        self._worker, self._started = self._start(worker), time.monotonic()
        self._web = self._start(web)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._pass_on)

    def run(self) -> int:
        """Waits for the web server to end; answers the exit code for the whole."""
        while self._web.poll() is None:
            time.sleep(_POLL_SECONDS)
            if not self._stopping:
                self._keep_worker(time.monotonic())
        self._worker.terminate()
        try:
            self._worker.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._worker.kill()
        return 0 if self._stopping else self._web.returncode or 1

    def _keep_worker(self, now: float) -> None:
        if self._start_again is None and self._worker.poll() is not None:
            # 0 is a worker that was told to start anew (SIGHUP).
            is_calm = self._worker.returncode == 0 or now - self._started > _STABLE_SECONDS
            self._failures = 0 if is_calm else self._failures + 1
            pause = min(_LONGEST_PAUSE_SECONDS, 0.25 * 2**self._failures) if self._failures else 0.0
            _log.warning("worker ended", code=self._worker.returncode, start_again_in=pause)
            self._start_again = now + pause
        if self._start_again is not None and now >= self._start_again:
            self._worker, self._started, self._start_again = self._start(self._worker_command), now, None

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        # The parent has one thread, so that running Python between fork and exec is safe here.
        return subprocess.Popen(command, env=self._environment, preexec_fn=_end_with_parent)

    def _pass_on(self, number: int, _frame: object) -> None:
        if number == signal.SIGHUP and self._hangup_stops:
            number = signal.SIGTERM
        self._stopping |= number != signal.SIGHUP
        for child in (self._web, self._worker):
            child.send_signal(number)


def _end_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
