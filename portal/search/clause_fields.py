"""The fields that conditions may speak of, by CKAN's names, each as SQL with bound values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, cast, false, func, literal, or_, select, true

from portal.catalog.models import Agency, Concept, Dataset, Distribution, FileVersion, State
from portal.catalog.queries import as_uuid
from portal.search.clauses import ANY_LETTER, Between, Match, Present
from portal.search.lucene import QueryNotUnderstood
from portal.search.moments import moment
from portal.text import LocalizedText, fold

Condition = ColumnElement[bool]
Pieces = Sequence[str]
_EXTRA = re.compile(r"extras?_([\w.-]{1,100})")
_LARGEST = 2**31


def _pattern(pieces: Pieces) -> str:
    """What LIKE takes, with `/` before letters that would mean something to it."""
    escaped = (re.sub(r"([/%_])", r"/\1", piece).replace(ANY_LETTER, "_") for piece in pieces)
    return "%".join(escaped)


def _is_plain(pieces: Pieces) -> bool:
    return len(pieces) == 1 and ANY_LETTER not in pieces[0]


def _exact(column: Any) -> Callable[[Pieces], Condition]:
    """The whole value, letter by letter."""

    def match(pieces: Pieces) -> Condition:
        if _is_plain(pieces):
            return column == pieces[0]  # type: ignore[no-any-return]
        return column.like(_pattern(pieces), escape="/")  # type: ignore[no-any-return]

    return match


def _any_case(column: Any) -> Callable[[Pieces], Condition]:
    """The whole value, capitals or not."""
    return lambda pieces: _exact(func.lower(column))([piece.lower() for piece in pieces])


def _prose(*columns: Any) -> Callable[[Pieces], Condition]:
    """The words in this order inside a longer text. A database knows capitals of plain letters only, so that
    the others are looked for in each usual form."""

    def match(pieces: Pieces) -> Condition:
        texts = {"*".join(pieces)}
        texts |= {form(text) for text in texts for form in (str.lower, str.upper, str.capitalize)}
        patterns = {f"%{_pattern(text.split('*'))}%" for text in texts}
        return or_(*(column.ilike(pattern, escape="/") for column in columns for pattern in sorted(patterns)))

    return match


def _title(pieces: Pieces) -> Condition:
    """Titles in both languages, diacritics forgiven."""
    return Dataset.title_folded.like(f"%{_pattern([fold(piece) for piece in pieces])}%", escape="/")


def _tags(pieces: Pieces) -> Condition:
    """One whole keyword; the column keeps a list as JSON."""
    spelled = [json.dumps(piece)[1:-1] for piece in pieces]
    pattern = _pattern(['"' + spelled[0], *spelled[1:]]) + '"'
    return cast(Dataset.keywords, Text).like(f"%{pattern}%", escape="/")


def _uuid(column: Any) -> Callable[[Pieces], Condition]:
    def match(pieces: Pieces) -> Condition:
        found = as_uuid(pieces[0]) if len(pieces) == 1 else None
        return false() if found is None else column == found

    return match


def _one_of(values: dict[str, Condition]) -> Callable[[Pieces], Condition]:
    """Words that stand for conditions."""
    return lambda pieces: values.get("*".join(pieces).lower(), false())


def _file(condition: Condition) -> Condition:
    return Dataset.distributions.any(condition)


_PUBLIC = Dataset.state == State.PUBLISHED
_MATCHES: dict[str, Callable[[Pieces], Condition]] = {
    "id": _uuid(Dataset.uuid),
    "name": _exact(Dataset.slug),
    "title": _title,
    "title_string": _exact(Dataset.title_vi),
    "notes": _prose(Dataset.description_vi, Dataset.description_en),
    "url": _prose(Dataset.landing_page),
    "tags": _tags,
    "groups": lambda pieces: Dataset.themes.any(_exact(Concept.code)(pieces)),
    "organization": lambda pieces: Dataset.agency.has(_exact(Agency.slug)(pieces)),
    "owner_org": lambda pieces: Dataset.agency.has(_uuid(Agency.uuid)(pieces)),
    "license_id": lambda pieces: or_(
        Dataset.licence.has(_exact(Concept.code)(pieces)),
        and_(Dataset.licence_id.is_(None), _exact(Dataset.licence_raw)(pieces)),
    ),
    "res_format": lambda pieces: _file(
        or_(
            Distribution.format.has(_any_case(Concept.code)(pieces)),
            _any_case(Distribution.format_raw)(pieces),
        )
    ),
    "res_name": lambda pieces: _file(_prose(Distribution.title_vi, Distribution.title_en)(pieces)),
    "res_description": lambda pieces: _file(_prose(Distribution.description_vi)(pieces)),
    "res_url": lambda pieces: _file(
        or_(
            _prose(Distribution.access_url)(pieces),
            Distribution.file_versions.any(_prose(FileVersion.name)(pieces)),
        )
    ),
    "author": lambda pieces: or_(
        _prose(Dataset.supplier_text)(pieces),
        Dataset.supplier.has(_prose(Agency.name_vi, Agency.name_en)(pieces)),
    ),
    "maintainer": _prose(Dataset.contact_name),
    "maintainer_email": _any_case(Dataset.contact_email),
    "state": _one_of({"active": _PUBLIC, "draft": ~_PUBLIC, "*": true()}),
    "private": _one_of({"false": _PUBLIC, "true": ~_PUBLIC}),
    "capacity": _one_of({"public": _PUBLIC, "private": ~_PUBLIC}),
    "dataset_type": _one_of({"dataset": true()}),
    "type": _one_of({"dataset": true()}),
    "entity_type": _one_of({"package": true()}),
}
_NUMBERS: dict[str, Any] = {
    "num_resources": select(func.count(Distribution.id))
    .where(Distribution.dataset_id == Dataset.id)
    .correlate(Dataset)
    .scalar_subquery(),
    "num_tags": func.json_array_length(Dataset.keywords),
    # Nobody counts views yet.
    "views_recent": literal(0),
    "views_total": literal(0),
}
_MOMENTS: dict[str, Any] = {
    "metadata_created": Dataset.created_at,
    "metadata_modified": Dataset.updated_at,
}
_TEXT_COLUMNS: dict[str, Any] = {
    "name": Dataset.slug,
    "title_string": Dataset.title_vi,
    "notes": Dataset.description_vi,
    "url": Dataset.landing_page,
    "maintainer": Dataset.contact_name,
    "maintainer_email": Dataset.contact_email,
}


def is_field(name: str) -> bool:
    """Whether conditions may speak of it; `text` and `*` stand for all that is searched."""
    known = name in ("*", "text") or name in _MATCHES or name in _NUMBERS or name in _MOMENTS
    return known or name.startswith(("extras_", "vocab_"))


def condition(clause: Match | Between | Present, now: datetime) -> Condition:
    """The SQL of a condition on a field. Raises QueryNotUnderstood."""
    match clause:
        case Match():
            return _match(clause, now)
        case Between():
            return _between(clause, now)
        case Present():
            return _present(clause.field)


def _match(clause: Match, now: datetime) -> Condition:
    name, text = clause.field, "*".join(clause.pieces)
    if name in _MATCHES:
        return _MATCHES[name](clause.pieces)
    if name in _NUMBERS:
        return _NUMBERS[name] == _number(text)  # type: ignore[no-any-return]
    if name in _MOMENTS:
        found = _moment(text, now)
        return _MOMENTS[name] == found  # type: ignore[no-any-return]
    return _extra(name, clause.pieces)


def _extra(name: str, pieces: Pieces) -> Condition:
    found = _EXTRA.fullmatch(name)
    if found is None:
        return false()
    if found[1] == "illustrative":
        return _one_of({"true": Dataset.illustrative.is_(True), "false": ~Dataset.illustrative})(pieces)
    if found[1] == "identifier":
        return _exact(Dataset.identifier)(pieces)
    return _exact(cast(Dataset.extras[found[1]].as_string(), String))(pieces)


def _between(clause: Between, now: datetime) -> Condition:
    name = clause.field
    read: Callable[[str], Any]
    if name in _NUMBERS:
        column, read = _NUMBERS[name], _number
    elif name in _MOMENTS:
        column, read = _MOMENTS[name], lambda text: _moment(text, now)
    elif name in _TEXT_COLUMNS:
        column, read = _TEXT_COLUMNS[name], str
    else:
        raise QueryNotUnderstood(LocalizedText(f"Trường {name} không có thứ tự.", f"{name} takes no range."))
    conditions: list[Condition] = [true()]
    if clause.low is not None:
        low = read(clause.low)
        conditions.append(column >= low if clause.with_low else column > low)
    if clause.high is not None:
        high = read(clause.high)
        conditions.append(column <= high if clause.with_high else column < high)
    return and_(*conditions)


def _present(name: str) -> Condition:
    match name:
        case "groups":
            return Dataset.themes.any()
        case "tags":
            return func.json_array_length(Dataset.keywords) > 0
        case "organization" | "owner_org":
            return Dataset.agency_id.is_not(None)
        case "license_id":
            return or_(Dataset.licence_id.is_not(None), Dataset.licence_raw.is_not(None))
        case "author":
            return or_(Dataset.supplier_id.is_not(None), Dataset.supplier_text.is_not(None))
        case "res_format" | "res_name" | "res_url" | "res_description":
            return Dataset.distributions.any()
    if name in _TEXT_COLUMNS:
        return func.coalesce(_TEXT_COLUMNS[name], "") != ""
    found = _EXTRA.fullmatch(name)
    if found is not None and found[1] not in ("illustrative", "identifier"):
        return Dataset.extras[found[1]].as_string().is_not(None)  # type: ignore[no-any-return]
    return false() if name.startswith("vocab_") else true()


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or abs(int(text)) > _LARGEST:
        raise QueryNotUnderstood(
            LocalizedText(f"“{text[:50]}” không phải là số.", f"{text[:50]} is no number.")
        )
    return int(text)


def _moment(text: str, now: datetime) -> datetime:
    found = moment(text, now)
    if found is None:
        raise QueryNotUnderstood(
            LocalizedText(f"“{text[:50]}” không phải là thời điểm.", f"Invalid date: {text[:50]}")
        )
    return found
