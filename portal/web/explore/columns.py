"""What is known of each column, told beside the table: type, unit, reasons, spread, most frequent values, a filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext

from portal.tables.notes import sentence
from portal.tables.values import NUMERIC, Column, ColumnType
from portal.text import Language, LocalizedText
from portal.web.charts.draw import Drawn, drawn_histogram
from portal.web.charts.numbers import written
from portal.web.explore.addresses import Addresses
from portal.web.explore.cells import shown
from portal.web.explore.state import State

FilterKind = Literal["text", "number", "date", "choice", "none"]
_MOST_CHOICES = 10
_UNORDERED = (ColumnType.BOOLEAN, ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.UNIT_CODE)


@dataclass(frozen=True, slots=True)
class Choice:
    """A frequent value: how often it occurs, and the page with only its rows, or without that filter."""

    label: str
    value: str
    count: int
    path: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Input:
    """A field of the form that narrows a column down."""

    name: str
    label: str
    value: str
    type: str = "text"
    step: str = ""
    problem: LocalizedText | None = None


@dataclass(frozen=True, slots=True)
class ColumnMenu:
    """One column. `facts`: names and values of its figures; `reasons` and `warnings`: why it is read as it is."""

    id: str
    name: str
    meaning: LocalizedText
    type: str
    unit: str
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[LocalizedText, ...]
    warnings: tuple[LocalizedText, ...]
    histogram: Drawn | None
    top: tuple[Choice, ...]
    inputs: tuple[Input, ...]
    missing: Choice | None
    is_filtered: bool
    is_derived: bool


def menus(
    columns: Sequence[Column],
    dictionary: Sequence[Mapping[str, Any]],
    state: State,
    addresses: Addresses,
    *,
    is_illustrative: bool,
) -> tuple[ColumnMenu, ...]:
    """The menus of these columns. `dictionary`: what the agency says that columns mean, by name."""
    said = {str(each.get("name", "")): each for each in dictionary}
    return tuple(
        _menu(column, said.get(column.name, {}), state, addresses, is_illustrative=is_illustrative)
        for column in columns
    )


def column_id(key: str) -> str:
    """What names a column's menu on the page."""
    return f"column-{key}"


def _menu(
    column: Column, said: Mapping[str, Any], state: State, addresses: Addresses, *, is_illustrative: bool
) -> ColumnMenu:
    language, id_ = addresses.language, column_id(column.key)
    own = [pair for pair in state.pairs if pair[0].rpartition("__")[0] == column.key]
    return ColumnMenu(
        id=id_,
        name=column.name,
        meaning=_meaning(said),
        type=type_name(column.type),
        unit=column.unit or "",
        facts=_facts(column, language),
        reasons=tuple(map(sentence, column.decisions)),
        warnings=tuple(map(sentence, column.warnings)),
        histogram=_histogram(column, f"{id_}-spread", language, is_illustrative),
        top=tuple(_choice(column, state, addresses, value, count) for value, count in column.profile.top),
        inputs=_inputs(column, state),
        missing=_missing(column, state, addresses),
        is_filtered=bool(own),
        is_derived=column.derived,
    )


def _meaning(said: Mapping[str, Any]) -> LocalizedText:
    vi, en = (
        next((str(said[key]) for key in (f"title_{each}", f"description_{each}") if said.get(key)), "")
        for each in ("vi", "en")
    )
    return LocalizedText(vi, en or None)


def type_name(type_: ColumnType) -> str:
    """A type in words of everyday."""
    names: dict[ColumnType, str] = {
        ColumnType.TEXT: gettext("text"),
        ColumnType.IDENTIFIER: gettext("code"),
        ColumnType.UNIT_CODE: gettext("code of a ward, commune or district"),
        ColumnType.INTEGER: gettext("whole number"),
        ColumnType.DECIMAL: gettext("number"),
        ColumnType.BOOLEAN: gettext("yes or no"),
        ColumnType.DATE: gettext("date"),
        ColumnType.TIMESTAMP: gettext("date and time"),
        ColumnType.MONTH: gettext("month"),
        ColumnType.QUARTER: gettext("quarter"),
        ColumnType.YEAR: gettext("year"),
        ColumnType.LATITUDE: gettext("latitude"),
        ColumnType.LONGITUDE: gettext("longitude"),
        ColumnType.POINT: gettext("point on a map"),
    }
    return names[type_]


def _facts(column: Column, language: Language) -> tuple[tuple[str, str], ...]:
    profile = column.profile
    number = _writer(language)
    found = [(gettext("Different values"), number(profile.distinct))]
    if profile.missing:
        found.append((gettext("Empty cells"), number(profile.missing)))
    if profile.misfits:
        found.append((gettext("Cells that do not fit"), number(profile.misfits)))
    if profile.least is not None and column.type not in _UNORDERED:
        found.append((gettext("Least"), _read(column, profile.least, language)))
        found.append((gettext("Most"), _read(column, profile.most or "", language)))
    if profile.mean is not None and column.type in (ColumnType.INTEGER, ColumnType.DECIMAL):
        found.append((gettext("Average"), written(profile.mean, language, 5)))
    if not profile.top and profile.examples:
        examples = (_read(column, each, language) for each in profile.examples)
        found.append((gettext("Examples"), " · ".join(examples)))
    return tuple(found)


def _writer(language: Language) -> Callable[[float], str]:
    return lambda value: written(value, language, 15)


def _read(column: Column, text: str, language: Language) -> str:
    """A value that the profile keeps as text, as cells show it."""
    if column.type in NUMERIC:
        return shown(column.type, float(text), language)
    if column.type is ColumnType.BOOLEAN:
        return shown(column.type, text == "true", language)
    return shown(column.type, text, language)


def _histogram(column: Column, id_: str, language: Language, is_illustrative: bool) -> Drawn | None:
    if column.type not in (ColumnType.INTEGER, ColumnType.DECIMAL) or column.profile.distinct < 3:
        return None
    return drawn_histogram(column.profile.bins, column.name, id_, language, is_illustrative=is_illustrative)


def _choice(column: Column, state: State, addresses: Addresses, value: str, count: int) -> Choice:
    pair = (f"{column.key}__eq", value)
    is_chosen = pair in state.pairs
    pairs = state.without(pair) if is_chosen else state.changed(**{pair[0]: value})
    path = addresses.page(pairs, view=None if state.view == "chart" else "table")
    return Choice(_read(column, value, addresses.language), value, count, path, is_chosen)


def _missing(column: Column, state: State, addresses: Addresses) -> Choice | None:
    """The rows in which the cell is empty."""
    if not column.profile.missing:
        return None
    pair = (f"{column.key}__null", "true")
    is_chosen = pair in state.pairs
    pairs = state.without(pair) if is_chosen else state.changed(**{pair[0]: pair[1]})
    return Choice(
        gettext("empty"), "", column.profile.missing, addresses.page(pairs, view="table"), is_chosen
    )


def _inputs(column: Column, state: State) -> tuple[Input, ...]:
    """A form that fits the type: from and to where there is an order, a part of a text otherwise."""
    least, most = gettext("From"), gettext("To")
    match column.type:
        case ColumnType.BOOLEAN | ColumnType.POINT:
            return ()
        case ColumnType.INTEGER | ColumnType.DECIMAL | ColumnType.LATITUDE | ColumnType.LONGITUDE:
            fields = [("ge", least, "number"), ("le", most, "number")]
        case ColumnType.DATE:
            fields = [("ge", least, "date"), ("le", most, "date")]
        case ColumnType.TIMESTAMP:
            fields = [("ge", least, "datetime-local"), ("le", most, "datetime-local")]
        case ColumnType.YEAR:
            fields = [("ge", least, "number"), ("le", most, "number")]
        case ColumnType.MONTH | ColumnType.QUARTER:
            fields = [("ge", least, "text"), ("le", most, "text")]
        case ColumnType.IDENTIFIER | ColumnType.UNIT_CODE:
            fields = [("starts", gettext("Begins with"), "text")]
        case _:
            fields = [("contains", gettext("Contains"), "text")]
    return tuple(_input(column, state, *each) for each in fields)


def _input(column: Column, state: State, operator: str, label: str, type_: str) -> Input:
    name = f"{column.key}__{operator}"
    fault = next((each for each in state.faults if each.name == name), None)
    value = fault.value if fault else state.value(name)
    # What a browser cannot show in a field of this type must not vanish from it.
    is_odd = fault is not None and type_ != "text"
    return Input(
        name,
        label,
        value[:200],
        "text" if is_odd else type_,
        "any" if type_ == "number" and not is_odd else "",
        fault.message if fault else None,
    )
