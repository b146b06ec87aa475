"""What holds for every query, whatever it is: forms of writing that mean the same find the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.search import analysis
from portal.search.engines.base import EngineAnswer
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.understanding import MAX_SYLLABLES, understand
from portal.text import fold
from tests.contracts.engines import document
from tests.search.relevance import born_with

TITLES = (
    "Danh sách chợ trên địa bàn quận Hải Châu",
    "Hòa giải ở cơ sở và hoà nhập cộng đồng",
    "Thủy điện, thuỷ lợi và hồ chứa nước",
    "Tuyến xe buýt nội thành",
    "Chất lượng không khí và bụi mịn",
    "Số học sinh trung học phổ thông",
    "Khỏe mạnh: sức khoẻ người cao tuổi",
    "Tỷ lệ hộ nghèo, tỉ lệ thất nghiệp",
    "Bệnh viện, trạm y tế, nhà thuốc",
    "Cho thuê nhà ở xã hội",
    "Mùa mưa: lượng mưa và mực nước sông Hàn",
    "Giá đất ở đô thị phường Hòa Cường",
    "Doanh nghiệp thành lập mới và giải thể",
    "Đường bộ, đường thủy, cảng biển",
    "Uỷ ban nhân dân các phường, xã",
)
WORDS = sorted({word for title in TITLES for word in title.replace(",", "").replace(":", "").split()})
PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
PIECES = st.one_of(
    PHRASES,
    st.sampled_from(TITLES).flatmap(
        lambda title: st.integers(0, 6).map(lambda start: " ".join(title.split()[start : start + 3]))
    ),
).filter(str.strip)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> WhooshReader:
    """An index of the titles with the words that the portal is born with."""
    folder = tmp_path_factory.mktemp("index")
    writer = WhooshWriter(folder)
    documents = [document(number, title) for number, title in enumerate(TITLES, start=1)]
    writer.rebuild(documents, lambda _done: None, source="a", glossary=born_with())
    writer.close()
    return WhooshReader(folder)


def ask(reader: WhooshReader, text: str) -> EngineAnswer:
    query = understand(text, reader.knowledge()).query
    return reader.search(query, filters={}, sort="relevance", start=0, size=100, facets=())


def _with_old_tones(text: str) -> str:
    """The tone on the first of two open vowels, where the older spelling had it on the other."""
    pairs = {"òa": "oà", "óa": "oá", "ỏe": "oẻ", "ủy": "uỷ", "úy": "uý", "ọa": "oạ", "ùy": "uỳ"}
    for new, old in pairs.items():
        text = text.replace(new, old)
    return text


@QUICK
@given(text=PIECES)
def test_decomposed_is_composed(reader: WhooshReader, text: str) -> None:
    assert ask(reader, unicodedata.normalize("NFD", text)) == ask(reader, text)


@QUICK
@given(text=PIECES)
def test_old_tone_marks_are_new_ones(reader: WhooshReader, text: str) -> None:
    assert ask(reader, _with_old_tones(text)) == ask(reader, text)


@QUICK
@given(text=PIECES)
def test_capitals_and_spaces_mean_nothing(reader: WhooshReader, text: str) -> None:
    assert ask(reader, f"  {text.upper().replace(' ', '   ')} ") == ask(reader, text)


@QUICK
@given(text=PIECES)
def test_without_diacritics_at_least_as_much_is_found(reader: WhooshReader, text: str) -> None:
    """Among results and what is related, since an answer may be a whole one for one way of typing only."""
    exact, folded = ask(reader, text), ask(reader, fold(text))
    assert set(exact.ids) <= {*folded.ids, *folded.related}


@QUICK
@given(title=st.sampled_from(TITLES))
def test_a_title_finds_its_record_first(reader: WhooshReader, title: str) -> None:
    number = TITLES.index(title) + 1
    assert ask(reader, title).ids[0] == number
    assert ask(reader, fold(title)).ids[0] == number


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_any_text_at_all_is_answered(reader: WhooshReader, text: str) -> None:
    understood = understand(text, reader.knowledge())
    assert len(understood.query.concepts) <= MAX_SYLLABLES
    assert ask(reader, text).total <= len(TITLES)
    assert understand(understood.literal, reader.knowledge()).query.concepts or not understood.literal


@QUICK
@given(words=st.lists(st.sampled_from(WORDS), min_size=2, max_size=2))
def test_distance_is_one_for_one_slip(words: Sequence[str]) -> None:
    first, second = (analysis.forms(word)[0] for word in words)
    assert analysis.distance(first, second) == analysis.distance(second, first)
    assert analysis.distance(first, first[1:]) == min(1, len(first))
