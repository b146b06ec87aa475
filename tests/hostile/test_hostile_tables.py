"""Files made to hurt (T22 to T25): each is refused with its reason, the next file is read, the parent stays small."""

from __future__ import annotations

import io
import json
import resource
import zipfile
from pathlib import Path

import pytest

from portal.files.sandbox import MEBIBYTE, Limits
from portal.tables.reading import read
from portal.tables.values import FileReport, ReadLimits, SourceFile

LIMITS = ReadLimits(
    unpacked_bytes=64 * MEBIBYTE, members=100, held_bytes=20 * MEBIBYTE, cell_bytes=256 * 1024, columns=500
)
SANDBOX = Limits(memory_bytes=1024 * MEBIBYTE, processor_seconds=20, seconds=60.0)
TYPES = "[Content_Types].xml"
BOOK = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'


def packed(members: list[tuple[str, bytes | str]], *, level: int = 9) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def lying(archive: bytes) -> bytes:
    """The same archive, saying that its only large member unpacks to ten bytes."""
    size = (100 * MEBIBYTE).to_bytes(4, "little")
    return archive.replace(size, (10).to_bytes(4, "little"))


def locked(archive: bytes) -> bytes:
    """Says of every member that it is encrypted."""
    made = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = made.find(mark)
        while start >= 0:
            made[start + offset] |= 1
            start = made.find(mark, start + 4)
    return bytes(made)


ZEROS = bytes(100 * MEBIBYTE)
FILES: dict[str, tuple[bytes | str, str]] = {
    "bomb.xlsx": (packed([(TYPES, "x"), ("xl/workbook.xml", BOOK), ("xl/s.xml", ZEROS)]), "unpacks-too-large"),
    "tight.xlsx": (packed([(TYPES, "x"), ("xl/workbook.xml", BOOK), ("xl/s.xml", ZEROS[: 50 * MEBIBYTE])]), "suspicious-archive"),
    "lying.zip": (lying(packed([("data.csv", ZEROS)])), "damaged"),
    "many.zip": (packed([(f"{n}.csv", "a,b\n1,2\n") for n in range(101)]), "suspicious-archive"),
    "nested.zip": (packed([("inner.zip", packed([("a.csv", "a,b\n1,2\n")]))]), "suspicious-archive"),
    "laughs.xlsx": (packed([(TYPES, "x"), ("xl/workbook.xml", LAUGHS)]), "document-type"),
    "locked.xlsx": (locked(packed([(TYPES, "x"), ("xl/workbook.xml", BOOK)])), "encrypted"),
    "cut.xlsx": (packed([(TYPES, "x"), ("xl/workbook.xml", BOOK)])[:-30], "damaged"),
    "hollow.xlsx": (packed([(TYPES, "x"), ("xl/workbook.xml", "not xml")]), "damaged"),
    "large.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(21 * MEBIBYTE), "not-a-table"),
    "cell.csv": ("a,b\n1," + "x" * 300_000 + "\n", "cell-too-long"),
    "line.csv": ("a,b\n1," + "x" * 5_000_000, "cell-too-long"),
    "quote.csv": ('a,b\n1,"x\n' + "2,y\n" * 100_000, "broken-quote"),
    "columns.csv": (",".join(f"c{n}" for n in range(501)) + "\n" + ",".join("1" * 501) + "\n", "too-many-columns"),
    "shifted.csv": ("a,b\n" + "1,2\n" * 150 + "1,2,3\n" * 50, "broken-row"),
    "deep.json": ("[" * 200_000 + "]" * 200_000, "too-deep"),
    "integer.json": ('[{"a": ' + "9" * 1_000_000 + "}]", "broken-json"),
    "comma.json": ('[{"a": 1},\n{"a": 2},\n{"a" 3}]', "broken-json"),
    "scalar.json": (json.dumps([1, 2, 3]), "not-records"),
    "page.csv": ("<!doctype html><script>alert(1)</script>", "not-a-table"),
    "empty.csv": ("", "empty"),
    "bytes.parquet": (b"PAR1" + bytes(range(256)) * 40 + b"PAR1", "damaged"),
    "dark.bin": (bytes(range(256)) * 10, "not-a-table"),
}  # fmt: skip
# ruff: noqa: E501 - one file, one line.


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FileReport]:
    folder = tmp_path_factory.mktemp("hostile")
    names = [*FILES, "good.csv"]
    for name in names:
        content = FILES[name][0] if name in FILES else "tên;số\na;1\n"
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    sources = [SourceFile(folder / name, name) for name in names]
    return dict(zip(names, read(sources, folder / "made", limits=LIMITS, sandbox=SANDBOX), strict=True))


@pytest.mark.parametrize("name", FILES)
def test_t22_to_t25_a_hostile_file_is_refused_with_its_reason(
    name: str, reports: dict[str, FileReport]
) -> None:
    report = reports[name]
    assert report.refusal is not None, report.tables
    assert report.refusal.code == FILES[name][1]
    for text in (report.refusal.message, report.refusal.remedy):
        assert text.vi and text.en and "{" not in text.vi + text.en and "?" not in text.vi


def test_the_file_after_them_is_read_as_ever(reports: dict[str, FileReport]) -> None:
    assert reports["good.csv"].refusal is None
    assert reports["good.csv"].tables[0].rows == 1


def test_a_broken_row_is_named_by_its_line(reports: dict[str, FileReport]) -> None:
    refusal = reports["quote.csv"].refusal
    assert refusal is not None and refusal.values["row"] == 2
    refusal = reports["comma.json"].refusal
    assert refusal is not None and refusal.values["row"] == 3


def test_the_parent_carries_no_weight(reports: dict[str, FileReport], tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("a;b\n" + "xyz;12,5\n" * 2_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (report,) = read([SourceFile(path, "wide.csv")], tmp_path / "made", sandbox=SANDBOX)
    assert report.refusal is None and report.tables[0].rows == 2_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_markup_and_formulas_are_text_and_stay_as_typed(tmp_path: Path) -> None:
    path = tmp_path / "formulas.csv"
    typed = ["=HYPERLINK(1)", "+1+cmd|x", "@SUM(A1)", "<img src=x onerror=alert(1)>"]
    path.write_text("a;<b>x</b>\n" + "".join(f"{n};{cell}\n" for n, cell in enumerate(typed)))
    (report,) = read([SourceFile(path, "formulas.csv")], tmp_path / "made", sandbox=SANDBOX)
    column = report.tables[0].columns[1]
    assert (column.name, column.key, column.profile.examples) == ("<b>x</b>", "b_x_b", tuple(typed[:3]))
