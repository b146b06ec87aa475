"""Which differences are asked for, read from parameters; and the word that asks for the next page of them."""

from __future__ import annotations

from portal.tables.differences.values import (
    DEFAULT_LISTED,
    KINDS,
    MAX_LISTED,
    DifferencesInvalid,
    Kind,
    Question,
)
from portal.text import LocalizedText

_ROWS_DIGITS = 9
_MAX_KEY = 5


def question_from(
    key: str = "", change: str = "", limit: str = "", after: str = "", *, default_limit: int = DEFAULT_LISTED
) -> Question:
    """The question that parameters ask. Raises DifferencesInvalid that names each one at fault."""
    faults: dict[str, LocalizedText] = {}
    kind = next((each for each in KINDS if each == change), None)
    if change and kind is None:
        faults["change"] = LocalizedText(
            "Chỉ nhận changed, added hoặc removed.", "Only changed, added or removed is understood."
        )
    size = int(limit) if _is_count(limit) else 0 if limit else default_limit
    if not 1 <= size <= MAX_LISTED:
        faults["limit"] = LocalizedText(f"Từ 1 đến {MAX_LISTED}.", f"From 1 to {MAX_LISTED}.")
    place = _place(after)
    if after and place is None:
        faults["after"] = LocalizedText("Mã trang không hợp lệ.", "The page token is not valid.")
    names = tuple(dict.fromkeys(word.strip() for word in key.split(",") if word.strip()))
    if len(names) > _MAX_KEY:
        faults["key"] = LocalizedText(f"Nhiều nhất {_MAX_KEY} cột.", f"At most {_MAX_KEY} columns.")
    if faults:
        raise DifferencesInvalid(fields=faults)
    return Question(names, kind, size, place)


def version_from(name: str, text: str) -> int | None:
    """The number of a file version, where one is named. Raises DifferencesInvalid that names the parameter."""
    if not text:
        return None
    number = int(text) if _is_count(text) else 0
    if number < 1:
        rule = LocalizedText("Phải là số nguyên từ 1 trở lên.", "Must be a whole number from 1 on.")
        raise DifferencesInvalid(fields={name: rule})
    return number


def token(place: tuple[Kind, int]) -> str:
    """The word that asks for the page behind a change: `changed-120`."""
    return f"{place[0]}-{place[1]}"


def _place(text: str) -> tuple[Kind, int] | None:
    word, _, number = text.partition("-")
    kind = next((each for each in KINDS if each == word), None)
    return (kind, int(number)) if kind and _is_count(number) else None


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _ROWS_DIGITS
