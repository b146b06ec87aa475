"""schema.org/Dataset as search engines for data read it out of a dataset's page (JSON-LD)."""

from __future__ import annotations

from portal import links
from portal.catalog.models import Agency, Dataset, Distribution, Place
from portal.exchange import facts
from portal.exchange.columns import columns as columns_of_file
from portal.exchange.rdf import writable
from portal.exchange.values import JsonObject, JsonValue, day_or_instant, json_bytes, stated
from portal.text import Language, LocalizedText

# What Google's test accepts.
MIN_DESCRIPTION = 50
MAX_DESCRIPTION = 5_000
_MAX_COLUMNS = 200
_PORTAL = LocalizedText("Cổng dữ liệu mở thành phố Đà Nẵng", "Da Nang Open Data Portal")
_SUMMARY = LocalizedText(
    "Bộ dữ liệu “{title}” của {owner} trên Cổng dữ liệu mở thành phố Đà Nẵng.",
    "The dataset “{title}” of {owner} on the Da Nang Open Data Portal.",
)
_NOBODY = LocalizedText("cơ quan chưa nêu tên", "an agency that is not named")


def dataset(found: Dataset, base_url: str, language: Language) -> JsonObject:
    """One dataset with everything loaded; plain texts in `language`, the same `@id` on all pages."""
    owner, maker = _publisher(found, language), _maker(found, language)
    title = facts.title(found, language)
    other = found.title.vi if language == "en" else found.title.en
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": facts.persistent(found, base_url),
        "name": title,
        "description": description(found, language),
        **stated(
            {
                "alternateName": writable(other) if other and other != title else None,
                "url": facts.page(found, base_url, language),
                "identifier": [facts.persistent(found, base_url), writable(found.identifier)],
                "keywords": [*facts.keywords(found, language)],
                "license": facts.licence_address(found.licence),
                "isAccessibleForFree": _is_free(found),
                "creator": maker or owner,
                "publisher": owner,
                "inLanguage": [*map(writable, found.languages)],
                "datePublished": day_or_instant(found.issued or found.published_at),
                "dateModified": day_or_instant(found.modified),
                "temporalCoverage": facts.interval(found),
                "spatialCoverage": [_place(each, base_url, language) for each in found.places],
                "sameAs": facts.web_address(found.landing_page),
                "variableMeasured": _columns(found, language),
                "includedInDataCatalog": _catalogue(base_url, language),
                "distribution": [
                    each for one in found.distributions if (each := _file(one, base_url, language))
                ],
            }
        ),
    }


def in_script(value: JsonObject) -> str:
    """JSON that nothing inside can end: it may stand between `<script>` and `</script>`."""
    text = json_bytes(value).decode()
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def description(found: Dataset, language: Language) -> str:
    """Between the two limits: what is too short gets what the record states of itself, nothing else."""
    text = facts.described(found, language)
    if len(text) < MIN_DESCRIPTION:
        owner = facts.owner(found) or _NOBODY
        summary = _SUMMARY.in_language(language).format(
            title=facts.title(found, language), owner=owner.in_language(language)
        )
        text = summary if text == facts.title(found, language) else f"{text.rstrip('.')}. {summary}"
    return _cut(text)


def _cut(text: str) -> str:
    if len(text) <= MAX_DESCRIPTION:
        return text
    words = text[: MAX_DESCRIPTION - 1].rsplit(maxsplit=1)
    return f"{words[0] if len(words[0]) > MIN_DESCRIPTION else text[: MAX_DESCRIPTION - 1]}…"


def _is_free(found: Dataset) -> bool | None:
    return found.access_level.code == "public" if found.access_level else None


def _publisher(found: Dataset, language: Language) -> JsonObject | None:
    owner = facts.owner(found)
    return _organization(found.agency, owner, language) if owner else None


def _maker(found: Dataset, language: Language) -> JsonObject | None:
    supplier = facts.supplier(found)
    return _organization(found.supplier, supplier, language) if supplier else None


def _organization(agency: Agency | None, name: LocalizedText, language: Language) -> JsonObject:
    return stated(
        {
            "@type": "Organization",
            "name": writable(name.in_language(language)),
            "url": facts.web_address(agency.homepage) if agency else None,
        }
    )


def _place(place: Place, base_url: str, language: Language) -> JsonObject:
    known = place.latitude is not None and place.longitude is not None
    point = {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude}
    # Google reads a box as latitude and longitude of two corners.
    box = place.box and f"{place.box.south} {place.box.west} {place.box.north} {place.box.east}"
    shape = {"@type": "GeoShape", "box": box}
    return stated(
        {
            "@type": "Place",
            "@id": links.absolute(base_url, links.place_id(place.code)),
            "name": place.name.in_language(language),
            "geo": shape if box else point if known else None,
        }
    )


def _columns(found: Dataset, language: Language) -> list[JsonValue]:
    """The columns of all tables, each name once."""
    columns = {column.name: column for each in found.distributions for column in columns_of_file(each)}
    return [
        stated(
            {
                "@type": "PropertyValue",
                "name": column.name,
                "alternateName": column.title.in_language(language),
                "description": column.description.in_language(language)[:MAX_DESCRIPTION],
                "unitText": column.unit,
                "minValue": _number(column.least),
                "maxValue": _number(column.most),
            }
        )
        for column in list(columns.values())[:_MAX_COLUMNS]
    ]


def _number(text: str | None) -> float | int | None:
    if text is None:
        return None
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _catalogue(base_url: str, language: Language) -> JsonObject:
    return {
        "@type": "DataCatalog",
        "@id": links.absolute(base_url, links.catalogue_id()),
        "name": _PORTAL.in_language(language),
        "url": links.absolute(base_url, links.page("home", language)),
    }


def _file(distribution: Distribution, base_url: str, language: Language) -> JsonObject | None:
    location = facts.location(distribution, base_url)
    if location is None:
        return None
    file = distribution.current_file
    return stated(
        {
            "@type": "DataDownload",
            "contentUrl": location,
            "name": writable(distribution.title.in_language(language)),
            "description": writable(distribution.description.in_language(language))[:MAX_DESCRIPTION],
            "encodingFormat": facts.media_type(distribution) or facts.format_name(distribution),
            "contentSize": f"{file.byte_size} B" if file else None,
            "sha256": file.sha256 if file else None,
            "dateModified": day_or_instant(file.created_at) if file else None,
        }
    )
