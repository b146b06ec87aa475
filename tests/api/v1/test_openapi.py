"""The description of API v1 is valid, whole, and what the answers really look like."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from portal.catalog import queries
from tests.factories import make_series, uuid_of
from tests.people import Staffed
from tests.sites import Site, open_site
from tests.table_files import WARDS, add_table_file, read_tables

FILE = str(uuid_of("distribution/chat-luong-khong-khi/0"))
TABLE = f"/api/v1/tables/{uuid_of('distribution/dan-so-cac-phuong/0')}"
EXAMPLES = {
    "/api/v1/datasets": [
        "/api/v1/datasets",
        "/api/v1/datasets?q=không+khí&theme=moi-truong&lang=en",
        "/api/v1/datasets?cursor=*&page_size=1",
        "/api/v1/datasets?identifier=DN-01",
    ],
    "/api/v1/datasets/{reference}": [
        "/api/v1/datasets/chat-luong-khong-khi",
        "/api/v1/datasets/du-toan-ngan-sach-2025",
    ],
    "/api/v1/datasets/{reference}/distributions": ["/api/v1/datasets/chat-luong-khong-khi/distributions"],
    "/api/v1/datasets/{reference}/revisions": ["/api/v1/datasets/chat-luong-khong-khi/revisions"],
    "/api/v1/distributions/{uuid}": [f"/api/v1/distributions/{FILE}"],
    "/api/v1/distributions/{uuid}/reading": [f"/api/v1/distributions/{FILE}/reading"],
    "/api/v1/agencies": ["/api/v1/agencies"],
    "/api/v1/agencies/{reference}": [
        "/api/v1/agencies/so-y-te",
        "/api/v1/agencies/uy-ban-nhan-dan-thanh-pho",
    ],
    "/api/v1/concepts/{vocabulary}": ["/api/v1/concepts/theme", "/api/v1/concepts/access-level"],
    "/api/v1/concepts/{vocabulary}/{code}": ["/api/v1/concepts/theme/moi-truong"],
    "/api/v1/series": ["/api/v1/series"],
    "/api/v1/series/{reference}": ["/api/v1/series/hang-nam"],
    "/api/v1/words": ["/api/v1/words", "/api/v1/words?term=KLT"],
    "/api/v1/words/{word_id}": ["/api/v1/words/1"],
    "/api/v1/places": ["/api/v1/places"],
    "/api/v1/places/{reference}": ["/api/v1/places/20333"],
    "/api/v1/changes": ["/api/v1/changes", "/api/v1/changes?since=1&limit=1"],
    "/api/v1/tables/{uuid}": [TABLE],
    "/api/v1/tables/{uuid}/versions/{number}": [f"{TABLE}/versions/1"],
    "/api/v1/tables/{uuid}/rows": [f"{TABLE}/rows", f"{TABLE}/rows?group=phuong&measure=sum:dan_so"],
    "/api/v1/tables/{uuid}/versions/{number}/rows": [f"{TABLE}/versions/1/rows?limit=1&sort=-dan_so"],
    "/api/v1/tables/{uuid}/rows.{form}": [f"{TABLE}/rows.arrays.json", f"{TABLE}/rows.json?select=dan_so"],
    "/api/v1/tables/{uuid}/versions/{number}/rows.{form}": [f"{TABLE}/versions/1/rows.arrays.json?limit=1"],
    "/api/v1/tables/{uuid}/export.{kind}": [f"{TABLE}/export.json"],
    "/api/v1/tables/{uuid}/versions/{number}/export.{kind}": [f"{TABLE}/versions/1/export.json"],
    "/api/v1/tables/{uuid}/openapi.json": [f"{TABLE}/openapi.json"],
    "/api/v1/tables/{uuid}/versions/{number}/openapi.json": [f"{TABLE}/versions/1/openapi.json"],
    "/api/v1/catalogue": ["/api/v1/catalogue"],
    "/api/v1/suggest": [
        "/api/v1/suggest?q=kh",
        "/api/v1/suggest?q=so%20y&lang=en&limit=1",
        "/api/v1/suggest",
    ],
    "/api/v1/tables/{uuid}/differences": [
        f"{TABLE}/differences",
        f"{TABLE}/differences?from=2&to=1&limit=1&lang=en",
    ],
}
# Stands for the GET of an address that has none.
PRIVATE: dict[str, Any] = {"security": []}
# Answered in no JSON at all; told by tests of their own.
FILES = {"/api/v1/tables/{uuid}/differences.csv"}
PROBLEMS = [
    f"{TABLE}/rows?khong_co=1",
    "/api/v1/datasets?page=0",
    "/api/v1/datasets/khong-co",
    "/api/v1/datasets/da-rut",
    "/api/v1/nowhere",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    add_table_file(site.portal, "Dân số các phường", WARDS, WARDS.replace("131427", "131500"))
    read_tables(site.portal)
    with site.portal.database.write() as session:
        series = make_series(session, "Hằng năm", agency=queries.agency(session, "so-y-te"))
        for slug in ("chat-luong-khong-khi", "du-toan-ngan-sach-2025"):
            dataset = queries.dataset_by_reference(session, slug)
            assert dataset is not None
            dataset.series = series
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def specification(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json
    return found


def operations(specification: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in specification["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method, operation


def closed(specification: dict[str, Any]) -> dict[str, Any]:
    """The same schemas, where a member that is not described is an error."""
    components: dict[str, Any] = copy.deepcopy(specification["components"])
    for schema in components["schemas"].values():
        schema["additionalProperties"] = False
    return components


def mistakes(specification: dict[str, Any], schema: dict[str, Any], document: object) -> list[str]:
    validator = Draft202012Validator({**schema, "components": closed(specification)})
    return [
        f"{'/'.join(map(str, each.path))}: {each.message[:200]}" for each in validator.iter_errors(document)
    ]


def test_the_description_is_valid_openapi_31(specification: dict[str, Any]) -> None:
    assert specification["openapi"] == "3.1.0"
    validate(specification)


def test_every_route_is_described(site: Site, specification: dict[str, Any]) -> None:
    rules = {
        str(rule).replace("<", "{").replace(">", "}")
        for rule in site.app.url_map.iter_rules()
        if str(rule).startswith("/api/v1/")
    }
    assert rules == set(specification["paths"])
    public = {
        path for path, item in specification["paths"].items() if "security" not in item.get("get", PRIVATE)
    }
    assert public - {"/api/v1/openapi.json"} == set(EXAMPLES) | FILES


def test_every_method_of_every_route_is_described(site: Site, specification: dict[str, Any]) -> None:
    for rule in site.app.url_map.iter_rules():
        path = str(rule).replace("<", "{").replace(">", "}")
        if path.startswith("/api/v1/"):
            methods = {each.lower() for each in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
            assert methods <= set(specification["paths"][path]), path


def test_every_change_needs_a_token_and_all_but_posts_a_version(specification: dict[str, Any]) -> None:
    for path, method, operation in operations(specification):
        if method != "get":
            assert operation["security"] == [{"token": []}], (method, path)
            headers = {
                each["name"]
                for each in operation.get("parameters", [])
                if each["in"] == "header" and each.get("required")
            }
            assert ("If-Match" in headers) == (method != "post"), (method, path)


def test_every_operation_has_words_and_a_failure(specification: dict[str, Any]) -> None:
    for path, method, operation in operations(specification):
        assert operation["summary"], (method, path)
        assert "default" in operation["responses"], (method, path)
        named = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path)), (method, path)


@pytest.mark.parametrize(("path", "url"), [(path, url) for path in EXAMPLES for url in EXAMPLES[path]])
def test_answers_are_as_described(
    client: FlaskClient, specification: dict[str, Any], path: str, url: str
) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    schema = specification["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert mistakes(specification, schema, answer.json) == []


@pytest.mark.parametrize("url", PROBLEMS)
def test_failures_are_as_described(client: FlaskClient, specification: dict[str, Any], url: str) -> None:
    content = specification["components"]["responses"]["DEFAULT_ERROR"]["content"]
    schema = content["application/problem+json"]["schema"]
    assert mistakes(specification, schema, client.get(url).json) == []


def test_drafts_are_as_described(staffed: Staffed, specification: dict[str, Any]) -> None:
    made = staffed.call("POST", "/api/v1/datasets", "publisher", json={"title": "Chưa từng công bố"})
    listed = staffed.call("GET", "/api/v1/me/datasets", "publisher")
    for answer, path, method in (
        (made, "/api/v1/datasets", "post"),
        (listed, "/api/v1/me/datasets", "get"),
    ):
        responses = specification["paths"][path][method]["responses"]
        schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
        assert mistakes(specification, schema, answer.json) == []
    assert listed.json["items"][0]["published_at"] is None
