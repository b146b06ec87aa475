"""The page cache: one version, bounded, safe for threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.http.cache import Page, PageCache, page_key
from portal.http.compression import choose_encoding


def page(text: str, size: int = 10_000) -> Page:
    return Page(headers=(), content_type="text/html", tag=text, bodies={"": text.encode().ljust(size)})


def test_another_version_empties_the_cache() -> None:
    cache = PageCache()
    assert cache.get(("/", ""), "1") is None
    cache.put(("/", ""), "1", page("a"))
    assert cache.get(("/", ""), "1") is not None
    assert cache.get(("/", ""), "2") is None
    assert cache.byte_size == 0


def test_what_was_made_of_an_old_version_is_not_kept() -> None:
    cache = PageCache()
    cache.get(("/", ""), "2")
    cache.put(("/", ""), "1", page("old"))
    assert cache.get(("/", ""), "2") is None


def test_the_longest_unused_make_room() -> None:
    cache = PageCache(max_bytes=250_000)
    cache.get(("", ""), "1")
    for number in range(100):
        cache.put((f"/{number}", ""), "1", page(str(number)))
        cache.get(("/0", ""), "1")
        assert cache.byte_size <= 250_000
    assert cache.get(("/0", ""), "1") is not None
    assert cache.get(("/1", ""), "1") is None
    assert cache.get(("/99", ""), "1") is not None


def test_one_huge_page_does_not_drive_out_the_rest() -> None:
    cache = PageCache(max_bytes=250_000)
    cache.get(("", ""), "1")
    cache.put(("/", ""), "1", page("small"))
    cache.put(("/huge", ""), "1", page("huge", 200_000))
    assert cache.get(("/", ""), "1") is not None
    assert cache.get(("/huge", ""), "1") is None


def test_many_threads_lose_no_count() -> None:
    cache = PageCache(max_bytes=500_000)

    def use(seed: int) -> None:
        for number in range(300):
            key, version = (f"/{(seed * 7 + number) % 60}", ""), str(number // 100)
            if cache.get(key, version) is None:
                cache.put(key, version, page("x"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert cache.byte_size <= 500_000
    cache.get(("", ""), "end")
    assert cache.byte_size == 0


@pytest.mark.parametrize(
    ("query", "normal"),
    [
        ("", ""),
        ("b=1&a=2", "a=2&b=1"),
        ("a=2&a=1", "a=2&a=1"),
        ("&&a=1&", "a=1"),
        ("utm_source=x&gclid=1&q=a", "q=a"),
        ("utm=1", "utm=1"),
    ],
)
def test_queries_are_normalised(query: str, normal: str) -> None:
    assert page_key("/p", query) == ("/p", normal)


def test_endless_queries_are_not_kept() -> None:
    assert page_key("/p", "q=" + "a" * 5000) is None


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, br", "br"), ("br;q=0", ""), ("br;q=0.1,gzip;q=0.9", "br"),
        ("BR", "br"), ("identity", ""), ("*", ""), ("br;q=x", ""), (";;,,=", ""),
    ],
)  # fmt: skip
def test_the_encoding_is_one_that_the_client_takes(header: str, encoding: str) -> None:
    assert choose_encoding(header) == encoding
