"""Datasets of facts: complete, sourced, and consistent with each other."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from portal.catalog.models.concept import Vocabulary
from portal.seed.computed import computed_datasets
from portal.seed.dataset import SeedDataset
from portal.seed.described import COMPILER, DescriptionInvalid, described_datasets
from portal.seed.facts import fact_datasets
from portal.seed.rows import SeedRowInvalid
from portal.seed.vocabularies import load_concepts, load_places
from portal.settings import PROJECT_ROOT

DATASETS = PROJECT_ROOT / "datasets"
FACTS = {dataset.identifier: dataset for dataset in fact_datasets(DATASETS)}
COMPUTED = {dataset.identifier: dataset for dataset in computed_datasets(DATASETS)}
CODES = {(concept.vocabulary, concept.code) for concept in load_concepts(DATASETS)}
PLACE_CODES = {place.code for place in load_places(DATASETS)}
REAL = [*FACTS.values(), *COMPUTED.values()]
TYPES = {
    "integer": re.compile(r"-?\d+"),
    "number": re.compile(r"-?\d+(\.\d+)?"),
    "year": re.compile(r"(19|20|21)\d\d"),
    "yearmonth": re.compile(r"20\d\d-\d\d"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "boolean": re.compile(r"true|false"),
}
INDICATORS = [dataset for dataset in FACTS.values() if dataset.columns[0].name == "chi_tieu"]


def rows(dataset: SeedDataset, file: int = 0) -> list[dict[str, str]]:
    text = dataset.files[file].content().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_there_are_at_least_fifteen_and_names_are_unique() -> None:
    assert len(REAL) >= 20
    assert len({dataset.identifier for dataset in REAL}) == len(REAL)
    described = {path.stem for path in (DATASETS / "records").glob("*.toml")}
    assert described == {dataset.identifier for dataset in REAL}


@pytest.mark.parametrize("dataset", REAL, ids=lambda dataset: dataset.identifier)
def test_each_is_described_sourced_and_not_passed_off_as_official(dataset: SeedDataset) -> None:
    assert dataset.publisher == COMPILER and dataset.supplier is None and not dataset.illustrative
    assert dataset.source and "{" not in dataset.source + dataset.description.vi
    assert dataset.title.en and dataset.description.en
    assert len(dataset.description.vi) > 150 and len(dataset.keywords) >= 3
    assert all((Vocabulary.THEME, theme) in CODES for theme in dataset.themes) and dataset.themes
    assert (Vocabulary.LICENCE, dataset.licence) in CODES
    assert (Vocabulary.FREQUENCY, dataset.frequency) in CODES
    assert set(dataset.places) <= PLACE_CODES
    start, end = dataset.temporal
    assert start is not None and (end is None or start <= end)
    for text in (dataset.title.vi, dataset.description.vi, *dataset.keywords):
        assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("dataset", REAL, ids=lambda dataset: dataset.identifier)
def test_files_follow_their_column_dictionary(dataset: SeedDataset) -> None:
    for number in range(len(dataset.files)):
        table = rows(dataset, number)
        assert table
        assert list(table[0]) == [column.name for column in dataset.columns]
        for column in dataset.columns:
            shape = TYPES.get(column.type)
            for row in table:
                value = row[column.name]
                assert value is not None
                if shape and value:
                    assert shape.fullmatch(value), (column.name, value)


@pytest.mark.parametrize("dataset", REAL, ids=lambda dataset: dataset.identifier)
def test_bytes_are_the_same_every_time_and_open_in_excel(dataset: SeedDataset) -> None:
    for file in dataset.files:
        content = file.content()
        assert content == file.content()
        assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")


@pytest.mark.parametrize("dataset", INDICATORS, ids=lambda dataset: dataset.identifier)
def test_every_figure_names_its_report(dataset: SeedDataset) -> None:
    for row in rows(dataset):
        assert row["nguon_ten_bai"] and row["nguon_co_quan"]
        assert row["nguon_dia_chi"].startswith("http")
        assert re.fullmatch(r"(20\d\d(-\d\d){0,2})?", row["nguon_ngay"])
        assert float(row["gia_tri"]) > 0 and row["don_vi"]


def test_the_figures_are_those_of_the_reference(shared: Path) -> None:
    """The reference rows that name a report, and no other figure for the same report."""
    path = shared / "data" / "files" / "indicators" / "chi-tieu-cntt-da-nang.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        named = [row for row in csv.DictReader(file) if row["nguon_co_quan"] and row["nguon_dia_chi"]]
    expected = Counter((float(row["gia_tri"]), row["don_vi"], row["nguon_dia_chi"]) for row in named)
    reports = {row["nguon_dia_chi"] for row in named}
    ours = Counter(
        (float(row["gia_tri"]), row["don_vi"], row["nguon_dia_chi"])
        for dataset in INDICATORS
        for row in rows(dataset)
        if row["nguon_dia_chi"] in reports
    )
    assert ours == expected


def test_units_wards_and_districts_tell_the_same_story() -> None:
    units = {row["ma"]: row for row in rows(FACTS["don-vi-hanh-chinh-2025"])}
    wards = rows(FACTS["phuong-xa-cu-sang-moi"])
    districts = rows(FACTS["quan-huyen-cu-sang-moi"])
    summary = rows(FACTS["don-vi-hanh-chinh-theo-khu-vuc"])
    assert len(units) == 94 and len(wards) == 281
    assert {row["ma_moi"] for row in districts} == set(units)
    assert {row["ma_moi"] for row in wards} == set(units) - {"20333"}
    assert sum(int(row["so_phuong_xa_cu"]) for row in districts) == 281
    assert len({row["ma_cu"] for row in districts}) == 25
    assert sum(int(row["so_don_vi"]) for row in summary) == 94
    assert [row["ten_cu"] for row in wards if row["cach_sap_xep"] == "một phần"] == ["Xã Hòa Liên"] * 2


def test_the_country_has_34_provinces_and_3321_units() -> None:
    table = rows(FACTS["tinh-thanh-2025"])
    assert len(table) == 34
    for column, total in (
        ("so_don_vi_cap_xa", 3321),
        ("so_phuong", 687),
        ("so_xa", 2621),
        ("so_dac_khu", 13),
    ):
        assert sum(int(row[column]) for row in table) == total
    former = rows(FACTS["tinh-thanh-63-34"])
    assert len(former) == 63 and {row["ma_moi"] for row in former} == {row["ma"] for row in table}
    assert sum(row["sap_xep"] == "giữ nguyên" for row in former) == 11


def test_a_figure_without_its_report_is_refused(tmp_path: Path) -> None:
    for path in (*DATASETS.glob("*.csv"), *DATASETS.glob("*/*.csv"), *DATASETS.glob("records/**/*.toml")):
        copy = tmp_path / path.relative_to(DATASETS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    facts = tmp_path / "facts" / "chi-tieu-cong-nghe-so.csv"
    facts.write_text(facts.read_text(encoding="utf-8").replace(",CafeF,", ",,"), encoding="utf-8")
    dataset = next(each for each in fact_datasets(tmp_path) if each.identifier == "kinh-te-so")
    with pytest.raises(SeedRowInvalid, match="nguon_co_quan is empty"):
        dataset.files[0].content()


def test_a_file_that_nothing_describes_is_refused() -> None:
    with pytest.raises(DescriptionInvalid, match=r"Nothing describes: none\.csv"):
        described_datasets(DATASETS, {"none.csv": list})
