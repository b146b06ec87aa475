"""Whose the data are and how they may be used, in plain sentences of both languages: the licence beside files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portal.catalog.models import Concept, Dataset
from portal.exchange import citation, facts
from portal.exchange.dcat_shared import ILLUSTRATIVE
from portal.exchange.rdf import writable
from portal.text import LANGUAGES, LocalizedText

_NOT_STATED = LocalizedText(
    "Giấy phép của bộ dữ liệu này chưa được nêu. Hãy hỏi cơ quan chủ quản trước khi sử dụng.",
    "The licence of this dataset is not stated. Ask the agency before you use it.",
)
_FULL_TEXT = LocalizedText("Toàn văn", "Full text")
_IN_THE_SOURCE = LocalizedText("Nơi công bố ghi giấy phép là", "The publisher calls the licence")
_CITED_AS = LocalizedText("Có thể ghi nguồn như sau", "You can name the source like this")
# What is known of a licence, by its fact and the fact's value; of what is not known nothing is said.
_RULES: Mapping[tuple[str, bool], LocalizedText] = {
    ("attribution", True): LocalizedText(
        "Phải ghi rõ nguồn dữ liệu.", "You must name the source of the data."
    ),
    ("attribution", False): LocalizedText(
        "Không bắt buộc ghi nguồn dữ liệu.", "You need not name the source of the data."
    ),
    ("commercial", True): LocalizedText(
        "Được dùng cho mục đích thương mại.", "You may use the data commercially."
    ),
    ("commercial", False): LocalizedText(
        "Không được dùng cho mục đích thương mại.", "You may not use the data commercially."
    ),
    ("derivatives", True): LocalizedText(
        "Được sửa đổi dữ liệu và công bố bản đã sửa đổi.",
        "You may change the data and publish the changed version.",
    ),
    ("derivatives", False): LocalizedText(
        "Không được công bố bản đã sửa đổi.", "You may not publish a changed version."
    ),
    ("share_alike", True): LocalizedText(
        "Sản phẩm làm ra từ dữ liệu phải dùng cùng giấy phép này.",
        "What you make from the data must carry this same licence.",
    ),
}


def terms_of_use(dataset: Dataset, base_url: str) -> str:
    """Lines of text: the title, who answers for the data, the licence and what it means, and where they are from."""
    owner = facts.owner(dataset)
    words = [dataset.title, owner, ILLUSTRATIVE if dataset.illustrative else None, *_licence(dataset)]
    lines = [text for words_of in words if words_of for text in (words_of.vi, words_of.en) if text]
    address = facts.licence_address(dataset.licence)
    if address:
        lines.append(f"{_FULL_TEXT.vi} / {_FULL_TEXT.en}: {address}")
    for language in LANGUAGES if _must_be_cited(dataset.licence) else ():
        if sentence := citation.sentence(dataset, base_url, language):
            lines.append(f"{_CITED_AS.in_language(language)}: {sentence}")
    lines.append(facts.persistent(dataset, base_url))
    return writable("\r\n".join(dict.fromkeys(lines))) + "\r\n"


def _licence(dataset: Dataset) -> Iterator[LocalizedText]:
    licence, raw = dataset.licence, dataset.licence_raw
    if licence is None:
        yield LocalizedText(raw) if raw else _NOT_STATED
        return
    yield licence.label
    yield licence.description
    for (name, value), rule in _RULES.items():
        if licence.facts.get(name) is value:
            yield rule
    if raw and raw not in (licence.code, licence.label.vi, licence.label.en):
        yield LocalizedText(f"{_IN_THE_SOURCE.vi}: {raw}", f"{_IN_THE_SOURCE.en}: {raw}")


def _must_be_cited(licence: Concept | None) -> bool:
    return licence is not None and licence.facts.get("attribution") is True
