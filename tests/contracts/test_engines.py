"""What every search engine must do."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.search.documents import SearchDocument
from portal.search.engines.base import SORTS, IndexBusy, IndexMissing, Sort
from portal.search.query import Alternative, Concept, Query, Word
from portal.search.understanding import understand
from portal.text import LocalizedText
from tests.contracts.engines import ENGINES, Engine, document, values


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened = ENGINES[request.param](tmp_path / "index")
    opened.writer.rebuild([], lambda _done: None, source="a")
    yield opened
    opened.writer.close()


CITY = [
    document(1, "Danh sách chợ trên địa bàn quận Hải Châu", modified=100),
    document(2, "Cho thuê nhà ở xã hội", modified=200),
    document(3, "Tuyến xe buýt nội thành", keywords=("giao thông công cộng",), modified=300),
    document(
        4, "Chất lượng không khí", description=LocalizedText("Bụi mịn PM2.5 dọc tuyến đường"), modified=50
    ),
    document(5, "Thống kê khách du lịch đến Hòa Vang", modified=400),
    document(6, "Điểm phát Wi-Fi miễn phí", columns=("gia_dat", "toạ độ"), modified=250),
]


def faceted() -> list[SearchDocument]:
    """60 documents: format by number mod 3 (one in five has two), year by mod 4, theme on every second."""
    formats = ("csv", "xlsx", "pdf")
    documents = []
    for number in range(1, 61):
        own = {formats[number % 3], "csv"} if number % 5 == 0 else {formats[number % 3]}
        facets = {
            "format": tuple(sorted(own)),
            "year": (str(2020 + number % 4),),
            "theme": ("giao-thong",) if number % 2 else (),
        }
        documents.append(document(number, f"Số liệu giao thông {number}", facets=facets, modified=number))
    return documents


@pytest.mark.parametrize("kind", sorted(ENGINES))
def test_before_the_first_build_there_is_no_answer_and_nothing_to_change(kind: str, tmp_path: Path) -> None:
    engine = ENGINES[kind](tmp_path / "new")
    with pytest.raises(IndexMissing):
        engine.ask("chợ")
    with pytest.raises(IndexMissing):
        engine.writer.apply(CITY, [])
    assert engine.writer.needs_rebuild("a")
    assert engine.writer.indexed() == {}
    engine.writer.close()


def test_an_empty_index_answers_with_nothing(engine: Engine) -> None:
    for sort in SORTS:
        assert engine.ask("chợ", {"year": ("2020",)}, sort=sort).total == 0


def test_documents_are_found_by_every_searched_part(engine: Engine) -> None:
    engine.writer.apply(
        [
            replace(
                document(7, "Alpha", description=LocalizedText("mô tả bravo", "english charlie")),
                title=LocalizedText("Alpha", "Delta"),
                keywords=("echo",),
                columns=("foxtrot",),
                resources=("golf.csv",),
                alternatives=("hotel",),
                publishers=("india",),
                themes=("juliett",),
                places=("kilo",),
            ),
            document(8, "khác"),
        ],
        [],
    )
    for word in "alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo".split():
        assert engine.found(word) == [7], word


def test_diacritics_may_be_left_out_and_are_preferred_when_typed(engine: Engine) -> None:
    engine.writer.apply(CITY, [])
    assert engine.found("tuyen xe buyt")[0] == 3
    assert engine.found("chợ")[0] == 1
    assert engine.found("cho")[:2] and set(engine.found("cho")) == {1, 2}
    assert set(engine.found("chợ")) <= set(engine.found("cho"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa Vang", unicodedata.normalize("NFD", "Hòa Vang")),
        ("Hòa Vang", "Hoà Vang"),
        ("toạ độ", "tọa độ"),
        ("wifi", "Wi-Fi"),
        ("gia_dat", "giá đất"),
        ("không khí", "không khi"),
        ("KHÔNG KHÍ", "không khí"),
    ],
)
def test_spellings_of_one_thing_find_the_same(engine: Engine, one: str, other: str) -> None:
    engine.writer.apply(CITY, [])
    assert engine.found(one)
    assert engine.found(one) == engine.found(other)


def test_a_phrase_is_required_side_by_side_and_a_minus_excludes(engine: Engine) -> None:
    engine.writer.apply(
        [document(1, "chợ đêm Sơn Trà"), document(2, "đêm hội chợ"), document(3, "chợ Cồn")], []
    )
    assert engine.found('"chợ đêm"') == [1]
    assert engine.found('"cho dem"') == [1]
    assert set(engine.found("chợ -đêm")) == {3}
    assert set(engine.found('chợ -"chợ đêm"')) == {2, 3}
    assert set(engine.found("-đêm")) == {3}


def test_results_hold_most_of_the_query_and_related_the_rest(engine: Engine) -> None:
    engine.writer.apply(
        [document(1, "bệnh viện công lập"), document(2, "trường học công lập"), document(3, "bệnh viện tư")],
        [],
    )
    answer = engine.ask("bệnh viện công lập")
    assert answer.ids[0] == 1
    assert set(answer.ids) | set(answer.related) == {1, 2, 3}
    assert not set(answer.ids) & set(answer.related)
    assert answer.total == len(answer.ids)
    assert not answer.relaxed


def test_when_nothing_holds_enough_less_is_accepted_and_told(engine: Engine) -> None:
    engine.writer.apply([document(1, "bệnh viện"), document(2, "đường phố")], [])
    answer = engine.ask("bệnh sởi")
    assert answer.ids == (1,)
    assert answer.relaxed
    hardly = engine.ask("bệnh sởi quai bị")
    assert (hardly.ids, hardly.related) == ((), (1,)), "a quarter of a question is no answer"
    assert not hardly.relaxed
    assert engine.ask("zzz yyy").ids == ()
    assert not engine.ask("zzz yyy").relaxed


def test_alternatives_of_a_concept_count_as_the_concept(engine: Engine) -> None:
    engine.writer.apply(CITY, [])
    buses = Alternative((Word("xe"), Word("buyt")), weight=0.7, adjacent=True)
    query = Query((Concept((Alternative((Word("bus"),)), buses)),))
    assert engine.found(query) == [3]
    apart = engine.ask(Query((Concept((Alternative((Word("tuyen"), Word("buyt")), adjacent=True),)),)))
    assert (apart.ids, apart.related) == ((), (3, 4)), "both words are there, but not side by side"


def test_an_id_given_twice_is_one_record_and_the_last_counts(engine: Engine) -> None:
    engine.writer.apply([document(1, "cũ"), document(1, "mới")], [])
    assert engine.found("mới") == [1]
    assert engine.found("cũ") == []
    engine.writer.apply([replace(document(1, "mới hơn"), version=2)], [])
    assert engine.ask("").total == 1
    assert engine.writer.indexed() == {1: (2, 0)}


def test_a_rebuild_with_an_id_twice_is_one_record(engine: Engine) -> None:
    again = [*faceted(), replace(document(1, "bản sau"), version=5)]
    engine.writer.rebuild(again, lambda _done: None, source="a")
    assert engine.ask("").total == 60
    assert engine.writer.indexed()[1].version == 5
    assert engine.found("bản sau") == [1]


def test_what_is_added_and_deleted_in_one_batch_is_absent(engine: Engine) -> None:
    engine.writer.apply([document(1, "còn"), document(2, "mất")], [2])
    assert engine.found("mất") == []
    assert engine.writer.indexed() == {1: (1, 0)}
    engine.writer.apply([], [1, 99])
    assert engine.ask("").total == 0
    assert engine.writer.indexed() == {}


def test_a_replaced_document_is_not_found_by_its_old_words_or_facets(engine: Engine) -> None:
    engine.writer.apply(faceted(), [])
    engine.writer.apply([document(3, "tên khác", facets={"format": ("json",)})], [])
    answer = engine.ask("")
    assert answer.total == 60
    assert values(answer, "format")["json"] == 1
    assert 3 not in engine.found("giao thông", size=100)


def test_many_small_batches_equal_one_large(engine: Engine) -> None:
    for each in faceted():
        engine.writer.apply([replace(each, title=LocalizedText("nháp"))], [])
    for each in faceted():
        engine.writer.apply([each], [])
    engine.writer.apply([], [7, 8])
    step_by_step = engine.ask("giao thông 15", {"year": ("2021", "2023")}, size=100)
    engine.writer.rebuild(
        [each for each in faceted() if each.id not in (7, 8)], lambda _done: None, source="a"
    )
    at_once = engine.ask("giao thông 15", {"year": ("2021", "2023")}, size=100)
    assert step_by_step.ids == at_once.ids
    assert step_by_step.facets == at_once.facets
    assert engine.ask("", sort="title").ids == engine.ask("", sort="title").ids


def test_facet_counts_sum_to_the_total_under_every_filter(engine: Engine) -> None:
    engine.writer.apply(faceted()[:40], [])
    engine.writer.apply(faceted()[40:], [])
    for filters in ({}, {"format": ("csv",)}, {"theme": ("giao-thong",), "format": ("pdf", "xlsx")}):
        answer = engine.ask("giao thông", filters)
        assert sum(values(answer, "year").values()) == answer.total
        for value, count in values(answer, "year").items():
            assert engine.ask("giao thông", {**filters, "year": (value,)}).total == count


def test_a_facet_is_counted_without_its_own_filter(engine: Engine) -> None:
    engine.writer.apply(faceted(), [])
    free, chosen = engine.ask(""), engine.ask("", {"format": ("csv",)})
    assert values(chosen, "format") == values(free, "format")
    assert values(chosen, "year") != values(free, "year")
    both = engine.ask("", {"format": ("csv", "pdf")})
    assert chosen.total < both.total < free.total


def test_facets_are_ordered_by_count_then_value(engine: Engine) -> None:
    engine.writer.apply(faceted(), [])
    counted = engine.ask("").facets["year"]
    assert list(counted) == sorted(counted, key=lambda each: (-each.count, each.value))


def test_an_unknown_filter_value_matches_nothing(engine: Engine) -> None:
    engine.writer.apply(faceted(), [])
    assert engine.ask("giao thông", {"theme": ("không-có",)}).total == 0


def test_sorts_and_ties(engine: Engine) -> None:
    titles = ["đường", "dừa", "Ấn", "an toàn", "ăn uống"]
    engine.writer.apply([document(n, title, modified=n // 2) for n, title in enumerate(titles, 1)], [])
    engine.writer.apply([document(9, "an ninh", modified=2)], [])
    assert engine.found("", sort="modified") == [4, 5, 9, 2, 3, 1]
    assert engine.found("") == [4, 5, 9, 2, 3, 1]
    assert engine.found("", sort="used") == [4, 5, 9, 2, 3, 1]
    assert engine.found("", sort="title") == [9, 4, 5, 3, 2, 1]


def test_use_orders_when_it_is_known(engine: Engine) -> None:
    engine.writer.apply([document(1, "a", popularity=3.0), document(2, "b", modified=9)], [])
    assert engine.found("", sort="used") == [1, 2]


@pytest.mark.parametrize("sort", ["relevance", "modified", "title", "used"])
def test_pages_put_together_are_the_whole_in_order(engine: Engine, sort: Sort) -> None:
    engine.writer.apply(faceted()[:50], [])
    engine.writer.apply(faceted()[50:], [])
    whole = engine.ask("giao thông", sort=sort, size=100).ids
    pages = [engine.ask("giao thông", sort=sort, start=start, size=7).ids for start in range(0, 70, 7)]
    assert tuple(each for page in pages for each in page) == whole
    assert sorted(whole) == list(range(1, 61))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000,
        " OR ".join(["chợ"] * 2_000),
        "*a*",
        "*",
        "(" * 3_000 + ")" * 3_000,
        '"' * 999,
        "-" * 500 + "chợ",
        "😀🏳️‍🌈" * 300,
        "\u202e\u2066chợ\u2069",
        "title:chợ AND NOT [a TO z]",
        "\x00\ud800\uffff",
        " ".join(f"từ{n}" for n in range(500)),
    ],
)
def test_hostile_queries_are_bounded(engine: Engine, text: str) -> None:
    engine.writer.apply(CITY, [])
    query = understand(text).query
    assert len(query.concepts) <= 12
    assert sum(len(phrase.words) for phrase in query.phrases) <= 12
    assert engine.ask(query).total <= len(CITY)


def test_hostile_documents_are_kept_apart(engine: Engine) -> None:
    engine.writer.apply(
        [
            document(1, "\ud800 <script>", keywords=("x" * 100_000,), facets={"format": ("\ud800",)}),
            document(2, "bình thường"),
            document(3, ""),
        ],
        [],
    )
    assert engine.found("bình thường") == [2]
    assert engine.ask("").total == 3


def test_only_one_writer_at_a_time(engine: Engine) -> None:
    with pytest.raises(IndexBusy):
        engine.open_writer()
    engine.writer.close()
    engine.open_writer().close()


def test_what_was_written_survives_a_reopening(engine: Engine) -> None:
    engine.writer.rebuild(CITY, lambda _done: None, source="a")
    engine.writer.apply([document(7, "thêm")], [1])
    before = engine.ask("tuyến xe buýt"), engine.writer.indexed()
    engine.writer.close()
    writer = engine.open_writer()
    assert (engine.ask("tuyến xe buýt"), writer.indexed()) == before
    assert not writer.needs_rebuild("a")
    assert writer.needs_rebuild("b")
    writer.close()


def test_generations_grow_and_progress_is_told(engine: Engine) -> None:
    told: list[int] = []
    first = engine.writer.rebuild(CITY, told.append, source="a")
    second = engine.writer.apply([], [1])
    assert first < second == engine.open_reader().generation()
    assert told[-1] == len(CITY)


def test_taking_away_what_is_not_there_makes_no_new_state(engine: Engine) -> None:
    first = engine.writer.rebuild([document(1, "Một")], [].append, source="a")
    assert engine.writer.apply([], [7, 8]) == first == engine.open_reader().generation()
    assert engine.writer.apply([], [1, 7]) > first


def test_readers_in_threads_see_whole_states_while_generations_are_published(engine: Engine) -> None:
    """Every state has one year only: an answer that mixed two would count two years."""
    reader = engine.open_reader()
    size = 30

    def state(number: int) -> list[SearchDocument]:
        facets = {"year": (str(2000 + number),)}
        return [document(n, "chung một lời", facets=facets) for n in range(1, size + 1)]

    engine.writer.apply(state(0), [])
    problems: list[object] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                answer = reader.search(
                    understand("chung lời").query,
                    filters={},
                    sort="relevance",
                    start=0,
                    size=20,
                    facets=("year",),
                )
                counted = answer.facets["year"]
                if answer.total != size or len(counted) != 1 or counted[0].count != size:
                    problems.append(answer)
            except Exception as error:
                problems.append(error)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(1, 11):
        engine.writer.apply(state(number), [])
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []
