"""Vietnamese before Unicode: VISCII, TCVN3 (.VnTime fonts) and VNI, turned into Unicode by own tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# Positions 0x80 to 0xFF, and the six capitals that VISCII put among the control characters.
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
# Positions 0xA1 to 0xFF of TCVN 5712; fonts of the third kind use the small letters and seven capitals of it.
_TCVN = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323"
    "àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_VISCII_MAP = {**dict(enumerate(_VISCII, 0x80)), **_VISCII_LOW}
_TCVN_MAP = dict(enumerate(_TCVN, 0xA1))
_TCVN_TONED = frozenset(c for c in _TCVN if c.islower() and c not in "ăâêôơưđ")

_VNI_MARKS = {
    "a": dict(zip("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ", strict=True)),
    "e": dict(zip("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ", strict=True)),
    "o": dict(zip("ùøûõïâáàåãä", "óòỏõọôốồổỗộ", strict=True)),
    "u": dict(zip("ùøûõï", "úùủũụ", strict=True)),
    "y": dict(zip("ùøûõ", "ýỳỷỹ", strict=True)),
    "ô": dict(zip("ùøûõï", "ớờởỡợ", strict=True)),
    "ö": dict(zip("ùøûõï", "ứừửữự", strict=True)),
}
_VNI_SINGLE = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))
_WORD = re.compile(r"[^\W\d_]+")


def _vni_table() -> dict[str, str]:
    small = {base + mark: letter for base, marks in _VNI_MARKS.items() for mark, letter in marks.items()}
    small |= _VNI_SINGLE
    # A capital letter with a small mark is what shift lock and some programs leave behind.
    mixed = {pair[0].upper() + pair[1:]: letter.upper() for pair, letter in small.items() if len(pair) == 2}
    return {**small, **{pair.upper(): letter.upper() for pair, letter in small.items()}, **mixed}


_VNI = _vni_table()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Repaired:
    """A cell in Unicode, and how many letters were raised because the word around them is in capitals."""

    text: str
    raised: int = 0


Repair = Callable[[str], Repaired]


def from_viscii(text: str) -> Repaired:
    """`text`: the bytes read as Latin-1."""
    return Repaired(text.translate(_VISCII_MAP))


def from_vni(text: str) -> Repaired:
    """`text`: the bytes read as windows-1252, as spreadsheets also keep them inside Unicode."""
    return Repaired(_VNI_PATTERN.sub(lambda found: _VNI[found[0]], text))


def from_tcvn3(text: str) -> Repaired:
    """`text`: the bytes read as windows-1252. Small letters are exact. Capitals with a tone do not exist in
    these fonts: a second font shows the small ones as capitals, which a file of text does not tell. In words
    that are otherwise in capitals they are raised, and counted."""
    if text.isascii():
        return Repaired(text)
    plain = unicodedata.normalize("NFC", text.translate(_TCVN_MAP))
    words = list(_WORD.finditer(plain))
    kinds = [_kind(word[0]) for word in words]
    pieces, end, raised = [], 0, 0
    for index, word in enumerate(words):
        pieces.append(plain[end : word.start()])
        if _is_capital(kinds, index):
            raised += sum(c in _TCVN_TONED for c in word[0])
            pieces.append(word[0].upper())
        else:
            pieces.append(word[0])
        end = word.end()
    return Repaired("".join(pieces) + plain[end:], raised)


def _kind(word: str) -> str:
    """`capital`, `small`, or `open` where the letters without a tone do not decide."""
    telling = [c for c in word if c not in _TCVN_TONED]
    if any(c.islower() for c in telling):
        return "small"
    return "capital" if len(telling) > 1 else "open"


def _is_capital(kinds: list[str], index: int) -> bool:
    if kinds[index] != "open":
        return kinds[index] == "capital"
    before = next((kind for kind in reversed(kinds[:index]) if kind != "open"), None)
    after = next((kind for kind in kinds[index + 1 :] if kind != "open"), None)
    return {before, after} - {None} == {"capital"}
