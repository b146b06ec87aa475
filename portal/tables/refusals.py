"""Why a file has no table: stable codes, each with what happened and what the steward can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.text import LocalizedText


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is stable; `values` fill the sentence (`row`, `limit`, `format`)."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def message(self) -> LocalizedText:
        """What happened, in a plain sentence."""
        return _filled(REFUSALS[self.code][0], self.values)

    @property
    def remedy(self) -> LocalizedText:
        """What the steward can do."""
        return _filled(REFUSALS[self.code][1], self.values)


class NoTable(Exception):
    """Raised while a file is read: it has no table, for this reason."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, values)


def _text(vi: str, en: str) -> LocalizedText:
    return LocalizedText(vi, en)


_SPLIT = _text(
    "Tách tệp thành nhiều phần nhỏ hơn (ví dụ theo năm) hoặc đăng dưới dạng Parquet hay CSV.",
    "Split the file into smaller parts (by year, for example), or publish it as Parquet or CSV.",
)
_SAVE_AGAIN = _text(
    "Mở tệp bằng phần mềm đã tạo ra nó, lưu lại (XLSX hoặc CSV mã UTF-8) rồi tải lên lần nữa.",
    "Open the file in the program that made it, save it again (XLSX, or CSV in UTF-8) and upload it once more.",
)
_TRY_AGAIN = _text(
    "Bấm “Đọc lại”. Nếu vẫn không được, hãy tách tệp hoặc lưu lại dưới dạng CSV mã UTF-8.",
    "Press “Read again”. If that does not help, split the file or save it as CSV in UTF-8.",
)

REFUSALS: dict[str, tuple[LocalizedText, LocalizedText]] = {
    "not-a-table": (
        _text("Tệp {format} không chứa bảng dữ liệu.", "A {format} file holds no table."),
        _text(
            "Nếu nội dung là bảng, hãy đăng thêm bản XLSX, ODS hoặc CSV; tệp này vẫn tải về được.",
            "If its content is a table, add it as XLSX, ODS or CSV; this file can still be downloaded.",
        ),
    ),
    "empty": (
        _text("Tệp không có dòng dữ liệu nào.", "The file has no rows."),
        _text("Kiểm tra lại xem có tải nhầm tệp không.", "Check that this is the file you meant."),
    ),
    "too-large": (
        _text(
            "Tệp lớn hơn {limit} MiB, mức tối đa để dựng bảng từ định dạng này.",
            "The file is over {limit} MiB, the most that a table is made of in this format.",
        ),
        _SPLIT,
    ),
    "unpacks-too-large": (
        _text(
            "Khi giải nén, tệp vượt quá {limit} MiB nên không được mở.",
            "Unpacked, the file is over {limit} MiB, so it is not opened.",
        ),
        _SPLIT,
    ),
    "suspicious-archive": (
        _text(
            "Tệp nén có cấu tạo bất thường (quá nhiều tệp con, tỉ lệ nén quá lớn hoặc lồng nhau) nên không được mở.",
            "The archive is built in an unusual way (too many members, packed too tightly, or nested), "
            "so it is not opened.",
        ),
        _SAVE_AGAIN,
    ),
    "encrypted": (
        _text("Tệp được bảo vệ bằng mật khẩu.", "The file is protected by a password."),
        _text("Gỡ mật khẩu rồi tải lên lại.", "Remove the password and upload it again."),
    ),
    "damaged": (
        _text(
            "Tệp bị hỏng hoặc không đúng định dạng.", "The file is damaged, or not what its format promises."
        ),
        _SAVE_AGAIN,
    ),
    "broken-row": (
        _text(
            "Từ dòng {row}, các dòng có nhiều ô hơn dòng tiêu đề.",
            "From line {row} on, lines have more cells than the header.",
        ),
        _text(
            "Đặt các ô có dấu phân cách vào trong ngoặc kép, hoặc lưu lại từ bảng tính.",
            "Put cells that hold the delimiter in quotes, or save the file again from a spreadsheet.",
        ),
    ),
    "broken-quote": (
        _text(
            "Ngoặc kép mở ở dòng {row} không được đóng lại.",
            "A quotation mark opened on line {row} is never closed.",
        ),
        _text(
            "Sửa ngoặc kép ở dòng này, hoặc lưu lại từ bảng tính.",
            "Mend the quotation mark on this line, or save the file again from a spreadsheet.",
        ),
    ),
    "broken-json": (
        _text("JSON sai cú pháp ở dòng {row}.", "The JSON is not valid at line {row}."),
        _text("Sửa dòng này rồi tải lên lại.", "Mend this line and upload the file again."),
    ),
    "not-records": (
        _text(
            "JSON này không phải là danh sách các bản ghi.",
            "This JSON is not a list of records.",
        ),
        _text(
            "Để bảng đọc được, hãy xuất một mảng các đối tượng có cùng các trường, hoặc mỗi dòng một đối tượng.",
            "For a table, export an array of objects with the same fields, or one object a line.",
        ),
    ),
    "too-deep": (
        _text("JSON lồng nhau quá sâu.", "The JSON is nested too deeply."),
        _text("Xuất lại dữ liệu dưới dạng phẳng.", "Export the data in a flat form."),
    ),
    "document-type": (
        _text(
            "Tệp chứa khai báo DTD, điều mà cổng không xử lý vì lý do an toàn.",
            "The file declares a document type (DTD), which the portal does not process, for safety.",
        ),
        _SAVE_AGAIN,
    ),
    "too-many-columns": (
        _text("Bảng có hơn {limit} cột.", "The table has more than {limit} columns."),
        _text(
            "Xoay bảng: đưa các cột lặp lại (tháng, năm) thành dòng.",
            "Turn the table: make rows of columns that repeat (months, years).",
        ),
    ),
    "cell-too-long": (
        _text(
            "Một ô ở dòng {row} dài hơn {limit} KiB.",
            "A cell on line {row} is longer than {limit} KiB.",
        ),
        _text(
            "Kiểm tra ngoặc kép ở dòng này; văn bản dài nên để ở tệp riêng.",
            "Check the quotation marks on this line; keep long texts in files of their own.",
        ),
    ),
    "memory": (
        _text(
            "Không đủ bộ nhớ cho phép để đọc tệp này.",
            "Reading this file needs more memory than is allowed.",
        ),
        _SPLIT,
    ),
    "took-too-long": (
        _text("Đọc tệp mất quá nhiều thời gian.", "Reading the file took too long."),
        _SPLIT,
    ),
    "output-too-large": (
        _text(
            "Bảng dựng từ tệp này lớn hơn mức cho phép.",
            "The table made of this file is larger than is allowed.",
        ),
        _SPLIT,
    ),
    "reader-crashed": (
        _text(
            "Bộ đọc đã dừng đột ngột ở tệp này; tệp gốc không bị ảnh hưởng.",
            "The reader stopped suddenly at this file; the original is untouched.",
        ),
        _TRY_AGAIN,
    ),
    "not-understood": (
        _text(
            "Cổng không hiểu được cấu trúc của tệp này.",
            "The portal could not make out this file's structure.",
        ),
        _SAVE_AGAIN,
    ),
}


def _filled(text: LocalizedText, values: Mapping[str, str | int]) -> LocalizedText:
    return LocalizedText(text.vi.format_map(_Blank(values)), (text.en or "").format_map(_Blank(values)))


class _Blank(dict[str, "str | int"]):
    def __missing__(self, key: str) -> str:
        return "?"
