"""File names: made safe to keep and to show, and written into Content-Disposition."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal
from urllib.parse import quote

from portal.text import ascii_name, clean_line

MAX_BYTES = 200
FALLBACK = "tep-du-lieu"

_SEPARATORS = re.compile(r"[/\\]+")
# What Windows refuses in a name; a quote or a colon also breaks shells and headers.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DRIVE = re.compile(r"[A-Za-z]:(?=[^/\\])")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)")
_EXTENSION = re.compile(r"(\.tar)?\.[A-Za-z0-9]{1,10}$")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
# A percent sign before two hex digits is decoded by some browsers even in the plain parameter.
_PERCENT_CODE = re.compile(r"%(?=[0-9A-Fa-f]{2})")
# attr-char of RFC 8187.
_ATTRIBUTE_SAFE = "!#$&+-.^_`|~"


def clean_file_name(name: str) -> str:
    """The last part of a path, fit for every file system: composed letters of any script, no control,
    bidi or invisible characters, at most 200 bytes of UTF-8 with the extension kept, never empty."""
    visible = "".join(c for c in clean_line(name) if unicodedata.category(c) not in _INVISIBLE)
    part = _FORBIDDEN.sub("_", _last_part(visible))
    trimmed = _trim(part)
    if _RESERVED.match(trimmed):
        trimmed = f"_{trimmed}"
    return _shorten(trimmed) or FALLBACK


def content_disposition(name: str, *, disposition: Literal["attachment", "inline"] = "attachment") -> str:
    """The header's value after RFC 6266: an ASCII name for old clients and, when it differs, the real one."""
    cleaned = clean_file_name(name)
    plain = _PERCENT_CODE.sub("_", ascii_name(cleaned)).replace("\\", r"\\").replace('"', r"\"")
    value = f'{disposition}; filename="{plain}"'
    if plain == cleaned:
        return value
    return f"{value}; filename*=UTF-8''{quote(cleaned, safe=_ATTRIBUTE_SAFE)}"


def _last_part(path: str) -> str:
    parts = [part for part in _SEPARATORS.split(path) if part.strip(" .")]
    return _DRIVE.sub("", parts[-1], count=1) if parts and _DRIVE.match(parts[-1]) else "".join(parts[-1:])


def _trim(part: str) -> str:
    """Without leading dots (hidden files) and trailing dots and spaces (which Windows drops)."""
    return part.lstrip(". ").rstrip(". ")


def _shorten(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    found = _EXTENSION.search(name)
    extension = found.group() if found else ""
    stem = name[: len(name) - len(extension)].encode()[: MAX_BYTES - len(extension)]
    return _trim(stem.decode(errors="ignore")) + extension
