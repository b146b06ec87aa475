"""File formats: told from the bytes, written as one code each, with the media type that they are sent as."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from portal.files.signatures import binary_code
from portal.files.text_formats import decode_head, table_code, text_code
from portal.text import fold

OCTET_STREAM = "application/octet-stream"
HEAD_BYTES = 64 * 1024

# code: media type, extension, other words for it (folded, words joined by hyphens). Labels, and what a format
# is good for, are vocabulary; these are the facts needed to tell a file's format and to send it safely.
_OPENXML = "application/vnd.openxmlformats-officedocument."
_TABLE: dict[str, tuple[str, str, str]] = {
    "CSV": ("text/csv", "csv", "comma-separated-values application/csv text/x-csv"),
    "TSV": ("text/tab-separated-values", "tsv", "tab tab-separated-values text/tsv"),
    "XLSX": (f"{_OPENXML}spreadsheetml.sheet", "xlsx", "excel ms-excel microsoft-excel bang-tinh"),
    "XLSM": ("application/vnd.ms-excel.sheet.macroenabled.12", "xlsm", ""),
    "XLSB": ("application/vnd.ms-excel.sheet.binary.macroenabled.12", "xlsb", ""),
    "XLS": ("application/vnd.ms-excel", "xls", "excel-97-2003 application/msexcel application/x-msexcel"),
    "ODS": ("application/vnd.oasis.opendocument.spreadsheet", "ods", "opendocument-spreadsheet"),
    "PARQUET": ("application/vnd.apache.parquet", "parquet", "apache-parquet geoparquet"),
    "JSON": ("application/json", "json", "text/json application/x-json"),
    "NDJSON": ("application/x-ndjson", "jsonl", "json-lines application/jsonl application/json-lines"),
    "XML": ("application/xml", "xml", "text/xml extensible-markup-language"),
    "GEOJSON": ("application/geo+json", "geojson", "geo-json application/vnd.geo+json"),
    "SHP": ("application/vnd.shp", "shp", "shapefile esri-shapefile x-gis/x-shapefile tep-shape"),
    "GPKG": ("application/geopackage+sqlite3", "gpkg", "geopackage ogc-geopackage"),
    "KML": ("application/vnd.google-earth.kml+xml", "kml", "google-earth"),
    "KMZ": ("application/vnd.google-earth.kmz", "kmz", ""),
    "GML": ("application/gml+xml", "gml", "geography-markup-language"),
    "GPX": ("application/gpx+xml", "gpx", ""),
    "FGB": ("application/flatgeobuf", "fgb", "flatgeobuf"),
    "GEOTIFF": ("image/tiff", "tiff", "geo-tiff cog cloud-optimized-geotiff"),
    "NETCDF": ("application/netcdf", "nc", "application/x-netcdf"),
    "HDF5": ("application/x-hdf5", "h5", "hdf"),
    "GTFS": ("application/zip", "zip", "gtfs-schedule general-transit-feed-specification"),
    "ICS": ("text/calendar", "ics", "ical icalendar"),
    "JSONLD": ("application/ld+json", "jsonld", "json-ld"),
    "TTL": ("text/turtle", "ttl", "turtle rdf-turtle application/x-turtle"),
    "NT": ("application/n-triples", "nt", "n-triples ntriples rdf-n-triples"),
    "RDF": ("application/rdf+xml", "rdf", "rdf-xml rdf/xml rdfxml"),
    "PX": ("text/plain", "px", "pc-axis pcaxis"),
    "SDMX": ("application/vnd.sdmx.structurespecificdata+xml", "xml", "sdmx-ml"),
    "SQL": ("application/sql", "sql", "sql-dump"),
    "SQLITE": ("application/vnd.sqlite3", "sqlite", "sqlite3 db application/x-sqlite3"),
    "DBF": ("application/dbase", "dbf", "dbase application/x-dbf"),
    "MDB": ("application/msaccess", "mdb", "accdb access ms-access microsoft-access application/x-msaccess"),
    "PDF": ("application/pdf", "pdf", "application/x-pdf"),
    "DOCX": (f"{_OPENXML}wordprocessingml.document", "docx", "word ms-word microsoft-word"),
    "DOC": ("application/msword", "doc", ""),
    "ODT": ("application/vnd.oasis.opendocument.text", "odt", "opendocument-text"),
    "RTF": ("application/rtf", "rtf", "text/rtf"),
    "PPTX": (f"{_OPENXML}presentationml.presentation", "pptx", "powerpoint"),
    "PPT": ("application/vnd.ms-powerpoint", "ppt", ""),
    "ODP": ("application/vnd.oasis.opendocument.presentation", "odp", "opendocument-presentation"),
    "TXT": ("text/plain", "txt", "text plain-text van-ban"),
    "MD": ("text/markdown", "md", "markdown"),
    "YAML": ("application/yaml", "yaml", "yml text/yaml application/x-yaml"),
    "HTML": ("text/html", "html", "htm xhtml application/xhtml+xml web-page website trang-web"),
    "ZIP": ("application/zip", "zip", "application/x-zip application/x-zip-compressed tep-nen"),
    "GZIP": ("application/gzip", "gz", "application/x-gzip"),
    "TAR": ("application/x-tar", "tar", "tgz tar.gz"),
    "7Z": ("application/x-7z-compressed", "7z", "7-zip"),
    "RAR": ("application/vnd.rar", "rar", "application/x-rar application/x-rar-compressed"),
    "JPEG": ("image/jpeg", "jpg", "image/jpg"),
    "PNG": ("image/png", "png", ""),
    "GIF": ("image/gif", "gif", ""),
    "WEBP": ("image/webp", "webp", ""),
    "SVG": ("image/svg+xml", "svg", ""),
    "TIFF": ("image/tiff", "tiff", "tif"),
    "RSS": ("application/rss+xml", "rss", "rss-feed"),
    "ATOM": ("application/atom+xml", "atom", "atom-feed"),
}
# Services have a code and no file.
_SERVICES = {
    "API": "rest rest-api web-api web-service",
    "WMS": "ogc-wms ogc:wms wms-srvc web-map-service",
    "WFS": "ogc-wfs ogc:wfs wfs-srvc web-feature-service",
    "ARCGIS": "arcgis-rest arcgis-geoservices-rest-api esri-rest map-srvc",
    "SPARQL": "sparql-endpoint sparqlq api/sparql",
}
# Bytes cannot tell these apart; the name decides.
_TOLD_BY_NAME = {
    **dict.fromkeys(("csv",), "CSV"),
    **dict.fromkeys(("tsv", "tab"), "TSV"),
    **dict.fromkeys(("txt", "log"), "TXT"),
    **dict.fromkeys(("md", "markdown"), "MD"),
    **dict.fromkeys(("yaml", "yml"), "YAML"),
    "sql": "SQL",
}
_OPEN_DOCUMENTS = {"ods": "ODS", "odt": "ODT", "odp": "ODP"}
_CHARSETS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16"}

_LONGEST_WORD = 200
_PARAMETERS = re.compile(r"\s*(?:;.*|\([^()]*\)\s*)$", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s]*/(?:authority/file-type|media-types)/")
_JOINTS = re.compile(r"[\s_-]+")
_NOISE = re.compile(r"^(?:tep|tap-tin|dinh-dang)-|-(?:file|files|format|document)$")


@dataclass(frozen=True, slots=True)
class DetectedFormat:
    """What a file is. `code` is None when unknown. `encoding` (`utf-8`, `utf-8-sig`, `utf-16`) holds for the
    beginning of a text; None when it is no text or its encoding is unknown."""

    code: str | None
    media_type: str
    extension: str
    encoding: str | None = None

    @property
    def content_type(self) -> str:
        """The media type with the charset that plain clients would otherwise guess wrongly."""
        if self.encoding is None or not self.media_type.startswith("text/"):
            return self.media_type
        return f"{self.media_type}; charset={_CHARSETS[self.encoding]}"


UNKNOWN = DetectedFormat(None, OCTET_STREAM, "bin")


def detect(source: Path | BinaryIO, name: str) -> DetectedFormat:
    """The format of a file by its bytes; `name` decides only between formats that bytes cannot separate.
    Reads at most a few hundred KiB; a seekable stream is left where it was."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return _detect(stream, name)
    position = source.tell()
    try:
        return _detect(source, name)
    finally:
        source.seek(position)


def normalise(raw: str) -> str | None:
    """The code for a word, extension, media type or authority address of other catalogues, or None."""
    word = _ADDRESS.sub("", raw.strip()[:_LONGEST_WORD])
    word = _JOINTS.sub("-", fold(_PARAMETERS.sub("", word)).strip()).strip("-").lstrip(".")
    return _BY_WORD.get(word) or _BY_WORD.get(_NOISE.sub("", word))


def media_type_of(code: str | None) -> str:
    """The media type that files of this format are sent as."""
    return _TABLE[code][0] if code in _TABLE else OCTET_STREAM


def safe_content_type(raw: str) -> str:
    """A Content-Type for bytes of strangers: known media types with a known charset, else octet-stream."""
    media_type, _, parameters = raw.strip().lower().partition(";")
    if media_type.strip() not in _MEDIA_TYPES:
        return OCTET_STREAM
    charset = parameters.strip().removeprefix("charset=").strip('"')
    known = charset in _CHARSETS.values() and media_type.startswith("text/")
    return f"{media_type.strip()}; charset={charset}" if known else media_type.strip()


def _detect(stream: BinaryIO, name: str) -> DetectedFormat:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if not head:
        return UNKNOWN
    code = binary_code(head, stream, size)
    if code is not None:
        return _packed(code, head, _extension(name))
    return _detect_text(head, _extension(name), is_cut=size > len(head))


def _detect_text(head: bytes, extension: str, *, is_cut: bool) -> DetectedFormat:
    decoded = decode_head(head, is_cut=is_cut)
    if decoded is None:
        return UNKNOWN
    code = text_code(decoded) or _TOLD_BY_NAME.get(extension) or table_code(decoded) or "TXT"
    return _known(code, decoded.encoding)


def _packed(code: str, head: bytes, extension: str) -> DetectedFormat:
    """A binary format; the parts of a shapefile travel in a ZIP."""
    if code == "ZIP":
        # Packed again by a plain archiver, an OpenDocument file loses the mark in its first bytes.
        code = _OPEN_DOCUMENTS.get(extension, code)
    if code == "SHP" and head.startswith(b"PK"):
        return DetectedFormat("SHP", "application/zip", "zip")
    return _known(code, None)


def _known(code: str, encoding: str | None) -> DetectedFormat:
    media_type, extension, _ = _TABLE[code]
    return DetectedFormat(code, media_type, extension, encoding)


def _extension(name: str) -> str:
    return name.rpartition(".")[2].strip().lower()


def _words() -> dict[str, str]:
    """Every known word to its code; media types shared by several formats stay with the plain one."""
    words = {code.lower(): code for code in (*_TABLE, *_SERVICES)}
    for code, (media_type, extension, others) in _TABLE.items():
        for word in (extension, *others.split()):
            words.setdefault(word, code)
        if media_type not in ("application/zip", "text/plain", "image/tiff"):
            words.setdefault(media_type, code)
    for code, others in _SERVICES.items():
        words.update(dict.fromkeys(others.split(), code))
    return words | {"application/zip": "ZIP", "text/plain": "TXT", "image/tiff": "TIFF"}


_BY_WORD = _words()
_MEDIA_TYPES = frozenset(media_type for media_type, _, _ in _TABLE.values())
