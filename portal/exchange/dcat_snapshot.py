"""The whole catalogue in DCAT, joined from the pieces of its datasets, of which only changed ones are made anew."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from portal import links
from portal.catalog import public_queries, queries
from portal.catalog.changes import catalogue_version
from portal.catalog.models import Concept, Dataset, Vocabulary
from portal.database import Database
from portal.exchange.dcat import add_dataset
from portal.exchange.dcat_names import Names, names_of
from portal.exchange.dcat_shared import Shared, add_catalogue, add_members
from portal.exchange.pieces import Piece, PieceStore
from portal.exchange.rdf import JSON_LD, TURTLE, Form, Graph
from portal.exchange.snapshots import DocumentWriter, Snapshot, Snapshots

SNAPSHOT_FORMS = (TURTLE, JSON_LD)
DOCUMENTS = tuple(links.catalogue_document(form.extension).strip("/") for form in SNAPSHOT_FORMS)

_DATASETS_AT_ONCE = 200
_BLOCK_BYTES = 256 * 1024
# In one list of the catalogue's; a longer one would be held in memory many times over.
_MEMBERS_AT_ONCE = 5_000
_CODE = ("dcat.py", "dcat_names.py", "dcat_shared.py", "rdf.py", "../links.py")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Audience:
    """The settings that public documents depend on."""

    base_url: str
    hide_illustrative: bool

    @property
    def key(self) -> str:
        """Differs whenever a document written for other settings must not be sent."""
        return _digest(f"{self.base_url}\0{self.hide_illustrative}")


@dataclass(frozen=True, slots=True)
class CatalogueWriter:
    """Writes snapshots of the catalogue; for the one process that is the worker."""

    database: Database
    audience: Audience
    forms_file: Path
    snapshots: Snapshots

    def is_current(self, version: str) -> bool:
        """Whether the newest snapshot is whole, of this version and these settings, and written by this code."""
        found = self.snapshots.current()
        return (
            found is not None
            and found.version == version
            and found.audience == self.audience.key
            and found.code == _code_key()
            and found.has(DOCUMENTS)
        )

    def write(self) -> Snapshot:
        """Brings the pieces in step with the catalogue and joins them; answers the snapshot that is now current."""
        with self.database.read() as session:
            version = catalogue_version(session)
            concepts = public_queries.all_concepts(session)
            wanted = public_queries.public_versions(session, hide_illustrative=self._hides)
            shared = self._shared(session, concepts)
        names = names_of(
            self.audience.base_url, [each for each in concepts if each.vocabulary is Vocabulary.LANGUAGE]
        )
        store = PieceStore(self.forms_file, self._key(concepts))
        self._renew(store, wanted, names)
        with self.snapshots.write(version, self.audience.key, _code_key()) as snapshot:
            _join(snapshot, store, shared, names)
        left_out = len(store.problems())
        _log.info("catalogue %s written: %d datasets, %d left out", version, len(wanted), left_out)
        return self.snapshots.current() or snapshot

    def left_out(self) -> dict[str, str]:
        """Why public datasets are not in the newest documents, by uuid."""
        with self.database.read() as session:
            key = self._key(public_queries.all_concepts(session))
        return PieceStore(self.forms_file, key).problems()

    def forget(self) -> None:
        """Lets the next `write` make every piece anew."""
        self.forms_file.unlink(missing_ok=True)

    @property
    def _hides(self) -> bool:
        return self.audience.hide_illustrative

    def _shared(self, session: Session, concepts: Sequence[Concept]) -> Shared:
        return Shared(
            agencies=queries.agencies(session),
            places=public_queries.places_in_use(session, hide_illustrative=self._hides),
            concepts=concepts,
            series=public_queries.series_in_use(session, hide_illustrative=self._hides),
            modified=public_queries.last_public_change_at(session),
            has_illustrative=not self._hides,
        )

    def _key(self, concepts: Sequence[Concept]) -> str:
        """Everything but the dataset that a piece depends on: settings, addresses of words, this code."""
        words = sorted((each.vocabulary, each.code, each.exact_match or "") for each in concepts)
        return _digest(f"{self.audience.key}{words}") + _code_key()

    def _renew(self, store: PieceStore, wanted: dict[int, int], names: Names) -> None:
        present = store.versions()
        store.remove(present.keys() - wanted.keys())
        changed = iter(sorted(each for each, version in wanted.items() if present.get(each) != version))
        while some := list(islice(changed, _DATASETS_AT_ONCE)):
            # A session for every batch: one that reads for minutes would keep the write-ahead log growing.
            with self.database.read() as session:
                datasets = public_queries.public_datasets(session, some, hide_illustrative=self._hides)
                store.put([_piece(each, names) for each in datasets])
            store.remove(set(some) - {each.id for each in datasets})


def _piece(dataset: Dataset, names: Names) -> Piece:
    """A dataset in every form. One that cannot be written is left out and reported, whatever the reason."""
    fragments, problem = {}, None
    try:
        graph = Graph()
        add_dataset(graph, dataset, names)
        fragments = {form.extension: form.fragment(graph.triples()) for form in SNAPSHOT_FORMS}
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        _log.exception("dataset %s is left out of the catalogue", dataset.uuid)
    return Piece(dataset.id, dataset.version, str(dataset.uuid), fragments, problem)


def _join(snapshot: Snapshot, store: PieceStore, shared: Shared, names: Names) -> None:
    head = Graph()
    add_catalogue(head, shared, names)
    uuids = store.uuids()
    add_members(head, map(UUID, uuids[:_MEMBERS_AT_ONCE]), names)
    # Compressing needs no interpreter lock: two forms take hardly longer than one.
    with ThreadPoolExecutor(len(SNAPSHOT_FORMS)) as pool:
        written = [
            pool.submit(_write_document, DocumentWriter(snapshot, name), form, fragments)
            for name, form in zip(DOCUMENTS, SNAPSHOT_FORMS, strict=True)
            for fragments in [_fragments(form, head, uuids[_MEMBERS_AT_ONCE:], store, names)]
        ]
    for each in written:
        each.result()


def _fragments(
    form: Form, head: Graph, more: Sequence[str], store: PieceStore, names: Names
) -> Iterator[bytes]:
    """The catalogue, the members that its own fragment does not list, and all datasets."""
    yield form.fragment(head.triples())
    for start in range(0, len(more), _MEMBERS_AT_ONCE):
        members = Graph()
        add_members(members, map(UUID, more[start : start + _MEMBERS_AT_ONCE]), names)
        yield form.fragment(members.triples())
    yield from store.fragments(form.extension)


def _write_document(writer: DocumentWriter, form: Form, fragments: Iterator[bytes]) -> None:
    try:
        for block in _blocks(form, fragments):
            writer.write(block)
    finally:
        writer.close()


def _blocks(form: Form, fragments: Iterator[bytes]) -> Iterator[bytes]:
    """The document in blocks that are large enough to be compressed well."""
    block = bytearray(form.start + next(fragments))
    for fragment in fragments:
        block += form.between
        block += fragment
        if len(block) >= _BLOCK_BYTES:
            yield bytes(block)
            block.clear()
    yield bytes(block) + form.end


@lru_cache(maxsize=1)
def _code_key() -> str:
    """Another one after an upgrade that changed how documents are written."""
    here = Path(__file__).parent
    code = b"".join((here / name).read_bytes() for name in _CODE)
    return hashlib.blake2b(code, digest_size=4).hexdigest()


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
