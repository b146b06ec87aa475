"""A question that names a cell is answered with it; one that names none, or several, is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from portal.catalog.models import Dataset, State, Word, WordKind
from portal.search.answers.finding import Answer
from portal.search.request import PlainArguments, SearchRequest
from portal.search.service import search_with_answer
from portal.wiring import Portal
from tests.factories import A_WORD, make_agency, make_index, make_place, make_portal, uuid_of
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables

YEARS = (
    "Năm,Phường,Số hộ nghèo (hộ)\n2022,Hải Châu,41\n2023,Hải Châu,30\n2022,Thanh Khê,77\n2023,Thanh Khê,70\n"
)
WIDE = "Chỉ tiêu,ĐVT,Năm 2022,Năm 2023\nSản lượng thủy sản,tấn,410,422\nSố tàu cá,chiếc,12,\n"
GENERIC = "Phường,Giá trị\nHải Châu,512\nSơn Trà,388\nTổng cộng,900\n"

Ask = Callable[..., Any]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = make_portal(tmp_path)
    with portal.database.write() as session:
        make_place(session, "20194", "Phường Hải Châu", "Hai Chau Ward")
        make_place(session, "20333", "Đặc khu Hoàng Sa", "Hoang Sa Special Zone")
        english = {**A_WORD, "kind": WordKind.ENGLISH, "term": "population", "alternative": "dân số"}
        session.execute(insert(Word), [english])
    yield portal
    portal.close()


@pytest.fixture
def ask(portal: Portal) -> Ask:
    """Reads what waits, indexes it, and asks; the value that is answered, or None."""

    def answer(text: str, **parameters: str) -> Any:
        found = full(portal, text, **parameters)
        return found.value if found else None

    return answer


def full(portal: Portal, text: str, **parameters: str) -> Answer | None:
    arguments = PlainArguments({"q": [text], **{name: [value] for name, value in parameters.items()}})
    request = SearchRequest.from_args(arguments)
    with portal.database.read() as session:
        return search_with_answer(request, engine=portal.search, session=session).answer


def publish(portal: Portal, title: str, content: str, **fields: Any) -> None:
    add_table_file(portal, title, content, **fields)
    read_tables(portal)
    make_index(portal)


def test_an_answer_says_all_that_one_must_know(portal: Portal) -> None:
    with portal.database.write() as session:
        agency = make_agency(session, "Chi cục Thống kê", "Statistics Office")
        session.flush()
        number = agency.id
    publish(
        portal, "Dân số các phường", WARDS, en="Population of wards", agency_id=number,
        modified=date(2025, 7, 9), temporal_start=date(2025, 1, 1), temporal_end=date(2025, 6, 30),
    )  # fmt: skip
    answer = full(portal, "diện tích hoàng sa")
    assert answer is not None
    assert (answer.value, answer.column.name, answer.column.unit) == (305, "Diện tích (km2)", "km2")
    assert [(each.column.name, each.spoken) for each in answer.names] == [("Phường", "Hoàng Sa")]
    assert (answer.row, answer.table, answer.slug) == (
        5, uuid_of("distribution/dan-so-cac-phuong/0"), "dan-so-cac-phuong",
    )  # fmt: skip
    assert (answer.title.en, answer.agency.en) == ("Population of wards", "Statistics Office")
    assert (answer.modified, answer.period) == (date(2025, 7, 9), (date(2025, 1, 1), date(2025, 6, 30)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("dân số hải châu", 131427),
        ("dan so hai chau", 131427),
        ("HẢI CHÂU dân số", 131427),
        ("dân số của hải châu", 131427),
        ("dân số ở Hải Châu là bao nhiêu", 131427),
        ("dân số phường hải châu", 131427),
        ("dân số hải châu đà nẵng", 131427),
        ("population hai chau", 131427),
        ("population of hai chau", 131427),
        ("diện tích thanh khê", 7.92),
        ("ngày đo hòa cường", "2025-07-02"),
        ("ngày đo hoà cường", "2025-07-02"),
        # nothing that fits exactly
        ("dân số", None),
        ("hải châu", None),
        ("dân số hải", None),
        ("dân số hải vân", None),
        ("mật độ dân số hải châu", None),
        ("dân số nam hải châu", None),
        ("dân số quận hải châu", None),
        ("dân số hải châu 2019", None),
        ("dân số hải châu thanh khê", None),
        ("dân số hại châu", None),
        ("dân sồ hải châu", None),
        ("chợ hải châu", None),
        ("phường hải châu", None),
        # no figure there
        ("dân số hoàng sa", None),
        # syntax asks for something else
        ("dân số hải châu -phường", None),
        ("cột:dân số hải châu", None),
        ("", None),
    ],
)
def test_words_must_name_a_column_and_a_row_and_nothing_else(
    portal_of_wards: Portal, text: str, value: object
) -> None:
    answer = full(portal_of_wards, text)
    assert (answer.value if answer else None) == value


@pytest.fixture(scope="module")
def portal_of_wards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = make_portal(tmp_path_factory.mktemp("wards"))
    with portal.database.write() as session:
        english = {**A_WORD, "kind": WordKind.ENGLISH, "term": "population", "alternative": "dân số"}
        session.execute(insert(Word), [english])
    publish(portal, "Các đơn vị hành chính", WARDS)
    yield portal
    portal.close()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("số hộ nghèo hải châu 2023", 30),
        ("số hộ nghèo năm 2022 thanh khê", 77),
        ("số hộ nghèo hải châu", None),
        ("số hộ nghèo 2023", None),
        ("số hộ nghèo hải châu 2021", None),
        ("hải châu 2023", None),
    ],
)
def test_a_year_is_a_part_of_the_name_of_a_row(portal: Portal, ask: Ask, text: str, value: object) -> None:
    publish(portal, "Hộ nghèo", YEARS)
    assert ask(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sản lượng thủy sản 2023", 422),
        ("sản lượng thuỷ sản năm 2022", 410),
        ("sản lượng thủy sản", None),
        ("sản lượng thủy sản 2024", None),
        ("số tàu cá 2022", 12),
        ("số tàu cá 2023", None),
        ("sản lượng 2023", None),
    ],
)
def test_an_indicator_and_the_year_of_a_column_name_a_cell(
    portal: Portal, ask: Ask, text: str, value: object
) -> None:
    publish(portal, "Một số chỉ tiêu thủy sản", WIDE)
    assert ask(text) == value


@pytest.mark.parametrize(
    ("title", "text", "value"),
    [
        ("Số giường bệnh theo phường", "số giường bệnh hải châu", 512),
        ("Số giường bệnh năm 2024", "số giường bệnh hải châu 2024", 512),
        ("Số giường bệnh năm 2024", "số giường bệnh hải châu 2023", None),
        ("Số giường bệnh tư nhân", "số giường bệnh hải châu", None),
        ("Tỷ lệ số giường bệnh", "số giường bệnh hải châu", None),
        ("Số giường bệnh theo phường", "hải châu", None),
        ("Số giường bệnh theo phường", "số giường bệnh tổng cộng", 900),
    ],
)
def test_a_title_names_the_values_of_a_column_that_does_not(
    portal: Portal, ask: Ask, title: str, text: str, value: object
) -> None:
    publish(portal, title, GENERIC)
    assert ask(text) == value


def test_the_year_of_a_title_or_of_the_period_is_known(portal: Portal, ask: Ask) -> None:
    publish(portal, "Đơn vị hành chính năm 2025", WARDS)
    assert (ask("diện tích hoàng sa 2025"), ask("diện tích hoàng sa 2024")) == (305, None)
    publish(
        portal, "Chợ", "Chợ,Số sạp\nChợ Cồn,2000\nChợ Hàn,576\n",
        temporal_start=date(2023, 1, 1), temporal_end=date(2023, 12, 31),
    )  # fmt: skip
    assert (ask("số sạp chợ cồn 2023"), ask("số sạp chợ cồn 2022"), ask("số sạp chợ hàn")) == (
        2000,
        None,
        576,
    )


def test_a_column_of_units_codes_is_asked_by_names(portal: Portal, ask: Ask) -> None:
    publish(portal, "Thu ngân sách", "Mã đơn vị,Thu ngân sách (tỷ đồng)\n20194,815.5\n20333,0.2\n")
    answer = full(portal, "thu ngân sách hoàng sa")
    assert answer is not None and answer.value == 0.2
    assert [(each.cell, each.spoken) for each in answer.names] == [("20333", "Đặc khu Hoàng Sa")]


def test_rows_and_columns_that_fit_equally_are_no_answer(portal: Portal, ask: Ask) -> None:
    publish(portal, "Trạm", "Trạm,Mực nước\nCẩm Lệ,1.2\nCẩm Lệ,1.4\nÁi Nghĩa,5.5\n")
    assert ask("mực nước cẩm lệ") is None
    publish(portal, "Sông", "Sông,Chiều dài,Chiều dài (km)\nTúy Loan,30,30.5\n")
    assert ask("chiều dài túy loan") is None


def test_a_row_is_named_where_rows_are_told_apart(portal: Portal, ask: Ask) -> None:
    rivers = "Sông,Chảy ra,Chiều dài (km)\nSông Yên,Sông Cầu Đỏ,14\nSông Túy Loan,Sông Yên,29\n"
    publish(portal, "Sông", rivers)
    assert (ask("chiều dài sông yên"), ask("chiều dài sông túy loan")) == (14, 29)
    assert ask("chiều dài sông cầu đỏ") is None, "it is where another flows"
    publish(
        portal, "Trường", "STT,Trường,Phường,Số học sinh\n1,Lê Lợi,Hải Châu,900\n2,Phan Bội Châu,An Khê,800\n"
    )
    assert (ask("số học sinh an khê"), ask("số học sinh lê lợi")) == (None, 900)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sản lượng lúa mùa 2023", (140, "Tấn")),
        ("lúa mùa năng suất năm 2022", (58, "Tạ/ha")),
        ("sản lượng 2023", None),
        ("lúa mùa 2023", None),
        ("sản lượng lúa mùa", None),
    ],
)
def test_rows_with_units_of_their_own_are_indicators(
    portal: Portal, text: str, value: tuple[object, object] | None
) -> None:
    crops = (
        "Tên,Phân loại,Đơn vị tính,Thực hiện năm 2022,Ước tính năm 2023,Năm 2023 so với năm 2022 (%)\n"
        "Lúa mùa,Năng suất,Tạ/ha,58,59,101.7\nLúa mùa,Sản lượng,Tấn,131,140,106.9\nNgô,Sản lượng,Tấn,12,13,108.3\n"
    )
    publish(portal, "Sản xuất cây hằng năm", crops)
    answer = full(portal, text)
    assert ((answer.value, answer.unit) if answer else None) == value


def test_the_column_with_more_of_the_words_is_meant(portal: Portal, ask: Ask) -> None:
    publish(portal, "Lao động", "Phường,Lao động,Lao động nữ\nHải Châu,100,51\nSơn Trà,80,39\n")
    assert (ask("lao động nữ hải châu"), ask("lao động hải châu")) == (51, 100)


def test_tables_that_disagree_are_no_answer_and_copies_are_one(portal: Portal, ask: Ask) -> None:
    publish(portal, "Bản một", WARDS, modified=date(2024, 1, 1))
    publish(portal, "Bản hai", WARDS, modified=date(2025, 1, 1))
    answer = full(portal, "dân số hải châu")
    assert answer is not None and answer.slug == "ban-hai", "the latest of them"
    publish(portal, "Bản ba", WARDS.replace("131427", "131428"))
    assert ask("dân số hải châu") is None
    assert ask("dân số an khê") == 94520


def test_a_total_row_answers_only_who_asks_for_the_total(portal: Portal, ask: Ask) -> None:
    publish(portal, "Rừng", "Huyện,Diện tích rừng\nHòa Vang,400\nTây Giang,600\nTổng cộng,1000\n")
    assert (ask("diện tích rừng hòa vang"), ask("diện tích rừng tổng cộng")) == (400, 1000)


def test_illustrative_records_never_answer_and_never_disturb(portal: Portal, ask: Ask) -> None:
    publish(portal, "Minh họa", WARDS.replace("131427", "1"), illustrative=True)
    assert ask("dân số hải châu") is None
    publish(portal, "Thật", WARDS)
    assert ask("dân số hải châu") == 131427


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.TRASHED, State.WITHDRAWN])
def test_what_is_not_public_never_answers(portal: Portal, ask: Ask, state: State) -> None:
    publish(portal, "Ẩn", WARDS, state=state)
    assert ask("dân số hải châu") is None


def test_what_is_hidden_vanishes_at_once(portal: Portal, ask: Ask) -> None:
    publish(portal, "Rút", WARDS)
    assert ask("dân số hải châu") == 131427
    with portal.database.write() as session:
        dataset = session.query(Dataset).filter_by(slug="rut").one()
        dataset.state, dataset.withdrawal_reason, dataset.withdrawn_at = (
            State.WITHDRAWN,
            "Sai.",
            portal.clock(),
        )
    assert ask("dân số hải châu") is None, "though the index does not know it yet"


def test_a_newer_file_answers_in_place_of_the_older(portal: Portal, ask: Ask) -> None:
    uuid = add_table_file(portal, "Hai bản", WARDS)
    read_tables(portal)
    make_index(portal)
    add_table_version(portal, uuid, WARDS.replace("131427", "140000"))
    assert ask("dân số hải châu") == 131427, "until it is read"
    read_tables(portal)
    assert ask("dân số hải châu") == 140000
    add_table_version(portal, uuid, b"PK\x03\x04 broken")
    read_tables(portal)
    assert ask("dân số hải châu") is None


def test_a_large_table_does_not_answer(portal: Portal, ask: Ask) -> None:
    rows = "".join(f"Số nhà {number},{number}\n" for number in range(1, 2100))
    publish(portal, "Dài", "Địa chỉ,Diện tích sàn\n" + rows)
    assert ask("diện tích sàn số nhà 7") is None


def test_filters_and_further_pages_have_no_answer(portal: Portal, ask: Ask) -> None:
    publish(portal, "Dân số", WARDS)
    assert ask("dân số hải châu", page="2") is None
    assert ask("dân số hải châu", theme="moi-truong") is None


def test_the_database_is_asked_a_few_times_at_most(portal: Portal) -> None:
    for number in range(30):
        add_table_file(portal, f"Bản {number}", WARDS.replace("Hải Châu", f"Nơi {number}"))
    read_tables(portal)
    make_index(portal)
    statements: list[str] = []
    engine = portal.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for text in ("chợ cồn", "dân số nơi 7", "dân số thanh khê"):
        statements.clear()
        found = full(portal, text)
        counts.append(sum("table_key" in each or "table_digest.cells" in each for each in statements))
        assert (found is not None) == (text == "dân số nơi 7")
    assert counts[:2] == [1, 2] and counts[2] <= 2
