"""The words that the portal is born with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from portal.catalog import queries
from portal.catalog.models import Change, ObjectKind, Word
from portal.catalog.models import WordKind as Kind
from portal.search import analysis
from portal.search.tables import load_glossary
from portal.seed.lexicon import load_lexicon
from portal.seed.load import load_base
from portal.seed.rows import SeedRowInvalid
from tests.factories import NOW, make_database

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
ROWS = [row.word for row in load_lexicon(DATASETS)]


def test_there_are_several_hundred_of_every_kind_that_needs_them() -> None:
    counts = Counter(row.kind for row in ROWS)
    assert counts[Kind.ABBREVIATION] > 200
    assert counts[Kind.SYNONYM] > 500
    assert counts[Kind.ENGLISH] > 700


def test_all_themes_of_a_city_have_words() -> None:
    notes = {row.note for row in load_lexicon(DATASETS)}
    wanted = (
        "y tế|giáo dục|lao động|dân số|an sinh|kinh tế|tài chính|nông nghiệp|môi trường|thiên tai|giao thông"
    )
    assert set(wanted.split("|")) <= notes
    assert {
        "hạ tầng",
        "đất đai",
        "năng lượng",
        "công nghệ",
        "du lịch",
        "văn hóa",
        "tư pháp",
        "hành chính",
    } <= notes


def test_no_word_stands_for_itself() -> None:
    same = [row for row in ROWS if analysis.normalise(row.term).lower() == row.alternative.lower()]
    assert same == []


def test_english_words_are_in_ascii() -> None:
    assert [row.term for row in ROWS if row.kind is Kind.ENGLISH and not row.term.isascii()] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("BV,,,1,", "alternative"),
        ("BV,bệnh viện,2,1,", "weight"),
        ("BV,bệnh viện|bệnh viện,,1,", "there already"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "lexicon").mkdir()
    text = f"term,alternative,weight,both_ways,note\n{line}\n"
    (tmp_path / "lexicon" / "abbreviations.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SeedRowInvalid) as caught:
        load_lexicon(tmp_path)
    assert "line 2" in str(caught.value) and said in str(caught.value)


def test_words_are_stored_once_and_silenced_ones_stay_silent(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    with database.write() as session:
        load_base(session, DATASETS, NOW)
    with database.write() as session:
        assert len(queries.words(session)) == len(ROWS)
        word = next(each for each in queries.words(session) if each.term == "UBND")
        word.active = False
    with database.write() as session:
        assert load_base(session, DATASETS, NOW) == 0
        assert len(queries.words(session)) == len(ROWS)
        glossary = load_glossary(session)
    assert not any(reading.kind is Kind.ABBREVIATION for reading in glossary.readings(("ubnd",)))
    assert glossary.places_named(("hai", "chau"))[0].is_current
    database.close()


def test_one_change_tells_of_all_words(tmp_path: Path) -> None:
    database = make_database(tmp_path)
    with database.write() as session:
        load_base(session, DATASETS, NOW)
    with database.read() as session:
        kinds = Counter(change.object_kind for change in session.query(Change))
        assert kinds[ObjectKind.WORD] == 1
        assert session.query(Word).count() == len(ROWS)
    database.close()
