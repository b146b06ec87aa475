"""The texts of the API's description, English in the code, with their Vietnamese of `reference.po`."""

from __future__ import annotations

from functools import lru_cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from portal.i18n import CATALOGUES
from portal.text import LocalizedText


def reference_text(english: str) -> LocalizedText:
    """The text in both languages; one that nobody has translated yet stands in English."""
    words = " ".join(english.split())
    found = _catalogue().get(words)
    vietnamese = found.string if found and isinstance(found.string, str) else ""
    return LocalizedText(vietnamese or words, words)


@lru_cache(maxsize=1)
def _catalogue() -> Catalog:
    with (CATALOGUES / "vi" / "LC_MESSAGES" / "reference.po").open("rb") as file:
        return read_po(file, locale="vi")
