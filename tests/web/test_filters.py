"""Dates, numbers, sizes and periods as people of either language write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from portal.text import LocalizedText
from portal.web import filters
from tests.sites import Site


@contextmanager
def _reading(site: Site, language: str) -> Iterator[None]:
    with site.app.test_request_context("/en/" if language == "en" else "/"):
        yield


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (date(2026, 11, 21), "21/11/2026", "21 Nov 2026"),
        (date(2026, 1, 2), "02/01/2026", "2 Jan 2026"),
        # Still the 20th in UTC, already the 21st in the city.
        (datetime(2026, 11, 20, 18, tzinfo=UTC), "21/11/2026", "21 Nov 2026"),
    ],
)
def test_days(site: Site, value: date, vi: str, en: str) -> None:
    for language, expected in (("vi", vi), ("en", en)):
        with _reading(site, language):
            assert filters.day(value) == expected


@pytest.mark.parametrize(
    ("value", "vi", "en"), [(1234, "1.234", "1,234"), (0.5, "0,5", "0.5"), (7, "7", "7")]
)
def test_numbers(site: Site, value: float, vi: str, en: str) -> None:
    for language, expected in (("vi", vi), ("en", en)):
        with _reading(site, language):
            assert filters.number(value) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, "0 B"), (999, "999 B"), (1024, "1 KB"), (4993, "4,9 KB"), (20_000, "20 KB"), (1_500_000, "1,4 MB"),
     (3 * 1024**4, "3 TB"), (5 * 1024**5, "5120 TB")],
)  # fmt: skip
def test_sizes(site: Site, count: int, expected: str) -> None:
    with _reading(site, "vi"):
        assert filters.size(count) == expected


@pytest.mark.parametrize(
    ("start", "end", "vi", "en"),
    [
        (None, None, "", ""),
        (date(2024, 1, 1), date(2024, 12, 31), "2024", "2024"),
        (date(2021, 1, 1), date(2024, 12, 31), "2021–2024", "2021–2024"),
        (date(2024, 3, 1), date(2024, 5, 31), "01/03/2024 – 31/05/2024", "1 Mar 2024 – 31 May 2024"),
        (date(2024, 3, 1), None, "từ 01/03/2024", "since 1 Mar 2024"),
        (None, date(2024, 5, 31), "đến 31/05/2024", "until 31 May 2024"),
    ],
)
def test_periods(site: Site, start: date | None, end: date | None, vi: str, en: str) -> None:
    for language, expected in (("vi", vi), ("en", en)):
        with _reading(site, language):
            assert filters.period(start, end) == expected


def test_texts_fall_back_to_vietnamese_and_say_so(site: Site) -> None:
    both, only = LocalizedText("Y tế", "Health"), LocalizedText("Y tế")
    with _reading(site, "en"):
        assert (filters.local(both), filters.lang(both)) == ("Health", "")
        assert (filters.local(only), filters.lang(only)) == ("Y tế", ' lang="vi"')
    with _reading(site, "vi"):
        assert (filters.local(both), filters.lang(both)) == ("Y tế", "")
