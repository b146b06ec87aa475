"""Head, pieces and tail become one document, however many pieces there are and however small the blocks."""

from __future__ import annotations

import json

import pytest

from portal.exchange.dcat_names import Names
from portal.exchange.dcat_shared import Shared
from portal.exchange.documents import Document, Overview

OVERVIEW = Overview(Shared((), (), (), (), None, has_illustrative=False), Names("https://example.vn", {}), ())


@pytest.mark.parametrize("count", [0, 1, 2, 5])
@pytest.mark.parametrize("opening", [(), (b'"opening"',)])
@pytest.mark.parametrize("at_least", [1, 7, 1000])
def test_pieces_are_joined(count: int, opening: tuple[bytes, ...], at_least: int) -> None:
    document = Document(
        "all.json",
        "application/json",
        lambda _: b"[",
        between=b",",
        tail=b"]",
        opening=lambda _: iter(opening),
    )
    pieces = [b"%d" % number for number in range(count)]
    blocks = list(document.blocks(OVERVIEW, pieces, at_least=at_least))
    assert json.loads(b"".join(blocks)) == [*(["opening"] if opening else []), *range(count)]
    assert all(len(block) >= at_least for block in blocks[:-1])
