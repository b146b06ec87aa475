"""What the engine splits by itself is what the careful reader makes of it, cell by cell and note by note."""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.tables.values import FileReport, Overrides
from tests.tables.conftest import Read, cells, named

# Any 8-bit encoding with letters of its own is read cell by cell; on plain ASCII it changes nothing.
CAREFULLY = Overrides(encoding="tcvn3")
CELLS = (
    "a",
    "bc d",
    "1",
    "12.5",
    "007",
    "x  y",
    " z ",
    "",
    "T",
    "Tong cong",
    "tong so",
    "Cong ty",
    "0",
    "\t",
)
QUOTED = ('"a,b"', '"two\nlines"', '"say ""ja"""', '""', '"c;d"', '"Total"', '"x\ty"', '", ""z"""', "'q'")
ODD = (
    ' "a"',
    '"a" ',
    '"b"c',
    'd"e',
    '"',
    ',",',
    '"x" "y"',
    '"""',
    ' ""',
    "'",
    "'a",
    '"\r"',
    "\r",
    "Nguon: x",
)
ENDS = ("\n", "\n", "\n", "\r\n", "\n\n", ",\n", "\n \n", ",,,\n")


def text(number: int) -> str:
    """A table, most often regular, sometimes with a few things that people and programs do to tables."""
    chance = random.Random(number)
    width, oddness = chance.choice((1, 2, 3, 3, 4)), chance.choice((0, 0, 0.02, 0.1))
    header = [f"name {place}" for place in range(width)]
    lines = [",".join(header) + "\n"]
    end = chance.choice(ENDS[:4])
    for _ in range(chance.randrange(1, 25)):
        row = [chance.choice(QUOTED if chance.random() < 0.2 else CELLS) for _ in range(width)]
        if chance.random() < oddness:
            row[chance.randrange(width)] = chance.choice(ODD)
        if chance.random() < oddness / 3:
            row = chance.choice((header, row[:-1], [*row, "more"], ["Ghi chú: x", *[""] * (width - 1)]))
        lines.append(",".join(row) + (chance.choice(ENDS) if chance.random() < oddness else end))
    return "".join(lines).removesuffix("\n" if number % 3 else "").encode("ascii", "ignore").decode()


def told(report: FileReport) -> dict[str, Any]:
    """All of a report but where it lies, with all cells."""
    tables = []
    for table in report.tables:
        columns = {column.name: cells(table, column) for column in table.columns}
        tables.append((replace(table, parquet=Path()), columns))
    return {"refusal": report.refusal, "notes": report.notes, "tables": tables}


def test_both_ways_of_reading_agree(read_all: Read) -> None:
    texts = {f"{number}.csv": text(number) for number in range(300)}
    fast = read_all(texts)
    careful = read_all(texts, dict.fromkeys(texts, CAREFULLY))
    for name, content in texts.items():
        assert told(fast[name]) == told(careful[name]), repr(content)
        assert fast[name].refusal is None or fast[name].refusal.code != "not-understood", repr(content)
    assert sum(bool(report.tables) for report in fast.values()) > 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1258"])
def test_a_body_is_clean_in_every_encoding(encoding: str, read_all: Read) -> None:
    row = "Đà Nẵng,\u200bHải\xa0 Châu,“ẩn ý”,đời ðó\r\n"
    content = ("tên,phường,chữ,eth\r\n" + row * 400).replace("\u200b", "\u200b" if "utf" in encoding else "")
    if encoding == "cp1258":
        content = for_windows(content.replace("ð", "đ"))
    table = read_all({"a.csv": content.encode(encoding)})["a.csv"].tables[0]
    assert table.rows == 400
    assert [set(cells(table, column)) for column in table.columns] == [
        {"Đà Nẵng"}, {"Hải Châu"}, {"“ẩn ý”"}, {"đời đó"},
    ]  # fmt: skip


def for_windows(text: str) -> str:
    """Windows-1258 writes tones behind their letters."""
    parts = unicodedata.normalize("NFD", text)
    tones = "\u0300\u0301\u0303\u0309\u0323"
    swapped = re.sub(f"([{tones}])([\u0302\u0306\u031b])", r"\2\1", parts)
    return re.sub(f"[^{tones}]+", lambda found: unicodedata.normalize("NFC", found[0]), swapped)


def test_captions_units_and_totals_stay_with_a_body(read_all: Read) -> None:
    lines = "".join(f"{number},Phường {number % 7},{number / 4}\n" for number in range(500))
    content = f"BÁO CÁO,,\nĐơn vị tính: ha,,\nSTT,Phường,Diện tích\n{lines},Tổng cộng,31187.5\n"
    table = read_all({"a.csv": content})["a.csv"].tables[0]
    assert (table.rows, table.total_rows, table.captions) == (501, (501,), ("BÁO CÁO", "Đơn vị tính: ha"))
    area = named(table, "Diện tích")
    assert (area.unit, area.profile.most, cells(table, area)[0]) == ("ha", "124.75", 0.0)
