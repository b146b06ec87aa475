"""Counts searches and opened results as they pass the front door, however their answers were made.

A click is told by the request itself: a dataset's page that is asked for with a page of results as its
Referer. Addresses stay clean, pages stay the same for everyone, and nothing is set in the browser.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from flask import Flask, request

from portal import links
from portal.errors import Invalid
from portal.http.cache import Key, page_key
from portal.http.hosts import host_checker
from portal.search import service
from portal.search.request import PlainArguments, SearchRequest
from portal.statistics.counting import Click, Outcome, QueryCounter
from portal.statistics.query_log import QueryLog
from portal.text import LANGUAGES, Language
from portal.wiring import Portal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_KEY = "portal.search_log"
_OUTCOME = "portal.search_outcome"
_LISTS: dict[str, Language] = {links.page("datasets", each): each for each in LANGUAGES}
# Outcomes of kept pages: as many as searches that people repeat within the life of a process.
_MOST_OUTCOMES = 4096
_LONGEST_QUERY = 2048
# What names itself a program is no citizen; the name is looked at and not kept.
_PROGRAMS = ("bot", "crawl", "spider", "curl/", "python-")


class SearchLog:
    """The counter of one app, fed by its front door."""

    def __init__(self, portal: Portal) -> None:
        settings = portal.settings
        self._is_trusted = host_checker(settings.trusted_hosts)
        self._outcomes: OrderedDict[Key, Outcome] = OrderedDict()
        self._keep_days = settings.query_log_days
        self.log = QueryLog(settings.statistics_file)
        self.counter = QueryCounter(
            self.log,
            clock=portal.clock,
            keep_days=settings.query_log_days,
            rank_of=lambda click: rank_of(portal, click),
        )

    def seen(self, environ: WSGIEnvironment, status: int) -> None:
        """Counts one answered request, if it was a search or the opening of a result."""
        if not self._keep_days or environ["REQUEST_METHOD"] != "GET" or status not in (200, 304):
            return
        path = environ.get("PATH_INFO", "")
        language = _LISTS.get(path)
        if language is not None:
            self._searched(environ, path, language)
        elif "HTTP_REFERER" in environ:
            self._opened(environ, path)

    def _searched(self, environ: WSGIEnvironment, path: str, language: Language) -> None:
        text = environ.get("QUERY_STRING", "")
        if "q=" not in text or len(text) > _LONGEST_QUERY or _is_program(environ):
            return
        parameters = parse_qs(text)
        # Turning pages is no new search.
        if "page" in parameters or "q" not in parameters:
            return
        self.counter.searched(parameters["q"][-1], language, self._outcome(environ, path, text))

    def _outcome(self, environ: WSGIEnvironment, path: str, text: str) -> Outcome | None:
        """What the view has just told, or what it told when the page that is kept was made."""
        key = page_key(path, text)
        made: Outcome | None = environ.get(_OUTCOME)
        if key is None:
            return made
        if made is None:
            return self._outcomes.get(key)
        self._outcomes[key] = made
        if len(self._outcomes) > _MOST_OUTCOMES:
            self._outcomes.popitem(last=False)
        return made

    def _opened(self, environ: WSGIEnvironment, path: str) -> None:
        root, _, slug = path.rpartition("/")
        language = _LISTS.get(root)
        if language is None or not slug or _is_program(environ):
            return
        referer = environ["HTTP_REFERER"]
        if len(referer) > _LONGEST_QUERY or "q=" not in referer:
            return
        try:
            origin = urlsplit(referer)
        except ValueError:
            return
        if origin.path == root and self._is_trusted(origin.netloc):
            self.counter.clicked(Click(origin.query, language, slug))


def install(app: Flask, portal: Portal) -> SearchLog:
    """Gives `app` its log; pass it to the front door."""
    log = app.extensions[_KEY] = SearchLog(portal)
    return log


def search_log(app: Flask) -> SearchLog:
    """The log of an app."""
    found: SearchLog = app.extensions[_KEY]
    return found


def tell(outcome: Outcome) -> None:
    """Lets the present request, a page of results, be counted with what was found."""
    request.environ[_OUTCOME] = outcome


def rank_of(portal: Portal, click: Click) -> tuple[str, int] | None:
    """The words and the place of an opened result, by searching again; None when it is not (any more) there."""
    try:
        wanted = SearchRequest.from_args(PlainArguments(parse_qs(click.search)), language=click.language)
    except (Invalid, ValueError):
        return None
    if not wanted.text:
        return None
    with portal.database.read() as session:
        found = service.search(
            wanted,
            engine=portal.search,
            session=session,
            hide_illustrative=portal.settings.hide_illustrative,
            facets=(),
        )
    shown = [hit.slug for hit in (*found.items, *found.related)]
    if found.degraded or click.slug not in shown:
        return None
    return wanted.text, wanted.start + shown.index(click.slug) + 1


def _is_program(environ: WSGIEnvironment) -> bool:
    agent = environ.get("HTTP_USER_AGENT", "").lower()
    return environ.get("HTTP_SEC_PURPOSE", "").startswith("prefetch") or any(
        each in agent for each in _PROGRAMS
    )
