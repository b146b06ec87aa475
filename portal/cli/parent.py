"""The parent of web server and worker: starts both, passes signals on, brings back what was killed."""

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
# Of a web server that was killed, until the whole is left to whoever started it.
_MOST_FAILURES = 6
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class _Child:
    """A program that is started again after it has ended, after longer and longer pauses when it ends young."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._name, self._command, self._environment = name, command, environment
        self.failures = 0
        self._start_again: float | None = None
        self._start()

    @property
    def ended(self) -> int | None:
        """Its exit code, once; None while it runs and while it waits to be started again."""
        return self.process.poll() if self._start_again is None else None

    def lived_long(self) -> bool:
        """Whether it ran so long that what ended it is a new matter."""
        return time.monotonic() - self._started > _STABLE_SECONDS

    def owe_start(self, *, was_expected: bool) -> None:
        """Lets `start_when_due` start it, soon at first."""
        self.failures = 0 if was_expected or self.lived_long() else self.failures + 1
        pause = min(_LONGEST_PAUSE_SECONDS, 0.25 * 2**self.failures) if self.failures else 0.0
        _log.warning(f"{self._name} ended", code=self.process.returncode, start_again_in=pause)
        self._start_again = time.monotonic() + pause

    def start_when_due(self) -> None:
        """Starts it if it is owed and the pause is over."""
        if self._start_again is not None and time.monotonic() >= self._start_again:
            self._start()

    def _start(self) -> None:
        # The parent has one thread, so that running Python between fork and exec is safe here.
        self.process = subprocess.Popen(self._command, env=self._environment, preexec_fn=_end_with_parent)
        self._started, self._start_again = time.monotonic(), None


class Parent:
    """Two children with our own output streams, so that their lines pass through untouched."""

    def __init__(self, web: Sequence[str], worker: Sequence[str], environment: Mapping[str, str]) -> None:
        self._stopping = self._web_was_killed = False
        # A closed terminal ends what was started in it; a service reloads on the same signal.
        self._hangup_stops = sys.stdin is not None and sys.stdin.isatty()
        self._worker = _Child("worker", worker, environment)
        self._web = _Child("web server", web, environment)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._pass_on)

    def run(self) -> int:
        """Waits for the web server to end by itself or by a signal to us; answers the exit code for the whole."""
        while not self._is_over():
            time.sleep(_POLL_SECONDS)
            if not self._stopping:
                self._keep_worker()
                self._keep_web()
        worker = self._worker.process
        worker.terminate()
        try:
            worker.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
        return 0 if self._stopping else abs(self._web.process.returncode) or 1

    def _is_over(self) -> bool:
        if self._stopping:
            return self._web.process.poll() is not None
        code = self._web.ended
        return code is not None and not self._comes_back(code)

    def _comes_back(self, code: int) -> bool:
        """A web server that was killed is started again. One that ends by itself was told to, or cannot start:
        then the whole ends, unless it is on its way back and what the killed one left is still in its way."""
        if self._web.lived_long():
            self._web_was_killed = False
        self._web_was_killed |= code < 0
        return self._web_was_killed and self._web.failures < _MOST_FAILURES

    def _keep_worker(self) -> None:
        # 0 is a worker that was told to start anew (SIGHUP).
        if self._worker.ended is not None:
            self._worker.owe_start(was_expected=self._worker.ended == 0)
        self._worker.start_when_due()

    def _keep_web(self) -> None:
        code = self._web.ended
        if code is not None and self._comes_back(code):
            self._web.owe_start(was_expected=False)
        self._web.start_when_due()

    def _pass_on(self, number: int, _frame: object) -> None:
        if number == signal.SIGHUP and self._hangup_stops:
            number = signal.SIGTERM
        self._stopping |= number != signal.SIGHUP
        for child in (self._web, self._worker):
            child.process.send_signal(number)


def _end_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
