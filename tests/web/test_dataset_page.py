"""The page of a dataset: what is known is shown, what is not is said so, what is hidden stays hidden."""

from __future__ import annotations

import hashlib

from flask.testing import FlaskClient

from portal import links
from portal.database import Database
from tests.factories import CSV_V2, make_dataset, uuid_of
from tests.sites import Site
from tests.web.reading import HTML, Page, read, words


def _facts(page: Page) -> dict[str, str]:
    return {
        words(each.find("dt")): words(each.find("dd"))  # type: ignore[arg-type]
        for each in page.all("div")
        if each.find("dt") is not None and each.find("dd") is not None
    }


def test_the_page_answers_what_a_citizen_asks(site: Site) -> None:
    page = read(site.client, links.dataset_page(site.catalogue.full, "vi"))
    facts = _facts(page)
    assert words(page.one("h1")) == "Chất lượng không khí tại Đà Nẵng"
    assert facts["Cơ quan"] == "Sở Y tế"
    assert facts["Cập nhật"] == "01/03/2026 Hằng năm"
    assert facts["Giai đoạn"] == "2024–2025"
    assert facts["Địa bàn"] == "Phường Hải Châu"
    assert facts["Ngày ban hành"] == "06/05/2024"
    assert facts["Liên hệ"] == "Phòng dữ liệu dulieu@example.vn"
    assert facts["Mã định danh"] == "chat-luong-khong-khi DN-01"
    assert "CC BY 4.0" in facts["Được dùng thế nào?"]


def test_the_english_page_is_english_and_marks_what_is_not(site: Site) -> None:
    page = read(site.client, links.dataset_page(site.catalogue.full, "en"))
    assert words(page.one("h1")) == "Air quality in Da Nang"
    assert _facts(page)["Updated"] == "1 Mar 2026 Yearly"
    plain = read(site.client, links.dataset_page(site.catalogue.plain, "en"))
    title = plain.one("h1").find("bdi")
    assert title is not None
    assert (title.get("lang"), title.text) == ("vi", "Dự toán ngân sách 2025")


def test_files_come_with_size_hash_and_a_button_that_works(site: Site) -> None:
    client = site.client
    page = read(client, links.dataset_page(site.catalogue.full, "vi"))
    button = page.all("a", class_="button button--primary")[0]
    assert "Tải csv" in words(button)
    assert f"{len(CSV_V2)} B" in words(button)
    got = client.get(button.get("href"))
    assert (got.status_code, got.data) == (200, CSV_V2)
    assert hashlib.sha256(CSV_V2).hexdigest() in page.words
    assert "2 dòng" in page.words


def test_links_to_other_sites_name_the_site(site: Site) -> None:
    page = read(site.client, links.dataset_page(site.catalogue.full, "vi"))
    link = page.one("a", href="https://example.org/khong-khi")
    assert "Mở nơi công bố" in words(link)
    assert "tại example.org" in page.words


def test_what_is_missing_is_said_to_be_missing(site: Site) -> None:
    page = read(site.client, links.dataset_page(site.catalogue.plain, "vi"))
    facts = _facts(page)
    for name in ("Cập nhật", "Giai đoạn", "Địa bàn", "Lĩnh vực", "Liên hệ", "Định dạng", "Cơ quan cung cấp"):
        assert facts[name] == "chưa rõ", name
    assert facts["Cơ quan"] == "Phòng Tài chính quận"
    assert facts["Được dùng thế nào?"].startswith("chưa rõ")
    assert "chưa có tệp hoặc liên kết" in page.words


def test_an_illustrative_record_says_so_on_its_page_and_its_card(site: Site) -> None:
    client = site.client
    page = read(client, links.dataset_page(site.catalogue.illustrative, "vi"))
    assert "không phản ánh thực tế" in words(page.with_class("notice--illustrative")[0])
    real = read(client, links.dataset_page(site.catalogue.full, "vi"))
    assert not real.with_class("notice--illustrative")
    marked = {
        words(card.find("h3")): bool(
            [each for each in card.iter() if each.get("class", "").startswith("badge")]
        )  # type: ignore[arg-type]
        for card in read(client, "/").with_class("card")
    }
    assert marked["Nhiệt độ minh họa"] is True
    assert marked["Chất lượng không khí tại Đà Nẵng"] is False


def test_a_withdrawn_dataset_leaves_a_tombstone_without_its_title(site: Site) -> None:
    for language, reason in (("vi", "Lý do"), ("en", "Reason")):
        page = read(site.client, links.dataset_page(site.catalogue.withdrawn, language))  # type: ignore[arg-type]
        assert page.status == 410
        assert "Bí mật" not in page.text
        assert "rut.csv" not in page.text
        assert _facts(page)[reason] == "Số liệu sai."
        replacement = links.dataset_page(site.catalogue.full, language)  # type: ignore[arg-type]
        assert page.one("a", href=replacement) is not None


def test_what_is_not_public_is_the_same_as_what_does_not_exist(site: Site) -> None:
    client = site.client
    unknown = client.get(links.dataset_page("khong-co", "vi"), headers=HTML)
    for slug in (site.catalogue.draft, site.catalogue.scheduled, site.catalogue.trashed):
        hidden = client.get(links.dataset_page(slug, "vi"), headers=HTML)
        assert hidden.status_code == unknown.status_code == 404
        assert "Bí mật" not in hidden.get_data(as_text=True)


def test_the_uuid_leads_to_the_page(site: Site) -> None:
    uuid = uuid_of(f"dataset/{site.catalogue.full}")
    answer = site.client.get(links.dataset_page(str(uuid), "en"))
    assert answer.status_code == 301
    assert answer.headers["Location"] == links.dataset_page(site.catalogue.full, "en")


def test_files_with_the_same_columns_share_one_table(own_site: Site) -> None:
    columns = [
        {"name": "nam", "title_vi": "Năm", "type": "year"},
        {"name": "so", "unit": "ca", "type": "integer"},
    ]
    _add_with_columns(own_site.portal.database, [columns, columns, [{"name": "khac"}]])
    page = read(own_site.client, links.dataset_page("cot", "vi"))
    tables = page.all("table")
    assert len(tables) == 2
    assert [words(each) for each in tables[0].iter("th")] == [
        "STT",
        "Cột",
        "Ý nghĩa",
        "Kiểu",
        "Đơn vị",
        "nam",
        "so",
    ]
    assert [words(each) for each in tables[1].iter("th")] == ["STT", "Cột", "khac"]
    assert "số nguyên" in words(tables[0])


def _add_with_columns(database: Database, columns: list[list[dict[str, str]]]) -> None:
    from tests.factories import make_file

    with database.write() as session:
        files = [make_file(f"{n}.csv", [CSV_V2]) for n, _ in enumerate(columns)]
        for file, facts in zip(files, columns, strict=True):
            file.columns = facts
        make_dataset(session, "Cột", slug="cot", distributions=files)


def test_the_etag_begins_with_the_version_of_the_record(client: FlaskClient) -> None:
    answer = client.get(links.dataset_page("chat-luong-khong-khi", "vi"), headers=HTML)
    assert answer.headers["ETag"].startswith('"1-')
