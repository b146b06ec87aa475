"""Which language an address speaks."""

from __future__ import annotations

import pytest

from portal.http.locale import language_of


@pytest.mark.parametrize(
    ("path", "asked", "language"),
    [
        ("/", None, "vi"),
        ("/du-lieu", "en", "vi"),
        ("/en/", None, "en"),
        ("/en", None, "en"),
        ("/en/datasets", "vi", "en"),
        ("/english", None, "vi"),
        ("/api/v1/datasets", None, "vi"),
        ("/api/v1/datasets", "en", "en"),
        ("/api/v1/datasets", "fr", "vi"),
        ("/tai-ve/x/y", "en", "en"),
    ],
)
def test_pages_speak_by_address_and_machines_as_asked(path: str, asked: str | None, language: str) -> None:
    assert language_of(path, asked) == language
