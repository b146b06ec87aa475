"""The API reference: the OpenAPI description of API v1 as a page, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from flask_babel import gettext

from portal import links
from portal.catalog import queries
from portal.catalog.models import Dataset
from portal.http.specification import specification
from portal.i18n.reference import reference_text
from portal.text import Language, LocalizedText
from portal.web.context import Visit
from portal.web.pages.frame import Frame, item_frame

_METHODS = ("get", "post", "put", "patch", "delete")
_SCHEMAS = "#/components/schemas/"
_MUTED = frozenset({"PaginationMetadata"})
# Among the newest, one is found for every kind of example.
_EXAMPLES_FROM = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value is: words, and the shape that it is made of, if any."""

    words: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `where` is path, query or header."""

    name: str
    where: str
    text: LocalizedText
    kind: Kind
    is_required: bool
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. `example`: a call that can be made; `example_path` where a browser can make it."""

    anchor: str
    method: str
    path: str
    summary: LocalizedText
    description: LocalizedText
    parameters: tuple[Parameter, ...]
    body: Kind | None
    answers: tuple[tuple[str, Kind | None], ...]
    needs_token: bool
    example: str
    example_path: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    anchor: str
    title: LocalizedText
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object."""

    name: str
    kind: Kind
    is_required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of object that requests and answers hold."""

    name: str
    members: tuple[Member, ...]

    @property
    def tells_needed(self) -> bool:
        """Whether few members are needed, so that these are marked and not the others."""
        return sum(each.is_required for each in self.members) * 2 < len(self.members)


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """Everything that API v1 takes and gives."""

    frame: Frame
    about: LocalizedText
    version: str
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]
    openapi_path: str
    quickstart_path: str


def reference_page(visit: Visit) -> ReferencePage:
    """The reference, with examples that work on this very portal."""
    described = _described(specification(), visit.language)
    values = _values(visit)
    return ReferencePage(
        frame=item_frame(
            visit,
            "developers",
            links.PAGES["reference"],
            title=gettext("API reference"),
            description=gettext("Every address, parameter and answer of the API of Da Nang Open Data."),
        ),
        about=reference_text(described.about),
        version=described.version,
        groups=tuple(
            Group(name, text, tuple(_operation(each, values, visit) for each in found))
            for name, text, found in described.groups
        ),
        shapes=described.shapes,
        openapi_path=links.api("openapi.json"),
        quickstart_path=links.page("developers", visit.language),
    )


@dataclass(frozen=True, slots=True)
class _Raw:
    """An operation as the description has it."""

    method: str
    path: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Described:
    about: str
    version: str
    groups: tuple[tuple[str, LocalizedText, tuple[_Raw, ...]], ...]
    shapes: tuple[Shape, ...]


@lru_cache(maxsize=4)
def _described(document: bytes, language: Language) -> _Described:
    """What does not change while the portal runs; by language, since words of kinds are translated."""
    whole = orjson.loads(document)
    operations = [
        _Raw(method, path, item[method])
        for path, item in whole["paths"].items()
        for method in _METHODS
        if method in item
    ]
    groups = [
        (tag["name"], _heading(reference_text(tag["description"])), found)
        for tag in whole["tags"]
        if (found := tuple(each for each in operations if tag["name"] in each.facts["tags"]))
    ]
    # What everybody may read comes first.
    groups.sort(key=lambda group: all(map(_needs_token, group[2])))
    shapes = tuple(
        Shape(name, tuple(_members(schema)))
        for name, schema in sorted(whole["components"]["schemas"].items())
        if name not in _MUTED
    )
    return _Described(whole["info"]["description"], whole["info"]["version"], tuple(groups), shapes)


def _heading(text: LocalizedText) -> LocalizedText:
    return LocalizedText(text.vi.rstrip("."), (text.en or "").rstrip("."))


def _needs_token(raw: _Raw) -> bool:
    return {} not in raw.facts.get("security", [{}])


def _members(schema: Mapping[str, Any]) -> Iterator[Member]:
    required = set(schema.get("required", ()))
    for name, value in schema.get("properties", {}).items():
        yield Member(name, _kind(value), name in required)


def _operation(raw: _Raw, values: Mapping[str, str], visit: Visit) -> Operation:
    facts = raw.facts
    needs_token = _needs_token(raw)
    path = _filled(raw.path, values)
    is_open = raw.method == "get" and not needs_token and "{" not in path
    parameters = tuple(_parameter(each) for each in facts.get("parameters", ()))
    needed = [each.name for each in parameters if each.where == "query" and each.is_required]
    query = "&".join(f"{name}={values.get(name, name.upper())}" for name in needed)
    example_path = f"{path}?{query}" if query else path
    body = facts.get("requestBody", {}).get("content", {})
    return Operation(
        anchor=f"{raw.method}-{raw.path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        method=raw.method.upper(),
        path=raw.path,
        summary=reference_text(facts.get("summary", "")),
        description=reference_text(facts.get("description", "")),
        parameters=parameters,
        body=_content_kind(body) if body else None,
        answers=tuple(_answers(facts["responses"])),
        needs_token=needs_token,
        example=_call(
            raw.method, links.absolute(visit.base_url, example_path), body, needs_token=needs_token
        ),
        example_path=example_path if is_open else "",
    )


def _answers(responses: Mapping[str, Any]) -> Iterator[tuple[str, Kind | None]]:
    for status, response in sorted(responses.items()):
        if status != "default":
            content = response.get("content", {})
            yield status, _content_kind(content) if content else None


def _content_kind(content: Mapping[str, Any]) -> Kind:
    media_type, first = next(iter(content.items()))
    kind = _kind(first.get("schema", {}))
    return kind if kind.shape else Kind(media_type)


def _parameter(facts: Mapping[str, Any]) -> Parameter:
    schema = facts.get("schema", {})
    default = schema.get("default")
    return Parameter(
        name=facts["name"],
        where=facts["in"],
        text=reference_text(facts.get("description", "")),
        kind=_kind(schema),
        is_required=bool(facts.get("required")),
        values=tuple(str(each) for each in schema.get("enum", ())),
        default="" if default is None else str(default),
    )


def _kind(schema: Mapping[str, Any]) -> Kind:
    """In words of the page's language; a list of a shape names the shape."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMAS)
        return Kind(name, name)
    for choice in ("anyOf", "oneOf", "allOf"):
        shaped = [_kind(each) for each in schema.get(choice, ())]
        if shaped:
            return next((each for each in shaped if each.shape), shaped[0])
    stated = schema.get("type", "object")
    types = stated if isinstance(stated, list) else [stated]
    if "array" in types:
        inner = _kind(schema.get("items", {}))
        return Kind(gettext("list of %(kind)s", kind=inner.words), inner.shape)
    words = [_words(each, schema.get("format", "")) for each in types]
    return Kind(gettext(" or ").join(words))


def _words(name: str, format: str) -> str:
    formats: dict[str, str] = {
        "date-time": gettext("instant"),
        "date": gettext("day"),
        "uri": gettext("address"),
        "uuid": "UUID",
        "email": gettext("e-mail address"),
        "binary": gettext("bytes"),
    }
    types: dict[str, str] = {
        "string": gettext("text"),
        "integer": gettext("whole number"),
        "number": gettext("number"),
        "boolean": gettext("true or false"),
        "object": gettext("object"),
        "null": "null",
    }
    return formats.get(format, types.get(name, name)) if name == "string" else types.get(name, name)


def _call(method: str, url: str, body: Mapping[str, Any], *, needs_token: bool) -> str:
    """The call with curl; what is in capitals or after `@` is yours to fill in."""
    parts = [f'curl "{url}"' if method == "get" else f'curl -X {method.upper()} "{url}"']
    if needs_token:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if method in ("put", "patch", "delete"):
        parts.append('-H "If-Match: $ETAG"')
    if "application/json" in body:
        parts.append("--json @body.json")
    elif body:
        parts.append('-F "file=@data.csv"')
    return " \\\n  ".join(parts)


def _filled(path: str, values: Mapping[str, str]) -> str:
    """The path with something of this portal in its braces; a name in capitals where there is nothing."""
    section = path.removeprefix("/api/v1/").partition("/")[0]
    filled = path
    for name in ("reference", "code", "vocabulary", "uuid", "number", "form", "kind"):
        value = values.get(f"{section}.{name}")
        filled = filled.replace(f"{{{name}}}", value) if value else filled
    return filled


def _values(visit: Visit) -> dict[str, str]:
    """Something to ask for in every section."""
    found = queries.newest(visit.session, limit=_EXAMPLES_FROM, hide_illustrative=visit.hide_illustrative)
    values = {"q": "du", "concepts.vocabulary": "theme", "tables.form": "csv", "tables.kind": "xlsx"}
    for dataset in reversed(found):
        values |= _of_dataset(dataset)
    return values


def _of_dataset(dataset: Dataset) -> dict[str, str]:
    values = {"datasets.reference": dataset.slug}
    if dataset.agency:
        values["agencies.reference"] = dataset.agency.slug
    if dataset.themes:
        values["concepts.code"] = dataset.themes[0].code
    if dataset.places:
        values["places.reference"] = dataset.places[0].slug
    if dataset.distributions:
        values["distributions.uuid"] = str(dataset.distributions[0].uuid)
    for each in dataset.distributions:
        if each.tables:
            values |= {"tables.uuid": each.tables[0]["id"], "tables.number": str(each.table_version)}
    return values
