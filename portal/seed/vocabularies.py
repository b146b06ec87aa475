"""Reads vocabularies, agencies and places of `datasets/` into plain rows; storing them is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from portal.catalog.models.concept import Vocabulary
from portal.seed.rows import CsvRow, read_rows
from portal.text import LocalizedText, fold

Fact = str | int | bool | None
Succession = Literal["whole", "part"]


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """One word of one vocabulary. `exact_match`: the EU concept; `facts`: what only this vocabulary knows.

    Facts of a licence: `uri`, `url`, `attribution`, `share_alike`, `commercial`, `derivatives`; of a
    frequency: `iso8601`, `days` (0 = always new); of a format: `media_type`, `extension`,
    `machine_readable`, `open`.
    """

    vocabulary: Vocabulary
    code: str
    position: int
    label: LocalizedText
    description: LocalizedText
    exact_match: str | None
    also: tuple[str, ...]
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))

    def words(self) -> frozenset[str]:
        """Every folded word that means this concept: code, labels and `also`."""
        labels = (self.code, self.label.vi, self.label.en or "", *self.also)
        return frozenset(fold(word) for word in labels if word)


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A body of the city; `parent` is the slug of another row, `place_code` the unit that it governs."""

    slug: str
    name: LocalizedText
    kind: str
    parent: str | None
    acronyms: tuple[str, ...]
    former_names: tuple[str, ...]
    place_code: str | None
    source: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """An administrative unit of one period. `code` is unique: the official code, or `cu-` and it for a unit
    that has ceased (the country gives an old code to the new unit again)."""

    code: str
    official_code: str
    slug: str
    name: LocalizedText
    kind: str
    parent_code: str | None
    latitude: float | None
    longitude: float | None
    area_km2: float | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """`old_code` became, `whole` or in `part`, (a part of) `new_code`."""

    old_code: str
    new_code: str
    how: Succession


def load_concepts(folder: Path) -> list[ConceptRow]:
    """All vocabularies of `folder` (`datasets/`), in the order of their files and lines."""
    return [concept for vocabulary in _SHAPES for concept in _load_vocabulary(folder, vocabulary)]


def load_agencies(folder: Path) -> list[AgencyRow]:
    """The agencies, parents before their children."""
    columns = (
        "slug",
        "name_vi",
        "name_en",
        "kind",
        "parent",
        "acronyms",
        "former_names",
        "place_code",
        "source",
    )
    agencies: list[AgencyRow] = []
    slugs: set[str] = set()
    for row in read_rows(folder / "agencies.csv", columns):
        parent = row.optional("parent")
        if parent and parent not in slugs:
            raise row.error(
                f"cơ quan cấp trên “{parent}” phải đứng ở một dòng phía trên.",
                f"the parent “{parent}” must stand on a line above.",
            )
        slugs.add(_unique(row, row.text("slug"), slugs))
        agencies.append(
            AgencyRow(
                slug=row.text("slug"),
                name=row.localized("name"),
                kind=row.text("kind"),
                parent=parent,
                acronyms=row.words("acronyms"),
                former_names=row.words("former_names"),
                place_code=row.optional("place_code"),
                source=row.text("source"),
            )
        )
    return agencies


def load_places(folder: Path) -> list[PlaceRow]:
    """The city, its units, and the units that they replaced."""
    columns = ("code", "official_code", "slug", "name_vi", "name_en", "kind", "parent_code")
    measures = ("lat", "lon", "area_km2", "valid_from", "valid_until")
    places: list[PlaceRow] = []
    codes: set[str] = set()
    for row in read_rows(folder / "places.csv", (*columns, *measures)):
        codes.add(_unique(row, row.text("code"), codes))
        places.append(
            PlaceRow(
                code=row.text("code"),
                official_code=row.text("official_code"),
                slug=row.text("slug"),
                name=row.localized("name"),
                kind=row.text("kind"),
                parent_code=row.optional("parent_code"),
                latitude=row.number("lat"),
                longitude=row.number("lon"),
                area_km2=row.number("area_km2"),
                valid_from=row.day("valid_from"),
                valid_until=row.day("valid_until"),
            )
        )
    return places


def load_successions(folder: Path, places: Iterable[PlaceRow]) -> list[SuccessionRow]:
    """Which unit became which; both codes must be among `places`."""
    known = {place.code for place in places}
    successions: list[SuccessionRow] = []
    for row in read_rows(folder / "place-succession.csv", ("old_code", "new_code", "how")):
        old, new, how = row.text("old_code"), row.text("new_code"), row.text("how")
        for code in (old, new):
            if code not in known:
                raise row.error(f"không có địa bàn mang mã {code}.", f"no place has the code {code}.")
        if how not in ("whole", "part"):
            raise row.error("cột how chỉ nhận whole hoặc part.", "column how takes whole or part.")
        successions.append(SuccessionRow(old, new, cast(Succession, how)))
    return successions


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one vocabulary's file is laid out."""

    file: str
    match: str
    description: str = ""
    facts: Mapping[str, Callable[[CsvRow, str], Fact]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        described = (f"{self.description}_vi", f"{self.description}_en") if self.description else ()
        return ("code", "label_vi", "label_en", *described, self.match, *self.facts, "also")


_SHAPES: Mapping[Vocabulary, _Shape] = {
    Vocabulary.THEME: _Shape("themes.csv", "eu_theme_uri", "description"),
    Vocabulary.LICENCE: _Shape(
        "licences.csv",
        "eu_uri",
        "plain",
        {
            "uri": CsvRow.optional,
            "url": CsvRow.optional,
            "attribution": CsvRow.flag,
            "share_alike": CsvRow.flag,
            "commercial": CsvRow.flag,
            "derivatives": CsvRow.flag,
        },
    ),
    Vocabulary.FREQUENCY: _Shape(
        "frequencies.csv", "eu_uri", facts={"iso8601": CsvRow.optional, "days": CsvRow.whole}
    ),
    Vocabulary.FORMAT: _Shape(
        "formats.csv",
        "eu_uri",
        "plain",
        {
            "media_type": CsvRow.optional,
            "extension": CsvRow.optional,
            "machine_readable": CsvRow.flag,
            "open": CsvRow.flag,
        },
    ),
    Vocabulary.LANGUAGE: _Shape("languages.csv", "eu_uri"),
    Vocabulary.ACCESS_LEVEL: _Shape("access-levels.csv", "eu_uri", "plain"),
}


def _load_vocabulary(folder: Path, vocabulary: Vocabulary) -> list[ConceptRow]:
    shape = _SHAPES[vocabulary]
    concepts: list[ConceptRow] = []
    codes: set[str] = set()
    for position, row in enumerate(read_rows(folder / "vocabularies" / shape.file, shape.columns)):
        codes.add(_unique(row, row.text("code"), codes))
        concepts.append(
            ConceptRow(
                vocabulary=vocabulary,
                code=row.text("code"),
                position=position,
                label=row.localized("label"),
                description=row.localized(shape.description) if shape.description else LocalizedText(""),
                exact_match=row.optional(shape.match),
                also=row.words("also"),
                facts={name: read(row, name) for name, read in shape.facts.items()},
            )
        )
    return concepts


def _unique(row: CsvRow, key: str, seen: set[str]) -> str:
    if key in seen:
        raise row.error(f"mã “{key}” đã dùng ở một dòng khác.", f"“{key}” is already used on another line.")
    return key
