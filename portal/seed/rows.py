"""Rows of the CSV files in `datasets/`: read with named errors that tell file, line and column."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.errors import Invalid
from portal.text import LocalizedText, nfc


class SeedRowInvalid(Invalid):
    """A row of a CSV file in `datasets/` is broken; the message tells file, line and what to mend."""


class SeedFileMissing(Invalid):
    """A CSV file of `datasets/` is not where it belongs, or lacks its columns."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One line of one file. Every reader below raises SeedRowInvalid, with the line, if it cannot answer."""

    file: str
    line: int
    cells: Mapping[str, str]

    def error(self, vi: str, en: str) -> SeedRowInvalid:
        """The error to raise about this line."""
        return SeedRowInvalid(
            LocalizedText(
                f"Tệp {self.file}, dòng {self.line}: {vi}", f"File {self.file}, line {self.line}: {en}"
            )
        )

    def text(self, column: str) -> str:
        """A cell that must not be empty."""
        value = self.cells[column]
        if not value:
            raise self.error(f"cột {column} đang trống.", f"column {column} is empty.")
        return value

    def optional(self, column: str) -> str | None:
        """A cell; None when empty."""
        return self.cells[column] or None

    def localized(self, prefix: str) -> LocalizedText:
        """`<prefix>_vi`, required, and `<prefix>_en`."""
        return LocalizedText(self.text(f"{prefix}_vi"), self.optional(f"{prefix}_en"))

    def words(self, column: str) -> tuple[str, ...]:
        """Words separated by `|`."""
        return tuple(word.strip() for word in self.cells[column].split("|") if word.strip())

    def number(self, column: str) -> float | None:
        """A decimal number; None when empty."""
        value = self.cells[column]
        try:
            return float(value) if value else None
        except ValueError:
            raise self.error(
                f"cột {column} phải là số, không phải “{value}”.",
                f"column {column} must be a number, not “{value}”.",
            ) from None

    def whole(self, column: str) -> int | None:
        """A whole number; None when empty."""
        value = self.cells[column]
        if value and not value.isdecimal():
            raise self.error(
                f"cột {column} phải là số nguyên, không phải “{value}”.",
                f"column {column} must be a whole number, not “{value}”.",
            )
        return int(value) if value else None

    def flag(self, column: str) -> bool | None:
        """1 is true, 0 is false, empty is not known."""
        value = self.cells[column]
        if value not in ("", "0", "1"):
            raise self.error(
                f"cột {column} chỉ nhận 1, 0 hoặc để trống.", f"column {column} takes 1, 0 or nothing."
            )
        return value == "1" if value else None

    def day(self, column: str) -> date | None:
        """An ISO date; None when empty."""
        value = self.cells[column]
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            raise self.error(
                f"cột {column} phải là ngày dạng NĂM-THÁNG-NGÀY.", f"column {column} must be YYYY-MM-DD."
            ) from None


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[CsvRow]:
    """The lines of a UTF-8 CSV file whose header has all of `columns`; cells trimmed, NFC."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise SeedFileMissing(
            LocalizedText(f"Không đọc được tệp {path}.", f"The file {path} cannot be read: {error}.")
        ) from error
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        names = ", ".join(missing)
        raise SeedFileMissing(
            LocalizedText(f"Tệp {path.name} thiếu cột: {names}.", f"The file {path.name} lacks: {names}.")
        )
    for cells in reader:
        row = CsvRow(path.name, reader.line_num, _tidy(cells))
        if None in cells or None in cells.values():
            raise row.error("số ô không khớp với dòng tiêu đề.", "cells and header differ in number.")
        yield row


def _tidy(cells: Mapping[str | None, object]) -> dict[str, str]:
    return {name: nfc(value).strip() for name, value in cells.items() if name and isinstance(value, str)}
