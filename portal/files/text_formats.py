"""Formats made of characters, told from the beginning of the text: markup, JSON, linked data, tables."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from portal.files.json_head import read_json_head

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")

_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w:.-]+)[^\[>]*(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])([^<>]*)")
_XML_DECLARATION = re.compile(r"\s*<\?xml\s")
# What a page, or the HTML table that some systems export under the name .xls, may begin with.
_HTML_TAGS = frozenset(
    ("html", "head", "body", "title", "meta", "link", "style", "script", "table", "div", "p", "h1", "center")
)
_BY_ROOT = {
    "svg": "SVG",
    "kml": "KML",
    "gpx": "GPX",
    "rss": "RSS",
    "html": "HTML",
}
_BY_NAMESPACE = (
    ("sdmx.org/resources/sdmxml", "SDMX"),
    ("www.w3.org/1999/02/22-rdf-syntax-ns#", "RDF"),
    ("www.w3.org/2005/Atom", "ATOM"),
    ("www.opengis.net/gml", "GML"),
)

_COMMENTS = r"(?:\s|#[^\n]*\n)*"
_TURTLE = re.compile(_COMMENTS + r"(?:@prefix|@base|prefix|base)\s+(?:[\w.-]*:\s*)?<[^<>\s]*>", re.IGNORECASE)
_TRIPLE = re.compile(_COMMENTS + r"(?:<[^<>\s]+>|_:\S+)\s+<[^<>\s]+>\s+(?:<[^<>\s]+>|_:|\")")
_PC_AXIS = re.compile(r'(?:^|;)[ \t]*(?:MATRIX|AXIS-VERSION|CHARSET)="[^"]*"\s*;', re.MULTILINE)

_GEOMETRIES = frozenset(
    ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
)
_FEATURE = re.compile(r'"type"\s*:\s*"Feature"')
_LINKED_ARRAY = re.compile(r'\[\s*\{\s*"@(?:id|type|context|graph)"')

_DELIMITERS = ("\t", ";", ",", "|")
_QUOTED = re.compile(r'"[^"]*"')
_SAMPLE_LINES = 10
_SAMPLE_CHARACTERS = 16 * 1024


@dataclass(frozen=True, slots=True)
class TextHead:
    """The decoded beginning of a text; `encoding` is None for an unknown 8-bit one (then read as Latin-1)."""

    text: str
    encoding: str | None
    is_cut: bool


def decode_head(head: bytes, *, is_cut: bool) -> TextHead | None:
    """The head as text, or None when it is none. `is_cut`: the file goes on after it."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return _decode(head, encoding, is_cut)
    return _decode(head, "utf-8", is_cut) or _decode(head, None, is_cut)


def text_code(head: TextHead) -> str | None:
    """The code that the characters alone prove, or None for prose, tables and programs."""
    text = head.text
    start = text.lstrip()[:1]
    if start == "<":
        return _markup_code(text)
    if start in ("{", "["):
        return _json_code(head)
    if _TURTLE.match(text):
        return "TTL"
    if _TRIPLE.match(text):
        return "NT"
    if text.lstrip().startswith("BEGIN:VCALENDAR"):
        return "ICS"
    return "PX" if _PC_AXIS.search(text[:4096]) else None


def table_code(head: TextHead) -> str | None:
    """CSV or TSV when the first lines split into the same number of at least two cells."""
    is_cut = head.is_cut or len(head.text) > _SAMPLE_CHARACTERS
    # Quoted cells go first: they may hold delimiters and line feeds.
    lines = _QUOTED.sub("", head.text[:_SAMPLE_CHARACTERS]).splitlines()
    whole = [line for line in (lines[:-1] if is_cut else lines) if line.strip()][:_SAMPLE_LINES]
    if len(whole) < 2:
        return None
    for delimiter in _DELIMITERS:
        counts = {line.count(delimiter) for line in whole}
        if len(counts) == 1 and counts != {0}:
            return "TSV" if delimiter == "\t" else "CSV"
    return None


def _decode(head: bytes, encoding: str | None, is_cut: bool) -> TextHead | None:
    try:
        text = codecs.getincrementaldecoder(encoding or "latin-1")().decode(head, final=not is_cut)
    except UnicodeDecodeError:
        return None
    return None if _NOT_TEXT.search(text) else TextHead(text, encoding, is_cut)


def _markup_code(text: str) -> str | None:
    if _TRIPLE.match(text):
        return "NT"
    position, doctype = _skip_prolog(text)
    if doctype == "html":
        return "HTML"
    root = _ROOT.match(text, position)
    if root is None:
        return "XML" if _XML_DECLARATION.match(text) else None
    name, attributes = root[1], root[2]
    if name.lower() in _HTML_TAGS and not _XML_DECLARATION.match(text):
        return "HTML"
    by_namespace = (code for namespace, code in _BY_NAMESPACE if namespace in attributes)
    return _BY_ROOT.get(name.lower()) or next(by_namespace, "XML")


def _skip_prolog(text: str) -> tuple[int, str]:
    """Where the root element may begin, and the name in the DOCTYPE. Nothing of a DTD is interpreted."""
    position, doctype = 0, ""
    while found := _PROLOG.match(text, position) or _DOCTYPE.match(text, position):
        if found.re is _DOCTYPE:
            doctype = found[1].lower()
        position = found.end()
    return position, doctype


def _json_code(head: TextHead) -> str | None:
    shape = read_json_head(head.text, is_cut=head.is_cut)
    if shape is None:
        return None
    if shape.documents > 1:
        return "NDJSON"
    if _is_geographic(shape.members, head):
        return "GEOJSON"
    if "@context" in shape.members or "@graph" in shape.members or _LINKED_ARRAY.match(head.text.lstrip()):
        return "JSONLD"
    return "JSON"


def _is_geographic(members: dict[str, str | None], head: TextHead) -> bool:
    kind = members.get("type")
    if kind is None:
        # Keys in alphabetical order put a long `features` before `type`, past the head.
        return "features" in members and head.is_cut and _FEATURE.search(head.text) is not None
    if kind in _GEOMETRIES:
        return "coordinates" in members or "geometries" in members
    return kind == "FeatureCollection" or (kind == "Feature" and ("geometry" in members or head.is_cut))
