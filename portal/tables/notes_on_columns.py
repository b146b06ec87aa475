"""Sentences on what a column is and how its numbers are read."""

from __future__ import annotations

from portal.text import LocalizedText

_T = LocalizedText
# {0}, {1}, {2}: the evidence, as cells are written; {count}: how many cells, rows or letters.
COLUMN_NOTES: dict[str, LocalizedText] = {
    # what a column is
    "text": _T("Văn bản, ví dụ “{0}”.", "Text, for example “{0}”."),
    "no-cells": _T("Cột không có ô nào có dữ liệu.", "Every cell of the column is empty."),
    "integer": _T("Mọi ô đều là số nguyên, ví dụ {0}.", "Every cell is a whole number, for example {0}."),
    "decimal": _T(
        "Các ô là số, có phần lẻ, ví dụ {0}.",
        "The cells are numbers with fractions, for example {0}.",
    ),
    "boolean": _T("Các ô chỉ nói có hoặc không: {0}, {1}.", "The cells only say yes or no: {0}, {1}."),
    "date": _T("Ngày, ví dụ {0}.", "Dates, for example {0}."),
    "timestamp": _T("Ngày và giờ, ví dụ {0}.", "Dates with a time, for example {0}."),
    "month": _T("Tháng, ví dụ “{0}”.", "Months, for example “{0}”."),
    "quarter": _T("Quý, ví dụ “{0}”.", "Quarters, for example “{0}”."),
    "year": _T("Năm, ví dụ “{0}”.", "Years, for example “{0}”."),
    "degrees": _T(
        "Tọa độ ghi bằng độ, phút, giây (ví dụ {0}) được đổi ra độ thập phân.",
        "Degrees, minutes and seconds (for example {0}) were turned into decimal degrees.",
    ),
    "latitude": _T(
        "Tên cột “{0}” và khoảng giá trị cho biết đây là vĩ độ.",
        "The header “{0}” and the range say latitude.",
    ),
    "longitude": _T(
        "Tên cột “{0}” và khoảng giá trị cho biết đây là kinh độ.",
        "The header “{0}” and the range say longitude.",
    ),
    "point": _T(
        "Mỗi ô chứa cả vĩ độ và kinh độ, ví dụ {0}.",
        "Each cell holds latitude and longitude, for example {0}.",
    ),
    "unit-code": _T(
        "{count} ô là mã đơn vị hành chính của thành phố, ví dụ {0}.",
        "{count} cells are codes of the city's units, for example {0}.",
    ),
    "leading-zero": _T(
        "{count} ô bắt đầu bằng số 0 (ví dụ {0}): đây là mã, không phải số.",
        "{count} cells begin with a zero (for example {0}): a code, not a number.",
    ),
    "code-by-header": _T("Tên cột “{0}” cho biết đây là mã.", "The header “{0}” says that these are codes."),
    "preliminary": _T(
        "{count} ô ghi là số sơ bộ hoặc ước tính (ví dụ “{0}”); chỉ lấy năm.",
        "{count} cells are marked preliminary or estimated (for example “{0}”); the year is taken.",
    ),
    "day-first": _T(
        "Ngày đứng trước tháng, theo cách viết ở Việt Nam: {0}.",
        "Day before month, as written in Viet Nam: {0}.",
    ),
    "month-first": _T(
        "Tháng đứng trước ngày: {count} ô chỉ đọc được như vậy.",
        "Month before day: {count} cells can only be read that way.",
    ),
    "missing-marks": _T(
        "{count} ô ghi “{0}” được hiểu là không có số liệu.",
        "{count} cells with “{0}” mean that there is no figure.",
    ),
    # decimal and grouping marks
    "decimal-point-proved": _T(
        "{0} cho thấy dấu chấm là dấu thập phân.",
        "{0} proves that the point parts decimals.",
    ),
    "decimal-comma-proved": _T(
        "{0} cho thấy dấu phẩy là dấu thập phân.",
        "{0} proves that the comma parts decimals.",
    ),
    "decimal-point-by-kind": _T(
        "Tọa độ và tỉ lệ phần trăm không có hàng nghìn, nên dấu chấm trong {0} là dấu thập phân.",
        "Coordinates and percentages have no thousands, so the point in {0} parts decimals.",
    ),
    "decimal-comma-by-kind": _T(
        "Tọa độ và tỉ lệ phần trăm không có hàng nghìn, nên dấu phẩy trong {0} là dấu thập phân.",
        "Coordinates and percentages have no thousands, so the comma in {0} parts decimals.",
    ),
    "decimal-point-ungrouped": _T(
        "Số lớn trong cột được viết liền ({0}), nên dấu chấm trong {1} là dấu thập phân.",
        "Large numbers in the column are not grouped ({0}), so the point in {1} parts decimals.",
    ),
    "decimal-point-neighbours": _T(
        "Các cột khác của bảng viết {0}, nên dấu chấm trong {1} là dấu thập phân.",
        "Other columns of the table write {0}, so the point in {1} parts decimals.",
    ),
    "decimal-comma-neighbours": _T(
        "Các cột khác của bảng viết {0}, nên dấu phẩy trong {1} là dấu thập phân.",
        "Other columns of the table write {0}, so the comma in {1} parts decimals.",
    ),
    "decimal-comma-assumed": _T(
        "Không có bằng chứng: dấu phẩy trong {0} được hiểu là dấu thập phân theo cách viết ở Việt Nam. "
        "Hãy kiểm tra.",
        "Nothing proves it: the comma in {0} is taken as decimal, as written in Viet Nam. Please check.",
    ),
    "point-groups-proved": _T(
        "{0} cho thấy dấu chấm phân cách hàng nghìn.",
        "{0} proves that the point groups thousands.",
    ),
    "point-groups-zeros": _T(
        "Số như {0} giữ đủ ba chữ số và số 0 ở cuối, nên dấu chấm phân cách hàng nghìn.",
        "Numbers such as {0} keep three digits and their last zero, so the point groups thousands.",
    ),
    "point-groups-neighbours": _T(
        "Các cột khác của bảng viết {0}, nên dấu chấm trong {1} phân cách hàng nghìn.",
        "Other columns of the table write {0}, so the point in {1} groups thousands.",
    ),
    "point-groups-assumed": _T(
        "Không có bằng chứng: dấu chấm trong {0} được hiểu là phân cách hàng nghìn theo cách viết ở "
        "Việt Nam. Hãy kiểm tra.",
        "Nothing proves it: the point in {0} is taken to group thousands, as written in Viet Nam. "
        "Please check.",
    ),
    "point-in-two-senses": _T(
        "Dấu chấm được dùng theo hai cách: {0} là hàng nghìn, {1} là số thập phân. Hãy kiểm tra.",
        "The point is used in two senses: thousands in {0}, decimals in {1}. Please check.",
    ),
    "comma-groups-proved": _T(
        "{0} cho thấy dấu phẩy phân cách hàng nghìn.",
        "{0} proves that the comma groups thousands.",
    ),
    "comma-groups-zeros": _T(
        "Số như {0} giữ đủ ba chữ số và số 0 ở cuối, nên dấu phẩy phân cách hàng nghìn.",
        "Numbers such as {0} keep three digits and their last zero, so the comma groups thousands.",
    ),
    "comma-groups-neighbours": _T(
        "Các cột khác của bảng viết {0}, nên dấu phẩy trong {1} phân cách hàng nghìn.",
        "Other columns of the table write {0}, so the comma in {1} groups thousands.",
    ),
    "comma-groups-assumed": _T(
        "Mọi số có dấu phẩy đều có đúng ba chữ số theo sau ({0}), nên được hiểu là hàng nghìn. Hãy kiểm tra.",
        "Every number with a comma has exactly three digits after it ({0}), so it is taken to group "
        "thousands. Please check.",
    ),
    "marks-chosen": _T(
        "Người quản lý dữ liệu đã chọn “{0}” làm dấu thập phân.",
        "A steward chose “{0}” as the decimal mark.",
    ),
}
