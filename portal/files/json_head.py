"""The outermost shape of a JSON text of which perhaps only the beginning is at hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'[ \t\r\n]+|"(?P<string>(?:[^"\\\x00-\x1f]|\\.)*)"|(?P<mark>[{}\[\],:])'
    r"|-?[0-9][0-9.eE+-]*|true|false|null"
)
_UNFINISHED = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*\\?|-|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?')
_CLOSES = {"}": "{", "]": "["}


@dataclass(slots=True)
class JsonHead:
    """`documents`: how many values begin one after another (JSON lines: more than one).
    `members`: keys of the outermost object, with the value where it is a string."""

    documents: int = 0
    members: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    head: JsonHead = field(default_factory=JsonHead)
    open_marks: list[str] = field(default_factory=list)
    text: str | None = None
    key: str | None = None

    def take_string(self, text: str) -> bool:
        if not self.open_marks:
            return False
        if self.key is not None:
            self.head.members[self.key] = text
            self.key = None
        self.text = text
        return True

    def take_mark(self, mark: str) -> bool:
        """False where the mark cannot stand here."""
        self.key = None
        if mark in "{[":
            self.head.documents += not self.open_marks
            self.open_marks.append(mark)
        elif mark in _CLOSES:
            if not self.open_marks or self.open_marks.pop() != _CLOSES[mark]:
                return False
        elif not self.open_marks:
            return False
        elif mark == ":" and self.open_marks == ["{"] and self.head.documents == 1 and self.text is not None:
            self.head.members.setdefault(self.text, None)
            self.key = self.text
        self.text = None
        return True


def read_json_head(text: str, *, is_cut: bool) -> JsonHead | None:
    """The shape, or None when the text is not JSON as far as it goes. Words are checked, and that
    brackets match; the full grammar is left to those who read the file."""
    reader = _Reader()
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return reader.head if is_cut and _UNFINISHED.fullmatch(text, position) else None
        if not _take(reader, token):
            return None
        position = token.end()
    return reader.head if is_cut or not reader.open_marks else None


def _take(reader: _Reader, token: re.Match[str]) -> bool:
    if token["string"] is not None:
        return reader.take_string(token["string"])
    if token["mark"] is not None:
        return reader.take_mark(token["mark"])
    if token.group().isspace():
        return True
    # A number or a word: the value of a key, which then is no string; alone it is no document of ours.
    reader.key = None
    return bool(reader.open_marks)
