"""What a whole-catalogue document is: a head, a piece for every dataset, what stands between them, and a tail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.catalog.models import Dataset
from portal.exchange.dcat_names import Names
from portal.exchange.dcat_shared import Shared


@dataclass(frozen=True, slots=True)
class Overview:
    """The catalogue around its datasets: what they share, the addresses of everything, and which they are."""

    shared: Shared
    names: Names
    uuids: Sequence[UUID]


def nothing(_overview: Overview) -> Iterator[bytes]:
    """For documents that say nothing between their head and their first dataset."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `head`, then `opening` and all pieces with `between` them, then `tail`.

    `name` is its address without the first slash.
    """

    name: str
    media_type: str
    head: Callable[[Overview], bytes]
    between: bytes = b""
    tail: bytes = b""
    opening: Callable[[Overview], Iterator[bytes]] = nothing

    def blocks(self, overview: Overview, pieces: Iterable[bytes], *, at_least: int) -> Iterator[bytes]:
        """The whole document in blocks that are large enough to be compressed well."""
        block = bytearray(self.head(overview))
        is_first = True
        for some in (self.opening(overview), pieces):
            for piece in some:
                if not is_first:
                    block += self.between
                is_first = False
                block += piece
                if len(block) >= at_least:
                    yield bytes(block)
                    block.clear()
        yield bytes(block) + self.tail


@dataclass(frozen=True, slots=True)
class Family:
    """Documents whose pieces are made together out of one dataset.

    `pieces` answers them by the document's name; everything of the dataset is loaded. A change of one of the files
    in `code` (beside this one) makes all of them anew. `copies_names`: the pieces hold names of agencies, words
    and places, not only their addresses, and are made anew when one of those changes.
    """

    name: str
    documents: tuple[Document, ...]
    pieces: Callable[[Dataset, Names], Mapping[str, bytes]]
    code: tuple[str, ...]
    copies_names: bool = False
