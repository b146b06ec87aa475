"""Tables that are too wide, too heavy or asked too often at once: a page says so and offers a way on."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from portal.app import make_app
from portal.catalog.models import table_uuid
from tests.api.test_statements import counted
from tests.factories import make_many, make_portal
from tests.sites import Site
from tests.table_files import WARDS, add_table_file, read_tables
from tests.web.reading import HTML, read, words

WIDE = (
    ",".join(f"Cột số {number}" for number in range(60)) + "\n" + (",".join(map(str, range(60))) + "\n") * 3
)
HEAVY = "Tên,Nội dung\n" + "".join(f"dòng {number},{'x' * 200_000}\n" for number in range(48))


@pytest.fixture
def site(own_site: Site) -> Iterator[Site]:
    yield own_site


def test_a_wide_table_shows_a_part_and_leads_to_the_whole(site: Site) -> None:
    table = add_table_file(site.portal, "Bảng rộng", WIDE)
    read_tables(site.portal)
    page = read(site.client, f"/bang/{table}")
    assert len(list(page.all("thead")[0].iter("th"))) == 40
    assert "Đang hiện 40 trên 60 cột." in page.words
    (all_of_them,) = [each.get("href", "") for each in page.all("a") if words(each) == "Hiện mọi cột"]
    whole = read(site.client, all_of_them)
    assert len(list(whole.all("thead")[0].iter("th"))) == 60


def test_a_page_that_is_too_heavy_offers_fewer_rows(site: Site) -> None:
    table = add_table_file(site.portal, "Bảng nặng", HEAVY)
    read_tables(site.portal)
    answer = site.client.get(f"/bang/{table}", headers=HTML)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    page = read(site.client, f"/bang/{table}")
    assert "Câu trả lời quá lớn." in page.words
    (fewer,) = [each.get("href", "") for each in page.all("a") if words(each) == "Hiện ít dòng hơn"]
    assert len(read(site.client, fewer).all("tbody")[0]) == 5


def test_who_comes_while_all_are_asking_hears_when_to_come_again(site: Site) -> None:
    table = add_table_file(site.portal, "Bảng", WARDS)
    read_tables(site.portal)
    folder = site.portal.settings.row_slots_folder
    folder.mkdir(parents=True, exist_ok=True)
    held = [(folder / f"slot-{number}").open("w") for number in range(8)]
    for each in held:
        fcntl.flock(each, fcntl.LOCK_EX)
    answer = site.client.get(f"/bang/{table}", headers=HTML)
    for each in held:
        each.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Thử lại" in answer.get_data(as_text=True)
    assert site.client.get(f"/bang/{table}").status_code == 200, "nobody kept the failure"


def test_a_lost_table_is_no_failure_of_the_page(site: Site) -> None:
    table = add_table_file(site.portal, "Bảng", WARDS)
    read_tables(site.portal)
    shutil.rmtree(site.portal.settings.tables_folder)
    answer = site.client.get(f"/bang/{table}", headers=HTML)
    assert answer.status_code == 503 and answer.headers["Retry-After"]


def test_sheets_are_reached_from_each_other(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "hai.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Quý I", "Quý II"):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([["Tên", "Số"], [name, 1], ["b", 2]]):
                sheet.write_row(row, 0, cells)
    first = add_table_file(site.portal, "Hai trang tính", path.read_bytes(), name="hai.xlsx")
    read_tables(site.portal)
    second = table_uuid(first, 1)
    page = read(site.client, f"/bang/{first}")
    (tabs,) = page.all("nav", **{"aria-label": "Các bảng trong tệp này"})
    assert [(words(each), each.get("href"), each.get("aria-current")) for each in tabs.iter("a")] == [
        ("Quý I", f"/bang/{first}", "page"), ("Quý II", f"/bang/{second}", None),
    ]  # fmt: skip
    dataset = read(site.client, "/du-lieu/hai-trang-tinh")
    assert "2 bảng trong tệp này" in dataset.words
    assert {each.get("href") for each in dataset.all("a")} >= {f"/bang/{first}", f"/bang/{second}"}


@pytest.mark.sqlite
def test_statements_do_not_grow_with_the_catalogue(tmp_path: Path) -> None:
    costs = []
    for size in (10, 300):
        portal = make_portal(tmp_path / str(size))
        make_many(portal.database, size)
        table = add_table_file(portal, "Bảng", WARDS)
        read_tables(portal)
        client = make_app(portal).test_client()
        client.get("/health/live")
        for path in (f"/bang/{table}", f"/bang/{table}?view=chart", f"/bang/{table}/embed"):
            with counted(portal.database.engine) as statements:
                assert client.get(path).status_code == 200
            costs.append(len(statements))
        portal.close()
    assert costs[:3] == costs[3:]
    assert max(costs) <= 17, costs
