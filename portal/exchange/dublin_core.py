"""Dublin Core, fifteen elements (oai_dc): the least that every library system understands of a dataset."""

from __future__ import annotations

from collections.abc import Iterator

from portal import links
from portal.catalog.models import Concept, Dataset, Distribution, when_text
from portal.exchange.dcat_shared import ILLUSTRATIVE
from portal.exchange.xml import SCHEMA_LOCATION, XML_LANG, Element, child, root
from portal.text import LocalizedText

DC = "http://purl.org/dc/elements/1.1/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_NAMESPACES: dict[str | None, str] = {
    "oai_dc": OAI_DC,
    "dc": DC,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
# A word of a vocabulary that only says that nobody said.
_NOT_STATED = "not-stated"


def dublin_core(dataset: Dataset, base_url: str) -> Element:
    """A published dataset with everything loaded, as one `oai_dc:dc`."""
    made = root(f"{{{OAI_DC}}}dc", _NAMESPACES, **{SCHEMA_LOCATION: f"{OAI_DC} {OAI_DC_SCHEMA}"})
    _texts(made, "title", dataset.title)
    _responsible(made, dataset)
    for theme in dataset.themes:
        _texts(made, "subject", theme.label)
    for keyword in dict.fromkeys(dataset.keywords):
        _add(made, "subject", keyword)
    if dataset.illustrative:
        _texts(made, "description", ILLUSTRATIVE)
    _texts(made, "description", dataset.description)
    for date in (dataset.issued, dataset.modified):
        if date is not None:
            _add(made, "date", when_text(date))
    _add(made, "type", "Dataset")
    for media_type in dict.fromkeys(_media_type(each) for each in dataset.distributions):
        _add(made, "format", media_type)
    _addresses(made, dataset, base_url)
    for language in dataset.languages:
        _add(made, "language", language)
    for coverage in _coverage(dataset):
        _texts(made, "coverage", coverage)
    _rights(made, dataset)
    return made


def _responsible(made: Element, dataset: Dataset) -> None:
    """Who supplies the data made it; who answers for it publishes it. Without the one, the other stands for both."""
    owner = dataset.agency.name if dataset.agency else LocalizedText(dataset.agency_text or "")
    supplier = dataset.supplier.name if dataset.supplier else LocalizedText(dataset.supplier_text or "")
    _texts(made, "creator", supplier or owner)
    _texts(made, "publisher", owner or supplier)


def _addresses(made: Element, dataset: Dataset, base_url: str) -> None:
    _add(made, "identifier", links.absolute(base_url, links.dataset_id(dataset.uuid)))
    _add(made, "identifier", dataset.identifier)
    _add(made, "identifier", dataset.other_identifier)
    for each in dataset.distributions:
        file = each.current_file
        own = links.absolute(base_url, links.download(each.uuid, file.name)) if file else None
        _add(made, "relation", own or each.access_url)
    _add(made, "source", dataset.landing_page)


def _coverage(dataset: Dataset) -> Iterator[LocalizedText]:
    """Places, then the period as ISO 8601 has it; an open end is `..`."""
    yield from (place.name for place in dataset.places)
    start, end = dataset.temporal_start, dataset.temporal_end
    if start or end:
        yield LocalizedText(f"{start.isoformat() if start else '..'}/{end.isoformat() if end else '..'}")


def _rights(made: Element, dataset: Dataset) -> None:
    licence: Concept | None = dataset.licence
    if licence is None:
        _add(made, "rights", dataset.licence_raw)
    elif licence.code != _NOT_STATED:
        _texts(made, "rights", licence.label)
        url = licence.facts.get("url") or licence.exact_match
        _add(made, "rights", url if isinstance(url, str) else None)


def _media_type(distribution: Distribution) -> str | None:
    file = distribution.current_file
    if file is not None:
        return file.media_type
    stated = distribution.format.facts.get("media_type") if distribution.format else None
    return stated if isinstance(stated, str) else distribution.media_type or distribution.format_raw


def _texts(made: Element, name: str, text: LocalizedText) -> None:
    pairs = (("vi", text.vi), ("en", text.en))
    for language, words in pairs:
        if words:
            child(made, f"{{{DC}}}{name}", words, **{XML_LANG: language})


def _add(made: Element, name: str, text: str | None) -> None:
    if text:
        child(made, f"{{{DC}}}{name}", text)
