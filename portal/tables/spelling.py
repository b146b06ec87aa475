"""In which one way all cells of a column are written, for readers of the original file: `9.999,9`, `dd/MM/yyyy`.

Numbers are told by an example of nines with their marks, days by the letters of Unicode's date patterns. A column that
is written in several ways, or holds cells beside its type, has no spelling: for whoever reads the bytes it is text.
"""

from __future__ import annotations

import re

from portal.tables.judge import Cells, Judged
from portal.tables.shapes import MAX_SHAPES
from portal.tables.values import NUMERIC, ColumnType

_WHOLE = re.compile(r"-?(?:9+|0)")
_POINT = re.compile(r"-?[09]9*(?:\.9+)?")
_COMMA = re.compile(r"-?[09]9*(?:,9+)?")
_COMMA_GROUPS = re.compile(r"-?[09]9{0,2}(?:,999)*(?:\.9+)?")
_POINT_GROUPS = re.compile(r"-?[09]9{0,2}(?:\.999)*(?:,9+)?")
_NUMBERS = (("9.9", _POINT), ("9,9", _COMMA), ("9,999.9", _COMMA_GROUPS), ("9.999,9", _POINT_GROUPS))
_ISO_DAY = re.compile(r"9999-[09]9-[09]9")
_ISO_MOMENT = re.compile(r"9999-[09]9-[09]9T[09]9:[09]9:[09]9")
_LONG_DAY = re.compile(r"[09]9([/.-])[09]9\1[09]999")
_SHORT_DAY = re.compile(r"[09]9?([/.-])[09]9?\1[09]999")
_YEAR = re.compile(r"9999")
_MONTH = re.compile(r"9999-[09]9")
_TRUTH = re.compile(r"true|false")
# Cells such as 1.234 fit both senses of a mark: what was decided leaves one.
_EXCLUDED = {
    "point-groups": ("9.9", "9,999.9"),
    "decimal-point": ("9.999,9",),
    "comma-groups": ("9,9", "9.999,9"),
    "decimal-comma": ("9,999.9",),
}


def spelling_of(judged: Judged, cells: Cells) -> str | None:
    """The column's one spelling; None where there are several, or none that readers of files know."""
    texts = [shape.text for shape in cells.shapes if shape.text not in judged.missing_marks]
    if not texts or len(cells.shapes) >= MAX_SHAPES:
        return None
    if judged.type in NUMERIC:
        return _number(judged, texts)
    return _other(judged, texts)


def _number(judged: Judged, texts: list[str]) -> str | None:
    if judged.unit and any(note.code == "unit-from-cells" for note in judged.decisions):
        return None
    if all(map(_WHOLE.fullmatch, texts)):
        return "9"
    fitting = [name for name, pattern in _NUMBERS if all(map(pattern.fullmatch, texts))]
    for note in judged.decisions:
        excluded = next((names for start, names in _EXCLUDED.items() if note.code.startswith(start)), ())
        fitting = [name for name in fitting if name not in excluded]
        if note.code == "marks-chosen" and len(fitting) > 1:
            return None
    return fitting[0] if fitting else None


def _other(judged: Judged, texts: list[str]) -> str | None:
    def are(pattern: re.Pattern[str]) -> bool:
        return all(map(pattern.fullmatch, texts))

    match judged.type:
        case ColumnType.YEAR if are(_YEAR):
            return "yyyy"
        case ColumnType.MONTH if are(_MONTH):
            return "yyyy-MM"
        case ColumnType.BOOLEAN if are(_TRUTH):
            return "true"
        case ColumnType.TIMESTAMP if are(_ISO_MOMENT):
            return "yyyy-MM-ddTHH:mm:ss"
        case ColumnType.DATE if are(_ISO_DAY):
            return "yyyy-MM-dd"
        case ColumnType.DATE:
            return _day(judged, texts)
    return None


def _day(judged: Judged, texts: list[str]) -> str | None:
    for pattern, day, month in ((_LONG_DAY, "dd", "MM"), (_SHORT_DAY, "d", "M")):
        found = [pattern.fullmatch(text) for text in texts]
        marks = {each[1] for each in found if each}
        if all(found) and len(marks) == 1:
            (mark,) = marks
            is_swapped = any(note.code == "month-first" for note in judged.decisions)
            first, second = (month, day) if is_swapped else (day, month)
            return f"{first}{mark}{second}{mark}yyyy"
    return None
