"""RDF that somebody wrote, asked by prefixed names: texts by language, labels of words, names of agents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from portal.exchange.own_addresses import own_word
from portal.exchange.rdf import term

Node = NamedNode | BlankNode
DATASET = term("dcat:Dataset")
SERIES = term("dcat:DatasetSeries")

_TYPE = term("rdf:type")
_LABELS = ("skos:prefLabel", "dct:title", "rdfs:label", "foaf:name", "vcard:fn")
_MEDIA_TYPES = "/assignments/media-types/"
# ISO 639-3, as the European list has it, to ISO 639-1.
_LANGUAGES = dict(
    pair.split(":")
    for pair in "vie:vi eng:en fra:fr zho:zh jpn:ja kor:ko rus:ru deu:de spa:es por:pt ita:it nld:nl pol:pl swe:sv "
    "tha:th lao:lo khm:km ind:id msa:ms".split()
)


class Statements:
    """All statements of a document, by subject and property."""

    def __init__(self, statements: Iterable[Quad | Triple]) -> None:
        self._said: dict[Node, dict[NamedNode, list[Node | Literal]]] = {}
        self._classes: dict[Node | Literal, dict[Node, None]] = {}
        for each in statements:
            subject, value = each.subject, each.object
            if isinstance(subject, Triple) or isinstance(value, Triple):
                continue
            self._said.setdefault(subject, {}).setdefault(each.predicate, []).append(value)
            if each.predicate == _TYPE:
                self._classes.setdefault(value, {})[subject] = None

    def of_class(self, name: NamedNode) -> list[Node]:
        """The things of a class, in the order in which the document says so."""
        return [*self._classes.get(name, ())]

    def nodes(self, subject: Node, name: str) -> list[Node]:
        """The things that a property leads to; addresses written as texts too."""
        values = self._said.get(subject, {}).get(term(name), [])
        found = (_address(each) if isinstance(each, Literal) else each for each in values)
        return [*dict.fromkeys(each for each in found if each is not None)]

    def texts(self, subject: Node, name: str) -> list[str]:
        """The texts of a property, in whatever language."""
        return [each.value for each in self._literals(subject, name)]

    def text(self, subject: Node, name: str) -> str | None:
        """One text, Vietnamese before others."""
        found = self.localized(subject, name)
        return found.get("vi") or found.get("en")

    def localized(self, subject: Node, name: str) -> dict[str, str]:
        """Vietnamese and English; what is in neither stands for Vietnamese where there is none."""
        found: dict[str, str] = {}
        for each in self._literals(subject, name):
            language = (each.language or "").partition("-")[0]
            found.setdefault(language if language in ("vi", "en") else "", each.value)
        other = found.pop("", None)
        if other and "vi" not in found:
            found["vi"] = other
        return found

    def label(self, node: Node) -> str:
        """What a thing is called here; its own address when nothing is said of it."""
        names = (self.text(node, name) for name in _LABELS)
        return next(filter(None, names), node.value if isinstance(node, NamedNode) else "")

    def word(self, subject: Node, name: str) -> str | None:
        """A word of a vocabulary: our code, the address in a shared list, or the label where there is no list."""
        for node in self.nodes(subject, name):
            if isinstance(node, NamedNode):
                is_part = "#" in node.value and self.label(node) != node.value
                return own_word(node.value) or (self.label(node) if is_part else node.value)
            return self.label(node) or None
        return self.text(subject, name)

    def agent(self, subject: Node, name: str) -> str | None:
        """The name of a body or person; None when the document has only an address."""
        for node in self.nodes(subject, name):
            found = self.label(node)
            if found != node.value:
                return found
        return self.text(subject, name)

    def reach(self, contact: Node, name: str, scheme: str) -> str | None:
        """A mail address or telephone number, without its scheme."""
        for node in self.nodes(contact, name):
            value = next(iter(self.nodes(node, "vcard:hasValue")), node).value
            if value.lower().startswith(scheme):
                return unquote(value[len(scheme) :])
        return (self.text(contact, name) or "").removeprefix(scheme) or None

    def _literals(self, subject: Node, name: str) -> list[Literal]:
        values = self._said.get(subject, {}).get(term(name), [])
        return [each for each in values if isinstance(each, Literal)]


def language_of(address: str) -> str:
    """ISO 639-1 where it has a code for the language; else the last part of the address."""
    code = re.split(r"[/#]", address)[-1].lower()
    return _LANGUAGES.get(code, code)


def media_type_of(address: str | None) -> str | None:
    """The media type that an address in IANA's list names."""
    return address.partition(_MEDIA_TYPES)[2] or address if address else None


def _address(text: Literal) -> NamedNode | None:
    if not text.value.startswith(("http://", "https://", "mailto:", "tel:")):
        return None
    try:
        return NamedNode(text.value)
    except ValueError:
        return None
