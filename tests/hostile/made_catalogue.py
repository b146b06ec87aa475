"""A catalogue made for breaking things: records that a unique word finds, and files whose hashes are known."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

_ONSETS = "b c d g h k l m n p r s t v x".split()
_SUBJECTS = (
    "Số liệu quan trắc chất lượng không khí",
    "Danh mục tuyến xe buýt có trợ giá",
    "Lượng khách lưu trú theo tháng",
    "Danh sách cơ sở giáo dục mầm non",
    "Sản lượng khai thác thủy sản",
)


@dataclass(frozen=True, slots=True)
class MadeRecord:
    """What the portal must hold of one record once it says that it has it."""

    identifier: str
    title: str
    marker: str
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class MadeCatalogue:
    """The file to import, the folder of its files, and what is in them."""

    source: Path
    files: Path
    records: dict[str, MadeRecord]


def make_catalogue(folder: Path, count: int, *, seed: int = 1) -> MadeCatalogue:
    """`count` records with one to three files each, the same ones for the same seed."""
    chance = random.Random(seed)
    files = folder / "files"
    files.mkdir(parents=True)
    markers = _markers(chance, count)
    records: dict[str, MadeRecord] = {}
    with (folder / "catalogue.jsonl").open("w", encoding="utf-8") as out:
        for number, marker in enumerate(markers):
            record, row = _make(chance, files, number, marker)
            records[record.identifier] = record
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return MadeCatalogue(folder / "catalogue.jsonl", files, records)


def _make(
    chance: random.Random, files: Path, number: int, marker: str
) -> tuple[MadeRecord, dict[str, object]]:
    identifier = f"made-{number:05}"
    title = f"{chance.choice(_SUBJECTS)} {marker} năm {chance.randrange(2015, 2026)}"
    resources, hashes = [], set()
    for position in range(chance.choice((1, 1, 1, 2, 3))):
        name = f"{identifier}-{position}.csv"
        content = _table(chance, marker)
        (files / name).write_bytes(content)
        hashes.add(hashlib.sha256(content).hexdigest())
        resources.append({"title": f"Bảng {position + 1}", "format": "CSV", "local": name})
    row = {
        "id": identifier,
        "title": title,
        "description": f"Bản ghi thử {number}: {title.lower()}.",
        "publisher": "Sở Xây dựng",
        "theme": ["Giao thông"],
        "resources": resources,
    }
    return MadeRecord(identifier, title, marker, frozenset(hashes)), row


def _table(chance: random.Random, marker: str) -> bytes:
    """Mostly small; one in fifty is large enough for a kill to meet it half written."""
    rows = 40_000 if chance.random() < 0.02 else chance.randrange(3, 300)
    salt = chance.randrange(10**9)
    return "".join(["ma,gia_tri\n", *(f"{marker}-{row},{salt + row}\n" for row in range(rows))]).encode()


def _markers(chance: random.Random, count: int) -> list[str]:
    """Words that are no Vietnamese syllable, each once, none close to another by accident of length."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["zq" + "".join(chance.choice(_ONSETS) + chance.choice("aeiou") for _ in range(4))] = None
    return list(found)
