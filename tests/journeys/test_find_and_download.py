"""A citizen finds a dataset and takes it home, with the keyboard of a phone and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal import links
from tests.factories import CSV_V2, uuid_of
from tests.journeys.conftest import Served, Visitor

pytestmark = pytest.mark.browser

FILE = uuid_of("distribution/chat-luong-khong-khi/0")


def test_from_home_to_the_file(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/")
    page.get_by_label("Bạn cần tìm dữ liệu gì?").fill("khong khi")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text("1 bộ dữ liệu cho “khong khi”")
    if page.viewport_size and page.viewport_size["width"] < 900:
        page.get_by_text("Bộ lọc", exact=True).click()
    page.get_by_label("Môi trường").check()
    page.get_by_role("button", name="Áp dụng bộ lọc").click()
    expect(page.get_by_role("link", name="Bỏ bộ lọc Lĩnh vực: Môi trường")).to_be_visible()
    page.get_by_role("link", name="Chất lượng không khí tại Đà Nẵng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chất lượng không khí tại Đà Nẵng")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải csv").first.click()
    assert Path(download.value.path()).read_bytes() == CSV_V2
    assert download.value.suggested_filename == "Không khí.csv"
    assert visitor.foreign == []


def test_from_a_file_to_what_changed_in_it(visitor: Visitor, served: Served) -> None:
    page = visitor.page
    visitor.go(links.dataset_page(served.catalogue.full, "vi"))
    page.get_by_role("link", name="Xem thay đổi so với phiên bản trước").click()
    expect(page.get_by_text("Thêm 1 dòng.", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="năm: 2025")).to_be_visible()
    page.get_by_label("Từ phiên bản").select_option("2")
    page.get_by_role("button", name="So sánh").click()
    expect(page.get_by_text("Hai phiên bản có nội dung như nhau.")).to_be_visible()
    assert visitor.foreign == []


def test_a_filter_is_lifted_and_the_way_back_works(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/du-lieu?theme=moi-truong&agency=so-y-te")
    page.get_by_role("link", name="Bỏ bộ lọc Cơ quan: Sở Y tế").click()
    assert page.url.endswith("/du-lieu?theme=moi-truong")
    page.go_back()
    expect(page.get_by_role("link", name="Bỏ bộ lọc Cơ quan: Sở Y tế")).to_be_visible()


def test_the_parts_of_the_portal_are_reached_from_the_header(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/en/")
    if page.viewport_size and page.viewport_size["width"] < 900:
        page.get_by_role("banner").locator("summary").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Places").click()
    page.get_by_role("link", name="Hai Chau Ward").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hai Chau Ward")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phường Hải Châu")


def test_a_mistyped_address_leads_to_a_search(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/chat-luong-khong-khi")
    page.get_by_role("button", name="Tìm kiếm").click()
    expect(page.get_by_role("link", name="Chất lượng không khí tại Đà Nẵng")).to_be_visible()


def test_no_page_is_wider_than_a_small_phone(browser: Browser, served: Served) -> None:
    # The measure itself needs scripts, the pages do not.
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    paths = [path for each in links.PAGES.values() for path in each.values()]
    paths += [links.dataset_page(slug, "vi") for slug in (served.catalogue.full, served.catalogue.withdrawn)]
    paths += [links.table_changes(FILE, "vi"), links.table_changes(FILE, "en")]
    paths += ["/du-lieu?q=zzzz", "/du-lieu?theme=moi-truong&agency=so-y-te", "/khong-co"]
    for path in paths:
        page.goto(served.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, served: Served, scheme: str) -> None:
    """WCAG 1.4.3 for every text on one ground of plain colour: 4.5 to 1."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for path in (
        "/",
        "/du-lieu?q=khong",
        links.dataset_page(served.catalogue.illustrative, "vi"),
        "/co-quan",
        links.table_changes(FILE, "vi"),
    ):
        page.goto(served.address + path)
        assert page.evaluate(_CONTRAST) == [], path
    context.close()


# Texts whose contrast with the nearest opaque ground is too low; grounds that are pictures are left out.
_CONTRAST = """() => {
  const parts = colour => (colour.match(/[0-9.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.backgroundImage !== 'none') return null;
      const colour = parts(style.backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.getClientRects().length) continue;
    const below = ground(element);
    if (!below) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${element.tagName}.${element.className}: ${ratio.toFixed(2)}`);
  }
  return weak;
}"""
