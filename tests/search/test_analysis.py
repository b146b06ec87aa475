"""Syllables: one form for all spellings of one thing, and their places."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.analysis import collation_key, forms, joined, normalise, singular, syllables


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("tuỳ", "tùy"),
        ("uỷ", "ủy"),
        ("gía", "giá"),
        ("qúy", "quý"),
        ("tóan", "toán"),
        ("tỉ", "tỷ"),
        ("kĩ", "kỹ"),
        ("lí", "lý"),
        ("mĩ", "mỹ"),
        ("sĩ", "sỹ"),
        ("qui", "quy"),
        ("HOÀ", "hòa"),
        ("m²", "m2"),
        ("ðà", "đà"),
    ],
)
def test_spellings_agree(one: str, other: str) -> None:
    assert forms(one) == forms(other)


@pytest.mark.parametrize(
    "word",
    "nghiêng thuyền người đường khuỷu xoong ngoằn giường quốc giặt gì khoái của mùa trường huyện hoãn thuở "
    "quả giữa yếu ruộng khuya ngoèo".split(),
)
def test_right_spelling_is_left_alone(word: str) -> None:
    assert forms(word)[1] == word


def test_tones_and_letters_tell_words_apart() -> None:
    exact = {forms(word)[1] for word in ("cho", "chợ", "chờ", "chó", "chỗ", "tai", "tay")}
    assert len(exact) == 7


def test_places_are_those_of_the_text() -> None:
    text = normalise("Cổng Wi-Fi (miễn phí), 1.000 điểm")
    assert [text[each.start : each.end] for each in syllables(text)] == [
        *("Cổng", "Wi", "Fi", "miễn", "phí", "1", "000", "điểm")
    ]
    assert [(at, each.folded) for at, each in joined(text, syllables(text))] == [(1, "wifi"), (5, "1000")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.000.000", ["1000000"]), ("2024-2025", ["20242025"]), ("1.5", []), ("01.01.2025", []), ("a.b", [])],
)
def test_joined_forms(text: str, expected: list[str]) -> None:
    assert [each.folded for _, each in joined(text, syllables(text))] == expected


@given(st.text(max_size=80))
def test_any_text_has_the_same_syllables_composed_or_not(text: str) -> None:
    composed, decomposed = (normalise(unicodedata.normalize(form, text)) for form in ("NFC", "NFD"))
    assert [each[:2] for each in syllables(composed)] == [each[:2] for each in syllables(decomposed)]
    for each in syllables(composed):
        assert 0 <= each.start < each.end <= len(composed)
    assert isinstance(collation_key(text), bytes)


def test_titles_sort_as_in_a_dictionary() -> None:
    words = ["an", "án", "ăn", "ân", "ba", "bà", "dao", "đa", "đà", "em", "oi", "ôi", "ơi", "ưa", "va"]
    assert sorted(set(words), key=collation_key) == words
    assert sorted(["Đà Nẵng 10", "Đà Nẵng", "Đà Lạt"], key=collation_key)[0] == "Đà Lạt"


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("vessels", "vessel"),
        ("facilities", "facility"),
        ("beaches", "beach"),
        ("boxes", "box"),
        ("houses", "house"),
        ("bus", None),
        ("access", None),
        ("analysis", None),
        ("gas", None),
        ("truong", None),
        ("2000s", None),
    ],
)
def test_english_plurals_have_a_singular(word: str, one: str | None) -> None:
    assert singular(word) == one
