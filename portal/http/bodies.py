"""JSON bodies of writers: read whole within a limit, checked by a schema, every fault named by its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import request
from marshmallow import RAISE, Schema, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from portal.errors import Invalid
from portal.text import LocalizedText

MAX_BYTES = 256 * 1024
_JSON_TYPES = ("application/json", "application/merge-patch+json")
_TWICE = LocalizedText("Chỉ được nêu một lần.", "Must be given once only.")
_INVALID = LocalizedText("Giá trị không hợp lệ.", "Not a valid value.")
# What marshmallow says, and the same in Vietnamese; `{0}` stands for what the pattern's group found.
_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(english), vietnamese)
    for english, vietnamese in (
        (r"Missing data for required field\.", "Bắt buộc phải có."),
        (r"Field may not be null\.", "Không được để null."),
        (r"Unknown field\.", "Không có trường này, hoặc bạn không được phép đặt nó."),
        (r"Invalid input type\.", "Phải là một đối tượng JSON."),
        (r"Not a valid string\.", "Phải là chuỗi ký tự."),
        (r"Not a valid boolean\.", "Phải là true hoặc false."),
        (r"Not a valid (?:integer|number)\.", "Phải là số."),
        (r"Not a valid list\.", "Phải là một danh sách."),
        (r"Not a valid mapping type\.", "Phải là một đối tượng JSON."),
        (r"Not a valid UUID\.", "Phải là một UUID."),
        (r"Not a valid date\.", "Phải là ngày dạng 2026-03-31."),
        (
            r"Not a valid (?:aware )?datetime\.",
            "Phải là thời điểm có múi giờ, ví dụ 2026-03-31T08:00:00+07:00.",
        ),
        (r"Must be one of: (.+)\.", "Phải là một trong: {0}."),
        (r"Longer than maximum length (\d+)\.", "Dài quá {0}."),
        (r"Shorter than minimum length (\d+)\.", "Ngắn hơn {0}."),
        (r"Length must be between (\d+) and (\d+)\.", "Độ dài phải từ {0} đến {1}."),
        (r"Must be greater than or equal to (\d+)\.", "Phải từ {0} trở lên."),
        (r"Must be less than or equal to (\d+)\.", "Phải không quá {0}."),
        (
            r"Must be greater than or equal to (\d+) and less than or equal to (\d+)\.",
            "Phải từ {0} đến {1}.",
        ),
        (r"String does not match expected pattern\.", "Không đúng dạng quy định."),
    )
)


class BodyUnreadable(Invalid):
    """The body is no JSON, or a member stands twice in it."""

    message = LocalizedText("Nội dung gửi lên không phải JSON hợp lệ.", "The body is not well-formed JSON.")


class BodyInvalid(Invalid):
    """The body breaks the rules of its form; `fields` names where."""


def json_body(schema: Schema, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The body as `schema` loads it; unknown keys are refused by name.

    Raises BodyInvalid, BodyUnreadable, and what Flask answers as 413 (too large), 415 (another type).
    """
    if request.mimetype not in _JSON_TYPES:
        raise UnsupportedMediaType
    request.max_content_length = max_bytes
    value = _value(request.get_data(cache=False))
    try:
        loaded: dict[str, Any] = schema.load(value, unknown=RAISE)
    except ValidationError as error:
        raise BodyInvalid(fields=field_problems(error)) from error
    return loaded


def _value(body: bytes) -> Any:
    """Strict JSON, where no member stands twice: whoever reads the last one would see another record."""
    try:
        value = orjson.loads(body)
        json.loads(body, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        raise BodyUnreadable(_malformed_at(error.lineno, error.colno)) from error
    except ValueError as error:
        # A number of thousands of digits: JSON by its grammar, and nothing that anybody reads.
        raise BodyUnreadable from error
    return value


def _malformed_at(line: int, column: int) -> LocalizedText:
    return LocalizedText(
        f"Nội dung gửi lên không phải JSON hợp lệ: lỗi ở dòng {line}, cột {column}.",
        f"The body is not well-formed JSON: see line {line}, column {column}.",
    )


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise BodyUnreadable(fields={name: _TWICE for name in members if names.count(name) > 1})
    return members


def field_problems(error: ValidationError) -> dict[str, LocalizedText]:
    """marshmallow's messages by JSON path (`distributions[2].url`), in both languages."""
    return {path or "$": _told(message) for path, message in _walk("", error.messages)}


def _walk(path: str, messages: Any) -> Iterator[tuple[str, Any]]:
    match messages:
        case Mapping():
            for name, inner in messages.items():
                yield from _walk(_joined(path, name), inner)
        case [first, *_]:
            yield path, first
        case str():
            yield path, messages


def _joined(path: str, name: object) -> str:
    if name == "_schema":
        return path
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)


def _told(message: Any) -> LocalizedText:
    if isinstance(message, LocalizedText):
        return message
    for pattern, vietnamese in _KNOWN:
        match = pattern.fullmatch(str(message))
        if match:
            return LocalizedText(vietnamese.format(*match.groups()), str(message))
    return _INVALID
