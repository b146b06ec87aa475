"""Datasets of sourced facts: administrative units, public bodies, and figures told by press reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from portal.seed.dataset import SeedDataset
from portal.seed.described import Cell, Rows, described_datasets
from portal.seed.rows import CsvRow, read_rows
from portal.seed.vocabularies import (
    AgencyRow,
    PlaceRow,
    SuccessionRow,
    load_agencies,
    load_places,
    load_successions,
)

KIND_NAMES = {"phuong": "phường", "xa": "xã", "dac-khu": "đặc khu"}
_FORMER_PROVINCES = {"cu-48": "Thành phố Đà Nẵng (cũ)", "cu-49": "Tỉnh Quảng Nam (cũ)"}
_AGENCY_KINDS = {
    "hoi-dong-nhan-dan": "Hội đồng nhân dân",
    "uy-ban-nhan-dan": "Ủy ban nhân dân",
    "uy-ban-nhan-dan-cap-xa": "Ủy ban nhân dân cấp xã",
    "van-phong": "Văn phòng",
    "so": "Sở",
    "thanh-tra": "Thanh tra",
    "ban-quan-ly": "Ban quản lý",
    "ban-quan-ly-du-an": "Ban quản lý dự án",
    "don-vi-su-nghiep": "Đơn vị sự nghiệp",
    "co-quan-trung-uong": "Cơ quan Trung ương đặt tại thành phố",
}
_INDICATOR_TABLES = {
    "doanh-thu-cntt": "doanh-thu-cong-nghe-thong-tin.csv",
    "xuat-khau-phan-mem": "xuat-khau-phan-mem.csv",
    "kinh-te-so": "kinh-te-so.csv",
    "dich-vu-cong": "dich-vu-cong-truc-tuyen.csv",
    "cong-dan-so": "cong-dan-so.csv",
    "ban-dan": "vi-mach-ban-dan.csv",
    "du-lieu-mo": "cong-du-lieu-mo.csv",
}
_INDICATOR_COLUMNS = ("nhom", "chi_tieu", "nam", "ky", "gia_tri", "don_vi", "ghi_chu")
_SOURCE_COLUMNS = ("nguon_ten_bai", "nguon_co_quan", "nguon_ngay", "nguon_dia_chi")
_PROVINCE_COLUMNS = ("ma", "ten", "so_don_vi_cap_xa", "so_phuong", "so_xa", "so_dac_khu", "dien_tich_km2")
_FORMER_PROVINCE_COLUMNS = ("ma_cu", "ten_cu", "ma_moi", "ten_moi", "sap_xep")


def fact_datasets(folder: Path) -> list[SeedDataset]:
    """Every dataset of facts; `folder` is `datasets/`."""
    places = load_places(folder)
    successions = load_successions(folder, places)
    agencies = load_agencies(folder)
    by_code = {place.code: place for place in places}
    tables: dict[str, Rows] = {
        "don-vi-hanh-chinh-2025.csv": partial(unit_rows, places),
        "phuong-xa-cu-sang-moi.csv": partial(ward_rows, by_code, successions),
        "quan-huyen-cu-sang-moi.csv": partial(district_rows, by_code, successions),
        "don-vi-hanh-chinh-theo-khu-vuc.csv": partial(summary_rows, by_code, successions),
        "co-quan-thanh-pho.csv": partial(agency_rows, agencies),
        "ten-cu-co-quan.csv": partial(former_name_rows, agencies),
        "tinh-thanh-2025.csv": partial(_copied, folder / "facts" / "tinh-thanh-2025.csv", _PROVINCE_COLUMNS),
        "tinh-thanh-63-34.csv": partial(
            _copied, folder / "facts" / "tinh-thanh-63-34.csv", _FORMER_PROVINCE_COLUMNS
        ),
        **{name: partial(indicator_rows, folder, group) for group, name in _INDICATOR_TABLES.items()},
    }
    return described_datasets(folder, tables)


def unit_rows(places: Iterable[PlaceRow]) -> Iterator[Sequence[Cell]]:
    """The units of today."""
    for place in places:
        if place.valid_until is None and place.kind in KIND_NAMES:
            yield (
                *(place.code, place.name.vi, place.name.en, KIND_NAMES[place.kind]),
                *(place.latitude, place.longitude, place.area_km2),
            )


def ward_rows(
    places: Mapping[str, PlaceRow], successions: Iterable[SuccessionRow]
) -> Iterator[Sequence[Cell]]:
    """Former ward, its district and province, and the unit of today."""
    for row in successions:
        old, new = places[row.old_code], places[row.new_code]
        if old.kind in ("phuong", "xa", "thi-tran"):
            district = places[old.parent_code or ""]
            yield (
                *(old.official_code, old.name.vi, district.name.vi, _province_of(places, district)),
                *(new.code, new.name.vi, "toàn bộ" if row.how == "whole" else "một phần"),
            )


def district_rows(
    places: Mapping[str, PlaceRow], successions: Sequence[SuccessionRow]
) -> Iterator[Sequence[Cell]]:
    """Former district, each unit on its land today, and how many of the district's wards went into it."""
    wards = Counter((places[row.old_code].parent_code, row.new_code) for row in successions)
    for row in successions:
        old, new = places[row.old_code], places[row.new_code]
        if new.kind in KIND_NAMES and old.kind not in ("phuong", "xa", "thi-tran"):
            yield (
                *(old.official_code, old.name.vi, _province_of(places, old)),
                *(new.code, new.name.vi, wards[old.code, new.code]),
            )


def summary_rows(
    places: Mapping[str, PlaceRow], successions: Iterable[SuccessionRow]
) -> Iterator[Sequence[Cell]]:
    """Number and area of units by the province they came from and by kind."""
    groups: dict[tuple[str, str], dict[str, float]] = {}
    for row in successions:
        old, new = places[row.old_code], places[row.new_code]
        if new.kind in KIND_NAMES and old.parent_code in _FORMER_PROVINCES:
            areas = groups.setdefault((_FORMER_PROVINCES[old.parent_code], KIND_NAMES[new.kind]), {})
            areas[new.code] = new.area_km2 or 0
    for (province, kind), areas in sorted(groups.items()):
        total = round(sum(areas.values()), 2)
        yield province, kind, len(areas), total, min(areas.values()), max(areas.values())


def agency_rows(agencies: Iterable[AgencyRow]) -> Iterator[Sequence[Cell]]:
    """The bodies of the city."""
    for agency in agencies:
        yield (
            *(agency.slug, agency.name.vi, agency.name.en, _AGENCY_KINDS[agency.kind], agency.parent),
            *("|".join(agency.acronyms), agency.place_code, agency.source),
        )


def former_name_rows(agencies: Iterable[AgencyRow]) -> Iterator[Sequence[Cell]]:
    """Each former name and the body of today."""
    for agency in agencies:
        for name in agency.former_names:
            yield name, agency.slug, agency.name.vi, agency.source


def indicator_rows(folder: Path, group: str) -> Iterator[Sequence[Cell]]:
    """The figures of one group; a row whose report is not named is an error."""
    columns = (*_INDICATOR_COLUMNS, *_SOURCE_COLUMNS)
    for row in read_rows(folder / "facts" / "chi-tieu-cong-nghe-so.csv", columns):
        if row.text("nhom") == group:
            yield _indicator(row)


def _indicator(row: CsvRow) -> Sequence[Cell]:
    value = row.number("gia_tri")
    report = (row.text("nguon_ten_bai"), row.text("nguon_co_quan"), row.optional("nguon_ngay"))
    return (
        *(row.text("chi_tieu"), row.whole("nam"), row.text("ky")),
        *(int(value) if value is not None and value.is_integer() else value, row.text("don_vi")),
        *(row.optional("ghi_chu"), *report, row.text("nguon_dia_chi")),
    )


def _copied(path: Path, columns: tuple[str, ...]) -> Iterator[Sequence[Cell]]:
    for row in read_rows(path, columns):
        yield [row.text(column) for column in columns]


def _province_of(places: Mapping[str, PlaceRow], district: PlaceRow) -> str:
    return _FORMER_PROVINCES[places[district.parent_code or ""].code]
