"""Failures found by the HTTP server itself, before there is a request: no language, no session, no context."""

from __future__ import annotations

from uuid import uuid4

import orjson

from portal import links
from portal.text import LocalizedText

_TEXTS: dict[int, tuple[str, LocalizedText, LocalizedText]] = {
    414: (
        "uri-too-long",
        LocalizedText("Địa chỉ quá dài", "Address too long"),
        LocalizedText(
            "Địa chỉ dài quá giới hạn của máy chủ; hãy bớt tham số.",
            "The address is longer than the server takes; send fewer parameters.",
        ),
    ),
    431: (
        "headers-too-large",
        LocalizedText("Tiêu đề quá lớn", "Headers too large"),
        LocalizedText(
            "Các tiêu đề của yêu cầu vượt giới hạn của máy chủ.",
            "The request's headers are larger than the server takes.",
        ),
    ),
    500: (
        "unexpected-error",
        LocalizedText("Lỗi ngoài dự kiến", "Unexpected error"),
        LocalizedText("Đã xảy ra lỗi ngoài dự kiến.", "Something unexpected went wrong."),
    ),
}
_MALFORMED = (
    "bad-request",
    LocalizedText("Yêu cầu không đọc được", "Bad request"),
    LocalizedText("Yêu cầu sai cú pháp HTTP.", "The request is not well-formed HTTP."),
)


def refusal(status: int, base_url: str) -> bytes:
    """The problem document of a request that nobody could read, Vietnamese first as everywhere."""
    code, title, detail = _TEXTS.get(status, _MALFORMED)
    developers = links.absolute(base_url, links.page("developers", "vi"))
    return orjson.dumps(
        {
            "type": f"{developers}#{code}",
            "title": title.vi,
            "status": status,
            "detail": detail.vi,
            "code": code,
            "title_i18n": {"vi": title.vi, "en": title.en},
            "detail_i18n": {"vi": detail.vi, "en": detail.en},
            "request_id": uuid4().hex,
        }
    )
