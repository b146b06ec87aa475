"""File names of strangers, and the header that carries them."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.names import FALLBACK, MAX_BYTES, clean_file_name, content_disposition

HEADER = re.compile(
    r"""attachment; filename="((?:[^"\\]|\\.)*)"(?:; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+))?"""
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Đường bộ.csv", "Đường bộ.csv"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/abs/path/a.csv", "a.csv"),
        ("C:\\Users\\An\\bảng giá.xlsx", "bảng giá.xlsx"),
        ("C:a.csv", "a.csv"),
        ("thư mục/", "thư mục"),
        ("a\0b.csv", "ab.csv"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("vô\u200bhình\u2060\u200d.csv", "vôhình.csv"),
        ("hai  \r\n dòng.csv", "hai dòng.csv"),
        (".htaccess", "htaccess"),
        ("tên.", "tên"),
        ("tên . . ", "tên"),
        ("CON", "_CON"),
        ("con.csv", "_con.csv"),
        ("lpt1.tar.gz", "_lpt1.tar.gz"),
        ("CONG TY.csv", "CONG TY.csv"),
        ('Đà Nẵng "x";.csv', "Đà Nẵng _x_;.csv"),
        ("a<b>|c?*.csv", "a_b__c__.csv"),
        ("Đường.csv", "Đường.csv"),
        ("", FALLBACK),
        ("..", FALLBACK),
        ("///", FALLBACK),
        (" \t\n", FALLBACK),
    ],
)
def test_t20_names_lose_what_is_dangerous_and_keep_their_letters(raw: str, cleaned: str) -> None:
    assert clean_file_name(raw) == cleaned


@pytest.mark.parametrize("extension", [".csv", ".tar.gz", ".geojson"])
def test_long_names_keep_their_extension(extension: str) -> None:
    cleaned = clean_file_name("Thống kê dân số " * 40 + extension)
    assert cleaned.endswith(extension)
    assert MAX_BYTES - 4 <= len(cleaned.encode()) <= MAX_BYTES


@given(st.text())
def test_any_name_becomes_a_safe_one(raw: str) -> None:
    cleaned = clean_file_name(raw)
    assert 0 < len(cleaned.encode()) <= MAX_BYTES
    assert not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]', cleaned)
    assert not cleaned.startswith((".", " ")) and not cleaned.endswith((".", " "))
    assert clean_file_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("data.csv", 'attachment; filename="data.csv"'),
        (
            "Đà Nẵng.csv",
            "attachment; filename=\"Da Nang.csv\"; filename*=UTF-8''%C4%90%C3%A0%20N%E1%BA%B5ng.csv",
        ),
        (
            'Đ "x";.csv',
            "attachment; filename=\"D _x_;.csv\"; filename*=UTF-8''%C4%90%20_x_%3B.csv",
        ),
        (
            "biểu 📈.csv",
            "attachment; filename=\"bieu _.csv\"; filename*=UTF-8''bi%E1%BB%83u%20%F0%9F%93%88.csv",
        ),
        ("a%41.csv", "attachment; filename=\"a_41.csv\"; filename*=UTF-8''a%2541.csv"),
        ("x\r\nSet-Cookie: a=b.csv", 'attachment; filename="x Set-Cookie_ a=b.csv"'),
    ],
)
def test_t21_the_header_has_an_ascii_name_and_the_real_one(name: str, header: str) -> None:
    assert content_disposition(name) == header


def test_a_preview_may_be_inline() -> None:
    assert content_disposition("a.pdf", disposition="inline") == 'inline; filename="a.pdf"'


@given(st.text())
def test_any_header_is_one_ascii_line_that_reads_back(name: str) -> None:
    found = HEADER.fullmatch(content_disposition(name))
    assert found is not None and found.group().isascii() and found.group().isprintable()
    assert (unquote(found[2]) if found[2] else found[1]) == clean_file_name(name)
