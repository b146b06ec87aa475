"""What every page has around its content: title, addresses in both languages, breadcrumbs, navigation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from portal import links
from portal.exchange import atom, rss
from portal.exchange.rdf import Form
from portal.text import LANGUAGES, Language
from portal.web.context import Visit

_SECTIONS: tuple[links.Page, ...] = ("datasets", "themes", "agencies", "places", "developers", "about")


@dataclass(frozen=True, slots=True)
class Link:
    """A text with an address."""

    label: str
    path: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in one language."""

    language: str
    path: str
    url: str


@dataclass(frozen=True, slots=True)
class ForPrograms:
    """What the page shows, in a form for programs."""

    media_type: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """`paths`: where this page is in each language. `section`: the part of the navigation it belongs to.
    `is_indexed`: whether other people's search engines should list it. `feeds`: where to follow it."""

    title: str
    language: Language
    base_url: str
    paths: Mapping[Language, str]
    section: links.Page | None = None
    description: str = ""
    crumbs: tuple[Link, ...] = ()
    is_indexed: bool = True
    for_programs: tuple[ForPrograms, ...] = ()
    feeds: tuple[ForPrograms, ...] = ()

    @property
    def canonical(self) -> str:
        """The full address of this page."""
        return links.absolute(self.base_url, self.paths[self.language])

    @property
    def alternates(self) -> tuple[Alternate, ...]:
        """This page in every language; the Vietnamese one is also for readers of no known language."""
        found = [
            Alternate(each, self.paths[each], links.absolute(self.base_url, self.paths[each]))
            for each in LANGUAGES
        ]
        return (*found, Alternate("x-default", found[0].path, found[0].url))

    @property
    def other_language(self) -> Alternate:
        """The same page for readers of the other language."""
        return next(each for each in self.alternates if each.language != self.language)

    @property
    def navigation(self) -> tuple[Link, ...]:
        """The parts of the portal."""
        return tuple(
            Link(section_name(each), links.page(each, self.language), each == self.section)
            for each in _SECTIONS
        )

    @property
    def home_path(self) -> str:
        """Home in this language."""
        return links.page("home", self.language)

    @property
    def reference(self) -> Link:
        """The API reference."""
        return Link(section_name("reference"), links.page("reference", self.language))

    @property
    def opensearch_path(self) -> str:
        """How a browser searches here."""
        return links.opensearch(self.language)

    @property
    def search_path(self) -> str:
        """Where search forms go."""
        return links.page("datasets", self.language)


def section_name(name: links.Page) -> str:
    """What a part of the portal is called."""
    names: dict[links.Page, str] = {
        "home": gettext("Home"),
        "datasets": gettext("Datasets"),
        "series": gettext("Series"),
        "themes": gettext("Themes"),
        "agencies": gettext("Agencies"),
        "places": gettext("Places"),
        "developers": gettext("Developers"),
        "reference": gettext("API reference"),
        "about": gettext("About"),
    }
    return names[name]


def for_programs(visit: Visit, form: Form, path: str) -> ForPrograms:
    """A document in DCAT, in one form of RDF."""
    return ForPrograms(form.media_type, f"DCAT ({form.label})", links.absolute(visit.base_url, path))


def feeds_of(visit: Visit, name: str, query_string: str = "") -> tuple[ForPrograms, ...]:
    """A feed in both forms."""
    return tuple(
        ForPrograms(
            media_type,
            label,
            links.absolute(visit.base_url, links.feed(name, form, visit.language, query_string)),
        )
        for form, label, media_type in (("atom", "Atom", atom.MEDIA_TYPE), ("rss", "RSS", rss.MEDIA_TYPE))
    )


def page_frame(
    visit: Visit,
    page: links.Page,
    *,
    title: str | None = None,
    description: str = "",
    documents: tuple[ForPrograms, ...] = (),
    feeds: tuple[ForPrograms, ...] = (),
) -> Frame:
    """The frame of a page that has one fixed address."""
    return Frame(
        title=title or section_name(page),
        language=visit.language,
        base_url=visit.base_url,
        paths=links.PAGES[page],
        section=page,
        description=description,
        crumbs=() if page == "home" else (_home(visit),),
        for_programs=documents,
        feeds=feeds,
    )


def item_frame(
    visit: Visit,
    section: links.Page,
    paths: Mapping[Language, str],
    *,
    title: str,
    description: str,
    documents: tuple[ForPrograms, ...] = (),
    feeds: tuple[ForPrograms, ...] = (),
) -> Frame:
    """The frame of one thing (dataset, agency, theme, place) within its section."""
    return Frame(
        title=title,
        language=visit.language,
        base_url=visit.base_url,
        paths=paths,
        section=section,
        description=description,
        crumbs=(_home(visit), Link(section_name(section), links.page(section, visit.language))),
        for_programs=documents,
        feeds=feeds,
    )


def _home(visit: Visit) -> Link:
    return Link(section_name("home"), links.page("home", visit.language))
