"""Makes the records that tests speak of, straight through the models, each with its change row."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import insert
from sqlalchemy.orm import Session

import portal.accounts.models  # noqa: F401  its tables belong to the same database
from portal.catalog.changes import catalogue_info, record_change
from portal.catalog.models import (
    Agency,
    Base,
    Concept,
    Dataset,
    Distribution,
    DistributionKind,
    FileVersion,
    Place,
    Revision,
    Series,
    State,
    Vocabulary,
    Word,
    WordKind,
)
from portal.database import Database
from portal.search.engines.base import IndexBroken, IndexMissing
from portal.search.indexer import Indexer
from portal.settings import Settings
from portal.text import fold, slugify
from portal.wiring import Portal, open_portal
from tests.databases import kept_url

NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


def make_database(folder: Path) -> Database:
    """An empty catalogue in `folder`, with the tables of the models."""
    database = Database(kept_url(folder))
    Base.metadata.create_all(database.engine, checkfirst=False)
    with database.write() as session:
        catalogue_info(session)
    return database


def uuid_of(text: str) -> UUID:
    """The same UUID for the same text, so that tests can name records."""
    return uuid5(NAMESPACE_URL, text)


def make_concept(
    session: Session, vocabulary: Vocabulary, code: str, vi: str, en: str | None = None, **facts: Any
) -> Concept:
    """One word of a vocabulary."""
    concept = Concept(vocabulary=vocabulary, code=code, label_vi=vi, label_en=en, facts=facts)
    session.add(concept)
    return concept


def make_agency(
    session: Session, vi: str, en: str | None = None, *, slug: str = "", parent: Agency | None = None
) -> Agency:
    """An agency."""
    slug = slug or slugify(vi)
    agency = Agency(
        uuid=uuid_of(f"agency/{slug}"),
        slug=slug,
        name_vi=vi,
        name_en=en,
        parent=parent,
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(agency)
    return agency


def make_series(session: Session, vi: str, en: str | None = None, **fields: Any) -> Series:
    """A series; its slug and id follow from its title."""
    slug = fields.pop("slug", None) or slugify(vi)
    series = Series(uuid=uuid_of(f"series/{slug}"), slug=slug, title_vi=vi, title_en=en, **fields)
    session.add(series)
    session.flush()
    return series


def make_place(session: Session, code: str, vi: str, en: str | None = None, **fields: Any) -> Place:
    """A place of the present."""
    place = Place(code=code, slug=slugify(vi), name_vi=vi, name_en=en, kind="ward", **fields)
    session.add(place)
    return place


def make_file(
    name: str, contents: Sequence[bytes], *, format: Concept | None = None, title: str = "", rows: int = 0
) -> Distribution:
    """A file distribution with one version per content; the bytes themselves are stored by the test."""
    media_type = format.facts["media_type"] if format else "application/octet-stream"
    distribution = Distribution(
        kind=DistributionKind.FILE,
        table_state="waiting",
        title_vi=title or name,
        format=format,
        media_type=media_type,
        created_at=NOW,
        updated_at=NOW,
    )
    for number, content in enumerate(contents, start=1):
        distribution.file_versions.append(
            FileVersion(
                number=number,
                sha256=hashlib.sha256(content).hexdigest(),
                byte_size=len(content),
                name=name,
                media_type=media_type,
                created_at=NOW,
            )
        )
    if rows:
        distribution.rows = rows
    return distribution


def make_link(url: str, *, title: str = "", format: Concept | None = None) -> Distribution:
    """A link distribution."""
    return Distribution(
        kind=DistributionKind.LINK,
        title_vi=title,
        access_url=url,
        format=format,
        created_at=NOW,
        updated_at=NOW,
    )


def make_dataset(
    session: Session,
    title: str,
    *,
    en: str | None = None,
    state: State = State.PUBLISHED,
    distributions: Sequence[Distribution] = (),
    **fields: Any,
) -> Dataset:
    """A dataset with a change row and, when it is public, a revision. `fields`: columns and relationships."""
    slug = fields.pop("slug", None) or slugify(title)
    needed: dict[str, Any] = {
        State.SCHEDULED: {"scheduled_at": NOW.replace(year=2030)},
        State.PUBLISHED: {"published_at": NOW},
        State.WITHDRAWN: {"published_at": NOW, "withdrawn_at": NOW, "withdrawal_reason": "Số liệu sai."},
    }.get(state, {})
    dataset = Dataset(
        uuid=uuid_of(f"dataset/{slug}"),
        slug=slug,
        title_vi=title,
        title_en=en,
        title_folded=fold(f"{title} {en or ''}").strip(),
        state=state,
        created_at=NOW,
        **{"identifier": slug, "updated_at": NOW, **needed, **fields},
    )
    for position, distribution in enumerate(distributions):
        distribution.position = position
        distribution.uuid = uuid_of(f"distribution/{slug}/{position}")
        dataset.distributions.append(distribution)
    session.add(dataset)
    session.flush()
    public = state in (State.PUBLISHED, State.WITHDRAWN)
    session.add(
        Revision(
            dataset_id=dataset.id,
            version=dataset.version,
            at=NOW,
            actor="steward@example.vn",
            action="publish" if public else "create",
            is_public=state is State.PUBLISHED,
            content={"title_vi": title},
        )
    )
    record_change(
        session, dataset, action="publish" if public else "create", is_public=public, actor="test", at=NOW
    )
    return dataset


@dataclass(frozen=True, slots=True)
class Basics:
    """The vocabularies, agencies and places that test datasets refer to."""

    environment: Concept
    budget: Concept
    csv: Concept
    xlsx: Concept
    open_licence: Concept
    yearly: Concept
    public: Concept
    city: Agency
    health: Agency
    hai_chau: Place
    hoang_sa: Place


def make_basics(session: Session) -> Basics:
    """A handful of each kind, flushed."""
    city = make_agency(session, "Ủy ban nhân dân thành phố", "City People's Committee")
    basics = Basics(
        environment=make_concept(session, Vocabulary.THEME, "moi-truong", "Môi trường", "Environment"),
        budget=make_concept(session, Vocabulary.THEME, "ngan-sach", "Ngân sách"),
        csv=make_concept(session, Vocabulary.FORMAT, "csv", "CSV", "CSV", media_type="text/csv"),
        xlsx=make_concept(
            session,
            Vocabulary.FORMAT,
            "xlsx",
            "Excel (XLSX)",
            "Excel (XLSX)",
            media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        open_licence=make_concept(session, Vocabulary.LICENCE, "cc-by-4.0", "CC BY 4.0", "CC BY 4.0"),
        yearly=make_concept(session, Vocabulary.FREQUENCY, "annual", "Hằng năm", "Yearly"),
        public=make_concept(session, Vocabulary.ACCESS_LEVEL, "public", "Công khai", "Public"),
        city=city,
        health=make_agency(session, "Sở Y tế", "Department of Health", parent=city),
        hai_chau=make_place(session, "20194", "Phường Hải Châu", "Hai Chau Ward"),
        hoang_sa=make_place(session, "20333", "Đặc khu Hoàng Sa", "Hoang Sa Special Zone"),
    )
    session.flush()
    return basics


@dataclass(frozen=True, slots=True)
class SmallCatalogue:
    """Slugs of one dataset of every kind that readers must be told apart."""

    full: str
    plain: str
    illustrative: str
    draft: str
    scheduled: str
    trashed: str
    withdrawn: str


A_WORD = {
    "term": "KLT",
    "kind": WordKind.ABBREVIATION,
    "alternative": "khối lượng tịnh",
    "both_ways": True,
    "active": True,
    "note": "",
    "version": 1,
}
CSV_V1 = "năm,giá trị\n2024,1\n".encode()
CSV_V2 = "năm,giá trị\n2024,1\n2025,2\n".encode()


def make_small_catalogue(database: Database) -> SmallCatalogue:
    """One dataset with every field, one with only a title, one illustrative, one in each hidden state."""
    with database.write() as session:
        basics = make_basics(session)
        session.execute(insert(Word), [A_WORD])
        full = make_dataset(
            session,
            "Chất lượng không khí tại Đà Nẵng",
            en="Air quality in Da Nang",
            slug="chat-luong-khong-khi",
            distributions=[
                make_file("Không khí.csv", [CSV_V1, CSV_V2], format=basics.csv, rows=2),
                make_link("https://example.org/khong-khi", title="Trang gốc"),
            ],
            description_vi="Nồng độ **bụi mịn** theo ngày.",
            description_en="Daily fine dust.",
            keywords=["không khí", "bụi mịn"],
            themes=[basics.environment],
            themes_raw=["Tài nguyên"],
            agency=basics.health,
            supplier=basics.city,
            places=[basics.hai_chau],
            temporal_start=datetime(2024, 1, 1).date(),
            temporal_end=datetime(2025, 12, 31).date(),
            frequency=basics.yearly,
            frequency_raw="hàng năm",
            licence=basics.open_licence,
            access_level=basics.public,
            languages=["vi"],
            contact_name="Phòng dữ liệu",
            contact_email="dulieu@example.vn",
            legal_basis="Quyết định 1",
            landing_page="https://example.org/",
            other_identifier="DN-01",
            issued=datetime(2024, 5, 6).date(),
            modified=NOW,
            extras={"nguồn": "đo"},
        )
        plain = make_dataset(session, "Dự toán ngân sách 2025", agency_text="Phòng Tài chính quận")
        illustrative = make_dataset(
            session, "Nhiệt độ minh họa", illustrative=True, themes=[basics.environment], agency=basics.health
        )
        hidden = [
            make_dataset(session, f"Bí mật {state.value}", state=state)
            for state in (State.DRAFT, State.SCHEDULED, State.TRASHED)
        ]
        withdrawn = make_dataset(
            session,
            "Bí mật đã rút",
            slug="da-rut",
            state=State.WITHDRAWN,
            replacement=full,
            distributions=[make_file("rut.csv", [CSV_V1], format=basics.csv)],
        )
        return SmallCatalogue(
            full.slug, plain.slug, illustrative.slug, *(each.slug for each in hidden), withdrawn.slug
        )


def make_many(database: Database, number: int) -> None:
    """`number` published datasets, each with an agency, a theme, a place and a file."""
    with database.write() as session:
        basics = make_basics(session)
        for each in range(number):
            make_dataset(
                session,
                f"Bộ dữ liệu số {each}",
                agency=basics.health,
                themes=[basics.environment],
                places=[basics.hai_chau],
                modified=NOW,
                distributions=[make_file(f"so-{each}.csv", [b"a\n%d\n" % each], format=basics.csv)],
            )


def make_portal(folder: Path, **settings: Any) -> Portal:
    """An open portal over an empty catalogue in `folder`; close it in the end."""
    database = make_database(folder)
    database.close()
    url = "" if database.is_sqlite else database.url.render_as_string(hide_password=False)
    return open_portal(Settings(var=folder, **{"port": 8123, "database_url": url, **settings}))


def make_index(portal: Portal) -> None:
    """Brings the search index in step with the catalogue, and the portal's reader in step with the index."""
    writer = portal.open_writer()
    try:
        Indexer(portal.database, writer, portal.settings.hide_illustrative, portal.clock).reconcile()
        end = time.monotonic() + 20
        while _generation(portal) < writer.generation() and time.monotonic() < end:
            time.sleep(0.005)
    finally:
        writer.close()


def _generation(portal: Portal) -> int:
    try:
        return portal.search.generation()
    except (IndexMissing, IndexBroken):
        return 0


def make_small_portal(folder: Path, **settings: Any) -> tuple[Portal, SmallCatalogue]:
    """A portal with the small catalogue, its files and its index."""
    portal = make_portal(folder, **settings)
    catalogue = make_small_catalogue(portal.database)
    for content in (CSV_V1, CSV_V2):
        portal.storage.put(io.BytesIO(content))
    make_index(portal)
    return portal, catalogue
