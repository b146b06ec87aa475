"""Pages of text: for developers, and about the portal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext

from portal import links
from portal.catalog import queries
from portal.exchange import bulk
from portal.exchange.rdf import FORMS
from portal.web.context import Visit
from portal.web.pages.dataset import Licence, licence_words
from portal.web.pages.frame import Frame, Link, page_frame, section_name

# What a language is called, the word that marks its code, and the ending of its file.
_LANGUAGES = (
    ("curl", "sh", "sh"),
    ("Python", "python", "py"),
    ("JavaScript", "js", "js"),
    ("R", "r", "R"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A call that anybody can make: the command, and the same as a link."""

    command: str
    path: str


@dataclass(frozen=True, slots=True)
class Program:
    """A whole program that gets a first answer: `name` of its language, and the word by which that is known."""

    name: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Address:
    """Something that is read as a whole, and what it is."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class DevelopersPage:
    """How programs read the catalogue: `programs` work as they stand here."""

    frame: Frame
    programs: tuple[Program, ...]
    whole: tuple[Address, ...]
    reference: Link
    search: Example
    filtered: Example
    changes: Example
    dataset: Example
    download: str
    openapi_path: str
    base_url: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What the portal is; `licences` are those in use, in plain words."""

    frame: Frame
    total: int
    licences: tuple[Licence, ...]
    has_illustrative: bool


def developers_page(visit: Visit) -> DevelopersPage:
    """Examples with the addresses of this very portal."""
    base = visit.base_url
    newest = queries.newest(visit.session, limit=1, hide_illustrative=visit.hide_illustrative)
    return DevelopersPage(
        frame=page_frame(visit, "developers"),
        programs=tuple(
            Program(name, language, render_template(f"examples/first.{ending}.txt", base=base).rstrip("\n"))
            for name, language, ending in _LANGUAGES
        ),
        whole=tuple(_whole(visit)),
        reference=Link(section_name("reference"), links.page("reference", visit.language)),
        search=_get(base, f"{links.api('datasets')}?q=du+lich&page_size=5"),
        filtered=_get(base, f"{links.api('datasets')}?format=CSV&sort=modified"),
        changes=_get(base, f"{links.api('changes')}?since=0"),
        dataset=_get(base, links.api("datasets", newest[0].slug if newest else "SLUG")),
        download='curl -LO "DOWNLOAD_URL"',
        openapi_path=links.api("openapi.json"),
        base_url=base,
    )


def _whole(visit: Visit) -> Iterator[Address]:
    yield Address(f"/{bulk.JSON_LINES}", gettext("every dataset, one JSON record a line"))
    yield Address(f"/{bulk.CSV}", gettext("every dataset as one row of a table, for spreadsheets too"))
    for form in FORMS.values():
        yield Address(links.catalogue_document(form.extension), f"DCAT-AP, {form.label}")
    yield Address(links.data_json(), "Project Open Data 1.1")
    yield Address(f"{links.oai()}?verb=Identify", gettext("OAI-PMH 2.0, with withdrawn records"))
    for form_name in ("atom", "rss"):
        feed = links.feed("datasets", form_name, visit.language)
        yield Address(feed, gettext("what changed last, for feed readers"))
    yield Address(links.sitemap(), gettext("every page, for crawlers"))


def about_page(visit: Visit) -> AboutPage:
    """The portal about itself."""
    session, hide = visit.session, visit.hide_illustrative
    found = [licence_words(each, None) for each in queries.licences_in_use(session, hide_illustrative=hide)]
    return AboutPage(
        frame=page_frame(visit, "about"),
        total=queries.published_count(session, hide_illustrative=hide),
        licences=tuple(licence for licence in found if licence),
        has_illustrative=not hide,
    )


def _get(base_url: str, path: str) -> Example:
    return Example(f'curl "{links.absolute(base_url, path)}"', path)
