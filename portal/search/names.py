"""What can be suggested besides datasets: agencies, themes and places, with all the names they go by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog.models import Agency, Concept, ObjectKind, Place, Vocabulary

NameKind = Literal["agency", "theme", "place"]

NAME_KINDS: tuple[NameKind, ...] = ("agency", "theme", "place")

NAMED = frozenset({ObjectKind.AGENCY, ObjectKind.CONCEPT, ObjectKind.PLACE})
"""Changes of these may change names."""


@dataclass(frozen=True, slots=True)
class Name:
    """One thing. `key` stands in its address, `facet` in filters; `also` are further names, as acronyms and
    former ones. `is_former`: a unit that exists no more."""

    kind: NameKind
    key: str
    facet: str
    vi: str
    en: str = ""
    also: tuple[str, ...] = ()
    is_former: bool = False


def load_names(session: Session) -> tuple[Name, ...]:
    """Every name that anonymous readers may see, in a fixed order; three statements."""
    return (*_agencies(session), *_themes(session), *_places(session))


def _agencies(session: Session) -> Iterable[Name]:
    columns = (Agency.slug, Agency.name_vi, Agency.name_en, Agency.acronyms, Agency.former_names)
    for row in session.execute(select(*columns).order_by(Agency.slug)):
        also = (*row.acronyms, *row.former_names)
        yield Name("agency", row.slug, row.slug, row.name_vi, row.name_en or "", also)


def _themes(session: Session) -> Iterable[Name]:
    columns = (Concept.code, Concept.label_vi, Concept.label_en)
    query = select(*columns).where(Concept.vocabulary == Vocabulary.THEME).order_by(Concept.code)
    for row in session.execute(query):
        yield Name("theme", row.code, row.code, row.label_vi, row.label_en or "")


def _places(session: Session) -> Iterable[Name]:
    columns = (Place.slug, Place.code, Place.name_vi, Place.name_en, Place.valid_until)
    for row in session.execute(select(*columns).order_by(Place.code)):
        is_former = row.valid_until is not None
        yield Name("place", row.slug, row.code, row.name_vi, row.name_en or "", is_former=is_former)
