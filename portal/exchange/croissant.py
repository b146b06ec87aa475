"""Croissant 1.1 (MLCommons): a dataset's files and the columns of its tables, for tools of machine learning.

Files are named by the addresses of their versions, which for ever hold the same bytes as the hash.
"""

from __future__ import annotations

from portal import links
from portal.catalog.models import Dataset, Distribution
from portal.exchange import citation, facts
from portal.exchange.columns import RawColumn, raw_columns
from portal.exchange.csvw import is_table
from portal.exchange.facts import Column
from portal.exchange.rdf import writable
from portal.exchange.values import JsonObject, JsonValue, day_or_instant, stated
from portal.text import Language, LocalizedText

CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
MEDIA_TYPE = f'application/ld+json; profile="{CONFORMS_TO}"'
# The standard demands both; what nobody stated is said to be so.
_NOBODY = LocalizedText("Chưa rõ", "Not stated")

_TERMS = (
    "arrayShape citeAs column containedIn equivalentProperty extract field fileProperty fileObject fileSet format "
    "includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace "
    "samplingRate separator source subField transform"
)
_CONTEXT: JsonObject = {
    "@language": "vi",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{each: f"cr:{each}" for each in _TERMS.split()},
}
_DATA_TYPES = {
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "time": "sc:Time",
    "year": "sc:Integer",
}
_PLAIN = ("9", "9.9", "yyyy", "yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss", "true")


def croissant(dataset: Dataset, base_url: str, language: Language) -> JsonObject:
    """One dataset with everything loaded; plain texts in `language`."""
    owner = facts.owner(dataset) or _NOBODY
    licence = facts.licence_address(dataset.licence) or writable(dataset.licence_raw or "")
    files = [each for each in dataset.distributions if each.current_file]
    linked = [each for each in dataset.distributions if _is_file_elsewhere(each)]
    tables: list[JsonValue] = [
        _record_set(each, found, language)
        for each in files
        if is_table(each) and (found := raw_columns(each))
    ]
    return {
        "@context": {**_CONTEXT, "@language": language},
        "@type": "sc:Dataset",
        "@id": facts.persistent(dataset, base_url),
        "conformsTo": CONFORMS_TO,
        "name": facts.title(dataset, language),
        "description": facts.described(dataset, language),
        "license": licence or _NOBODY.in_language(language),
        "url": facts.page(dataset, base_url, language),
        "creator": {"@type": "sc:Organization", "name": owner.in_language(language)},
        "datePublished": day_or_instant(dataset.issued or dataset.published_at),
        "distribution": [
            *(_file(each, base_url, language) for each in files),
            *(_link(each, language) for each in linked),
        ],
        **stated(
            {
                "alternateName": writable(dataset.title.en or "")
                if language == "vi"
                else writable(dataset.title.vi),
                "dateModified": day_or_instant(dataset.modified),
                "keywords": [*facts.keywords(dataset, language)],
                "inLanguage": [*map(writable, dataset.languages)],
                "sameAs": facts.web_address(dataset.landing_page),
                "temporalCoverage": facts.interval(dataset),
                "citeAs": citation.sentence(dataset, base_url, language),
                # What stands at other people's addresses may change, and has no hash here.
                "isLiveDataset": True if linked else None,
                "recordSet": tables,
            }
        ),
    }


def _is_file_elsewhere(distribution: Distribution) -> bool:
    media_type = facts.media_type(distribution)
    return (
        distribution.current_file is None
        and facts.web_address(distribution.access_url) is not None
        and media_type not in (None, "text/html")
    )


def _id(distribution: Distribution) -> str:
    return f"file-{distribution.uuid}"


def _file(distribution: Distribution, base_url: str, language: Language) -> JsonObject:
    file = distribution.current_file
    assert file is not None
    address = links.download_version(distribution.uuid, file.number, file.name)
    return {
        "@type": "cr:FileObject",
        "@id": _id(distribution),
        "name": writable(file.name),
        **stated({"description": _words(distribution, language)}),
        "contentUrl": links.absolute(base_url, address),
        "contentSize": f"{file.byte_size} B",
        "encodingFormat": facts.media_type(distribution) or facts.UNKNOWN_MEDIA_TYPE,
        "sha256": file.sha256,
    }


def _link(distribution: Distribution, language: Language) -> JsonObject:
    address = facts.web_address(distribution.access_url)
    return {
        "@type": "cr:FileObject",
        "@id": _id(distribution),
        "name": writable(distribution.title.in_language(language)) or address,
        **stated({"description": _words(distribution, language)}),
        "contentUrl": address,
        "encodingFormat": facts.media_type(distribution),
    }


def _words(distribution: Distribution, language: Language) -> str:
    texts = (distribution.title.in_language(language), distribution.description.in_language(language))
    return writable("\n\n".join(each for each in texts if each))


def _record_set(distribution: Distribution, columns: list[RawColumn], language: Language) -> JsonObject:
    name = f"table-{distribution.uuid}"
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": writable(distribution.title.in_language(language)) or name,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{number}",
                "name": raw.column.name,
                **stated({"description": _told(raw.column, language), "examples": [*raw.column.examples]}),
                "dataType": _data_type(raw),
                "source": {
                    "fileObject": {"@id": _id(distribution)},
                    "extract": {"column": raw.column.name},
                },
            }
            for number, raw in enumerate(columns, start=1)
        ],
    }


def _data_type(raw: RawColumn) -> str:
    """The type that readers may cast cells to as they are written; they know one way to write numbers and days."""
    is_plain = raw.is_stated or (raw.spelling in _PLAIN and not raw.missing)
    return _DATA_TYPES.get(raw.column.type, "sc:Text") if is_plain else "sc:Text"


def _told(column: Column, language: Language) -> str:
    """What a column is called and means, with its unit."""
    title, description = column.title.in_language(language), column.description.in_language(language)
    unit = f"({column.unit})" if column.unit else ""
    return ". ".join(filter(None, (" ".join(filter(None, (title, unit))), description)))
