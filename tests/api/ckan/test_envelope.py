"""How calls come in and answers go out, whatever the action."""

from __future__ import annotations

import json

import pytest

from portal.api.ckan.registry import ACTIONS
from tests.api.ckan.conftest import Actions

SHOW = "/api/3/action/package_show"
SLUG = "chat-luong-khong-khi"
HOSTILE = [
    "%00",
    "../../etc",
    "<b>x",
    "'%22;--",
    "%E2%80%AE",
    "x" * 3000,
    "%F0%9F%98%80",
    "[1,2",
    '{"a":1}',
    "-1",
]


def test_success_and_failure_have_the_envelope_of_ckan(ckan: Actions) -> None:
    good = ckan.call("package_show", id=SLUG)
    assert good.content_type == "application/json;charset=utf-8"
    assert list(good.json) == ["help", "success", "result"]
    assert good.json["help"] == "http://127.0.0.1:8123/api/3/action/help_show?name=package_show"
    bad = ckan.call("package_show", id="khong-co")
    assert (bad.status_code, bad.json["success"], list(bad.json)) == (
        404,
        False,
        ["help", "success", "error"],
    )
    assert bad.json["error"]["__type"] == "Not Found Error"
    assert bad.json["error"]["message"].startswith("Not found: ")
    assert bad.json["help"] == good.json["help"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"id": SLUG})),
        ("application/json", json.dumps({"id": SLUG, "include_password_hash": True, "all_fields": False})),
        ("application/x-www-form-urlencoded", f"id={SLUG}"),
        ("application/x-www-form-urlencoded", json.dumps({"id": SLUG})),
        ("application/x-www-form-urlencoded", f"%7B%22id%22%3A%22{SLUG}%22%7D="),
        ("text/plain", json.dumps({"name_or_id": SLUG})),
    ],
)
@pytest.mark.parametrize("path", [SHOW, "/api/action/package_show"])
def test_bodies_of_every_kind_mean_the_same(ckan: Actions, path: str, kind: str, body: str) -> None:
    answer = ckan.staffed.site.client.post(path, data=body.encode(), content_type=kind)
    assert (answer.status_code, answer.json["result"]["name"]) == (200, SLUG)


def test_addresses_carry_calls_and_repeated_keys_are_lists(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    assert client.get(f"{SHOW}?id={SLUG}").json["result"]["name"] == SLUG
    both = client.get("/api/3/action/package_search?facet.field=tags&facet.field=groups&rows=0").json[
        "result"
    ]
    text = client.get('/api/3/action/package_search?facet.field=["tags","groups"]&rows=0').json["result"]
    assert both == text and set(both["search_facets"]) == {"tags", "groups"}
    one = client.get("/api/3/action/package_search?facet.field=tags&rows=0").json["result"]
    assert set(one["facets"]) == {"tags"}


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("GET", "/api/3/action/khong_co", None, "Action name not known: khong_co"),
        ("POST", "/api/action/datastore_make", "{}", "Action name not known: datastore_make"),
        ("GET", "/api/3/action/package_create", None, "This action changes data: use POST"),
        ("POST", SHOW, "{", "JSON Error"),
        ("POST", SHOW, "[1]", "JSON Error: Request data JSON needs to be a dictionary"),
        ("POST", SHOW, '{"id":' + "[" * 100 + "]" * 100 + "}", "JSON Error: nested more than 40 deep"),
    ],
)
def test_what_is_no_call_is_a_bare_string(
    ckan: Actions, method: str, path: str, body: str, told: str
) -> None:
    answer = ckan.staffed.site.client.open(path, method=method, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json.startswith(f"Bad request: {told}")


@pytest.mark.parametrize("header", ["Authorization", "X-CKAN-API-Key"])
@pytest.mark.parametrize("before", ["", "Bearer "])
def test_tokens_come_in_either_header(ckan: Actions, header: str, before: str) -> None:
    headers = {header: before + ckan.staffed.tokens["publisher"]}
    answer = ckan.staffed.site.client.get("/api/3/action/user_show", headers=headers)
    assert answer.json["result"]["name"] == "publisher@example.vn"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_wrong_token_is_refused_and_an_empty_one_is_none(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    wrong = client.get(f"{SHOW}?id={SLUG}", headers={"X-CKAN-API-Key": "dnp_" + "0" * 64})
    assert (wrong.status_code, wrong.json["error"]["__type"]) == (403, "Authorization Error")
    assert client.get(f"{SHOW}?id={SLUG}", headers={"Authorization": ""}).status_code == 200
    assert client.get("/api/v1/datasets", headers={"X-CKAN-API-Key": "x"}).status_code == 200


def test_a_private_answer_never_reaches_another_reader(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    path = f"{SHOW}?id=bi-mat-draft"
    token = {"X-CKAN-API-Key": ckan.staffed.tokens["administrator"]}
    assert client.get(path, headers=token).json["result"]["state"] == "draft"
    assert client.get(path).status_code == 404
    padded = client.get(f"{path}&callback=f", headers=token)
    assert "Bí mật" not in padded.text and padded.status_code == 404


def test_scripts_of_other_sites_read_by_callback_as_nobody(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    answer = client.get(f"{SHOW}?id={SLUG}&callback=hello.world")
    assert answer.content_type.startswith("application/javascript")
    assert answer.text.startswith("/**/hello.world({") and answer.text.endswith("});")
    strange = client.get(f"{SHOW}?id={SLUG}&callback=alert(1)//")
    assert strange.json["success"] is True


def test_public_answers_are_kept_and_asked_again_cheaply(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    first = client.get(f"{SHOW}?id={SLUG}")
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(f"{SHOW}?id={SLUG}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    head = client.head(f"{SHOW}?id={SLUG}")
    assert (head.status_code, head.content_length, head.data) == (200, len(first.data), b"")


def test_any_site_may_call(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    asked = client.options(SHOW)
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "Content-Type", "X-CKAN-API-Key"} <= set(
        asked.headers["Access-Control-Allow-Headers"].split(", ")
    )
    assert ckan.call("package_list").headers["Access-Control-Allow-Origin"] == "*"


def test_every_action_has_help_and_survives_anything(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    for name, action in ACTIONS.items():
        assert ckan.take("help_show", name=name) == action.help != ""
        for word in HOSTILE:
            for key in ("id", "q", "query", "limit", "name"):
                answer = client.get(f"/api/3/action/{name}?{key}={word}")
                assert answer.status_code in (200, 400, 403, 404, 409), (name, key, word, answer.text)
        for value in (None, [], {}, [{}], 7, True, "", {"a": [None]}):
            data = dict.fromkeys(
                ("id", "q", "fq", "query", "groups", "limit", "sort", "name", "datasets"), value
            )
            answer = ckan.call(name, "reading administrator", **data)
            assert answer.status_code in (200, 400, 403, 404, 409), (name, value, answer.text)
    for path in (
        "/api/3/action/<b>x",
        "/api/util/tag/autocomplete?incomplete=%00",
        "/dataset/%00",
        "/group/%2e%2e",
    ):
        assert client.get(path).status_code < 500


def test_methods_that_there_are_not(ckan: Actions) -> None:
    answer = ckan.staffed.site.client.delete(SHOW)
    assert (answer.status_code, answer.json["success"]) == (405, False)
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


@pytest.mark.parametrize(("path", "version"), [("/api", 1), ("/api/3", 3)])
def test_versions(ckan: Actions, path: str, version: int) -> None:
    assert ckan.staffed.site.client.get(path).json == {"version": version}
