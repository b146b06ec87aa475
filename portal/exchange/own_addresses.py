"""Addresses that a portal of this make gives to things, told from all others when they come back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import unquote, urlsplit
from uuid import UUID

from portal.catalog.records import Record, RecordDistribution, Unreadable

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DATASET = re.compile(rf"https?://[^/]+/id/dataset/({_UUID})")
_DISTRIBUTION = re.compile(rf"{_DATASET.pattern}#distribution-(?P<id>{_UUID})")
_PAGE = re.compile(r"/(?:du-lieu|en/datasets)/([^/?#]+)")
_WORD = re.compile(r"https?://[^/]+/id/concept/([^/?#]+)/([^/?#]+)")
_PLACE = re.compile(r"https?://[^/]+/id/place/([^/?#]+)")
_SERIES = re.compile(rf"https?://[^/]+/id/series/({_UUID})")
_SERIES_PAGE = re.compile(r"/(?:chuoi-du-lieu|en/series)/([^/?#]+)")
_FILE = re.compile(rf"https?://[^/]+/tai-ve/({_UUID})/")


def own_dataset(address: str) -> UUID | None:
    """The id of a dataset."""
    found = _DATASET.fullmatch(address)
    return UUID(found[1]) if found else None


def own_slug(page: str, dataset: str) -> str | None:
    """The name in the address of a dataset's own page; None for any page of somebody else's."""
    if own_dataset(dataset) is None or _origin(page) != _origin(dataset):
        return None
    found = _PAGE.fullmatch(urlsplit(page).path)
    return unquote(found[1]) if found else None


def own_word(address: str) -> str | None:
    """The code of a word of a vocabulary."""
    found = _WORD.fullmatch(address)
    return unquote(found[2]) if found else None


def own_theme(address: str) -> str | None:
    """The code of a theme."""
    found = _WORD.fullmatch(address)
    return unquote(found[2]) if found and found[1] == "theme" else None


def own_series(address: str) -> UUID | None:
    """The id of a series."""
    found = _SERIES.fullmatch(address)
    return UUID(found[1]) if found else None


def own_series_slug(page: str, series: str) -> str | None:
    """The name in the address of a series' own page; None for any page of somebody else's."""
    if own_series(series) is None or _origin(page) != _origin(series):
        return None
    found = _SERIES_PAGE.fullmatch(urlsplit(page).path)
    return unquote(found[1]) if found else None


def own_place(address: str) -> str | None:
    """The code of a place."""
    found = _PLACE.fullmatch(address)
    return unquote(found[1]) if found else None


def own_distribution(address: str) -> UUID | None:
    """The id of a file or link of a dataset."""
    found = _DISTRIBUTION.fullmatch(address)
    return UUID(found["id"]) if found else None


def as_read(
    read: Record | Unreadable, dataset: str, slug: str | None, ids: Mapping[str, UUID] | None = None
) -> Record | Unreadable:
    """The record with the ids that its own addresses name, so that what comes back is known again. `ids`: those
    of files and links by their addresses, where the source tells them."""
    if isinstance(read, Unreadable) or own_dataset(dataset) is None:
        return read
    files = read.distributions
    return replace(
        read,
        uuid=own_dataset(dataset),
        slug=slug,
        distributions=tuple(_with_uuid(each, dataset, ids or {}) for each in files)
        if files is not None
        else None,
    )


def _with_uuid(distribution: RecordDistribution, dataset: str, ids: Mapping[str, UUID]) -> RecordDistribution:
    if distribution.url and distribution.url in ids:
        return replace(distribution, uuid=ids[distribution.url])
    found = _FILE.match(distribution.url or "")
    same_portal = found is not None and _origin(distribution.url or "") == _origin(dataset)
    return replace(distribution, uuid=UUID(found[1])) if found and same_portal else distribution


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return ""
