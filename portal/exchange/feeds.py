"""What feeds tell, whatever they are written in: datasets, and the versions of one dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from portal import links
from portal.catalog.models import Dataset, Revision, When
from portal.clock import CITY_ZONE
from portal.text import Language, LocalizedText

_SUMMARY_LETTERS = 500
_ILLUSTRATIVE = LocalizedText("Minh họa", "Illustrative")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_VERSION = LocalizedText("Phiên bản", "Version")
_ACTS = {
    "publish": LocalizedText("Công bố bộ dữ liệu.", "The dataset was published."),
    "restore": LocalizedText("Công bố trở lại.", "The dataset is public again."),
}
_UPDATED = LocalizedText("Cập nhật: {}.", "Changed: {}.")
_OTHER = LocalizedText("thông tin khác", "other details")
_PARTS: dict[str, LocalizedText] = {
    "title": LocalizedText("tên", "title"),
    "description": LocalizedText("mô tả", "description"),
    "distributions": LocalizedText("tệp và liên kết", "files and links"),
    "keywords": LocalizedText("từ khóa", "keywords"),
    "themes": LocalizedText("lĩnh vực", "themes"),
    "places": LocalizedText("địa bàn", "places"),
    "agency": LocalizedText("cơ quan chủ quản", "owner"),
    "supplier": LocalizedText("cơ quan cung cấp", "supplier"),
    "temporal": LocalizedText("thời kỳ", "period"),
    "frequency": LocalizedText("tần suất cập nhật", "frequency"),
    "licence": LocalizedText("giấy phép", "licence"),
    "contact": LocalizedText("liên hệ", "contact"),
    "modified": LocalizedText("ngày cập nhật", "date of the data"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """A word that an entry is filed under: its code, and its name for people."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `identity` stays the same whatever becomes of title and address."""

    identity: str
    title: str
    updated: datetime
    published: datetime | None
    author: str
    page_url: str
    record_url: str
    summary: str
    rights: str = ""
    categories: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What is followed: `path` is the feed's own address and its identity, `page_path` the page for people.
    `author` answers for entries whose agency is not known."""

    title: str
    author: str
    path: str
    page_path: str
    language: Language
    base_url: str

    @property
    def url(self) -> str:
        """Where the feed is."""
        return links.absolute(self.base_url, self.path)

    @property
    def page_url(self) -> str:
        """Where people read the same."""
        return links.absolute(self.base_url, self.page_path)


def said_updated(dataset: Dataset) -> datetime:
    """When a dataset last changed, by its own account, else by the portal's. A day begins at midnight in the
    city."""
    return _instant(dataset.modified) or dataset.published_at or _instant(dataset.issued) or _BEGINNING


def last_updated(entries: Sequence[Entry]) -> datetime:
    """When any of them last changed."""
    return max((each.updated for each in entries), default=_BEGINNING)


def dataset_entry(dataset: Dataset, feed: Feed, *, text: str, updated: datetime) -> Entry:
    """A dataset, loaded as for a card; `text` is its description in plain words."""
    language = feed.language
    mark = f"[{_ILLUSTRATIVE.in_language(language)}] " if dataset.illustrative else ""
    themes = [Category(each.code, each.label.in_language(language)) for each in dataset.themes]
    illustrative = [Category("illustrative", _ILLUSTRATIVE.in_language(language))]
    return Entry(
        identity=links.absolute(feed.base_url, links.dataset_id(dataset.uuid)),
        title=dataset.title.in_language(language),
        updated=updated,
        published=dataset.published_at,
        author=_author(dataset, language),
        page_url=links.absolute(feed.base_url, links.dataset_page(dataset.slug, language)),
        record_url=links.absolute(feed.base_url, links.api("datasets", dataset.slug)),
        # An entry without content needs a summary; the title is the least that can be said.
        summary=f"{mark}{text[:_SUMMARY_LETTERS] or dataset.title.in_language(language)}",
        rights=dataset.licence.label.in_language(language) if dataset.licence else "",
        categories=(*themes, *(illustrative if dataset.illustrative else ())),
    )


def version_entries(dataset: Dataset, revisions: Sequence[Revision], feed: Feed) -> list[Entry]:
    """The public versions of a dataset, newest first as `revisions` are; the oldest of them needs no entry of
    what changed."""
    language = feed.language
    page = links.absolute(feed.base_url, links.dataset_page(dataset.slug, language))
    history = links.absolute(feed.base_url, links.api("datasets", dataset.slug, "revisions"))
    identity = links.absolute(feed.base_url, links.dataset_id(dataset.uuid))
    title = dataset.title.in_language(language)
    earlier: list[Revision | None] = [*revisions[1:], None]
    return [
        Entry(
            identity=f"{identity}#version-{each.version}",
            title=f"{title} – {_VERSION.in_language(language)} {each.version}",
            updated=each.at,
            published=each.at,
            author=_author(dataset, language),
            page_url=page,
            record_url=history,
            summary=_what_happened(each, before, language),
        )
        for each, before in zip(revisions, earlier, strict=True)
    ]


def _what_happened(revision: Revision, before: Revision | None, language: Language) -> str:
    act = _ACTS.get(revision.action)
    if act is not None:
        return act.in_language(language)
    changed = _changed(revision, before) if before else []
    words = [each.in_language(language) for each in changed] or [_OTHER.in_language(language)]
    return _UPDATED.in_language(language).format(", ".join(words))


def _changed(revision: Revision, before: Revision) -> list[LocalizedText]:
    """The parts that differ, in the order of the table."""
    names = {name for name in revision.content if revision.content[name] != before.content.get(name)}
    return [text for part, text in _PARTS.items() if any(name.startswith(part) for name in names)]


def _author(dataset: Dataset, language: Language) -> str:
    return dataset.agency.name.in_language(language) if dataset.agency else dataset.agency_text or ""


def _instant(when: When | None) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    return datetime.combine(when, time(), CITY_ZONE)
