"""Suggestions over HTTP: what they look like, how long they are kept, what is refused."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.factories import SmallCatalogue
from tests.sites import Site

PATH = "/api/v1/suggest"


def test_an_entry_tells_text_marks_and_page_in_the_language_asked_for(client: FlaskClient) -> None:
    first = client.get(f"{PATH}?q=kho").json["items"][0]
    assert (first["text"], first["marks"], first["kind"]) == (
        "Chất lượng không khí tại Đà Nẵng",
        [[11, 14]],
        "dataset",
    )
    assert first["url"] == "http://127.0.0.1:8123/du-lieu/chat-luong-khong-khi"
    english = client.get(f"{PATH}?q=air&lang=en").json["items"][0]
    assert english["text"] == "Air quality in Da Nang" and english["url"].endswith(
        "/en/datasets/chat-luong-khong-khi"
    )


def test_answers_are_kept_shortly_and_asked_again_by_their_etag(client: FlaskClient) -> None:
    answer = client.get(f"{PATH}?q=kho")
    assert answer.headers["Cache-Control"] == "public, max-age=10"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"{PATH}?q=kho", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_new_state_of_the_index_has_another_etag(own_site: Site) -> None:
    from tests.factories import make_dataset, make_index

    before = own_site.client.get(f"{PATH}?q=kho").headers["ETag"]
    with own_site.portal.database.write() as session:
        make_dataset(session, "Kho bãi")
    make_index(own_site.portal)
    assert own_site.client.get(f"{PATH}?q=kho").headers["ETag"] != before


@pytest.mark.parametrize("query", ["q=kho&limit=0", "q=kho&limit=21", "q=kho&limit=x", "q=kho&lang=fr"])
def test_a_bad_parameter_is_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{PATH}?{query}")
    assert answer.status_code == 422 and set(answer.json["fields"]) & {"limit", "lang"}


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=k", "?q=%00", "?q=" + "a" * 5000, "?q=%F0%9F%8C%8A", "?q=*a*"]
)
def test_whatever_is_typed_has_an_answer(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{PATH}{query}")
    assert answer.status_code == 200 and answer.json["items"] == []


@pytest.mark.parametrize("state", ["draft", "scheduled", "trashed", "withdrawn"])
def test_t71_hidden_datasets_are_not_there(client: FlaskClient, site: Site, state: str) -> None:
    catalogue: SmallCatalogue = site.catalogue
    for typed in ("bi+mat", "bí mật", getattr(catalogue, state)):
        answer = client.get(f"{PATH}?q={typed}&limit=20")
        assert "mật" not in answer.get_data(as_text=True)


def test_without_an_index_the_answer_is_empty_and_not_kept(own_site: Site) -> None:
    import shutil

    from portal.app import make_app
    from portal.wiring import open_portal

    shutil.rmtree(own_site.portal.settings.index_folder)
    portal = open_portal(own_site.portal.settings)
    answer = make_app(portal).test_client().get(f"{PATH}?q=kho")
    assert answer.json == {"items": [], "generation": 0}
    assert answer.headers["Cache-Control"] == "no-store"
    portal.close()
