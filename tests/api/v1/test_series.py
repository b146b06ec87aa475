"""Series over HTTP: made by publishers for their agency, filled by their datasets, read by everybody."""

from __future__ import annotations

from typing import Any

import pytest

from portal.catalog import queries
from portal.catalog.models import Dataset, State
from tests.factories import make_agency, make_dataset
from tests.people import AGENCY, OTHER_AGENCY, Staffed

SERIES = "/api/v1/series"
DATASETS = "/api/v1/datasets"
ADMIN = "administrator"


def made(staffed: Staffed, who: str = "publisher", **body: Any) -> Any:
    return staffed.call("POST", SERIES, who, json={"title": "Giá đất hằng năm", **body})


def put_in(staffed: Staffed, title: str, series: str | None, **fields: Any) -> str:
    """A dataset of AGENCY in the series; its slug."""
    with staffed.site.portal.database.write() as session:
        dataset = make_dataset(session, title, agency=queries.agency(session, AGENCY), **fields)
        slug = dataset.slug
    answer = staffed.call("PATCH", f"{DATASETS}/{slug}", "publisher", match="*", json={"series": series})
    assert answer.status_code == 200, answer.json
    return slug


def titles(staffed: Staffed, reference: str, who: str = "anonymous") -> list[str]:
    return [each["title"] for each in staffed.call("GET", f"{SERIES}/{reference}", who).json["datasets"]]


def test_a_series_is_made_filled_changed_and_deleted(own_staffed: Staffed) -> None:
    answer = made(own_staffed, title_i18n={"en": "Land prices"}, description="Bảng giá đất.")
    assert (answer.status_code, answer.json["slug"]) == (201, "gia-dat-hang-nam")
    assert answer.json["title_i18n"] == {"vi": "Giá đất hằng năm", "en": "Land prices"}
    assert (answer.json["agency"]["slug"], answer.json["dataset_count"]) == (AGENCY, 0)
    path, tag = f"{SERIES}/gia-dat-hang-nam", answer.headers["ETag"]
    assert answer.headers["Location"].endswith(path)

    slug = put_in(own_staffed, "Giá đất 2024", "gia-dat-hang-nam")
    told = own_staffed.call("GET", f"{DATASETS}/{slug}").json["series"]
    assert (told["id"], told["slug"], told["title"]) == (
        answer.json["id"],
        "gia-dat-hang-nam",
        "Giá đất hằng năm",
    )
    assert titles(own_staffed, answer.json["id"]) == ["Giá đất 2024"]
    listed = own_staffed.call("GET", SERIES).json
    assert [(each["slug"], each["dataset_count"]) for each in listed["items"]] == [("gia-dat-hang-nam", 1)]

    patched = own_staffed.call("PATCH", path, "publisher", match=tag, json={"title": "Giá đất"})
    assert (patched.json["title_i18n"], patched.json["version"]) == (
        {"vi": "Giá đất", "en": "Land prices"},
        2,
    )
    stale = own_staffed.call("DELETE", path, "publisher", match=tag)
    assert (stale.status_code, stale.json["current_version"]) == (412, 2)
    used = own_staffed.call("DELETE", path, "publisher", match="*")
    assert (used.status_code, used.json["code"]) == (409, "series-in-use")

    taken_out = own_staffed.call("PATCH", f"{DATASETS}/{slug}", "publisher", match="*", json={"series": None})
    assert taken_out.json["series"] is None
    tag = own_staffed.call("GET", path).headers["ETag"]
    assert own_staffed.call("DELETE", path, "publisher", match=tag).status_code == 204
    assert own_staffed.call("GET", path).status_code == 404
    told_of = [
        (each["action"], each["url"])
        for each in own_staffed.call("GET", "/api/v1/changes?limit=1000").json["items"]
        if each["key"] == answer.json["id"]
    ]
    assert [action for action, _ in told_of] == ["create", "update", "delete"]
    assert told_of[0][1].endswith(f"{SERIES}/{answer.json['id']}")
    trail = own_staffed.call("GET", f"/api/v1/audit?kind=series&key={answer.json['id']}", ADMIN).json["items"]
    assert [each["action"] for each in trail] == ["delete", "update", "create"]
    assert trail[1]["before"] == {"title_vi": "Giá đất hằng năm"} and trail[1]["after"] == {
        "title_vi": "Giá đất"
    }


def test_datasets_stand_in_the_order_of_their_periods(own_staffed: Staffed) -> None:
    from datetime import date

    slug = made(own_staffed).json["slug"]
    put_in(own_staffed, "Không kỳ", slug)
    put_in(own_staffed, "Năm 2025", slug, temporal_start=date(2025, 1, 1))
    put_in(own_staffed, "Đến 2024", slug, temporal_end=date(2024, 12, 31))
    put_in(own_staffed, "Quý I 2023", slug, temporal_start=date(2023, 1, 1), temporal_end=date(2023, 3, 31))
    put_in(own_staffed, "Năm 2023", slug, temporal_start=date(2023, 1, 1), temporal_end=date(2023, 12, 31))
    assert titles(own_staffed, slug) == ["Quý I 2023", "Năm 2023", "Đến 2024", "Năm 2025", "Không kỳ"]
    first = own_staffed.call("GET", f"{SERIES}/{slug}").json["datasets"][0]
    assert first["temporal"] == {"start": "2023-01-01", "end": "2023-03-31"}


def test_what_is_not_public_is_neither_listed_nor_counted(own_staffed: Staffed) -> None:
    slug = made(own_staffed).json["slug"]
    put_in(own_staffed, "Nháp", slug, state=State.DRAFT)
    withdrawn = put_in(own_staffed, "Sẽ rút", slug)
    put_in(own_staffed, "Còn lại", slug)
    own_staffed.call("POST", f"{DATASETS}/{withdrawn}/withdraw", "publisher", json={"reason": "Sai."})
    for who in ("anonymous", "publisher", ADMIN):
        assert titles(own_staffed, slug, who) == ["Còn lại"]
    (listed,) = own_staffed.call("GET", SERIES).json["items"]
    assert listed["dataset_count"] == own_staffed.call("GET", f"{SERIES}/{slug}").json["dataset_count"] == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("contributor", 403),
        ("stranger", 403),
        ("publisher", 200),
        ("reading administrator", 403),
        (ADMIN, 200),
    ],
)
def test_only_publishers_of_its_agency_and_administrators_change_a_series(
    own_staffed: Staffed, who: str, status: int
) -> None:
    path = f"{SERIES}/{made(own_staffed).json['slug']}"
    assert own_staffed.call("PATCH", path, who, match="*", json={"title": "Khác"}).status_code == status
    assert own_staffed.call("GET", path).json["title"] == ("Khác" if status == 200 else "Giá đất hằng năm")
    assert own_staffed.call("DELETE", path, who, match="*").status_code == (204 if status == 200 else status)


def test_nobody_makes_or_hands_over_a_series_for_an_agency_not_theirs(own_staffed: Staffed) -> None:
    assert made(own_staffed, agency=OTHER_AGENCY).json["code"] == "series-foreign"
    assert made(own_staffed, agency=None).json["code"] == "series-foreign"
    path = f"{SERIES}/{made(own_staffed).json['slug']}"
    handed = own_staffed.call("PATCH", path, "publisher", match="*", json={"agency": OTHER_AGENCY})
    assert (handed.status_code, handed.json["code"]) == (403, "series-foreign")
    assert own_staffed.call("GET", path).json["agency"]["slug"] == AGENCY
    handed = own_staffed.call("PATCH", path, ADMIN, match="*", json={"agency": OTHER_AGENCY})
    assert handed.json["agency"]["slug"] == OTHER_AGENCY
    assert own_staffed.call("PATCH", path, "publisher", match="*", json={"title": "X"}).status_code == 403
    assert own_staffed.call("PATCH", path, "stranger", match="*", json={"title": "X"}).status_code == 200


def test_datasets_go_into_series_of_the_own_agency_alone(own_staffed: Staffed) -> None:
    foreign = made(own_staffed, "stranger").json["slug"]
    portals = made(own_staffed, ADMIN, title="Của cổng").json
    assert portals["agency"] is None
    slug = put_in(own_staffed, "Bộ dữ liệu", None)
    for series in (foreign, portals["slug"]):
        refused = own_staffed.call(
            "PATCH", f"{DATASETS}/{slug}", "publisher", match="*", json={"series": series}
        )
        assert (refused.status_code, refused.json["code"], list(refused.json["fields"])) == (
            403,
            "series-foreign",
            ["series"],
        )
    new = {"title": "Bản mới", "series": foreign}
    assert own_staffed.call("POST", DATASETS, "contributor", json=new).json["code"] == "series-foreign"
    own = made(own_staffed, title="Của mình").json["id"]
    drafted = own_staffed.call("POST", DATASETS, "contributor", json={"title": "Bản mới", "series": own})
    assert (drafted.status_code, drafted.json["series"]["id"]) == (201, own)
    cleared = own_staffed.call(
        "PUT", f"{DATASETS}/{drafted.json['slug']}", "contributor", match="*", json={"title": "Bản mới"}
    )
    assert cleared.json["series"] is None
    everywhere = own_staffed.call("PATCH", f"{DATASETS}/{slug}", ADMIN, match="*", json={"series": foreign})
    assert everywhere.json["series"]["slug"] == foreign
    # Whoever may edit the dataset may leave it where it is.
    kept = own_staffed.call(
        "PATCH", f"{DATASETS}/{slug}", "publisher", match="*", json={"series": foreign, "keywords": ["x"]}
    )
    assert kept.status_code == 200


def test_a_series_that_is_not_known_is_refused_by_name(own_staffed: Staffed) -> None:
    answer = own_staffed.call("POST", DATASETS, "publisher", json={"title": "Bản mới", "series": "khong-co"})
    assert (answer.status_code, answer.json["code"], list(answer.json["fields"])) == (
        422,
        "word-unknown",
        ["series"],
    )


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        ({"slug": "../x"}, 422, "slug-invalid", ["slug"]),
        ({"title": " \u200b "}, 422, "body-invalid", ["title"]),
        ({"title": "***"}, 422, "slug-invalid", ["slug"]),
        ({"title_i18n": {"vi": ""}}, 422, "slug-invalid", ["slug"]),
        ({"slug": "co", "title_i18n": {"vi": ""}}, 422, "series-title-missing", ["title"]),
        ({"agency": "khong-co"}, 422, "series-agency-unknown", ["agency"]),
        ({"id": "x", "dataset_count": 9}, 422, "body-invalid", ["id", "dataset_count"]),
    ],
)
def test_bad_series_are_refused_by_the_field(
    staffed: Staffed, body: dict[str, Any], status: int, code: str, fields: list[str]
) -> None:
    answer = made(staffed, **body)
    assert (answer.status_code, answer.json["code"], set(answer.json["fields"])) == (
        status,
        code,
        set(fields),
    )
    assert staffed.call("GET", SERIES).json["total"] == 0


def test_creating_never_updates(own_staffed: Staffed) -> None:
    first = made(own_staffed).json
    again = made(own_staffed, description="Khác")
    assert (again.status_code, again.json["code"]) == (409, "series-slug-taken")
    assert own_staffed.call("GET", f"{SERIES}/{first['slug']}").json["description"] in (None, "")


def test_who_publishes_for_several_agencies_names_one(own_staffed: Staffed) -> None:
    with own_staffed.site.portal.database.write() as session:
        make_agency(session, "Sở Ba", slug="so-ba")
    member = f"/api/v1/people/{own_staffed.ids['publisher']}/memberships/so-ba"
    own_staffed.call("PUT", member, ADMIN, match="*", json={"role": "publisher"})
    refused = made(own_staffed)
    assert (refused.status_code, refused.json["code"]) == (422, "series-agency-missing")
    assert made(own_staffed, agency="so-ba").json["agency"]["slug"] == "so-ba"


def test_an_agency_that_keeps_a_series_is_not_deleted(own_staffed: Staffed) -> None:
    with own_staffed.site.portal.database.write() as session:
        make_agency(session, "Sở Ba", slug="so-ba")
    made(own_staffed, ADMIN, agency="so-ba")
    answer = own_staffed.call("DELETE", "/api/v1/agencies/so-ba", ADMIN, match="*")
    assert (answer.status_code, answer.json["code"]) == (409, "agency-in-use")


def test_illustrative_datasets_can_be_hidden_here_too(own_staffed: Staffed) -> None:
    slug = made(own_staffed).json["slug"]
    put_in(own_staffed, "Minh họa", slug, illustrative=True)
    from portal.catalog import series_queries

    with own_staffed.site.portal.database.read() as session:
        found = series_queries.series(session, slug)
        assert found is not None
        members = series_queries.public_members(session, found.id, hide_illustrative=False)
        assert [each.title_vi for each in members] == ["Minh họa"] and isinstance(members[0], Dataset)
        assert not series_queries.public_members(session, found.id, hide_illustrative=True)
        assert series_queries.counts(session, hide_illustrative=True) == {}
        assert not series_queries.series_in_use(session, hide_illustrative=True)


def test_the_persistent_address_leads_to_the_page_and_to_json(own_staffed: Staffed) -> None:
    answer = made(own_staffed).json
    for accept, end in (
        ("application/json", f"{SERIES}/gia-dat-hang-nam"),
        ("text/html", "/chuoi-du-lieu/gia-dat-hang-nam"),
    ):
        found = own_staffed.call("GET", f"/id/series/{answer['id']}", headers={"Accept": accept})
        assert (found.status_code, found.headers["Location"].endswith(end)) == (303, True)
    assert own_staffed.call("GET", f"/id/series/{answer['slug']}").status_code == 404
