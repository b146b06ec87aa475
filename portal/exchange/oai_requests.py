"""OAI-PMH 2.0: what a harvester may ask, read strictly, and the errors that the protocol has for the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from portal.errors import Invalid
from portal.text import LocalizedText

Verb = Literal["Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers", "ListRecords", "GetRecord"]


class OaiError(Invalid):
    """A request that the protocol answers with an error of its own."""

    oai_code: ClassVar[str]


class BadVerb(OaiError):
    """No verb, two, or one that does not exist."""

    oai_code = "badVerb"
    message = LocalizedText(
        "Cần đúng một động từ trong sáu động từ của OAI-PMH.",
        "One of the six verbs of OAI-PMH is needed, once.",
    )


class BadArgument(OaiError):
    """An argument is unknown, missing, repeated or malformed."""

    oai_code = "badArgument"


class BadResumptionToken(OaiError):
    """A token that was not given out by this catalogue for this verb."""

    oai_code = "badResumptionToken"
    message = LocalizedText(
        "Mã resumptionToken này không do danh mục hiện tại cấp.",
        "This resumptionToken was not given out by the present catalogue. Begin the list again.",
    )


class CannotDisseminateFormat(OaiError):
    """The record cannot be had in this form."""

    oai_code = "cannotDisseminateFormat"
    message = LocalizedText(
        "Không có dạng siêu dữ liệu này; ListMetadataFormats liệt kê các dạng hiện có.",
        "There is no such metadata format; ListMetadataFormats lists those that exist.",
    )


class IdDoesNotExist(OaiError):
    """Nothing public has this identifier, or ever had."""

    oai_code = "idDoesNotExist"
    message = LocalizedText("Không có bản ghi nào mang định danh này.", "No record has this identifier.")


class NoRecordsMatch(OaiError):
    """Nothing changed in that time, or the set has nothing."""

    oai_code = "noRecordsMatch"
    message = LocalizedText(
        "Không có bản ghi nào trong khoảng thời gian và tập này.",
        "No record matches these dates and this set.",
    )


@dataclass(frozen=True, slots=True)
class OaiRequest:
    """A verb and its arguments, each at most once, all of the right form."""

    verb: Verb
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Rule:
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    is_resumable: bool = False


_LIST = _Rule(frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), is_resumable=True)
_RULES: dict[Verb, _Rule] = {
    "Identify": _Rule(),
    "ListMetadataFormats": _Rule(optional=frozenset({"identifier"})),
    "ListSets": _Rule(is_resumable=True),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
    "GetRecord": _Rule(frozenset({"identifier", "metadataPrefix"})),
}
_TOKEN = "resumptionToken"
_PART = r"[A-Za-z0-9\-_.!~*'()]+"
# What the protocol's own schema allows, since answers repeat the arguments.
_FORMS = {
    "metadataPrefix": re.compile(_PART),
    "set": re.compile(f"{_PART}(:{_PART})*"),
    "identifier": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+"),
}
_DATES = ("from", "until")
_DAY, _SECOND = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read_request(pairs: Sequence[tuple[str, str]]) -> OaiRequest:
    """The request that name-value pairs make. Raises BadVerb, BadArgument."""
    verbs = [value for name, value in pairs if name == "verb"]
    rule = _RULES.get(verbs[0]) if len(verbs) == 1 else None  # type: ignore[call-overload]
    if rule is None:
        raise BadVerb
    arguments: dict[str, str] = {}
    for name, value in pairs:
        if name != "verb":
            if name in arguments:
                raise _bad(name, "is given twice")
            arguments[name] = value
    _check_names(rule, arguments)
    for name, value in arguments.items():
        if name in _FORMS and not _FORMS[name].fullmatch(value):
            raise _bad(name, "is malformed")
    _check_dates(arguments)
    return OaiRequest(verbs[0], arguments)  # type: ignore[arg-type]


def first_moment(text: str) -> datetime:
    """The instant at which a day or second begins, in UTC."""
    form = "%Y-%m-%d" if len(text) == 10 else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def moment_after(text: str) -> datetime:
    """The instant at which a day or second is over."""
    length = timedelta(days=1) if len(text) == 10 else timedelta(seconds=1)
    try:
        return first_moment(text) + length
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _check_names(rule: _Rule, arguments: Mapping[str, str]) -> None:
    if _TOKEN in arguments and rule.is_resumable:
        if len(arguments) > 1:
            raise _bad(_TOKEN, "stands alone: it knows the other arguments")
        return
    for name in arguments:
        if name not in rule.required | rule.optional:
            raise _bad(name, "is not an argument of this verb")
    for name in sorted(rule.required - arguments.keys()):
        raise _bad(name, "is missing")


def _check_dates(arguments: Mapping[str, str]) -> None:
    given = [(name, arguments[name]) for name in _DATES if name in arguments]
    for name, value in given:
        if not (_DAY.fullmatch(value) or _SECOND.fullmatch(value)):
            raise _bad(name, "is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ")
        try:
            first_moment(value)
        except ValueError:
            raise _bad(name, "is no date of the calendar") from None
    if len(given) == 2:
        (_, since), (_, until) = given
        if len(since) != len(until):
            raise _bad("from", "and until must have the same granularity")
        if since > until:
            raise _bad("from", "is later than until")


def _bad(name: str, what: str) -> BadArgument:
    shown = ascii(name[:40]).strip("'\"")
    return BadArgument(LocalizedText(f"Tham số {shown} không hợp lệ.", f"The argument {shown} {what}."))
