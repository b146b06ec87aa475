"""What Prometheus is told: the instruments of every process. Until `turn_on` each call is one comparison.

Processes of one machine share what they count in files of one folder, which the worker adds up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

from portal.settings import Settings, share_metrics

if TYPE_CHECKING:
    from prometheus_client import Histogram

P = ParamSpec("P")
R = TypeVar("R")
Kind = Literal["search", "suggest"]

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SEARCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_VISIBLE_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)


class _Instruments:
    """Made once per process, after the environment says where processes share their counts."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Histogram

        self.requests = Histogram(
            "portal_request_seconds",
            "Time to the start of an answer, by route as the code names it (- for none).",
            ("method", "route", "status"),
            buckets=_REQUEST_SECONDS,
        )
        self.answers = Counter(
            "portal_answers_total",
            "Answers by how they were made: kept (page from memory), not-modified (304 before any work), made.",
            ("made",),
        )
        self.searches = Histogram(
            "portal_search_seconds", "Time of a search in the process.", ("kind",), buckets=_SEARCH_SECONDS
        )
        self.visible = Histogram(
            "portal_publish_visible_seconds",
            "From a public change of a dataset until the search index holds it.",
            buckets=_VISIBLE_SECONDS,
        )
        self.jobs = Counter("portal_jobs_total", "Jobs of the clock and how they ended.", ("job", "outcome"))
        self.failures = Counter(
            "portal_follower_failures_total", "Failed turns of a follower.", ("follower",)
        )
        # What `labels` answers, without its lock and its checks.
        self.request_series: dict[tuple[str, str, int], Histogram] = {}


_instruments: _Instruments | None = None


def turn_on(settings: Settings) -> None:
    """From now on this process counts, if the settings name an address for metrics."""
    global _instruments
    if _instruments is None and settings.metrics_address is not None:
        share_metrics(settings)
        _instruments = _Instruments()


def is_on() -> bool:
    """Whether this process counts."""
    return _instruments is not None


def answered(method: str, route: str, status: int, made: str, seconds: float) -> None:
    """One answer has begun. `route` must be one of the application's own, never what somebody typed."""
    if _instruments is None:
        return
    key = (method if method in _METHODS else "other", route, status // 100)
    series = _instruments.request_series.get(key)
    if series is None:
        series = _instruments.requests.labels(key[0], route, f"{key[2]}xx")
        _instruments.request_series[key] = series
    series.observe(seconds)
    _instruments.answers.labels(made).inc()


def timed(kind: Kind) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Measures every call of a function as a search of that kind."""

    def around(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def measured(*args: P.args, **kwargs: P.kwargs) -> R:
            if _instruments is None:
                return function(*args, **kwargs)
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                _instruments.searches.labels(kind).observe(time.perf_counter() - started)

        return measured

    return around


def became_visible(seconds: float) -> None:
    """A public change can be found, so long after it was made."""
    if _instruments is not None:
        _instruments.visible.observe(max(0.0, seconds))


def job_ended(job: str, outcome: Literal["done", "failed"]) -> None:
    """A job of the clock has ended."""
    if _instruments is not None:
        _instruments.jobs.labels(job, outcome).inc()


def follower_failed(name: str) -> None:
    """A follower's turn has failed; it will try again."""
    if _instruments is not None:
        _instruments.failures.labels(name).inc()


def process_ended(folder: Path, pid: int) -> None:
    """Forgets what only a living process can say; what it has counted stays counted."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
