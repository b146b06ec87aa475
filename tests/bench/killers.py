"""Queries that are meant to hurt."""

from __future__ import annotations

import random

KILLERS: dict[str, str] = {
    "100,000 letters": "a" * 100_000,
    "100,000 letters in words": "giao thong " * 9_091,
    "2,000 ORs": " OR ".join(f"t{number}" for number in range(2_000)),
    "*a*": "*a*",
    "stars and question marks": "* ? *a* ?b? a* *",
    "3,000 parentheses": "(" * 3_000 + "a" + ")" * 3_000,
    "3,000 quotation marks": '"' * 3_000,
    "3,000 minus signs": "-" * 3_000,
    "quoted commonest words": '"du lieu" "thanh pho" "da nang" "so lieu" "va cac" "cua tai"',
    "excluded commonest words": "-du -lieu -thanh -pho -da -nang -so -va -cac -cua -tai -trong",
    "12 commonest words": "du lieu thanh pho da nang so va cac cua tai trong",
    "12 commonest English words": "the of and in for to data by on with from is",
    "12 unknown syllables": "qzxv wqzk xzqj vqkz zzxq kkqz jjxq wwzq hhqx ffzq ggqz ttzq",
    "12 syllables of Telex": "dduwowngf truwowngf nguwowif phuwowngj giuwowngf tuwowngr " * 2,
    "emoji": "🏖️🌉🐉👩‍👩‍👧‍👦" * 500,
    "bidi marks": "\u202e\u2066du lieu\u2069\u202c" * 500,
    "combining marks": "e" + "\u0301\u0323\u0302" * 5_000,
    "zero-width joiners": "d\u200ba\u200d " * 2_000,
    "NUL and controls": "\x00\x01\x02 du\x00lieu \x7f" * 500,
    "one syllable of each script": "дорога 道路 도로 طريق דרך δρόμος ถนน सड़क",
    "SQL and XML": "'; DROP TABLE dataset; -- <script>alert(1)</script> %00 ${7*7}",
}


def random_letters(count: int, seed: int = 1) -> list[str]:
    """`count` queries of 200 letters of all sorts."""
    chance = random.Random(seed)
    letters = 'abcdeghiklmnoprstuvxyđăâêôơưáàảãạ0123456789 -"*()_.,'
    return ["".join(chance.choice(letters) for _ in range(200)) for _ in range(count)]
