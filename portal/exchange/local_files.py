"""Files that a catalogue names by a path: found under one folder, and nowhere else."""

from __future__ import annotations

from pathlib import Path

from portal.catalog.records import FileSource
from portal.errors import Invalid
from portal.text import LocalizedText


class FileRefused(Invalid):
    """A named file cannot be taken; the sentence tells which and why."""


def local_source(folder: Path | None, local: str) -> FileSource:
    """The file at `local` under `folder`. Raises FileRefused: no folder given, outside of it, missing, no file."""
    if folder is None:
        raise _refusal(local, "cần nêu thư mục tệp bằng --files", "its folder must be given with --files")
    root = folder.resolve()
    try:
        path = (root / local).resolve()
    except (OSError, ValueError, RuntimeError):
        raise _refusal(local, "đường dẫn không hợp lệ", "the path is not valid") from None
    if not path.is_relative_to(root):
        raise _refusal(local, "nằm ngoài thư mục tệp", "it lies outside the folder of files")
    if not path.is_file():
        raise _refusal(local, "không tìm thấy tệp", "there is no such file")
    return FileSource(path.name, lambda: path.open("rb"))


def _refusal(local: str, vi: str, en: str) -> FileRefused:
    shown = local if len(local) <= 200 else f"{local[:200]}…"
    return FileRefused(LocalizedText(f"Tệp “{shown}”: {vi}.", f"File “{shown}”: {en}."))
