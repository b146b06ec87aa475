"""OAI-PMH 2.0 at /oai: every record that is or was public, for library systems and aggregators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, current_app, request

from portal import links
from portal.catalog import harvest_queries, queries
from portal.catalog.changes import catalogue_version
from portal.catalog.harvest_queries import Place, Selection
from portal.catalog.models import Dataset, State, Vocabulary
from portal.exchange import datacite, oai_pmh
from portal.exchange.dcat_names import names_of
from portal.exchange.dcat_shared import one_dataset
from portal.exchange.dublin_core import OAI_DC, OAI_DC_SCHEMA, dublin_core
from portal.exchange.oai_pmh import Answer, Format, Header, Identity, RecordSet, Resumption
from portal.exchange.oai_requests import (
    CannotDisseminateFormat,
    IdDoesNotExist,
    NoRecordsMatch,
    OaiError,
    OaiRequest,
    Verb,
    first_moment,
    moment_after,
    read_request,
)
from portal.exchange.oai_tokens import Token, micros_of, read_token
from portal.exchange.rdf import RDF_XML
from portal.exchange.xml import Element, parsed
from portal.http import context
from portal.text import LocalizedText

blueprint = Blueprint("oai", __name__)

RECORDS_AT_ONCE = 100
HEADERS_AT_ONCE = 500
_NAME = "Da Nang Open Data / Dữ liệu mở Đà Nẵng"
_AGENCIES = LocalizedText("Cơ quan", "Agencies")
_THEMES = LocalizedText("Lĩnh vực", "Themes")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDF_SCHEMA = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
FORMATS = {
    each.prefix: each
    for each in (
        Format("oai_dc", OAI_DC_SCHEMA, OAI_DC),
        Format("dcat", _RDF_SCHEMA, _RDF),
        Format("datacite", datacite.SCHEMA, datacite.NAMESPACE),
    )
}
"""What records can be had in, by metadataPrefix."""

Writer = Callable[[Dataset], Element]


@blueprint.route("/oai", methods=("GET", "POST"))
def answer() -> Response:
    """One request of a harvester. Its mistakes are told in a 200, as the protocol has it."""
    pairs = list((request.form if request.method == "POST" else request.args).items(multi=True))
    if request.method == "POST" and request.args:
        pairs += request.args.items(multi=True)
    base_url = links.absolute(context.portal().settings.public_url, links.oai())
    now = context.portal().clock()
    try:
        asked = read_request(pairs)
        made = Answer(base_url, now, {"verb": asked.verb, **asked.arguments})
        _VERBS[asked.verb](asked, made)
    except OaiError as error:
        made = Answer(base_url, now, _repeatable(pairs, error))
        made.refuse(error)
    return Response(made.bytes(), content_type=f"{oai_pmh.MEDIA_TYPE}; charset=utf-8")


def _repeatable(pairs: list[tuple[str, str]], error: OaiError) -> dict[str, str]:
    """Verb and arguments where they were of the right form."""
    try:
        asked = read_request(pairs)
    except OaiError:
        return {}
    return {"verb": asked.verb, **asked.arguments}


def _identify(_asked: OaiRequest, made: Answer) -> None:
    portal = context.portal()
    earliest = harvest_queries.earliest(context.session()) or portal.clock()
    made.identify(Identity(_NAME, portal.settings.mail_address, earliest))


def _list_formats(asked: OaiRequest, made: Answer) -> None:
    if "identifier" in asked.arguments:
        _find(asked.arguments["identifier"])
    made.formats(FORMATS.values())


def _list_sets(asked: OaiRequest, made: Answer) -> None:
    if "resumptionToken" in asked.arguments:
        # All sets fit into one answer: no token was ever given out.
        read_token("", "", epoch="", verb="ListSets")
    session, hide = context.session(), context.portal().settings.hide_illustrative
    counts = queries.counts(session, hide_illustrative=hide)
    agencies = [each for each in queries.agencies(session) if each.slug in counts.agencies]
    themes = [each for each in queries.concepts(session, Vocabulary.THEME) if each.code in counts.themes]
    made.sets(
        [
            RecordSet(oai_pmh.agency_set(""), _AGENCIES),
            *(RecordSet(oai_pmh.agency_set(each.slug), each.name) for each in agencies),
            RecordSet(oai_pmh.theme_set(""), _THEMES),
            *(RecordSet(oai_pmh.theme_set(each.code), each.label) for each in themes),
        ]
    )


def _get_record(asked: OaiRequest, made: Answer) -> None:
    dataset = _find(asked.arguments["identifier"])
    write = _writer(asked.arguments["metadataPrefix"])
    place = harvest_queries.place_of(context.session(), dataset.id)
    if place is None:
        raise IdDoesNotExist
    loaded = queries.load_everything(context.session(), dataset)
    made.record(_header(loaded, place.at), _metadata(loaded, write))


def _list_identifiers(asked: OaiRequest, made: Answer) -> None:
    page = _page(asked, HEADERS_AT_ONCE, harvest_queries.with_sets)
    made.identifiers(page.headers, page.resumption)


def _list_records(asked: OaiRequest, made: Answer) -> None:
    page = _page(asked, RECORDS_AT_ONCE, queries.with_everything)
    write = _writer(page.prefix)
    records = zip(page.headers, page.datasets, strict=True)
    made.records(((header, _metadata(each, write)) for header, each in records), page.resumption)


_VERBS: dict[Verb, Callable[[OaiRequest, Answer], None]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "ListIdentifiers": _list_identifiers,
    "ListRecords": _list_records,
    "GetRecord": _get_record,
}


@dataclass(frozen=True, slots=True)
class _Page:
    prefix: str
    datasets: list[Dataset]
    headers: list[Header]
    resumption: Resumption | None


def _page(asked: OaiRequest, limit: int, loading: harvest_queries.Loading) -> _Page:
    """The next part of a list, and the token for the part behind it."""
    session = context.session()
    token = _token(asked)
    if token.prefix not in FORMATS:
        raise CannotDisseminateFormat
    chosen = _selection(token)
    is_first = not token.dataset_id
    found = harvest_queries.places(session, chosen, after=None if is_first else token.after, limit=limit + 1)
    if is_first:
        if not found:
            raise NoRecordsMatch
        token = replace(token, size=harvest_queries.harvest_size(session, chosen))
    elif not found:
        # Everything that was left has moved out of the list meanwhile, and an empty list cannot be told.
        again = harvest_queries.place_of(session, token.dataset_id)
        found = [again] if again else []
    shown = found[:limit]
    datasets = harvest_queries.in_order(session, [each.dataset_id for each in shown], loading)
    headers = [_header(each, place.at) for each, place in zip(datasets, shown, strict=True)]
    return _Page(token.prefix, datasets, headers, _resumption(token, shown, is_last=len(found) <= limit))


def _resumption(token: Token, shown: list[Place], *, is_last: bool) -> Resumption | None:
    if is_last:
        return Resumption("", token.size, token.delivered) if token.dataset_id else None
    last = shown[-1]
    further = replace(
        token,
        micros=micros_of(last.at),
        dataset_id=last.dataset_id,
        delivered=token.delivered + len(shown),
    )
    return Resumption(further.text(_secret()), token.size, token.delivered)


def _token(asked: OaiRequest) -> Token:
    """The token that was sent, or that of a list that begins."""
    given, epoch = asked.arguments, catalogue_version(context.session()).partition("-")[0]
    if "resumptionToken" in given:
        return read_token(given["resumptionToken"], _secret(), epoch=epoch, verb=asked.verb)
    since, until, within = (given.get(name, "") for name in ("from", "until", "set"))
    return Token(epoch, asked.verb, given["metadataPrefix"], since, until, within, 0, 0, 0, 0)


def _selection(token: Token) -> Selection:
    chosen = Selection(
        hide_illustrative=context.portal().settings.hide_illustrative,
        since=first_moment(token.since) if token.since else None,
        before=moment_after(token.until) if token.until else None,
    )
    if not token.within:
        return chosen
    kind, name = oai_pmh.read_set(token.within)
    session = context.session()
    if kind == "agency" and (not name or harvest_queries.agency_exists(session, name)):
        return replace(chosen, agency=name)
    if kind == "theme" and (not name or harvest_queries.theme_exists(session, name)):
        return replace(chosen, theme=name)
    raise NoRecordsMatch


def _find(identifier: str) -> Dataset:
    """The dataset of an identifier, which is its persistent address. Raises IdDoesNotExist."""
    settings = context.portal().settings
    uuid = identifier.rpartition("/")[2]
    found = queries.bare_dataset(context.session(), uuid) if queries.as_uuid(uuid) else None
    if found is None or identifier != _identifier(found):
        raise IdDoesNotExist
    is_told = found.state in (State.PUBLISHED, State.WITHDRAWN)
    if not is_told or (settings.hide_illustrative and found.illustrative):
        raise IdDoesNotExist
    return found


def _header(dataset: Dataset, changed: datetime) -> Header:
    return oai_pmh.header_of(dataset, changed, _identifier(dataset))


def _identifier(dataset: Dataset) -> str:
    return links.absolute(context.portal().settings.public_url, links.dataset_id(dataset.uuid))


def _metadata(dataset: Dataset, write: Writer) -> Element | None:
    return None if dataset.state is State.WITHDRAWN else write(dataset)


def _writer(prefix: str) -> Writer:
    """What writes records in a form. Raises CannotDisseminateFormat."""
    if prefix not in FORMATS:
        raise CannotDisseminateFormat
    base_url = context.portal().settings.public_url
    if prefix == "oai_dc":
        return lambda dataset: dublin_core(dataset, base_url)
    if prefix == "datacite":
        return lambda dataset: datacite.as_xml(dataset, base_url)
    names = names_of(base_url, queries.concepts(context.session(), Vocabulary.LANGUAGE))
    return lambda dataset: parsed(RDF_XML.document(one_dataset(dataset, names).triples()))


def _secret() -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return secret
