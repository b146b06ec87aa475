"""DCAT documents over HTTP: whole catalogue from its snapshot, datasets one by one."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from rdflib import URIRef
from rdflib.compare import isomorphic

from portal.app import make_app
from portal.exchange.snapshots import Snapshots
from portal.jobs.snapshots import writer_of
from portal.wiring import open_portal
from tests.factories import make_dataset, uuid_of
from tests.rdf import DCAT, FOAF, RDF, read_graph
from tests.sites import Site, open_site

BASE = "http://127.0.0.1:8123"
TYPES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples",
         "rdf": "application/rdf+xml"}  # fmt: skip
SLUG = "chat-luong-khong-khi"
WHOLE = ("/catalog.ttl", "/catalog.jsonld", "/catalog.rdf", "/catalog.nt")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = open_site(tmp_path_factory.mktemp("dcat"))
    writer_of(made.portal).write()
    yield made
    made.portal.close()


@pytest.fixture(scope="module")
def client(site: Site) -> FlaskClient:
    return site.client


@pytest.mark.parametrize("path", WHOLE)
def test_the_whole_catalogue_parses_and_may_be_read_from_anywhere(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    extension = path.partition(".")[2]
    assert answer.content_type == f"{TYPES[extension]}; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert len(set(read_graph(answer.data, extension).objects(None, DCAT.dataset))) == 3


@pytest.mark.parametrize("path", WHOLE)
@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_it_stands_compressed(client: FlaskClient, path: str, encoding: str, unpack: object) -> None:
    plain, packed = client.get(path), client.get(path, headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in plain.headers and plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Encoding"] == encoding
    assert unpack(packed.data) == plain.data  # type: ignore[operator]
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_who_has_it_is_told_so(client: FlaskClient, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = client.get("/catalog.ttl", headers=headers)
    again = client.get("/catalog.ttl", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"] and "Content-Type" not in again.headers
    since = client.get(
        "/catalog.ttl", headers={**headers, "If-Modified-Since": first.headers["Last-Modified"]}
    )
    assert since.status_code == 304
    head = client.head("/catalog.ttl", headers=headers)
    assert (head.status_code, head.content_length, head.data) == (200, first.content_length, b"")


def test_an_interrupted_download_goes_on_where_it_stopped(client: FlaskClient) -> None:
    whole = client.get("/catalog.ttl")
    size = len(whole.data)
    rest = client.get("/catalog.ttl", headers={"Range": "bytes=1000-", "If-Range": whole.headers["ETag"]})
    assert (rest.status_code, rest.headers["Content-Range"]) == (206, f"bytes 1000-{size - 1}/{size}")
    assert whole.data[:1000] + rest.data == whole.data
    changed = client.get("/catalog.ttl", headers={"Range": "bytes=1000-", "If-Range": '"another"'})
    assert changed.status_code == 200 and changed.data == whole.data
    outside = client.get("/catalog.ttl", headers={"Range": f"bytes={size}-"})
    assert (outside.status_code, outside.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_data_json_is_a_snapshot_too(client: FlaskClient) -> None:
    answer = client.get("/data.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert len(answer.json["dataset"]) == 3
    again = client.get("/data.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, answer.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_while_there_is_none_it_asks_for_patience(own_site: Site) -> None:
    for path in (*WHOLE, "/data.json"):
        answer = own_site.client.get(path)
        assert (answer.status_code, answer.json["code"]) == (503, "document-not-ready")
        assert int(answer.headers["Retry-After"]) > 0


def test_one_that_was_written_for_other_settings_is_not_sent(own_site: Site) -> None:
    """Who has just hidden illustrative records must not send them until the worker has caught up."""
    writer_of(own_site.portal).write()
    assert own_site.client.get("/catalog.ttl").status_code == 200
    hiding = open_portal(replace(own_site.portal.settings, hide_illustrative=True))
    assert make_app(hiding).test_client().get("/catalog.ttl").status_code == 503
    writer_of(hiding).write()
    assert "minh họa" not in make_app(hiding).test_client().get("/catalog.ttl").text
    hiding.close()


def test_the_old_one_is_served_until_the_new_one_is_there(own_site: Site) -> None:
    writer_of(own_site.portal).write()
    before = own_site.client.get("/catalog.ttl")
    with own_site.portal.database.write() as session:
        make_dataset(session, "Đến sau")
    assert own_site.client.get("/catalog.ttl").data == before.data
    writer_of(own_site.portal).write()
    after = own_site.client.get("/catalog.ttl", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200 and "Đến sau" in after.text


def test_an_answer_under_way_survives_the_switch(own_site: Site) -> None:
    writer_of(own_site.portal).write()
    answer = own_site.client.get("/catalog.ttl", buffered=False)
    for _ in range(3):
        writer_of(own_site.portal).write()
    assert len(set(read_graph(answer.data, "ttl").objects(None, DCAT.dataset))) == 3


def test_a_document_lost_from_the_disk_is_an_outage_not_an_accident(own_site: Site) -> None:
    snapshot = writer_of(own_site.portal).write()
    snapshot.path("catalog.ttl", "gzip").unlink()
    answer = own_site.client.get("/catalog.ttl", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.json["code"]) == (503, "document-not-ready")
    assert str(own_site.portal.settings.var) not in answer.text
    assert Snapshots(own_site.portal.settings.snapshots_folder).current() is not None


def test_a_dataset_says_the_same_in_every_form(client: FlaskClient) -> None:
    graphs = []
    for extension, media_type in TYPES.items():
        answer = client.get(f"/dataset/{SLUG}.{extension}")
        assert (answer.status_code, answer.content_type) == (200, f"{media_type}; charset=utf-8")
        assert answer.headers["ETag"].startswith('"1-')
        assert f"<{BASE}/du-lieu/{SLUG}>" in answer.headers["Link"]
        graphs.append(read_graph(answer.data, extension))
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])
    node = URIRef(f"{BASE}/id/dataset/{uuid_of(f'dataset/{SLUG}')}")
    assert (node, RDF.type, DCAT.Dataset) in graphs[0]
    assert (None, FOAF.primaryTopic, node) in graphs[0]


def test_a_dataset_is_compressed_and_remembered(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    first = client.get(f"/dataset/{SLUG}.jsonld", headers=headers)
    assert first.headers["Content-Encoding"] == "gzip"
    again = client.get(f"/dataset/{SLUG}.jsonld", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_dataset_by_its_uuid_is_led_to_its_own_address(client: FlaskClient) -> None:
    answer = client.get(f"/dataset/{uuid_of(f'dataset/{SLUG}')}.ttl")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{BASE}/dataset/{SLUG}.ttl")


@pytest.mark.parametrize("extension", TYPES)
def test_what_is_not_public_is_gone_or_unknown(client: FlaskClient, extension: str) -> None:
    gone = client.get(f"/dataset/da-rut.{extension}")
    assert (gone.status_code, gone.json["withdrawn"]["reason"]) == (410, "Số liệu sai.")
    assert "Bí mật" not in gone.text
    unknown = client.get(f"/dataset/khong-co.{extension}")
    hidden = client.get(f"/dataset/bi-mat-draft.{extension}")
    assert unknown.status_code == hidden.status_code == 404
    told = {key: value for key, value in unknown.json.items() if key != "request_id"}
    assert told == {key: value for key, value in hidden.json.items() if key != "request_id"}


@pytest.mark.parametrize("path", ["/catalog.xml", "/catalog.json", f"/dataset/{SLUG}.pdf"])
def test_forms_that_there_are_not(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/", "catalog"),
        ("/en/", "catalog"),
        (f"/du-lieu/{SLUG}", f"dataset/{SLUG}"),
        (f"/en/datasets/{SLUG}", f"dataset/{SLUG}"),
    ],
)
def test_pages_tell_programs_where_to_look(client: FlaskClient, path: str, document: str) -> None:
    answer = client.get(path)
    for extension in ("ttl", "jsonld"):
        address, media_type = f"{BASE}/{document}.{extension}", TYPES[extension]
        assert f'<{address}>; rel="alternate"; type="{media_type}"' in answer.headers["Link"]
        assert (
            f'<link rel="alternate" type="{media_type}"' in answer.text and f'href="{address}"' in answer.text
        )


def test_the_worker_need_not_run_for_one_dataset(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    assert site.client.get(f"/dataset/{SLUG}.ttl").status_code == 200
    site.portal.close()
