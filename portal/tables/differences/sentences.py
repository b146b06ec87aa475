"""The differences in one plain sentence, and why rows were told apart the way they were."""

from __future__ import annotations

from collections.abc import Mapping

from portal.tables.differences.values import Differences
from portal.text import LocalizedText

WHY: Mapping[str, LocalizedText] = {
    "given": LocalizedText(
        "Các dòng được nhận ra theo cột do người hỏi chọn: {columns}.",
        "Rows are told apart by the columns that were asked for: {columns}.",
    ),
    "identifier": LocalizedText(
        "Các dòng được nhận ra theo {columns}: cột mã này không trùng và không thiếu ở cả hai phiên bản.",
        "Rows are told apart by {columns}: these codes never repeat and are never missing in either version.",
    ),
    "column": LocalizedText(
        "Các dòng được nhận ra theo {columns}: giá trị của cột này không trùng và không thiếu ở cả hai phiên bản.",
        "Rows are told apart by {columns}: its values never repeat and are never missing in either version.",
    ),
    "pair": LocalizedText(
        "Không cột nào đứng một mình phân biệt được mọi dòng, nên các dòng được nhận ra theo {columns} cùng nhau.",
        "No single column tells every row apart, so rows are told apart by {columns} together.",
    ),
    "numbering": LocalizedText(
        "Các dòng được nhận ra theo số thứ tự trong {columns}, vì không có cột nào khác phân biệt được chúng.",
        "Rows are told apart by their number in {columns}, as no other column does.",
    ),
    "content": LocalizedText(
        "Không tìm thấy cột nào phân biệt được mọi dòng, nên các dòng được so sánh theo toàn bộ nội dung: "
        "dòng được sửa hiện thành một dòng bỏ và một dòng thêm.",
        "No columns were found that tell every row apart, so rows are compared by their whole content: "
        "a row that was changed shows as one removed and one added.",
    ),
    "nothing-shared": LocalizedText(
        "Hai phiên bản không có cột nào chung, nên mọi dòng đều khác.",
        "The two versions share no column, so every row differs.",
    ),
}
_SAME = LocalizedText("Hai phiên bản có nội dung như nhau.", "The two versions say the same.")


def summary(found: Differences) -> LocalizedText:
    """`Thêm 12 dòng, sửa 3 ô trong 2 dòng, bỏ 1 cột.`"""
    if found.is_empty:
        return _SAME
    vi = ", ".join([*_rows_vi(found), *_columns_vi(found)])
    en = ", ".join([*_rows_en(found), *_columns_en(found)])
    return LocalizedText(f"{vi[:1].upper()}{vi[1:]}.", f"{en[:1].upper()}{en[1:]}.")


def reason(found: Differences) -> LocalizedText:
    """Why rows were told apart this way."""
    names = [column.field.name for column in found.key]
    vi, en = " và ".join(f"“{name}”" for name in names), " and ".join(f"“{name}”" for name in names)
    template = WHY[found.why]
    return LocalizedText(template.vi.replace("{columns}", vi), (template.en or "").replace("{columns}", en))


def _rows_vi(found: Differences) -> list[str]:
    rows, said = found.rows, []
    if rows.added:
        said.append(f"thêm {_vi(rows.added)} dòng")
    if rows.removed:
        said.append(f"bỏ {_vi(rows.removed)} dòng")
    if rows.changed:
        said.append(f"sửa {_vi(found.changed_cells)} ô trong {_vi(rows.changed)} dòng")
    if found.totals.differing:
        said.append(f"thay đổi {_vi(found.totals.differing)} dòng tổng")
    return said


def _rows_en(found: Differences) -> list[str]:
    rows, said = found.rows, []
    if rows.added:
        said.append(f"{_en(rows.added, 'row')} added")
    if rows.removed:
        said.append(f"{_en(rows.removed, 'row')} removed")
    if rows.changed:
        said.append(f"{_en(found.changed_cells, 'cell')} in {_en(rows.changed, 'row')} changed")
    if found.totals.differing:
        said.append(f"{_en(found.totals.differing, 'total row')} changed")
    return said


def _columns_vi(found: Differences) -> list[str]:
    acts = {"added": "thêm", "removed": "bỏ", "renamed": "đổi tên", "type": "đổi kiểu", "unit": "đổi đơn vị"}
    return [f"{acts[kind]} {_vi(count)} cột" for kind, count in _column_kinds(found).items()]


def _columns_en(found: Differences) -> list[str]:
    acts = {
        "added": "added", "removed": "removed", "renamed": "renamed",
        "type": "with another type", "unit": "in another unit",
    }  # fmt: skip
    return [f"{_en(count, 'column')} {acts[kind]}" for kind, count in _column_kinds(found).items()]


def _column_kinds(found: Differences) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind in ("added", "removed", "renamed", "type", "unit"):
        count = sum(kind in column.kinds for column in found.columns)
        if count:
            counts[kind] = count
    return counts


def _vi(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _en(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
