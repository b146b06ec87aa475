"""Reads pages as browsers do, and asks the questions that every page must answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient

from portal import links
from portal.text import LANGUAGES
from tests.factories import SmallCatalogue

HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Page:
    """One answer, parsed."""

    status: int
    text: str
    root: Element

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements with this tag and these attribute values, in document order."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.root.iter(tag)
            if all(element.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    def with_class(self, name: str) -> list[Element]:
        return [each for each in self.root.iter() if name in (each.get("class") or "").split()]

    @property
    def words(self) -> str:
        """Everything that a reader sees in the body, on one line."""
        return words(self.one("body"))


def words(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def read(client: FlaskClient, path: str) -> Page:
    """A page, parsed; a page that breaks the grammar of HTML fails here."""
    answer = client.get(path, headers=HTML)
    text = answer.get_data(as_text=True)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(text)
    assert not parser.errors, (path, parser.errors[:3])
    return Page(answer.status_code, text, root)


def lists() -> Iterator[str]:
    """The pages that every portal has."""
    for page in links.PAGES.values():
        yield from page.values()


def items(catalogue: SmallCatalogue) -> Iterator[str]:
    """Pages of single things."""
    for language in LANGUAGES:
        for slug in (catalogue.full, catalogue.plain, catalogue.illustrative):
            yield links.dataset_page(slug, language)
        yield links.agency_page("so-y-te", language)
        yield links.theme_page("moi-truong", language)
        yield links.place_page("phuong-hai-chau", language)


def searches() -> Iterator[str]:
    """Searches of every outcome."""
    for language in LANGUAGES:
        path = links.page("datasets", language)
        for query in (
            "q=khong+khi",
            "theme=moi-truong&format=csv",
            "q=zzzz",
            "q=khong+khi&agency=nobody",
            "page=400",
        ):
            yield f"{path}?{query}"


def failures(catalogue: SmallCatalogue) -> Iterator[str]:
    """Addresses that must answer with a page of apology."""
    for language in LANGUAGES:
        yield links.dataset_page("khong-co-that", language)
        yield links.dataset_page(catalogue.withdrawn, language)
        yield f"{links.page('datasets', language)}?sort=nothing"


def every_path(catalogue: SmallCatalogue) -> list[str]:
    return [*lists(), *items(catalogue), *searches(), *failures(catalogue)]
