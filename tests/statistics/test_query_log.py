"""Counting queries: by day, in memory, then in a file that knows nothing else."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest

from portal.statistics.counting import Click, Outcome, QueryCounter
from portal.statistics.query_log import Asked, Counts, QueryLog

NOON = datetime(2026, 3, 1, 5, tzinfo=UTC)
DAY = date(2026, 3, 1)


@pytest.fixture
def log(tmp_path: Path) -> QueryLog:
    return QueryLog(tmp_path / "statistics.sqlite")


def counter_of(log: QueryLog, *, now: datetime = NOON, keep_days: int = 365) -> QueryCounter:
    return QueryCounter(
        log, clock=lambda: now, keep_days=keep_days, rank_of=lambda click: ("giá đất", int(click.slug))
    )


def rows(log: QueryLog, wanted: str = "searches", **more: object) -> list[tuple[str, Counts]]:
    options = {"since": date(2020, 1, 1), "limit": 100, "at_least": 1, **more}
    return [(each.query, each.counts) for each in log.report(wanted, **options)]  # type: ignore[arg-type]


def test_searches_and_clicks_of_a_day_are_added_up(log: QueryLog) -> None:
    for _ in range(2):
        counter = counter_of(log)
        counter.searched("Giá Đất", "vi", Outcome(3))
        counter.searched("giá đất", "vi", Outcome(0, is_relaxed=True, is_repaired=True))
        counter.searched("giá đất", "vi", None)
        counter.clicked(Click("q=gia", "vi", "2"))
        counter.clicked(Click("q=gia", "vi", "5"))
        counter.flush()
    (found,) = log.report("searches", since=DAY, limit=9, at_least=1)
    assert found.counts == Counts(searches=6, zero_results=2, relaxed=2, repaired=2, clicks=4, ranks=14)
    assert found.mean_rank == 3.5 and found.last_day == DAY


def test_the_file_holds_a_day_and_a_query_and_no_time(log: QueryLog, tmp_path: Path) -> None:
    counter = counter_of(log)
    counter.searched("bụi mịn", "vi", Outcome(1))
    counter.searched("an@example.vn", "vi", Outcome(1))
    counter.close()
    with sqlite3.connect(tmp_path / "statistics.sqlite") as file:
        (row,) = file.execute("SELECT * FROM query").fetchall()
    assert row == ("2026-03-01", "bụi mịn", "vi", 1, 0, 0, 0, 0, 0)


def test_the_lists_put_the_worst_first(log: QueryLog) -> None:
    log.add(
        {
            Asked(DAY, "không có", "vi"): Counts(searches=9, zero_results=9),
            Asked(DAY, "hiếm khi có", "vi"): Counts(searches=9, zero_results=2, clicks=7),
            Asked(DAY, "chán", "vi"): Counts(searches=8, clicks=1),
            Asked(DAY, "tốt", "vi"): Counts(searches=20, clicks=25),
            Asked(DAY, "boring", "en"): Counts(searches=5),
        }
    )
    assert [query for query, _ in rows(log, "zero-results")] == ["không có", "hiếm khi có"]
    assert [query for query, _ in rows(log, "low-clicks")] == ["chán", "boring"]
    assert rows(log, "searches")[0][0] == "tốt"
    assert [query for query, _ in rows(log, "low-clicks", language="en")] == ["boring"]
    assert [query for query, _ in rows(log, "searches", at_least=9, limit=2)] == ["tốt", "hiếm khi có"]


def test_old_days_are_forgotten_when_new_ones_are_written(log: QueryLog) -> None:
    log.add({Asked(date(2026, 1, 1), "cũ", "vi"): Counts(searches=1)})
    counter = counter_of(log, keep_days=30)
    counter.searched("mới", "vi", Outcome(1))
    counter.close()
    assert [query for query, _ in rows(log)] == ["mới"]


def test_a_day_begins_at_midnight_in_the_city(log: QueryLog) -> None:
    counter = counter_of(log, now=datetime(2026, 3, 1, 17, 30, tzinfo=UTC))
    counter.searched("giá đất", "vi", Outcome(1))
    counter.close()
    assert log.report("searches", since=date(2026, 3, 2), limit=1, at_least=1)


def test_several_processes_and_threads_lose_nothing(tmp_path: Path) -> None:
    counters = [counter_of(QueryLog(tmp_path / "statistics.sqlite")) for _ in range(3)]

    def work(counter: QueryCounter) -> None:
        for _ in range(50):
            counter.searched("giá đất", "vi", Outcome(1))
        counter.flush()

    threads = [Thread(target=work, args=(counter,)) for counter in counters for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for counter in counters:
        counter.close()
    assert rows(QueryLog(tmp_path / "statistics.sqlite")) == [("giá đất", Counts(searches=300))]


def test_nothing_is_made_on_disk_before_something_is_counted(log: QueryLog, tmp_path: Path) -> None:
    assert rows(log) == [] and log.forget_before(DAY) == 0
    assert list(tmp_path.iterdir()) == []
