"""Joins a described dataset (`datasets/records/*.toml`) with the rows that the portal makes for it."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar, cast, get_args

from portal.errors import Invalid
from portal.seed.dataset import ColumnType, SeedColumn, SeedDataset, SeedFile
from portal.text import LocalizedText, nfc

T = TypeVar("T")
Cell = str | int | float | bool | date | None
Rows = Callable[[], Iterable[Sequence[Cell]]]
"""Makes the rows of one file, in the order of the described columns."""

# The portal speaks for itself here: no agency of the city published these tables.
COMPILER = "Ban biên soạn Cổng dữ liệu mở"
# Descriptions name them as {astral}: readers see which version reckoned the table.
_LIBRARIES = ("astral", "holidays")


class DescriptionInvalid(Invalid):
    """A file of `datasets/records` lacks something, or describes a file that nobody makes."""


class _Described:
    """The facts of one TOML file; asking for what is not there, or is not that, names file and key."""

    def __init__(self, file: str, facts: Mapping[str, object]) -> None:
        self.file = file
        self._facts = facts

    def value(self, key: str, kind: type[T]) -> T:
        """A required value of one type."""
        found = self.optional(key, kind)
        if found is None:
            raise DescriptionInvalid(
                LocalizedText(f"Tệp {self.file} thiếu “{key}”.", f"{self.file} lacks “{key}”.")
            )
        return found

    def optional(self, key: str, kind: type[T]) -> T | None:
        """A value of one type, or None."""
        found = self._facts.get(key)
        if found is not None and not isinstance(found, kind):
            raise DescriptionInvalid(
                LocalizedText(
                    f"Tệp {self.file}: “{key}” sai kiểu.", f"{self.file}: “{key}” is of a wrong type."
                )
            )
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(str(word) for word in self.value(key, list))

    def text(self, prefix: str) -> LocalizedText:
        """`<prefix>_vi` and `<prefix>_en`."""
        return LocalizedText(self.value(f"{prefix}_vi", str).strip(), self.value(f"{prefix}_en", str).strip())

    def tables(self, key: str) -> list[_Described]:
        """The TOML tables of an array."""
        return [_Described(self.file, table) for table in self.optional(key, list) or []]


def described_datasets(folder: Path, rows: Mapping[str, Rows]) -> list[SeedDataset]:
    """The datasets whose files are made by `rows` (file name -> its rows), in the order of `rows`."""
    paths = sorted((folder / "records").glob("*.toml"))
    records = {path.stem: _read(path) for path in paths}
    owner = {file.value("name", str): name for name, each in records.items() for file in each.tables("files")}
    unknown = ", ".join(sorted(set(rows) - set(owner)))
    if unknown:
        raise DescriptionInvalid(
            LocalizedText(f"Chưa có phần mô tả cho: {unknown}.", f"Nothing describes: {unknown}.")
        )
    names = dict.fromkeys(owner[file] for file in rows)
    return [_dataset(name, records[name], _columns(folder, records[name]), rows) for name in names]


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """RFC 4180 in UTF-8 with a byte-order mark, without which Excel breaks Vietnamese."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _read(path: Path) -> _Described:
    text = nfc(path.read_text(encoding="utf-8"))
    for library in _LIBRARIES:
        text = text.replace(f"{{{library}}}", version(library))
    try:
        return _Described(path.name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DescriptionInvalid(
            LocalizedText(f"Tệp {path.name} sai cú pháp TOML: {error}.", f"{path.name}: {error}.")
        ) from error


def _columns(folder: Path, record: _Described) -> tuple[SeedColumn, ...]:
    shared = record.optional("columns_of", str)
    source = _read(folder / "records" / "columns" / f"{shared}.toml") if shared else record
    return tuple(_column(each) for each in source.tables("columns"))


def _column(column: _Described) -> SeedColumn:
    kind = column.value("type", str)
    if kind not in get_args(ColumnType):
        raise DescriptionInvalid(
            LocalizedText(f"Tệp {column.file}: không có kiểu “{kind}”.", f"{column.file}: no type “{kind}”.")
        )
    return SeedColumn(
        name=column.value("name", str),
        title=column.text("title"),
        type=cast(ColumnType, kind),
        unit=column.optional("unit", str),
        description=column.text("description") if column.optional("description_vi", str) else None,
    )


def _dataset(
    name: str, record: _Described, columns: tuple[SeedColumn, ...], rows: Mapping[str, Rows]
) -> SeedDataset:
    header = [column.name for column in columns]
    issued = record.value("issued", date)
    return SeedDataset(
        identifier=name,
        title=record.text("title"),
        description=record.text("description"),
        keywords=record.words("keywords"),
        themes=record.words("themes"),
        publisher=COMPILER,
        supplier=None,
        places=record.words("places"),
        temporal=(record.optional("start", date), record.optional("end", date)),
        frequency=record.value("frequency", str),
        licence=record.value("licence", str),
        source=record.value("source", str),
        illustrative=False,
        issued=issued,
        modified=record.optional("modified", date) or issued,
        columns=columns,
        files=tuple(_file(each, header, rows) for each in record.tables("files")),
    )


def _file(file: _Described, header: Sequence[str], rows: Mapping[str, Rows]) -> SeedFile:
    name = file.value("name", str)
    if name not in rows:
        raise DescriptionInvalid(
            LocalizedText(f"Không có phần tính cho tệp {name}.", f"Nothing makes the file {name}.")
        )
    return SeedFile(name, file.text("title"), lambda: csv_bytes(header, rows[name]()))
