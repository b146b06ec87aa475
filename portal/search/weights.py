"""Every number that ranking depends on, in one table: its reason, and the test that would miss it.

Field weights follow BM25F: the occurrences in each group of fields, weighted and divided by the group's
length, are added and then saturated. Weights of alternatives tell how sure it is that another word means what
was typed. `tests/search/test_weights.py` sees to it that every number names a test that exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from portal.catalog.models import WordKind as Kind


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Texts that count alike. `weight`: how much one occurrence counts; `length_share`: BM25's b, how much
    a longer text dilutes it; `pivot`: the length in syllables at which it is neither diluted nor raised;
    `floor`: 1 where short texts are not raised at all."""

    name: str
    weight: float
    length_share: float
    pivot: float
    floor: float = 0.0


# Titles are what citizens type and say most; they are short on purpose, so their length hardly matters.
# (test_ranking.py::test_a_title_outranks_keywords_and_keywords_outrank_prose)
TITLE = FieldGroup("title", weight=3.0, length_share=0.3, pivot=12)
# Chosen words and the names inside the files: more telling than prose, less than a title.
# (test_ranking.py::test_a_title_outranks_keywords_and_keywords_outrank_prose)
KEYWORDS = FieldGroup("keywords", weight=1.5, length_share=0.3, pivot=20)
# Prose and names of others: a word in passing must not outrank a title, hence the usual b of BM25; nor must
# an agency's name where there is no description, hence the floor.
# (test_ranking.py::test_a_title_outranks_keywords_and_keywords_outrank_prose)
PROSE = FieldGroup("prose", weight=1.0, length_share=0.75, pivot=60, floor=1.0)
# A text in a row of a small table, however often: a dataset is found by what is in it, after all that say so.
# (test_ranking.py::test_a_row_is_found_and_ranks_below_prose)
VALUE_WEIGHT = 0.3
# Saturation: the second occurrence adds less than the first. The usual value; titles do not repeat words.
# (test_ranking.py::test_a_word_repeated_counts_less_each_time)
K1 = 1.2
# A syllable typed with its diacritics and found so: settles chợ against cho. Any value from 0.2 to 2.5 did
# the same on the relevance set. (test_ranking.py::test_diacritics_typed_are_honoured)
EXACT_BONUS = 0.35
# Two syllables typed side by side and found side by side: most Vietnamese words are two syllables.
# (test_ranking.py::test_words_side_by_side_outrank_words_apart)
PAIR_BONUS = 0.5
# Unit and filler words (quận, của, the): found gladly, required never.
# (test_ranking.py::test_filler_words_are_not_required)
FILLER_WEIGHT = 0.3
# The main list holds what has at least this share of what was asked for.
# (test_ranking.py::test_most_of_the_concepts_are_required)
REQUIRED_SHARE = 0.6
# When nothing holds that much, the nearest is shown, and has at least this share of the syllables asked for: who
# asks for a café and is shown all that has "quan" is better told that there is none.
# (test_ranking.py::test_what_holds_hardly_anything_is_related_only)
NEAREST_SHARE = 0.4
# A score is multiplied by the share found to this power: half of a question is a quarter of an answer.
# (test_ranking.py::test_half_an_answer_ranks_below_a_whole_one)
SHARE_POWER = 2
# What some words of an alternative are worth where others are missing: never enough for the main list.
# (test_ranking.py::test_what_holds_a_part_of_a_phrase_is_related)
PART_SHARE = 0.5
# How much the newest record is raised above the oldest of the same words: breaks near-ties, never more.
# (test_ranking.py::test_fresh_records_win_near_ties_only)
FRESHNESS_PRIOR = 0.06
# The same for use, on a logarithmic scale, as soon as anybody counts.
# (test_ranking.py::test_used_records_win_near_ties_only)
USE_PRIOR = 0.04
# A single syllable of the tables has diacritics and was typed without: it may be another word (mua, mưa).
# (test_ranking.py::test_a_guessed_syllable_counts_less_than_one_typed_in_full)
GUESS_SHARE = 0.6
# A Vietnamese syllable by itself is a part of many words (cây in cây xanh, cây trồng): as another way to say
# something it is less sure than a word of two. (test_ranking.py::test_a_whole_word_outranks_a_lone_syllable)
SYLLABLE_SHARE = 0.75
# A known syllable that is probably a slip of the keys: what was meant counts beside what was typed.
# (test_understanding.py::test_a_rare_syllable_between_strangers_is_also_read_as_its_neighbour)
DOUBTED_WEIGHT = 0.8

# How much another word counts beside the one typed, unless its row says otherwise.
ALTERNATIVE_WEIGHTS = MappingProxyType(
    {
        # UBND is ủy ban nhân dân and hardly anything else.
        # (test_ranking.py::test_alternatives_rank_by_how_sure_they_are)
        Kind.ABBREVIATION: 0.9,
        # English topics are broader than our words for them, but that is what was asked for.
        # (test_ranking.py::test_alternatives_rank_by_how_sure_they_are)
        Kind.ENGLISH: 0.9,
        # Another way to write the same word is the same word.
        # (test_ranking.py::test_alternatives_rank_by_how_sure_they_are)
        Kind.SPELLING: 0.95,
        # An everyday word and its official one overlap without being the same.
        # (test_ranking.py::test_alternatives_rank_by_how_sure_they_are)
        Kind.SYNONYM: 0.7,
        # What a unit was or became shares a part of its ground.
        # (test_ranking.py::test_alternatives_rank_by_how_sure_they_are)
        Kind.PLACE: 0.45,
        Kind.FILLER: 0.0,
    }
)
# The same read backwards, where it differs: a short form may mean other things in a text, and a title in
# another language is a second choice. (test_ranking.py::test_alternatives_rank_by_how_sure_they_are)
REVERSE_WEIGHTS = MappingProxyType({Kind.ABBREVIATION: 0.8, Kind.ENGLISH: 0.3})
