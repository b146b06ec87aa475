"""OpenSearch 1.1: lets a browser offer the portal among its search engines."""

from __future__ import annotations

from portal import links
from portal.exchange import atom
from portal.exchange.xml import child, document, root
from portal.text import Language, LocalizedText

MEDIA_TYPE = "application/opensearchdescription+xml"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
# At most 16 letters.
_NAME = LocalizedText("Dữ liệu Đà Nẵng", "Da Nang Data")
_DESCRIPTION = LocalizedText(
    "Tìm dữ liệu mở của các cơ quan thành phố Đà Nẵng.", "Search the open data of the agencies of Da Nang."
)


def describe(base_url: str, language: Language, icon_path: str) -> bytes:
    """How to search, as a page and as a feed."""
    made = root(_name("OpenSearchDescription"), {None: _OPENSEARCH})
    child(made, _name("ShortName"), _NAME.in_language(language))
    child(made, _name("Description"), _DESCRIPTION.in_language(language))
    child(made, _name("Image"), links.absolute(base_url, icon_path), type="image/svg+xml")
    search = links.absolute(base_url, links.page("datasets", language))
    child(made, _name("Url"), type="text/html", template=f"{search}?q={{searchTerms}}&page={{startPage?}}")
    feed = links.absolute(base_url, links.search_feed("q={searchTerms}", language))
    child(made, _name("Url"), type=atom.MEDIA_TYPE, template=feed)
    own = links.absolute(base_url, links.opensearch(language))
    child(made, _name("Url"), type=MEDIA_TYPE, rel="self", template=own)
    child(made, _name("Language"), language)
    child(made, _name("InputEncoding"), "UTF-8")
    child(made, _name("OutputEncoding"), "UTF-8")
    return document(made)


def _name(tag: str) -> str:
    return f"{{{_OPENSEARCH}}}{tag}"
