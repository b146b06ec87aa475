"""The row process of this web process: what pages and APIs ask for rows, started with the first question."""

from __future__ import annotations

from threading import Lock

from flask import Flask, current_app

from portal.settings import Settings
from portal.tables.differences.asking import Comparisons
from portal.tables.rows import RowProcess

_KEY = "portal.rows"


class _Rows:
    """Makes the process in the worker that asks, never before a fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._process: RowProcess | None = None
        self._comparisons: Comparisons | None = None

    def process(self) -> RowProcess:
        with self._lock:
            if self._process is None:
                self._process = RowProcess(self._settings.tables_folder, self._settings.row_slots_folder)
            return self._process

    def comparisons(self) -> Comparisons:
        process = self.process()
        with self._lock:
            if self._comparisons is None:
                self._comparisons = Comparisons(process)
            return self._comparisons


def install(app: Flask, settings: Settings) -> None:
    """Lets views of `app` ask for rows."""
    app.extensions[_KEY] = _Rows(settings)


def row_process() -> RowProcess:
    """What answers row queries in this web process; safe for threads."""
    rows: _Rows = current_app.extensions[_KEY]
    return rows.process()


def comparisons() -> Comparisons:
    """What compares versions of tables in this web process; safe for threads."""
    rows: _Rows = current_app.extensions[_KEY]
    return rows.comparisons()
