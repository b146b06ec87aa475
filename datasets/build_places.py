"""Writes places.csv, place-succession.csv and the two province tables of `facts/` from `vietnamadminunits`.

Run it again only when the country changes its units; the CSV files are what the portal reads:
    uv run --with vietnamadminunits==1.0.4 python datasets/build_places.py
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from portal.text import nfc, slugify

HERE = Path(__file__).resolve().parent
CITY, LAST_DAY, FIRST_DAY = "48", "2025-06-30", "2025-07-01"
# The package gives no area of the whole; this one is printed in resolution 202/2025/QH15.
CITY_AREA = "11859.59"
KINDS = {
    "Phường": ("phuong", "{} Ward"),
    "Xã": ("xa", "{} Commune"),
    "Thị trấn": ("thi-tran", "{} Township"),
    "Đặc khu": ("dac-khu", "{} Special Zone"),
    "Quận": ("quan", "{} District"),
    "Huyện": ("huyen", "{} Rural District"),
    "Thị xã": ("thi-xa", "{} Town"),
    "Thành phố": ("thanh-pho-thuoc-tinh", "{} City"),
}


class Row(NamedTuple):
    """One line of places.csv."""

    code: str
    official_code: str
    slug: str
    name_vi: str
    name_en: str
    kind: str
    parent_code: str
    lat: object = ""
    lon: object = ""
    area_km2: object = ""
    valid_from: str = ""
    valid_until: str = ""


def named(full: str) -> tuple[str, str, str]:
    """Name as written in decisions, English name, kind."""
    full = nfc(full).replace("Thị Trấn", "Thị trấn")
    prefix = next(each for each in KINDS if full.startswith(each + " "))
    kind, english = KINDS[prefix]
    return full, english.format(full.removeprefix(prefix + " ")), kind


def current_units(database: sqlite3.Connection) -> Iterable[Row]:
    """The 94 units of the city since July 2025."""
    yield Row(
        CITY,
        CITY,
        "thanh-pho-da-nang",
        "Thành phố Đà Nẵng",
        "Đà Nẵng City",
        "thanh-pho",
        "",
        16.0678,
        108.2208,
        CITY_AREA,
        FIRST_DAY,
    )
    query = "SELECT wardCode, ward, wardLat, wardLon, wardAreaKm2 FROM admin_units WHERE provinceCode = ?"
    for code, ward, lat, lon, area in sorted(database.execute(query, (CITY,))):
        vi, en, kind = named(ward)
        yield Row(code, code, slugify(vi), vi, en, kind, CITY, lat, lon, area, FIRST_DAY)


def former_provinces() -> Iterable[Row]:
    """The two provinces that became the city, and a district that ended half a year before them."""
    for code, vi, en, kind in (
        (CITY, "Thành phố Đà Nẵng (trước 01/7/2025)", "Đà Nẵng City (before July 2025)", "thanh-pho"),
        ("49", "Tỉnh Quảng Nam", "Quảng Nam Province", "tinh"),
    ):
        yield Row(f"cu-{code}", code, slugify(vi), vi, en, kind, "", "", "", "", "1997-01-01", LAST_DAY)
    # Merged into Quế Sơn on 1 January 2025, before the package was made.
    yield Row("cu-519", "519", "huyen-nong-son", *named("Huyện Nông Sơn"), "cu-49", valid_until="2024-12-31")


def former_units(database: sqlite3.Connection) -> Iterable[Row]:
    """Districts and wards as they were on 30 June 2025. They carry no coordinates: the package has them
    from a geocoder, which puts the district of Hoàng Sa in the middle of the city."""
    query = (
        "SELECT DISTINCT provinceCode, districtCode, district, wardCode, ward FROM admin_units_legacy"
        " WHERE provinceCode IN (?, '49') ORDER BY districtCode, wardCode"
    )
    seen: set[str] = set()
    for province, district_code, district, ward_code, ward in database.execute(query, (CITY,)):
        if district_code not in seen:
            seen.add(district_code)
            yield former(district_code, district, f"cu-{province}")
        if ward:
            short = " ".join(word for word in nfc(district).split() if word not in ("Quận", "Huyện"))
            row = former(ward_code, ward, f"cu-{district_code}")
            yield row._replace(slug=f"{row.slug}-{slugify(short)}-cu")


def former(code: str, full_name: str, parent_code: str) -> Row:
    """A unit that ceased with the reform."""
    vi, en, kind = named(full_name)
    return Row(f"cu-{code}", code, slugify(vi), vi, en, kind, parent_code, valid_until=LAST_DAY)


def ward_links(
    converter: dict[str, Any], old: dict[str, str], new: dict[str, str]
) -> Iterable[Sequence[str]]:
    """Old ward to new unit, `whole` or `part`; keys as the package spells them."""
    for new_key, old_keys in converter["DICT_PROVINCE_WARD_NO_DIVIDED"]["thanhphodanang"].items():
        for old_key in old_keys:
            if old_key in old:
                yield old[old_key], new[new_key], "whole"
    for old_key, parts in converter["DICT_PROVINCE_WARD_DIVIDED"]["thanhphodanang"].items():
        for part in parts:
            yield old[old_key], new[part["newWardKey"]], "part"


def successions(rows: Sequence[Row], links: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Links of wards, and of districts through their wards."""
    parent = {row.code: row.parent_code for row in rows}
    districts = sorted({(parent[old], new) for old, new, _ in links})
    return [
        ("cu-48", CITY, "whole"),
        ("cu-49", CITY, "whole"),
        ("cu-498", "20333", "whole"),
        ("cu-519", "cu-509", "whole"),
        *((old, new, "part") for old, new in districts),
        *sorted((old, new, how) for old, new, how in links),
    ]


def province_tables(database: sqlite3.Connection, converter: dict[str, Any]) -> None:
    """The 34 provinces with their units, and which of the 63 became which."""
    units = database.execute(
        "SELECT provinceCode, province, provinceKey, COUNT(*), SUM(wardType = 'Phường'),"
        " SUM(wardType = 'Xã'), SUM(wardType = 'Đặc khu'), ROUND(SUM(wardAreaKm2), 2)"
        " FROM admin_units GROUP BY provinceCode"
    ).fetchall()
    old = {
        key: (code, nfc(name))
        for key, code, name in database.execute(
            "SELECT DISTINCT provinceKey, provinceCode, province FROM admin_units_legacy"
        )
    }
    links = []
    for code, name, key, *_ in units:
        parts = converter["DICT_PROVINCE"][key]
        how = "hợp nhất" if len(parts) > 1 else "giữ nguyên"
        links += [(*old[part], code, nfc(name), how) for part in parts]
    counts = ("so_don_vi_cap_xa", "so_phuong", "so_xa", "so_dac_khu", "dien_tich_km2")
    write(
        "facts/tinh-thanh-2025.csv",
        ("ma", "ten", *counts),
        [(code, nfc(name), *numbers) for code, name, _, *numbers in units],
    )
    write("facts/tinh-thanh-63-34.csv", ("ma_cu", "ten_cu", "ma_moi", "ten_moi", "sap_xep"), sorted(links))


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One CSV file beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Reads the package's own files (its functions need the same data through a slower way)."""
    spec = find_spec("vietnamadminunits")
    assert spec is not None and spec.origin is not None, "install vietnamadminunits first"
    data = Path(spec.origin).parent / "data"
    database = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    new = dict(database.execute("SELECT wardKey, wardCode FROM admin_units WHERE provinceCode = ?", (CITY,)))
    old = {
        f"{province}_{district}_{ward}": f"cu-{code}"
        for province, district, ward, code in database.execute(
            "SELECT provinceKey, districtKey, wardKey, wardCode FROM admin_units_legacy"
            " WHERE ward IS NOT NULL"
        )
    }
    rows = [*current_units(database), *former_provinces(), *former_units(database)]
    often = Counter(row.slug for row in rows)
    # Trà Don and Trà Dơn lay in the same district.
    rows = [
        row if often[row.slug] == 1 else row._replace(slug=f"{row.slug}-{row.official_code}") for row in rows
    ]
    write("places.csv", Row._fields, rows)
    links = list(ward_links(converter, old, new))
    write("place-succession.csv", ["old_code", "new_code", "how"], successions(rows, links))
    province_tables(database, converter)


if __name__ == "__main__":
    main()
