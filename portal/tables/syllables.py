"""Whether a word can be Vietnamese: the shape of its syllable, which tells a right decoding from a wrong one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()
_RHYMES = frozenset(
    """a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu êng
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet oi om on ong ooc
    oong op ot oc ô ôc ôi ôm ôn ông ôp ôt ôông ơ ơi ơm ơn ơp ơt ơng
    u ua uân uâng uât uây uc ue ui um un ung uôc uôi uôm uôn uông uôt uơ uơi up ut uya uyên uyêt uych uynh uyt
    uyn uyp uy uyu uê uêch uênh uên ưa ưc ưi ưm ưn ưng ươ ươc ươi ươm ươn ương ươp ươt ươu ưt ưu ư ưp
    y yêm yên yêng yêt yêu yt ych ynh""".split()
)
_ONSET = re.compile("|".join(sorted(_ONSETS, key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")


def share_of_vietnamese(text: str) -> float:
    """Of the words with a letter beyond ASCII, how many are Vietnamese syllables; 0 where there is no such word."""
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]
    if not words:
        return 0.0
    return sum(is_syllable(word) for word in words) / len(words)


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether `word`, composed or not, in small letters, capitals or with a capital first, can be a syllable."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    decomposed = unicodedata.normalize("NFD", word.lower())
    plain = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    if len(decomposed) - len("".join(c for c in decomposed if c not in _TONES)) > 1:
        return False
    return plain in _RHYMES or any(plain[len(onset) :] in _RHYMES for onset in _onsets_of(plain))


def _onsets_of(plain: str) -> list[str]:
    return [onset for onset in _ONSETS if plain.startswith(onset)]
