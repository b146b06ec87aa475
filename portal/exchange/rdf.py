"""RDF as the portal writes it: names, values made safe, and four forms that can be joined from fragments.

No node is blank: every thing has an address, so that fragments written at different times can be joined,
readers can compare two harvests line by line, and merging a document twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import quote

import orjson
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from portal.catalog.models import When, when_text
from portal.text import Language, LocalizedText

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Value = NamedNode | Literal

# What XML 1.0 cannot hold at all, and lone halves of surrogate pairs, which UTF-8 cannot.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SCHEMES = ("http://", "https://", "urn:")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEPT_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"


@lru_cache(maxsize=256)
def term(name: str) -> NamedNode:
    """The node that a prefixed name means: `dcat:Dataset`."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def address(text: str | None) -> NamedNode | None:
    """The node of a web address or URN as people write them, escaped where needed; None when it is none."""
    wanted = writable(text or "").strip()
    if not wanted.lower().startswith(_SCHEMES):
        return None
    # Some parsers end an address at any space that Unicode knows.
    is_plain = not any(map(str.isspace, wanted))
    return (_node(wanted) if is_plain else None) or _node(
        quote(_STRAY_PERCENT.sub("%25", wanted), safe=_KEPT_IN_ADDRESSES)
    )


def _node(text: str) -> NamedNode | None:
    try:
        return NamedNode(text)
    except ValueError:
        return None


def writable(text: str) -> str:
    """The text without the characters that some form could not hold."""
    return _UNWRITABLE.sub("", text)


def literal(text: str, language: Language | None = None) -> Literal:
    """A text, in a language when it has one."""
    return Literal(writable(text), language=language)


def both(text: LocalizedText) -> list[Literal]:
    """The languages that the text has."""
    pairs: tuple[tuple[str | None, Language], ...] = ((text.vi, "vi"), (text.en, "en"))
    return [literal(each, language) for each, language in pairs if each]


def moment(when: When | None) -> Literal | None:
    """A day as xsd:date, an instant as xsd:dateTime in UTC."""
    if when is None:
        return None
    return typed(when_text(when), "xsd:dateTime" if isinstance(when, datetime) else "xsd:date")


def day(value: date | None) -> Literal | None:
    """xsd:date."""
    return moment(value)


def typed(text: str, datatype: str) -> Literal:
    """A value of a datatype: `typed("12", "xsd:nonNegativeInteger")`."""
    return Literal(text, datatype=term(datatype))


class Graph:
    """Triples, each once, all of one subject together: so that every form writes a thing in one piece."""

    def __init__(self) -> None:
        self._by_subject: dict[NamedNode, dict[Triple, None]] = {}

    def add(self, subject: NamedNode, predicate: str, *values: Value | None) -> None:
        """Says `predicate` of `subject` for every value that is there."""
        name = term(predicate)
        said = self._by_subject.setdefault(subject, {})
        said.update((Triple(subject, name, value), None) for value in values if value is not None)

    def is_a(self, subject: NamedNode, *classes: str) -> NamedNode:
        """Gives `subject` its classes and answers it."""
        self.add(subject, "rdf:type", *map(term, classes))
        return subject

    def triples(self) -> Iterator[Triple]:
        """All that was said, in the order in which things were first spoken of."""
        for said in self._by_subject.values():
            yield from said


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write RDF. A document is `start`, fragments with `between` them, and `end`."""

    extension: str
    media_type: str
    label: str
    start: bytes
    between: bytes
    end: bytes
    format: RdfFormat

    def fragment(self, triples: Iterable[Triple]) -> bytes:
        """The triples without what stands once around a document; there must be at least one."""
        written = serialize(triples, format=self.format, prefixes=PREFIXES) or b""
        if self.format == RdfFormat.TURTLE:
            return _without_lines(written, len(PREFIXES))
        if self.format == RdfFormat.JSON_LD:
            return b",\n".join(orjson.dumps(_compact_node(each)) for each in orjson.loads(written))
        if self.format == RdfFormat.RDF_XML:
            return _without_lines(written, 2).removesuffix(b"</rdf:RDF>")
        return written

    def document(self, triples: Iterable[Triple]) -> bytes:
        """The triples as a whole document."""
        return b"".join((self.start, self.fragment(triples), self.end))


def _without_lines(written: bytes, number: int) -> bytes:
    """Leaves the prologue out, which pyoxigraph writes in another order every time."""
    return written.split(b"\n", number)[number]


_TYPE = PREFIXES["rdf"] + "type"


def _compact_node(node: dict[str, object]) -> dict[str, object]:
    """A node of expanded JSON-LD with prefixed names and `@type`."""
    compact: dict[str, object] = {}
    for name, values in node.items():
        if name == _TYPE and isinstance(values, list):
            compact["@type"] = [_prefixed(each["@id"]) for each in values]
        elif isinstance(values, list):
            compact[_prefixed(name)] = [_compact_value(each) for each in values]
        else:
            compact[name] = values
    return compact


def _compact_value(value: dict[str, str]) -> dict[str, str]:
    datatype = value.get("@type")
    return {**value, "@type": _prefixed(datatype)} if datatype else value


@lru_cache(maxsize=256)
def _prefixed(name: str) -> str:
    for prefix, start in PREFIXES.items():
        if name.startswith(start):
            return f"{prefix}:{name.removeprefix(start)}"
    return name


def _turtle_start() -> bytes:
    return "".join(f"@prefix {name}: <{start}> .\n" for name, start in PREFIXES.items()).encode()


def _xml_start() -> bytes:
    names = " ".join(f'xmlns:{name}="{start}"' for name, start in PREFIXES.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {names}>\n'.encode()


_JSON_START = b'{"@context":' + orjson.dumps(PREFIXES) + b',\n"@graph":[\n'

TURTLE = Form("ttl", "text/turtle", "Turtle", _turtle_start(), b"", b"", RdfFormat.TURTLE)
JSON_LD = Form("jsonld", "application/ld+json", "JSON-LD", _JSON_START, b",\n", b"\n]}\n", RdfFormat.JSON_LD)
N_TRIPLES = Form("nt", "application/n-triples", "N-Triples", b"", b"", b"", RdfFormat.N_TRIPLES)
RDF_XML = Form("rdf", "application/rdf+xml", "RDF/XML", _xml_start(), b"", b"</rdf:RDF>\n", RdfFormat.RDF_XML)
FORMS: dict[str, Form] = {form.extension: form for form in (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)}
"""The forms of one dataset, by the extension of their addresses."""
