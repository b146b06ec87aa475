"""Markup in every text that others give us stays text, on every page (threats T01, T02, T03 and T08)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal import links
from portal.app import make_app
from portal.catalog.models import State, Vocabulary
from portal.text import LANGUAGES
from tests.factories import (
    NOW,
    make_agency,
    make_concept,
    make_dataset,
    make_file,
    make_index,
    make_link,
    make_place,
    make_portal,
)
from tests.web.reading import HTML, Page, read, words

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><script>alert(1)</script>",
    "{{7*7}}${7*7}%00",
    "'><svg/onload=alert(1)>",
)
CLEAN = "Chất lượng nước"


def _fill(session: Session, text: str) -> None:
    """Every text of a dataset, its files, agency, theme and place is `text`."""
    theme = make_concept(session, Vocabulary.THEME, "t", text, text)
    format_ = make_concept(session, Vocabulary.FORMAT, text, text, text, media_type="text/csv")
    licence = make_concept(session, Vocabulary.LICENCE, "l", text, text, url="javascript:alert(1)")
    for concept in (theme, licence):
        concept.description_vi = concept.description_en = text
    agency = make_agency(session, text, text, slug="a")
    agency.acronyms, agency.former_names, agency.homepage = [text], [text], "javascript:alert(1)"
    place = make_place(session, "p", text, text)
    file = make_file(text, [b"x"], format=format_, title=text)
    file.description_vi = file.description_en = text
    file.columns = [dict.fromkeys(("name", "title_vi", "title_en", "type", "unit", "description_vi"), text)]
    link = make_link("javascript:alert(1)", title=text)
    link.format_raw = text
    fields: dict[str, Any] = dict.fromkeys(
        (
            "description_vi",
            "description_en",
            "agency_text",
            "supplier_text",
            "access_reason",
            "contact_name",
            "contact_email",
            "contact_phone",
            "legal_basis",
            "conforms_to",
            "provenance",
            "other_identifier",
            "licence_raw",
            "frequency_raw",
        ),
        text,
    )
    known = {"agency": agency, "themes": [theme], "places": [place], "licence": licence}
    fields |= {"landing_page": "javascript:alert(1)", "keywords": [text], "modified": NOW}
    shown = make_dataset(
        session, text, en=text, slug="d", distributions=[file, link], identifier=text, **fields, **known
    )
    make_dataset(session, text, slug="r", identifier="r", themes_raw=[text], places_raw=[text], **fields)
    make_dataset(
        session, text, slug="w", identifier=f"{text} ", state=State.WITHDRAWN, withdrawal_reason=text,
        replacement=shown, temporal_start=date(2024, 1, 1),
    )  # fmt: skip


def _open(folder: Any, text: str) -> FlaskClient:
    portal = make_portal(folder)
    with portal.database.write() as session:
        _fill(session, text)
    make_index(portal)
    return make_app(portal).test_client()


PATHS = [
    path
    for language in LANGUAGES
    for path in (
        links.page("home", language),
        links.page("datasets", language),
        *(links.dataset_page(slug, language) for slug in "drw"),
        links.page("agencies", language),
        links.agency_page("a", language),
        links.page("themes", language),
        links.theme_page("t", language),
        links.page("places", language),
        links.place_page("p", language),
        links.page("about", language),
        links.search(language, theme="t", agency="a", place="p", licence="l"),
    )
]


def _dangers(page: Page) -> list[str]:
    """Whatever a browser would run, or fetch because of a text."""
    found = [str(each.tag) for each in page.root.iter() if str(each.tag) in ("iframe", "object")]
    found += [
        str(each.attrib)
        for each in page.all("script")
        # Browsers do not run data; whether it is data, its parser tells.
        if not (each.get("type") == "application/ld+json" and json.loads("".join(each.itertext())))
        and (words(each) or not (each.get("src") or "").startswith("/static/js/"))
    ]
    found += [
        str(each.attrib) for each in page.all("img") if not (each.get("src") or "").startswith("/static/")
    ]
    for each in page.root.iter():
        found += [name for name in each.attrib if name.startswith("on")]
        for name in ("href", "src", "action"):
            value = (each.get(name) or "").lower().strip()
            found += [value] if value.startswith(("javascript:", "data:", "vbscript:")) else []
    return found


@pytest.mark.parametrize("attack", ATTACKS)
def test_t01_markup_in_any_field_stays_text_on_every_page(
    attack: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hostile = _open(tmp_path_factory.mktemp("hostile"), attack)
    clean = _open(tmp_path_factory.mktemp("clean"), CLEAN)
    for path in PATHS:
        page, expected = read(hostile, path), read(clean, path)
        assert page.status == expected.status, path
        assert _dangers(page) == [], path
        for tag in ("script", "img", "svg", "style", "form", "link", "meta", "title"):
            assert len(page.all(tag)) == len(expected.all(tag)), (path, tag)
        assert "49" not in page.words.replace("2049", ""), path


def test_t01_the_words_are_shown_as_they_were_typed(tmp_path_factory: pytest.TempPathFactory) -> None:
    client = _open(tmp_path_factory.mktemp("typed"), ATTACKS[0])
    page = read(client, links.dataset_page("d", "vi"))
    assert "".join(page.one("h1").itertext()) == ATTACKS[0]
    assert ATTACKS[0] in page.with_class("lead")[0].itertext()


@pytest.mark.parametrize("word", ["<b>x", '"><svg/onload=1>', "{{7*7}}", "'\"><script>alert(1)</script>"])
@pytest.mark.parametrize("name", ["q", "sort", "page", "theme", "agency", "year", "lang"])
def test_t03_markup_in_a_parameter_stays_text(client: FlaskClient, name: str, word: str) -> None:
    for language in LANGUAGES:
        page = read(client, f"{links.page('datasets', language)}?{urlencode({name: word})}")
        assert _dangers(page) == []
        assert not [each for each in page.all("b") if each.text == "x"]
        if name == "q":
            assert page.one("input", name="q").get("value") == word


@pytest.mark.parametrize(
    "path",
    [
        "/<script>alert(1)</script>",
        '/"><svg onload=1>',
        "/du-lieu/<b>gia-dat",
        "/en/{{7*7}}",
        "/..%2f..%2fetc",
    ],
)
def test_t03_a_wrong_address_offers_words_and_no_markup(client: FlaskClient, path: str) -> None:
    page = read(client, quote(path, safe="/%"))
    assert page.status == 404
    assert _dangers(page) == []
    assert "49" not in page.words
    offered = page.one("input", name="q").get("value") or ""
    assert not set("<>\"'{}/%.") & set(offered)


def test_t08_names_are_isolated_from_the_text_around_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    reversed_ = "Báo cáo \u202egpj.exe"
    client = _open(tmp_path_factory.mktemp("bidi"), reversed_)
    page = read(client, links.dataset_page("d", "vi"))
    isolated = {"".join(each.itertext()) for each in page.all("bdi")}
    assert reversed_ in isolated
    for heading in page.all("h3", class_="file__title"):
        assert heading.find("bdi") is not None


def test_the_policy_of_every_page_allows_no_foreign_code(client: FlaskClient) -> None:
    for path in ("/", "/du-lieu", "/khong-co"):
        policy = client.get(path, headers=HTML).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
