"""What DCAT documents call the things of the catalogue: their addresses, which are also where to read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pyoxigraph import NamedNode

from portal import links
from portal.catalog.models import Agency, Concept, Place, Series, Vocabulary
from portal.exchange.rdf import address

# A word for "nobody said": a statement of it would be a licence that nobody gave.
_NOT_STATED = "not-stated"


@dataclass(frozen=True, slots=True)
class Names:
    """Addresses under one base. `languages`: the shared address of each language by its code."""

    base_url: str
    languages: Mapping[str, str]

    def link(self, path: str) -> NamedNode:
        """One of the portal's own addresses."""
        return NamedNode(links.absolute(self.base_url, path))

    @property
    def catalogue(self) -> NamedNode:
        """The catalogue."""
        return self.link(links.catalogue_id())

    @property
    def theme_scheme(self) -> NamedNode:
        """The catalogue's own list of themes."""
        return part(self.catalogue, "themes")

    @property
    def illustrative(self) -> NamedNode:
        """The statement that a record was made up: one address for all of them, so that programs can tell."""
        return part(self.catalogue, "illustrative")

    def dataset(self, uuid: UUID) -> NamedNode:
        """A dataset; its parts have this address and a fragment."""
        return self.link(links.dataset_id(uuid))

    def agency(self, agency: Agency) -> NamedNode:
        """An agency of the city."""
        return self.link(links.agency_id(agency.uuid))

    def place(self, place: Place) -> NamedNode:
        """An administrative unit."""
        return self.link(links.place_id(place.code))

    def series(self, series: Series) -> NamedNode:
        """Datasets that belong together over time."""
        return self.link(links.series_id(series.uuid))

    def own_concept(self, concept: Concept) -> NamedNode:
        """A word under the portal's own address."""
        return self.link(links.concept_id(concept.vocabulary.value, concept.code))

    def concept(self, concept: Concept | None) -> NamedNode | None:
        """A word by the address that all catalogues share, or by our own when there is none."""
        if concept is None or (concept.vocabulary is Vocabulary.LICENCE and concept.code == _NOT_STATED):
            return None
        return address(concept.exact_match) or self.own_concept(concept)


def names_of(base_url: str, languages: Sequence[Concept]) -> Names:
    """Names under `base_url` with the catalogue's vocabulary of languages."""
    return Names(base_url, {each.code: each.exact_match for each in languages if each.exact_match})


def part(whole: NamedNode, name: str) -> NamedNode:
    """A thing that is described where `whole` is: the same address with a fragment."""
    return NamedNode(f"{whole.value}#{name}")
