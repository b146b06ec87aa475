"""Words and media types of other catalogues, and what of them is sent."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.formats import normalise, safe_content_type


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("CSV", "CSV"),
        (".csv", "CSV"),
        ("Comma Separated Values", "CSV"),
        ("text/csv; charset=utf-8", "CSV"),
        ("CSV file", "CSV"),
        ("Tệp CSV", "CSV"),
        ("CSV (UTF-8)", "CSV"),
        ("xls", "XLS"),
        ("application/vnd.ms-excel", "XLS"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
        ("EXCEL", "XLSX"),
        ("sdmx-ml", "SDMX"),
        ("application/pdf; charset=binary", "PDF"),
        ("application/x-msaccess; charset=binary", "MDB"),
        ("text/xml", "XML"),
        ("ESRI Shapefile", "SHP"),
        ("JSON-LD", "JSONLD"),
        ("image/tiff", "TIFF"),
        ("tif", "TIFF"),
        ("zip", "ZIP"),
        ("text/plain", "TXT"),
        ("http://publications.europa.eu/resource/authority/file-type/RDF_TURTLE", "TTL"),
        ("https://www.iana.org/assignments/media-types/application/geo+json", "GEOJSON"),
        ("WMS", "WMS"),
        ("application/octet-stream", None),
        ("application/vnd.ms-office; charset=binary", None),
        ("dữ liệu", None),
        ("", None),
        (".", None),
    ],
)
def test_words_of_other_catalogues_become_codes(raw: str, expected: str | None) -> None:
    assert normalise(raw) == expected


@given(st.text())
def test_any_word_is_normalised_to_a_code_that_stays_itself(raw: str) -> None:
    found = normalise(raw)
    assert found is None or normalise(found) == found == normalise(f"  .{found.lower()} ")


def test_a_long_word_costs_little() -> None:
    started = time.process_time()
    for character in " -(;._":
        assert normalise(character * 1_000_000 + "x") is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        ("text/csv", "text/csv"),
        ("Text/CSV; charset=UTF-8", "text/csv; charset=utf-8"),
        ("text/csv; charset=evil", "text/csv"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/javascript", "application/octet-stream"),
        ("text/html\r\nSet-Cookie: a=b", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_t06_only_media_types_of_our_table_are_sent(raw: str, sent: str) -> None:
    assert safe_content_type(raw) == sent
