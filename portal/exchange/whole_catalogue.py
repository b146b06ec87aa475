"""Documents of the whole catalogue, joined from pieces of its datasets, of which only changed ones are made anew.

`FAMILIES` is the table of what there is: a new document is a row there.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from portal.catalog import public_queries, queries, series_queries
from portal.catalog.changes import catalogue_version
from portal.catalog.models import Concept, Dataset, Vocabulary
from portal.catalog.public_queries import PublicVersion
from portal.database import Database
from portal.exchange import bulk, data_json, dcat_documents
from portal.exchange.dcat_names import Names, names_of
from portal.exchange.dcat_shared import Shared
from portal.exchange.documents import Document, Family, Overview
from portal.exchange.pieces import Piece, PieceStore
from portal.exchange.snapshots import DocumentWriter, Snapshot, Snapshots

FAMILIES: tuple[Family, ...] = (dcat_documents.FAMILY, data_json.FAMILY, bulk.FAMILY)
DOCUMENTS: dict[str, Document] = {each.name: each for family in FAMILIES for each in family.documents}
"""Every document by its name, which is its address without the first slash."""

_DATASETS_AT_ONCE = 200
_BLOCK_BYTES = 256 * 1024
_WRITERS = 2
_MACHINERY = ("documents.py", "whole_catalogue.py", "../links.py")
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
            and found.has(tuple(DOCUMENTS))
        )

    def write(self) -> Snapshot:
        """Brings the pieces in step with the catalogue and joins them; answers the snapshot that is now current."""
        with self.database.read() as session:
            version = catalogue_version(session)
            wanted = public_queries.public_versions(session, hide_illustrative=self._hides)
            shared = self._shared(session)
        languages = [each for each in shared.concepts if each.vocabulary is Vocabulary.LANGUAGE]
        names = names_of(self.audience.base_url, languages)
        store = PieceStore(self.forms_file, self._keys(shared))
        self._renew(store, wanted, names)
        with self.snapshots.write(version, self.audience.key, _code_key()) as snapshot:
            _join(snapshot, store, shared, names)
        left_out = len(store.problems())
        _log.info("catalogue %s written: %d datasets, %d left out", version, len(wanted), left_out)
        return self.snapshots.current() or snapshot

    def left_out(self) -> dict[str, str]:
        """Why public datasets are not in the newest documents, by uuid."""
        with self.database.read() as session:
            keys = self._keys(self._shared(session))
        return PieceStore(self.forms_file, keys).problems()

    def forget(self) -> None:
        """Lets the next `write` make every piece anew."""
        self.forms_file.unlink(missing_ok=True)

    @property
    def _hides(self) -> bool:
        return self.audience.hide_illustrative

    def _shared(self, session: Session) -> Shared:
        return Shared(
            agencies=queries.agencies(session),
            places=public_queries.places_in_use(session, hide_illustrative=self._hides),
            concepts=public_queries.all_concepts(session),
            series=series_queries.series_in_use(session, hide_illustrative=self._hides),
            modified=public_queries.last_public_change_at(session),
            has_illustrative=not self._hides,
        )

    def _keys(self, shared: Shared) -> dict[str, str]:
        """By family: everything but a dataset and its agencies that its pieces depend on."""
        addresses = _addresses(shared.concepts)
        copied = f"{addresses}{_names_copied(shared)}"
        return {
            each.name: _digest(f"{self.audience.key}{copied if each.copies_names else addresses}")
            + _code_of(each.code)
            for each in FAMILIES
        }

    def _renew(self, store: PieceStore, wanted: Mapping[int, PublicVersion], names: Names) -> None:
        owed: dict[int, list[Family]] = {}
        for family in FAMILIES:
            present = store.stamps(family.name)
            store.remove(family.name, present.keys() - wanted.keys())
            for each, version in wanted.items():
                if present.get(each) != _stamp(version, family):
                    owed.setdefault(each, []).append(family)
        ids = iter(sorted(owed))
        while some := list(islice(ids, _DATASETS_AT_ONCE)):
            # A session for every batch: one that reads for minutes would keep the write-ahead log growing.
            with self.database.read() as session:
                datasets = public_queries.public_datasets(session, some, hide_illustrative=self._hides)
                store.put(_piece(each, family, names) for each in datasets for family in owed[each.id])
            gone = set(some) - {each.id for each in datasets}
            for family in FAMILIES:
                store.remove(family.name, gone)


def _stamp(version: PublicVersion, family: Family) -> str:
    """Another one whenever a dataset's piece must be made anew."""
    if not family.copies_names:
        return f"{version.dataset}.{version.tables}"
    return f"{version.dataset}.{version.tables}.{version.agency}.{version.supplier}"


def _stamp_of(dataset: Dataset, family: Family) -> str:
    agency, supplier = dataset.agency, dataset.supplier
    version = PublicVersion(
        dataset.version,
        dataset.tables_version,
        agency.version if agency else 0,
        supplier.version if supplier else 0,
    )
    return _stamp(version, family)


def _piece(dataset: Dataset, family: Family, names: Names) -> Piece:
    """A dataset in every document. One that cannot be written is left out and reported, whatever the reason."""
    written: Mapping[str, bytes] = {}
    problem = None
    try:
        written = family.pieces(dataset, names)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        _log.exception("dataset %s is left out of %s", dataset.uuid, family.name)
    return Piece(dataset.id, family.name, _stamp_of(dataset, family), str(dataset.uuid), written, problem)


def _join(snapshot: Snapshot, store: PieceStore, shared: Shared, names: Names) -> None:
    # Compressing needs no interpreter lock: two documents take hardly longer than one.
    with ThreadPoolExecutor(_WRITERS) as pool:
        written = [
            pool.submit(_write_document, snapshot, store, document, overview)
            for family in FAMILIES
            for overview in [Overview(shared, names, [UUID(each) for each in store.uuids(family.name)])]
            for document in family.documents
        ]
    for each in written:
        each.result()


def _write_document(snapshot: Snapshot, store: PieceStore, document: Document, overview: Overview) -> None:
    writer = DocumentWriter(snapshot, document.name)
    try:
        pieces = store.written(document.name)
        for block in document.blocks(overview, pieces, at_least=_BLOCK_BYTES):
            writer.write(block)
    finally:
        writer.close()


def _addresses(concepts: Sequence[Concept]) -> list[tuple[str, ...]]:
    return sorted((each.vocabulary, each.code, each.exact_match or "") for each in concepts)


def _names_copied(shared: Shared) -> list[str]:
    concepts = (f"{each.vocabulary}/{each.code}/{each.version}" for each in shared.concepts)
    places = (f"{each.code}/{each.version}" for each in shared.places)
    series = (f"{each.uuid}/{each.version}" for each in shared.series)
    return sorted((*concepts, *places, *series))


def _code_key() -> str:
    return _code_of(tuple(each for family in FAMILIES for each in family.code))


@lru_cache(maxsize=32)
def _code_of(modules: tuple[str, ...]) -> str:
    """Another one after an upgrade that changed how documents are written."""
    here = Path(__file__).parent
    code = b"".join((here / name).read_bytes() for name in (*modules, *_MACHINERY))
    return hashlib.blake2b(code, digest_size=4).hexdigest()


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
