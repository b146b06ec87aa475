"""What outranks what, by the table of weights; each test fails when its number is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.catalog.models import WordKind as Kind
from portal.search.documents import SearchDocument
from portal.search.engines.base import EngineAnswer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.understanding import understand
from portal.search.words import EMPTY, Glossary, WordRow
from portal.text import LocalizedText
from tests.contracts.engines import document

FILLING = [document(number, f"bản ghi số {number} khác hẳn") for number in range(900, 930)]
Ask = Callable[..., EngineAnswer]


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Asks an index of the given documents, among others that are about nothing."""
    writer = WhooshWriter(tmp_path / "index")

    def once(text: str, documents: list[SearchDocument], *rows: WordRow) -> EngineAnswer:
        glossary = Glossary(rows) if rows else EMPTY
        writer.rebuild([*documents, *FILLING], lambda _done: None, source="a", glossary=glossary)
        reader = WhooshReader(tmp_path / "index", poll_seconds=0)
        query = understand(text, reader.knowledge()).query
        return reader.search(query, filters={}, sort="relevance", start=0, size=10, facets=())

    yield once
    writer.close()


def test_a_title_outranks_keywords_and_keywords_outrank_prose(ask: Ask) -> None:
    found = ask(
        "mực nước",
        [
            document(1, "Hồ chứa", description=LocalizedText("mực nước")),
            document(2, "Hồ chứa", keywords=("mực nước",)),
            document(3, "Mực nước"),
        ],
    )
    assert found.ids == (3, 2, 1)


def test_a_row_is_found_and_ranks_below_prose(ask: Ask) -> None:
    found = ask(
        "mực nước",
        [
            document(1, "Hồ chứa", values=("Mực nước hồ Đồng Nghệ",)),
            document(2, "Hồ chứa", description=LocalizedText("mực nước")),
            document(3, "Hồ chứa", values=("Nước ngầm", "Mực in", *("Mực nước",) * 50)),
        ],
    )
    assert found.ids == (2, 1, 3), "however often a row says it"
    assert found.scores[1] == found.scores[2] < found.scores[0] / 2


def test_words_of_different_rows_are_not_side_by_side(ask: Ask) -> None:
    rows = document(1, "Hồ chứa", values=("Chợ quê", "Đêm trăng"))
    assert ask("chợ đêm", [rows]).ids == ()
    assert ask("chợ quê", [rows]).ids == (1,)


def test_a_lone_syllable_is_found_in_rows_as_a_whole_cell_only(ask: Ask) -> None:
    rows = document(1, "Giá cả", values=("Gạo", "Muối hạt"))
    assert (ask("gạo", [rows]).ids, ask("muối", [rows]).ids) == ((1,), ())


def test_a_title_and_a_row_together_are_a_whole_answer(ask: Ask) -> None:
    found = ask(
        "dân số hòa cường",
        [
            document(1, "Dân số các phường", values=("Hòa Cường", "Hải Châu")),
            document(2, "Chợ phường Hòa Cường"),
            document(3, "Dân số cả nước"),
        ],
    )
    assert found.ids[0] == 1 and found.total == 1


def test_what_rows_hold_is_no_slip(ask: Ask) -> None:
    rows = document(1, "Các cơn bão", values=("Bão Noru", "Bão Haiyan"))
    other = document(2, "Norus và những chuyện khác về bão")
    assert ask("bão noru", [rows, other]).ids == (1,)


def test_quoted_words_may_stand_in_a_row(ask: Ask) -> None:
    rows = document(1, "Cơ sở y tế", values=("Bệnh viện Phụ sản", "Trạm y tế"))
    assert ask('"bệnh viện phụ sản"', [rows]).ids == (1,)
    assert ask('"viện phụ trạm"', [rows]).ids == ()
    assert ask('cơ sở -"bệnh viện phụ sản"', [rows]).ids == (1,), "what is excluded is what it is about"


def test_a_word_repeated_counts_less_each_time(ask: Ask) -> None:
    found = ask(
        "cầu hầm",
        [document(1, "cầu cầu cầu cầu cầu cầu"), document(2, "cầu và hầm đường bộ qua đèo dốc")],
    )
    assert found.ids[0] == 2


def test_diacritics_typed_are_honoured(ask: Ask) -> None:
    documents = [document(1, "Chợ quê"), document(2, "Cho quê")]
    assert ask("chợ", documents).ids == (1, 2)
    assert ask("chờ", documents).scores[0] == ask("cho", documents).scores[0], "omitted ones are forgiven"


def test_words_side_by_side_outrank_words_apart(ask: Ask) -> None:
    found = ask("xe buýt", [document(1, "buýt cho người đi xe"), document(2, "cho người đi xe buýt")])
    assert found.ids == (2, 1)


def test_filler_words_are_not_required(ask: Ask) -> None:
    found = ask("quận Sơn Trà", [document(1, "Dân số Sơn Trà")], WordRow("quận", Kind.FILLER))
    assert found.ids == (1,)
    assert not found.relaxed


def test_most_of_the_concepts_are_required(ask: Ask) -> None:
    documents = [document(1, "giá đất ở"), document(2, "giá đất"), document(3, "giá vàng")]
    found = ask("giá đất ở", documents)
    assert found.ids == (1, 2)
    assert found.related == (3,)
    assert not found.relaxed
    relaxed = ask("giá 1234", documents)
    assert relaxed.relaxed
    assert set(relaxed.ids) == {1, 2, 3}


def test_half_an_answer_ranks_below_a_whole_one(ask: Ask) -> None:
    found = ask(
        "tàu cá cảng âu",
        [
            document(1, "tàu cá", keywords=("tàu cá tàu cá cảng",), description=LocalizedText("tàu cá cảng")),
            document(2, "khác hẳn", description=LocalizedText("tàu " * 5 + "cá " * 5 + "cảng âu " * 5)),
        ],
    )
    assert found.ids == (2, 1)


def test_fresh_records_win_near_ties_only(ask: Ask) -> None:
    year = 31_600_000
    documents = [
        document(1, "Sản lượng tôm", modified=20 * year),
        document(2, "Sản lượng tôm thẻ", modified=30 * year),
        document(3, "Sản lượng", description=LocalizedText("tôm"), modified=30 * year),
    ]
    assert ask("sản lượng tôm", documents).ids == (2, 1, 3)


def test_used_records_win_near_ties_only(ask: Ask) -> None:
    documents = [
        document(1, "Sản lượng tôm", popularity=1.0),
        document(2, "Sản lượng tôm thẻ", popularity=10_000.0),
        document(3, "Sản lượng", description=LocalizedText("tôm"), popularity=10_000.0),
    ]
    assert ask("sản lượng tôm", documents).ids == (2, 1, 3)


def test_the_scattered_words_of_a_known_phrase_are_related_only(ask: Ask) -> None:
    documents = [document(1, "viện nghiên cứu bệnh"), document(2, "nghiên cứu tại bệnh viện")]
    found = ask("bệnh viện", documents, WordRow("bệnh viện", Kind.ABBREVIATION, "BV"))
    assert (found.ids, found.related) == ((2,), (1,))


@pytest.mark.parametrize(
    ("text", "title"), [("tàu cá", "Fishing vessels by size"), ("vessels", "Vessel register")]
)
def test_plurals_are_found_by_the_singular_and_the_other_way(ask: Ask, text: str, title: str) -> None:
    row = WordRow("fishing vessel", Kind.ENGLISH, "tàu cá", both_ways=True)
    assert ask(text, [document(1, title), document(2, "thuế thu nhập cá nhân")], row).ids == (1,)


def test_a_place_stands_for_its_own_parts_only(ask: Ask) -> None:
    row = WordRow("Bình Hiên", Kind.PLACE, "Hải Châu", both_ways=True)
    documents = [document(1, "Chợ tại phường Bình Hiên"), document(2, "Chợ tại xã Bình Hiến")]
    assert ask("hai chau", documents, row).ids == (1,)
    assert set(ask("binh hien", documents, row).ids) == {1, 2}, "as typed, without diacritics"


def test_what_holds_hardly_anything_is_related_only(ask: Ask) -> None:
    found = ask("quán cà phê", [document(1, "Quản lý đô thị")], WordRow("cà phê", Kind.SPELLING, "cafe"))
    assert (found.ids, found.related, found.relaxed) == ((), (1,), False)


def test_single_syllables_do_not_outvote_a_phrase(ask: Ask) -> None:
    """Thành phố and có are in every record; Hội An is what was asked for."""
    documents = [document(1, "Thành phố có cầu mới"), document(2, "Di tích Hội An, thành phố cổ")]
    found = ask("phố cổ hội an", documents, WordRow("hội an", Kind.SPELLING, "hoian"))
    assert (found.ids, found.related) == ((2,), (1,))


def test_a_phrase_that_nobody_wrote_asks_for_the_shorter_ones_in_it(ask: Ask) -> None:
    rows = [
        WordRow("rác thải nhựa", Kind.ENGLISH, "plastic waste"),
        WordRow("rác thải", Kind.SYNONYM, "chất thải"),
        WordRow("bạo lực gia đình", Kind.SYNONYM, "bạo hành"),
    ]
    documents = [document(1, "Thu gom rác thải"), document(2, "Hộ gia đình có lực sĩ bạo dạn")]
    found = ask("rác thải nhựa", documents, *rows)
    assert (found.ids, found.relaxed) == ((1,), True)
    assert ask("bạo lực gia đình", documents, *rows).ids == (), "nothing shorter is in the tables"


def test_what_holds_a_part_of_a_phrase_is_related(ask: Ask) -> None:
    documents = [document(1, "Danh sách bệnh viện"), document(2, "Phòng bệnh")]
    found = ask("bệnh viện", documents, WordRow("bệnh viện", Kind.ABBREVIATION, "BV"))
    assert (found.ids, found.related) == ((1,), (2,))


def test_a_guessed_syllable_counts_less_than_one_typed_in_full(ask: Ask) -> None:
    row = WordRow("mưa", Kind.SYNONYM, "lượng nước")
    documents = [document(1, "lượng nước")]
    assert ask("mua", documents, row).scores[0] < ask("mưa", documents, row).scores[0]


def test_a_whole_word_outranks_a_lone_syllable(ask: Ask) -> None:
    row = [WordRow("tree", Kind.ENGLISH, "cây"), WordRow("tree", Kind.ENGLISH, "cây xanh")]
    found = ask("tree", [document(1, "Giống cây mới"), document(2, "Giống cây xanh")], *row)
    assert found.ids == (2, 1)


def test_alternatives_rank_by_how_sure_they_are(ask: Ask) -> None:
    rows = [
        WordRow("alpha", Kind.SPELLING, "một"),
        WordRow("alpha", Kind.ABBREVIATION, "hai"),
        WordRow("alpha", Kind.SYNONYM, "ba"),
        WordRow("alpha", Kind.PLACE, "bốn"),
        WordRow("năm", Kind.ENGLISH, "alpha", both_ways=True),
    ]
    titles = ["alpha", "một", "hai", "ba", "bốn", "năm"]
    documents = [document(number, title) for number, title in enumerate(titles, start=1)]
    found = ask("alpha", documents, *rows)
    assert found.ids == (1, 2, 3, 4, 5, 6)
    assert len(set(found.scores)) == 6
