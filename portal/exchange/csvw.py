"""CSV on the Web (W3C): what the columns of a CSV file mean, for tools that read both together."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.catalog.models import Dataset, Distribution
from portal.exchange import facts
from portal.exchange.columns import RawColumn, raw_columns
from portal.exchange.rdf import writable
from portal.exchange.values import JsonObject, JsonValue, day_or_instant, stated
from portal.text import slugify

MEDIA_TYPE = "application/csvm+json"
SEPARATORS = {"text/csv": ",", "text/tab-separated-values": "\t"}

_CONTEXT: list[JsonValue] = ["http://www.w3.org/ns/csvw", {"@language": "vi"}]
# Types whose spelling in files is the same everywhere; numbers and dates of other make stay texts.
_DATATYPES = {
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "date": "date",
    "datetime": "dateTime",
    "time": "time",
    "year": "gYear",
    "yearmonth": "gYearMonth",
    "duration": "duration",
    "any": "anyAtomicType",
}
# The decimal mark and the mark of groups. A file that has no groups has nothing for the second to be mistaken for.
_MARKS = {"9,9": (",", "."), "9,999.9": (".", ","), "9.999,9": (",", ".")}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")


def is_table(distribution: Distribution) -> bool:
    """Whether it is a file of ours that CSVW can describe."""
    file = distribution.current_file
    return file is not None and facts.media_type(distribution) in SEPARATORS


def group(dataset: Dataset, base_url: str) -> JsonObject | None:
    """All CSV files of a dataset; None when it has none."""
    tables = [_table(each, base_url) for each in dataset.distributions if is_table(each)]
    if not tables:
        return None
    return {"@context": _CONTEXT, "@id": f"{facts.persistent(dataset, base_url)}#tables", **_about(dataset, base_url),
            "tables": tables}  # fmt: skip


def table(dataset: Dataset, distribution: Distribution, base_url: str) -> JsonObject:
    """One CSV file."""
    return {"@context": _CONTEXT, **_about(dataset, base_url), **_table(distribution, base_url)}


def _about(dataset: Dataset, base_url: str) -> JsonObject:
    owner = facts.owner(dataset)
    licence = facts.licence_address(dataset.licence)
    return stated(
        {
            "dc:title": _both(dataset.title.vi, dataset.title.en),
            "dc:description": {"@value": facts.described(dataset, "vi"), "@language": "vi"},
            "dc:publisher": owner.vi if owner else None,
            "dc:license": {"@id": licence} if licence else None,
            "dc:modified": day_or_instant(dataset.modified),
            "dc:source": {"@id": facts.persistent(dataset, base_url)},
        }
    )


def _table(distribution: Distribution, base_url: str) -> JsonObject:
    file = distribution.current_file
    assert file is not None
    columns = _columns(raw_columns(distribution))
    return {
        "url": facts.download(distribution, file, base_url),
        "dialect": {
            "encoding": "utf-8",
            "header": True,
            "delimiter": SEPARATORS[facts.media_type(distribution) or "text/csv"],
        },
        **stated({"tableSchema": {"columns": columns} if columns else None}),
    }


def _columns(columns: Iterable[RawColumn]) -> list[JsonValue]:
    names: dict[str, None] = {}
    return [_column(each, _unique_name(each.column.name, names)) for each in columns]


def _column(raw: RawColumn, name: str) -> JsonObject:
    column, title, description = raw.column, raw.column.title, raw.column.description
    return stated(
        {
            "name": name,
            # The header as it stands in the file; what it means is the label.
            "titles": column.name,
            "datatype": _datatype(raw),
            "null": ["", *raw.missing] if raw.missing else None,
            "rdfs:label": _both(title.vi, title.en),
            "dc:description": _both(description.vi, description.en),
            "schema:unitText": column.unit,
        }
    )


def _datatype(raw: RawColumn) -> JsonValue:
    """The type, with the way it is written where that is another than the standard's own."""
    base = _DATATYPES.get(raw.column.type, "string")
    marks = _MARKS.get(raw.spelling or "")
    if marks:
        return {"base": "decimal", "format": {"decimalChar": marks[0], "groupChar": marks[1]}}
    if base == "date" and raw.spelling not in (None, "yyyy-MM-dd"):
        return {"base": base, "format": raw.spelling}
    return base


def _unique_name(header: str, taken: dict[str, None]) -> str:
    """A name that may stand in an address: letters, digits and low lines."""
    base = header if _NAME.fullmatch(header) else slugify(header).replace("-", "_") or "column"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken[name] = None
    return name


def _both(vi: str, en: str | None) -> list[JsonValue]:
    pairs = (("vi", vi), ("en", en))
    return [{"@value": writable(text), "@language": language} for language, text in pairs if text]
