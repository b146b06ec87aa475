from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import LocalizedText, ascii_name, clean, clean_line, fold, nfc, slugify


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đà Nẵng", "da nang"),
        ("ĐƯỜNG SỐ 5", "duong so 5"),
        ("Hoà", "hoa"),
        ("ðường", "duong"),
        ("Straße", "strasse"),
    ],
)
def test_fold(text: str, folded: str):
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(st.text())
def test_fold_and_nfc_are_stable(text: str):
    assert fold(fold(text)) == fold(text)
    assert nfc(nfc(text)) == nfc(text)


@given(st.text())
def test_clean_text_can_be_stored_and_is_stable(text: str):
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    assert not {"\x00", "\x1b", "\u202e", "\r"} & set(cleaned)
    assert "\n" not in clean_line(text)


@given(st.text(max_size=300), st.integers(1, 90))
def test_slugs_fit_an_address(text: str, length: int):
    slug = slugify(text, length)
    assert len(slug) <= length
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-") and not slug.endswith("-") and "--" not in slug


def test_slugs_are_cut_between_words():
    assert slugify("Số liệu quan trắc không khí", 16) == "so-lieu-quan"
    assert slugify("a" * 100, 10) == "a" * 10


def test_names_in_ascii_keep_their_case():
    assert ascii_name("Đường Điện Biên Phủ (1).csv") == "Duong Dien Bien Phu (1).csv"
    assert ascii_name("дата\r\n.csv") == "______.csv"


def test_a_text_falls_back_to_vietnamese():
    assert LocalizedText("Nước", "Water").in_language("en") == "Water"
    assert LocalizedText("Nước").in_language("en") == "Nước"
    assert not LocalizedText("")
