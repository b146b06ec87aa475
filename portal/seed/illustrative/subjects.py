"""Reads `datasets/samples/`: the subjects of illustrative records and the phrases that they share."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from portal.errors import Invalid
from portal.seed.dataset import ColumnType
from portal.text import LocalizedText, nfc

Rows = Literal["ward", "time", "list", "category"]
PeriodKind = Literal["year", "half", "quarter", "month", "span"]

# What a value generator makes, in the words of Table Schema.
_TYPES: Mapping[str, ColumnType] = {
    **dict.fromkeys(("count", "stock", "part", "sum"), "integer"),
    **dict.fromkeys(
        ("amount", "extent", "measure", "rate", "season", "share", "ratio", "product", "lat", "lon"), "number"
    ),
    **dict.fromkeys(("pick", "label", "code"), "string"),
    "date": "date",
    "year": "year",
}


class SubjectInvalid(Invalid):
    """A file of `datasets/samples/` is broken; the message tells the subject and what to mend."""

    def __init__(self, subject: str, problem: str) -> None:
        super().__init__(
            LocalizedText(
                f"Chủ đề minh họa “{subject}” sai: {problem}.",
                f"The subject “{subject}” is wrong: {problem}.",
            )
        )


@dataclass(frozen=True, slots=True)
class Generator:
    """How the values of a column are made: a verb and its arguments."""

    verb: str
    arguments: tuple[str, ...]

    def number(self, position: int) -> float:
        return float(self.arguments[position])


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One value column of a subject."""

    name: str
    title: LocalizedText
    type: ColumnType
    unit: str | None
    generator: Generator


@dataclass(frozen=True, slots=True)
class Categories:
    """The key column of a table whose rows are categories; every word with the share its counts are cut to."""

    name: str
    title: LocalizedText
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What illustrative records may be about. The README of `datasets/samples/` explains every field."""

    slug: str
    titles: tuple[LocalizedText, ...]
    themes: tuple[str, ...]
    agency: str
    supplier: str | None
    rows: Rows
    categories: Categories | None
    item: LocalizedText
    level: str
    within_ward: str
    local: bool
    periods: tuple[PeriodKind, ...]
    frequency: str
    keywords: tuple[str, ...]
    about: tuple[str, ...]
    about_en: tuple[str, ...]
    method: tuple[str, ...]
    use: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]


@dataclass(frozen=True, slots=True)
class RowPhrases:
    """How a description says what a row is."""

    vi: tuple[str, ...]
    en: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences that all subjects share, the label above all."""

    label: LocalizedText
    source: str
    boundary: LocalizedText
    missing: tuple[str, ...]
    licences: tuple[tuple[str, float], ...]
    rows: Mapping[str, RowPhrases]


def load_subjects(folder: Path) -> tuple[Subject, ...]:
    """Every subject of `folder` (`datasets/samples/`), in the order of file names and lines."""
    subjects: list[Subject] = []
    for path in sorted((folder / "subjects").glob("*.toml")):
        content = _read(path)
        theme = _text(content, "theme", path.stem)
        subjects += [_subject(table, theme) for table in _tables(content, "subject")]
    return tuple(subjects)


def load_phrases(folder: Path) -> Phrases:
    """The phrases of `folder` (`datasets/samples/`)."""
    content = _read(folder / "phrases.toml")
    rows = cast(Mapping[str, Mapping[str, object]], content["rows"])
    licences = cast(list[tuple[str, float]], content["licences"])
    return Phrases(
        label=LocalizedText(_text(content, "label_vi"), _text(content, "label_en")),
        source=_text(content, "source"),
        boundary=LocalizedText(_text(content, "boundary_vi"), _text(content, "boundary_en")),
        missing=_texts(content, "missing_vi"),
        licences=tuple((code, share) for code, share in licences),
        rows={name: RowPhrases(_texts(row, "vi"), _text(row, "en")) for name, row in rows.items()},
    )


def _read(path: Path) -> Mapping[str, object]:
    return tomllib.loads(nfc(path.read_text(encoding="utf-8")))


def _subject(table: Mapping[str, object], theme: str) -> Subject:
    slug = _text(table, "slug", "?")
    own_theme = _text(table, "theme", theme)
    rows = cast(Rows, _text(table, "rows"))
    item = _text(table, "item", "")
    if (rows in ("list", "category")) != bool(item) or (rows == "category") != ("each" in table):
        raise SubjectInvalid(slug, "item / each / rows")
    return Subject(
        slug=slug,
        titles=tuple(_localized(text, slug) for text in _texts(table, "titles")),
        themes=(own_theme, *_texts(table, "themes", ())),
        agency=_text(table, "agency"),
        supplier=_text(table, "supplier", "") or None,
        rows=rows,
        categories=_categories(_text(table, "each"), slug) if rows == "category" else None,
        item=_localized(item, slug) if item else LocalizedText(""),
        level=_text(table, "level", ""),
        within_ward=_text(table, "within_ward", ""),
        local=table.get("local") is True,
        periods=cast(tuple[PeriodKind, ...], _texts(table, "periods")),
        frequency=_text(table, "frequency"),
        keywords=_texts(table, "keywords"),
        about=_texts(table, "about"),
        about_en=_texts(table, "about_en"),
        method=_texts(table, "method"),
        use=_texts(table, "use"),
        columns=tuple(_column(line, slug) for line in _text(table, "columns").strip().splitlines()),
    )


def _column(line: str, slug: str) -> ColumnSpec:
    parts = _split(line, "|")
    if len(parts) != 5:
        raise SubjectInvalid(slug, line)
    name, vi, en, unit, recipe = parts
    verb, _, rest = recipe.partition(" ")
    if verb not in _TYPES:
        raise SubjectInvalid(slug, f"{name}: {verb}")
    arguments = _split(rest, ";") if verb in ("pick", "label") else tuple(rest.split())
    return ColumnSpec(name, LocalizedText(vi, en), _TYPES[verb], unit or None, Generator(verb, arguments))


def _categories(line: str, slug: str) -> Categories:
    parts = _split(line, "|")
    if len(parts) != 4:
        raise SubjectInvalid(slug, line)
    words = (word.partition("@") for word in _split(parts[3], ";"))
    shares = tuple((word.strip(), float(share or 1)) for word, _, share in words)
    return Categories(parts[0], LocalizedText(parts[1], parts[2]), shares)


def _localized(text: str, slug: str) -> LocalizedText:
    parts = _split(text, "|")
    if len(parts) != 2:
        raise SubjectInvalid(slug, text)
    return LocalizedText(*parts)


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark))


def _text(table: Mapping[str, object], key: str, default: str | None = None) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise SubjectInvalid(str(table.get("slug", "")), key)
    return value


def _texts(table: Mapping[str, object], key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    value = table.get(key, default)
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise SubjectInvalid(str(table.get("slug", "")), key)
    return tuple(value)


def _tables(content: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    return cast(list[Mapping[str, object]], content[key])
