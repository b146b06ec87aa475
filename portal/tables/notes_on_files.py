"""Sentences on units, cells to look at, places, tables and files."""

from __future__ import annotations

from portal.text import LocalizedText

_T = LocalizedText
# {0}, {1}, {2}: the evidence, as cells are written; {count}: how many cells, rows or letters.
FILE_NOTES: dict[str, LocalizedText] = {
    # units
    "unit-stated": _T("Tên cột ghi đơn vị tính: {0}.", "The header states the unit: {0}."),
    "unit-in-parentheses": _T(
        "Đơn vị tính trong ngoặc ở tên cột: {0}.",
        "The unit stands in parentheses in the header: {0}.",
    ),
    "unit-lost-power": _T(
        "Đơn vị là {0}: số mũ trong tên cột đã bị mất định dạng.",
        "The unit is {0}: the header lost the formatting of its exponent.",
    ),
    "unit-from-caption": _T(
        "Đơn vị tính ghi phía trên bảng: {0}.",
        "The unit is stated above the table: {0}.",
    ),
    "unit-from-cells": _T("Đơn vị {0} đứng ngay trong các ô.", "The unit {0} stands in the cells."),
    "unit-chosen": _T("Người quản lý dữ liệu đã chọn đơn vị “{0}”.", "A steward chose the unit “{0}”."),
    "type-chosen": _T("Người quản lý dữ liệu đã chọn kiểu “{0}”.", "A steward chose the type “{0}”."),
    "type-impossible": _T(
        "Không ô nào đọc được theo kiểu “{0}”; cột giữ nguyên văn.",
        "No cell can be read as “{0}”; the column stays text.",
    ),
    # what to look at
    "misfits": _T(
        "{count} ô không khớp kiểu của cột và được giữ nguyên văn, ví dụ “{0}”.",
        "{count} cells do not fit the column's type and are kept as text, for example “{0}”.",
    ),
    "mostly-numbers": _T(
        "Phần lớn ô là số nhưng {count} ô thì không (ví dụ “{0}”), nên cột là văn bản.",
        "Most cells are numbers but {count} are not (for example “{0}”), so the column is text.",
    ),
    "code-in-powers": _T(
        "Bảng tính đã đổi mã thành dạng {0}; chữ số ở cuối có thể đã mất.",
        "A spreadsheet turned codes into {0}; their last digits may be lost.",
    ),
    "capitals-raised": _T(
        "{count} chữ cái được chuyển thành chữ hoa vì phông cũ (TCVN3) không phân biệt.",
        "{count} letters were raised to capitals, which the old font (TCVN3) does not tell apart.",
    ),
    # where data lie
    "from-point": _T("Tách từ cột “{0}”.", "Taken from the column “{0}”."),
    "reprojected": _T(
        "Tọa độ được chuyển sang WGS84 từ {0}.",
        "Coordinates were turned into WGS84 from {0}.",
    ),
    "broken-shape": _T(
        "{count} hình có tọa độ không hợp lệ nên bị bỏ trống.",
        "{count} shapes have impossible coordinates and are left empty.",
    ),
    "thinned-shape": _T(
        "{count} hình có quá nhiều đỉnh, bản đồ dùng hình đã giản lược; tệp gốc giữ nguyên.",
        "{count} shapes have too many vertices; the map uses thinned ones, the original file is untouched.",
    ),
    # the table
    "stacked-header": _T(
        "Tiêu đề gồm nhiều dòng được ghép thành một.",
        "A header of several lines is read as one.",
    ),
    "numbering-row": _T(
        "Dòng đánh số cột dưới tiêu đề được bỏ qua.",
        "The line that numbers the columns is left out.",
    ),
    "section-rows": LocalizedText(
        "{count} dòng tiêu đề giữa bảng (ví dụ “{0}”) được ghi thành một cột.",
        "{count} headings inside the table (for example “{0}”) became a column.",
    ),
    "repeated-header": _T(
        "{count} dòng lặp lại tiêu đề được bỏ qua.",
        "{count} lines that repeat the header are left out.",
    ),
    "no-header": _T(
        "Không có dòng tiêu đề; tên cột do cổng đặt.",
        "There is no header; the portal named the columns.",
    ),
    "empty-column": _T(
        "{count} cột hoàn toàn trống được bỏ qua.",
        "{count} columns without name and cells are left out.",
    ),
    "nameless-column": _T(
        "{count} cột không có tên được cổng đặt tên.",
        "{count} columns without a name were named by the portal.",
    ),
    "duplicate-name": _T(
        "{count} tên cột trùng nhau được đánh số.",
        "{count} names used twice were numbered.",
    ),
    "short-row": _T(
        "{count} dòng thiếu ô ở cuối (ví dụ dòng {0}).",
        "{count} lines lack cells at their end (line {0}, for example).",
    ),
    "long-row": _T(
        "{count} dòng thừa ô; phần thừa được nối vào ô cuối (ví dụ dòng {0}).",
        "{count} lines have too many cells, which join the last one (line {0}, for example).",
    ),
    # the file
    "encoding-unsure": _T(
        "Không chắc về bảng mã; tạm đọc theo {0}. Hãy so sánh các cách đọc và chọn.",
        "The encoding is not sure; {0} is used for now. Please compare the readings and choose.",
    ),
    "damaged-letters": _T(
        "{count} chỗ trong tệp không phải UTF-8 hợp lệ.",
        "{count} places in the file are not valid UTF-8.",
    ),
    "old-font": _T(
        "Văn bản gõ bằng phông cũ ({0}) được chuyển sang Unicode.",
        "Text typed in an old font ({0}) is turned into Unicode.",
    ),
    "rest-refused": _T(
        "Phần còn lại của tệp không đọc được ({0}).",
        "The rest of the file could not be read ({0}).",
    ),
    "too-many-tables": _T("Chỉ {count} bảng đầu tiên được đọc.", "Only the first {count} tables are read."),
}
