"""What a row in JSON says of the series that its dataset belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.catalog.queries import as_uuid
from portal.catalog.records import Record, SeriesFacts, Unreadable
from portal.exchange.json_values import line_of, line_or_none, text_of
from portal.text import LocalizedText

MAX_TITLE = 1000
_NOTHING = LocalizedText("")


def series_in(value: Any) -> SeriesFacts | None:
    """A text (slug, id or title) or an object with `title`, `title_en`, `description`, `description_en`, `slug`, `id`,
    `publisher`; None when nothing names a series."""
    if not isinstance(value, dict):
        title = line_of(value)[:MAX_TITLE]
        return SeriesFacts(LocalizedText(title), _NOTHING, uuid=as_uuid(title)) if title else None
    slug = line_or_none(value.get("slug"))
    title = line_of(value.get("title_vi")) or line_of(value.get("title")) or line_of(value.get("title_en"))
    if not (title or slug):
        return None
    vi, en = (title or slug or "")[:MAX_TITLE], line_of(value.get("title_en"))[:MAX_TITLE]
    return SeriesFacts(
        LocalizedText(vi, en if en and en != vi else None),
        LocalizedText(
            text_of(value.get("description_vi")) or text_of(value.get("description")),
            text_of(value.get("description_en")) or None,
        ),
        uuid=as_uuid(line_of(value.get("id"))),
        slug=slug,
        publisher=line_or_none(value.get("publisher")),
    )


def with_series(read: Record | Unreadable, facts: SeriesFacts | None) -> Record | Unreadable:
    """The record in this series; without one it says nothing of series."""
    if isinstance(read, Unreadable) or facts is None:
        return read
    return replace(read, series=facts, fields={**read.fields, "series": facts.key})
