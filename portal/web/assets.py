"""Addresses of static files: each carries a hash of its content, so that browsers may keep it for good."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

STATIC_FOLDER = Path(__file__).resolve().parent.parent / "static"
VENDOR_FILE = STATIC_FOLDER / "vendor" / "vendor.json"


@lru_cache(maxsize=256)
def content_hash(name: str) -> str:
    """The first 10 hex digits of the SHA-256 of a static file."""
    return hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The path of a static file (`css/base.css`) as pages link to it."""
    return f"/static/{name}?v={content_hash(name)}"


def is_current(name: str, version: str) -> bool:
    """Whether `version` is the hash of the file as it is now: only then may the answer be kept for good."""
    path = (STATIC_FOLDER / name).resolve()
    return path.is_relative_to(STATIC_FOLDER) and path.is_file() and version == content_hash(name)


def vendored() -> list[dict[str, Any]]:
    """What others made, as `vendor.json` records it: version, licence, source package, hash of each file."""
    entries: list[dict[str, Any]] = json.loads(VENDOR_FILE.read_text(encoding="utf-8"))
    return entries


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """The symbols of the icon sprite."""
    return frozenset(name for entry in vendored() for name in entry.get("symbols", ()))


@lru_cache(maxsize=1)
def sprite() -> str:
    """The path of the icon sprite."""
    folder = next(entry["folder"] for entry in vendored() if "symbols" in entry)
    return asset(f"vendor/{folder}/icons.svg")


def icon(name: str) -> str:
    """The address of one symbol of the sprite."""
    return f"{sprite()}#{name}"


def theme_icon(code: str) -> str:
    """The address of a theme's symbol; themes without one of their own share one."""
    name = f"theme-{code}"
    return icon(name if name in icon_names() else "theme-other")
