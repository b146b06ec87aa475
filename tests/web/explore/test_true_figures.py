"""Figures on the page of a table are those of the file: to the last digit, at their own moment, of their own type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.sites import Site, open_site
from tests.table_files import add_table_file, read_tables
from tests.web.reading import Page, read, words

MONEY = "Gói thầu,Giá trị (đồng),Hệ số\n" + "".join(
    f"Gói {number},{123456789012345678 + number},{number}.0000001\n" for number in range(3)
)
MOMENTS = "Thời điểm,Mực nước (m)\n" + "".join(
    f"2026-07-01 10:0{number // 6}:{number % 6 * 10:02d},{number}\n" for number in range(30)
)
DAYS = "Thời điểm,Mực nước (m)\n" + "".join(
    f"2026-07-{number // 24 + 1:02d} {number % 24:02d}:00,{number}\n" for number in range(72)
)
PLANNED = "Năm,Doanh thu (tỷ đồng)\n" + "".join(
    f"{year},{year - 2005}\n" for year in range(2012, 2024)
) + "Kế hoạch,99\n"  # fmt: skip
REMARK = "Nội dung ghi chú này dài hơn bốn mươi ký tự để không ai nhầm là dấu thay cho số"
REMARKS = "Hạng mục,Ghi chú\n" + "".join(
    f"Hạng mục {letter},{12 + number if number < 4 else f'{REMARK} {letter}'}\n"
    for number, letter in enumerate("ABCDEFGHIJKLMNOPQRST")
)
MIXED = "Chỉ tiêu,Đơn vị tính,Năm 2023\nDân số,người,1100\nLúa,ha,40\nRừng,ha,60\n"
TOTALS = ("TỔNG SỐ (người)", "Tổng cộng (I+II):", "Cộng", "total :")
RANKS = "Vòng,Hạng A,Hạng B,Hạng C\n1,2,3,4\n2,5,6,7\n3,8,9,1\n"
NUMBERED = "Phường,Hạng A,Hạng B,Hạng C\n1,2,3,4\nHải Châu,5,6,7\nSơn Trà,8,9,1\n"


@dataclass(frozen=True)
class Tables:
    site: Site
    money: UUID
    moments: UUID
    days: UUID
    planned: UUID
    remarks: UUID
    mixed: UUID
    totals: dict[str, UUID]
    ranks: UUID
    numbered: UUID

    def page(self, uuid: UUID, query: str = "", prefix: str = "/bang") -> Page:
        return read(self.site.client, f"{prefix}/{uuid}{query}")


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    site = open_site(tmp_path_factory.mktemp("figures"))
    add = site.portal
    found = Tables(
        site,
        money=add_table_file(add, "Gói thầu", MONEY),
        moments=add_table_file(add, "Mực nước", MOMENTS),
        days=add_table_file(add, "Mực nước nhiều ngày", DAYS),
        planned=add_table_file(add, "Doanh thu", PLANNED),
        remarks=add_table_file(add, "Ghi chú", REMARKS),
        mixed=add_table_file(add, "Chỉ tiêu", MIXED),
        totals={
            name: add_table_file(add, f"Dân số {name}", f"Phường,Dân số\nA,100\nB,200\n{name},300\n")
            for name in TOTALS
        },
        ranks=add_table_file(add, "Hạng", RANKS),
        numbered=add_table_file(add, "Hạng các phường", NUMBERED),
    )
    read_tables(add)
    yield found
    add.close()


def text(page: Page) -> str:
    return " ".join(words(page.one("main")).split())


def test_whole_numbers_keep_their_last_digit_and_small_ones_their_zeros(tables: Tables) -> None:
    vietnamese = text(tables.page(tables.money))
    assert "123.456.789.012.345.679" in vietnamese
    assert "0,0000001" in vietnamese
    assert "1e-07" not in vietnamese
    assert "123,456,789,012,345,679" in text(tables.page(tables.money, prefix="/en/tables"))


def test_moments_within_a_minute_are_each_drawn_under_their_own_time(tables: Tables) -> None:
    said = text(tables.page(tables.moments, "?view=chart"))
    assert "Từ ngày 01/07/2026 10:00 đến ngày 01/07/2026 10:04:50" in said
    assert "từ 0 m lên 29 m" in said
    assert "01/07/26 10:04:40" in said


def test_an_axis_of_one_day_tells_times_and_of_more_days_the_days(tables: Tables) -> None:
    def ticks(uuid: UUID) -> set[str]:
        return {words(each) for each in tables.page(uuid, "?view=chart").with_class("chart__tick")}

    assert {"10:00", "10:04:40"} & ticks(tables.moments)
    assert not any("/" in each for each in ticks(tables.moments))
    assert "01/07/26" in ticks(tables.days)


def test_a_chart_tells_that_rows_without_a_period_are_not_on_it(tables: Tables) -> None:
    assert "Những dòng không đọc được “Năm” không có trong biểu đồ." in text(
        tables.page(tables.planned, "?view=chart")
    )
    assert "không có trong biểu đồ" not in text(tables.page(tables.moments, "?view=chart"))


def test_a_histogram_counts_rows_in_words_that_mean_so(tables: Tables) -> None:
    said = text(tables.page(tables.moments))
    assert "2 dòng" in said
    assert "số dòng" not in said


def test_long_texts_are_cells_and_not_marks_for_nothing(tables: Tables) -> None:
    table = tables.site.client.get(f"/api/v1/tables/{tables.remarks}").get_json()
    kept = {column["key"]: column for column in table["columns"]}["ghi_chu"]
    assert kept["type"] == "text"
    assert kept["profile"]["misfits"] == 0
    assert [note["code"] for note in kept["decisions"]] == ["text"]


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_with_a_remark_is_a_total(tables: Tables, name: str) -> None:
    rows = tables.site.client.get(f"/api/v1/tables/{tables.totals[name]}/rows?measure=sum:dan_so").get_json()
    assert rows["rows"] == [{"sum_dan_so": 300}]


def test_a_first_row_that_counts_up_is_data_unless_it_stands_over_words(tables: Tables) -> None:
    ranks = tables.site.client.get(f"/api/v1/tables/{tables.ranks}").get_json()
    assert ranks["rows"] == 3
    numbered = tables.site.client.get(f"/api/v1/tables/{tables.numbered}").get_json()
    assert numbered["rows"] == 2


@pytest.mark.parametrize("view", ["", "view=chart&"])
def test_a_frame_tells_which_rows_it_shows(tables: Tables, view: str) -> None:
    page = tables.site.client.get(f"/bang/{tables.mixed}/embed?{view}don_vi_tinh=ha").get_data(as_text=True)
    assert "Đơn vị tính: ha" in page
