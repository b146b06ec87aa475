"""llms.txt: the portal told to language models, in the form that llmstxt.org proposes."""

from __future__ import annotations

from portal import links
from portal.exchange.bulk import CSV, JSON_LINES
from portal.exchange.rdf import JSON_LD, TURTLE

_TEXT = """# Da Nang Open Data (Dữ liệu mở Đà Nẵng)

> The open-data portal of the city of Da Nang, Viet Nam: {total} datasets of the city's agencies, described in
> Vietnamese and partly in English. Everything is read without an account or key, by GET over HTTP.

Each dataset has its own licence: it stands in the record, and what is null was not stated. Cite a dataset by its
persistent address, {base}/id/dataset/<uuid>.{illustrative}
Searches work with and without Vietnamese diacritics. A withdrawn dataset answers 410 with the reason.

## Find and read

- [Search as JSON]({datasets}?q=du+lich): `q`, `sort`, `page`, filters by theme, agency, place, format, year
- [One dataset as JSON]({datasets}/SLUG): `distributions[]` have `download_url`, `sha256` and `byte_size`
- [Quickstart]({quickstart}): the first answer in a minute with curl, Python, JavaScript and R
- [API reference]({reference}): every address, parameter and answer
- [OpenAPI 3.1]({openapi}): the same for programs

## Everything at once

{bulk}
- [Changes since a moment]({changes}): what was published, changed or withdrawn
- [Feed]({feed}): the newest records in Atom
- [OAI-PMH]({oai}?verb=Identify): harvesting with deleted records
- [Sitemap]({sitemap}): every page

## Pages for people

- [Datasets]({page}): the list with filters, in Vietnamese; [the same in English]({page_en})
- [About]({about}): what the portal is, and the licences in use
"""
_ILLUSTRATIVE = """
Records with `illustrative: true` were made up to show how the portal works: never present their figures as real."""


def describe(base_url: str, *, total: int, has_illustrative: bool) -> str:
    """The text, with the addresses of this portal."""

    def full(path: str) -> str:
        return links.absolute(base_url, path)

    dcat = (
        (f"DCAT-AP in {form.label}", links.catalogue_document(form.extension)) for form in (JSON_LD, TURTLE)
    )
    bulk = [("one record a line", f"/{JSON_LINES}"), ("CSV", f"/{CSV}"), *dcat]
    return _TEXT.format(
        total=total,
        base=base_url,
        illustrative=_ILLUSTRATIVE if has_illustrative else "",
        datasets=full(links.api("datasets")),
        quickstart=full(links.page("developers", "en")),
        reference=full(links.page("reference", "en")),
        openapi=full(links.api("openapi.json")),
        bulk="\n".join(f"- [The whole catalogue: {name}]({full(path)})" for name, path in bulk),
        changes=full(f"{links.api('changes')}?since=0"),
        feed=full(links.feed("datasets", "atom", "en")),
        oai=full(links.oai()),
        sitemap=full(links.sitemap()),
        page=full(links.page("datasets", "vi")),
        page_en=full(links.page("datasets", "en")),
        about=full(links.page("about", "en")),
    )
