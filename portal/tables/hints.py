"""What the header of a column tells: a unit, a code, a latitude; words of Vietnamese offices and of programs."""

from __future__ import annotations

import re

from portal.text import fold

_STATED = re.compile(
    r"\(\s*(?:đvt|đơn vị tính|đơn vị|unit)\s*:?\s*([^)]+?)\s*\)|[,;-]\s*đvt\s*:\s*(.+)$", re.IGNORECASE
)
_POWER = re.compile(r"\b10\s?([36])\s*\(\s*(m2|m3|m²|m³|ha|tấn|đồng|kwh|lít)\s*\)", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\[]\s*([^()\[\]]{1,40}?)\s*[)\]]")
_SUPERSCRIPT = {"3": "10³", "6": "10⁶"}
_MANY = r"(?:nghin|ngan|tram|chuc|trieu|ty|ti|1000|1\.000|10\^?3|10\^?6|thousand|million|billion)"
_WORDS = """
    % ‰ do_c °c ℃ ° mm cm dm m km m2 m² km2 km² m3 m³ ha lit l ml mg g kg ta tan yen t w kw mw kwh mwh
    kva gio h phut giay s ngay thang nam nguoi ho ho_dan luot luot_khach khach nha can chiec cai con cay
    qua bong phong giuong ban vu so don_vi co_so doanh_nghiep lao_dong hoc_sinh sinh_vien giao_vien lop
    truong xa phuong tang cho xe usd vnd d dong eur db dba ppm ntu ph mpn hpa mb gb tb ster person
    persons people household households hour hours day days diem lan suat bai trang goi thue_bao tau me
    kcal ug µg μg pt px
"""
_BASE = rf"(?:{'|'.join(re.escape(word.replace('_', ' ')) for word in _WORDS.split())})"
_UNIT = re.compile(
    rf"(?:{_MANY}\s*)*(?:{_BASE})(?:\s?[/.]\s?(?:{_MANY}\s*)?(?:{_BASE}|lan|mau|100ml|1000 dan|100\.000 dan))*|{_MANY}"
)

_CODE = re.compile(
    r"(?:^|[\s_])(?:ma|ma so|so hieu|cccd|cmnd|dinh danh|so dien thoai|dien thoai|sdt|di dong|phone|mobile|tel|fax"
    r"|mst|so tai khoan|so to|so thua|to ban do|bien so|so giay to|zip|postcode|barcode|isbn)(?:$|[\s_:.(])"
    r"|(?:^|[\s_])(?:code|id)$|^id[_ ]"
)
_NOT_CODE = re.compile(r"^ma (?:luc|sat|tuy|khi|tau|cua)")
_LATITUDE = re.compile(r"(?:^|[\s_(.])(?:vi do|latitude|lat|vido)(?:$|[\s_)(:])")
_LONGITUDE = re.compile(r"(?:^|[\s_(.])(?:kinh do|longitude|long|lon|lng|kinhdo)(?:$|[\s_)(:])")
_GRID = re.compile(
    r"(?:^|[\s_(])(?:toa do [xy]|toado_?[xy]|[xy]|easting|northing|vn-?2000|kinh do|vi do"
    r"|[xy]_?vn2000|vn2000_?[xy])(?:$|[\s_)(:])"
)


def unit_of(name: str) -> tuple[str | None, str | None]:
    """The unit that a header tells, and which of its ways it used (the code of a note)."""
    if found := _POWER.search(name):
        return f"{_SUPERSCRIPT[found[1]]} {found[2]}", "unit-lost-power"
    if found := _STATED.search(name):
        return " ".join((found[1] or found[2]).split()), "unit-stated"
    for found in _PARENTHESES.finditer(name):
        inside = " ".join(found[1].split())
        if inside and _UNIT.fullmatch(fold(inside)):
            return inside, "unit-in-parentheses"
    return None, None


def is_code_name(name: str) -> bool:
    """Whether a header says that its column holds codes or numbers of things, not quantities."""
    folded = fold(name).strip()
    # Without accents `ma` is also ghost and horse; with them, only mã is a code.
    is_other = re.match(r"m[aáàảạ]\b", name.strip().lower()) and not name.isascii()
    return bool(_CODE.search(folded)) and not _NOT_CODE.match(folded) and not is_other


def is_ordinal_name(name: str) -> bool:
    """Whether a header says that its column counts the rows."""
    return fold(name).strip(" .#") in ("stt", "tt", "so tt", "so thu tu", "no", "")


def latitude_name(name: str) -> bool:
    """Whether a header says latitude."""
    return bool(_LATITUDE.search(fold(name).replace("_", " ").strip()))


def longitude_name(name: str) -> bool:
    """Whether a header says longitude."""
    return bool(_LONGITUDE.search(fold(name).replace("_", " ").strip()))


def grid_name(name: str) -> bool:
    """Whether a header can be that of metres of a survey's grid; which way they count, the numbers tell."""
    return bool(_GRID.search(fold(name).strip()))
