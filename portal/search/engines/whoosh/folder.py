"""The folder of an index: generations that are whole or absent, and a file that names the current one.

`gen-<number>/` has a manifest, the parts (hard links: an unchanged part is not written again) and the dead
places. It is made under another name, synced to disk file by file, renamed; only then `CURRENT` is replaced.
A crash at any moment leaves the old state or the new one.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from portal.search.engines.base import IndexBroken, IndexMissing
from portal.search.engines.whoosh import arrays, completions
from portal.search.engines.whoosh import part as parts
from portal.search.engines.whoosh.arrays import Array, Damaged
from portal.search.engines.whoosh.completions import Names
from portal.search.engines.whoosh.generation import Generation, StoredNames, StoredPart, StoredWords
from portal.search.words import Glossary

KEPT_GENERATIONS = 3

_PREFIX = "gen-"
_UNFINISHED = ".tmp-"
_CURRENT = "CURRENT"
_MANIFEST = "manifest.json"
_DEAD = "dead.arrays"
_NAMES = "names.arrays"
_NO_DEAD = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part that is not on disk yet."""

    part: parts.Part


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part of the generation before, with the places that are dead now."""

    stored: StoredPart
    dead: Array


def current_name(folder: Path) -> str | None:
    """The content of `CURRENT`, None where there is none."""
    try:
        return (folder / _CURRENT).read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def open_newest(folder: Path, known: Generation | None = None) -> Generation:
    """The current generation, or the newest before it that is undamaged. Parts that `known` has open are
    taken from it. Raises IndexMissing, IndexBroken."""
    names = _candidates(folder)
    if not names:
        raise IndexMissing
    for name in names:
        try:
            return open_generation(folder / name, known)
        except Damaged:
            continue
    raise IndexBroken


def open_generation(folder: Path, known: Generation | None = None) -> Generation:
    """One generation, every byte verified. Raises Damaged."""
    manifest = _read_manifest(folder / _MANIFEST)
    dead: Mapping[str, Array] = {}
    if manifest["dead"] is not None:
        dead = arrays.read(folder / _DEAD, manifest["dead"]).arrays
    open_parts = {(each.name, each.checksum): each.part for each in known.stored} if known else {}
    stored = []
    for name, checksum in manifest["parts"]:
        path = folder / name
        part = open_parts.get((name, checksum)) if path.exists() else None
        if part is None:
            part = parts.read(path, checksum)
        stored.append(StoredPart(name, checksum, part, dead.get(name, _NO_DEAD)))
    words = _read_words(folder, manifest["words"], known)
    names = _open_names(folder, manifest.get("names"), known)
    return Generation(manifest["number"], manifest["recipe"], stored, words, names)


def _open_names(folder: Path, checksum: int | None, known: Generation | None) -> StoredNames | None:
    if checksum is None:
        return None
    if known and known.stored_names and known.stored_names.checksum == checksum:
        return known.stored_names
    return StoredNames(checksum, completions.read_names(folder / _NAMES, checksum))


def _put_names(folder: Path, target: Path, names: Names | None, before: Generation | None) -> int | None:
    """The checksum of the file of names, written anew or linked from the generation before."""
    if names is not None:
        return completions.write_names(names, target)
    if before is None or before.stored_names is None:
        return None
    _link(folder / f"{_PREFIX}{before.number:06d}" / _NAMES, target)
    return before.stored_names.checksum


def is_sound(folder: Path, number: int) -> bool:
    """Whether generation `number` is the current one and every byte of it is right."""
    name = f"{_PREFIX}{number:06d}"
    try:
        return current_name(folder) == name and bool(open_generation(folder / name))
    except Damaged:
        return False


def publish(
    folder: Path,
    pieces: Sequence[KeptPart | NewPart],
    *,
    recipe: str,
    glossary: Glossary,
    before: Generation | None,
    names: Names | None = None,
) -> Generation:
    """Make a new generation durable, then current; returns it opened. At most one piece may be new. Without
    `names` those of the generation before stay."""
    folder.mkdir(parents=True, exist_ok=True)
    number = _next_number(folder)
    name = f"{_PREFIX}{number:06d}"
    making = folder / f"{_UNFINISHED}{name}"
    _remove(making)
    making.mkdir()
    table, dead = [], {}
    for piece in pieces:
        if isinstance(piece, NewPart):
            file = f"{number:06d}.part"
            table.append((file, parts.write(piece.part, making / file)))
        else:
            file = piece.stored.name
            _link(folder / f"{_PREFIX}{before.number:06d}" / file if before else folder / file, making / file)
            table.append((file, piece.stored.checksum))
            if len(piece.dead):
                dead[file] = piece.dead
    dead_checksum = arrays.write(making / _DEAD, {}, dead) if dead else None
    manifest = {
        "number": number,
        "recipe": recipe,
        "parts": table,
        "dead": dead_checksum,
        "words": _put_words(folder, making, number, glossary, before),
        "names": _put_names(folder, making / _NAMES, names, before),
    }
    _write_manifest(making / _MANIFEST, manifest)
    sync_folder(making)
    making.rename(folder / name)
    sync_folder(folder)
    _make_current(folder, name)
    return open_generation(folder / name, before)


def tidy(folder: Path) -> None:
    """Remove what a crash left unfinished and generations that nobody will fall back to."""
    current = current_name(folder)
    names = _all_names(folder)
    kept = [name for name in names if not current or name <= current][:KEPT_GENERATIONS]
    for name in names:
        if name not in kept:
            # Under its own name a generation is whole, also while it is being removed.
            (folder / name).rename(folder / f"{_UNFINISHED}{name}")
    for left in folder.glob(f"{_UNFINISHED}*"):
        _remove(left)


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder for what is needed until the next generation is published; after a kill `tidy` removes it. Its
    name is new each time: a builder that outlived its writer by a moment finds nothing to write into."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"{_UNFINISHED}work-", dir=folder))
    try:
        yield place
    finally:
        _remove(place)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _candidates(folder: Path) -> list[str]:
    """Names of generations in the order in which they are tried."""
    names = _all_names(folder)
    current = current_name(folder)
    if current in names:
        # What is newer than CURRENT was never published.
        return names[names.index(current) :]
    return names


def _all_names(folder: Path) -> list[str]:
    """All generations, newest first; numbers keep their width for centuries."""
    return sorted((path.name for path in folder.glob(f"{_PREFIX}*")), reverse=True)


def _next_number(folder: Path) -> int:
    """One more than any before. The first is the present second, so that an index that was deleted and made
    anew does not give old numbers to new states, which caches are keyed by."""
    names = _all_names(folder)
    last = max((_number(name) for name in names), default=0)
    return last + 1 if last else int(time.time())


def _number(name: str) -> int:
    digits = name.removeprefix(_PREFIX)
    return int(digits) if digits.isdecimal() else 0


def _make_current(folder: Path, name: str) -> None:
    new = folder / f"{_UNFINISHED}{_CURRENT}"
    with new.open("w", encoding="ascii") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / _CURRENT)
    sync_folder(folder)


def _write_manifest(path: Path, manifest: Mapping[str, object]) -> None:
    content = json.dumps(manifest, sort_keys=True)
    _write_text(path, f"{zlib.crc32(content.encode())}\n{content}\n")


def _write_text(path: Path, text: str) -> int:
    """Write durably; returns the checksum."""
    content = text.encode()
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return zlib.crc32(content)


def _put_words(
    folder: Path, making: Path, number: int, glossary: Glossary, before: Generation | None
) -> tuple[str, int]:
    """The words of the generation before, linked, while they are the same; else a new file. Its name and
    checksum."""
    if before and before.words.glossary == glossary:
        name, checksum = before.words.name, before.words.checksum
        source = folder / f"{_PREFIX}{before.number:06d}" / name
        if source.exists():
            _link(source, making / name)
            return name, checksum
    name = f"{number:06d}.words"
    return name, _write_text(making / name, glossary.to_json())


def _read_words(folder: Path, stored: tuple[str, int], known: Generation | None) -> StoredWords:
    """The words of a generation, `stored` under a name with a checksum; those of `known` while the same."""
    name, checksum = stored
    path = folder / name
    if known and (known.words.name, known.words.checksum) == (name, checksum) and path.exists():
        return known.words
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{folder.name}: {error}") from error
    if zlib.crc32(content) != checksum:
        raise Damaged(f"{folder.name}: the words were changed")
    return StoredWords(name, checksum, Glossary.from_json(content.decode()))


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        checksum, content, _ = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise Damaged(f"{path.parent.name}: {error}") from error
    if checksum != str(zlib.crc32(content.encode())):
        raise Damaged(f"{path.parent.name}: the manifest was changed")
    manifest: dict[str, Any] = json.loads(content)
    return manifest


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError as error:
        raise Damaged(f"{source.name} has gone") from error
    except OSError:
        # A file system without hard links, or one file with too many of them.
        shutil.copyfile(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
