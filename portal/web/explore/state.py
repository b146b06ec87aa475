"""What a reader asked of a table's page: the address is the state, in the grammar of row queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from portal.tables.query import RESERVED, RowQuery, RowQueryInvalid, parse
from portal.tables.schema import Schema
from portal.text import LocalizedText

View = Literal["table", "chart", "map"]
VIEWS: tuple[View, ...] = ("table", "chart", "map")
Pair = tuple[str, str]
PAGE_ROWS = 50
MOST_PAGE_ROWS = 500
# Beyond this a page is heavy on a phone; `select` shows others.
MOST_COLUMNS = 40
_MOST_PAIRS = 120
# Keys of columns have no hyphen, so these never stand for one.
CHART_PARAMETERS = ("chart-by", "chart-of", "chart-as")
_PLACES = ("limit", "after")
_TOO_MANY = LocalizedText(
    "Địa chỉ có quá nhiều điều kiện; phần cuối đã được bỏ qua.",
    "The address has too many conditions; the last ones were left out.",
)
_TOO_LONG_PAGE = LocalizedText(
    f"Trang này hiện nhiều nhất {MOST_PAGE_ROWS} dòng mỗi lần; API cho phép nhiều hơn.",
    f"This page shows at most {MOST_PAGE_ROWS} rows at a time; the API allows more.",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A parameter that was left out, and why."""

    name: str
    value: str
    message: LocalizedText


@dataclass(frozen=True, slots=True)
class State:
    """`pairs`: the row query's own parameters, those at fault left out; `query`: the same, parsed."""

    view: View
    pairs: tuple[Pair, ...]
    query: RowQuery
    chart: tuple[Pair, ...] = ()
    faults: tuple[Fault, ...] = ()

    def value(self, name: str) -> str:
        """What a parameter says; empty when it is not there."""
        return next((value for key, value in self.pairs if key == name), "")

    @property
    def conditions(self) -> tuple[Pair, ...]:
        """Parameters that choose rows, but for the words that are searched for."""
        return tuple(pair for pair in self.pairs if pair[0] not in RESERVED or pair[0] == "where")

    @property
    def is_narrowed(self) -> bool:
        """Whether rows are left out."""
        return bool(self.query.where.members or self.query.search)

    @property
    def is_plain(self) -> bool:
        """Whether the address says nothing but where the table is."""
        return not (self.pairs or self.chart or self.faults) and self.view == "table"

    def changed(self, **values: str) -> tuple[Pair, ...]:
        """The row query with some parameters changed, from its first row on; an empty value takes one away."""
        kept = [pair for pair in self.pairs if pair[0] not in values and pair[0] != "after"]
        return (*kept, *((name, value) for name, value in values.items() if value))

    def without(self, pair: Pair) -> tuple[Pair, ...]:
        """The row query without one of its parameters, from its first row on."""
        return tuple(each for each in self.pairs if each != pair and each[0] != "after")

    @property
    def whole(self) -> tuple[Pair, ...]:
        """The whole answer, as it is downloaded: wherever one is in it."""
        return tuple(pair for pair in self.pairs if pair[0] not in _PLACES)


def with_query(path: str, pairs: Iterable[Pair]) -> str:
    """An address with parameters, if there are any."""
    return f"{path}?{urlencode(list(pairs))}".rstrip("?")


def tidied(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """What a form sent as one would write it by hand: no empty values, chosen columns in one parameter, none twice."""
    chosen = ",".join(value for name, value in pairs if name == "select" and value)
    rest = [(name, value.strip()) for name, value in pairs if value.strip() and name != "select"]
    unique = tuple(dict.fromkeys(rest))
    return (("select", chosen), *unique) if chosen else unique


def _spelled(name: str, schema: Schema) -> str:
    """A condition in one spelling, so that the page knows it again: `quan` is `quan__eq`."""
    return f"{name}__eq" if name in schema.by_key and name not in RESERVED else name


def read_state(pairs: Sequence[Pair], schema: Schema) -> State:
    """The state of an address. What is not understood becomes a fault; never raises."""
    view = next((value for name, value in pairs if name == "view"), "table")
    chart = tuple(pair for pair in pairs if pair[0] in CHART_PARAMETERS)
    asked = [
        (_spelled(name, schema), value)
        for name, value in pairs
        if name != "view" and name not in CHART_PARAMETERS
    ]
    faults = [Fault("", "", _TOO_MANY)] if len(asked) > _MOST_PAIRS else []
    kept, refused = _conditions(asked[:_MOST_PAIRS], schema)
    query, pairs_, more = _parsed(kept, schema)
    known: View = next((each for each in VIEWS if each == view), "table")
    state = State(known, tuple(pairs_), query, chart, (*faults, *refused, *more))
    return _shortened(state, schema)


def _conditions(pairs: Sequence[Pair], schema: Schema) -> tuple[list[Pair], list[Fault]]:
    """Each condition judged by itself: one that is wrong must not take the others with it."""
    kept, faults = [], []
    for pair in pairs:
        if pair[0] not in RESERVED and (message := _fault_of([pair], schema)):
            faults.append(Fault(*pair, message[1]))
        else:
            kept.append(pair)
    return kept, faults


def _parsed(pairs: list[Pair], schema: Schema) -> tuple[RowQuery, list[Pair], list[Fault]]:
    """The query of these parameters; those at fault are taken out one after the other."""
    faults: list[Fault] = []
    while (found := _fault_of(pairs, schema)) is not None:
        name, message = found
        named = [pair for pair in pairs if pair[0] == name]
        # Given twice, the first counts; otherwise it is wrong by itself.
        wrong = named[1:] or named or pairs
        faults += [Fault(*pair, message) for pair in wrong]
        pairs = [pair for index, pair in enumerate(pairs) if not _is_one_of(index, pairs, wrong)]
    return parse(pairs, schema), pairs, faults


def _is_one_of(index: int, pairs: Sequence[Pair], wrong: Sequence[Pair]) -> bool:
    return any(pairs[index] is each for each in wrong)


def _fault_of(pairs: Sequence[Pair], schema: Schema) -> tuple[str, LocalizedText] | None:
    try:
        parse(pairs, schema)
    except RowQueryInvalid as fault:
        return next(iter(fault.fields.items()), ("", fault.text))
    return None


def _shortened(state: State, schema: Schema) -> State:
    """With as many rows and columns as a page has, unless the address says how many."""
    query, faults, pairs = state.query, state.faults, state.pairs
    if not state.value("limit"):
        query = replace(query, limit=PAGE_ROWS)
    elif query.limit > MOST_PAGE_ROWS:
        query = replace(query, limit=MOST_PAGE_ROWS)
        faults = (*faults, Fault("limit", state.value("limit"), _TOO_LONG_PAGE))
        pairs = tuple(pair for pair in pairs if pair[0] != "limit")
    if not query.is_grouped and not state.value("select") and len(schema.fields) > MOST_COLUMNS:
        query = replace(query, select=schema.fields[:MOST_COLUMNS])
    return replace(state, query=query, faults=faults, pairs=pairs)


def hidden_pairs(state: State, shown: Mapping[str, object] | frozenset[str]) -> tuple[Pair, ...]:
    """What a form must carry along so that sending it loses nothing: parameters that it does not show itself."""
    view: tuple[Pair, ...] = (("view", state.view),) if state.view != "table" else ()
    kept = tuple(pair for pair in state.pairs if pair[0] not in shown and pair[0] != "after")
    charts = tuple(pair for pair in state.chart if pair[0] not in shown)
    return (*view, *kept, *charts)
