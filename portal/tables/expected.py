"""What a value of a column must look like in a row query, said to whoever wrote another."""

from __future__ import annotations

from portal.tables.values import ColumnType
from portal.text import LocalizedText

_T = LocalizedText
_NUMBER = _T(
    "Cần một số, dấu chấm trước phần thập phân, ví dụ 12.5.",
    "A number is expected, with a point before decimals, for example 12.5.",
)
_TEXT = _T("Cần một văn bản.", "A text is expected.")
EXPECTED: dict[ColumnType, LocalizedText] = {
    ColumnType.TEXT: _TEXT,
    ColumnType.IDENTIFIER: _TEXT,
    ColumnType.UNIT_CODE: _TEXT,
    ColumnType.POINT: _TEXT,
    ColumnType.INTEGER: _T(
        "Cần một số, không có dấu chấm phần nghìn, ví dụ 1200.",
        "A number is expected, without marks between thousands, for example 1200.",
    ),
    ColumnType.DECIMAL: _NUMBER,
    ColumnType.LATITUDE: _NUMBER,
    ColumnType.LONGITUDE: _NUMBER,
    ColumnType.BOOLEAN: _T("Chỉ nhận true hoặc false.", "Only true or false is understood."),
    ColumnType.DATE: _T(
        "Cần ngày dạng năm-tháng-ngày, ví dụ 2025-07-01.",
        "A day is expected as year-month-day, for example 2025-07-01.",
    ),
    ColumnType.TIMESTAMP: _T(
        "Cần ngày giờ, ví dụ 2025-07-01T08:30.",
        "A day with a time is expected, for example 2025-07-01T08:30.",
    ),
    ColumnType.YEAR: _T("Cần một năm, ví dụ 2025.", "A year is expected, for example 2025."),
    ColumnType.MONTH: _T(
        "Cần một tháng, ví dụ 2025-07, hoặc 7 nếu cột không có năm.",
        "A month is expected, for example 2025-07, or 7 where the column has no year.",
    ),
    ColumnType.QUARTER: _T(
        "Cần một quý, ví dụ 2025-Q3, hoặc 3 nếu cột không có năm.",
        "A quarter is expected, for example 2025-Q3, or 3 where the column has no year.",
    ),
}
"""By type of the column."""
