"""What crawlers, browsers, language models and developers look for at fixed addresses."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, redirect

from portal import links
from portal.catalog import public_queries, queries, series_queries
from portal.catalog.models import Vocabulary
from portal.errors import NotFound
from portal.exchange import llms, opensearch, sitemap
from portal.exchange.sitemap import Listed, Part
from portal.http import context, locale
from portal.http.answers import public
from portal.http.negotiation import page_language
from portal.text import LANGUAGES

blueprint = Blueprint("crawlers", __name__)

# Two pages each: far below the 50,000 addresses and 50 MB that a sitemap may have, and small enough to be kept.
DATASETS_PER_SITEMAP = 2_500
# Every combination of filters is an address of its own: a crawler would never end. Without the star some
# robots would read a rule that ends in a question mark as one about the page itself.
_ROBOTS = """User-agent: *
Disallow: {vi}?*
Disallow: {en}?*
Disallow: {rows_vi}/*?*
Disallow: {rows_en}/*?*
Disallow: /api/
Disallow: /oai?*

Sitemap: {sitemap}
"""
_ICON = "/static/img/mark.svg"


@blueprint.route("/sitemap.xml")
def sitemap_index() -> Response:
    """The sitemaps that there are."""
    blocks = public_queries.blocks(
        context.session(), DATASETS_PER_SITEMAP, hide_illustrative=context.portal().settings.hide_illustrative
    )
    changed = max((at for _, at in blocks), default=None)
    parts = [Part(links.sitemap_part("pages"), changed)]
    parts += [Part(links.sitemap_part(f"datasets-{number}"), at) for number, at in blocks]
    return _xml(sitemap.index(parts, _base()))


@blueprint.route("/sitemap/pages.xml")
def sitemap_pages() -> Response:
    """Lists, texts, themes, agencies, series and places."""
    return _xml(sitemap.pages(_pages(), _base()))


@blueprint.route("/sitemap/datasets-<int:number>.xml")
def sitemap_datasets(number: int) -> Response:
    """The datasets of one block of ids: what is published or withdrawn moves no other from file to file."""
    found = public_queries.slugs_in_block(
        context.session(),
        DATASETS_PER_SITEMAP,
        number,
        hide_illustrative=context.portal().settings.hide_illustrative,
    )
    if not found:
        raise NotFound
    listed = (
        Listed({language: links.dataset_page(slug, language) for language in LANGUAGES}, at)
        for slug, at in found
    )
    return _xml(sitemap.pages(listed, _base()))


@blueprint.route("/robots.txt")
def robots() -> Response:
    """Everything may be read but endless lists and what is for programs."""
    text = _ROBOTS.format(
        vi=links.page("datasets", "vi"),
        en=links.page("datasets", "en"),
        rows_vi=links.TABLE_PAGES["vi"],
        rows_en=links.TABLE_PAGES["en"],
        sitemap=links.absolute(_base(), links.sitemap()),
    )
    return public(Response(text, content_type="text/plain; charset=utf-8"))


@blueprint.route("/opensearch.xml")
def open_search() -> Response:
    """How a browser searches here."""
    body = opensearch.describe(_base(), locale.language(), _ICON)
    return public(Response(body, content_type=f"{opensearch.MEDIA_TYPE}; charset=utf-8"))


@blueprint.route("/llms.txt")
def for_language_models() -> Response:
    """What a language model needs to know to answer with the city's data."""
    hide = context.portal().settings.hide_illustrative
    total = queries.published_count(context.session(), hide_illustrative=hide)
    text = llms.describe(_base(), total=total, has_illustrative=not hide)
    return public(Response(text, content_type="text/plain; charset=utf-8"))


@blueprint.route("/api/docs")
def reference() -> Response:
    """Where developers look for the reference: to its page, in their language."""
    # Flask makes its own Response; werkzeug's types promise less.
    response = redirect(links.page("reference", page_language()), 303)
    response.headers["Vary"] = "Accept-Language"
    return response  # type: ignore[return-value]


def _pages() -> Iterator[Listed]:
    session = context.session()
    for paths in links.PAGES.values():
        yield Listed(paths)
    for theme in queries.concepts(session, Vocabulary.THEME):
        yield Listed({each: links.theme_page(theme.code, each) for each in LANGUAGES})
    for agency in queries.agencies(session):
        yield Listed({each: links.agency_page(agency.slug, each) for each in LANGUAGES})
    for series in series_queries.series_in_use(session, hide_illustrative=_hides()):
        yield Listed({each: links.series_page(series.slug, each) for each in LANGUAGES})
    for place in queries.places(session):
        yield Listed({each: links.place_page(place.slug, each) for each in LANGUAGES})


def _hides() -> bool:
    return context.portal().settings.hide_illustrative


def _base() -> str:
    return context.portal().settings.public_url


def _xml(body: bytes) -> Response:
    return public(Response(body, content_type=f"{sitemap.MEDIA_TYPE}; charset=utf-8"))
