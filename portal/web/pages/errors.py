"""Pages for what cannot be shown: nothing there, withdrawn, out of order."""

from __future__ import annotations

from dataclasses import dataclass

from portal import links
from portal.catalog.models import Dataset, When
from portal.text import LANGUAGES, Language, LocalizedText
from portal.web.pages.frame import Frame


@dataclass(frozen=True, slots=True)
class MissingPage:
    """404. `words`: what to search for instead, read off the address."""

    frame: Frame
    words: str


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """410: never the title, only what a tombstone may tell."""

    frame: Frame
    identifier: str
    withdrawn_at: When | None
    reason: str
    replacement_path: str


@dataclass(frozen=True, slots=True)
class FailurePage:
    """Any other failure of the request, in one sentence and perhaps details."""

    frame: Frame
    message: LocalizedText
    details: tuple[LocalizedText, ...]
    retry_path: str


def error_frame(language: Language, base_url: str, title: str) -> Frame:
    """The frame of a page without an address of its own: it offers home in the other language."""
    return Frame(
        title=title,
        language=language,
        base_url=base_url,
        paths={each: links.page("home", each) for each in LANGUAGES},
        is_indexed=False,
    )


def words_of(path: str) -> str:
    """Words to search for in an address that leads nowhere: letters and digits of its last part."""
    last = path.rstrip("/").rpartition("/")[2].rpartition(".")[0] or path.rstrip("/").rpartition("/")[2]
    words = "".join(c if c.isalnum() else " " for c in last).split()
    return " ".join(word for word in words if len(word) < 30)[:80]


def withdrawn_page(frame: Frame, dataset: Dataset) -> WithdrawnPage:
    """What remains of a withdrawn dataset."""
    replacement = dataset.replacement
    return WithdrawnPage(
        frame=frame,
        identifier=dataset.identifier,
        withdrawn_at=dataset.withdrawn_at,
        reason=dataset.withdrawal_reason,
        replacement_path=links.dataset_page(replacement.slug, frame.language) if replacement else "",
    )
