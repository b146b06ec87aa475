"""Datasets written over HTTP: what comes back, what is refused by name, and nothing done half."""

from __future__ import annotations

from typing import Any

import pytest

from tests.people import AGENCY, Staffed

DATASETS = "/api/v1/datasets"
FULL: dict[str, Any] = {
    "title": "Trạm quan trắc mưa",
    "title_i18n": {"en": "Rain gauges"},
    "description": "Lượng mưa theo giờ.\n\n**Đà Nẵng**.",
    "keywords": ["mưa", "quan trắc"],
    "themes": ["moi-truong"],
    "supplier": "Đài Khí tượng",
    "places": ["20194"],
    "temporal": {"start": "2024-01-01", "end": "2025-12-31"},
    "frequency": "annual",
    "licence": "cc-by-4.0",
    "access_level": "public",
    "contact": {"name": "Phòng dữ liệu", "email": "dulieu@example.vn"},
    "landing_page": "https://example.org/mua",
    "issued": "2024-05-06",
    "modified": "2026-03-01T09:30:00+07:00",
    "extras": {"nguồn": "đo", "thiết bị": {"hãng": "A", "số": 3}},
}


def make(staffed: Staffed, who: str = "publisher", **body: Any) -> dict[str, Any]:
    answer = staffed.call("POST", DATASETS, who, json={"title": "Bản nháp", **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json
    return made


def test_a_new_dataset_is_a_draft_of_the_authors_only_agency(own_staffed: Staffed) -> None:
    answer = own_staffed.call("POST", DATASETS, "contributor", json=FULL)
    record = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == record["links"]["self"]
    assert answer.headers["ETag"].startswith('"1-')
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (record["state"], record["version"], record["agency"]["slug"]) == ("draft", 1, AGENCY)
    assert record["slug"] == record["identifier"]
    assert record["identifier"].startswith("tram-quan-trac-mua-")
    assert record["title_i18n"] == {"vi": "Trạm quan trắc mưa", "en": "Rain gauges"}
    assert (record["supplier"], record["supplier_text"]) == (None, "Đài Khí tượng")
    assert [each["code"] for each in record["places"]] == ["20194"]
    assert record["temporal"] == FULL["temporal"]
    assert record["contact"] == {**FULL["contact"], "phone": None}
    assert (record["issued"], record["modified"]) == (FULL["issued"], FULL["modified"])
    assert record["extras"] == FULL["extras"]
    again = own_staffed.call("GET", f"{DATASETS}/{record['id']}", "contributor")
    assert again.json == record
    assert again.headers["ETag"] == answer.headers["ETag"]


def test_identifiers_are_given_by_administrators_alone(own_staffed: Staffed) -> None:
    body = {"identifier": "QĐ 12/2026", "title": "Quyết định", "agency": AGENCY}
    refused = own_staffed.call("POST", DATASETS, "publisher", json=body)
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["identifier"])
    record = make(own_staffed, "administrator", **body)
    assert record["identifier"] == "QĐ 12/2026"
    assert own_staffed.call("GET", f"{DATASETS}/{record['slug']}", "publisher").status_code == 200
    assert make(own_staffed, "administrator", id="mua-2026")["identifier"] == "mua-2026"
    both = own_staffed.call(
        "POST", DATASETS, "administrator", json={"title": "a", "id": "x", "identifier": "y"}
    )
    assert list(both.json["fields"]) == ["id"]


def test_t70_an_identifier_that_is_taken_is_a_conflict_and_no_update(own_staffed: Staffed) -> None:
    body = {"identifier": "bi-mat-draft", "title": "Đè lên", "agency": AGENCY}
    answer = own_staffed.call("POST", DATASETS, "administrator", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "identifier-taken")
    stored = own_staffed.call("GET", f"{DATASETS}/bi-mat-draft", "administrator").json
    assert (stored["title"], stored["version"]) == ("Bí mật draft", 1)


@pytest.mark.parametrize(
    "key",
    ["state", "version", "created_at", "sha256", "owner", "owner_org", "id", "private", "illustrative",
     "is_admin", "published_at", "slug", "distributions", "agency_id"],
)  # fmt: skip
def test_t68_what_is_not_the_stewards_to_say_is_refused_by_name(staffed: Staffed, key: str) -> None:
    body = {"title": "Tên", key: "published"}
    path, match = f"{DATASETS}/chat-luong-khong-khi", staffed.tag(f"{DATASETS}/chat-luong-khong-khi")
    for method, address in (("POST", DATASETS), ("PUT", path), ("PATCH", path)):
        answer = staffed.call(method, address, "publisher", json=body, match=match)
        assert answer.status_code == 422
        assert list(answer.json["fields"]) == [key]
    assert staffed.tag(path) == match


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": 7}, "title"),
        ({"title": None}, "title"),
        ({"title": "​ \u202e"}, "title"),
        ({"title": "a", "agency": "so-khong-co"}, "agency"),
        ({"title": "a", "themes": ["moi-truong", "khong-co"]}, "themes[1]"),
        ({"title": "a", "themes": "moi-truong"}, "themes"),
        ({"title": "a", "licence": "wtfpl"}, "licence"),
        ({"title": "a", "frequency": "đôi khi"}, "frequency"),
        ({"title": "a", "places": ["99999"]}, "places[0]"),
        ({"title": "a", "languages": ["tlh"]}, "languages[0]"),
        ({"title": "a", "keywords": ["mưa", ""]}, "keywords[1]"),
        ({"title": "a", "temporal": {"start": "2025-01-01", "end": "2024-01-01"}}, "temporal"),
        ({"title": "a", "temporal": {"start": "01/02/2025"}}, "temporal.start"),
        ({"title": "a", "temporal": {"from": "2025"}}, "temporal.from"),
        ({"title": "a", "modified": "hôm qua"}, "modified"),
        ({"title": "a", "landing_page": "javascript:alert(1)"}, "landing_page"),
        ({"title": "a", "contact": {"fax": "1"}}, "contact.fax"),
        ({"title": "a" * 501}, "title"),
        ({"title": "a", "extras": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}, "extras"),
        ({"title": "a", "extras": {"a": "x" * 20_001}}, "extras"),
        ([], "$"),
        ("text", "$"),
    ],
)
def test_invalid_metadata_is_refused_with_the_fields_name_in_both_languages(
    staffed: Staffed, body: object, path: str
) -> None:
    before = staffed.call("GET", "/api/v1/me/datasets", "administrator").json["total"]
    answer = staffed.call("POST", DATASETS, "publisher", json=body)
    assert answer.status_code == 422, answer.text
    assert list(answer.json["fields"]) == [path]
    assert all(answer.json["fields_i18n"][path].values())
    assert staffed.call("GET", "/api/v1/me/datasets", "administrator").json["total"] == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 200_000, b'{"title": "\\ud800"}', b'{"title": NaN}', "{}".encode("utf-16"),
     b'{"title": ' + b"1" * 500_000 + b"}", b'{"title": "a", "title": "b"}'],
    ids=["empty", "cut", "deep", "surrogate", "nan", "utf-16", "long number", "twice"],
)  # fmt: skip
def test_t25_what_is_not_json_is_400(staffed: Staffed, body: bytes) -> None:
    answer = staffed.call("POST", DATASETS, "publisher", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "body-unreadable")
    assert answer.content_type == "application/problem+json"


def test_t25_what_is_not_json_is_told_where(staffed: Staffed) -> None:
    cut = staffed.call(
        "POST", DATASETS, "publisher", data=b'{"title":\n"a" 5}', content_type="application/json"
    )
    assert "line 2, column 5" in cut.json["detail_i18n"]["en"] and "dòng 2, cột 5" in cut.json["detail"]
    twice = b'{"title": "a", "title": "b", "x": [{"y": 1}]}'
    answer = staffed.call("POST", DATASETS, "publisher", data=twice, content_type="application/json")
    assert list(answer.json["fields"]) == ["title"]


def test_t55_a_body_over_a_mebibyte_is_refused(staffed: Staffed) -> None:
    body = {"title": "a", "description": "x" * 1024**2}
    assert staffed.call("POST", DATASETS, "publisher", json=body).status_code == 413
    assert staffed.call("POST", DATASETS, "publisher", data=b"title=a").status_code == 415


def test_nobody_names_an_agency_in_which_they_have_no_role(own_staffed: Staffed) -> None:
    answer = own_staffed.call("POST", DATASETS, "stranger", json={"title": "Mạo danh", "agency": AGENCY})
    assert (answer.status_code, answer.json["code"]) == (403, "agency-foreign")
    answer = own_staffed.call(
        "POST", DATASETS, "stranger",
        json={"title": "Mạo danh", "agency": AGENCY, "supplier": "uy-ban-nhan-dan-thanh-pho"},
    )  # fmt: skip
    assert answer.status_code == 403
    own = make(own_staffed, "stranger")
    path = f"{DATASETS}/{own['slug']}"
    moved = own_staffed.call("PATCH", path, "stranger", json={"agency": AGENCY}, match="*")
    assert (moved.status_code, list(moved.json["fields"])) == (403, ["agency"])
    assert own_staffed.call("GET", path, "stranger").json["agency"] == own["agency"]


def test_patch_changes_what_it_names_and_put_clears_the_rest(own_staffed: Staffed) -> None:
    made = make(own_staffed, **FULL)
    path = f"{DATASETS}/{made['slug']}"
    patch = {
        "title_i18n": {"en": None}, "contact": {"phone": "0236"}, "temporal": None, "supplier": None,
        "extras": {"nguồn": None, "mới": 1}, "keywords": ["mưa"],
    }  # fmt: skip
    answer = own_staffed.call("PATCH", path, "publisher", json=patch, match=own_staffed.tag(path))
    changed = answer.json
    assert (answer.status_code, changed["version"]) == (200, 2)
    assert changed["title_i18n"] == {"vi": FULL["title"], "en": None}
    assert changed["contact"] == {**FULL["contact"], "phone": "0236"}
    assert (changed["temporal"], changed["supplier_text"], changed["keywords"]) == (None, None, ["mưa"])
    assert changed["extras"] == {"thiết bị": FULL["extras"]["thiết bị"], "mới": 1}
    assert changed["themes"] == made["themes"]
    put = {"title": "Tên mới", "extras": {"chỉ": "còn"}}
    whole = own_staffed.call("PUT", path, "publisher", json=put, match=answer.headers["ETag"]).json
    assert (whole["title"], whole["description"], whole["themes"], whole["contact"]) == (
        "Tên mới",
        None,
        [],
        None,
    )
    assert (whole["licence"], whole["issued"], whole["extras"]) == (None, None, {"chỉ": "còn"})
    assert (whole["agency"], whole["identifier"], whole["slug"]) == (
        made["agency"], made["identifier"], made["slug"],
    )  # fmt: skip


def test_the_same_again_changes_neither_the_record_nor_the_catalogue(own_staffed: Staffed) -> None:
    path = f"{DATASETS}/chat-luong-khong-khi"
    before, version = own_staffed.tag(path), own_staffed.call("GET", "/api/v1/catalogue").json["version"]
    answer = own_staffed.call("PATCH", path, "publisher", json={"licence": "cc-by-4.0"}, match=before)
    assert (answer.status_code, answer.headers["ETag"]) == (200, before)
    draft = make(own_staffed)
    own_staffed.call("PATCH", f"{DATASETS}/{draft['id']}", "publisher", json={"title": "Khác"}, match="*")
    assert own_staffed.call("GET", "/api/v1/catalogue").json["version"] == version
    changed = own_staffed.call("PATCH", path, "publisher", json={"title": "Không khí"}, match=before)
    assert changed.json["version"] == 2
    assert own_staffed.call("GET", "/api/v1/catalogue").json["version"] != version
    assert own_staffed.call("GET", path).json["title"] == "Không khí"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_without_or_with_a_stale_version_is_not_made(own_staffed: Staffed, method: str) -> None:
    made = make(own_staffed)
    path = f"{DATASETS}/{made['slug']}"
    body = None if method == "DELETE" else {"title": "Của tôi"}
    missing = own_staffed.call(method, path, "publisher", json=body)
    assert (missing.status_code, missing.json["code"]) == (428, "precondition-missing")
    mine = own_staffed.tag(path)
    own_staffed.call("PATCH", path, "contributor", json={"title": "Của người khác"}, match=mine)
    stale = own_staffed.call(method, path, "publisher", json=body, match=mine)
    assert (stale.status_code, stale.json["code"], stale.json["current_version"]) == (412, "version-stale", 2)
    record = own_staffed.call("GET", path, "publisher").json
    assert (record["title"], record["state"]) == ("Của người khác", "draft")
    done = own_staffed.call(method, path, "publisher", json=body, match=own_staffed.tag(path))
    assert done.status_code in (200, 204)


def test_delete_puts_drafts_into_the_trash_and_nothing_else(own_staffed: Staffed) -> None:
    made = make(own_staffed)
    path = f"{DATASETS}/{made['slug']}"
    answer = own_staffed.call("DELETE", path, "contributor", match="*")
    assert (answer.status_code, answer.data) == (204, b"")
    assert own_staffed.call("GET", path, "contributor").json["state"] == "trashed"
    public = own_staffed.call("DELETE", f"{DATASETS}/chat-luong-khong-khi", "publisher", match="*")
    assert (public.status_code, public.json["code"]) == (409, "move-not-possible")


def test_what_is_public_keeps_what_the_public_needs(own_staffed: Staffed) -> None:
    path = f"{DATASETS}/chat-luong-khong-khi"
    body = {"themes": [], "licence": None, "description": ""}
    answer = own_staffed.call("PATCH", path, "publisher", json=body, match="*")
    assert (answer.status_code, answer.json["code"]) == (422, "incomplete")
    assert list(answer.json["fields"]) == ["description", "licence", "themes"]
    # An import stated none of it: it may be put right piece by piece.
    plain = own_staffed.call(
        "PATCH",
        f"{DATASETS}/du-toan-ngan-sach-2025",
        "administrator",
        json={"themes": ["ngan-sach"]},
        match="*",
    )
    assert plain.status_code == 200


def test_own_datasets_are_listed_by_state_and_only_ones_own(own_staffed: Staffed) -> None:
    made = make(own_staffed, title="Của Sở Y tế")
    make(own_staffed, "stranger", title="Của thành phố")
    own = own_staffed.call("GET", "/api/v1/me/datasets?state=draft", "contributor")
    assert own.headers["Cache-Control"] == "private, no-store"
    assert [(each["slug"], each["state"]) for each in own.json["items"]] == [(made["slug"], "draft")]
    everything = own_staffed.call("GET", "/api/v1/me/datasets", "contributor").json
    assert {each["state"] for each in everything["items"]} == {"draft", "published"}
    states = "state=draft&state=trashed&page_size=2"
    page = own_staffed.call("GET", f"/api/v1/me/datasets?{states}", "administrator").json
    assert (page["total"], len(page["items"])) == (4, 2)
    wrong = own_staffed.call("GET", "/api/v1/me/datasets?state=secret", "contributor")
    assert (wrong.status_code, list(wrong.json["fields"])) == (422, ["state"])


def test_t75_who_lost_the_role_is_refused_at_the_next_request(own_staffed: Staffed) -> None:
    made = make(own_staffed)
    path = f"{DATASETS}/{made['slug']}"
    person = own_staffed.ids["publisher"]
    gone = own_staffed.call(
        "DELETE", f"/api/v1/people/{person}/memberships/{AGENCY}", "administrator", match="*"
    )
    assert gone.status_code in (200, 204)
    assert own_staffed.call("PATCH", path, "publisher", json={"title": "x"}, match="*").status_code == 404
    assert own_staffed.call("GET", path, "publisher").status_code == 404


def test_every_write_leaves_who_did_it_and_through_which_request(own_staffed: Staffed) -> None:
    answer = own_staffed.call("POST", DATASETS, "publisher", json={"title": "Có dấu vết"})
    trail = own_staffed.call("GET", "/api/v1/audit?limit=1", "administrator").json["items"][0]
    assert (trail["actor"], trail["action"], trail["key"]) == (
        "publisher@example.vn",
        "create",
        answer.json["id"],
    )
    assert trail["request_id"] == answer.headers["X-Request-Id"]
