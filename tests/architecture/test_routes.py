"""No address without a description: the API in OpenAPI, pages in `links.PAGES`, the rest in docs/api.md."""

from __future__ import annotations

import re

import pytest

from portal.app import make_app
from portal.links import PAGES, TABLE_PAGES
from tests.conftest import REPOSITORY
from tests.factories import make_small_portal


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], dict]:
    app = make_app(make_small_portal(tmp_path_factory.mktemp("routes"))[0])
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    return {str(rule) for rule in app.url_map.iter_rules()}, document


def test_every_address_of_the_api_is_in_the_openapi_file(rules: tuple[set[str], dict]) -> None:
    found, document = rules
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in found if rule.startswith("/api/v1/")}
    assert routes == set(document["paths"]), "OpenAPI and the routes differ"


def test_every_page_has_its_place_in_both_languages(rules: tuple[set[str], dict]) -> None:
    found, _ = rules
    pages = {path for paths in PAGES.values() for path in paths.values()}
    assert pages <= found
    english = {rule for rule in found if rule.startswith("/en/")}
    assert len(english) == len({rule for rule in found if _is_vietnamese_page(rule)})


def test_every_other_address_is_told_in_the_docs(rules: tuple[set[str], dict]) -> None:
    found, _ = rules
    told = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs").glob("*.md"))
    others = [
        rule for rule in found if not rule.startswith(("/api/v1/", "/en/")) and not _is_vietnamese_page(rule)
    ]
    assert [rule for rule in others if _stem(rule) not in told] == []


def _is_vietnamese_page(rule: str) -> bool:
    roots = (*(paths["vi"] for paths in PAGES.values()), TABLE_PAGES["vi"])
    return rule in roots or any(root != "/" and rule.startswith(f"{root}/") for root in roots)


def _stem(rule: str) -> str:
    return rule.partition("<")[0]
