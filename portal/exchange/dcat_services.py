"""DCAT-AP 3.0.1: the portal's own interfaces, as data services of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode

from portal import links
from portal.exchange.dcat_names import Names, part
from portal.exchange.rdf import Graph, both
from portal.text import LocalizedText


@dataclass(frozen=True, slots=True)
class _Service:
    key: str
    title: LocalizedText
    description: LocalizedText
    path: str
    description_path: str
    standard: str


_SERVICES = (
    _Service(
        "api-v1",
        LocalizedText("API của cổng dữ liệu mở Đà Nẵng", "API of the Da Nang open data portal"),
        LocalizedText(
            "Tìm, đọc và duyệt toàn bộ danh mục dữ liệu dưới dạng JSON, không cần khóa.",
            "Search, read and walk the whole catalogue in JSON, without a key.",
        ),
        links.api(),
        links.api("openapi.json"),
        "https://spec.openapis.org/oas/v3.1.0",
    ),
    _Service(
        "ckan",
        LocalizedText("API theo CKAN", "CKAN action API"),
        LocalizedText(
            "Cùng danh mục dữ liệu, qua các lệnh của CKAN mà nhiều công cụ đã biết.",
            "The same catalogue through the actions of CKAN, which many tools know.",
        ),
        "/api/3",
        f"{links.ckan_action('help_show')}?name=package_search",
        "https://docs.ckan.org/en/2.11/api/",
    ),
    _Service(
        "oai-pmh",
        LocalizedText("Thu hoạch siêu dữ liệu theo OAI-PMH", "Harvesting by OAI-PMH"),
        LocalizedText(
            "Siêu dữ liệu để thư viện và cổng khác thu hoạch dần, cả bản ghi đã rút.",
            "Metadata for libraries and other portals to harvest bit by bit, withdrawn records included.",
        ),
        links.oai(),
        f"{links.oai()}?verb=Identify",
        "http://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm",
    ),
)


def add_services(graph: Graph, names: Names, publisher: NamedNode) -> None:
    """The interfaces, and that they are the catalogue's."""
    for each in _SERVICES:
        node = graph.is_a(part(names.catalogue, f"service-{each.key}"), "dcat:DataService")
        graph.add(names.catalogue, "dcat:service", node)
        graph.add(node, "dct:title", *both(each.title))
        graph.add(node, "dct:description", *both(each.description))
        graph.add(node, "dct:publisher", publisher)
        graph.add(node, "dcat:endpointURL", names.link(each.path))
        graph.add(node, "dcat:endpointDescription", names.link(each.description_path))
        graph.add(node, "dct:conformsTo", graph.is_a(NamedNode(each.standard), "dct:Standard"))
