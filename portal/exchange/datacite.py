"""DataCite 4: what libraries and research registries keep of a dataset, as JSON and as XML."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalog.models import Dataset, Place
from portal.exchange import citation, facts
from portal.exchange.rdf import writable
from portal.exchange.values import JsonObject, JsonValue, day_or_instant, stated
from portal.exchange.xml import SCHEMA_LOCATION, XML_LANG, Element, child, root
from portal.text import Language, LocalizedText

NAMESPACE = "http://datacite.org/schema/kernel-4"
SCHEMA = "https://schema.datacite.org/meta/kernel-4/metadata.xsd"
JSON_TYPE = "application/vnd.datacite.datacite+json"
XML_TYPE = "application/vnd.datacite.datacite+xml"

# DataCite's own word for what is mandatory and not known.
_UNKNOWN = ":unkn"
_NAMESPACES: dict[str | None, str] = {None: NAMESPACE, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}


def as_json(dataset: Dataset, base_url: str) -> JsonObject:
    """One dataset with everything loaded, in both languages."""
    owner, supplier = facts.owner(dataset), facts.supplier(dataset)
    return {
        "schemaVersion": NAMESPACE,
        "identifiers": [{"identifier": facts.persistent(dataset, base_url), "identifierType": "URL"}],
        "creators": [{"name": owner.vi if owner else _UNKNOWN, "nameType": "Organizational"}],
        "titles": _titles(dataset),
        "publisher": {"name": citation.PORTAL.vi, "lang": "vi"},
        "publicationYear": f"{citation.published(dataset).year:04}",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Dataset"},
        "url": facts.page(dataset, base_url, "vi"),
        **stated(
            {
                "subjects": _subjects(dataset),
                "contributors": _contributor(supplier) if supplier else [],
                "dates": _dates(dataset),
                "language": next((each for each in dataset.languages if each.isalpha()), None),
                "alternateIdentifiers": _identifiers(dataset),
                "sizes": [
                    f"{file.byte_size} B" for each in dataset.distributions if (file := each.current_file)
                ],
                "formats": _formats(dataset),
                "rightsList": _rights(dataset),
                "descriptions": _descriptions(dataset),
                "geoLocations": [_location(each) for each in dataset.places],
            }
        ),
    }


def _titles(dataset: Dataset) -> list[JsonValue]:
    translated = {"title": writable(dataset.title.en or ""), "lang": "en", "titleType": "TranslatedTitle"}
    return [
        {"title": facts.title(dataset, "vi"), "lang": "vi"},
        *([translated] if translated["title"] else []),
    ]


def _subjects(dataset: Dataset) -> list[JsonValue]:
    labels = (pair for theme in dataset.themes for pair in _both(theme.label))
    words = [each for each in dict.fromkeys(map(writable, dataset.keywords)) if each]
    return [
        *({"subject": text, "lang": language} for text, language in labels),
        *({"subject": each, "lang": "vi"} for each in words),
    ]


def _contributor(supplier: LocalizedText) -> list[JsonValue]:
    return [{"name": writable(supplier.vi), "nameType": "Organizational", "contributorType": "Producer"}]


def _dates(dataset: Dataset) -> list[JsonValue]:
    known = (
        ("Issued", day_or_instant(dataset.issued)),
        ("Updated", day_or_instant(dataset.modified)),
        ("Available", day_or_instant(dataset.published_at)),
        ("Coverage", (facts.interval(dataset) or "").replace("..", "") or None),
    )
    return [{"date": date, "dateType": kind} for kind, date in known if date]


def _identifiers(dataset: Dataset) -> list[JsonValue]:
    known = (("Local", dataset.identifier), ("Source", dataset.other_identifier))
    return [
        {"alternateIdentifier": writable(text), "alternateIdentifierType": kind}
        for kind, text in known
        if text
    ]


def _formats(dataset: Dataset) -> list[JsonValue]:
    found = (facts.media_type(each) or facts.format_name(each) for each in dataset.distributions)
    return [each for each in dict.fromkeys(found) if each]


def _rights(dataset: Dataset) -> list[JsonValue]:
    if dataset.licence is None:
        return [{"rights": writable(dataset.licence_raw), "lang": "vi"}] if dataset.licence_raw else []
    address = facts.licence_address(dataset.licence)
    return [
        stated({"rights": text, "lang": language, "rightsUri": address})
        for text, language in _both(dataset.licence.label)
    ]


def _descriptions(dataset: Dataset) -> list[JsonValue]:
    languages: list[Language] = ["vi", "en"] if dataset.description.en else ["vi"]
    return [
        {"description": facts.described(dataset, each), "lang": each, "descriptionType": "Abstract"}
        for each in languages
    ]


def _location(place: Place) -> JsonObject:
    known = place.latitude is not None and place.longitude is not None
    point = {"pointLongitude": place.longitude, "pointLatitude": place.latitude} if known else None
    return stated({"geoLocationPlace": place.name.vi, "geoLocationPoint": point})


def _both(text: LocalizedText) -> list[tuple[str, str]]:
    pairs = ((text.vi, "vi"), (text.en, "en"))
    return [(writable(words), language) for words, language in pairs if words]


# Of each list: its element, the element of an entry, and the member that is the entry's text.
_LISTS = (
    ("titles", "title", "title"),
    ("subjects", "subject", "subject"),
    ("dates", "date", "date"),
    ("alternateIdentifiers", "alternateIdentifier", "alternateIdentifier"),
    ("sizes", "size", ""),
    ("formats", "format", ""),
    ("rightsList", "rights", "rights"),
    ("descriptions", "description", "description"),
)
_ATTRIBUTES = {"lang": XML_LANG, "rightsUri": "rightsURI"}


def as_xml(dataset: Dataset, base_url: str) -> Element:
    """The same as `resource` of kernel 4."""
    told = as_json(dataset, base_url)
    made = root(f"{{{NAMESPACE}}}resource", _NAMESPACES, **{SCHEMA_LOCATION: f"{NAMESPACE} {SCHEMA}"})
    _child(made, "identifier", facts.persistent(dataset, base_url), identifierType="URL")
    for name, entry in (("creators", "creator"), ("contributors", "contributor")):
        _agents(made, name, entry, told.get(name))
    _child(made, "publisher", citation.PORTAL.vi, **{XML_LANG: "vi"})
    _child(made, "publicationYear", str(told["publicationYear"]))
    _child(made, "resourceType", "Dataset", resourceTypeGeneral="Dataset")
    if "language" in told:
        _child(made, "language", str(told["language"]))
    for name, entry, text in _LISTS:
        _entries(made, name, entry, text, told.get(name))
    if dataset.places:
        _locations(_child(made, "geoLocations"), dataset.places)
    return made


def _agents(made: Element, name: str, entry: str, agents: JsonValue) -> None:
    if not isinstance(agents, list):
        return
    outer = _child(made, name)
    for agent in agents:
        assert isinstance(agent, Mapping)
        kind: dict[str, str] = (
            {"contributorType": str(agent["contributorType"])} if "contributorType" in agent else {}
        )
        _child(_child(outer, entry, **kind), f"{entry}Name", str(agent["name"]), nameType="Organizational")


def _entries(made: Element, name: str, entry: str, text: str, entries: JsonValue) -> None:
    if not isinstance(entries, list):
        return
    outer = _child(made, name)
    for each in entries:
        if isinstance(each, Mapping):
            attributes = {
                _ATTRIBUTES.get(str(key), str(key)): str(value) for key, value in each.items() if key != text
            }
            _child(outer, entry, str(each[text]), **attributes)
        else:
            _child(outer, entry, str(each))


def _locations(outer: Element, places: list[Place]) -> None:
    for place in places:
        location = _child(outer, "geoLocation")
        _child(location, "geoLocationPlace", place.name.vi)
        if place.latitude is not None and place.longitude is not None:
            point = _child(location, "geoLocationPoint")
            _child(point, "pointLongitude", str(place.longitude))
            _child(point, "pointLatitude", str(place.latitude))


def _child(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    return child(parent, f"{{{NAMESPACE}}}{name}", text, **attributes)
