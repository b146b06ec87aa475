"""How many SQL statements each address costs: the same at 10 and at 1,000 records."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, insert, update
from werkzeug.routing import Rule

from portal.app import make_app
from portal.catalog.models import Dataset, Word
from portal.wiring import Portal
from tests.factories import A_WORD, make_index, make_many, make_portal, make_series, uuid_of
from tests.table_files import WARDS, add_table_file, read_tables

# A database server is asked for the catalogue's version 20 times a second, in whichever request comes then.
pytestmark = pytest.mark.sqlite

TABLE = f"/api/v1/tables/{uuid_of('distribution/dan-so-cac-phuong/0')}"
ONE = f"/id/dataset/{uuid_of('dataset/bo-du-lieu-so-1')}"
# Path and the most statements that it may cost when nothing is kept.
LIMITS = {
    "/api/v1/datasets?q=du+lieu&page_size=20": 12,
    "/api/v1/datasets?page_size=100": 12,
    "/api/v1/datasets?cursor=*&page_size=100": 10,
    "/api/v1/datasets?identifier=bo-du-lieu-so-1": 9,
    "/api/v1/datasets/bo-du-lieu-so-1": 14,
    "/api/v1/datasets/bo-du-lieu-so-1/distributions": 14,
    "/api/v1/datasets/bo-du-lieu-so-1/revisions": 15,
    f"/api/v1/distributions/{uuid_of('distribution/bo-du-lieu-so-1/0')}": 15,
    f"/api/v1/distributions/{uuid_of('distribution/bo-du-lieu-so-1/0')}/reading": 16,
    "/api/v1/agencies": 5,
    "/api/v1/agencies/so-y-te": 4,
    "/api/v1/concepts/theme": 1,
    "/api/v1/concepts/theme/moi-truong": 1,
    "/api/v1/series": 2,
    "/api/v1/series/hang-nam": 2,
    "/chuoi-du-lieu": 2,
    "/chuoi-du-lieu/hang-nam": 2,
    "/api/v1/places": 4,
    "/api/v1/places/20194": 6,
    "/api/v1/changes?limit=100": 2,
    f"{TABLE}/differences": 3,
    f"{TABLE}/differences.csv": 3,
    f"/bang/{uuid_of('distribution/dan-so-cac-phuong/0')}/thay-doi": 3,
    "/api/v1/catalogue": 6,
    "/api/v1/openapi.json": 0,
    TABLE: 2,
    f"{TABLE}/versions/1": 2,
    f"{TABLE}/rows?dan_so__ge=100000&sort=-dan_so": 1,
    f"{TABLE}/rows.arrays.json": 1,
    f"{TABLE}/versions/1/rows": 1,
    f"{TABLE}/versions/1/rows.csv": 1,
    f"{TABLE}/export.jsonl": 1,
    f"{TABLE}/versions/1/export.csv": 1,
    f"{TABLE}/openapi.json": 1,
    f"{TABLE}/versions/1/openapi.json": 1,
    ONE: 14,
    "/id/catalogue": 0,
    f"/id/agency/{uuid_of('agency/so-y-te')}": 3,
    f"/id/series/{uuid_of('series/hang-nam')}": 1,
    "/id/place/20194": 1,
    "/id/concept/theme/moi-truong": 1,
    "/dataset/bo-du-lieu-so-1.ttl": 15,
    "/dataset/bo-du-lieu-so-1/croissant.jsonld": 14,
    "/catalog.ttl?page=1": 18,
    "/catalog.ttl?modified_since=2020-01-01": 19,
    "/api/v1/suggest?q=bo+du": 1,
    "/api/v1/words": 4,
    "/api/v1/words/1": 4,
    "/oai?verb=Identify": 1,
    "/oai?verb=ListSets": 6,
    "/oai?verb=ListMetadataFormats": 0,
    "/oai?verb=ListRecords&metadataPrefix=oai_dc": 14,
    "/oai?verb=ListRecords&metadataPrefix=dcat": 15,
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&set=theme:moi-truong": 7,
    f"/oai?verb=GetRecord&metadataPrefix=dcat&identifier=http://127.0.0.1:8123{ONE}": 15,
    "/api": 0,
    "/api/3": 0,
    "/api/3/action/package_show?id=bo-du-lieu-so-1": 14,
    "/api/action/package_show?id=bo-du-lieu-so-1": 14,
    "/api/3/action/package_list": 1,
    "/api/3/action/package_search?q=du+lieu&facet.field=[%22organization%22,%22groups%22,%22tags%22]": 17,
    "/api/3/action/package_search?q=title:du+AND+(groups:moi-truong+OR+bo)&fq=num_tags:[0+TO+*]": 16,
    "/api/3/action/package_search?facet.field=[%22res_format%22,%22license_id%22]&rows=100": 16,
    "/api/3/action/current_package_list_with_resources?limit=10": 13,
    "/api/3/action/package_autocomplete?q=bo": 1,
    f"/api/3/action/resource_show?id={uuid_of('distribution/bo-du-lieu-so-1/0')}": 15,
    "/api/3/action/resource_search?query=name:so-1&limit=5": 6,
    "/api/3/action/organization_list?all_fields=true": 5,
    "/api/3/action/organization_show?id=so-y-te&include_datasets=true": 18,
    "/api/3/action/group_list": 4,
    "/api/3/action/group_show?id=moi-truong": 4,
    "/api/3/action/tag_list": 1,
    "/api/3/action/license_list": 1,
    "/api/3/action/recently_changed_packages_activity_list": 1,
    "/api/3/action/status_show": 0,
    "/api/util/dataset/autocomplete?incomplete=bo": 1,
    "/api/2/util/dataset/autocomplete?incomplete=bo": 1,
    "/api/util/tag/autocomplete?incomplete=bo": 1,
    "/api/2/util/tag/autocomplete?incomplete=bo": 1,
    "/api/util/resource/format_autocomplete?incomplete=c": 1,
    "/api/2/util/resource/format_autocomplete?incomplete=c": 1,
    "/dataset": 0,
    "/dataset/": 0,
    "/dataset/bo-du-lieu-so-1": 14,
    f"/dataset/bo-du-lieu-so-1/resource/{uuid_of('distribution/bo-du-lieu-so-1/0')}": 15,
    "/feeds/search.atom?q=du+lieu": 9,
    "/feeds/datasets.rss": 8,
    "/feeds/agency/so-y-te.atom": 11,
    "/feeds/theme/moi-truong.atom": 9,
    "/feeds/place/20194.atom": 11,
    "/feeds/dataset/bo-du-lieu-so-1.rss": 15,
    "/dataset/bo-du-lieu-so-1/linkset.json": 14,
    "/dataset/bo-du-lieu-so-1/linkset": 14,
    "/sitemap.xml": 1,
    "/dataset/bo-du-lieu-so-1.zip": 14,
    "/sitemap/pages.xml": 5,
    "/sitemap/datasets-0.xml": 1,
    "/robots.txt": 0,
    "/opensearch.xml": 0,
    "/llms.txt": 1,
    "/lap-trinh-vien/api": 8,
    "/api/docs": 0,
    "/health/live": 0,
}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Portal]]:
    made = {}
    for number in (10, 1000):
        made[number] = make_portal(tmp_path_factory.mktemp(str(number)))
        make_many(made[number].database, number)
        made[number].storage.put(io.BytesIO(b"a\n1\n"))
        with made[number].database.write() as session:
            session.execute(insert(Word), [{"id": 1, **A_WORD}])
            series = make_series(session, "Hằng năm")
            # Not those whose own addresses are measured: a series costs them a statement.
            session.execute(update(Dataset).where(Dataset.id != 2).values(series_id=series.id))
        add_table_file(made[number], "Dân số các phường", WARDS, WARDS)
        read_tables(made[number])
        make_index(made[number])
    yield made
    for portal in made.values():
        portal.close()


@pytest.mark.parametrize("path", LIMITS)
def test_statements_do_not_grow_with_the_catalogue(portals: dict[int, Portal], path: str) -> None:
    costs = {}
    for number, portal in portals.items():
        client = make_app(portal).test_client()
        client.get("/health/live")
        client.get("/api/v1/concepts/licence")
        with counted(portal.database.engine) as statements:
            assert client.get(path).status_code in (200, 302, 303)
        costs[number] = len(statements)
        with counted(portal.database.engine) as again:
            client.get(path)
        if path.startswith("/api/") and not re.search(
            "/(rows|export|differences)[.?]|/(rows|differences)$", path
        ):
            assert again == [], "the second answer comes from memory"
    assert costs[10] == costs[1000] <= LIMITS[path], costs


def is_public(app: Flask, rule: Rule) -> bool:
    """Whether everybody may read there; what people with tokens do is rare, and sending files is told elsewhere."""
    if str(rule).startswith("/dataset/") and "/download" in str(rule):
        return False
    path = re.sub("<[^>]*>", "x", str(rule))
    return "GET" in (rule.methods or ()) and app.test_client().get(path).status_code != 401


def test_every_route_has_a_limit(portals: dict[int, Portal], tmp_path: Path) -> None:
    app = make_app(portals[10])
    adapter = app.url_map.bind("127.0.0.1")
    limited = {adapter.match(path.partition("?")[0])[0] for path in LIMITS}
    routes = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if str(rule).startswith(("/api/", "/dataset/", "/feeds/", "/id/", "/oai")) and is_public(app, rule)
    }
    assert routes <= limited
