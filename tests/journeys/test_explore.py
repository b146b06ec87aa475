"""A citizen looks into a table: with the keyboard alone, on a phone, without scripts, and takes what is seen home."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.wrappers import Request, Response

from portal.app import make_app
from tests.factories import make_small_portal
from tests.journeys.test_find_and_download import _CONTRAST
from tests.running import free_port
from tests.sites import served
from tests.table_files import add_table_file, read_tables

pytestmark = pytest.mark.browser
TITLE = "Lượng khách đến các địa phương"
WIDE = "Năm,Địa phương,Lượt khách (nghìn lượt),Doanh thu (tỷ đồng),Ghi chú\n" + "".join(
    f"{year},{place},{(year - 2000) * factor},{(year - 2000) * factor / 8},{note}\n"
    for year in range(2010, 2024)
    if year != 2020
    for place, factor, note in (
        ("Hải Châu", 30, "Số liệu do địa phương báo cáo nhưng chưa đối chiếu với cơ quan thống kê"),
        ("Hội An", 50, ""),
        ("Trung tâm Phục vụ hành chính công phường Ngũ Hành Sơn", 10, ""),
    )
)


@dataclass(frozen=True)
class Place:
    address: str
    table: str
    illustrative: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    port = free_port()
    portal, _ = make_small_portal(tmp_path_factory.mktemp("explored"), port=port)
    table = add_table_file(portal, TITLE, WIDE, name="luong-khach.csv")
    illustrative = add_table_file(portal, "Lượng khách minh họa", WIDE, illustrative=True)
    read_tables(portal)
    with served(make_app(portal), port) as address:
        yield Place(address, f"/bang/{table}", f"/bang/{illustrative}")
    portal.close()


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser, place: Place) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, java_script_enabled=False, base_url=place.address
    )
    yield context.new_page()
    context.close()


def tab_to(page: Page, words: str) -> None:
    """Presses Tab until what has the focus says so."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.locator(":focus:not([role=region])")
        if focused.count() and words in (focused.text_content() or ""):
            return
    pytest.fail(f"the keyboard does not reach “{words}”")


def test_from_the_dataset_to_rows_sorted_and_narrowed_by_keyboard(page: Page) -> None:
    page.goto("/du-lieu/luong-khach-den-cac-dia-phuong")
    tab_to(page, "Xem bảng")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("39 dòng")
    tab_to(page, "Lượt khách (nghìn lượt)")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("table.rows tbody tr").first).to_contain_text("Trung tâm Phục vụ")
    page.get_by_label("Tìm trong bảng").focus()
    page.keyboard.type("hoi an")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("13 trên 39 dòng")
    tab_to(page, "số nguyên")
    page.keyboard.press("Enter")
    field = page.get_by_label("Từ: Lượt khách")
    expect(field).to_be_visible()
    field.focus()
    page.keyboard.type("1000")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("3 trên 39 dòng")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    tab_to(page, "Bỏ bộ lọc Lượt khách")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_have_text("13 trên 39 dòng")


def test_a_chart_is_reached_changed_and_read_without_scripts(page: Page, place: Place) -> None:
    page.goto(place.table)
    page.get_by_role("navigation", name="Cách xem").get_by_role("link", name="Biểu đồ").click()
    picture = page.get_by_role("img", name="Tổng Lượt khách (nghìn lượt) theo Năm")
    expect(picture).to_be_visible()
    expect(page.locator("figcaption").first).to_contain_text(
        "tăng từ 900 nghìn lượt lên 2.070 nghìn lượt (130%)"
    )
    page.get_by_label("Theo từng").select_option(label="Địa phương")
    page.get_by_role("button", name="Vẽ").click()
    expect(page.get_by_role("img", name="Tổng Lượt khách (nghìn lượt) theo Địa phương")).to_be_visible()
    page.get_by_text("Số liệu dưới dạng bảng").click()
    expect(page.locator("table.rows tbody tr").first).to_contain_text("Hội An")


def test_a_wide_table_moves_by_itself_and_never_the_page(browser: Browser, place: Place) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=place.address)
    page = context.new_page()
    for path in (
        place.table,
        f"{place.table}?view=chart",
        f"{place.table}?limit=0&nam__ge=x",
        f"{place.table}/embed",
    ):
        for width in (320, 360):
            page.set_viewport_size({"width": width, "height": 740})
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(place.table)
    expect(page.get_by_text("Bảng rộng hơn màn hình")).to_be_visible()
    region = page.get_by_role("region", name="Các dòng dữ liệu")
    region.focus()
    page.keyboard.press("ArrowRight")
    until = time.monotonic() + 5
    while not (moved := page.evaluate("document.querySelector('#rows').scrollLeft")):
        assert time.monotonic() < until, moved
        page.wait_for_timeout(50)
    assert page.evaluate("document.querySelector('#rows tbody th').getBoundingClientRect().left") >= 0, (
        "the first column stays in sight"
    )
    context.close()


def test_targets_are_large_enough_for_fingers(browser: Browser, place: Place) -> None:
    """WCAG 2.5.8: 24 pixels, but for links within sentences."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=place.address)
    page = context.new_page()
    for path in (place.table, f"{place.table}?view=chart"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate(_SMALL) == []
    context.close()


_SMALL = """() => [...document.querySelectorAll('main :is(a, button, input, select, summary, textarea)')]
  .filter(each => each.getClientRects().length && each.type !== 'hidden' && !each.closest('p, tbody, li.with-icon, dd'))
  .filter(each => { const box = each.getBoundingClientRect(); return box.height < 23.5 || box.width < 23.5; })
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, place: Place, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, color_scheme=scheme, base_url=place.address
    )  # type: ignore[arg-type]
    page = context.new_page()
    for path in (
        place.illustrative,
        f"{place.illustrative}?view=chart",
        f"{place.table}?nam__ge=x",
        f"{place.table}/embed",
    ):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert page.evaluate(_CONTRAST) == [], path
    context.close()


def test_an_address_is_copied_with_one_press_where_scripts_run(browser: Browser, place: Place) -> None:
    context = browser.new_context(base_url=place.address, permissions=["clipboard-read", "clipboard-write"])
    page, failures = context.new_page(), []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
    page.goto(f"{place.table}?nam__ge=2015")
    page.get_by_text("Chia sẻ hoặc nhúng").click()
    page.locator("#share").get_by_role("button", name="Sao chép").first.click()
    expect(page.locator("#share").get_by_role("button", name="Đã sao chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{place.address}{place.table}?nam__ge=2015"
    assert failures == []
    context.close()


def test_a_frame_of_another_site_shows_the_table_and_nothing_else_may_be_framed(
    browser: Browser, place: Place
) -> None:
    @Request.application
    def elsewhere(request: Request) -> Response:
        html = (
            f'<!doctype html><iframe src="{place.address}{request.path}" width="600" height="400"></iframe>'
        )
        return Response(html, mimetype="text/html")

    port, page = free_port(), browser.new_page()
    with served(elsewhere, port) as other:
        for path, is_shown in ((f"{place.table}/embed", True), (place.table, False)):
            page.goto(other + path)
            frame = page.frame_locator("iframe")
            if is_shown:
                expect(frame.get_by_text("39 dòng")).to_be_visible()
            else:
                expect(frame.locator("body")).not_to_contain_text("39 dòng")
        page.close()
