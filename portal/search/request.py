"""What a door asks of search: read from URL parameters, written back into URLs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlencode

from portal.errors import Invalid
from portal.search.engines.base import SORTS, Sort
from portal.search.facets import FACET_NAMES
from portal.search.query import Filters
from portal.search.understanding import MAX_LETTERS
from portal.text import Language, LocalizedText, clean_line

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
MAX_DEPTH = 10_000
MAX_VALUES = 50

_MAX_VALUE_LETTERS = 200


class SearchRequestInvalid(Invalid):
    """A parameter of a search cannot be read."""

    message = LocalizedText("Tham số tìm kiếm chưa hợp lệ.", "A search parameter is not valid.")


class SearchTooDeep(Invalid):
    """Pages end after the first 10,000 results."""

    message = LocalizedText(
        "Chỉ xem được 10.000 kết quả đầu tiên. Để lấy toàn bộ danh mục, hãy dùng tham số cursor của API.",
        "Only the first 10,000 results can be paged through. "
        "Use the API's cursor parameter to walk the whole catalogue.",
    )


class Arguments(Protocol):
    """Parameters of a URL, each with any number of values (as werkzeug's MultiDict gives them)."""

    def getlist(self, key: str, /) -> list[str]:
        """The values of a parameter in order; empty when it is absent."""
        ...


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. `filters` has no empty entries; values stand as they were given, each once."""

    text: str = ""
    filters: Filters = field(default_factory=dict)
    sort: Sort = "relevance"
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    language: Language = "vi"

    @classmethod
    def from_args(cls, args: Arguments, *, language: Language = "vi") -> SearchRequest:
        """The request of a URL. Raises SearchRequestInvalid (by parameter) and SearchTooDeep."""
        problems: dict[str, LocalizedText] = {}
        request = cls(
            text=clean_line(_last(args, "q")[: 4 * MAX_LETTERS])[:MAX_LETTERS],
            filters=_filters(args),
            sort=_sort(_last(args, "sort"), problems),
            page=_number(args, "page", 1, None, problems),
            page_size=_number(args, "page_size", DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, problems),
            language=language,
        )
        if problems:
            raise SearchRequestInvalid(fields=problems)
        if request.start + request.page_size > MAX_DEPTH:
            raise SearchTooDeep(fields={"page": SearchTooDeep.message})
        return request

    @property
    def start(self) -> int:
        """How many results come before this page."""
        return (self.page - 1) * self.page_size

    def chosen(self, facet: str) -> tuple[str, ...]:
        """The values chosen of a facet."""
        return self.filters.get(facet, ())

    def with_filter(self, facet: str, value: str) -> SearchRequest:
        """The same search narrowed by one more value, from its first page."""
        values = tuple(dict.fromkeys((*self.chosen(facet), value)))
        return replace(self, filters={**self.filters, facet: values}, page=1)

    def without_filter(self, facet: str, value: str | None = None) -> SearchRequest:
        """The same search without one value of a facet, or without all of them; from its first page."""
        left = tuple(each for each in self.chosen(facet) if value is not None and each != value)
        others = {name: values for name, values in self.filters.items() if name != facet}
        return replace(self, filters={**others, facet: left} if left else others, page=1)

    def with_page(self, page: int) -> SearchRequest:
        """Another page of the same search."""
        return replace(self, page=page)

    def with_sort(self, sort: Sort) -> SearchRequest:
        """The same search in another order, from its first page."""
        return replace(self, sort=sort, page=1)

    def to_query_string(self) -> str:
        """The parameters of this search's URL; equal searches give equal text. Defaults are left out."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name in FACET_NAMES for value in sorted(self.chosen(name))]
        if self.sort != "relevance":
            pairs.append(("sort", self.sort))
        if self.page != 1:
            pairs.append(("page", str(self.page)))
        if self.page_size != DEFAULT_PAGE_SIZE:
            pairs.append(("page_size", str(self.page_size)))
        return urlencode(pairs)


@dataclass(frozen=True, slots=True)
class PlainArguments:
    """Arguments from a mapping, for callers without a web framework."""

    values: Mapping[str, Sequence[str]]

    def getlist(self, key: str, /) -> list[str]:
        """The values of a parameter in order."""
        return list(self.values.get(key, ()))


def _last(args: Arguments, name: str) -> str:
    values = args.getlist(name)
    return values[-1] if values else ""


def _filters(args: Arguments) -> dict[str, tuple[str, ...]]:
    filters = {}
    for name in FACET_NAMES:
        values = (clean_line(value[:_MAX_VALUE_LETTERS]) for value in args.getlist(name)[:MAX_VALUES])
        chosen = tuple(dict.fromkeys(value for value in values if value))
        if chosen:
            filters[name] = chosen
    return filters


def _sort(text: str, problems: dict[str, LocalizedText]) -> Sort:
    found = next((sort for sort in SORTS if sort == text), None)
    if text and found is None:
        problems["sort"] = LocalizedText(
            f"Chỉ nhận một trong: {', '.join(SORTS)}.", f"Must be one of: {', '.join(SORTS)}."
        )
    return found or "relevance"


def _number(
    args: Arguments, name: str, default: int, maximum: int | None, problems: dict[str, LocalizedText]
) -> int:
    text = _last(args, name).strip()
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0
    if number < 1 or (maximum is not None and number > maximum):
        problems[name] = _whole_number(maximum)
        return default
    return number


def _whole_number(maximum: int | None) -> LocalizedText:
    if maximum is None:
        return LocalizedText("Phải là số nguyên từ 1 trở lên.", "Must be a whole number from 1 on.")
    return LocalizedText(
        f"Phải là số nguyên từ 1 đến {maximum}.", f"Must be a whole number from 1 to {maximum}."
    )
