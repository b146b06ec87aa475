"""Series: made, changed and, while empty, deleted, by publishers of their agency and by administrators.

A series is public as soon as it is there, as an agency is; of its datasets readers see those that are published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalog import queries, series_queries
from portal.catalog.actors import Actor, Role
from portal.catalog.changes import record_change
from portal.catalog.datestamps import move_datestamps
from portal.catalog.models import Agency, Series
from portal.catalog.policies import require_series_keeper
from portal.catalog.records import SeriesFacts
from portal.catalog.services.agencies import SLUG, SlugInvalid
from portal.catalog.services.datasets import slug_for
from portal.catalog.services.matching import Lookup
from portal.database import flush_unique
from portal.errors import Conflict, Invalid, NotFound
from portal.text import LocalizedText, slugify

_LONGEST_SLUG = 90


class SeriesFields(TypedDict, total=False):
    """What is said of a series. What is absent stays as it is; None or empty clears it."""

    title_vi: str
    title_en: str | None
    description_vi: str
    description_en: str | None
    # Slug or uuid of the agency that keeps it.
    agency: str | None


class SeriesNotFound(NotFound):
    """No series has this slug or uuid."""

    message = LocalizedText("Không có chuỗi dữ liệu này.", "There is no such series.")


class SeriesTitleMissing(Invalid):
    """A series needs a title in Vietnamese."""

    message = LocalizedText("Chuỗi dữ liệu cần có tên.", "A series needs a title.")


class SeriesSlugTaken(Conflict):
    """Another series has it: creating never updates."""

    message = LocalizedText(
        "Một chuỗi dữ liệu khác đã dùng địa chỉ này.", "Another series is already found at this address."
    )


class SeriesAgencyMissing(Invalid):
    """Who publishes for several agencies must say whose the series is."""

    message = LocalizedText("Hãy nêu cơ quan giữ chuỗi dữ liệu.", "Name the agency that keeps the series.")


class SeriesAgencyUnknown(Invalid):
    """The agency that is named does not exist."""

    message = LocalizedText("Không có cơ quan này.", "There is no such agency.")


class SeriesInUse(Conflict):
    """Datasets belong to it, drafts and withdrawn ones too."""

    message = LocalizedText(
        "Chuỗi dữ liệu này còn bộ dữ liệu (kể cả bản nháp, đã rút hay trong thùng rác) nên chưa xóa được.",
        "Datasets still belong to the series (drafts, withdrawn and trashed ones count), so it cannot be deleted.",
    )


def find_series(session: Session, reference: str) -> Series:
    """By slug or uuid, with its agency. Raises SeriesNotFound."""
    found = series_queries.series(session, reference)
    if found is None:
        raise SeriesNotFound
    return found


def create_series(
    session: Session, actor: Actor, slug: str | None, fields: SeriesFields, now: datetime
) -> Series:
    """A new series; without a slug its title makes one, without an agency it is that of the actor's only one.

    Raises SeriesForeign, SeriesTitleMissing, SeriesAgencyMissing, SeriesAgencyUnknown, SlugInvalid, SeriesSlugTaken.
    """
    require_series_keeper(actor, None)
    slug = slug or slugify(fields.get("title_vi", ""))
    if not SLUG.fullmatch(slug):
        raise SlugInvalid(fields={"slug": SlugInvalid.message})
    if series_queries.series(session, slug) is not None:
        raise SeriesSlugTaken(fields={"slug": SeriesSlugTaken.message})
    made = Series(uuid=uuid4(), slug=slug, title_vi="", description_vi="")
    if "agency" not in fields:
        made.agency_id = _only_agency(actor)
    with session.no_autoflush:
        _apply(session, actor, made, fields)
    session.add(made)
    flush_unique(session, SeriesSlugTaken())
    _keep(session, actor, made, "create", now)
    return made


def update_series(
    session: Session, actor: Actor, series: Series, fields: SeriesFields, now: datetime
) -> Series:
    """Changes what is given. Raises SeriesForeign, SeriesTitleMissing, SeriesAgencyUnknown."""
    require_series_keeper(actor, series)
    with session.no_autoflush:
        _apply(session, actor, series, fields)
    if session.is_modified(series):
        _keep(session, actor, series, "update", now)
        move_datestamps(session, series, now)
    return series


def delete_series(session: Session, actor: Actor, series: Series, now: datetime) -> None:
    """Raises SeriesForeign, SeriesInUse."""
    require_series_keeper(actor, series)
    record_change(session, series, action="delete", is_public=True, actor=actor.name, at=now)
    try:
        with session.begin_nested():
            session.delete(series)
            session.flush()
    except IntegrityError as error:
        raise SeriesInUse from error


def arriving(facts: SeriesFacts, lookup: Lookup) -> Series:
    """A series that a source speaks of and the catalogue lacks; it belongs to no session yet."""
    agency = lookup.agency(facts.publisher)
    return Series(
        uuid=facts.uuid or uuid4(),
        slug=_free_slug(facts, lambda slug: lookup.series(slug) is not None),
        title_vi=facts.title.vi,
        title_en=facts.title.en,
        description_vi=facts.description.vi,
        description_en=facts.description.en,
        agency=agency,
        agency_id=agency.id if agency else None,
    )


def note_creation(session: Session, actor: Actor, series: Series, now: datetime) -> None:
    """Puts what `arriving` made into the catalogue."""
    session.add(series)
    record_change(session, series, action="create", is_public=True, actor=actor.name, at=now)


def _free_slug(facts: SeriesFacts, is_taken: Callable[[str], bool]) -> str:
    wanted = facts.slug or slugify(facts.title.vi, _LONGEST_SLUG)
    is_free = SLUG.fullmatch(wanted) is not None and not is_taken(wanted)
    return wanted if is_free else slug_for(f"{facts.title.vi} {facts.uuid or ''}".strip(), lambda _: True)


def _only_agency(actor: Actor) -> int | None:
    """That of who publishes for one alone; None for administrators. Raises SeriesAgencyMissing."""
    if actor.is_administrator:
        return None
    own = [agency for agency, role in actor.memberships.items() if role is Role.PUBLISHER]
    if len(own) != 1:
        raise SeriesAgencyMissing(fields={"agency": SeriesAgencyMissing.message})
    return own[0]


def _apply(session: Session, actor: Actor, series: Series, fields: SeriesFields) -> None:
    if not fields.get("title_vi", series.title_vi):
        raise SeriesTitleMissing(fields={"title": SeriesTitleMissing.message})
    for name, value in fields.items():
        if name != "agency" and getattr(series, name) != value:
            setattr(series, name, value)
    if "agency" in fields:
        agency = _agency(session, fields["agency"])
        if series.agency_id != (agency.id if agency else None):
            series.agency_id = agency.id if agency else None
    # Whoever hands a series over must keep those of the agency that it goes to.
    require_series_keeper(actor, series)


def _agency(session: Session, reference: str | None) -> Agency | None:
    agency = queries.agency(session, reference) if reference else None
    if reference and agency is None:
        raise SeriesAgencyUnknown(fields={"agency": SeriesAgencyUnknown.message})
    return agency


def _keep(session: Session, actor: Actor, series: Series, action: str, now: datetime) -> None:
    session.flush()
    session.expire(series, ["agency"])
    record_change(session, series, action=action, is_public=True, actor=actor.name, at=now)
