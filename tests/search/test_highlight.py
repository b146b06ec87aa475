"""Highlights and snippets as safe segments."""

from __future__ import annotations

import unicodedata

import pytest

from portal.search.highlight import SNIPPET_LETTERS, Segment, highlight, mentions, plain, snippet
from portal.search.knowledge import Knowledge
from portal.search.query import Shown
from portal.search.understanding import understand
from tests.search.relevance import born_with

TABLES = Knowledge(born_with())


def marked(text: str, query: str) -> str:
    """The text with [brackets] around what is marked."""
    return "".join(
        f"[{text}]" if is_match else text
        for text, is_match in highlight(text, understand(query, TABLES).query.shown())
    )


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Tuyến xe buýt nội thành", "xe buyt", "Tuyến [xe buýt] nội thành"),
        ("Chợ cho thuê", "chợ", "[Chợ] cho thuê"),
        ("Cho thuê", "chợ", "[Cho] thuê"),
        ("Chợ cho thuê", "cho", "[Chợ cho] thuê"),
        ("Hoà Vang", "hòa", "[Hoà] Vang"),
        ("Điểm Wi-Fi", "wifi", "Điểm [Wi-Fi]"),
        ("cột gia_dat", "đất", "cột gia_[dat]"),
        ("1.000.000 đồng", "1000000", "[1.000.000] đồng"),
        ("Tỉ lệ hộ nghèo", "tỷ lệ", "[Tỉ lệ] hộ nghèo"),
        ("thành phố Đà Nẵng", "thành phố Đà Nẵng", "thành phố [Đà Nẵng]"),
        ("<b>chợ</b> & ", "chợ", "<b>[chợ]</b> & "),
        ("không có", "zzz", "không có"),
        ("Nhân dân và ủy ban nhân dân xã", "UBND", "Nhân dân và [ủy ban nhân dân] xã"),
        ("", "chợ", ""),
    ],
)
def test_matches_are_marked_where_they_stand(text: str, query: str, expected: str) -> None:
    assert marked(text, query) == expected


def test_decomposed_text_is_marked_the_same() -> None:
    assert marked(unicodedata.normalize("NFD", "Bụi mịn ở đây"), "bụi mịn") == "[Bụi mịn] ở đây"


def test_a_snippet_shows_where_the_words_are() -> None:
    text = "mở đầu " * 200 + "bụi mịn PM2.5 tăng cao. " + "kết thúc " * 200
    pieces = snippet(text, understand("bui min").query.shown())
    assert pieces[0] == Segment("… ", False)
    assert Segment("bụi mịn", True) in pieces
    assert pieces[-1] == Segment(" …", False)
    assert sum(len(piece.text) for piece in pieces) <= SNIPPET_LETTERS + 4


def test_a_snippet_without_words_is_the_beginning() -> None:
    pieces = snippet("đầu tiên " * 100, Shown())
    assert pieces[0].text.startswith("đầu tiên")
    assert not any(piece.is_match for piece in pieces)


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("Bụi mịn.", Shown()) == (Segment("Bụi mịn.", False),)
    assert snippet("", Shown()) == ()


def test_markdown_marks_are_left_out_of_snippets() -> None:
    assert plain("# Tựa\n\n* **đậm** và [liên kết](https://x.vn) `mã`") == "Tựa đậm và liên kết mã"


def test_very_long_texts_are_read_in_part() -> None:
    assert len(plain("dài " * 1_000_000)) < 10_000


def test_mentions_forgives_diacritics() -> None:
    words = understand("chợ").query.shown()
    assert mentions("cho thuê", words)
    assert not mentions("nhà ở", words)
    assert not mentions("nhà ở", Shown())
