"""The search box completes what is typed: by keyboard, by touch, for screen readers, and is plain without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.journeys.conftest import Served, Visitor

pytestmark = pytest.mark.browser
TITLE = "Chất lượng không khí tại Đà Nẵng"


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def page(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Page]:
    """Somebody whose browser runs scripts; whatever goes wrong there fails the test."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800},
        has_touch=request.param == 360,
        base_url=served.address,
    )
    page, failures = context.new_page(), []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda message: failures.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [each for each in failures if "404" not in each] == []


def box_of(page: Page) -> Locator:
    return page.get_by_role("combobox")


def typed(page: Page, text: str) -> Locator:
    """The options after `text` was typed, letter by letter."""
    box_of(page).press_sequentially(text, delay=20)
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    return options


def active(page: Page) -> str:
    """What a screen reader is told to be at."""
    found: str = page.evaluate(
        "document.getElementById(document.querySelector('#q').getAttribute('aria-activedescendant'))?.innerText ?? ''"
    )
    return found


def test_the_keyboard_walks_the_list_and_opens_an_entry(page: Page, served: Served) -> None:
    page.goto("/")
    box = box_of(page)
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    options = typed(page, "ha")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    assert active(page) == ""
    last = options.count() - 1
    assert last >= 0
    page.keyboard.press("ArrowUp")
    expect(options.nth(last)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Home")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    assert active(page) == options.nth(0).inner_text()
    expect(box).to_be_focused()
    expect(box).to_have_value("ha")


def test_enter_follows_the_chosen_entry_and_searches_without_one(page: Page) -> None:
    page.goto("/")
    typed(page, "chat lu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/du-lieu?q=chat+lu")
    box_of(page).fill("")
    typed(page, "khong k")
    page.keyboard.press("ArrowDown")
    assert TITLE in active(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/du-lieu/chat-luong-khong-khi")


def test_escape_closes_and_what_was_typed_stays(page: Page) -> None:
    page.goto("/du-lieu")
    options = typed(page, "khong")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(box_of(page)).to_have_attribute("aria-expanded", "false")
    expect(box_of(page)).not_to_have_attribute("aria-activedescendant", "q-list-0")
    expect(box_of(page)).to_have_value("khong")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_the_number_of_suggestions_is_said_aloud(page: Page) -> None:
    page.goto("/en/")
    options = typed(page, "hai ch")
    said = page.get_by_role("search").get_by_role("status")
    expect(said).to_contain_text(f"{options.count()} suggestion")
    box_of(page).press_sequentially(" zzzz", delay=20)
    expect(said).to_have_text("No suggestions")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_an_entry_is_touched_or_clicked(page: Page) -> None:
    page.goto("/khong-co-trang-nay")
    box_of(page).fill("")
    options = typed(page, "chất lượng k")
    (options.first.tap if page.viewport_size == {"width": 360, "height": 800} else options.first.click)()
    page.wait_for_url("**/du-lieu/chat-luong-khong-khi")


def test_the_typed_part_is_marked_and_markup_stays_text(page: Page) -> None:
    page.goto("/")
    options = typed(page, "không k")
    expect(options.first.locator("mark")).to_have_text("không k")
    page.evaluate("document.querySelector('#search').dataset.wordDataset = '<img src=x onerror=alert(1)>'")
    box_of(page).press_sequentially("h", delay=20)
    expect(options.first).to_contain_text("<img src=x")
    assert page.locator(".suggest img").count() == 0


def test_nothing_moves_and_nothing_is_cut_off_when_the_list_opens(page: Page) -> None:
    page.goto("/")
    before = page.locator("#themes").bounding_box()
    typed(page, "khong")
    assert page.locator("#themes").bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]  # type: ignore[index]
    top = page.evaluate(
        "(() => { const box = document.querySelector('.suggest__option').getBoundingClientRect();"
        " return document.elementFromPoint(box.x + 60, box.y + box.height / 2).closest('.suggest') !== null })()"
    )
    assert top, "the list lies above the page"


def test_stale_answers_are_dropped(page: Page) -> None:
    page.goto("/")
    held: list[Route] = []
    page.route("**/api/v1/suggest*q=ha*", lambda route: held.append(route))
    with page.expect_request("**/api/v1/suggest*q=ha*"):
        box_of(page).fill("ha")
    box_of(page).fill("khong k")
    mark = page.get_by_role("option").first.locator("mark")
    expect(mark).to_have_text("không k")
    (late,) = held
    late.fulfill(json={"items": [], "generation": 1})
    page.wait_for_timeout(100)
    expect(mark).to_have_text("không k")


def test_without_scripts_the_box_is_a_plain_form(visitor: Visitor) -> None:
    visitor.go("/")
    box = visitor.page.get_by_label("Bạn cần tìm dữ liệu gì?")
    assert box.get_attribute("role") is None
    assert visitor.page.get_by_role("listbox").count() == 0
    box.fill("khong khi")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("link", name=TITLE)).to_be_visible()
