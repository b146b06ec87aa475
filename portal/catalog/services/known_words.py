"""Stewards' own words must be words that the catalogue knows; imports may bring others along."""

from __future__ import annotations

from collections.abc import Iterator

from portal.catalog.models import Vocabulary
from portal.catalog.records import DatasetFields
from portal.catalog.services.matching import Lookup
from portal.errors import Invalid
from portal.text import LocalizedText

_UNKNOWN = LocalizedText("Danh mục của cổng không có mục này.", "The portal's vocabularies do not have this.")
_SINGLE = (
    ("frequency", Vocabulary.FREQUENCY),
    ("licence", Vocabulary.LICENCE),
    ("access_level", Vocabulary.ACCESS_LEVEL),
)


class WordUnknown(Invalid):
    """A theme, place, agency, licence ... that no vocabulary has; `fields` names each."""

    message = LocalizedText(
        "Có giá trị không nằm trong danh mục của cổng.", "A value is not in the portal's vocabularies."
    )


def require_known(fields: DatasetFields, lookup: Lookup) -> None:
    """Raises WordUnknown. The supplying agency alone may be somebody whom the portal does not know."""
    unknown = dict.fromkeys(_unknown(fields, lookup), _UNKNOWN)
    if unknown:
        raise WordUnknown(fields=unknown)


def _unknown(fields: DatasetFields, lookup: Lookup) -> Iterator[str]:
    if fields.get("publisher") and lookup.agency(fields["publisher"]) is None:
        yield "agency"
    for name, vocabulary in _SINGLE:
        raw: str | None = fields.get(name)  # type: ignore[assignment]
        if raw and lookup.concept(vocabulary, raw) is None:
            yield name
    if fields.get("series") and lookup.series(fields["series"]) is None:
        yield "series"
    for position, raw in enumerate(fields.get("themes", [])):
        if lookup.concept(Vocabulary.THEME, raw) is None:
            yield f"themes[{position}]"
    for position, raw in enumerate(fields.get("places", [])):
        if lookup.place(raw) is None:
            yield f"places[{position}]"
    for position, raw in enumerate(fields.get("languages", [])):
        # Languages are kept as codes: a label would not do.
        found = lookup.concept(Vocabulary.LANGUAGE, raw)
        if found is None or found.code != raw:
            yield f"languages[{position}]"
