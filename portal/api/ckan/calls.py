"""What an action is called with, however it was sent; unknown keys are nobody's business."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.catalog.services.files import IncomingFile
from portal.errors import Invalid
from portal.text import LocalizedText, clean_line

_YES = frozenset({"true", "yes", "on", "y", "t", "1"})
_NO = frozenset({"false", "no", "off", "n", "f", "0", ""})
_MISSING = LocalizedText("Thiếu giá trị.", "Missing value")
_NOT_A_NUMBER = LocalizedText("Phải là số tự nhiên.", "Must be a natural number")
_NOT_A_LIST = LocalizedText("Phải là một danh sách.", "Not a list")
_LONGEST_NUMBER = 9


class CallInvalid(Invalid):
    """A key of the call has a value that cannot be used; `fields` tells which."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its keys, and files by the name of the part that they came in."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, IncomingFile] = field(default_factory=dict)

    def text(self, *names: str) -> str:
        """The first of these keys that says something, on one line; empty when none does."""
        for name in names:
            value = self.data.get(name)
            if isinstance(value, list) and value:
                value = value[-1]
            if isinstance(value, str | int | float) and not isinstance(value, bool):
                found = clean_line(str(value))
                if found:
                    return found
        return ""

    def required(self, *names: str) -> str:
        """The same. Raises CallInvalid when none of the keys says anything."""
        found = self.text(*names)
        if not found:
            raise CallInvalid(fields={names[0]: _MISSING})
        return found

    def number(self, name: str, default: int, *, most: int | None = None) -> int:
        """A whole number from 0 on; more than `most` is `most`. Raises CallInvalid."""
        value = self.data.get(name)
        if value is None or value == "":
            return default
        text = self.text(name)
        if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER):
            raise CallInvalid(fields={name: _NOT_A_NUMBER})
        return int(text) if most is None else min(int(text), most)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no in any of the usual spellings; anything else is the default."""
        value = self.data.get(name)
        if isinstance(value, bool):
            return value
        word = self.text(name).lower() if value is not None else ""
        return True if word in _YES else False if word in _NO and value is not None else default

    def words(self, name: str) -> list[str]:
        """A list of words: as a list, a repeated key, JSON text, or one bare word."""
        value = self.data.get(name)
        if isinstance(value, str):
            value = _listed(value)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        return [clean_line(str(each)) for each in items if isinstance(each, str | int | float)]

    def rows(self, name: str) -> list[Any] | None:
        """A list of whatever; None when the key is absent. Raises CallInvalid."""
        value = self.data.get(name)
        if isinstance(value, str):
            value = _listed(value) if value.strip() else []
        if value is None:
            return None
        if not isinstance(value, list):
            raise CallInvalid(fields={name: _NOT_A_LIST})
        return value

    def has(self, name: str) -> bool:
        """Whether the key was sent, whatever it says."""
        return name in self.data


def _listed(text: str) -> list[Any]:
    if text.lstrip().startswith("["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return [text]
        if isinstance(value, list):
            return value
    return [text]
