"""ETags: `"<version>-<digest>"` and the encoding, where the digest covers everything an answer depends on."""

from __future__ import annotations

import re

from portal.http.compression import Encoding

_SUFFIX: dict[Encoding, str] = {"": "", "br": "-br", "gzip": "-gz"}
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_OURS = re.compile(r'"[0-9]{1,20}-([0-9a-f]{16})(-br|-gz)?"')


def etag(tag: str, encoding: Encoding) -> str:
    """The strong ETag of one encoded form."""
    return f'"{tag}{_SUFFIX[encoding]}"'


def etag_matches(if_none_match: str, tag: str) -> bool:
    """Whether an If-None-Match header names `tag`; weak comparison, as RFC 9110 has it for this header."""
    return if_none_match.strip() == "*" or tag in _TAG.findall(if_none_match)


def tag_body(if_none_match: str, digest: str, encoding: Encoding) -> str | None:
    """The ETag among those asked about that stands for the present answer, told by its digest alone.

    An answer too small to compress has no encoding in its tag, so that both forms count.
    """
    for found in _TAG.findall(if_none_match):
        match = _OURS.fullmatch(found)
        if match and match[1] == digest and (match[2] or "") in ("", _SUFFIX[encoding]):
            tag: str = found
            return tag
    return None
