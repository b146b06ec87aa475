"""From raw words to what the catalogue knows: concepts, agencies, places and series by code or name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.catalog import queries, series_queries
from portal.catalog.models import Agency, Concept, Place, Series, Vocabulary
from portal.text import fold, slugify

_PLACE_KINDS = (
    "thanh pho ",
    "tinh ",
    "quan ",
    "huyen ",
    "thi xa ",
    "phuong ",
    "xa ",
    "thi tran ",
    "dac khu ",
)
_ADDRESS_START = re.compile(r"^https?://(www\.)?")
_MARKDOWN_LINK = re.compile(r"\[[^\]]*\]\((\S+)\)")


class Lookup:
    """All vocabularies, agencies, places and series of one session, searchable by raw words."""

    def __init__(
        self,
        concepts: Iterable[Concept],
        agencies: Iterable[Agency],
        places: Iterable[Place],
        series: Iterable[Series] = (),
    ) -> None:
        self._concepts: dict[tuple[Vocabulary, str], Concept] = {}
        for concept in concepts:
            self._add_concept(concept)
        self._agencies: dict[str, Agency] = {}
        for agency in agencies:
            for name in (agency.slug, agency.name_vi, agency.name_en, *agency.former_names, *agency.acronyms):
                if name:
                    self._agencies.setdefault(_key(name), agency)
        self._places: dict[str, Place] = {}
        # Units that exist today win over old ones of the same name.
        for place in sorted(places, key=lambda each: (each.valid_until is not None, each.code)):
            for key in _place_keys(place):
                self._places.setdefault(key, place)
        self._series: dict[str, Series] = {}
        self._series_titles: dict[str, Series] = {}
        for each in series:
            self.add_series(each)

    def _add_concept(self, concept: Concept) -> None:
        addresses = (concept.exact_match, concept.facts.get("uri"), concept.facts.get("url"))
        for name in (concept.code, concept.label_vi, concept.label_en, *addresses, *concept.also):
            if name:
                self._concepts.setdefault((concept.vocabulary, _key(name)), concept)

    def concept(self, vocabulary: Vocabulary, raw: str | None) -> Concept | None:
        """The concept with this code, label, address or known other spelling."""
        if not raw:
            return None
        found = self._concepts.get((vocabulary, _key(raw)))
        link = None if found else _MARKDOWN_LINK.fullmatch(raw.strip())
        return self._concepts.get((vocabulary, _key(link[1]))) if link else found

    def agency(self, raw: str | None) -> Agency | None:
        """The agency with this slug, name, acronym or former name."""
        return self._agencies.get(_key(raw)) if raw else None

    def place(self, raw: str) -> Place | None:
        """The place with this code, slug or name; with or without its kind of unit."""
        return self._places.get(_key(raw))

    def series(self, raw: str | None) -> Series | None:
        """The series with this slug or uuid, else the one with this title."""
        if not raw:
            return None
        return self._series.get(raw) or self._series_titles.get(_key(raw))

    def add_series(self, series: Series) -> None:
        """One more, for the records that come after the one that brought it."""
        self._series[series.slug] = self._series[str(series.uuid)] = series
        for title in filter(None, (series.title_vi, series.title_en)):
            self._series_titles.setdefault(_key(title), series)


def load_lookup(session: Session) -> Lookup:
    """Everything that raw words can mean; a fixed number of statements."""
    concepts = [each for vocabulary in Vocabulary for each in queries.concepts(session, vocabulary)]
    known = series_queries.all_series(session)
    return Lookup(concepts, queries.agencies(session), queries.places(session), known)


def load_formats(session: Session) -> Lookup:
    """What the formats of files can mean; one statement."""
    return Lookup(queries.concepts(session, Vocabulary.FORMAT), (), ())


def _key(raw: str) -> str:
    folded = " ".join(fold(raw).split())
    # One licence is cited with and without https, www and the last slash.
    return _ADDRESS_START.sub("", folded).rstrip("/") if "://" in folded else folded


def _place_keys(place: Place) -> Iterable[str]:
    yield _key(place.code)
    yield _key(place.slug)
    for name in filter(None, (place.name_vi, place.name_en)):
        folded = _key(name)
        yield folded
        for kind in _PLACE_KINDS:
            if folded.startswith(kind):
                yield folded.removeprefix(kind)
                yield slugify(folded.removeprefix(kind))
