"""Packages, resources, organisations, groups, tags and the rest, as clients read them."""

from __future__ import annotations

import re

import pytest

from tests.api.ckan.conftest import Actions
from tests.factories import CSV_V2, uuid_of

SLUG = "chat-luong-khong-khi"
HIDDEN = ("bi-mat-draft", "bi-mat-scheduled", "bi-mat-trashed")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


def test_a_package_has_every_field_of_ckan(ckan: Actions) -> None:
    package = ckan.take("package_show", id=SLUG)
    assert package["id"] == str(uuid_of(f"dataset/{SLUG}")) and package["name"] == SLUG
    assert (package["title"], package["notes"]) == (
        "Chất lượng không khí tại Đà Nẵng",
        "Nồng độ **bụi mịn** theo ngày.",
    )
    assert (package["license_id"], package["license_title"]) == ("cc-by-4.0", "CC BY 4.0")
    assert (package["author"], package["maintainer"]) == ("Ủy ban nhân dân thành phố", "Phòng dữ liệu")
    assert (package["url"], package["state"], package["private"]) == ("https://example.org/", "active", False)
    assert (
        package["organization"]["name"] == "so-y-te" and package["owner_org"] == package["organization"]["id"]
    )
    assert [each["name"] for each in package["groups"]] == ["moi-truong"]
    assert [each["name"] for each in package["tags"]] == ["không khí", "bụi mịn"]
    assert (package["num_resources"], package["num_tags"]) == (2, 2)
    assert MOMENT.fullmatch(package["metadata_created"]) and MOMENT.fullmatch(package["metadata_modified"])
    extras = {each["key"]: each["value"] for each in package["extras"]}
    assert all(isinstance(value, str) for value in extras.values())
    assert extras["title_en"] == "Air quality in Da Nang" and extras["nguồn"] == "đo"
    assert extras["temporal_start"] == "2024-01-01" and extras["places"] == '["20194"]'
    by_id = ckan.take("package_show", id=package["id"])
    assert by_id == package


def test_resources_tell_size_hash_and_an_address_that_answers(ckan: Actions) -> None:
    file, link = ckan.take("package_show", id=SLUG)["resources"]
    assert (file["url_type"], file["size"], file["position"], link["position"]) == (
        "upload",
        len(CSV_V2),
        0,
        1,
    )
    assert (link["url_type"], link["url"]) == (None, "https://example.org/khong-khi")
    assert not file["datastore_active"]
    assert ckan.take("resource_show", id=file["id"]) == file
    client = ckan.staffed.site.client
    path = file["url"].removeprefix("http://127.0.0.1:8123")
    got, head = client.get(path), client.head(path)
    assert (got.status_code, got.data) == (200, CSV_V2)
    assert head.headers["Content-Length"] == str(len(CSV_V2)) and not head.data
    assert "filename*=UTF-8''Kh%C3%B4ng%20kh%C3%AD.csv" in head.headers["Content-Disposition"]
    assert client.get(path.rpartition("/")[0]).data == CSV_V2
    assert client.get(path.replace(file["package_id"], str(uuid_of("x")))).status_code == 404
    away = client.get(f"/dataset/{SLUG}/resource/{link['id']}/download/x")
    assert (away.status_code, away.headers["Location"]) == (302, link["url"])


def test_what_is_not_public_is_nowhere(ckan: Actions) -> None:
    for name in (*HIDDEN, "khong-co", str(uuid_of("dataset/bi-mat-draft"))):
        assert ckan.fault("package_show", id=name) == ckan.fault("package_show", id="khong-co")
    status, error = ckan.fault("package_show", id="da-rut")
    assert status == 404 and "Số liệu sai." in error["message"] and "Bí mật" not in error["message"]
    assert ckan.take("package_list") == [SLUG, "du-toan-ngan-sach-2025", "nhiet-do-minh-hoa"]
    everything = [
        ckan.call(
            "package_search", rows=1000, **{"facet.field": ["organization", "tags", "state", "res_format"]}
        ),
        ckan.call("package_search", q="bí mật"),
        ckan.call("package_search", fq="state:draft"),
        ckan.call("package_search", include_drafts=True, include_private=True, include_deleted=True),
        ckan.call("package_list", include_drafts=True),
        ckan.call("current_package_list_with_resources"),
        ckan.call("resource_search", query="name:rut"),
        ckan.call("recently_changed_packages_activity_list", limit=100),
        ckan.call("package_autocomplete", q="bi mat"),
        ckan.call("organization_show", id="so-y-te", include_datasets=True),
        ckan.call("group_package_show", id="moi-truong"),
        ckan.call("tag_list"),
    ]
    assert all(
        each.status_code == 200 and "Bí mật" not in each.text and "bi-mat" not in each.text
        for each in everything
    )
    assert everything[0].json["result"]["count"] == 3 and everything[2].json["result"]["count"] == 0


def test_stewards_see_their_own_drafts_when_they_ask(ckan: Actions) -> None:
    assert ckan.take("package_show", "administrator", id="bi-mat-draft")["state"] == "draft"
    assert "bi-mat-draft" not in ckan.take("package_list", "administrator")
    assert "bi-mat-draft" in ckan.take("package_list", "administrator", include_drafts=True)
    assert "bi-mat-draft" not in ckan.take("package_list", "publisher", include_drafts=True)
    found = ckan.take("package_search", "administrator", include_private=True, fq="state:draft")
    assert {each["name"] for each in found["results"]} == {"bi-mat-draft", "bi-mat-scheduled"}


def test_illustrative_records_say_so(ckan: Actions) -> None:
    package = ckan.take("package_show", id="nhiet-do-minh-hoa")
    assert {"key": "illustrative", "value": "true"} in package["extras"]
    assert ckan.take("package_search", fq="-extras_illustrative:true")["count"] == 2


def test_lists_take_limit_and_offset(ckan: Actions) -> None:
    names = ckan.take("package_list")
    assert ckan.take("package_list", limit=1, offset=1) == names[1:2]
    assert ckan.take("package_list", limit=0) == []
    assert [each["name"] for each in ckan.take("current_package_list_with_resources", limit=2, page=2)] == [
        ckan.take("current_package_list_with_resources")[2]["name"]
    ]
    status, error = ckan.fault("package_list", limit="nhiều")
    assert (status, error["limit"]) == (409, ["Must be a natural number"])


def test_organizations_and_groups(ckan: Actions) -> None:
    assert ckan.take("organization_list") == ["so-y-te", "uy-ban-nhan-dan-thanh-pho"]
    assert ckan.take("organization_list", sort="package_count desc")[0] == "so-y-te"
    whole = ckan.take("organization_list", all_fields=True, organizations=["so-y-te"])
    assert [(each["name"], each["package_count"]) for each in whole] == [("so-y-te", 2)]
    shown = ckan.take("organization_show", id="so-y-te", include_datasets=True)
    assert shown["title"] == "Sở Y tế" and shown["groups"][0]["name"] == "uy-ban-nhan-dan-thanh-pho"
    assert len(shown["packages"]) == 2
    assert ckan.take("organization_show", id=shown["id"])["name"] == "so-y-te"
    assert ckan.take("group_list") == ["moi-truong", "ngan-sach"]
    assert ckan.take("group_show", id="moi-truong")["package_count"] == 2
    assert ckan.take("organization_autocomplete", q="y te")[0]["name"] == "so-y-te"
    assert ckan.take("group_autocomplete", q="ngân")[0]["name"] == "ngan-sach"
    assert ckan.fault("group_show", id="khong-co")[0] == 404


def test_tags_licences_formats_and_completions(ckan: Actions) -> None:
    assert ckan.take("tag_list") == ["bụi mịn", "không khí"]
    assert ckan.take("tag_search", query="khi")["results"][0]["name"] == "không khí"
    shown = ckan.take("tag_show", id="bụi mịn", include_datasets=True)
    assert [each["name"] for each in shown["packages"]] == [SLUG]
    assert ckan.take("tag_show", id=shown["id"])["name"] == "bụi mịn"
    assert ckan.take("license_list")[0]["id"] == "cc-by-4.0"
    assert ckan.take("format_autocomplete", q="c") == ["csv"]
    assert ckan.take("package_autocomplete", q="chat luong")[0]["name"] == SLUG
    assert ckan.take("vocabulary_list") == []
    client = ckan.staffed.site.client
    complete = client.get("/api/2/util/tag/autocomplete?incomplete=kh").json
    assert complete == {"ResultSet": {"Result": [{"Name": "không khí"}]}}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("format:csv", 1),
        ("name:KHÔNG KHÍ", 1),
        (["name:không", "format:csv"], 1),
        ("url:example.org", 1),
        ("name:x", 0),
    ],
)
def test_resources_are_searched(ckan: Actions, query: object, count: int) -> None:
    assert ckan.take("resource_search", query=query)["count"] == count


def test_a_resource_is_found_by_the_beginning_of_its_hash(ckan: Actions) -> None:
    file = ckan.take("package_show", id=SLUG)["resources"][0]
    assert ckan.take("resource_search", query=f"hash:{file['hash'][:12]}")["results"] == [file]
    assert ckan.fault("resource_search", query="password:x")[1]["query"] == ["Field not recognised"]


def test_activities_name_what_is_public_and_nobody(ckan: Actions) -> None:
    activities = ckan.take("recently_changed_packages_activity_list")
    assert {each["data"]["package"]["name"] for each in activities} == set(ckan.take("package_list"))
    own = ckan.take("package_activity_list", id=SLUG)
    assert [each["activity_type"] for each in own] == ["new package"] and own[0]["user_id"] == ""
    assert ckan.take("organization_activity_list", id="so-y-te", limit=1)[0] in activities


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/dataset/{SLUG}", f"/du-lieu/{SLUG}"),
        (f"/dataset/{uuid_of(f'dataset/{SLUG}')}", f"/du-lieu/{SLUG}"),
        (f"/dataset/{SLUG}/resource/{uuid_of(f'distribution/{SLUG}/1')}", f"/du-lieu/{SLUG}"),
        ("/dataset?q=xe+buýt", "/du-lieu?q=xe+bu%C3%BDt"),
        ("/organization/so-y-te", "/co-quan/so-y-te"),
        ("/organization", "/co-quan"),
        ("/group/moi-truong", "/linh-vuc/moi-truong"),
    ],
)
def test_addresses_of_pages_lead_to_ours(ckan: Actions, path: str, target: str) -> None:
    answer = ckan.staffed.site.client.get(path, headers={"Accept-Language": "vi"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"http://127.0.0.1:8123{target}")


def test_addresses_of_what_is_not_public_are_unknown(ckan: Actions) -> None:
    client = ckan.staffed.site.client
    assert {client.get(f"/dataset/{name}").status_code for name in (*HIDDEN, "khong-co")} == {404}
    assert client.get("/dataset/da-rut").status_code == 410
