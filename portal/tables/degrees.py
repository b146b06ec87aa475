"""Latitude and longitude written in degrees, minutes and seconds: `16°03'15"N`, `108° 12' 8,5" Đ`."""

from __future__ import annotations

import re

_DEGREES = r"(\d{1,3})\s?[°ºo˚]\s?(\d{1,2})\s?['’′`]\s?(?:(\d{1,2}(?:[.,]\d+)?)\s?(?:[\"”″]|''|’’|′′)?)?\s?([NSEWBĐ]?)"
_SHAPE = re.compile(_DEGREES.replace(r"\d", "[09]"))


def is_degrees(shape: str) -> bool:
    """Whether a shape (every digit a 9) is an angle in degrees and minutes."""
    return _SHAPE.fullmatch(shape.strip()) is not None


def degrees_sql(cell: str) -> str:
    """The angle as a fraction of degrees, NULL where the cell is none; south and west are negative."""
    pattern = "'" + _DEGREES.replace("'", "''") + "'"
    text = f"trim({cell})"

    def part(group: int) -> str:
        return (
            f"coalesce(TRY_CAST(replace(regexp_extract({text}, {pattern}, {group}), ',', '.') AS DOUBLE), 0)"
        )

    sign = f"CASE WHEN regexp_extract({text}, {pattern}, 4) IN ('S', 'W') THEN -1 ELSE 1 END"
    fits = f"regexp_full_match({text}, {pattern}) AND {part(2)} < 60 AND {part(3)} < 60"
    return f"CASE WHEN {fits} THEN round(({part(1)} + {part(2)} / 60 + {part(3)} / 3600) * {sign}, 7) END"
