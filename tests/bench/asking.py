"""Rows asked of the row process and, in turn, of DuckDB alone on the same file; prints its figures as JSON.

python -m tests.bench.asking FOLDER ROUNDS        (FOLDER has `table.parquet` and `schema.json`)
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from portal.tables.query import parse, token
from portal.tables.rows import RowLimits, RowProcess
from portal.tables.schema import Schema, schema_from
from portal.tables.sql import sql_text

_COLUMNS = "ma_ho_so, noi_dung, don_vi, loai, so_nguoi, dien_tich_m2, ngay_cap, vi_do, kinh_do"
_FOLDED = "lower(strip_accents(replace(replace(noi_dung, 'đ', 'd'), 'Đ', 'd')))"
_GROUPS = "SELECT don_vi, loai, count(*), sum(so_nguoi), avg(dien_tich_m2) FROM t WHERE so_nguoi <> {n} GROUP BY 1, 2"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks, and the same in SQL; `{n}` is another number each time, so that nothing is answered from
    memory. `total` checks the answer and is not timed: our page tells it, and must not cost more for that."""

    pairs: Pairs
    rows: str
    total: str


def _row_question(pairs: Pairs, where: str, order: str = "_row") -> Question:
    rows = f"SELECT {_COLUMNS} FROM t WHERE {where} ORDER BY {order} LIMIT 100"
    return Question(pairs, rows, f"SELECT count(*) FROM t WHERE {where}")


def _questions(rows: int) -> dict[str, Question]:
    deep = rows * 9 // 10
    searched = " AND ".join(f"contains(_search, '{word}')" for word in ("hai", "chau", "mo rong", "{n}"))
    return {
        "first page": _row_question((), "true"),
        "deep page": Question(
            (("after", token([deep])),),
            f"SELECT {_COLUMNS} FROM t WHERE _row > {deep} ORDER BY _row LIMIT 100",
            "SELECT count(*) FROM t",
        ),
        "filter on number and category": _row_question(
            (("so_nguoi__ge", "4{n}"), ("loai", "Khác")), "so_nguoi >= 4{n} AND loai = 'Khác'"
        ),
        "substring": _row_question(
            (("noi_dung__contains", "so {n} duong NGUYỄN"),), f"contains({_FOLDED}, 'so {{n}} duong nguyen')"
        ),
        "words": _row_question((("q", "Hải Châu mở rộng {n}"),), searched),
        "groups with sums": Question(
            (
                ("group", "don_vi,loai"),
                ("measure", "count,sum:so_nguoi,avg:dien_tich_m2"),
                ("so_nguoi__ne", "{n}"),
            ),
            f"{_GROUPS} ORDER BY 1, 2 LIMIT 100",
            f"SELECT count(*) FROM ({_GROUPS})",
        ),
        "sort, top 100": _row_question(
            (("sort", "-dien_tich_m2"), ("so_nguoi__ne", "{n}")),
            "so_nguoi <> {n}",
            "dien_tich_m2 DESC NULLS LAST, _row",
        ),
    }


def main(folder: Path, rounds: int) -> None:
    """Each question to both in turn; ratios are to what is allowed: twice DuckDB's time and 10 ms."""
    parquet = folder / "table.parquet"
    schema = schema_from(json.loads((folder / "schema.json").read_text()))
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as slots, duckdb.connect(config={"threads": "2"}) as engine:
        engine.execute(f"CREATE VIEW t AS FROM read_parquet({sql_text(str(parquet))})")
        process = RowProcess(folder, Path(slots), RowLimits(seconds=60))
        figures["first question of a worker"] = _ms(
            partial(_page, process, schema, parquet, (("limit", "1"),), [])
        )
        for name, question in _questions(schema.rows).items():
            ours, bare = _both(process, engine, schema, parquet, question, rounds)
            figures[name], figures[f"{name}, DuckDB"] = ours, bare
            figures[f"{name} / budget"] = ours / (2 * bare + 10)
        process.close()
    print(json.dumps(figures))


def _both(
    process: RowProcess,
    engine: duckdb.DuckDBPyConnection,
    schema: Schema,
    parquet: Path,
    question: Question,
    rounds: int,
) -> tuple[float, float]:
    ours, bare = [], []
    for number in range(rounds):
        n = str(100 + number)
        pairs = tuple((name, value.replace("{n}", n)) for name, value in question.pairs)
        rows, total = question.rows.replace("{n}", n), question.total.replace("{n}", n)
        found: list[Any] = []
        bare.append(_ms(partial(_fetch, engine, rows, found)))
        ours.append(_ms(partial(_page, process, schema, parquet, pairs, found)))
        _fetch(engine, total, found)
        if (found[1].total, len(found[1].rows)) != (found[2][0][0], len(found[0])):
            raise AssertionError(f"{pairs}: {found[1].total} rows, and DuckDB finds {found[2][0][0]}")
    return statistics.median(ours), statistics.median(bare)


def _fetch(engine: duckdb.DuckDBPyConnection, sql: str, found: list[Any]) -> None:
    found.append(engine.execute(sql).fetchall())


def _page(process: RowProcess, schema: Schema, parquet: Path, pairs: Pairs, found: list[Any]) -> None:
    found.append(process.page(parse(pairs, schema), schema, parquet))


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
