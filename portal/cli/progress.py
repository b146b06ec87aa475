"""Progress of long steps on standard error: one line that renews itself, or a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

T = TypeVar("T")
_TERMINAL_SECONDS = 0.2
_FILE_SECONDS = 5.0


def tracked(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """The same items, counted aloud; says at the end how many there were and how long they took."""
    started = shown = time.monotonic()
    is_terminal = sys.stderr.isatty()
    interval = _TERMINAL_SECONDS if is_terminal else _FILE_SECONDS
    count = 0
    for item in items:
        yield item
        count += 1
        now = time.monotonic()
        if now - shown >= interval:
            shown = now
            line = _line(label, count, total, now - started)
            click.echo(f"\r{line}\033[K" if is_terminal else line, err=True, nl=not is_terminal)
    line = _line(label, count, total, time.monotonic() - started)
    click.echo(f"\r{line}\033[K" if is_terminal else line, err=True)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Says what is being done and, when it is done, how long it took."""
    started = time.monotonic()
    click.echo(f"{label} ...", err=True)
    yield
    click.echo(f"{label}: {time.monotonic() - started:.1f} s", err=True)


def _line(label: str, count: int, total: int | None, seconds: float) -> str:
    of_all = f"/{total:,}" if total else ""
    rate = f", {count / seconds:,.0f}/s" if seconds >= 0.5 else ""
    return f"{label}: {count:,}{of_all} in {seconds:.1f} s{rate}"
