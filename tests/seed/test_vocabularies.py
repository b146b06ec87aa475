"""Vocabularies, agencies and places: complete, unique, well written, and tied to the EU lists."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from portal.catalog.models.concept import Vocabulary
from portal.seed.rows import SeedFileMissing, SeedRowInvalid
from portal.seed.vocabularies import (
    PlaceRow,
    SuccessionRow,
    load_agencies,
    load_concepts,
    load_places,
    load_successions,
)
from portal.settings import PROJECT_ROOT
from portal.text import fold

DATASETS = PROJECT_ROOT / "datasets"
CONCEPTS = load_concepts(DATASETS)
PLACES = load_places(DATASETS)
SUCCESSIONS = load_successions(DATASETS, PLACES)
AGENCIES = load_agencies(DATASETS)
UNIT_KINDS = ("phuong", "xa", "dac-khu")
KIT_FILES = {"data-theme", "licence", "frequency", "file-type", "access-right"}
# The kit holds only the two languages of the portal; the others follow the list's own rule (ISO 639-3).
OTHER_LANGUAGE = re.compile(r"http://publications\.europa\.eu/resource/authority/language/[A-Z]{3}")


def current_units() -> list[PlaceRow]:
    return [place for place in PLACES if place.kind in UNIT_KINDS and place.valid_until is None]


def test_every_vocabulary_has_words_and_every_word_one_meaning() -> None:
    assert {concept.vocabulary for concept in CONCEPTS} == set(Vocabulary)
    for vocabulary in Vocabulary:
        owners: dict[str, str] = {}
        for concept in CONCEPTS:
            if concept.vocabulary is vocabulary:
                for word in concept.words():
                    assert owners.setdefault(word, concept.code) == concept.code, word


def test_every_eu_uri_exists_in_the_published_list(shared: Path) -> None:
    lists = {
        name: (shared / "conformance" / "vocab" / f"{name}.ttl").read_text(encoding="utf-8")
        for name in (*KIT_FILES, "language")
    }
    checked = 0
    for concept in CONCEPTS:
        if uri := concept.exact_match:
            name = uri.split("/")[-2]
            known = f"<{uri}> a skos:Concept" in lists[name]
            assert known or (name == "language" and OTHER_LANGUAGE.fullmatch(uri)), uri
            checked += known
    assert checked > 80


@pytest.mark.parametrize("vocabulary", [Vocabulary.THEME, Vocabulary.FREQUENCY, Vocabulary.ACCESS_LEVEL])
def test_what_dcat_must_code_always_has_an_eu_concept(vocabulary: Vocabulary) -> None:
    assert all(concept.exact_match for concept in CONCEPTS if concept.vocabulary is vocabulary)


def test_raw_words_of_other_catalogues_find_their_concept() -> None:
    by_word = {(concept.vocabulary, word): concept.code for concept in CONCEPTS for word in concept.words()}
    for vocabulary, word, code in (
        (Vocabulary.THEME, "GIAO THÔNG VẬN TẢI", "giao-thong"),
        (Vocabulary.THEME, "kinh te", "kinh-te-thuong-mai"),
        (Vocabulary.FREQUENCY, "R/P1D", "daily"),
        (Vocabulary.FREQUENCY, "hàng quý", "quarterly"),
        (Vocabulary.FORMAT, "text/csv", "CSV"),
        (Vocabulary.FORMAT, "excel", "XLSX"),
        (Vocabulary.LICENCE, "CC-BY-4.0", "cc-by-4.0"),
        (Vocabulary.LICENCE, "notspecified", "not-stated"),
        (Vocabulary.LANGUAGE, "vie", "vi"),
        (Vocabulary.ACCESS_LEVEL, "Open", "public"),
    ):
        assert by_word[vocabulary, fold(word)] == code


def test_facts_of_licences_and_frequencies_are_typed() -> None:
    by_code = {concept.code: concept for concept in CONCEPTS}
    assert by_code["cc-by-4.0"].facts["attribution"] is True
    assert by_code["cc-by-nc-4.0"].facts["commercial"] is False
    assert by_code["not-stated"].facts["commercial"] is None
    assert by_code["annual"].facts == {"iso8601": "P1Y", "days": 366}


def test_the_city_has_94_units_and_hoang_sa_is_one() -> None:
    units = current_units()
    assert Counter(unit.kind for unit in units) == {"phuong": 23, "xa": 70, "dac-khu": 1}
    assert {unit.parent_code for unit in units} == {"48"}
    hoang_sa = next(unit for unit in units if unit.kind == "dac-khu")
    assert (hoang_sa.name.vi, hoang_sa.name.en) == ("Đặc khu Hoàng Sa", "Hoàng Sa Special Zone")
    assert hoang_sa.latitude is not None and hoang_sa.longitude is not None
    assert 15.7 < hoang_sa.latitude < 17.2 and 111 < hoang_sa.longitude < 113


def test_units_lie_in_the_city_and_their_areas_add_up() -> None:
    city = next(place for place in PLACES if place.code == "48")
    for unit in current_units():
        assert unit.latitude is not None and unit.longitude is not None
        if unit.kind != "dac-khu":
            assert 14.9 < unit.latitude < 16.3 and 107.2 < unit.longitude < 108.8, unit.name.vi
    assert city.area_km2 == 11859.59
    assert sum(unit.area_km2 or 0 for unit in current_units()) == pytest.approx(11859.59, rel=0.001)


def test_the_units_agree_with_the_reference(shared: Path) -> None:
    folder = shared / "data" / "files" / "admin-units"
    lines = (folder / "danang-wards-2025.csv").read_text(encoding="utf-8-sig").splitlines()
    assert {tuple(line.split(",")[2:4]) for line in lines[1:]} == {
        (unit.code, unit.name.vi) for unit in current_units()
    }
    links = (folder / "danang-old-to-new-wards.csv").read_text(encoding="utf-8-sig")
    expected = {tuple(line.split(",")[3:5]) for line in links.splitlines()[1:]}
    wards = {
        (row.old_code.removeprefix("cu-"), row.new_code) for row in SUCCESSIONS if len(row.old_code) == 8
    }
    assert wards == expected and len(wards) == 281


def test_every_former_unit_leads_to_a_current_one() -> None:
    successors: dict[str, list[SuccessionRow]] = {}
    for row in SUCCESSIONS:
        successors.setdefault(row.old_code, []).append(row)
    current = {place.code for place in PLACES if place.valid_until is None}
    former = [place for place in PLACES if place.valid_until is not None]
    assert len(former) == 280 + 26 + 2
    for place in former:
        codes = {row.new_code for row in successors[place.code]}
        while not codes <= current:
            codes = {row.new_code for code in codes - current for row in successors[code]} | (codes & current)
        assert codes, place.name.vi
    whole = [rows for rows in successors.values() if any(row.how == "whole" for row in rows)]
    assert all(len(rows) == 1 for rows in whole)


def test_every_current_unit_has_a_predecessor() -> None:
    assert {unit.code for unit in current_units()} <= {row.new_code for row in SUCCESSIONS}


def test_places_have_parents_of_their_own_time() -> None:
    by_code = {place.code: place for place in PLACES}
    for place in PLACES:
        if place.parent_code:
            parent = by_code[place.parent_code]
            assert (parent.valid_until is None) == (place.valid_until is None)


def test_agencies_cover_the_departments_and_every_unit() -> None:
    slugs = {agency.slug for agency in AGENCIES}
    assert {f"ubnd-{unit.slug}" for unit in current_units()} <= slugs
    assert sum(agency.kind == "so" for agency in AGENCIES) == 12
    former = {name: agency.slug for agency in AGENCIES for name in agency.former_names}
    assert former["Sở Thông tin và Truyền thông"] == "so-khoa-hoc-cong-nghe"
    assert former["Sở Giao thông vận tải"] == "so-xay-dung"
    assert former["Sở Du lịch"] == "so-van-hoa-the-thao-du-lich"
    assert {agency.place_code for agency in AGENCIES if agency.place_code} <= {place.code for place in PLACES}


def test_a_name_or_acronym_means_one_agency() -> None:
    owners: dict[str, str] = {}
    for agency in AGENCIES:
        for name in (agency.name.vi, *agency.acronyms, *agency.former_names):
            assert owners.setdefault(fold(name), agency.slug) == agency.slug, name
        assert agency.source


def test_slugs_are_unique_and_plain() -> None:
    for slugs in ([place.slug for place in PLACES], [agency.slug for agency in AGENCIES]):
        assert len(set(slugs)) == len(slugs)
        assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= 100 for slug in slugs)


@pytest.mark.parametrize("path", sorted(DATASETS.rglob("*.csv")), ids=lambda path: path.name)
def test_files_are_composed_utf8_without_stray_spaces(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert "\r" not in text and "\u00a0" not in text and " \n" not in text
    assert not re.search(r"[^\S\n]{2,}", text)


def test_broken_rows_are_told_with_file_and_line(tmp_path: Path) -> None:
    header = "slug,name_vi,name_en,kind,parent,acronyms,former_names,place_code,source\n"
    (tmp_path / "agencies.csv").write_text(header + "a,Sở A,,so,,,,,x\nb,,,so,a,,,,x\n", encoding="utf-8")
    with pytest.raises(SeedRowInvalid, match=r"agencies\.csv, line 3: column name_vi is empty"):
        load_agencies(tmp_path)
    (tmp_path / "agencies.csv").write_text(header + "a,Sở A,,so,none,,,,x\n", encoding="utf-8")
    with pytest.raises(SeedRowInvalid, match="must stand on a line above"):
        load_agencies(tmp_path)
    (tmp_path / "agencies.csv").write_text("slug,name_vi\n", encoding="utf-8")
    with pytest.raises(SeedFileMissing, match="lacks: name_en"):
        load_agencies(tmp_path)
    with pytest.raises(SeedFileMissing):
        load_places(tmp_path)


def test_a_ragged_row_and_a_wrong_number_are_refused(tmp_path: Path) -> None:
    lines = (DATASETS / "places.csv").read_text(encoding="utf-8").splitlines()[:2]
    (tmp_path / "places.csv").write_text("\n".join(lines) + ",extra\n", encoding="utf-8")
    with pytest.raises(SeedRowInvalid, match="differ in number"):
        load_places(tmp_path)
    (tmp_path / "places.csv").write_text("\n".join(lines).replace("16.0678", "16o"), encoding="utf-8")
    with pytest.raises(SeedRowInvalid, match="column lat must be a number"):
        load_places(tmp_path)
