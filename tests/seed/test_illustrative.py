"""Illustrative records: never mistaken for facts, never the same twice, always the same for one seed."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from portal.catalog.models import Vocabulary
from portal.seed.dataset import SeedDataset
from portal.seed.illustrative import NotEnoughSubjects, illustrative_datasets
from portal.seed.vocabularies import AgencyRow, PlaceRow, load_agencies, load_concepts, load_places

DATASETS = Path(__file__).parents[2] / "datasets"
FIRST_START = 1_200


@pytest.fixture(scope="module")
def places() -> list[PlaceRow]:
    return load_places(DATASETS)


@pytest.fixture(scope="module")
def agencies() -> list[AgencyRow]:
    return load_agencies(DATASETS)


@pytest.fixture(scope="module")
def datasets(places: list[PlaceRow], agencies: list[AgencyRow]) -> list[SeedDataset]:
    return list(illustrative_datasets(FIRST_START, 1, places=places, agencies=agencies))


def described(datasets: Iterator[SeedDataset]) -> list[tuple[object, ...]]:
    """All that can be compared: files by their name and bytes."""
    return [
        (each.identifier, each.title, each.description, each.publisher, each.places, each.issued,
         each.modified, each.licence, [(file.name, file.content()) for file in each.files])
        for each in datasets
    ]  # fmt: skip


def test_one_seed_gives_the_same_records_and_bytes(places: list[PlaceRow], agencies: list[AgencyRow]) -> None:
    first = described(illustrative_datasets(150, 7, places=places, agencies=agencies))
    again = described(illustrative_datasets(150, 7, places=places, agencies=agencies))
    other = described(illustrative_datasets(150, 8, places=places, agencies=agencies))
    assert first == again
    assert first != other


def test_a_short_sequence_is_the_beginning_of_a_long_one(
    datasets: list[SeedDataset], places: list[PlaceRow], agencies: list[AgencyRow]
) -> None:
    short = illustrative_datasets(40, 1, places=places, agencies=agencies)
    assert described(short) == described(iter(datasets[:40]))


@pytest.mark.parametrize("size", [1, FIRST_START, 10_000])
def test_titles_and_identifiers_are_unique(
    size: int, places: list[PlaceRow], agencies: list[AgencyRow]
) -> None:
    made = [
        (each.identifier, each.title.vi)
        for each in illustrative_datasets(size, 1, places=places, agencies=agencies)
    ]
    assert len(made) == size
    assert len({identifier for identifier, _ in made}) == size
    assert len({title for _, title in made}) == size


@pytest.mark.slow
def test_titles_are_unique_among_100_000(places: list[PlaceRow], agencies: list[AgencyRow]) -> None:
    titles = {each.title.vi for each in illustrative_datasets(100_000, 1, places=places, agencies=agencies)}
    assert len(titles) == 100_000


def test_more_than_the_subjects_can_give_is_refused(
    places: list[PlaceRow], agencies: list[AgencyRow]
) -> None:
    with pytest.raises(NotEnoughSubjects):
        illustrative_datasets(10_000_000, 1, places=places, agencies=agencies)


def test_the_label_is_on_record_description_file_name_and_every_row(datasets: list[SeedDataset]) -> None:
    for each in datasets:
        assert each.illustrative
        assert "minh họa" in each.source
        last_vi, last_en = (
            text.split("\n\n")[-1] for text in (each.description.vi, each.description.en or "")
        )
        assert "bản ghi minh họa" in last_vi and "không phải số liệu của thành phố" in last_vi
        assert "sample record" in last_en and "not data of the city" in last_en
        for file in each.files:
            assert "-minh-hoa." in file.name
            assert {row["minh_hoa"] for row in rows_of(file.name, file.content())} == {"1"}


def rows_of(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows with every cell as text, blank for null."""
    text = content.decode("utf-8")
    if name.endswith(".json"):
        return [
            {key: "" if cell is None else str(cell) for key, cell in row.items()} for row in json.loads(text)
        ]
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_tables_follow_their_dictionary_and_stay_small(datasets: list[SeedDataset]) -> None:
    readers = {"integer": int, "number": float, "date": date.fromisoformat, "year": int}
    for each in datasets:
        for file in each.files:
            content = file.content()
            assert len(content) < 6 * 1024, file.name
            rows = rows_of(file.name, content)
            assert rows
            for row in rows:
                assert list(row) == [column.name for column in each.columns], file.name
                for column in each.columns:
                    if row[column.name] and column.type in readers:
                        readers[column.type](row[column.name])
            assert any(row[column.name] for row in rows for column in each.columns[1:-1])


def test_two_forms_of_one_table_hold_the_same_keys(datasets: list[SeedDataset]) -> None:
    both = [each for each in datasets if len(each.files) == 2]
    assert both
    for each in both:
        csv_rows, json_rows = (rows_of(file.name, file.content()) for file in each.files)
        key = each.columns[0].name
        assert [row[key] for row in csv_rows] == [row[key] for row in json_rows]


def test_no_part_exceeds_its_whole(datasets: list[SeedDataset]) -> None:
    poor = [each for each in datasets if "hộ nghèo, hộ cận nghèo" in each.title.vi]
    assert poor
    for each in poor:
        for row in rows_of(each.files[0].name, each.files[0].content()):
            if row["tong_so_ho"]:
                assert int(row["ho_ngheo"]) <= int(row["tong_so_ho"])


def test_everything_is_composed_unicode_with_one_spelling(datasets: list[SeedDataset]) -> None:
    for each in datasets:
        texts = [each.title.vi, each.description.vi, *each.keywords, *(col.title.vi for col in each.columns)]
        for text in texts:
            assert text == unicodedata.normalize("NFC", text)
            assert "  " not in text and "{" not in text
            # The official spelling sets the tone of oa, oe, uy on the first vowel at a word's end.
            assert not any(
                old in f"{text.lower()} " for old in ("hoá ", "hoà ", "thuỷ ", "uỷ ", "khoẻ ", "toà ")
            )


def test_codes_and_agencies_are_those_of_the_catalogue(
    datasets: list[SeedDataset], places: list[PlaceRow], agencies: list[AgencyRow]
) -> None:
    codes = {(concept.vocabulary, concept.code) for concept in load_concepts(DATASETS)}
    slugs = {agency.slug for agency in agencies}
    place_codes = {place.code for place in places if place.valid_until is None}
    for each in datasets:
        assert each.publisher in slugs
        assert each.supplier is None or each.supplier in slugs or each.supplier[0].isupper()
        assert all((Vocabulary.THEME, theme) in codes for theme in each.themes)
        assert (Vocabulary.FREQUENCY, each.frequency) in codes
        assert each.licence is None or (Vocabulary.LICENCE, each.licence) in codes
        assert set(each.places) <= place_codes


def test_the_first_start_covers_themes_agencies_places_and_years(datasets: list[SeedDataset]) -> None:
    themes = {theme for each in datasets for theme in each.themes}
    all_themes = {c.code for c in load_concepts(DATASETS) if c.vocabulary is Vocabulary.THEME}
    assert themes == all_themes
    assert len({each.publisher for each in datasets}) >= 40
    assert len({place for each in datasets for place in each.places}) >= 80
    years = Counter(each.temporal[1].year for each in datasets if each.temporal[1])
    assert set(years) == set(range(2018, 2027))
    assert years[2025] > 2 * years[2019]
    assert any(each.modified and each.modified.year <= 2021 for each in datasets)


def test_dates_are_in_order(datasets: list[SeedDataset]) -> None:
    for each in datasets:
        start, end = each.temporal
        assert start and end and each.issued and each.modified
        assert start <= end < each.issued <= each.modified <= date(2026, 10, 31)


def test_hoang_sa_is_listed_and_has_no_invented_figures(datasets: list[SeedDataset]) -> None:
    rows = [
        row
        for each in datasets
        for row in rows_of(each.files[0].name, each.files[0].content())
        if row.get("don_vi") == "Đặc khu Hoàng Sa"
    ]
    assert rows
    for row in rows:
        assert not any(cell for name, cell in row.items() if name not in ("ma_don_vi", "don_vi", "minh_hoa"))


def test_units_of_today_are_not_told_of_the_past_without_saying_so(
    datasets: list[SeedDataset], places: list[PlaceRow]
) -> None:
    wards = {place.code for place in places if place.kind in ("phuong", "xa") and place.valid_until is None}
    early = [
        each
        for each in datasets
        if wards & set(each.places) and each.temporal[1] and each.temporal[1] < date(2025, 7, 1)
    ]
    assert early
    assert all("đơn vị hành chính cấp xã hiện nay" in each.description.vi for each in early)
    assert all(each.issued and each.issued >= date(2025, 7, 1) for each in early)
