"""The sentences behind every note: what was decided or seen, for stewards and readers of a column's profile."""

from __future__ import annotations

from portal.tables.notes_on_columns import COLUMN_NOTES
from portal.tables.notes_on_files import FILE_NOTES
from portal.tables.values import Note
from portal.text import LocalizedText

NOTES: dict[str, LocalizedText] = {**COLUMN_NOTES, **FILE_NOTES}


def sentence(note: Note) -> LocalizedText:
    """The note in plain words."""
    template = NOTES[note.code]
    evidence = [*note.evidence, "…", "…", "…"]
    vi, en = (text.format(*evidence, count=note.count) for text in (template.vi, template.en or ""))
    return LocalizedText(vi, en)
