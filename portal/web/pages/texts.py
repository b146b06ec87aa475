"""Pages of text: for developers, and about the portal."""

from __future__ import annotations

from dataclasses import dataclass

from portal import links
from portal.catalog import queries
from portal.web.context import Visit
from portal.web.pages.dataset import Licence, licence_words
from portal.web.pages.frame import Frame, page_frame


@dataclass(frozen=True, slots=True)
class Example:
    """A call that anybody can make: the command, and the same as a link."""

    command: str
    path: str


@dataclass(frozen=True, slots=True)
class DevelopersPage:
    """How programs read the catalogue."""

    frame: Frame
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
        search=_get(base, f"{links.api('datasets')}?q=du+lich&page_size=5"),
        filtered=_get(base, f"{links.api('datasets')}?format=CSV&sort=modified"),
        changes=_get(base, f"{links.api('changes')}?since=0"),
        dataset=_get(base, links.api("datasets", newest[0].slug if newest else "SLUG")),
        download='curl -LO "DOWNLOAD_URL"',
        openapi_path=links.api("openapi.json"),
        base_url=base,
    )


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
