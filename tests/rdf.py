"""Reads what the portal writes with another library than the one it writes with."""

from __future__ import annotations

from rdflib import Graph, Namespace

from portal.exchange.rdf import PREFIXES

DCAT = Namespace(PREFIXES["dcat"])
DCTERMS = Namespace(PREFIXES["dct"])
RDF = Namespace(PREFIXES["rdf"])
RDFS = Namespace(PREFIXES["rdfs"])
FOAF = Namespace(PREFIXES["foaf"])
SPDX = Namespace(PREFIXES["spdx"])
VCARD = Namespace(PREFIXES["vcard"])
_PARSERS = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}


def read_graph(document: bytes, extension: str) -> Graph:
    """The graph of a document; raises when it does not parse."""
    graph = Graph()
    graph.parse(data=document, format=_PARSERS[extension])
    return graph
