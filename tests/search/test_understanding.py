"""What is typed becomes a query of ours."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from portal.catalog.models import WordKind as Kind
from portal.search import analysis
from portal.search.knowledge import Knowledge
from portal.search.query import Word
from portal.search.understanding import MAX_SYLLABLES, Recognised, understand
from portal.search.words import EMPTY, Glossary, PlaceName, WordRow
from portal.text import fold
from tests.search.relevance import born_with

TABLES = Knowledge(born_with())


@dataclass(frozen=True)
class Texts:
    """The terms of a few texts, as an index would tell them."""

    texts: tuple[str, ...]
    folded: tuple[tuple[str, ...], ...] = field(init=False)
    exact: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        taken = [analysis.syllables(text) for text in self.texts]
        object.__setattr__(self, "folded", tuple(tuple(each.folded for each in text) for text in taken))
        object.__setattr__(self, "exact", tuple(tuple(each.exact for each in text) for text in taken))

    def count(self, folded: str) -> int:
        return sum(folded in text for text in self.folded)

    def exact_count(self, exact: str) -> int:
        return sum(exact in text for text in self.exact)

    def pair_count(self, first: str, second: str) -> int:
        return sum((first, second) in pairwise(text) for text in self.folded)

    def near(self, folded: str) -> Collection[str]:
        return {each for text in self.folded for each in text}


def mended(text: str, *texts: str, tables: Glossary = EMPTY) -> str:
    """What is looked for, folded."""
    tokens = understand(text, Knowledge(tables, Texts(texts))).tokens
    return " ".join(token.word.folded for token in tokens)


def typed(text: str) -> list[str]:
    return [concept.typed for concept in understand(text).query.concepts]


def test_every_syllable_is_a_concept_and_neighbours_are_pairs() -> None:
    query = understand("Xe buýt").query
    assert typed("Xe buýt") == ["Xe", "buýt"]
    assert query.pairs == ((Word("xe"), Word("buyt", "buýt")),)


def test_joined_spellings_are_alternatives() -> None:
    (first, _) = understand("Wi-Fi").query.concepts
    assert [alternative.words[0].folded for alternative in first.alternatives] == ["wi", "wifi"]


def test_quotes_of_every_kind_make_phrases() -> None:
    for text in ('"xe buýt"', "“xe buýt”", "«xe buýt»", "„xe buýt“"):
        (phrase,) = understand(text).query.phrases
        assert [word.folded for word in phrase.words] == ["xe", "buyt"]


def test_a_quote_left_open_is_a_sign() -> None:
    assert understand('"xe buýt').query.phrases == ()
    assert typed('"xe buýt') == ["xe", "buýt"]


def test_a_minus_excludes_only_at_the_start_of_a_word() -> None:
    assert [phrase.words[0].folded for phrase in understand("chợ -đêm").query.excluded] == ["dem"]
    assert understand("Wi-Fi 2020-2025").query.excluded == ()
    assert understand("chợ - đêm").query.excluded == ()


def weights(text: str) -> dict[str, float]:
    return {concept.typed: concept.weight for concept in understand(text, TABLES).query.concepts}


def test_unit_words_are_light_unless_alone() -> None:
    assert weights("quận Hải Châu") == {"quận": 0.3, "Hải Châu": 1}
    assert set(weights("thành phố").values()) == {1}


def test_chợ_is_no_filler_though_cho_is() -> None:
    assert weights("chợ cho bé") == {"chợ": 1, "cho": 0.3, "bé": 1}


def ways(text: str, *, tables: Knowledge = TABLES) -> list[str]:
    """All alternatives of the first concept."""
    concept = understand(text, tables).query.concepts[0]
    return [" ".join(word.folded for word in each.words) for each in concept.alternatives]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("UBND", "uy ban nhan dan"),
        ("ủy ban nhân dân", "ubnd"),
        ("uy ban nhan dan", "ubnd"),
        ("trường cấp 3", "thpt"),
        ("high schools", "trung hoc pho thong"),
        ("DN", "doanh nghiep"),
        ("DN", "da nang"),
        ("sở GD&ĐT", "so"),
        ("quận Hải Châu", "quan"),
    ],
)
def test_tables_add_what_else_may_be_meant(text: str, meant: str) -> None:
    assert meant in ways(text)


def test_short_forms_stand_for_the_long_ones_inside_other_words() -> None:
    assert "thpt" in ways("upper secondary school")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Hòa Cường", "hai chau"),
        ("Hải Châu", "hoa cuong"),
        ("Quảng Nam", "hoi an"),
        ("Hội An", "hoi an dong"),
    ],
)
def test_places_are_found_by_what_they_were_and_became(typed: str, found: str) -> None:
    assert found in ways(typed)


def test_the_city_does_not_stand_for_all_that_became_part_of_it() -> None:
    assert "da nang" not in ways("Quảng Nam")


def test_the_longest_phrase_is_taken() -> None:
    concepts = understand("trường trung học cơ sở Hòa Vang", TABLES).query.concepts
    assert [concept.typed for concept in concepts] == ["trường trung học cơ sở", "Hòa Vang"]


def test_english_words_are_not_looked_for_in_vietnamese_questions() -> None:
    tables = Knowledge(
        Glossary((WordRow("bay", Kind.ENGLISH, "vịnh"), WordRow("market", Kind.ENGLISH, "chợ")))
    )
    assert "vinh" in ways("bay", tables=tables)
    assert understand("sân bay", tables).query.concepts[1].alternatives[1:] == ()
    assert "cho" in ways("market Hội", tables=tables)


def test_quoted_words_are_taken_as_they_stand() -> None:
    assert ways('"UBND"') == ["ubnd"]
    assert mended('"benh vien"', "bệnh viện") == "benh vien"
    assert mended('"bxnh"', "bệnh") == "bxnh"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("beejnh vieejn", "benh vien"),
        ("be65nh vie65n", "benh vien"),
        ("be6nh5 vie6n5", "benh vien"),
        ("bênh vien", "benh vien"),
        ("benh vienn", "benh vien"),
        ("benhvien", "benh vien"),
        ("bệnh vện", "benh vien"),
        ("bejnh zzzzz", "benh zzzzz"),
        ("12345", "12345"),
    ],
)
def test_what_nobody_published_about_is_mended(typed: str, meant: str) -> None:
    assert mended(typed, "Danh sách bệnh viện", "Bệnh viện công lập", "tuyến ven biển") == meant


def test_phrases_of_the_tables_come_before_repairs() -> None:
    """Neither lụt nor high schools occur in this index."""
    texts = ("hình ảnh", "lượt khách", "ngập úng")
    assert mended("ngập lụt", *texts, tables=TABLES.glossary) == "ngap lut"
    assert mended("high schools", *texts, tables=TABLES.glossary) == "high schools"


def test_place_names_are_mended_whole_though_their_syllables_are_words() -> None:
    texts = ("hai bên đường", "chùa cổ")
    assert mended("quan hai chua", *texts, tables=TABLES.glossary) == "quan hai chau"
    assert mended("hai chua", *texts, "có hai chùa") == "hai chua"


def test_a_careful_word_is_not_turned_into_another() -> None:
    assert mended("giá xăng", "giá vàng", "giá vàng") == "gia xang"


def test_a_rare_syllable_between_strangers_is_also_read_as_its_neighbour() -> None:
    texts = ("bệnh viện", "bệnh viện", "tuyến ven biển")
    understood = understand("benh ven", Knowledge(EMPTY, Texts(texts)))
    assert [each.words[0].folded for each in understood.query.concepts[1].alternatives] == ["ven", "vien"]
    assert understood.doubts == {1: "vien"}
    assert understood.literal == ""


def test_a_repair_can_be_undone() -> None:
    texts = Texts(("bệnh viện công lập",))
    understood = understand('benh vienn "công lập"', Knowledge(EMPTY, texts))
    assert understood.literal == 'benh "vienn" "công lập"'
    assert understand(understood.literal, Knowledge(EMPTY, texts)).literal == ""


def test_years_and_places_are_recognised() -> None:
    tables = Glossary(
        (), (PlaceName("Hải Châu", "Phường", "20242", True), PlaceName("Hải Châu", "Quận", "cu-492", False))
    )
    found = understand("ngân sách quận hai chau 2024", Knowledge(tables)).recognised
    assert found == (
        Recognised("year", "2024", "year", "2024"),
        Recognised("place", "Quận Hải Châu", "place", "cu-492"),
    )


def test_decomposed_text_and_old_tone_marks_are_the_same_query() -> None:
    assert ways(unicodedata.normalize("NFD", "Thuỷ điện")) == ways("Thủy điện")


def test_nothing_is_an_empty_query() -> None:
    for text in ("", "   ", '""', "-", "!!!", "\u200b"):
        assert not understand(text).query.is_ranked


def test_limits() -> None:
    query = understand(" ".join(f'"tu{n} cau{n}" -bo{n}' for n in range(100))).query
    assert len(query.concepts) <= MAX_SYLLABLES
    assert sum(len(phrase.words) for phrase in query.phrases) <= MAX_SYLLABLES
    assert len(query.excluded) <= 4


def test_a_word_twice_is_one_concept() -> None:
    assert typed("chợ chợ chợ") == ["chợ"]


def test_a_short_form_leads_to_no_other_word() -> None:
    """ĐN is Đà Nẵng and an enterprise; Đà Nẵng is no enterprise."""
    rows = (
        WordRow("ĐN", Kind.ABBREVIATION, "Đà Nẵng", both_ways=True),
        WordRow("DN", Kind.ABBREVIATION, "doanh nghiệp", both_ways=True),
    )
    (concept,) = understand("đà nẵng", Knowledge(Glossary(rows))).query.concepts
    assert {" ".join(word.folded for word in each.words) for each in concept.alternatives} == {
        "da nang",
        "dn",
    }


@pytest.mark.parametrize("typed", ["bệnh noru", "benh voi", "cuop giat"])
def test_a_word_that_fits_nowhere_is_a_name_and_no_slip(typed: str) -> None:
    texts = ("bệnh viện", "bệnh nhân", "nơi ở", "cuối giao dịch", "hỏi đáp")
    assert mended(typed, *texts) == fold(typed)


def test_a_known_pair_of_the_tables_supports_a_repair() -> None:
    tables = Glossary((WordRow("ngập lụt", Kind.SYNONYM, "ngập úng"),))
    assert mended("ngap lutt", "ngập đường", tables=tables) == "ngap lut"
