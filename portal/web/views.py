"""The addresses of pages, each in both languages, and what answers there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from portal import links
from portal.catalog import queries
from portal.catalog.models import Vocabulary
from portal.catalog.services import datasets
from portal.catalog.services.datasets import Withdrawn
from portal.catalog.services.series import find_series
from portal.errors import NotFound
from portal.exchange.signposting import header, linkset_links, page_links
from portal.http.answers import degraded, public
from portal.http.context import actor
from portal.http.negotiation import alternates
from portal.http.search_log import tell
from portal.http.table_differences import asked_versions
from portal.search.request import SearchRequest
from portal.statistics.counting import Outcome
from portal.tables.differences.question import question_from, version_from
from portal.text import LANGUAGES
from portal.web.context import visit
from portal.web.errors import withdrawn_answer
from portal.web.explore.views import add_rules
from portal.web.pages.agencies import agencies_page, agency_page
from portal.web.pages.dataset import dataset_page
from portal.web.pages.frame import Frame
from portal.web.pages.home import home_page
from portal.web.pages.places import place_page, places_page
from portal.web.pages.reference import reference_page
from portal.web.pages.search import search_page
from portal.web.pages.series import series_list_page, series_page
from portal.web.pages.table_changes import CHANGES_ASKED, table_changes_page
from portal.web.pages.texts import about_page, developers_page
from portal.web.pages.themes import theme_page, themes_page

Answer = Response | AnyResponse
View = Callable[..., Answer]


class Framed(Protocol):
    """What any page has."""

    @property
    def frame(self) -> Frame:
        """Its frame."""
        ...


def _page(template: str, page: Framed, *, version: int | None = None) -> Response:
    """An answer that is the same for everyone; `version` of the record it shows, if it is about one."""
    response = make_response(render_template(template, page=page))
    if page.frame.for_programs:
        forms = ((each.url, each.media_type) for each in page.frame.for_programs)
        response.headers["Link"] = alternates(forms)
    return public(response, version=version)


def home() -> Answer:
    """Home."""
    return _page("pages/home.html", home_page(visit()))


def search() -> Answer:
    """The list of datasets."""
    here = visit()
    page = search_page(here, SearchRequest.from_args(request.args, language=here.language))
    if page.is_degraded:
        degraded()
    else:
        tell(Outcome(page.total, is_relaxed=page.is_relaxed, is_repaired=page.corrected != ""))
    return _page("pages/search.html", page)


def dataset(reference: str) -> Answer:
    """One dataset; by its uuid, the way to its page."""
    here = visit()
    try:
        found = datasets.visible(here.session, actor(), reference, hide_illustrative=here.hide_illustrative)
    except Withdrawn as withdrawn:
        return withdrawn_answer(here, withdrawn.dataset)
    if found.slug != reference:
        return redirect(links.dataset_page(found.slug, here.language), 301)
    response = _page("pages/dataset.html", dataset_page(here, found), version=found.version)
    signs = (*page_links(found, here.base_url), *linkset_links(found, here.base_url))
    response.headers["Link"] = ", ".join(filter(None, (response.headers.get("Link"), header(signs))))
    return response


def themes() -> Answer:
    """The list of themes."""
    return _page("pages/themes.html", themes_page(visit()))


def theme(reference: str) -> Answer:
    """One theme."""
    here = visit()
    found = queries.concept(here.session, Vocabulary.THEME, reference)
    if found is None:
        raise NotFound
    return _page("pages/theme.html", theme_page(here, found))


def agencies() -> Answer:
    """The list of agencies."""
    return _page("pages/agencies.html", agencies_page(visit()))


def agency(reference: str) -> Answer:
    """One agency."""
    here = visit()
    found = queries.agency(here.session, reference)
    if found is None:
        raise NotFound
    return _page("pages/agency.html", agency_page(here, found))


def series_list() -> Answer:
    """The list of series."""
    return _page("pages/series_list.html", series_list_page(visit()))


def series(reference: str) -> Answer:
    """One series; by its uuid, the way to its page."""
    here = visit()
    found = find_series(here.session, reference)
    if found.slug != reference:
        return redirect(links.series_page(found.slug, here.language), 301)
    return _page("pages/series.html", series_page(here, found))


def places() -> Answer:
    """The list of places."""
    return _page("pages/places.html", places_page(visit()))


def place(reference: str) -> Answer:
    """One place; by its code, the way to its page."""
    here = visit()
    found = queries.place(here.session, reference)
    if found is None:
        raise NotFound
    if found.slug != reference:
        return redirect(links.place_page(found.slug, here.language), 301)
    return _page("pages/place.html", place_page(here, found))


def developers() -> Answer:
    """For developers."""
    return _page("pages/developers.html", developers_page(visit()))


def reference() -> Answer:
    """The API reference."""
    return _page("pages/reference.html", reference_page(visit()))


def about() -> Answer:
    """About the portal."""
    return _page("pages/about.html", about_page(visit()))


def table_changes(reference: str) -> Answer:
    """What differs between two versions of a table."""
    here, asked = visit(), {name: request.args.get(name, "").strip() for name in CHANGES_ASKED}
    question = question_from(asked["key"], asked["change"], asked["limit"], asked["after"])
    older, newer = (version_from(name, asked[name]) for name in ("from", "to"))
    try:
        found = asked_versions(reference, older, newer)
    except Withdrawn as withdrawn:
        return withdrawn_answer(here, withdrawn.dataset)
    given = {name: value for name, value in asked.items() if value}
    page = table_changes_page(here, found, found.differences(question), given)
    return _page("pages/table_changes.html", page, version=found.versions.after.dataset.version)


_LISTS: dict[links.Page, View] = {
    "home": home,
    "datasets": search,
    "themes": themes,
    "series": series_list,
    "agencies": agencies,
    "places": places,
    "developers": developers,
    "reference": reference,
    "about": about,
}
_ITEMS: dict[links.Page, View] = {
    "datasets": dataset,
    "themes": theme,
    "series": series,
    "agencies": agency,
    "places": place,
}


def make_blueprint() -> Blueprint:
    """All pages; endpoints are `web.<page>_<language>` and `web.<page>_item_<language>`."""
    blueprint = Blueprint("web", __name__)
    for language in LANGUAGES:
        for name, view in _LISTS.items():
            blueprint.add_url_rule(links.page(name, language), f"{name}_{language}", view)
        for name, view in _ITEMS.items():
            rule = f"{links.page(name, language)}/<reference>"
            blueprint.add_url_rule(rule, f"{name}_item_{language}", view)
        changes = f"{links.TABLE_PAGES[language]}/<reference>/{links.TABLE_CHANGES[language]}"
        blueprint.add_url_rule(changes, f"table_changes_{language}", table_changes)
    add_rules(blueprint)
    return blueprint
