"""Which encoding a text is in: proved by its bytes, or judged by which reading makes Vietnamese syllables."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from portal.tables.legacy import Repair, from_tcvn3, from_viscii, from_vni
from portal.tables.syllables import share_of_vietnamese

SAMPLE_BYTES = 512 * 1024
_SURE = 0.85
_CLEAR_LEAD = 0.1
_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Encoding:
    """`codec` turns bytes into characters, `repair` characters of old fonts into letters, cell by cell."""

    name: str
    codec: str
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """The encoding taken; `why` is `marked`, `valid`, `judged`, `unsure` or `chosen`; `readings` are the
    beginnings of the text in this and the next best encoding where the choice is not sure."""

    encoding: Encoding
    why: str
    readings: tuple[tuple[str, str], ...] = ()
    damaged_bytes: int = 0


ENCODINGS = {
    each.name: each
    for each in (
        Encoding("utf-8", "utf-8-sig"),
        Encoding("utf-16-le", "utf-16-le"),
        Encoding("utf-16-be", "utf-16-be"),
        Encoding("windows-1258", "cp1258"),
        Encoding("windows-1252", "cp1252"),
        Encoding("viscii", "latin-1", from_viscii),
        Encoding("tcvn3", "cp1252", from_tcvn3),
        Encoding("vni", "cp1252", from_vni),
    )
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EIGHT_BIT = ("windows-1258", "tcvn3", "vni", "viscii")


def choose(path: Path, override: str | None = None) -> EncodingChoice:
    """The encoding of a file; `override` is a name of `ENCODINGS` that a person has chosen."""
    if override is not None and override in ENCODINGS:
        return EncodingChoice(ENCODINGS[override], "chosen")
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return EncodingChoice(ENCODINGS[name], "marked")
    wide = _wide(sample)
    if wide is not None:
        return EncodingChoice(ENCODINGS[wide], "judged")
    damaged = _utf8_damage(path)
    if damaged is not None:
        return EncodingChoice(ENCODINGS["utf-8"], "valid", damaged_bytes=damaged)
    return _judge(_telling(path))


def decoded(data: bytes, encoding: Encoding) -> str:
    """`data` as text, old fonts repaired; what cannot be read becomes U+FFFD."""
    text = _decode(data, encoding.codec)
    return encoding.repair(text).text if encoding.repair else text


def lines_of(path: Path, encoding: Encoding, most: int = -1) -> Iterator[str]:
    """The file's text in lines that keep their ends, cut at `most` characters; old fonts not yet repaired."""
    with path.open(encoding=encoding.codec, errors=ERRORS, newline="") as file:
        first = True
        while line := file.readline(most):
            yield line.removeprefix("\ufeff") if first else line
            first = False


def repair_for(text: str) -> str | None:
    """The old font that Unicode text inside a spreadsheet was typed in, or None where it reads well as it is."""
    if text.isascii():
        return None
    as_it_is = share_of_vietnamese(text)
    if as_it_is >= _SURE:
        return None
    scores = {name: share_of_vietnamese(decoded_text(text, name)) for name in ("tcvn3", "vni")}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _SURE and scores[best] - as_it_is >= 0.3 else None


def decoded_text(text: str, name: str) -> str:
    """Characters of an old font as letters."""
    repair = ENCODINGS[name].repair
    return repair(text).text if repair else text


def _keep_byte(error: UnicodeError) -> tuple[str, int]:
    """Bytes that windows-1252 leaves empty are read as Latin-1, others become U+FFFD."""
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start]
    known = error.encoding in ("charmap", "cp1252") and 0x80 <= byte <= 0x9F
    return (chr(byte) if known else "\ufffd", error.start + 1 if known else error.end)


ERRORS = "portal-keep-byte"
codecs.register_error(ERRORS, _keep_byte)


def _decode(data: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)(ERRORS).decode(data)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: the blanks, digits and delimiters of a table have an empty byte beside them."""
    ends = sample.count(b"\n")
    if max(sample.count(b"\n\0"), sample.count(b"\0\n")) * 2 < ends:
        # Lines end as in texts of one byte a letter: the empty bytes are damage.
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    least = len(sample) // 2 * 0.15
    if odd > least and odd > 8 * even:
        return "utf-16-le"
    return "utf-16-be" if even > least and even > 8 * odd else None


def _utf8_damage(path: Path) -> int | None:
    """How many places are not UTF-8 in a file that otherwise is, or None where it is another encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    wrong = right = 0
    with path.open("rb") as file:
        while piece := file.read(SAMPLE_BYTES):
            if piece.isascii() and not wrong:
                continue
            text = decoder.decode(piece)
            wrong += text.count("\ufffd") - piece.count(b"\xef\xbf\xbd")
            right += len(piece) - len(text)
            if wrong > 50 and wrong * 20 > right:
                return None
    return wrong if wrong * 20 <= right else None


def _telling(path: Path) -> bytes:
    """Lines with bytes beyond ASCII, from anywhere in the file: its beginning may be plain."""
    kept, total = [], 0
    with path.open("rb") as file:
        while total < SAMPLE_BYTES and (line := file.readline(64 * 1024)):
            if not line.isascii():
                kept.append(line)
                total += len(line)
    return b"".join(kept)


def _judge(sample: bytes) -> EncodingChoice:
    texts = {name: decoded(sample, ENCODINGS[name]) for name in _EIGHT_BIT}
    scores = {name: share_of_vietnamese(text) for name, text in texts.items()}
    best, second = sorted(scores, key=lambda name: -scores[name])[:2]
    if scores[best] >= _SURE and scores[best] - scores[second] >= _CLEAR_LEAD:
        return EncodingChoice(ENCODINGS[best], "judged")
    if scores[best] < 0.5:
        return EncodingChoice(_foreign(sample), "unsure", ((best, texts[best][:_EXCERPT]),))
    readings = tuple((name, texts[name][:_EXCERPT]) for name in (best, second))
    return EncodingChoice(ENCODINGS[best], "unsure", readings)


def _foreign(sample: bytes) -> Encoding:
    """An encoding of another language; windows-1252 where nothing is known."""
    found = from_bytes(sample[: 64 * 1024]).best()
    name = found.encoding if found is not None else "cp1252"
    return Encoding(name, name)
