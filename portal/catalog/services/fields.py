"""Puts given fields on a dataset and tells which of them made a difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from portal.catalog.models import Concept, Dataset, Vocabulary
from portal.catalog.records import DatasetFields
from portal.catalog.services.matching import Lookup
from portal.errors import Invalid
from portal.text import LocalizedText, fold

Item = TypeVar("Item")

_PLAIN = (
    "temporal_start",
    "temporal_end",
    "access_reason",
    "languages",
    "contact_name",
    "contact_email",
    "contact_phone",
    "legal_basis",
    "landing_page",
    "conforms_to",
    "provenance",
    "illustrative",
    "issued",
    "modified",
    "other_identifier",
    "description_vi",
    "description_en",
    "title_vi",
    "title_en",
    "keywords",
)


class TitleMissing(Invalid):
    """A dataset needs a title in Vietnamese."""

    message = LocalizedText("Bộ dữ liệu cần có tên.", "A dataset needs a title.")


class PeriodReversed(Invalid):
    """The covered period ends before it starts."""

    message = LocalizedText(
        "Khoảng thời gian của dữ liệu kết thúc trước khi bắt đầu.",
        "The period covered ends before it starts.",
    )


def apply_fields(dataset: Dataset, fields: DatasetFields, lookup: Lookup) -> list[str]:
    """Names of the fields whose stored value changed. Raises TitleMissing, PeriodReversed, changing nothing."""
    _check(dataset, fields)
    changed = [name for name in _PLAIN if name in fields and _set(dataset, name, fields[name])]  # type: ignore[literal-required]
    if {"title_vi", "title_en"} & set(changed):
        dataset.title_folded = fold(f"{dataset.title_vi} {dataset.title_en or ''}".strip())
    changed += _apply_extras(dataset, fields)
    changed += _apply_agencies(dataset, fields, lookup)
    changed += _apply_concepts(dataset, fields, lookup)
    changed += _apply_lists(dataset, fields, lookup)
    if "series" in fields:
        changed += ["series"] if _set(dataset, "series", lookup.series(fields["series"])) else []
    return sorted(changed)


def _check(dataset: Dataset, fields: DatasetFields) -> None:
    if not fields.get("title_vi", dataset.title_vi):
        raise TitleMissing(fields={"title": TitleMissing.message})
    start = fields.get("temporal_start", dataset.temporal_start)
    end = fields.get("temporal_end", dataset.temporal_end)
    if start and end and end < start:
        raise PeriodReversed(fields={"temporal": PeriodReversed.message})


def _set(target: object, name: str, value: Any) -> bool:
    if getattr(target, name) == value:
        return False
    setattr(target, name, value)
    return True


def _apply_extras(dataset: Dataset, fields: DatasetFields) -> list[str]:
    merged = {
        key: value
        for key, value in {**dataset.extras, **fields.get("extras", {})}.items()
        if value is not None
    }
    if dataset.extras == merged:
        return []
    dataset.extras = merged
    return ["extras"]


def _apply_agencies(dataset: Dataset, fields: DatasetFields, lookup: Lookup) -> list[str]:
    changed = []
    if "publisher" in fields:
        raw = fields["publisher"]
        agency = lookup.agency(raw)
        text = None if agency else raw or None
        if (dataset.agency, dataset.agency_text) != (agency, text):
            dataset.agency, dataset.agency_text = agency, text
            # Rights are judged before the row is written.
            dataset.agency_id = agency.id if agency else None
            changed.append("publisher")
    if "supplier" in fields:
        raw = fields["supplier"]
        agency = lookup.agency(raw)
        text = None if agency else raw or None
        if (dataset.supplier, dataset.supplier_text) != (agency, text):
            dataset.supplier, dataset.supplier_text = agency, text
            dataset.supplier_id = agency.id if agency else None
            changed.append("supplier")
    return changed


def _apply_concepts(dataset: Dataset, fields: DatasetFields, lookup: Lookup) -> list[str]:
    changed = []
    for name, vocabulary in (("frequency", Vocabulary.FREQUENCY), ("licence", Vocabulary.LICENCE)):
        if name in fields:
            raw: str | None = fields[name] or None  # type: ignore[literal-required]
            concept = lookup.concept(vocabulary, raw)
            if concept is not None and raw == concept.code and getattr(dataset, name) is concept:
                # The code alone says nothing against the word that the source had for it.
                continue
            kept = raw_beside(concept, raw)
            before = (getattr(dataset, name), getattr(dataset, f"{name}_raw"))
            if before != (concept, kept):
                setattr(dataset, name, concept)
                setattr(dataset, f"{name}_raw", kept)
                changed.append(name)
    if "access_level" in fields:
        level = lookup.concept(Vocabulary.ACCESS_LEVEL, fields["access_level"])
        if dataset.access_level != level:
            dataset.access_level = level
            changed.append("access_level")
    return changed


def raw_beside(concept: Concept | None, raw: str | None) -> str | None:
    """The raw word where it says something that the concept's code does not."""
    return None if concept is not None and raw == concept.code else raw


def _apply_lists(dataset: Dataset, fields: DatasetFields, lookup: Lookup) -> list[str]:
    changed = []
    if "themes" in fields:
        raw = fields["themes"]
        themes = _unique(theme for each in raw if (theme := lookup.concept(Vocabulary.THEME, each)))
        codes = {theme.code for theme in themes}
        words = [each for each in raw if each not in codes]
        if _differs(dataset.themes, themes) or dataset.themes_raw != words:
            dataset.themes, dataset.themes_raw = themes, words
            changed.append("themes")
    if "places" in fields:
        raw = fields["places"]
        places = _unique(place for each in raw if (place := lookup.place(each)))
        words = [each for each in raw if lookup.place(each) is None]
        if _differs(dataset.places, places) or dataset.places_raw != words:
            dataset.places, dataset.places_raw = places, words
            changed.append("places")
    return changed


def _unique(items: Iterable[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


def _differs(stored: Sequence[object], wanted: Sequence[object]) -> bool:
    return set(stored) != set(wanted)
