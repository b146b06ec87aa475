"""Packages and resources, written as CKAN's clients do, by people of every role."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from tests.api.ckan.conftest import Actions
from tests.factories import CSV_V2, uuid_of

SLUG = "chat-luong-khong-khi"
WHOLE: dict[str, Any] = {
    "name": "luong-mua",
    "title": "Lượng mưa",
    "notes": "Số đo của trạm.",
    "owner_org": "so-y-te",
    "license_id": "cc-by-4.0",
    "groups": [{"name": "moi-truong"}],
    "tags": [{"name": "mưa"}],
    "extras": [{"key": "trạm", "value": "Cẩm Lệ"}, {"key": "frequency", "value": "annual"}],
    "resources": [{"url": "https://example.org/mua.csv", "name": "Bảng", "format": "csv", "trạm đo": "số 1"}],
}
HOSTILE = "<script>alert(1)</script> {{7*7}} \" ' \\ %00 ‮ 🌊"


def without(*names: str, **changed: Any) -> dict[str, Any]:
    return {**{key: value for key, value in WHOLE.items() if key not in names}, **changed}


def test_a_publisher_creates_and_everybody_reads(own: Actions) -> None:
    made = own.take("package_create", "publisher", **WHOLE)
    assert (made["state"], made["private"], made["name"]) == ("active", False, "luong-mua")
    shown = own.take("package_show", id="luong-mua")
    assert shown == made
    assert shown["organization"]["name"] == "so-y-te" and [each["name"] for each in shown["tags"]] == ["mưa"]
    assert {"key": "trạm", "value": "Cẩm Lệ"} in shown["extras"]
    assert shown["resources"][0]["trạm đo"] == "số 1" and shown["resources"][0]["format"] == "csv"
    assert own.take("package_search", fq="tags:mưa")["count"] == 1


@pytest.mark.parametrize(
    ("who", "data", "status", "field"),
    [
        ("anonymous", {}, 403, None),
        ("stranger", {}, 403, None),
        ("publisher", {"name": SLUG}, 409, "name"),
        ("publisher", {"name": "bi-mat-draft"}, 409, "name"),
        ("publisher", {"name": "Chữ Hoa"}, 409, "name"),
        ("publisher", {"name": "a"}, 409, "name"),
        ("publisher", {"name": "new"}, 409, "name"),
        ("publisher", {"name": None}, 409, "name"),
        ("publisher", {"owner_org": "khong-co"}, 409, "owner_org"),
        ("publisher", {"owner_org": "uy-ban-nhan-dan-thanh-pho"}, 403, None),
        ("publisher", {"license_id": "lạ"}, 409, "license_id"),
        ("publisher", {"groups": [{"name": "la"}]}, 409, "groups"),
        ("publisher", {"notes": ""}, 409, "notes"),
        ("publisher", {"groups": []}, 409, "groups"),
        ("publisher", {"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}, 409, "extras"),
        ("publisher", {"extras": "a"}, 409, "extras"),
        ("publisher", {"resources": ["x"]}, 409, "resources"),
        ("publisher", {"type": "harvest"}, 409, "type"),
        ("contributor", {}, 403, None),
        ("reading administrator", {}, 403, None),
    ],
)
def test_what_may_not_be_is_refused_and_leaves_nothing(
    ckan: Actions, who: str, data: dict[str, Any], status: int, field: str | None
) -> None:
    before = ckan.take("package_list", "administrator", include_drafts=True)
    found, error = ckan.fault("package_create", who, **{**WHOLE, **data})
    assert found == status, error
    assert error["__type"] == ("Authorization Error" if status == 403 else "Validation Error")
    if field:
        assert all(isinstance(text, str) for text in error[field]) and error["message"]
    assert ckan.take("package_list", "administrator", include_drafts=True) == before


def test_a_fault_of_a_resource_is_told_at_its_place(ckan: Actions) -> None:
    rows = [*WHOLE["resources"], {"url": "không phải địa chỉ"}]
    _, error = ckan.fault("package_create", "publisher", **{**WHOLE, "resources": rows})
    assert error["resources"][0] == {} and len(error["resources"][1]["url"]) == 1


def test_contributors_write_drafts_that_nobody_else_sees(own: Actions) -> None:
    made = own.take("package_create", "contributor", **WHOLE, state="draft")
    assert (made["state"], made["private"]) == ("draft", True)
    assert own.fault("package_show", id="luong-mua")[0] == 404
    assert own.take("package_search", q="tags:mưa", **{"facet.field": "tags"})["facets"]["tags"] == {}
    assert own.fault("package_patch", "contributor", id="luong-mua", state="active", private=False)[0] == 403
    published = own.take("package_patch", "publisher", id="luong-mua", state="active", private=False)
    assert published["state"] == "active" and own.take("package_show", id="luong-mua")["title"] == "Lượng mưa"
    assert own.fault("package_patch", "publisher", id="luong-mua", private=True)[1]["private"]


def test_an_administrators_packages_are_taken_as_imports_are(own: Actions) -> None:
    uuid = str(uuid_of("elsewhere"))
    made = own.take(
        "package_create", "administrator", name="tu-noi-khac", id=uuid, license_id="giấy phép lạ",
        groups=[{"name": "lạ"}], extras=[{"key": "publisher_name", "value": "Cơ quan lạ"}], version="1.2",
        resources=[{"id": str(uuid_of("r")), "url": "https://example.org/a"}],
    )  # fmt: skip
    assert (made["id"], made["title"], made["version"], made["state"]) == (
        uuid,
        "tu-noi-khac",
        "1.2",
        "active",
    )
    assert (made["owner_org"], made["license_id"], made["notes"]) == (None, "giấy phép lạ", "")
    assert made["resources"][0]["id"] == str(uuid_of("r"))
    extras = {each["key"]: each["value"] for each in made["extras"]}
    assert extras["publisher_name"] == "Cơ quan lạ" and extras["theme"] == '["lạ"]'
    assert own.fault("package_create", "administrator", name="khac", id=uuid)[1]["id"]
    assert own.fault("package_create", "administrator", name="tu-noi-khac")[1]["name"]


def test_update_erases_what_is_left_out_and_patch_keeps_it(own: Actions) -> None:
    own.take("package_create", "publisher", **WHOLE)
    patched = own.take("package_patch", "publisher", id="luong-mua", title="Mưa", tags=[])
    assert (patched["title"], patched["tags"], patched["notes"]) == ("Mưa", [], WHOLE["notes"])
    assert patched["resources"] and {"key": "trạm", "value": "Cẩm Lệ"} in patched["extras"]
    slim = without("extras", "tags", "resources")
    updated = own.take(
        "package_update", "publisher", **{**slim, "id": patched["id"], "name": "luong-mua-moi"}
    )
    assert (updated["name"], updated["tags"], updated["resources"]) == ("luong-mua-moi", [], [])
    assert [each["key"] for each in updated["extras"]] == ["identifier"]
    assert (
        own.fault("package_update", "publisher", **{**slim, "id": "luong-mua-moi", "license_id": ""})[0]
        == 409
    )
    assert own.take("package_show", id="luong-mua-moi") == updated


def test_sending_back_what_was_shown_changes_nothing(own: Actions) -> None:
    for who in ("publisher", "administrator"):
        shown = own.take("package_show", id=SLUG)
        again = own.take("package_update", who, **shown)
        assert again == shown
    assert own.take("package_show", id=SLUG)["metadata_modified"] == shown["metadata_modified"]


def test_a_group_left_out_does_not_come_back_by_its_old_word(own: Actions) -> None:
    own.take("package_create", "administrator", **without("groups", groups=[{"name": "Environment"}]))
    assert [each["name"] for each in own.take("package_show", id="luong-mua")["groups"]] == ["moi-truong"]
    shown = own.take("package_patch", "administrator", id="luong-mua", groups=[{"name": "ngan-sach"}])
    assert [each["name"] for each in shown["groups"]] == ["ngan-sach"]


def test_the_mark_of_illustrative_records_is_not_lost_by_the_way(own: Actions) -> None:
    name = "nhiet-do-minh-hoa"
    own.take("package_update", "administrator", id=name, title="Khác", owner_org="so-y-te")
    assert {"key": "illustrative", "value": "true"} in own.take("package_show", id=name)["extras"]
    extras = [{"key": "illustrative", "value": "false"}]
    own.take("package_patch", "administrator", id=name, extras=extras)
    assert own.take("package_search", fq="extras_illustrative:true")["count"] == 0


def test_deleting_leaves_the_reason_and_activates_again(own: Actions) -> None:
    assert own.take("package_delete", "publisher", id=SLUG, reason="Sai đơn vị.") is None
    status, error = own.fault("package_show", id=SLUG)
    assert status == 404 and "Sai đơn vị." in error["message"]
    assert SLUG not in own.take("package_list")
    shown = own.take("package_show", "administrator", id=SLUG)
    assert shown["state"] == "deleted"
    assert (
        own.take("package_patch", "administrator", id=SLUG, state="active", private=False)["state"]
        == "active"
    )
    assert own.take("package_show", id=SLUG)["name"] == SLUG


def test_purging_is_for_what_was_never_public(own: Actions) -> None:
    own.take("package_create", "publisher", **WHOLE, private=True)
    assert own.fault("dataset_purge", "publisher", id="luong-mua")[0] == 403
    assert own.fault("dataset_purge", "administrator", id=SLUG)[0] == 409
    assert own.take("dataset_purge", "administrator", id="luong-mua") is None
    assert own.fault("package_show", "administrator", id="luong-mua")[0] == 404
    assert own.take("package_create", "publisher", **WHOLE)["name"] == "luong-mua"


def test_bulk_changes_are_all_or_none(own: Actions) -> None:
    own.take("package_create", "publisher", **WHOLE, state="draft")
    bulk = {"org_id": "so-y-te", "datasets": ["luong-mua", "du-toan-ngan-sach-2025"]}
    assert own.fault("bulk_update_public", "administrator", **bulk)[1]["datasets"]
    own.take("bulk_update_public", "publisher", org_id="so-y-te", datasets=["luong-mua"])
    assert own.take("package_show", id="luong-mua")["state"] == "active"
    assert own.fault("bulk_update_private", "publisher", org_id="so-y-te", datasets=["luong-mua"])[0] == 409
    own.take("bulk_update_delete", "publisher", org_id="so-y-te", datasets=["luong-mua"])
    assert own.fault("package_show", id="luong-mua")[0] == 404
    own.take(
        "package_owner_org_update", "administrator", id=SLUG, organization_id="uy-ban-nhan-dan-thanh-pho"
    )
    assert own.take("package_show", id=SLUG)["organization"]["name"] == "uy-ban-nhan-dan-thanh-pho"


def test_hostile_texts_come_back_as_they_went(own: Actions) -> None:
    extras = [{"key": "khóa <b>", "value": HOSTILE}]
    made = own.take(
        "package_create", "administrator", name="la", title=HOSTILE, notes=HOSTILE * 500, tags=[{"name": "<b>thẻ"}],
        author=HOSTILE, extras=extras, resources=[{"url": "https://example.org/?a=<b>&c='d'", "name": HOSTILE}],
    )  # fmt: skip
    clean = HOSTILE.replace("‮", "").replace("  ", " ")
    assert made["title"] == made["author"] == made["resources"][0]["name"] == clean
    assert {"key": "khóa <b>", "value": clean} in made["extras"]
    assert own.take("package_update", "administrator", **made) == made


def test_files_are_uploaded_superseded_and_replaced_by_links(own: Actions) -> None:
    own.take("package_create", "publisher", **without("resources"))
    answer = own.form("resource_create", "publisher", package_id="luong-mua", name="Tháng 7", ghi_chu="thô",
                      upload=(io.BytesIO(b"gio,mm\n1,2\n"), "m%C6%B0a 7.csv"))  # fmt: skip
    assert answer.status_code == 200, answer.text
    made = answer.json["result"]
    assert (made["url_type"], made["size"], made["format"], made["ghi_chu"]) == ("upload", 11, "csv", "thô")
    assert made["url"].endswith("/download/m%C6%B0a%207.csv")
    path = made["url"].removeprefix("http://127.0.0.1:8123")
    assert own.staffed.site.client.get(path).data == b"gio,mm\n1,2\n"
    renamed = own.take("resource_patch", "publisher", id=made["id"], name="Bảng tháng 7")
    assert (renamed["name"], renamed["hash"], renamed["ghi_chu"]) == ("Bảng tháng 7", made["hash"], "thô")
    newer = own.form("resource_update", "publisher", id=made["id"], name="Mới",
                     upload=(io.BytesIO(CSV_V2), "mưa 8.csv")).json["result"]  # fmt: skip
    assert (newer["id"], newer["size"], newer["name"], "ghi_chu" in newer) == (
        made["id"],
        len(CSV_V2),
        "Mới",
        False,
    )
    whole = own.take("package_show", id="luong-mua")
    assert own.take("package_update", "publisher", **whole)["resources"] == whole["resources"]
    linked = own.take(
        "resource_update", "publisher", id=made["id"], url="https://example.org/x", format="PDF"
    )
    assert (linked["url_type"], linked["url"], linked["size"]) == (None, "https://example.org/x", None)
    back = own.form("resource_patch", "publisher", id=made["id"], upload=(io.BytesIO(CSV_V2), "a.csv"))
    assert back.json["result"]["url_type"] == "upload"
    assert own.take("resource_delete", "publisher", id=made["id"]) is None
    assert own.fault("resource_show", id=made["id"])[0] == 404


def test_uploads_need_a_name_a_right_and_content(own: Actions) -> None:
    client = own.staffed.site.client
    parts = {"package_id": SLUG, "upload": (io.BytesIO(b"a\n1\n"), "a.csv")}
    nobody = client.post("/api/3/action/resource_create", data=parts, content_type="multipart/form-data")
    assert (nobody.status_code, nobody.json["error"]["__type"]) == (403, "Authorization Error")
    stranger = own.form(
        "resource_create", "stranger", package_id="nhiet-do-minh-hoa", upload=(io.BytesIO(b"a\n1\n"), "a.csv")
    )
    assert stranger.status_code == 403
    reader = own.form(
        "resource_create", "reading administrator", package_id=SLUG, upload=(io.BytesIO(b"a\n1\n"), "a.csv")
    )
    assert reader.status_code == 403
    ignored = own.form("package_show", "publisher", id=SLUG, upload=(io.BytesIO(b"a\n1\n"), "a.csv"))
    assert ignored.json["result"]["name"] == SLUG
    empty = own.form("resource_create", "publisher", package_id=SLUG, upload=(io.BytesIO(b""), "a.csv"))
    assert (empty.status_code, empty.json["error"]["__type"]) == (409, "Validation Error")
    assert own.take("package_show", id=SLUG)["num_resources"] == 2


def test_resources_are_put_into_another_order(own: Actions) -> None:
    ids = [each["id"] for each in own.take("package_show", id=SLUG)["resources"]]
    told = own.take("package_resource_reorder", "publisher", id=SLUG, order=ids[::-1])
    assert told["order"] == ids[::-1]
    assert [each["id"] for each in own.take("package_show", id=SLUG)["resources"]] == ids[::-1]


def test_ckanr_sends_the_same_value_twice_and_texts_only(own: Actions) -> None:
    """resource_create(package_id = ..., url = ..., name = ...) of ckanr: a form, both headers, GET to read."""
    token = own.staffed.tokens["publisher"]
    headers = {"Authorization": token, "X-CKAN-API-Key": token}
    data = {"package_id": SLUG, "rcurl": "", "name": "Từ R", "url": "https://example.org/r"}
    answer = own.staffed.site.client.post("/api/3/action/resource_create", data=data, headers=headers)
    assert answer.json["result"]["name"] == "Từ R"
    assert own.staffed.site.client.post("/api/3/action/site_read").json["result"] is True


def test_a_series_comes_with_an_administrators_package_and_keeps_its_rights(own: Actions) -> None:
    series = '{"title": "Lượng mưa hằng năm", "publisher": "uy-ban-nhan-dan-thanh-pho"}'
    extras = [{"key": "dataset_series", "value": series}]
    assert own.fault("package_create", "publisher", **without(extras=extras))[0] == 409
    made = own.take("package_create", "administrator", **without(extras=extras))
    told = json.loads({each["key"]: each["value"] for each in made["extras"]}["dataset_series"])
    assert (told["slug"], told["publisher"]) == ("luong-mua-hang-nam", "uy-ban-nhan-dan-thanh-pho")
    # The publisher of another agency leaves the dataset where it is, or takes it out, and puts none in.
    kept = own.take("package_update", "publisher", **made)
    assert kept["extras"] == made["extras"]
    assert own.fault("package_create", "publisher", **without(name="khac-nua", extras=extras))[0] == 403
    bare = own.take("package_update", "publisher", **{**made, "extras": []})
    assert "dataset_series" not in {each["key"] for each in bare["extras"]}
