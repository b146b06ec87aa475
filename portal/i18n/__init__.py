"""Words of the interface: English in the code, Vietnamese in `vi/LC_MESSAGES/messages.po`.

After changing texts: `pybabel extract -F portal/i18n/babel.cfg --no-location -o messages.pot portal`, then
`pybabel update -N --no-location -i messages.pot -d portal/i18n`, and translate what is new.

`vi/LC_MESSAGES/reference.po` has the texts of the API's description (summaries, descriptions, parameters), for the
page of the API reference; whoever words an operation adds its Vietnamese there.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).resolve().parent


def compile_catalogues() -> int:
    """Writes the compiled form beside every catalogue that is newer than it. Returns how many were written."""
    written = 0
    for source in sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        # Whole or not at all: another process may be reading.
        temporary = target.with_suffix(f".{os.getpid()}")
        with temporary.open("wb") as file:
            write_mo(file, catalogue)
        temporary.replace(target)
        written += 1
    return written
