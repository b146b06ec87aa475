"""Parameters of addresses: what takes one value is given once, and an empty cursor never begins a list again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import Staffed

ONCE = {"vi": "Chỉ được nêu một lần.", "en": "Must be given once only."}


def operations(staffed: Staffed) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of every operation; the parts of addresses stand as `x`."""
    found = []
    for path, item in staffed.call("GET", "/api/v1/openapi.json").json["paths"].items():
        address = "/".join("x" if part.startswith("{") else part for part in path.split("/"))
        for method in ("get", "post", "put", "patch", "delete"):
            # Without a table there is nothing that its columns could be asked of; `test_rows` asks one.
            if method in item and not path.startswith("/api/v1/tables/"):
                found.append((method.upper(), address, item[method]))
    return found


def test_what_takes_one_value_is_refused_when_it_is_given_twice(staffed: Staffed) -> None:
    tried = 0
    for method, address, operation in operations(staffed):
        for parameter in operation.get("parameters", []):
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] == "query" and schema["type"] != "array":
                value = schema.get("enum", [schema.get("default", "1")])[0]
                twice = f"{address}?{name}={value}&{name}={value}"
                answer = staffed.call(method, twice, "administrator")
                assert answer.status_code == 422, (method, twice)
                assert answer.json["fields_i18n"] == {name: ONCE}
                tried += 1
    assert tried >= 80


def test_filters_may_be_given_many_times(staffed: Staffed) -> None:
    answer = staffed.call("GET", "/api/v1/datasets?theme=moi-truong&theme=giao-duc&year=2024&year=2025")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/datasets", "/api/v1/people", "/api/v1/audit"])
def test_an_empty_cursor_is_refused_and_a_star_begins(staffed: Staffed, path: str) -> None:
    empty = staffed.call("GET", f"{path}?cursor=", "administrator")
    assert (empty.status_code, list(empty.json["fields"])) == (422, ["cursor"])
    assert staffed.call("GET", f"{path}?cursor=*", "administrator").status_code == 200


@pytest.mark.parametrize("query", ["page_size=true", "page=0", "sort=size"])
def test_a_bad_value_is_refused_beside_an_identifier_too(staffed: Staffed, query: str) -> None:
    answer = staffed.call("GET", f"/api/v1/datasets?identifier=khong-co&{query}")
    assert (answer.status_code, list(answer.json["fields"])) == (422, [query.partition("=")[0]])
