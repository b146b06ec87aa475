"""Progress of long steps on standard error: one line that renews itself, or a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

T = TypeVar("T")
_TERMINAL_SECONDS = 0.2
_FILE_SECONDS = 5.0


class _Line:
    def __init__(self, label: str, total: int | None) -> None:
        self._label, self._total = label, total
        self._is_terminal = sys.stderr.isatty()
        self._interval = _TERMINAL_SECONDS if self._is_terminal else _FILE_SECONDS
        self._started = self._shown = time.monotonic()
        self.count = 0

    def reach(self, count: int) -> None:
        self.count = count
        now = time.monotonic()
        if now - self._shown >= self._interval:
            self._shown = now
            self._show(is_last=False)

    def end(self) -> None:
        self._show(is_last=True)

    def _show(self, *, is_last: bool) -> None:
        if self._is_terminal:
            click.echo(f"\r{self._text()}\033[K", err=True, nl=is_last)
        else:
            click.echo(self._text(), err=True)

    def _text(self) -> str:
        seconds = time.monotonic() - self._started
        if not self.count:
            return f"{self._label}: {seconds:.1f} s"
        of_all = f"/{self._total:,}" if self._total else ""
        rate = f", {self.count / seconds:,.0f}/s" if seconds >= 0.5 else ""
        return f"{self._label}: {self.count:,}{of_all} in {seconds:.1f} s{rate}"


def tracked(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """The same items, counted aloud; says at the end how many there were and how long they took."""
    line = _Line(label, total)
    for item in items:
        yield item
        line.reach(line.count + 1)
    line.end()


@contextmanager
def counter(label: str) -> Iterator[Callable[[int], None]]:
    """A function to tell how many are done; says at the end how long it took."""
    line = _Line(label, None)
    yield line.reach
    line.end()
