"""One dataset in every form that stands under its own address: the table that doors and pages read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from portal.catalog.models import Dataset
from portal.exchange import citation, croissant, csvw, data_package, datacite, dublin_core, schema_org, xml
from portal.exchange.values import JsonObject, json_bytes
from portal.text import Language

Write = Callable[[Dataset, str, Language], bytes | None]


def _always(_dataset: Dataset) -> bool:
    return True


def _is_cited(dataset: Dataset) -> bool:
    return not dataset.illustrative


def _has_tables(dataset: Dataset) -> bool:
    return any(map(csvw.is_table, dataset.distributions))


@dataclass(frozen=True, slots=True)
class DatasetDocument:
    """A form: the last part of its address, and how it is written out of a dataset with everything loaded, the
    base URL and a language; None for a dataset of which it has nothing to say, as `has` tells beforehand. `accept`:
    the media type by which `/id/dataset/<uuid>` leads to it, empty where several forms share one."""

    name: str
    media_type: str
    label: str
    write: Write
    accept: str = ""
    has: Callable[[Dataset], bool] = _always

    @property
    def plain_type(self) -> str:
        """The media type without parameters, as links tell it."""
        return self.media_type.partition(";")[0]


def _json(form: Callable[[Dataset, str, Language], JsonObject | None]) -> Write:
    def write(dataset: Dataset, base_url: str, language: Language) -> bytes | None:
        found = form(dataset, base_url, language)
        return None if found is None else json_bytes(found)

    return write


def _without_language(
    form: Callable[[Dataset, str], JsonObject | None],
) -> Callable[[Dataset, str, Language], JsonObject | None]:
    return lambda dataset, base_url, _language: form(dataset, base_url)


def _xml(
    form: Callable[[Dataset, str], xml.Element], dataset: Dataset, base_url: str, _language: Language
) -> bytes:
    return xml.document(form(dataset, base_url))


DOCUMENTS: tuple[DatasetDocument, ...] = (
    DatasetDocument("schema-org.jsonld", "application/ld+json", "schema.org", _json(schema_org.dataset)),
    DatasetDocument("croissant.jsonld", croissant.MEDIA_TYPE, "Croissant 1.1", _json(croissant.croissant)),
    DatasetDocument(
        "datapackage.json",
        "application/json",
        "Data Package 2",
        _json(data_package.package),
        has=data_package.has_resources,
    ),
    DatasetDocument(
        "csvw.json",
        csvw.MEDIA_TYPE,
        "CSVW",
        _json(_without_language(csvw.group)),
        accept=csvw.MEDIA_TYPE,
        has=_has_tables,
    ),
    DatasetDocument(
        "datacite.json",
        datacite.JSON_TYPE,
        "DataCite (JSON)",
        _json(_without_language(datacite.as_json)),
        accept=datacite.JSON_TYPE,
    ),
    DatasetDocument(
        "datacite.xml",
        datacite.XML_TYPE,
        "DataCite (XML)",
        partial(_xml, datacite.as_xml),
        accept=datacite.XML_TYPE,
    ),
    DatasetDocument(
        "dublin-core.xml", "application/xml", "Dublin Core", partial(_xml, dublin_core.dublin_core)
    ),
)
"""What describes a dataset, in the order in which its page lists them."""


def _citation(name: str, media_type: str, label: str, write: Write) -> DatasetDocument:
    return DatasetDocument(name, media_type, label, write, accept=media_type, has=_is_cited)


CITATIONS: tuple[DatasetDocument, ...] = (
    _citation("citation.bib", "application/x-bibtex", "BibTeX", citation.bibtex),
    _citation("citation.ris", "application/x-research-info-systems", "RIS", citation.ris),
    _citation("citation.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", citation.csl_json),
)
"""How it is cited by programs that keep references."""

BY_NAME: dict[str, DatasetDocument] = {each.name: each for each in (*DOCUMENTS, *CITATIONS)}
