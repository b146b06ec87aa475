"""The interactive map: it takes the picture's place, tells what is where, and works by keyboard and on a phone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from werkzeug.serving import make_server

from portal.app import make_app
from portal.catalog import map_queries
from portal.http import context
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.web.map_framing import detail_of
from portal.web.map_layers import Feature, Features, Field, Layer, Values, point
from portal.web.maps import city_map
from portal.wiring import Portal
from tests.factories import NOW, make_portal
from tests.running import free_port

pytestmark = pytest.mark.browser

# What a page that shows a map says of it.
TEMPLATE = """<!doctype html>
{% from "widgets/map.html" import map_figure %}
<html lang="vi"><head><meta charset="utf-8"><title>Bản đồ</title><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ asset("css/base.css") }}">
<link rel="stylesheet" href="{{ asset("css/components.css") }}"></head>
<body><main class="wrap">{{ map_figure(map, "ban-do", start="now") }}</main></body></html>"""
NAMED = (Field("ten", "Tên"), Field("cho", "Số chỗ"))
LAYERS: dict[str, Layer] = {
    "diem": Features(
        [point(108.2 + n / 500, 16.04 + n / 900, {"ten": f"Bãi {n}", "cho": n * 100}) for n in range(12)],
        NAMED,
    ),
    "hinh": Features(
        [
            Feature(
                {"type": "LineString", "coordinates": [[108.1, 16.0], [108.2, 16.05], [108.25, 16.0]]},
                {"ten": "Tuyến"},
            ),
            Feature(
                {
                    "type": "Polygon",
                    "coordinates": [[[108.1, 16.1], [108.2, 16.1], [108.2, 16.15], [108.1, 16.1]]],
                },
                {"ten": "<img src=x onerror=alert(1)>"},
            ),
        ],
        NAMED,
    ),
    "dia-chi": Features([], NAMED, url="/thu/du-lieu.geojson"),
    "gia-tri": Values(
        {"20194": 1250.5, "20333": 3, "20242": 87, "20257": 40, "20285": 12}, "Mật độ", "người/km²"
    ),
}


def add_pages(app: Flask) -> None:
    """A page for each kind of layer, and data with an address of their own."""

    def show(kind: str) -> str:
        units = map_queries.units(context.session(), detail_of(LAYERS[kind]))
        found = city_map(units, "vi", title=f"Bản đồ {kind}", description="Thử nghiệm.", layer=LAYERS[kind])
        return render_template_string(TEMPLATE, map=found)

    def data() -> dict[str, object]:
        places = ({"type": "Point", "coordinates": [107.5 + n / 2000, 15.8]} for n in range(2000))
        items = [{"type": "Feature", "geometry": each, "properties": {"ten": "Điểm"}} for each in places]
        return {"type": "FeatureCollection", "features": items}

    app.add_url_rule("/thu/<kind>", "show", show)
    app.add_url_rule("/thu/du-lieu.geojson", "data", data)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    opened = make_portal(tmp_path_factory.mktemp("map"), port=free_port())
    with opened.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(portal: Portal) -> Iterator[str]:
    app = make_app(portal)
    add_pages(app)
    server = make_server("127.0.0.1", portal.settings.port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{portal.settings.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """Somebody whose browser runs scripts; whatever goes wrong there, or is asked of elsewhere, fails the test."""
    window: BrowserContext = browser.new_context(
        viewport={"width": request.param, "height": 800}, has_touch=request.param == 360, base_url=address
    )
    opened, failures = window.new_page(), []

    def note(asked: Request) -> None:
        if not asked.url.startswith((address, "data:")):
            failures.append(asked.url)

    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
    opened.on("request", note)
    yield opened
    window.close()
    assert failures == []


def live(page: Page, path: str) -> None:
    """Waits until the interactive map is there."""
    page.goto(path)
    expect(page.get_by_role("application")).to_be_visible()
    expect(page.locator(".map__live path.map__unit").first).to_be_attached()


def test_leaflet_comes_only_when_it_is_asked_for(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/dia-ban")
    expect(page.locator(".map__picture")).to_be_visible()
    assert not [each for each in asked if "leaflet" in each or "geojson" in each]
    page.get_by_role("button", name="Di chuyển, phóng to bản đồ").click()
    expect(page.get_by_role("application")).to_be_focused()
    expect(page.locator(".map__picture")).to_have_count(0)
    assert page.locator(".map__live path.map__unit").count() == 94
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]


def test_hoang_sa_is_on_it_and_one_press_away(page: Page) -> None:
    live(page, "/thu/diem")
    expect(page.locator(".map__live-inset path.map__unit").first).to_be_attached()
    expect(page.locator(".map__live-inset-name")).to_have_text("Hoàng Sa")
    page.get_by_role("button", name="Hoàng Sa").click()
    page.wait_for_timeout(400)
    name = page.locator(".map__live .map__live-name", has_text="Hoàng Sa")
    box, stage = name.evaluate(BOX), page.locator(".map__live").evaluate(BOX)
    assert (
        stage["x"] <= box["x"] <= stage["x"] + stage["width"]
        and stage["y"] <= box["y"] <= stage["y"] + stage["height"]
    )


BOX = "element => element.getBoundingClientRect().toJSON()"


def test_points_tell_what_they_are(page: Page) -> None:
    live(page, "/thu/diem")
    things = page.locator(".map__live path.map__thing")
    expect(things).to_have_count(12)
    things.nth(3).hover()
    expect(page.locator(".leaflet-tooltip .map__live-words")).to_have_text("Tên: Bãi 3\nSố chỗ: 300")


def test_lines_and_areas_are_shown(page: Page) -> None:
    live(page, "/thu/hinh")
    expect(page.locator(".map__live path.map__thing")).to_have_count(2)


def test_markup_in_data_stays_text(page: Page) -> None:
    live(page, "/thu/hinh")
    page.locator(".map__live path.map__area.map__thing").dispatch_event("mouseover")
    expect(page.locator(".leaflet-tooltip .map__live-words")).to_have_text(
        "Tên: <img src=x onerror=alert(1)>"
    )
    assert page.locator("img").count() == 0


def test_many_things_from_an_address_of_their_own_are_painted_on_one_sheet(page: Page) -> None:
    live(page, "/thu/dia-chi")
    expect(page.locator(".map__live canvas")).to_have_count(1)
    expect(page.locator(".map__live path.map__thing")).to_have_count(0)


def test_values_colour_units_with_a_legend(page: Page) -> None:
    live(page, "/thu/gia-tri")
    assert page.locator(".map__live path.map__unit").count() == 94
    assert {each for each in page.locator(".map__live path").evaluate_all(CLASSES) if each} == {1, 2, 3, 4, 5}
    page.locator(".map__live path.map__step-5").first.hover(force=True)
    expect(page.locator(".leaflet-tooltip .map__live-words")).to_have_text(
        "Phường Hải Vân\nMật độ: 1.250,5 người/km²"
    )
    expect(page.locator(".map__legend li").last).to_have_text("không có giá trị")


CLASSES = (
    "all => all.map(each => Number((each.getAttribute('class') ?? '').match(/map__step-(\\d)/)?.[1] ?? 0))"
)


def test_the_keyboard_moves_the_map_and_hears_what_is_in_the_middle(page: Page) -> None:
    live(page, "/thu/gia-tri")
    page.get_by_role("application").focus()
    told = page.locator(".map__stage [role=status]")
    for _ in range(3):
        page.keyboard.press("+")
        page.wait_for_timeout(350)
    page.keyboard.press("ArrowUp")
    expect(told).to_contain_text("Mật độ: ")
    first = told.inner_text()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(350)
    assert told.inner_text() != first


def test_the_picture_stays_when_the_map_cannot_be_loaded(browser: Browser, address: str) -> None:
    window = browser.new_context(base_url=address)
    page = window.new_page()

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/nen.geojson*", refuse)
    page.goto("/thu/diem")
    expect(page.get_by_text("hình vẽ vẫn dùng được")).to_be_visible()
    expect(page.locator(".map__picture")).to_be_visible()
    window.close()


def test_without_scripts_there_is_the_picture_and_no_button(browser: Browser, address: str) -> None:
    window = browser.new_context(base_url=address, java_script_enabled=False)
    page = window.new_page()
    page.goto("/dia-ban")
    expect(page.locator(".map__picture")).to_be_visible()
    expect(page.locator(".map__start")).to_be_hidden()
    page.locator(".map__picture a").first.click()
    page.wait_for_url("**/dia-ban/*")
    expect(page.locator(".map__picture .map__here").first).to_be_attached()
    window.close()
