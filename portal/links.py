"""Every public address as a pure function of paths; `absolute` puts the configured base URL before one."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, urlencode
from uuid import UUID

from portal.text import Language

Page = Literal[
    "home", "datasets", "series", "agencies", "themes", "places", "developers", "reference", "about"
]

PAGES: dict[Page, dict[Language, str]] = {
    "home": {"vi": "/", "en": "/en/"},
    "datasets": {"vi": "/du-lieu", "en": "/en/datasets"},
    "series": {"vi": "/chuoi-du-lieu", "en": "/en/series"},
    "agencies": {"vi": "/co-quan", "en": "/en/agencies"},
    "themes": {"vi": "/linh-vuc", "en": "/en/themes"},
    "places": {"vi": "/dia-ban", "en": "/en/places"},
    "developers": {"vi": "/lap-trinh-vien", "en": "/en/developers"},
    "reference": {"vi": "/lap-trinh-vien/api", "en": "/en/developers/api"},
    "about": {"vi": "/gioi-thieu", "en": "/en/about"},
}
TABLE_PAGES: dict[Language, str] = {"vi": "/bang", "en": "/en/tables"}
TABLE_CHANGES: dict[Language, str] = {"vi": "thay-doi", "en": "changes"}


def absolute(base_url: str, path: str) -> str:
    """A full address; `base_url` without a trailing slash, as settings give it."""
    return base_url + path


def page(name: Page, language: Language) -> str:
    """Home, a list, or a page of text."""
    return PAGES[name][language]


def search(language: Language, **parameters: str) -> str:
    """The list of datasets with words to search for (`q`) or filters (`theme`, `agency`, `place` ...)."""
    return f"{PAGES['datasets'][language]}?{urlencode(parameters)}"


def dataset_page(slug: str, language: Language) -> str:
    """The page of one dataset for people."""
    return f"{PAGES['datasets'][language]}/{quote(slug)}"


def agency_page(slug: str, language: Language) -> str:
    """The page of one agency."""
    return f"{PAGES['agencies'][language]}/{quote(slug)}"


def theme_page(code: str, language: Language) -> str:
    """The page of one theme."""
    return f"{PAGES['themes'][language]}/{quote(code)}"


def place_page(slug: str, language: Language) -> str:
    """The page of one place."""
    return f"{PAGES['places'][language]}/{quote(slug)}"


def series_page(slug: str, language: Language) -> str:
    """The page of one series."""
    return f"{PAGES['series'][language]}/{quote(slug)}"


def table_page(uuid: UUID, language: Language) -> str:
    """The page where people look at the rows of one table."""
    return f"{TABLE_PAGES[language]}/{uuid}"


def table_changes(uuid: UUID, language: Language, **parameters: str | int) -> str:
    """The page of what differs between two versions of a table (`from`, `to`), with whatever is given."""
    path = f"{table_page(uuid, language)}/{TABLE_CHANGES[language]}"
    return f"{path}?{urlencode(parameters)}" if parameters else path


def table_embed(uuid: UUID, language: Language) -> str:
    """The same rows, bare, for a frame in another site."""
    return f"{table_page(uuid, language)}/embed"


def dataset_id(uuid: UUID) -> str:
    """The persistent address, to cite and to link from RDF; redirects by Accept."""
    return f"/id/dataset/{uuid}"


def catalogue_id() -> str:
    """The persistent address of the catalogue as a whole; redirects by Accept."""
    return "/id/catalogue"


def agency_id(uuid: UUID) -> str:
    """The persistent address of an agency; redirects by Accept."""
    return f"/id/agency/{uuid}"


def series_id(uuid: UUID) -> str:
    """The persistent address of a series; redirects by Accept."""
    return f"/id/series/{uuid}"


def place_id(code: str) -> str:
    """The persistent address of a place; redirects by Accept."""
    return f"/id/place/{quote(code, safe='')}"


def concept_id(vocabulary: str, code: str) -> str:
    """The persistent address of a word of a vocabulary; redirects by Accept."""
    return f"/id/concept/{quote(vocabulary, safe='')}/{quote(code, safe='')}"


def catalogue_document(extension: str) -> str:
    """The whole catalogue in DCAT: `ttl`, `jsonld`, `rdf`, `nt`."""
    return f"/catalog.{extension}"


def data_json() -> str:
    """The whole catalogue in Project Open Data's form."""
    return "/data.json"


def dataset_document(slug: str, extension: str) -> str:
    """One dataset in DCAT: `ttl`, `jsonld`, `nt`, `rdf`."""
    return f"/dataset/{quote(slug)}.{extension}"


def dataset_archive(slug: str) -> str:
    """All files of a dataset as one ZIP."""
    return f"/dataset/{quote(slug)}.zip"


def dataset_form(slug: str, name: str, language: Language) -> str:
    """One dataset in the form of another standard: `croissant.jsonld`, `citation.bib` ..."""
    return f"/dataset/{quote(slug)}/{quote(name)}{'' if language == 'vi' else '?lang=en'}"


def columns_of(distribution: UUID, name: str) -> str:
    """What the columns of a CSV file mean, beside the file."""
    return f"{download(distribution, name)}-metadata.json"


def linkset(slug: str, name: str) -> str:
    """All typed links of a dataset: `linkset.json`, `linkset`."""
    return f"/dataset/{quote(slug)}/{name}"


def download(distribution: UUID, name: str) -> str:
    """The newest file of a distribution."""
    return f"/tai-ve/{distribution}/{quote(name, safe='')}"


def download_version(distribution: UUID, number: int, name: str) -> str:
    """One immutable file version."""
    return f"/tai-ve/{distribution}/v{number}/{quote(name, safe='')}"


def feed(name: str, form: str, language: Language, query_string: str = "") -> str:
    """A feed in `atom` or `rss`: `datasets`, `agency/<slug>`, `theme/<code>`, `place/<slug>`, `dataset/<slug>`."""
    parameters = "&".join(each for each in (query_string, "" if language == "vi" else "lang=en") if each)
    return f"/feeds/{quote(name)}.{form}?{parameters}".rstrip("?")


def search_feed(query_string: str, language: Language, form: str = "atom") -> str:
    """The feed of a search; `query_string` as the search's own address has it."""
    return feed("search", form, language, query_string)


def base_map(version: str) -> str:
    """Land and units in GeoJSON, as they are in one version."""
    return f"/ban-do/nen.geojson?v={version}"


def oai() -> str:
    """The base address of OAI-PMH."""
    return "/oai"


def sitemap() -> str:
    """The list of sitemaps."""
    return "/sitemap.xml"


def sitemap_part(name: str) -> str:
    """One sitemap: `pages`, `datasets-0` ..."""
    return f"/sitemap/{name}.xml"


def opensearch(language: Language) -> str:
    """How a browser searches the portal."""
    return "/opensearch.xml" if language == "vi" else "/opensearch.xml?lang=en"


def ckan_action(name: str) -> str:
    """An action of the CKAN API."""
    return f"/api/3/action/{quote(name, safe='')}"


def datastore_dump(table: str) -> str:
    """All rows of a table as a file, where clients of CKAN look for it."""
    return f"/datastore/dump/{quote(table, safe='')}"


def ckan_download(dataset: UUID, distribution: UUID, name: str) -> str:
    """The newest file of a distribution, where clients of CKAN look for it."""
    return f"/dataset/{dataset}/resource/{distribution}/download/{quote(name, safe='')}"


def api(*parts: object) -> str:
    """An address of API v1: `api("datasets", slug)`."""
    return "/".join(("/api/v1", *(quote(str(part), safe="") for part in parts)))
