"""Which queries are remembered: what could point to somebody is not."""

from __future__ import annotations

import pytest

from portal.statistics.queries_kept import keepable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Giá  ĐẤT\n2025 ", "giá đất 2025"),
        ("Da\u0300 Nẵng", "dà nẵng"),
        ("tuyến xe 12", "tuyến xe 12"),
        ("nghị định 194/2025", "nghị định 194/2025"),
        ("dân số 2019 2020 2021 2022", "dân số 2019 2020 2021 2022"),
        ("2019-2025", "2019-2025"),
        ("thửa đất 1.234.567", "thửa đất 1.234.567"),
    ],
)
def test_ordinary_words_are_kept_in_one_form(typed: str, kept: str) -> None:
    assert keepable(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "nguyen.van.a@example.vn",
        "gọi 0905123456",
        "0905 123 456",
        "+84 905-123-456",
        "(0236) 3.821.234",
        "CCCD 048 090 001234",
        "048090001234",
        "cmnd 201234567",
        "43A-123.45",
        "biển số 92b1 12345",
        "https://zalo.me/abc",
        "",
        "   ",
        "a" * 201,
    ],
)
def test_what_may_point_to_a_person_is_not(typed: str) -> None:
    assert keepable(typed) is None
