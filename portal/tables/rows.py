"""Rows of a table, asked in a process that can be killed; how many ask at once on a machine is limited by slots."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.errors import TooLarge, Unavailable
from portal.tables.query import RowQuery, Value, token
from portal.tables.row_pipe import Child, ChildFailed, RowLimits
from portal.tables.schema import Schema
from portal.tables.statements import GEOMETRY, Statement, count_statement, rows_statement
from portal.text import LocalizedText

_MAX_TOTALS = 1_000
# Of made-up figures, in every row of their exports. No key of a column begins with an underscore.
MARK = {"key": "_illustrative", "name": "Dữ liệu minh họa (illustrative)", "storage": "BOOLEAN"}


class RowsBusy(Unavailable):
    """As many questions as the machine answers at once are being answered; ask again shortly."""

    message = LocalizedText(
        "Hệ thống đang trả lời nhiều câu hỏi dữ liệu. Vui lòng thử lại sau vài giây.",
        "Many row queries are being answered right now. Please try again in a few seconds.",
    )
    retry_after_seconds = 2
    is_incident = False


class RowsTooSlow(Unavailable):
    """The question took longer than is allowed; a narrower one may not."""

    message = LocalizedText(
        "Câu hỏi dữ liệu cần nhiều thời gian hơn mức cho phép. Hãy thu hẹp điều kiện hoặc tải cả bảng.",
        "The row query needs more time than is allowed. Narrow it, or download the whole table.",
    )
    retry_after_seconds = 10
    is_incident = False


class RowsTooMany(TooLarge):
    """The answer is larger than one answer may be."""

    message = LocalizedText(
        "Câu trả lời quá lớn. Hãy giảm số dòng mỗi trang hoặc chọn ít cột hơn.",
        "The answer is too large. Ask for fewer rows or columns, or download the whole table.",
    )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer. `next`: the word that asks for the page behind it, or None at the end. `texts`: for
    each row, cells that did not fit their column's type, by key. `shapes`: the GeoJSON geometry of each row, where
    they were asked for."""

    keys: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    texts: tuple[Mapping[str, str], ...]
    total: int
    next: str | None
    shapes: tuple[str | None, ...] = ()


class RowProcess:
    """The row process of one web worker, started on first use. Safe for threads, which take turns."""

    def __init__(self, folder: Path, slots: Path, limits: RowLimits | None = None) -> None:
        """`folder`: where Parquet files lie, the only one that is read. `slots`: files that are locked, shared by
        all workers of the machine."""
        self._folder, self._slots, self._limits = folder, slots, limits or RowLimits()
        self._lock = threading.Lock()
        self._child: Child | None = None
        # The system ends a child with the thread that started it, and a server's threads may come and go.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="rows")
        self._totals: OrderedDict[object, int] = OrderedDict()

    @property
    def limits(self) -> RowLimits:
        """What one question may cost."""
        return self._limits

    def page(self, query: RowQuery, schema: Schema, parquet: Path, *, with_shapes: bool = False) -> Page:
        """One page. Raises RowsBusy, RowsTooSlow, RowsTooMany."""
        page, count = (
            rows_statement(query, schema, str(parquet), with_shapes=with_shapes),
            count_statement(query, schema, str(parquet)),
        )
        with self._turn(), taken_slot(self._slots, self._limits):
            deadline = time.monotonic() + self._limits.seconds
            answer = self._ask(page, deadline)
            if query.after is None and len(answer["rows"]) <= query.limit:
                total = len(answer["rows"])
            else:
                total = self._total(count, deadline)
        return _page(query, schema, page, answer, total)

    def export(
        self, query: RowQuery, schema: Schema, parquet: Path, kind: str, *, marked: bool = False
    ) -> Iterator[bytes]:
        """The whole answer as a file of this kind, in pieces, by a process of its own. The first piece is made
        before this returns, so that a failure is still an answer. `marked`: a column tells in every row that the
        figures are made up. Raises RowsBusy and RowsTooSlow."""
        pieces = self._export(query, schema, parquet, kind, marked=marked)
        first = next(pieces, b"")
        return _chained(first, pieces)

    def compare(self, request: dict[str, Any], *, is_large: bool) -> dict[str, Any]:
        """What `differences.compare` answers; large tables are compared by a process of their own, so that pages do
        not wait for them. Raises RowsBusy and RowsTooSlow."""
        seconds = self._limits.compare_seconds if is_large else self._limits.seconds
        with nullcontext() if is_large else self._turn(), taken_slot(self._slots, self._limits):
            child = self._comparing_child(is_large=is_large)
            try:
                child.send({**request, "max_bytes": self._limits.answer_bytes})
                answer: dict[str, Any] = json.loads(child.receive(time.monotonic() + seconds) or b"{}")
            except (ChildFailed, OSError) as failure:
                child.kill()
                raise _named(failure) from None
            finally:
                if is_large:
                    child.kill()
        if answer.get("error") == "bytes":
            raise RowsTooMany
        return answer

    def _comparing_child(self, *, is_large: bool) -> Child:
        try:
            if not is_large and self._child is not None and self._child.is_alive:
                return self._child
            child = Child(self._folder, self._limits, writes=0)
        except ChildFailed as failure:
            raise _named(failure) from None
        if not is_large:
            self._child = child
        return child

    def close(self) -> None:
        """Ends the child."""
        with self._lock:
            self._end()
            self._starter.shutdown(wait=False)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=self._limits.wait_seconds + self._limits.seconds):
            raise RowsBusy
        try:
            yield
        finally:
            self._lock.release()

    def _total(self, count: Statement, deadline: float) -> int:
        """How many there are. A file never changes under its name, so that what was counted once stays true."""
        key = (count.sql, tuple(count.values.items()))
        if key in self._totals:
            self._totals.move_to_end(key)
        else:
            self._totals[key] = int(self._ask(count, deadline)["rows"][0][0])
        if len(self._totals) > _MAX_TOTALS:
            self._totals.popitem(last=False)
        return self._totals[key]

    def _ask(self, statement: Statement, deadline: float) -> dict[str, Any]:
        request = {
            "kind": "page",
            "sql": statement.sql,
            "values": statement.values,
            "max_bytes": self._limits.answer_bytes,
        }
        try:
            if self._child is None or not self._child.is_alive:
                self._child = self._starter.submit(Child, self._folder, self._limits, writes=0).result()
                # Who starts the process is not charged for its start.
                deadline = time.monotonic() + self._limits.seconds
            self._child.send(request)
            answer: dict[str, Any] = json.loads(self._child.receive(deadline) or b"{}")
        except (ChildFailed, OSError) as failure:
            self._end()
            raise _named(failure) from None
        if answer.get("error") == "bytes":
            raise RowsTooMany
        return answer

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _export_child(self) -> Child:
        try:
            return Child(self._folder, self._limits, writes=self._limits.export_bytes)
        except ChildFailed as failure:
            raise _named(failure) from None

    def _export(
        self, query: RowQuery, schema: Schema, parquet: Path, kind: str, *, marked: bool
    ) -> Iterator[bytes]:
        place = schema.place if not query.is_grouped else None
        # A shape needs its coordinates, whether they are among the columns wanted or not.
        needed = tuple(dict.fromkeys((*query.select, *(place or ()))))
        statement = rows_statement(replace(query, select=needed), schema, str(parquet), whole=True)
        request = {
            "kind": "export",
            "format": kind,
            "sql": statement.sql,
            "values": statement.values,
            "spanned_rows": schema.rows if statement.is_spanned else None,
            "columns": [*_export_columns(query, schema), *([MARK] if marked else [])],
            "constants": {MARK["key"]: True} if marked else {},
            "place": [each.key for each in place] if place else None,
        }
        deadline = time.monotonic() + self._limits.export_seconds
        # Slots of their own: who takes a file home slowly keeps nobody from asking.
        with taken_slot(self._slots / "exports", replace(self._limits, slots=self._limits.export_slots)):
            child = self._export_child()
            try:
                child.send(request)
                while (piece := child.receive(deadline)) is not None:
                    yield piece
            except (ChildFailed, OSError) as failure:
                raise _named(failure) from None
            finally:
                child.kill()


@contextmanager
def taken_slot(folder: Path, limits: RowLimits) -> Iterator[None]:
    """One of the machine's slots, held while the block runs and given back by the system when this process dies.
    Raises RowsBusy when none becomes free in time."""
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + limits.wait_seconds
    while True:
        for number in range(limits.slots):
            descriptor = os.open(folder / f"slot-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                continue
            try:
                yield
                return
            finally:
                os.close(descriptor)
        if time.monotonic() > until:
            raise RowsBusy
        time.sleep(0.02)


def _named(failure: Exception) -> Unavailable:
    code = failure.code if isinstance(failure, ChildFailed) else "died"
    return RowsTooSlow() if code in ("time", "memory", "died") else Unavailable()


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _export_columns(query: RowQuery, schema: Schema) -> list[dict[str, Any]]:
    if not query.is_grouped:
        return [
            {"key": each.key, "name": each.name, "text_key": each.text_key, "storage": each.storage}
            for each in query.select
        ]
    groups = [{"key": each.key, "name": each.name, "storage": each.storage} for each in query.group]
    return groups + [
        {"key": m.name, "name": m.name, "storage": _measured(m.function, m.field)} for m in query.measures
    ]


def _measured(function: str, field: Any) -> str:
    if function in ("count", "distinct"):
        return "BIGINT"
    return str(field.storage) if function in ("min", "max") else "DOUBLE"


def _page(query: RowQuery, schema: Schema, statement: Statement, answer: dict[str, Any], total: int) -> Page:
    places = {name: index for index, name in enumerate(answer["columns"])}
    rows = answer["rows"][: query.limit]
    kept = [(key, places[text]) for key in query.keys if (text := _companion(key, query, schema)) in places]
    last = [rows[-1][places[key]] for key in statement.order] if len(answer["rows"]) > query.limit else None
    return Page(
        query.keys,
        tuple(tuple(row[places[key]] for key in query.keys) for row in rows),
        tuple({key: row[index] for key, index in kept if row[index] is not None} for row in rows),
        total,
        token(last) if last is not None else None,
        tuple(row[places[GEOMETRY]] for row in rows) if GEOMETRY in places else (),
    )


def _companion(key: str, query: RowQuery, schema: Schema) -> str:
    if query.is_grouped:
        return ""
    return schema.by_key[key].text_key or ""
