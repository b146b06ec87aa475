"""What is suggested while somebody types: what, in which order, how marked, and what never."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.models import State, Vocabulary
from portal.catalog.services import datasets
from portal.clock import system_clock
from portal.search.suggest import Suggestion, suggest
from portal.text import Language
from portal.wiring import Portal, open_portal
from tests.factories import (
    NOW,
    make_agency,
    make_concept,
    make_dataset,
    make_file,
    make_index,
    make_place,
    make_portal,
)

DAY = NOW.replace(hour=0)


def _fill(portal: Portal) -> None:
    with portal.database.write() as session:
        traffic = make_concept(session, Vocabulary.THEME, "giao-thong", "Giao thông", "Transport")
        csv = make_concept(session, Vocabulary.FORMAT, "csv", "CSV", media_type="text/csv")
        make_concept(session, Vocabulary.LICENCE, "giay-phep", "Giấy phép mở")
        building = make_agency(session, "Sở Xây dựng", "Department of Construction")
        building.acronyms, building.former_names = ["SXD"], ["Sở Giao thông vận tải"]
        ward = make_place(session, "20194", "Phường Hải Châu", "Hai Chau Ward")
        make_place(session, "cu-490", "Quận Hải Châu", valid_until=DAY.date())
        file = make_file("gia.csv", [b"x"], format=csv)
        file.columns = [{"name": "gia_dat", "title_vi": "Giá đất"}, {"name": "duong"}]
        make_dataset(
            session,
            "Giá đất các tuyến đường",
            en="Land prices by street",
            slug="gia-dat",
            themes=[traffic],
            agency=building,
            places=[ward],
            modified=DAY,
            distributions=[file],
        )
        make_dataset(session, "Danh mục đường phố", slug="duong-pho", modified=DAY.replace(year=2020))
        make_dataset(session, "Tai nạn giao thông đường bộ", slug="tai-nan", agency=building)
        make_dataset(session, "Dưỡng lão và chăm sóc", slug="duong-lao", modified=DAY.replace(year=2027))
        make_dataset(session, "Hoà giải ở cơ sở", slug="hoa-giai")
        make_dataset(session, "Tỉ lệ hộ nghèo", slug="ti-le")
        make_dataset(session, "Chợ truyền thống", slug="cho")
        make_dataset(session, "Cho thuê nhà ở xã hội", slug="cho-thue", modified=DAY)
        for state in (State.DRAFT, State.SCHEDULED, State.TRASHED, State.WITHDRAWN):
            hidden = make_file("x.csv", [b"y"], format=csv)
            hidden.columns = [{"name": "zyxmarker"}]
            make_dataset(session, f"Zyxmarker {state.value}", state=state, distributions=[hidden])


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    portal = make_portal(tmp_path_factory.mktemp("suggest"))
    _fill(portal)
    make_index(portal)
    yield portal
    portal.close()


def ask(portal: Portal, typed: str, language: Language = "vi", limit: int = 8) -> list[Suggestion]:
    with portal.database.read() as session:
        found = suggest(
            typed,
            engine=portal.search,
            session=session,
            language=language,
            limit=limit,
            hide_illustrative=portal.settings.hide_illustrative,
        )
    return list(found.entries)


def texts(portal: Portal, typed: str, language: Language = "vi") -> list[str]:
    return [each.text for each in ask(portal, typed, language)]


def marked(entry: Suggestion) -> list[str]:
    return [entry.text[start:end] for start, end in entry.marks]


def test_the_title_is_found_from_any_of_its_syllables(portal: Portal) -> None:
    for typed in ("gia dat", "dat cac", "tuyen", "duong"):
        assert "Giá đất các tuyến đường" in texts(portal, typed), typed
    assert "Giá đất các tuyến đường" not in texts(portal, "uyen"), "inside a syllable nothing begins"


@pytest.mark.parametrize("typed", ["", "g", " ", "?", "\0"])
def test_less_than_two_letters_suggest_nothing(portal: Portal, typed: str) -> None:
    assert ask(portal, typed) == []


def test_what_begins_as_typed_comes_before_what_holds_it(portal: Portal) -> None:
    found = texts(portal, "giao thong")
    assert found.index("Giao thông") < found.index("Tai nạn giao thông đường bộ")


def test_typed_diacritics_go_first_and_missing_ones_are_forgiven(portal: Portal) -> None:
    assert texts(portal, "chợ")[0] == "Chợ truyền thống"
    assert texts(portal, "cho")[:2] == ["Cho thuê nhà ở xã hội", "Chợ truyền thống"], "the newer first"
    street = [each for each in texts(portal, "đườ") if each != "duong"]
    assert street[-1] == "Dưỡng lão và chăm sóc"
    assert {"Danh mục đường phố", "Giá đất các tuyến đường"} <= set(street[:-1])


def test_keyboards_and_orthographies_agree(portal: Portal) -> None:
    assert texts(portal, "hòa g") == texts(portal, "hoà g") == ["Hoà giải ở cơ sở"]
    assert texts(portal, "ti l") == texts(portal, "tỷ l") == ["Tỉ lệ hộ nghèo"]
    for typed in ("đường", "giá đ", "hoà"):
        assert texts(portal, unicodedata.normalize("NFD", typed)) == texts(portal, typed)


def test_the_typed_part_is_marked_in_the_text_as_it_is_written(portal: Portal) -> None:
    found = {each.text: marked(each) for each in ask(portal, "DUO")}
    assert found["Danh mục đường phố"] == ["đườ"]
    assert found["Dưỡng lão và chăm sóc"] == ["Dưỡ"]
    assert marked(ask(portal, "gia dat c")[0]) == ["Giá đất c"]


def test_names_lead_to_their_pages_in_the_language_asked_for(portal: Portal) -> None:
    (ward, former) = ask(portal, "hai ch")
    assert (ward.text, ward.kind, ward.target, ward.datasets) == (
        "Phường Hải Châu",
        "place",
        "/dia-ban/phuong-hai-chau",
        1,
    )
    assert former.text == "Quận Hải Châu" and former.is_former
    english = ask(portal, "hai ch", "en")[0]
    assert (english.text, english.target) == ("Hai Chau Ward", "/en/places/phuong-hai-chau")


@pytest.mark.parametrize("typed", ["sxd", "sở giao th", "giao thong van"])
def test_an_agency_is_found_by_acronym_and_former_name(portal: Portal, typed: str) -> None:
    found = next(each for each in ask(portal, typed) if each.kind == "agency")
    assert (found.text, found.target, found.datasets) == ("Sở Xây dựng", "/co-quan/so-xay-dung", 2)
    assert found.also in ("SXD", "Sở Giao thông vận tải") and found.marks == ()


def test_a_column_leads_to_a_search_for_it(portal: Portal) -> None:
    found = {each.text: each for each in ask(portal, "gia_d")}
    assert found["gia_dat"].kind == "column" or found["Giá đất"].kind == "column"
    column = next(each for each in found.values() if each.kind == "column")
    assert column.target.startswith("/du-lieu?q=") and column.datasets == 1


def test_only_themes_of_all_vocabularies_are_suggested(portal: Portal) -> None:
    assert texts(portal, "giay phep") == []


def test_titles_in_the_other_language_come_after_and_say_so(portal: Portal) -> None:
    (found,) = ask(portal, "land pr")
    assert (found.text, found.language, found.target) == (
        "Land prices by street",
        "en",
        "/du-lieu/gia-dat",
    )


@pytest.mark.parametrize("typed", ["zyx", "zyxmarker", "zyxmarker draft", "Zyxmarker w"])
def test_t71_what_is_not_public_is_never_suggested(portal: Portal, typed: str) -> None:
    assert ask(portal, typed) == []


def test_t71_a_withdrawn_dataset_is_gone_before_the_index_knows(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    _fill(portal)
    make_index(portal)
    assert "Chợ truyền thống" in texts(portal, "cho")
    with portal.database.write() as session:
        dataset = queries.dataset_by_reference(session, "cho")
        assert dataset is not None
        datasets.withdraw(session, SYSTEM, dataset, "Sai.", system_clock())
    assert "Chợ truyền thống" not in texts(portal, "cho")
    make_index(portal)
    assert texts(portal, "cho") == ["Cho thuê nhà ở xã hội"]
    portal.close()


def test_illustrative_records_are_marked_and_can_be_hidden(tmp_path: Path) -> None:
    for hide in (False, True):
        portal = make_portal(tmp_path / str(hide), hide_illustrative=hide)
        with portal.database.write() as session:
            make_dataset(session, "Nhiệt độ minh họa", illustrative=True)
        make_index(portal)
        assert [each.is_illustrative for each in ask(portal, "nhi")] == ([] if hide else [True])
        portal.close()


def test_a_renamed_agency_is_suggested_by_its_new_name_alone(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    with portal.database.write() as session:
        agency = make_agency(session, "Sở Tài chính")
    make_index(portal)
    assert texts(portal, "tai ch") == ["Sở Tài chính"]
    with portal.database.write() as session:
        session.merge(agency).name_vi = "Sở Ngân khố"
    make_index(portal)
    portal.close()
    portal = open_portal(portal.settings)
    assert texts(portal, "tai ch") == []
    assert texts(portal, "ngan k") == ["Sở Ngân khố"]
    portal.close()


def test_the_list_is_as_long_as_asked_and_keeps_room_for_datasets(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    with portal.database.write() as session:
        for number in range(20):
            make_place(session, f"{number}", f"Xã Hòa {number}")
            make_dataset(session, f"Hòa giải {number}")
    make_index(portal)
    found = ask(portal, "hoa")
    assert [each.kind for each in found] == ["place"] * 2 + ["dataset"] * 6
    assert len(ask(portal, "hoa", limit=3)) == 3
    assert len(ask(portal, "hoa 1")) > 2, "without datasets to show, places fill the list"
    portal.close()


def test_without_an_index_nothing_is_suggested(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    assert ask(portal, "duong") == []
    portal.close()


@pytest.mark.parametrize(
    "typed", ["a" * 100_000, "*a*", "đ" * 300, "🌊🌊", "\u202eabc", "((((" * 500, "  a  b"]
)
def test_any_text_is_answered(portal: Portal, typed: str) -> None:
    assert isinstance(ask(portal, typed), list)
