"""What is typed becomes a query of ours."""

from __future__ import annotations

from portal.search.query import Word
from portal.search.understanding import MAX_SYLLABLES, understand


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


def test_unit_words_are_light_unless_alone() -> None:
    weights = {concept.typed: concept.weight for concept in understand("quận Hải Châu").query.concepts}
    assert weights["quận"] < weights["Hải"] == weights["Châu"] == 1
    assert all(concept.weight == 1 for concept in understand("thành phố").query.concepts)


def test_chợ_is_no_filler_though_cho_is() -> None:
    weights = {concept.typed: concept.weight for concept in understand("chợ cho bé").query.concepts}
    assert weights["chợ"] == 1 > weights["cho"]


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
