"""`package_search` with the parameters that clients document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from portal.app import make_app
from portal.catalog.models import Dataset, State
from portal.search import selecting
from tests.factories import NOW, make_basics, make_dataset, make_file, make_index, make_link, make_portal
from tests.sites import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    portal = make_portal(tmp_path_factory.mktemp("search"))
    with portal.database.write() as session:
        basics = make_basics(session)
        rows: list[tuple[str, dict[str, Any]]] = [
            (
                "Bản đồ ngập lụt",
                {"keywords": ["ngập", "bản đồ"], "themes": [basics.environment], "agency": basics.city},
            ),
            (
                "Mực nước sông Hàn",
                {"keywords": ["ngập"], "themes": [basics.environment], "licence": basics.open_licence},
            ),
            (
                "Dự toán ngân sách",
                {"keywords": ["tài chính", "thu", "chi"], "themes": [basics.budget], "agency": basics.health},
            ),
            ("Chợ và siêu thị", {"licence_raw": "lạ", "description_vi": "Địa chỉ ngập tràn hàng hóa"}),
        ]
        for number, (title, fields) in enumerate(rows):
            files = [make_file(f"{number}.csv", [b"a\n"], format=basics.csv)] if number < 2 else []
            files += [make_link(f"https://example.org/{number}", title="Trang")] if number else []
            made = make_dataset(session, title, distributions=files, **fields)
            made.updated_at = NOW + timedelta(days=number)
        make_dataset(session, "Kín", state=State.DRAFT, keywords=["ngập"])
    make_index(portal)
    yield Site(portal, make_app(portal), None)  # type: ignore[arg-type]
    portal.close()


ALL = {"ban-do-ngap-lut", "muc-nuoc-song-han", "du-toan-ngan-sach", "cho-va-sieu-thi"}


def search(site: Site, **data: Any) -> dict[str, Any]:
    answer = site.client.post("/api/3/action/package_search", json=data)
    assert answer.status_code == 200, answer.text
    return answer.json["result"]


def names(site: Site, **data: Any) -> list[str]:
    return [each["name"] for each in search(site, **data)["results"]]


def test_everything_comes_newest_first(site: Site) -> None:
    found = search(site)
    assert found["count"] == 4 and found["sort"] == "score desc, metadata_modified desc"
    assert [each["name"] for each in found["results"]] == [
        "cho-va-sieu-thi", "du-toan-ngan-sach", "muc-nuoc-song-han", "ban-do-ngap-lut"
    ]  # fmt: skip
    assert names(site, q="*:*") == names(site, q="") == names(site)
    assert found["facets"] == {} and found["search_facets"] == {}


def test_words_are_understood_as_on_the_pages(site: Site) -> None:
    assert names(site, q="ngap lut")[0] == "ban-do-ngap-lut"
    assert names(site, q="sông hàn") == ["muc-nuoc-song-han"]
    assert search(site, q="không có từ nào như thế")["count"] == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:ngập", {"ban-do-ngap-lut"}),
        ("title:ngap", {"ban-do-ngap-lut"}),
        ('title:"sông Hàn"', {"muc-nuoc-song-han"}),
        ("tags:ngập", {"ban-do-ngap-lut", "muc-nuoc-song-han"}),
        ('tags:"bản đồ"', {"ban-do-ngap-lut"}),
        ("tags:bản*", {"ban-do-ngap-lut"}),
        ("+tags:ngập -title:ngập", {"muc-nuoc-song-han"}),
        ("tags:ngập AND NOT title:ngập", {"muc-nuoc-song-han"}),
        ("tags:ngập && !title:ngập", {"muc-nuoc-song-han"}),
        ("(groups:moi-truong OR groups:ngan-sach)", {"ban-do-ngap-lut", "muc-nuoc-song-han", "du-toan-ngan-sach"}),
        ("groups:(moi-truong OR ngan-sach)", {"ban-do-ngap-lut", "muc-nuoc-song-han", "du-toan-ngan-sach"}),
        ("groups:ngan-sach || title:chợ", {"du-toan-ngan-sach", "cho-va-sieu-thi"}),
        ("-groups:moi-truong", {"du-toan-ngan-sach", "cho-va-sieu-thi"}),
        ("organization:so-y-te", {"du-toan-ngan-sach"}),
        ("-organization:so-y-te", {"ban-do-ngap-lut", "muc-nuoc-song-han", "cho-va-sieu-thi"}),
        ("organization:*", {"ban-do-ngap-lut", "du-toan-ngan-sach"}),
        ("organization:[* TO *]", {"ban-do-ngap-lut", "du-toan-ngan-sach"}),
        ("license_id:cc-by-4.0", {"muc-nuoc-song-han"}),
        ("license_id:lạ", {"cho-va-sieu-thi"}),
        ("res_format:CSV", {"ban-do-ngap-lut", "muc-nuoc-song-han"}),
        ("res_url:*example.org/2*", {"du-toan-ngan-sach"}),
        ("res_name:trang", {"muc-nuoc-song-han", "du-toan-ngan-sach", "cho-va-sieu-thi"}),
        ("num_tags:[2 TO *]", {"ban-do-ngap-lut", "du-toan-ngan-sach"}),
        ("num_tags:3", {"du-toan-ngan-sach"}),
        ("num_tags:{2 TO 3]", {"du-toan-ngan-sach"}),
        ("num_resources:[2 TO *]", {"muc-nuoc-song-han"}),
        ("views_recent:[1 TO *]", set()),
        ("name:*-han", {"muc-nuoc-song-han"}),
        ("name:ch?-va*", {"cho-va-sieu-thi"}),
        ("notes:ĐỊA", {"cho-va-sieu-thi"}),
        ("metadata_modified:[2026-03-03T00:00:00Z TO *]", {"du-toan-ngan-sach", "cho-va-sieu-thi"}),
        ("metadata_modified:[NOW-1DAY TO NOW]", set()),
        ("metadata_modified:[* TO NOW/DAY]", ALL),
        ("state:draft", set()),
        ("private:true", set()),
        ("capacity:public AND dataset_type:dataset AND groups:ngan-sach", {"du-toan-ngan-sach"}),
        ("vocab_x:y", set()),
        ("text:ngập AND tags:ngập", {"ban-do-ngap-lut", "muc-nuoc-song-han"}),
        ("(ngập AND groups:moi-truong) OR title:chợ", {"ban-do-ngap-lut", "muc-nuoc-song-han", "cho-va-sieu-thi"}),
        ("groups:moi-truong -\"sông Hàn\"", {"ban-do-ngap-lut"}),
        ("tags:ngập~1^2", {"ban-do-ngap-lut", "muc-nuoc-song-han"}),
    ],
)  # fmt: skip
def test_the_language_of_lucene(site: Site, query: str, expected: set[str]) -> None:
    assert set(names(site, fq=query)) == expected
    assert set(names(site, q=query)) == expected
    assert set(names(site, q="*:*", fq_list=[query, "*:*"])) == expected


def test_a_colon_that_names_no_field_is_only_a_colon(site: Site) -> None:
    assert names(site, q="Bản đồ: ngập lụt")[0] == "ban-do-ngap-lut"


@pytest.mark.parametrize(
    ("data", "status", "kind"),
    [
        ({"fq": "khong_co:1"}, 409, "Search Error"),
        ({"fq": "(title:a"}, 400, "Search Query Error"),
        ({"fq": "title:a)"}, 400, "Search Query Error"),
        ({"fq": "AND title:a"}, 400, "Search Query Error"),
        ({"q": "{!lucene}title:a"}, 400, "Search Query Error"),
        ({"fq": "metadata_modified:[hôm qua TO *]"}, 400, "Search Query Error"),
        ({"fq": "num_tags:ba"}, 400, "Search Query Error"),
        ({"fq": "groups:[a TO b]"}, 400, "Search Query Error"),
        ({"sort": "khong_co desc"}, 400, "Search Query Error"),
        ({"rows": "mười"}, 400, "Search Query Error"),
        ({"start": "-1"}, 400, "Search Query Error"),
        ({"tham_so_la": 1}, 400, "Search Query Error"),
        ({"fq": "(" * 200 + "title:a" + ")" * 200}, 400, "Search Query Error"),
        ({"fq": " OR ".join(["title:a"] * 400)}, 400, "Search Query Error"),
        ({"fq": "x" * 9000}, 400, "Search Query Error"),
        ({"fq": " AND ".join(f"(chợ{n} OR title:b)" for n in range(30))}, 400, "Search Query Error"),
    ],
)  # fmt: skip
def test_bad_queries_are_told_with_a_message(
    site: Site, data: dict[str, Any], status: int, kind: str
) -> None:
    answer = site.client.post("/api/3/action/package_search", json=data)
    assert (answer.status_code, answer.json["error"]["__type"]) == (status, kind)
    assert isinstance(answer.json["error"]["message"], str) and answer.json["error"]["message"]


def test_pages_and_orders(site: Site) -> None:
    ordered = ["ban-do-ngap-lut", "cho-va-sieu-thi", "du-toan-ngan-sach", "muc-nuoc-song-han"]
    assert names(site, sort="name asc") == ordered
    assert names(site, sort="name asc", rows=2, start=1) == ordered[1:3]
    assert names(site, sort="title_string desc") == ordered[::-1]
    assert names(site, sort="num_tags desc, name asc")[0] == "du-toan-ngan-sach"
    assert names(site, sort="rank") == names(site)
    assert names(site, q="ngập", sort="name asc") == [
        "ban-do-ngap-lut",
        "cho-va-sieu-thi",
        "muc-nuoc-song-han",
    ]
    assert search(site, rows=0)["results"] == [] and search(site, rows=0)["count"] == 4
    assert search(site, start=100)["results"] == []
    assert len(search(site, rows=100_000)["results"]) == 4


def test_facets_count_what_was_found(site: Site) -> None:
    fields = ["organization", "groups", "tags", "res_format", "license_id", "khong_co"]
    found = search(site, rows=0, **{"facet.field": fields})
    assert found["facets"]["groups"] == {"moi-truong": 2, "ngan-sach": 1}
    assert found["facets"]["tags"]["ngập"] == 2
    assert found["facets"]["organization"] == {"uy-ban-nhan-dan-thanh-pho": 1, "so-y-te": 1}
    assert found["facets"]["res_format"] == {"csv": 2}
    assert found["facets"]["license_id"] == {"cc-by-4.0": 1, "lạ": 1}
    assert found["facets"]["khong_co"] == {}
    items = found["search_facets"]["organization"]["items"]
    assert [each["display_name"] for each in items] == sorted(
        (each["display_name"] for each in items), reverse=True
    )
    assert {each["name"] for each in items} == {"so-y-te", "uy-ban-nhan-dan-thanh-pho"}
    query = "groups:moi-truong AND res_format:csv AND num_resources:[1 TO *] AND -license_id:x AND -organization:x"
    by_fields = search(site, fq=query, **{"facet.field": fields})["facets"]
    assert by_fields["groups"] == {"moi-truong": 2} and by_fields["tags"] == {"ngập": 2, "bản đồ": 1}
    assert by_fields["organization"] == {"uy-ban-nhan-dan-thanh-pho": 1}
    assert (by_fields["res_format"], by_fields["license_id"]) == ({"csv": 2}, {"cc-by-4.0": 1})
    narrowed = search(site, q="ngập", fq="res_format:csv", **{"facet.field": "groups"})
    assert narrowed["facets"]["groups"] == {"moi-truong": 2}
    assert len(search(site, **{"facet.field": "tags", "facet.limit": 1})["facets"]["tags"]) == 1
    assert len(search(site, **{"facet.field": "tags", "facet.limit": -1})["facets"]["tags"]) == 5
    assert search(site, **{"facet.field": "tags", "facet.mincount": 2})["facets"]["tags"] == {"ngập": 2}
    assert search(site, facet="false", **{"facet.field": "tags"})["facets"] == {}


def test_only_the_fields_asked_for(site: Site) -> None:
    assert search(site, fl="name,title", rows=1)["results"] == [
        {"name": "cho-va-sieu-thi", "title": "Chợ và siêu thị"}
    ]


@pytest.mark.parametrize(
    "query",
    [
        # The QGIS plug-in "CKAN-Browser", as its source documents it.
        "q=ng%E1%BA%ADp&fq=(groups:moi-truong+OR+groups:ngan-sach)&sort=name+asc&rows=50&start=0",
        # ckanr: package_search(q = '*:*', fq = 'num_tags:[3 TO *]', rows = 2, sort = 'name desc')
        "q=*%3A*&fq=num_tags%3A%5B1%20TO%20*%5D&rows=2&sort=name%20desc",
        "facet.field=tags&facet.limit=3&rows=0&defType=edismax&mm=1&ext_startdate=x&use_default_schema=true",
        # Harvesters page by the date of change.
        "fq=metadata_modified:[2020-01-01T00:00:00Z+TO+*]&rows=1000&start=0&sort=id+asc",
    ],
)
def test_requests_as_known_clients_send_them(site: Site, query: str) -> None:
    answer = site.client.get(f"/api/3/action/package_search?{query}")
    assert (answer.status_code, answer.json["success"]) == (200, True), answer.text
    assert answer.json["result"]["count"] >= 2


def test_moments_are_not_kept_longer_than_they_hold(site: Site) -> None:
    path = "/api/3/action/package_search?fq=metadata_modified:[NOW-7DAYS+TO+*]"
    assert "no-store" in site.client.get(path).headers["Cache-Control"]


def test_without_an_index_titles_answer_and_what_is_withdrawn_is_never_counted(tmp_path: Path) -> None:
    portal = make_portal(tmp_path)
    with portal.database.write() as session:
        make_dataset(session, "Chợ Hàn", keywords=["chợ"])
        other = make_dataset(session, "Chợ Cồn", keywords=["chợ"])
    site = Site(portal, make_app(portal), None)  # type: ignore[arg-type]
    degraded = site.client.get("/api/3/action/package_search?q=cho")
    assert degraded.json["result"]["count"] == 2 and "no-store" in degraded.headers["Cache-Control"]
    make_index(portal)
    with portal.database.write() as session:
        session.delete(session.get(Dataset, other.id))
    for query in ("q=cho", "q=tags:chợ", "fq=title:chợ"):
        found = site.client.get(f"/api/3/action/package_search?{query}&facet.field=tags").json["result"]
        assert (found["count"], found["facets"]["tags"]) == (1, {"chợ": 1})
    portal.close()


@pytest.mark.parametrize(
    "sort", ["", "name asc", "title_string desc", "num_tags desc, name asc", "metadata_modified asc"]
)
@pytest.mark.parametrize("query", ["*:*", "tags:ngập", "-organization:so-y-te", "num_tags:[1 TO *]"])
def test_of_many_the_same_part_is_read_that_is_shown_of_few(
    site: Site, monkeypatch: pytest.MonkeyPatch, query: str, sort: str
) -> None:
    """Few are ordered by their ids, of many a page alone is read."""
    asked = {"fq": query, "sort": sort, "facet.field": ["tags", "groups", "res_format"]}
    pages: list[dict[str, Any]] = [
        {},
        {"rows": 2},
        {"rows": 2, "start": 1},
        {"rows": 1, "start": 3},
        {"rows": 0},
        {"start": 99},
    ]
    few = [search(site, **asked, **page) for page in pages]
    monkeypatch.setattr(selecting, "_NAMED_IDS", 0)
    assert [search(site, **asked, **page) for page in pages] == few
    assert few[0]["count"] > 1


@pytest.mark.sqlite
def test_the_newest_of_everything_are_found_in_an_index(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """By SQLite's own word: a page of a large catalogue reads no other rows, and sorts nothing."""
    monkeypatch.setattr(selecting, "_NAMED_IDS", 0)
    engine, ordered = site.portal.database.engine, []

    def note(_c: Any, _k: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "ORDER BY dataset.updated_at" in statement:
            ordered.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        search(site)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ((statement, parameters),) = ordered
    with engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert plan == ["SEARCH dataset USING COVERING INDEX ix_dataset_state_updated (state=?)"]
