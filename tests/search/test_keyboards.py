"""Telex and VNI left undecoded."""

from __future__ import annotations

import pytest

from portal.search.keyboards import decode, is_possible


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dduwowngf", "đường"),
        ("dduongwf", "đường"),
        ("d9u7o7ng2", "đường"),
        ("d9uo7ng2", "đường"),
        ("beejnh", "bệnh"),
        ("vieenj", "viện"),
        ("quaanj", "quận"),
        ("nuwowcs", "nước"),
        ("nu7o7c1", "nước"),
        ("HOIJ", "họi"),
        ("dduwocj", "được"),
        ("tiens", "tiến"),
        ("đaats", "đất"),
        ("thuyr", "thủy"),
        ("xe6", "xê"),
    ],
)
def test_left_overs_of_keyboards_are_decoded(typed: str, meant: str) -> None:
    assert decode(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "a", "market", "2024", "pm25", "covid19", "abc", "đất", "school", "99999"]
)
def test_what_is_no_left_over_is_left_alone(typed: str) -> None:
    assert decode(typed) is None


@pytest.mark.parametrize("syllable", ["giếng", "gì", "quý", "khuya", "nghiêng", "yêu", "gia", "oanh", "quốc"])
def test_possible_syllables(syllable: str) -> None:
    assert is_possible(syllable)


@pytest.mark.parametrize("syllable", ["trees", "market", "bus", "tiềp", "đđ", "aa", "", "123", "kjk"])
def test_impossible_syllables(syllable: str) -> None:
    assert not is_possible(syllable)
