"""How to cite a dataset: as a sentence, and for programs that keep references (BibTeX, RIS, CSL-JSON).

An illustrative record has none of these: nobody should cite what a computer made up.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from portal.catalog.models import Dataset
from portal.clock import city_time
from portal.exchange import facts
from portal.exchange.values import JsonObject, json_bytes, stated
from portal.text import Language, LocalizedText

PORTAL = LocalizedText("Dữ liệu mở Đà Nẵng", "Da Nang Open Data")

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}
_LATEX_SIGNS = re.compile(r"[\\{}~^$&#_%]")


def published(dataset: Dataset) -> date:
    """The day of publication: what the record says of its data, else when it came here."""
    when = dataset.issued or dataset.published_at or dataset.created_at
    return city_time(when).date() if isinstance(when, datetime) else when


def sentence(dataset: Dataset, base_url: str, language: Language) -> str | None:
    """Who, when, what, where."""
    if dataset.illustrative:
        return None
    author, day = _author(dataset, language), published(dataset)
    parts = (
        f"{author} ({day.year})" if author else str(day.year),
        _line(facts.title(dataset, language)),
        PORTAL.in_language(language),
        facts.persistent(dataset, base_url),
    )
    return ". ".join(part.rstrip(".") for part in parts if part)


def bibtex(dataset: Dataset, base_url: str, language: Language) -> bytes | None:
    """One entry, UTF-8; names of agencies in braces, so that no program takes them for people."""
    if dataset.illustrative:
        return None
    author, day = _author(dataset, language), published(dataset)
    fields = {
        "author": f"{{{_latex(author)}}}" if author else "",
        "title": f"{{{_latex(_line(facts.title(dataset, language)))}}}",
        "year": str(day.year),
        "month": str(day.month),
        "publisher": _latex(PORTAL.in_language(language)),
        "howpublished": "Dataset" if language == "en" else "Bộ dữ liệu",
        "url": facts.persistent(dataset, base_url),
        "language": ", ".join(filter(str.isalpha, dataset.languages)),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return ("@misc{" + ",\n".join([dataset.slug, *lines]) + "\n}\n").encode(errors="ignore")


def ris(dataset: Dataset, base_url: str, language: Language) -> bytes | None:
    """One record; every value on one line."""
    if dataset.illustrative:
        return None
    day = published(dataset)
    pairs = (
        ("TY", "DATA"),
        ("AU", _author(dataset, language)),
        ("TI", facts.title(dataset, language)),
        ("PY", str(day.year)),
        ("DA", f"{day.year:04}/{day.month:02}/{day.day:02}"),
        ("PB", PORTAL.in_language(language)),
        ("UR", facts.persistent(dataset, base_url)),
        *(("KW", word) for word in facts.keywords(dataset, language)),
        *(("LA", each) for each in dataset.languages),
        ("N2", dataset.description.in_language(language)),
    )
    lines = [f"{tag}  - {line}" for tag, value in pairs if (line := _line(value))]
    return "".join(f"{each}\r\n" for each in (*lines, "ER  - ")).encode(errors="ignore")


def csl_json(dataset: Dataset, base_url: str, language: Language) -> bytes | None:
    """One item of the Citation Style Language's data model."""
    if dataset.illustrative:
        return None
    author, day = _author(dataset, language), published(dataset)
    item: JsonObject = stated(
        {
            "id": facts.persistent(dataset, base_url),
            "type": "dataset",
            "title": _line(facts.title(dataset, language)),
            "author": [{"literal": author}] if author else [],
            "issued": {"date-parts": [[day.year, day.month, day.day]]},
            "publisher": PORTAL.in_language(language),
            "URL": facts.persistent(dataset, base_url),
            "abstract": dataset.description.in_language(language),
            "language": language,
        }
    )
    return json_bytes([item])


def _author(dataset: Dataset, language: Language) -> str:
    owner = facts.owner(dataset)
    return _line(owner.in_language(language)) if owner else ""


def _line(text: str) -> str:
    """On one line, without what terminals and parsers take for commands."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _latex(text: str) -> str:
    return _LATEX_SIGNS.sub(lambda found: _LATEX[found[0]], text)
