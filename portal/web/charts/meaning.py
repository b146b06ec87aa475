"""What names and units say of figures: whether they add up, which rows are totals, which column holds units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from portal.tables.hints import unit_of
from portal.tables.values import Column, ColumnType
from portal.text import fold, nfc

Function = Literal["sum", "avg", "count"]
# What may be added up, by its unit or its name; everything else is averaged.
_ADDED = """
    nguoi ho dong vnd d usd ha m2 m² m3 m³ km km2 tan ta yen kg con cay chiec cai luot khach phong giuong kwh mwh vu lop
    truong xe luot_khach co_so doanh_nghiep lao_dong hoc_sinh sinh_vien giao_vien phuong_tien person persons people
    household households
"""
_SHARED = """
    ty_le ti_le trung_binh binh_quan chi_so mat_do nhiet_do do_am nong_do toc_do ty_trong co_cau nang_suat don_gia he_so
    average mean rate ratio share index density temperature price per
"""


def _any_of(listed: str) -> str:
    return "|".join(re.escape(each.replace("_", " ")) for each in listed.split())


_ADDED_UNITS = re.compile(rf"(?:(?:nghin|ngan|trieu|ty|10[³⁶36]?)\s*)*(?:{_any_of(_ADDED)})")
_ADDED_NAMES = re.compile(
    r"^(?:tong|tong so|total|number of|count)\b"
    r"|\b(?:dan so|dien tich|san luong|so luong|doanh thu|kinh phi|von|suc chua|population|area|quantity|revenue)\b"
)
_SHARED_NAMES = re.compile(rf"\b(?:{_any_of(_SHARED)})\b")
_TOTAL = re.compile(
    r"(?:tong(?: so| cong)?|cong|toan (?:thanh pho|tinh|quoc|quan|huyen|xa|nganh|bo)|ca nuoc|ca (?:thanh pho|tinh)"
    r"|chung|(?:grand )?total|whole (?:city|country)|all)[ .:]*"
)
_UNIT_NAMES = ("dvt", "dv tinh", "don vi tinh", "don vi do")
_UNIT_OR_OFFICE = ("don vi", "unit", "units")


def function_for(measure: Column) -> Function:
    """Sums only of what is known to add up; else averages, which are true of everything."""
    name, unit = fold(measure.name), fold(measure.unit or "").strip()
    if _SHARED_NAMES.search(name) or "/" in unit or "%" in unit:
        return "avg"
    # Without accents `số` (number of) is `sơ` (preliminary) as well.
    is_number = nfc(measure.name).lower().startswith("số ")
    return "sum" if is_number or _ADDED_UNITS.fullmatch(unit) or _ADDED_NAMES.search(name) else "avg"


def is_total(name: str) -> bool:
    """Whether a category is all others together (`Toàn thành phố`), which is never drawn beside them."""
    return _TOTAL.fullmatch(fold(name).strip()) is not None


def unit_column(columns: Sequence[Column]) -> Column | None:
    """The column that tells each row's unit, where rows have different ones: their figures have nothing in common."""
    for column in columns:
        name = fold(column.name).strip(" .:")
        if column.type is not ColumnType.TEXT or column.profile.distinct < 2:
            continue
        if name in _UNIT_NAMES or (name in _UNIT_OR_OFFICE and _holds_units(column)):
            return column
    return None


def _holds_units(column: Column) -> bool:
    values = [value for value, _ in column.profile.top] or list(column.profile.examples)
    known = [value for value in values if unit_of(f"x ({value})")[0]]
    return len(known) * 2 > len(values)
