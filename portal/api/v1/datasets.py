"""Datasets and distributions: search, walk, show, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import Response, request
from flask_smorest import Blueprint

from portal.api.v1 import cell_answers, parameters
from portal.api.v1.answers import form, read_cursor, respond, same_list, write_cursor
from portal.api.v1.describing import describes
from portal.api.v1.lists import DatasetPage, DistributionList, RevisionList
from portal.api.v1.parameters import ParameterInvalid
from portal.api.v1.schemas import DatasetForm, DistributionForm
from portal.catalog import public_queries, queries
from portal.catalog.models import Dataset
from portal.catalog.policies import DatasetNotFound
from portal.catalog.services.datasets import visible
from portal.catalog.services.distributions import DistributionNotFound
from portal.exchange import v1, v1_parts
from portal.exchange.v1_parts import Form
from portal.exchange.values import JsonObject, JsonValue
from portal.http import answers, context
from portal.search import service
from portal.search.engines.base import FacetValue
from portal.search.facets import FACET_NAMES
from portal.search.highlight import Segment
from portal.search.request import MAX_DEPTH, SearchRequest
from portal.search.service import Hit, SearchPage
from portal.text import LocalizedText

blueprint = Blueprint("datasets", __name__, url_prefix="/api/v1", description="Datasets and their files.")

_ONE_DATASET = [parameters.in_path("reference", "Slug or uuid of the dataset."), parameters.LANG]
_ONE_DISTRIBUTION = [parameters.in_path("uuid", "Id of the distribution."), parameters.LANG]
_KEPT = ("q", *FACET_NAMES, "sort", "page_size", "lang")
_NOT_WITH_CURSOR = LocalizedText(
    "Không dùng cùng cursor: cursor liệt kê toàn bộ theo mã số, không tìm kiếm hay sắp xếp.",
    "Not together with cursor, which lists everything by id and neither searches nor sorts.",
)


@describes(blueprint, "/datasets", answer=DatasetPage, parameters=parameters.DATASETS)
def list_datasets() -> Response:
    """Search datasets

    With `q` the best matches come first; without it the last modified. Filters of one name are
    alternatives, filters of different names must all hold.
    """
    # Read first: a bad value is refused even where the parameter is then not needed.
    wanted = SearchRequest.from_args(request.args, language=parameters.language())
    if "identifier" in request.args:
        return _by_identifier(request.args["identifier"])
    if "cursor" in request.args:
        return _walk(request.args["cursor"], wanted)
    found = service.search_with_answer(
        wanted,
        engine=context.portal().search,
        session=context.session(),
        hide_illustrative=context.portal().settings.hide_illustrative,
    )
    if found.degraded:
        answers.degraded()
    return respond(_search_document(found, form()), pages=_page_links(found))


@describes(blueprint, "/datasets/<reference>", answer=DatasetForm, parameters=_ONE_DATASET)
def show_dataset(reference: str) -> Response:
    """One dataset

    410 tells that it was withdrawn, why, and what replaces it.
    """
    dataset = _visible(reference)
    return respond(v1.dataset(dataset, form()), version=dataset.version)


@describes(
    blueprint,
    "/datasets/<reference>/distributions",
    answer=DistributionList,
    parameters=_ONE_DATASET,
)
def list_distributions(reference: str) -> Response:
    """The files and links of one dataset"""
    dataset = _visible(reference)
    items = v1.distributions(dataset, form())
    return respond({"total": len(items), "items": items}, version=dataset.version)


@describes(
    blueprint,
    "/datasets/<reference>/revisions",
    answer=RevisionList,
    parameters=_ONE_DATASET,
)
def list_revisions(reference: str) -> Response:
    """The versions of one dataset that were public, newest first"""
    parameters.language()
    dataset = _visible(reference)
    found = queries.revisions(context.session(), dataset.id, public_only=True)
    items: list[JsonValue] = [v1_parts.revision(each) for each in found]
    return respond({"total": len(items), "items": items}, version=dataset.version)


@describes(
    blueprint,
    "/distributions/<uuid>",
    answer=DistributionForm,
    parameters=_ONE_DISTRIBUTION,
)
def show_distribution(uuid: str) -> Response:
    """One file or link"""
    shape, key = form(), queries.as_uuid(uuid)
    owner = public_queries.dataset_of_distribution(context.session(), key) if key else None
    if owner is None:
        raise DistributionNotFound
    try:
        dataset = _visible(owner)
    except DatasetNotFound:
        raise DistributionNotFound from None
    found = next(each for each in dataset.distributions if each.uuid == key)
    return respond(v1_parts.distribution(found, shape), version=dataset.version)


def _visible(reference: str) -> Dataset:
    return visible(
        context.session(),
        context.actor(),
        reference,
        hide_illustrative=context.portal().settings.hide_illustrative,
    )


def _search_document(found: SearchPage, shape: Form) -> JsonObject:
    session = context.session()
    hits = {hit.dataset_id: hit for hit in (*found.items, *found.related)}
    datasets = queries.cards(session, list(hits))
    return {
        "total": found.total,
        "page": found.request.page,
        "page_size": found.request.page_size,
        "items": _cards(found.items, datasets, shape),
        "related": _cards(found.related, datasets, shape),
        "facets": _facets(found.facets, found.request, shape),
        "suggestions": list(found.suggestions),
        "correction": _correction(found),
        "answer": cell_answers.answer(found.answer, shape) if found.answer else None,
        "recognised": [
            {"kind": each.kind, "text": each.text, "facet": each.facet, "value": each.value}
            for each in found.recognised
        ],
        "relaxed": found.relaxed,
        "degraded": found.degraded,
        "next_cursor": None,
    }


def _correction(found: SearchPage) -> JsonObject | None:
    if found.correction is None:
        return None
    return {"shown": found.correction.shown, "literal": found.correction.literal}


def _cards(hits: Iterable[Hit], datasets: Mapping[int, Dataset], shape: Form) -> list[JsonValue]:
    return [
        {
            **v1.card(datasets[hit.dataset_id], shape),
            "matched": list(hit.matched),
            "highlights": {
                "title": _segments(hit.title),
                "snippet": _segments(hit.snippet),
                "names": [{"kind": each.kind, "text": _segments(each.text)} for each in hit.reasons],
            },
        }
        for hit in hits
        if hit.dataset_id in datasets
    ]


def _plain_card(dataset: Dataset, shape: Form) -> JsonObject:
    return {**v1.card(dataset, shape), "matched": [], "highlights": None}


def _segments(segments: Iterable[Segment]) -> list[JsonValue]:
    return [{"text": each.text, "is_match": each.is_match} for each in segments]


def _facets(counts: Mapping[str, Sequence[FacetValue]], wanted: SearchRequest, shape: Form) -> JsonObject:
    values = {name: [each.value for each in counted] for name, counted in counts.items()}
    labels = public_queries.facet_labels(context.session(), values)
    return {
        name: [
            {
                "code": each.value,
                **shape.text("label", labels.get((name, each.value), LocalizedText(each.value))),
                "count": each.count,
                "selected": each.value in wanted.chosen(name),
            }
            for each in counted
        ]
        for name, counted in counts.items()
    }


def _page_links(found: SearchPage) -> dict[str, str]:
    """First, previous, next and last page, as far as pages go."""
    page, size = found.request.page, found.request.page_size
    last = min(found.pages, MAX_DEPTH // size)
    numbers = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    return {
        relation: same_list(*_KEPT, page=number)
        for relation, number in numbers.items()
        if 1 <= number <= last
    }


def _walk(cursor: str, wanted: SearchRequest) -> Response:
    refused = {name: _NOT_WITH_CURSOR for name in ("q", "sort", "page") if request.args.get(name)}
    if refused:
        raise ParameterInvalid(fields=refused)
    after_id = read_cursor(cursor, wanted.filters)
    session, shape = context.session(), form()
    hide = context.portal().settings.hide_illustrative
    found = public_queries.walk(
        session, after_id, limit=wanted.page_size, filters=wanted.filters, hide_illustrative=hide
    )
    total = public_queries.listed_count(session, filters=wanted.filters, hide_illustrative=hide)
    further = write_cursor(found[-1].id, wanted.filters) if len(found) == wanted.page_size else None
    document = _plain_list(found, shape, total=total, page_size=wanted.page_size) | {"next_cursor": further}
    pages = {"first": same_list(*_KEPT, cursor="*")}
    if further:
        pages["next"] = same_list(*_KEPT, cursor=further)
    return respond(document, pages=pages)


def _by_identifier(identifier: str) -> Response:
    hide = context.portal().settings.hide_illustrative
    found = queries.datasets_by_identifier(context.session(), identifier)
    shown = [each for each in found if not (hide and each.illustrative)]
    return respond(_plain_list(shown, form(), total=len(shown), page_size=max(1, len(shown))))


def _plain_list(datasets: Iterable[Dataset], shape: Form, *, total: int, page_size: int) -> JsonObject:
    return {
        "total": total,
        "page": None,
        "page_size": page_size,
        "items": [_plain_card(each, shape) for each in datasets],
        "related": [],
        "facets": {},
        "suggestions": [],
        "correction": None,
        "answer": None,
        "recognised": [],
        "relaxed": False,
        "degraded": False,
        "next_cursor": None,
    }
