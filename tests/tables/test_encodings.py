"""Vietnamese in every encoding that offices have used becomes the same letters."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

from portal.tables.encodings import ENCODINGS, decoded
from portal.tables.syllables import is_syllable, share_of_vietnamese
from portal.tables.values import FileReport, Overrides
from tests.tables.conftest import Read, cells, named

ROWS = [
    ("Tên trường", "Địa chỉ", "Phường xã"),
    ("Trường Tiểu học Nguyễn Huệ", "134 Quang Trung", "Thạch Thang"),
    ("Trạm y tế phường Thạc Gián", "439 Lê Duẩn", "Thạc Gián"),
    ("Nhà sinh hoạt cộng đồng thôn Phước Hưng Nam", "đường Hoàng Sa, xã Hòa Nhơn", "Hòa Nhơn"),
    ("Bệnh viện Đa khoa quận Cẩm Lệ", "ngõ 5 Cách Mạng Tháng Tám", "Khuê Trung"),
]
TEXT = "".join(";".join(row) + "\r\n" for row in ROWS)
# The tables of the two font families, written here a second time from the other side: letter to bytes.
VNI_TONES = dict(zip("\u0301\u0300\u0309\u0303\u0323", "ùøûõï", strict=True))
VNI_HATS = {"â": "áàåãä", "ê": "áàåãä", "ô": "áàåãä", "ă": "éèúüë"}
VNI_PLAIN = {"â": "aâ", "ê": "eâ", "ô": "oâ", "ă": "aê", "ơ": "ô", "ư": "ö", "đ": "ñ"}
VNI_WHOLE = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


def vni(text: str) -> bytes:
    return "".join(vni_letter(letter) for letter in text).encode("cp1252")


def vni_letter(letter: str) -> str:
    small = letter.lower()
    tone = next((c for c in unicodedata.normalize("NFD", small) if c in VNI_TONES), None)
    base = unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", small) if c != tone))
    if small in VNI_WHOLE:
        written = VNI_WHOLE[small]
    elif tone and base in VNI_HATS:
        written = VNI_PLAIN[base][0] + VNI_HATS[base][list(VNI_TONES).index(tone)]
    else:
        written = VNI_PLAIN.get(base, base) + (VNI_TONES[tone] if tone else "")
    return written.upper() if letter.isupper() else written


def iconv(text: str, encoding: str) -> bytes:
    command = ["iconv", "-f", "UTF-8", "-t", encoding]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout


def tcvn3(text: str) -> bytes:
    """What a .VnTime document holds: capitals with a tone are the small letter's code."""
    plain = "".join(c if c in "ĂÂÊÔƠƯĐ" or c.isascii() else c.lower() for c in text)
    # iconv writes composed capitals of VN1 nowhere here: only those seven occur.
    return iconv(plain, "TCVN5712-1")


def cp1258(text: str) -> bytes:
    tones = "\u0300\u0301\u0303\u0309\u0323"
    pieces = []
    for letter in text:
        try:
            pieces.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
            pieces.append((base + "".join(c for c in parts if c in tones)).encode("cp1258"))
    return b"".join(pieces)


WRITERS = {
    "utf-8": lambda text: text.encode(),
    "utf-8-marked": lambda text: text.encode("utf-8-sig"),
    "utf-16-marked": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text).encode(),
    "windows-1258": cp1258,
    "vni": vni,
    "tcvn3": tcvn3,
    "viscii": lambda text: iconv(text, "VISCII"),
}
needs_iconv = pytest.mark.skipif(shutil.which("iconv") is None, reason="iconv is not installed")


@pytest.fixture(scope="module")
def reports(read_all: Read) -> dict[str, FileReport]:
    if shutil.which("iconv") is None:
        pytest.skip("iconv is not installed")
    return read_all({f"{name}.csv": write(TEXT) for name, write in WRITERS.items()})


@pytest.mark.parametrize("name", WRITERS)
def test_letters_are_the_same_in_every_encoding(name: str, reports: dict[str, FileReport]) -> None:
    report = reports[f"{name}.csv"]
    assert report.refusal is None
    (table,) = report.tables
    assert [column.name for column in table.columns] == list(ROWS[0])
    for position, column in enumerate(table.columns):
        assert cells(table, column) == [row[position] for row in ROWS[1:]]
    assert report.readings == ()


@needs_iconv
@pytest.mark.parametrize(
    ("name", "known_as", "first"), [("viscii", "VISCII", 0x80), ("tcvn3", "TCVN5712-1", 0xA1)]
)
def test_tables_agree_with_iconv_where_it_knows_the_encoding(name: str, known_as: str, first: int) -> None:
    for byte in range(first, 0x100):
        command = ["iconv", "-f", known_as, "-t", "UTF-8"]
        wanted = subprocess.run(command, input=bytes([byte]), capture_output=True, check=True).stdout.decode()
        ours = decoded(bytes([byte]), ENCODINGS[name])
        # A letter alone in capitals is not raised, so positions of capitals must agree as they are.
        assert ours == wanted, hex(byte)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("ÑAØ NAÜNG, thaønh phoá ñaùng soáng", "ĐÀ NẴNG, thành phố đáng sống"),
        ("Khuûyu tay, quyønh, huyùt saùo", "Khủyu tay, quỳnh, huýt sáo"),
    ],
)
def test_vni_reads_pairs_of_letters(typed: str, meant: str) -> None:
    assert decoded(typed.encode("cp1252"), ENCODINGS["vni"]) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("§µ N½ng", "Đà Nẵng"),
        ("UBND THµNH PHè §µ N½NG", "UBND THÀNH PHỐ ĐÀ NẴNG"),
        ("TP §µ N½ng", "TP Đà Nẵng"),
        ("Së Y TÕ", "Sở Y Tế"),
    ],
)
def test_tcvn3_raises_toned_letters_only_in_words_of_capitals(typed: str, meant: str) -> None:
    assert decoded(typed.encode("cp1252"), ENCODINGS["tcvn3"]) == meant


def test_a_column_says_how_many_letters_were_raised(read_all: Read) -> None:
    text = "§¬n vÞ;Sè\nTHµNH PHè §µ N½NG;1\nPh­êng H¶i Ch©u;2\n"
    report = read_all({"a.csv": text.encode("cp1252")})["a.csv"]
    column = named(report.tables[0], "Đơn vị")
    assert cells(report.tables[0], column) == ["THÀNH PHỐ ĐÀ NẴNG", "Phường Hải Châu"]
    assert {note.code: note.count for note in column.warnings} == {"capitals-raised": 4}


def test_two_readings_are_offered_where_bytes_do_not_decide(read_all: Read) -> None:
    odd = "tªn;sè\nXyzµ qwrtþ;1\nBcdfß kkõ l©u;2\n".encode("cp1252")
    report = read_all({"a.csv": odd})["a.csv"]
    assert len(report.readings) >= 1
    assert any(note.code == "encoding-unsure" for note in report.notes)
    chosen = read_all({"a.csv": odd}, {"a.csv": Overrides(encoding="tcvn3")})["a.csv"]
    assert chosen.encoding == "tcvn3"
    assert [column.name for column in chosen.tables[0].columns] == ["tên", "số"]


@pytest.mark.shared
def test_real_words_of_the_city_are_syllables(shared: Path) -> None:
    path = shared / "data/files/danang-portal/phong_chong_thien_tai/thong_tin_cac_nha_tru_bao.csv"
    assert share_of_vietnamese(path.read_text("utf-8-sig")) > 0.99


@pytest.mark.parametrize("word", ["nghiêng", "KHUỶU", "Quyền", "giữa", "đường", "ưỡn", "yếu", "Ê"])
def test_syllables(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["đươngf", "Ttrường", "kàm5", "wă", "éé", "cafééé", "iôm"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_empty_bytes_in_a_text_of_one_byte_a_letter_are_damage(read_all: Read) -> None:
    report = read_all({"nul.csv": b"ten,so\nA\0B,1\nC\0,2\nD,3\n"})["nul.csv"]
    assert report.encoding == "utf-8" and report.refusal is None
    assert cells(report.tables[0], "ten") == ["AB", "C", "D"]
