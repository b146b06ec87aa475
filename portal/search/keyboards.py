"""What Vietnamese keyboards leave behind when they are off: dduwowngf and d9u7o7ng2 are đường."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from portal.search import analysis
from portal.text import fold

_ONSETS = "|".join("ngh nh ng gh gi kh ph qu th tr ch b c d đ g h k l m n p r s t v x".split())
_RIMES = frozenset(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong "
    "ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uy uya uych uyêt uyên uynh uyt uyu "
    "uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu ynh".split()
)
_BARE_RIMES = frozenset(map(fold, _RIMES))
_SYLLABLE = re.compile(rf"(?P<onset>{_ONSETS})?(?P<rime>[aăâeêioôơuưy].*)")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
# Syllables closed by a stop have only these two tones.
_STOPPED_TONES = frozenset({"\u0301", "\u0323"})
_STOPS = ("c", "ch", "p", "t")

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_VNI_MARKS = {"6": ("aeo", "âêô"), "7": ("uo", "ươ"), "8": ("a", "ă")}
_VOWELS = frozenset("aăâeêioôơuưy")
# Marks that hurried typists leave out beside those they typed, tried in this order: dduwocj, tiens, thuoocj.
_HALF_MARKED = (
    ("", ""),
    ("enh", "ênh"),
    ("ech", "êch"),
    ("ưo", "ươ"),
    ("uơ", "ươ"),
    ("ie", "iê"),
    ("ye", "yê"),
    ("uo", "ươ"),
    ("uo", "uô"),
)


@lru_cache(maxsize=8192)
def is_possible(syllable: str) -> bool:
    """Whether a lower-case syllable with its diacritics could be Vietnamese."""
    decomposed = unicodedata.normalize("NFD", syllable)
    tones = [mark for mark in decomposed if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in decomposed if mark not in _TONES))
    match = _SYLLABLE.fullmatch(bare)
    if match is None or len(tones) > 1:
        return False
    rime = match["rime"]
    # The u of qu and the i of gi belong to the onset, unless nothing else is left of the rime.
    if rime not in _RIMES and not (match["onset"] == "gi" and f"i{rime}" in _RIMES):
        return bare in {"gi", "gin", "giêng", "giêt"}
    return not (tones and rime.endswith(_STOPS)) or tones[0] in _STOPPED_TONES


@lru_cache(maxsize=8192)
def is_possible_bare(folded: str) -> bool:
    """Whether a syllable without diacritics could be Vietnamese with some."""
    match = _SYLLABLE.fullmatch(folded)
    return match is not None and fold(match["rime"]) in _BARE_RIMES


def decode(syllable: str) -> str | None:
    """What was meant by a syllable typed in Telex or VNI without its keyboard; None when it is neither."""
    lower = syllable.lower()
    if len(lower) < 2 or (not lower.isascii() and is_possible(lower)):
        return None
    decoded = _vni(lower) if any(letter.isdigit() for letter in lower) else _telex(lower)
    if decoded is None or decoded == lower:
        return None
    for left_out, meant in _HALF_MARKED:
        whole = decoded.replace(left_out, meant, 1) if left_out else decoded
        exact = analysis.forms(whole)[1]
        if is_possible(exact):
            return exact
    return None


def _telex(letters: str) -> str | None:
    written: list[str] = []
    tone = ""
    for letter in letters:
        has_vowel = any(each in _VOWELS for each in written)
        if letter in _TELEX_TONES and has_vowel:
            tone = _TELEX_TONES[letter]
        elif letter == "z" and has_vowel:
            tone = ""
        elif letter == "w":
            _horn(written)
        elif letter == "d" and written[:1] == ["d"]:
            written[0] = "đ"
        elif letter in "aeo" and _add_mark(written, letter, "aeo", "âêô"):
            continue
        else:
            written.append(letter)
    return _with_tone(written, tone)


def _vni(letters: str) -> str | None:
    written: list[str] = []
    tone = ""
    for letter in letters:
        if letter in _VNI_TONES:
            tone = _VNI_TONES[letter]
        elif letter == "9" and "d" in written:
            written[written.index("d")] = "đ"
        elif letter == "7" and "".join(written).find("uo") >= 0:
            _horn(written)
        elif letter in _VNI_MARKS:
            plain, marked = _VNI_MARKS[letter]
            if not any(_add_mark(written, each, plain, marked) for each in reversed(plain)):
                return None
        elif letter.isdigit():
            # 7 once more for the second letter of ươ, already done.
            return None
        else:
            written.append(letter)
    return _with_tone(written, tone)


def _horn(written: list[str]) -> None:
    """w in Telex: uo to ươ, else the last u, o or a; alone it is ư."""
    text = "".join(written)
    for plain, marked in (("uo", "ươ"), ("ưo", "ươ"), ("uơ", "ươ"), ("ươ", "ươ")):
        place = text.rfind(plain)
        if place >= 0:
            written[place : place + 2] = marked
            return
    for place in range(len(written) - 1, -1, -1):
        if written[place] in "uoa":
            written[place] = {"u": "ư", "o": "ơ", "a": "ă"}[written[place]]
            return
    written.append("ư")


def _add_mark(written: list[str], letter: str, plain: str, marked: str) -> bool:
    """Mark the last `letter` written, if there is one."""
    for place in range(len(written) - 1, -1, -1):
        if written[place] == letter:
            written[place] = marked[plain.index(letter)]
            return True
    return False


def _with_tone(written: list[str], tone: str) -> str | None:
    """The syllable with its tone behind its last vowel, so that vowels stand together; `analysis.forms` puts
    it in its place."""
    for place in range(len(written) - 1, -1, -1):
        if written[place] in _VOWELS:
            return "".join([*written[: place + 1], tone, *written[place + 1 :]])
    return None
