"""Formats told from bytes: real files, each signature, lying names and hostile archives."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.formats import (
    UNKNOWN,
    DetectedFormat,
    detect,
    media_type_of,
)

SHEETS = ("[Content_Types].xml", "xl/workbook.xml")


def told(content: bytes, name: str = "upload") -> DetectedFormat:
    return detect(io.BytesIO(content), name)


def code(content: bytes | str, name: str = "upload") -> str | None:
    return told(content.encode() if isinstance(content, str) else content, name).code


def packed(*names: str, mimetype: str | None = None, prefix: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, compress_type=zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, "x")
    return prefix + buffer.getvalue()


def compound(*streams: str) -> bytes:
    """An OLE file whose directory is its second sector."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    header[30:32] = b"\x09\x00"
    struct.pack_into("<L", header, 48, 1)
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return bytes(header) + bytes(512) + entries.ljust(2048, b"\0")


def tiff(*tags: int) -> bytes:
    entries = b"".join(struct.pack("<HHLL", tag, 3, 1, 0) for tag in tags)
    return b"II*\0" + struct.pack("<L", 16) + bytes(8) + struct.pack("<H", len(tags)) + entries


def dbase() -> bytes:
    header = b"\x03\x7d\x0a\x17" + struct.pack("<LHH", 1, 65, 11) + bytes(20)
    return header + b"NAME".ljust(32, b"\0") + b"\r row"


def test_every_file_of_the_city_portal_is_told(shared: Path) -> None:
    files = [path for path in (shared / "data/files/danang-portal").rglob("*") if path.is_file()]
    told_now = [(path.suffix, detect(path, path.name)) for path in files]
    found = Counter((suffix, detected.code, detected.encoding) for suffix, detected in told_now)
    assert found == {(".xls", "XLSX", None): 28, (".csv", "CSV", "utf-8-sig"): 20}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("files/nsdp/*.xml", "SDMX"),
        ("files/boundaries/**/*.geojson", "GEOJSON"),
        ("files/osm-danang/*.json", "JSON"),
        ("files/**/*.csv", "CSV"),
        ("catalogue/*.jsonl", "NDJSON"),
        ("scale/*.gz", "GZIP"),
    ],
)
def test_other_real_files_are_told_without_their_name(shared: Path, pattern: str, expected: str) -> None:
    files = sorted((shared / "data").glob(pattern))
    assert files
    assert {path.name: detect(path, "").code for path in files} == {path.name: expected for path in files}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "JPEG"),
        (b"GIF89a" + bytes(20), "GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WEBP"),
        (b"PAR1" + bytes(40) + b"PAR1", "PARQUET"),
        (b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(40), "GPKG"),
        (b"SQLite format 3\0" + bytes(100), "SQLITE"),
        (b"\x1f\x8b\x08\0" + bytes(10), "GZIP"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7Z"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"a.csv".ljust(257, b"\0") + b"ustar\x0000", "TAR"),
        (b"\x89HDF\r\n\x1a\n" + bytes(8), "HDF5"),
        (b"CDF\x01" + bytes(8), "NETCDF"),
        (b"\x00\x01\x00\x00Standard Jet DB\0", "MDB"),
        (b"{\\rtf1\\ansi }", "RTF"),
        (compound("Root Entry", "Workbook"), "XLS"),
        (compound("Root Entry", "WordDocument"), "DOC"),
        (compound("Root Entry", "PowerPoint Document"), "PPT"),
        (tiff(256, 257), "TIFF"),
        (tiff(256, 34735), "GEOTIFF"),
        (dbase(), "DBF"),
        (packed(*SHEETS), "XLSX"),
        (packed(*SHEETS, "xl/vbaProject.bin"), "XLSM"),
        (packed("[Content_Types].xml", "xl/workbook.bin"), "XLSB"),
        (packed("[Content_Types].xml", "word/document.xml"), "DOCX"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "PPTX"),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ODS"),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "ODT"),
        (packed("stops.txt", "routes.txt", "agency.txt"), "GTFS"),
        (packed("bus/stops.txt", "bus/routes.txt"), "GTFS"),
        (packed("bus/stops.txt", "train/routes.txt"), "ZIP"),
        (packed("phuong.shp", "phuong.dbf", "phuong.shx"), "SHP"),
        (packed("doc.kml", "images/a.png"), "KMZ"),
        (packed("a.csv", "b.csv"), "ZIP"),
        (packed(*SHEETS, prefix=b"PK\x03\x04" + bytes(60)), "XLSX"),
        (packed(), "ZIP"),
    ],
)
def test_binary_formats(content: bytes, expected: str) -> None:
    assert code(content, "misleading.csv") == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"type": "FeatureCollection", "features": []}', "GEOJSON"),
        ('{"features": [], "name": "x", "type": "FeatureCollection"}', "GEOJSON"),
        ('{"type": "Point", "coordinates": [108.2, 16.0]}', "GEOJSON"),
        ('{"type": "Point", "label": "x"}', "JSON"),
        ('{"data": {"type": "FeatureCollection"}}', "JSON"),
        ('[{"type": "FeatureCollection"}]', "JSON"),
        ('{"a": "\\"type\\": \\"FeatureCollection\\""}', "JSON"),
        ('{"@context": "https://schema.org"}', "JSONLD"),
        ('[{"@id": "x"}]', "JSONLD"),
        ('{"a": 1}\n{"a": 2}\n', "NDJSON"),
        ("[]", "JSON"),
        ("[1, 2.5e3, null, true]", "JSON"),
        ("[2023] Báo cáo\nnội dung", "TXT"),
        ('{"a": 1', "TXT"),
        ('{"a": 1]', "TXT"),
        ("<!doctype html><p>x", "HTML"),
        ("\n<!-- x --><HTML><body>", "HTML"),
        ("<table border=1><tr><td>1</table>", "HTML"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "HTML"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', "SVG"),
        ('<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg width="1"/>', "SVG"),
        ('<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"/>', "KML"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "RDF"),
        ('<m:GenericData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"/>', "SDMX"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "ATOM"),
        ('<rss version="2.0"/>', "RSS"),
        ('<wfs:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2" />', "GML"),
        ('<?xml version="1.0"?><du_lieu/>', "XML"),
        ("<du-lieu><a/></du-lieu>", "XML"),
        ('<!DOCTYPE x [<!ENTITY a "b"> <!ENTITY c SYSTEM "file:///etc/hostname">]><x>&c;</x>', "XML"),
        ("@prefix dcat: <http://www.w3.org/ns/dcat#> .\n", "TTL"),
        ("# chú thích\nPREFIX a: <http://a/>\n", "TTL"),
        ('<http://a> <http://b> "c" .\n', "NT"),
        ("_:x <http://b> <http://c> .\n", "NT"),
        ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "ICS"),
        ('CHARSET="ANSI";\nAXIS-VERSION="2013";\n', "PX"),
        ("Tên;Số\nA;1\nB;2\n", "CSV"),
        ('Tên,Số\n"A, b",1\nB,2\n', "CSV"),
        ('Tên;Số\n"A\nB; C";1\nB;2\n', "CSV"),
        ("Tên\tSố\nA\t1\n", "TSV"),
        ("Một đoạn văn, có dấu phẩy.\nKhông bảng nào cả.", "TXT"),
    ],
)
def test_text_formats(content: str, expected: str) -> None:
    assert code(content) == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("bang.csv", "một cột\n1\n2\n", "CSV"),
        ("bang.txt", "a;b\n1;2\n", "TXT"),
        ("bang.xls", "a;b\n1;2\n", "CSV"),
        ("bang.CSV", "x", "CSV"),
        ("ghi chú.md", "# x", "MD"),
        ("data.yaml", "a: 1", "YAML"),
        ("data.csv", "<!doctype html><script>x</script>", "HTML"),
        ("data.json", "not json", "TXT"),
        ("data.geojson", '{"a": 1}', "JSON"),
        ("data.pdf", "just words", "TXT"),
    ],
)
def test_the_name_decides_only_what_bytes_cannot(name: str, content: str, expected: str) -> None:
    assert code(content, name) == expected


def test_a_plainly_repacked_open_document_is_told_by_its_name() -> None:
    again = packed("content.xml", "META-INF/manifest.xml")
    assert (code(again, "bang.ods"), code(again, "bang.csv")) == ("ODS", "ZIP")


@pytest.mark.parametrize(
    ("content", "encoding", "content_type"),
    [
        ("Tên;Số\nĐà Nẵng;1\n".encode(), "utf-8", "text/csv; charset=utf-8"),
        ("Tên;Số\nĐà Nẵng;1\n".encode("utf-8-sig"), "utf-8-sig", "text/csv; charset=utf-8"),
        ("Tên;Số\nĐà Nẵng;1\n".encode("utf-16"), "utf-16", "text/csv; charset=utf-16"),
        ("Ten;So\nDo Hue\xaa;1\n".encode("latin-1"), None, "text/csv"),
    ],
)
def test_the_encoding_is_told_or_left_unknown(
    content: bytes, encoding: str | None, content_type: str
) -> None:
    detected = told(content)
    assert (detected.code, detected.encoding, detected.content_type) == ("CSV", encoding, content_type)


def test_a_letter_cut_at_the_end_of_the_head_is_no_error() -> None:
    detected = told(b"a" + "ế".encode() * 60_000)
    assert (detected.code, detected.encoding) == ("TXT", "utf-8")


def test_geojson_with_late_type_is_told_when_it_is_long() -> None:
    feature = '{"geometry": null, "properties": {"n": "x"}, "type": "Feature"}'
    text = '{"features": [' + ", ".join([feature] * 3000) + '], "type": "FeatureCollection"}'
    assert code(text) == "GEOJSON"


@pytest.mark.parametrize("content", [b"", b"\0\1\2\3 binary", b"\x7fELF\x02\x01\x01\0", b"MZ\x90\0\x03\0"])
def test_unknown_bytes_are_octets(content: bytes) -> None:
    assert told(content, "x.csv") == UNKNOWN
    assert UNKNOWN.media_type == "application/octet-stream"


def test_a_packed_shapefile_is_sent_as_a_zip() -> None:
    assert told(packed("a.shp")).media_type == "application/zip"


def test_a_stream_is_left_where_it_was() -> None:
    stream = io.BytesIO(packed(*SHEETS))
    stream.seek(7)
    assert detect(stream, "x").code == "XLSX"
    assert stream.tell() == 7


class CountingStream(io.BytesIO):
    """Knows how much of it was read."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.bytes_read += len(piece)
        return piece


def million_members() -> bytes:
    """A table of contents that names 1,000,000 members of which none exists."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    contents = entry * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(contents), 4, 0)
    return b"PK\3\4" + contents + end


def lying_end(length: int, offset: int) -> bytes:
    return packed("a.csv")[:-22] + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, length, offset, 0)


def lying_end64(length: int, offset: int) -> bytes:
    start = packed("a.csv")[:-22]
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, length, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(start), 1)
    return start + record + locator + lying_end(0xFFFFFFFF, 0xFFFFFFFF)[-22:]


@pytest.mark.parametrize(
    "content",
    [
        million_members(),
        packed("a" * 60_000),
        packed(*SHEETS)[:-30],
        packed("a.csv") + b"PK\5\6",
        b"PK\3\4",
        b"PK\3\4" + b"PK\5\6" * 20_000,
        lying_end(0xFFFFFFFE, 0),
        lying_end(10, 0xFFFFFFF0),
        lying_end64(2**63, 2**62),
        lying_end64(2**64 - 1, 2**64 - 1),
    ],
)
def test_t22_hostile_archives_are_zip_and_cost_little(content: bytes) -> None:
    stream = CountingStream(content)
    assert detect(stream, "x.xlsx").code == "ZIP"
    assert stream.bytes_read < 1024**2


def test_a_zip64_archive_is_read() -> None:
    plain = packed(*SHEETS)
    _, _, _, _, _, length, offset, _ = struct.unpack("<4s4H2LH", plain[-22:])
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, length, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(plain) - 22, 1)
    assert code(plain[:-22] + record + locator + lying_end(0xFFFFFFFF, 0xFFFFFFFF)[-22:]) == "XLSX"


@pytest.mark.parametrize(
    "content",
    [
        b"<" * 70_000,
        b"<!--" * 20_000,
        b"<?" * 40_000,
        b"<!DOCTYPE x [" + b"] " * 40_000,
        b"<a" + b" x" * 40_000,
        b" " * 70_000 + b"x",
        b"\n" * 70_000,
        b"#\n" * 40_000,
        b"[" * 70_000,
        b'{"a":' * 20_000,
        b'"' * 70_000,
        b'["' + b"\\" * 70_000,
        b";" * 70_000,
        b'"a' * 40_000,
    ],
)
def test_t24_hostile_text_costs_little(content: bytes) -> None:
    started = time.process_time()
    told(content)
    # A pattern that backtracks takes minutes on these.
    assert time.process_time() - started < 2


@given(
    st.binary(max_size=700),
    st.sampled_from([b"", b"PK\3\4", b"II*\0", b"{", b"<", b"\x03", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_any_bytes_have_an_answer(content: bytes, start: bytes) -> None:
    detected = told(start + content)
    assert detected.media_type == media_type_of(detected.code) or detected.code == "SHP"
