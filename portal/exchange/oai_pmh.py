"""OAI-PMH 2.0: the answers, as its schema has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.catalog.models import Dataset, State
from portal.exchange.oai_requests import BadArgument, BadVerb, OaiError
from portal.exchange.xml import SCHEMA_LOCATION, Element, child, document, root
from portal.text import LocalizedText

MEDIA_TYPE = "text/xml"
OAI = "http://www.openarchives.org/OAI/2.0/"
_SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_NAMESPACES: dict[str | None, str] = {None: OAI, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which records can be had."""

    prefix: str
    schema: str
    namespace: str


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A set of records."""

    spec: str
    name: LocalizedText


@dataclass(frozen=True, slots=True)
class Header:
    """What a record is known by, when it changed, and whether it was withdrawn; `sets` of public ones alone."""

    identifier: str
    changed: datetime
    sets: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Resumption:
    """How a list goes on: `token` is empty on its last page. `cursor`: how many records went before."""

    token: str
    size: int
    cursor: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What Identify tells."""

    name: str
    mail: str
    earliest: datetime


class Answer:
    """One answer being made: `asked` are verb and arguments, told again as the protocol wants."""

    def __init__(self, base_url: str, now: datetime, asked: Mapping[str, str]) -> None:
        schema = {SCHEMA_LOCATION: f"{OAI} {_SCHEMA}"}
        self._root = root(_name("OAI-PMH"), _NAMESPACES, **schema)
        _add(self._root, "responseDate", utc(now))
        self._request = child(self._root, _name("request"), base_url, **asked)
        self._base_url = base_url

    def bytes(self) -> bytes:
        """The whole document."""
        return document(self._root)

    def refuse(self, error: OaiError) -> None:
        """An error in place of a list."""
        if isinstance(error, BadVerb | BadArgument):
            # The protocol forbids telling arguments that are wrong.
            self._request.attrib.clear()
        child(self._root, _name("error"), error.text.en or error.text.vi, code=error.oai_code)

    def identify(self, identity: Identity) -> None:
        """Who we are."""
        part = _add(self._root, "Identify")
        _add(part, "repositoryName", identity.name)
        _add(part, "baseURL", self._base_url)
        _add(part, "protocolVersion", "2.0")
        _add(part, "adminEmail", identity.mail)
        _add(part, "earliestDatestamp", utc(identity.earliest))
        _add(part, "deletedRecord", "persistent")
        _add(part, "granularity", "YYYY-MM-DDThh:mm:ssZ")

    def formats(self, formats: Iterable[Format]) -> None:
        """Which forms there are."""
        part = _add(self._root, "ListMetadataFormats")
        for each in formats:
            format = _add(part, "metadataFormat")
            _add(format, "metadataPrefix", each.prefix)
            _add(format, "schema", each.schema)
            _add(format, "metadataNamespace", each.namespace)

    def sets(self, sets: Iterable[RecordSet]) -> None:
        """Which sets there are."""
        part = _add(self._root, "ListSets")
        for each in sets:
            made = _add(part, "set")
            _add(made, "setSpec", each.spec)
            names = dict.fromkeys(name for name in (each.name.vi, each.name.en) if name)
            _add(made, "setName", " / ".join(names))

    def identifiers(self, headers: Iterable[Header], resumption: Resumption | None) -> None:
        """A page of headers."""
        part = _add(self._root, "ListIdentifiers")
        for each in headers:
            _header(part, each)
        _resumption(part, resumption)

    def records(
        self, records: Iterable[tuple[Header, Element | None]], resumption: Resumption | None
    ) -> None:
        """A page of records; withdrawn ones have no metadata."""
        part = _add(self._root, "ListRecords")
        for header, metadata in records:
            _record(part, header, metadata)
        _resumption(part, resumption)

    def record(self, header: Header, metadata: Element | None) -> None:
        """One record."""
        _record(_add(self._root, "GetRecord"), header, metadata)


def header_of(dataset: Dataset, changed: datetime, identifier: str) -> Header:
    """The header of a dataset that is or was public."""
    if dataset.state is State.WITHDRAWN:
        return Header(identifier, changed, is_deleted=True)
    agency = [agency_set(dataset.agency.slug)] if dataset.agency else []
    themes = [theme_set(each.code) for each in dataset.themes]
    return Header(identifier, changed, (*agency, *themes))


def agency_set(slug: str) -> str:
    """The set of an agency's records; of all that have one without a slug."""
    return f"agency:{slug}" if slug else "agency"


def theme_set(code: str) -> str:
    """The set of a theme's records. A set's name cannot hold the plus that a code may; no code has a tilde."""
    return f"theme:{code.replace('+', '~')}" if code else "theme"


def read_set(spec: str) -> tuple[str, str]:
    """The kind of a set (`agency`, `theme`, or something unknown) and the slug or code in it."""
    kind, _, name = spec.partition(":")
    return kind, name.replace("~", "+")


def utc(instant: datetime) -> str:
    """To the second, with Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _record(parent: Element, header: Header, metadata: Element | None) -> None:
    record = _add(parent, "record")
    _header(record, header)
    if metadata is not None:
        _add(record, "metadata").append(metadata)


def _header(parent: Element, header: Header) -> None:
    made = _add(parent, "header")
    if header.is_deleted:
        made.set("status", "deleted")
    _add(made, "identifier", header.identifier)
    _add(made, "datestamp", utc(header.changed))
    for each in header.sets:
        _add(made, "setSpec", each)


def _resumption(parent: Element, resumption: Resumption | None) -> None:
    if resumption is not None:
        numbers = {"completeListSize": str(resumption.size), "cursor": str(resumption.cursor)}
        child(parent, _name("resumptionToken"), resumption.token or None, **numbers)


def _name(tag: str) -> str:
    return f"{{{OAI}}}{tag}"


def _add(parent: Element, tag: str, text: str | None = None) -> Element:
    return child(parent, _name(tag), text)
