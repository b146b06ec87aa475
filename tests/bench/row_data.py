"""A table of made rows, as large as wanted: codes, Vietnamese text, categories, numbers, dates and places."""

from __future__ import annotations

from pathlib import Path

import duckdb

from portal.tables.sql import sql_text

_STREETS = (
    "Bạch Đằng", "Nguyễn Văn Linh", "Lê Duẩn", "Trần Phú", "Điện Biên Phủ", "Hoàng Diệu", "Ông Ích Khiêm",
    "Võ Nguyên Giáp", "Phạm Văn Đồng", "Ngô Quyền", "Tôn Đức Thắng", "Trường Chinh", "2 Tháng 9", "Núi Thành",
)  # fmt: skip
_UNITS = (
    "Phường Hải Châu", "Phường Hòa Cường", "Phường Thanh Khê", "Phường An Khê", "Phường An Hải", "Phường Sơn Trà",
    "Phường Ngũ Hành Sơn", "Phường Hòa Khánh", "Phường Hải Vân", "Phường Liên Chiểu", "Phường Cẩm Lệ",
    "Xã Hòa Vang", "Xã Hòa Tiến", "Xã Bà Nà",
)  # fmt: skip
_KINDS = ("Nhà ở", "Cửa hàng", "Trường học", "Cơ sở y tế", "Công trình công cộng", "Kho, bãi", "Khác")
_WORDS = (
    "cấp phép", "sửa chữa", "xây mới", "mở rộng", "cải tạo", "mặt tiền", "tầng trệt", "hệ thống thoát nước",
    "theo quy hoạch", "đã nghiệm thu", "chờ thẩm định", "bổ sung hồ sơ", "được miễn phí", "gia hạn lần hai",
)  # fmt: skip


def write_csv(target: Path, rows: int) -> None:
    """The table as CSV in UTF-8, about 100 bytes a row; always the same rows."""
    with duckdb.connect(config={"threads": "1"}) as engine:
        engine.execute(
            f"COPY ({_select(rows)}) TO {sql_text(str(target))} (FORMAT csv, HEADER, DELIMITER ',')"
        )


def _select(rows: int) -> str:
    return f"""SELECT 'HS-' || lpad(n::VARCHAR, 7, '0') AS "Mã hồ sơ",
        'Số ' || hash(n) % 900 || ' đường ' || {_one(_STREETS, 1)} || ', ' || {_one(_WORDS, 2)} || ' '
            || {_one(_WORDS, 3)} AS "Nội dung",
        {_one(_UNITS, 4)} AS "Đơn vị", {_one(_KINDS, 5)} AS "Loại",
        hash(n + 6 * {rows}) % 5000 AS "Số người",
        round((hash(n + 7 * {rows}) % 10000000) / 1000.0, 2) AS "Diện tích (m2)",
        strftime(DATE '2015-01-01' + (hash(n + 8 * {rows}) % 4000)::INTEGER, '%d/%m/%Y') AS "Ngày cấp",
        round(15.9 + (hash(n + 9 * {rows}) % 300000) / 1e6, 6) AS "Vĩ độ",
        round(108.0 + (hash(n + 10 * {rows}) % 300000) / 1e6, 6) AS "Kinh độ"
        FROM range(1, {rows} + 1) AS made(n)"""


def _one(values: tuple[str, ...], salt: int) -> str:
    """An expression for one of the values, another one for each row and salt."""
    return f"[{', '.join(map(sql_text, values))}][(hash(n * 31 + {salt}) % {len(values)})::INTEGER + 1]"
