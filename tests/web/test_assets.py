"""Static files: what others made is what it was, addresses carry hashes, and a first visit stays light."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.web import assets
from portal.web.assets import STATIC_FOLDER, VENDOR_FILE, asset, content_hash, is_current, vendored
from tests.factories import make_index, make_many, make_portal
from tests.web.reading import HTML, read

FIRST_VISIT_BYTES = 170 * 1024

# Made beside the files by `make setup`.
COMPRESSED = {".gz", ".br"}


def test_vendored_files_are_exactly_those_of_their_packages() -> None:
    for entry in vendored():
        folder = VENDOR_FILE.parent / entry["folder"]
        assert {each.name for each in folder.iterdir() if each.suffix not in COMPRESSED} == set(
            entry["files"]
        ), entry["name"]
        for name, expected in entry["files"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name
        assert entry["licence"] in ("OFL-1.1", "ISC", "MIT", "BSD-2-Clause")
        assert "LICENSE" in entry["files"]
        assert entry["version"] in entry["folder"]


def test_no_vendored_folder_is_unrecorded() -> None:
    folders = {each.name for each in VENDOR_FILE.parent.iterdir() if each.is_dir()}
    assert folders == {entry["folder"] for entry in vendored()}


def test_style_sheets_name_files_by_the_hash_that_they_have() -> None:
    found = 0
    for sheet in (STATIC_FOLDER / "css").glob("*.css"):
        for address in re.findall(r'url\("([^"]+)"\)', sheet.read_text(encoding="utf-8")):
            path, _, version = address.partition("?v=")
            target = (sheet.parent / path).resolve().relative_to(STATIC_FOLDER)
            assert version == content_hash(target.as_posix()), address
            found += 1
    assert found >= 4


def test_icons_that_templates_name_are_in_the_sprite() -> None:
    templates = STATIC_FOLDER.parent / "templates"
    named = {
        name
        for each in templates.rglob("*.html")
        for name in re.findall(r'icon\("([a-z-]+)"\)', each.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert named <= assets.icon_names()


def test_a_theme_without_an_icon_of_its_own_has_the_common_one() -> None:
    assert assets.theme_icon("y-te").endswith("#theme-y-te")
    assert assets.theme_icon("chua-co").endswith("#theme-other")


def test_only_the_present_content_may_be_kept_for_good() -> None:
    name = "css/base.css"
    assert asset(name) == f"/static/{name}?v={content_hash(name)}"
    assert is_current(name, content_hash(name))
    assert not is_current(name, "0123456789")
    assert not is_current("../web/assets.py", "x")
    assert not is_current("css", "x")


@pytest.fixture(scope="module")
def full_page(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    from portal.app import make_app

    portal = make_portal(tmp_path_factory.mktemp("weight"))
    make_many(portal.database, 60)
    make_index(portal)
    return make_app(portal).test_client()


@pytest.mark.parametrize(
    "path", ["/", "/du-lieu", "/du-lieu/bo-du-lieu-so-1", "/en/", "/co-quan", "/dia-ban"]
)
def test_a_first_visit_stays_light(full_page: FlaskClient, path: str) -> None:
    """HTML, styles, the sprite, the mark, and all four font files, as they go over the wire."""
    page = read(full_page, path)
    wanted = {each.get("href") for tag in ("link", "use") for each in page.all(tag)}
    wanted |= {each.get("src") for tag in ("img", "script") for each in page.all(tag)}
    files = {
        STATIC_FOLDER / address.removeprefix("/static/").partition("?")[0].partition("#")[0]
        for address in wanted
        if address and address.startswith("/static/")
    }
    files |= set(STATIC_FOLDER.rglob("*.woff2"))
    html = full_page.get(path, headers={**HTML, "Accept-Encoding": "gzip"}).content_length or 0
    assert 1_000 < html < 20_000
    assert html + sum(_over_the_wire(each) for each in files) <= FIRST_VISIT_BYTES


def _over_the_wire(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 6))
