"""A steward's word on a file as plain JSON, as it is stored and as it goes into the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from portal.tables.values import ColumnOverride, ColumnType, Overrides

ENCODING_NAMES = (
    "utf-8",
    "utf-16-le",
    "utf-16-be",
    "windows-1258",
    "windows-1252",
    "viscii",
    "tcvn3",
    "vni",
)
"""Encodings that a person can choose (those of `portal.tables.encodings`, which web processes do not load)."""


def overrides_to(overrides: Overrides) -> dict[str, Any]:
    """Plain JSON."""
    return asdict(overrides)


def overrides_from(values: Mapping[str, Any]) -> Overrides:
    """From plain JSON that `overrides_to` wrote."""
    columns = tuple(
        ColumnOverride(
            each["name"],
            ColumnType(each["type"]) if each.get("type") else None,
            each.get("decimal_mark"),
            each.get("unit"),
        )
        for each in values.get("columns") or ()
    )
    return Overrides(values.get("encoding"), values.get("delimiter"), values.get("header_row"), columns)
