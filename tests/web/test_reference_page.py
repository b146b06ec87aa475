"""The API reference tells everything that the OpenAPI description has, in both languages, with calls that work."""

from __future__ import annotations

import re
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from portal import links
from portal.i18n import CATALOGUES
from tests.web.reading import Page, read, words

BASE = "http://127.0.0.1:8123"


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    return client.get("/api/v1/openapi.json").get_json()


@pytest.fixture(scope="module", params=["vi", "en"])
def page(request: pytest.FixtureRequest, client: FlaskClient) -> Page:
    return read(client, links.page("reference", request.param))


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, facts)
        for path, item in document["paths"].items()
        for method, facts in item.items()
        if method != "parameters"
    ]


def texts(document: dict[str, Any]) -> set[str]:
    """Everything that is said in words."""
    found = [document["info"]["description"], *(tag["description"] for tag in document["tags"])]
    for _, _, facts in operations(document):
        found += [facts.get("summary", ""), facts.get("description", "")]
        found += [each.get("description", "") for each in facts.get("parameters", ())]
    return {" ".join(each.split()) for each in found if each}


def test_every_operation_parameter_and_shape_is_told(page: Page, document: dict[str, Any]) -> None:
    articles = page.with_class("operation")
    assert len(articles) == len(operations(document))
    told = {
        (words(next(each.iter("strong"))), words(next(each.iter("code")))): words(each) for each in articles
    }
    for method, path, facts in operations(document):
        for parameter in facts.get("parameters", ()):
            assert parameter["name"] in told[method, path]
    ids = {each.get("id") for each in page.root.iter() if each.get("id")}
    for name in document["components"]["schemas"]:
        assert name == "PaginationMetadata" or f"shape-{name}" in ids


def test_every_example_that_a_browser_can_make_is_answered(page: Page, client: FlaskClient) -> None:
    paths = [
        each.get("href", "")
        for article in page.with_class("operation")
        for each in article.iter("a")
        if (each.get("href") or "").startswith("/api/")
    ]
    assert len(paths) >= 14
    for path in paths:
        assert client.get(path).status_code == 200, path
    examples = [words(next(each.iter("pre"))) for each in page.with_class("operation")]
    for path in paths:
        assert f'curl "{BASE}{path}"' in examples


def test_what_needs_a_token_says_so(page: Page, document: dict[str, Any], client: FlaskClient) -> None:
    marked = 0
    for article in page.with_class("operation"):
        method, path = words(next(article.iter("strong"))), words(next(article.iter("code")))
        needs = {} not in document["paths"][path][method.lower()].get("security", [{}])
        assert ("Bearer $TOKEN" in words(article)) == needs
        marked += needs
        if method == "GET":
            filled = re.sub(r"\{\w+\}", "x", path)
            assert (client.get(filled).status_code == 401) == needs, path
    assert marked > 30


def test_every_text_of_the_description_has_its_vietnamese(document: dict[str, Any]) -> None:
    with (CATALOGUES / "vi/LC_MESSAGES/reference.po").open("rb") as file:
        catalogue = {each.id: each.string for each in read_po(file, locale="vi") if each.id}
    said = texts(document)
    assert sorted(said - {key for key, text in catalogue.items() if text}) == []
    assert sorted(catalogue.keys() - said) == [], "these are said no more"
    code = re.compile(r"`[^`]*`")
    for english, vietnamese in catalogue.items():
        assert sorted(code.findall(vietnamese)) == sorted(code.findall(english)), english


def test_developers_who_look_elsewhere_are_led_there(client: FlaskClient) -> None:
    assert client.get("/api/docs").location == links.page("reference", "vi")
    english = client.get("/api/docs", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert (english.status_code, english.location) == (303, links.page("reference", "en"))
