"""Ranges as RFC 9110 reads them, and digests as RFC 9530 writes them."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.ranges import Part, Unsatisfiable, repr_digest, select_range

ETAG = '"abc"'


def select(header: str | None, *, if_range: str | None = None, size: int = 10) -> Part | Unsatisfiable | None:
    return select_range(header, if_range, etag=ETAG, byte_size=size)


@pytest.mark.parametrize(
    ("header", "start", "length"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, 10),
        ("bytes=2-4", 2, 3),
        ("bytes=9-", 9, 1),
        ("bytes=5-999", 5, 5),
        ("bytes=-3", 7, 3),
        ("bytes=-99", 0, 10),
        ("Bytes=1-2", 1, 2),
        ("bytes= 1-2 ,", 1, 2),
        ("bytes=0002-0000000000000000000000004", 2, 3),
        (f"bytes=1-{'9' * 5000}", 1, 9),
    ],
)
def test_one_range_selects_its_bytes(header: str, start: int, length: int) -> None:
    assert select(header) == Part(start, length, 10)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0", f"bytes={'9' * 5000}-"])
def test_a_range_outside_the_file_is_unsatisfiable(header: str) -> None:
    selected = select(header)
    assert isinstance(selected, Unsatisfiable)
    assert selected.content_range == "bytes */10"


@pytest.mark.parametrize(
    "header",
    [
        *(None, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=1-2,4-5", "bytes=--1"),
        *("bytes=1", "bytes=+1-2", "bytes=1 - 2", "bytes=١-٢", "bytes=0x1-2", "lines=1-2", "bytes 1-2"),
        *("bytes=1-2-3", "bytes=1-2;"),
    ],
)
def test_what_is_not_one_range_of_bytes_is_ignored(header: str | None) -> None:
    assert select(header) is None


def test_an_empty_file_has_no_parts() -> None:
    assert select("bytes=0-", size=0) is None


@pytest.mark.parametrize(
    ("if_range", "is_part"),
    [
        (ETAG, True),
        (f" {ETAG} ", True),
        ('W/"abc"', False),
        ('"other"', False),
        ("abc", False),
        ("*", False),
        ("", False),
        ("Wed, 21 Oct 2025 07:28:00 GMT", False),
    ],
)
def test_if_range_needs_exactly_our_strong_tag(if_range: str, is_part: bool) -> None:
    assert (select("bytes=2-4", if_range=if_range) is not None) is is_part


def test_a_weak_tag_of_our_own_never_resumes() -> None:
    assert select_range("bytes=2-4", 'W/"abc"', etag='W/"abc"', byte_size=10) is None


def test_content_range_names_the_last_byte() -> None:
    assert Part(2, 3, 10).content_range == "bytes 2-4/10"


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 50))
def test_a_range_is_what_slicing_gives(first: int, last: int, size: int) -> None:
    content = bytes(range(size))
    selected = select(f"bytes={first}-{last}", size=size)
    if last < first:
        assert selected is None
    elif first >= size:
        assert isinstance(selected, Unsatisfiable)
    else:
        assert isinstance(selected, Part)
        assert content[selected.start : selected.start + selected.length] == content[first : last + 1]


@given(st.one_of(st.text(), st.from_regex(r"bytes=[0-9,\- ]{0,12}", fullmatch=True)), st.integers(0, 20))
def test_any_header_selects_bytes_inside_the_file_or_none(header: str, size: int) -> None:
    selected = select(header, size=size)
    if isinstance(selected, Part):
        assert 0 <= selected.start < selected.start + selected.length <= size == selected.total


def test_the_digest_is_base64_between_colons() -> None:
    digest = hashlib.sha256(b"hello")
    assert repr_digest(digest.hexdigest()) == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
