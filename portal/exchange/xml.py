"""XML as the portal writes it: elements whose text holds nothing that XML 1.0 cannot, and whole documents."""

from __future__ import annotations

from lxml import etree

from portal.exchange.rdf import writable

Element = etree._Element
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"


def root(tag: str, namespaces: dict[str | None, str], **attributes: str) -> Element:
    """The outermost element; `tag` as all tags here with its namespace in braces."""
    # The stubs do not know the default namespace, whose prefix is None.
    return _with_attributes(etree.Element(tag, nsmap=namespaces), attributes)  # type: ignore[arg-type]


def child(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child of `parent`."""
    element = _with_attributes(etree.SubElement(parent, tag), attributes)
    if text is not None:
        element.text = writable(text)
    return element


def document(outermost: Element) -> bytes:
    """UTF-8 with a declaration."""
    written: bytes = etree.tostring(outermost, encoding="UTF-8", xml_declaration=True)
    return written


def parsed(document: bytes) -> Element:
    """The outermost element of a document that we wrote ourselves."""
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


def _with_attributes(element: Element, attributes: dict[str, str]) -> Element:
    for name, value in attributes.items():
        element.set(name, writable(value))
    return element
