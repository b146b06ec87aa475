"""Records that nobody should write and somebody will: markup everywhere, odd addresses, endless texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.catalog.models import Concept, Dataset
from tests.factories import make_dataset, make_file, make_link

MARKUP = "</script><script>alert(1)</script><!-- ]]> & \" ' \\ {{7*7}} %s \u2028 @misc{x, } TY  - "
DIRECTION = "\u202eabc\u202c \u200fعربى\u200e \u2067x\u2069"
CONTROLS = "a\x00b\x01\x08\x0b\x0c\x0e\x1f\x7f\x85\ufffe\uffff"
LONG = "Số liệu đo đạc dài, có dấu “ngoặc” và <b>thẻ</b>.\n\n" * 2_000
LINES = (
    "description_vi",
    "description_en",
    "agency_text",
    "supplier_text",
    "licence_raw",
    "frequency_raw",
    "access_reason",
    "contact_name",
    "contact_email",
    "contact_phone",
    "legal_basis",
    "landing_page",
    "conforms_to",
    "provenance",
    "other_identifier",
)
ADDRESSES = (
    "https://ví-dụ.vn/đường dẫn?q=một hai&x=<y>#phần",
    "https://example.org/100%/a%zz?%",
    "http://[::1]/x",
    "https://user:secret@example.org/",
    'https://example.org/"quoted"\'{a}|b^c`\\d',
    "HTTPS://EXAMPLE.ORG:443/A B",
)
BAD_ADDRESSES = ("http://[hỏng", "javascript:alert(1)", "https://", "http://exa mple.org/", "urn:x:y", "")


def filled(text: str) -> dict[str, Any]:
    """`text` in every field that holds a text."""
    return {**dict.fromkeys(LINES, text), "keywords": [text, "một, hai; ba"], "places_raw": [text],
            "themes_raw": [text]}  # fmt: skip


def add_odd_records(session: Session, tidy: Callable[[str], str] = str) -> list[Dataset]:
    """One record for every oddity, published. The catalogue has the basics of `make_small_catalogue`. `tidy`: what
    becomes of texts before they are stored."""
    csv = session.scalars(select(Concept).where(Concept.code == "csv")).one()
    made = [
        make_dataset(
            session,
            tidy(f"Lạ {name} {text[:200]}"),
            en=tidy(text[:200]),
            slug=f"la-{name}",
            identifier=f"la/{name} #{number}?&",
            distributions=[
                _described(make_file(f"{name} {text[:40].strip()}.csv", [b"a\n1\n"], format=csv), text),
                _described(make_link("https://example.org/x", title=text[:100].strip()), text),
            ],
            **filled(text),
        )
        for number, (name, odd) in enumerate(
            {"markup": MARKUP, "direction": DIRECTION, "controls": CONTROLS, "long": LONG}.items()
        )
        for text in [tidy(odd)]
    ]
    links = [make_link(address) for address in (*ADDRESSES, *BAD_ADDRESSES)]
    made.append(make_dataset(session, "Lạ địa chỉ", slug="la-dia-chi", distributions=links))
    made.append(
        make_dataset(
            session,
            "Chỉ có đầu",
            slug="chi-co-dau",
            temporal_start=date(2020, 2, 29),
            languages=["vi", "x y"],
        )
    )
    made.append(make_dataset(session, "Chỉ có cuối", slug="chi-co-cuoi", temporal_end=date(1, 1, 1)))
    return made


def _described(distribution: Any, text: str) -> Any:
    distribution.description_vi = text
    distribution.format_raw = None if distribution.format else text[:100].strip()
    distribution.columns = [
        {"name": text[:60], "title_vi": text[:60], "title_en": None, "type": "lạ", "unit": text[:10],
         "description_vi": text, "description_en": None}
    ]  # fmt: skip
    return distribution
