"""Every failure of every machine's address has one shape, two languages, and gives nothing away."""

from __future__ import annotations

import io
import json
from typing import ClassVar

import pytest
import structlog
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, TooLarge, Unavailable
from portal.http import problems
from portal.text import LocalizedText
from tests.factories import uuid_of
from tests.sites import Site

METHODS = ("POST", "PUT", "PATCH", "DELETE")
MEMBERS = {"type", "title", "title_i18n", "status", "code", "detail", "detail_i18n", "request_id"}
HOSTILE = [
    "%00",
    "..%2f..%2fetc",
    "%ff%fe",
    "<b>x",
    "'--",
    "%0d%0aSet-Cookie:x",
    "a" * 3000,
    "💥",
    "%E2%80%AE",
]


def assert_is_problem(answer: TestResponse) -> None:
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) >= MEMBERS
    assert answer.json["status"] == answer.status_code
    assert set(answer.json["detail_i18n"]) == {"vi", "en"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "ETag" not in answer.headers and "Set-Cookie" not in answer.headers


# Actions of CKAN answer in its own envelope: tests/api/ckan/test_envelope.py.
OTHERS = ("/api/3/", "/api/2/", "/api/action/", "/api/util/")


def routes(site: Site) -> list[str]:
    return sorted(
        str(rule)
        for rule in site.app.url_map.iter_rules()
        if str(rule).startswith(("/api/", "/id/", "/tai-ve/"))
        and not str(rule).startswith(OTHERS)
        and "GET" in (rule.methods or ())
    )


def methods_by_address(site: Site) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rule in site.app.url_map.iter_rules():
        if str(rule).startswith(("/api/", "/id/", "/tai-ve/")) and not str(rule).startswith(OTHERS):
            found.setdefault(str(rule), set()).update(rule.methods or ())
    return found


def test_hostile_words_in_any_place_of_any_address_are_a_plain_problem(site: Site) -> None:
    client = site.client
    for rule in routes(site):
        for word in HOSTILE:
            if "<" in rule:
                url = rule.replace("<int:number>", "1")
                for name in ("<reference>", "<uuid>", "<vocabulary>", "<code>", "<name>"):
                    url = url.replace(name, word)
                answer = client.get(url)
                assert answer.status_code in (401, 404, 422), (url, answer.status_code)
                assert_is_problem(answer)
                assert "<b>x" not in answer.text and "etc" not in answer.text
            for parameter in ("lang", "page", "cursor", "since"):
                answer = client.get(f"{rule}?{parameter}={word}")
                assert answer.status_code < 500, (rule, parameter, word)


def test_every_address_refuses_other_methods_and_says_which_it_takes(site: Site) -> None:
    for rule, taken in methods_by_address(site).items():
        url = rule.replace("<int:number>", "1").replace("<", "").replace(">", "")
        for method in set(METHODS) - taken:
            answer = site.client.open(url, method=method)
            assert answer.status_code == 405, url
            assert_is_problem(answer)
            assert set(answer.headers["Allow"].split(", ")) == taken


@pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v1/", "/api/v2/datasets", "/api/v1/datasets/"])
def test_unknown_machine_addresses_are_problems_whatever_is_accepted(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert_is_problem(answer)


def test_the_language_asked_for_is_spoken(client: FlaskClient) -> None:
    vietnamese, english = client.get("/api/v1/x"), client.get("/api/v1/x?lang=en")
    assert vietnamese.json["detail"] == english.json["detail_i18n"]["vi"] != english.json["detail"]
    assert vietnamese.json["code"] == english.json["code"] == "address-not-found"


class Broken(Unavailable):
    """One of the portal's own failures."""

    message: ClassVar[LocalizedText] = LocalizedText("Hỏng.", "Broken.")


@pytest.mark.parametrize(
    ("kind", "status"),
    [(NotFound, 404), (Invalid, 422), (Forbidden, 403), (Conflict, 409), (TooLarge, 413), (Unavailable, 503)],
)
def test_each_kind_of_error_has_its_status(kind: type[PortalError], status: int) -> None:
    named = type("NameOfIt", (kind,), {})
    assert problems.status_of(named()) == status


def test_accidents_and_outages_carry_an_incident_and_hide_the_rest(own_site: Site) -> None:
    def fall() -> str:
        raise RuntimeError("SELECT secret FROM /var/portal")

    def be_down() -> str:
        raise Broken

    own_site.app.add_url_rule("/api/v1/fall", view_func=fall)
    own_site.app.add_url_rule("/api/v1/down", view_func=be_down)
    with structlog.testing.capture_logs() as lines:
        fallen, down = own_site.client.get("/api/v1/fall"), own_site.client.get("/api/v1/down")
    for answer, status, code in ((fallen, 500, "unexpected-error"), (down, 503, "broken")):
        assert (answer.status_code, answer.json["code"]) == (status, code)
        assert_is_problem(answer)
        assert "SELECT" not in answer.text and "portal/" not in answer.text
        assert any(line.get("incident") == answer.json["incident"] for line in lines)
    assert int(down.headers["Retry-After"]) > 0


def test_a_damaged_database_is_an_outage_not_an_accident(own_site: Site) -> None:
    own_site.portal.database.engine.dispose()
    (own_site.portal.settings.var / "catalogue.sqlite").write_bytes(b"this is no database" * 1000)
    for path in ("/api/v1/datasets", "/api/v1/agencies", f"/tai-ve/{uuid_of('nobody')}/x"):
        answer = own_site.client.get(path)
        assert (answer.status_code, answer.json["code"]) == (503, "database-unavailable")
        assert_is_problem(answer)
        assert answer.json["incident"] and answer.headers["Retry-After"]


def test_a_large_body_is_refused_before_it_is_read(own_site: Site) -> None:
    from flask import request

    own_site.app.add_url_rule(
        "/api/v1/echo", view_func=lambda: str(len(request.get_data())), methods=["POST"]
    )
    answer = own_site.client.post("/api/v1/echo", data=io.BytesIO(b"x" * (1024**2 + 1)))
    assert (answer.status_code, answer.json["code"]) == (413, "content-too-large")


def test_people_get_a_page_where_there_is_one(own_site: Site) -> None:
    problems.use_error_page(own_site.app, lambda problem, language: f"<h1>{problem.status} {language}</h1>")
    page = own_site.client.get("/en/khong-co", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype, page.text) == (404, "text/html", "<h1>404 en</h1>")
    program = own_site.client.get("/du-lieu/khong-co", headers={"Accept": "application/json"})
    assert json.loads(program.text)["status"] == 404
    assert_is_problem(own_site.client.get("/api/v1/khong-co", headers={"Accept": "text/html"}))
    gone = own_site.client.get(
        f"/tai-ve/{uuid_of('distribution/da-rut/0')}/rut.csv", headers={"Accept": "text/html"}
    )
    assert gone.text == "<h1>410 vi</h1>"
