"""Reads the dcat:DatasetSeries that a dataset is in, ours and other portals'."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from pyoxigraph import NamedNode

from portal.catalog.records import SeriesFacts
from portal.exchange.dcat_terms import Node, Statements
from portal.exchange.own_addresses import own_series, own_series_slug
from portal.text import LocalizedText, clean, clean_line


def series_of(said: Statements, node: Node) -> SeriesFacts | None:
    """The first series with a title; the catalogue puts a dataset into one at most."""
    found = (_series(said, each) for each in said.nodes(node, "dcat:inSeries"))
    return next(filter(None, found), None)


def _series(said: Statements, node: Node) -> SeriesFacts | None:
    title = {key: clean_line(each) for key, each in said.localized(node, "dct:title").items()}
    vi = title.get("vi") or title.get("en") or ""
    told = {key: clean(each) for key, each in said.localized(node, "dct:description").items()}
    # Where nothing is said, ours repeat the title.
    told = {} if told == title else told
    if not vi:
        return None
    pages = (own_series_slug(each.value, node.value) for each in said.nodes(node, "dcat:landingPage"))
    return SeriesFacts(
        LocalizedText(vi, title.get("en") if title.get("en") != vi else None),
        LocalizedText(told.get("vi") or "", told.get("en") or None),
        uuid=_id(node),
        slug=next(filter(None, pages), None),
        publisher=said.agent(node, "dct:publisher"),
    )


def _id(node: Node) -> UUID | None:
    """Ours, or one that its address makes for it: series of one title in different catalogues stay apart."""
    if not isinstance(node, NamedNode):
        return None
    return own_series(node.value) or uuid5(NAMESPACE_URL, node.value)
