"""Organisations, groups, members, people and tokens, by administrators and by oneself."""

from __future__ import annotations

import pytest

from tests.api.ckan.conftest import Actions
from tests.factories import uuid_of

ADMIN = "administrator"


def test_an_organization_lives_and_ends(own: Actions) -> None:
    uuid = str(uuid_of("moi"))
    made = own.take(
        "organization_create", ADMIN, name="ban-moi", title="Ban mới", id=uuid, groups=[{"name": "so-y-te"}],
        extras=[{"key": "title_en", "value": "New board"}, {"key": "acronyms", "value": '["BM"]'}],
    )  # fmt: skip
    assert (made["id"], made["title"], made["groups"][0]["name"]) == (uuid, "Ban mới", "so-y-te")
    assert own.take("organization_show", id="ban-moi")["extras"] == made["extras"]
    patched = own.take("organization_patch", ADMIN, id="ban-moi", title="Ban khác")
    assert (patched["title"], patched["extras"], patched["groups"]) == (
        "Ban khác",
        made["extras"],
        made["groups"],
    )
    updated = own.take("organization_update", ADMIN, id=uuid, name="ban-moi", title="Ban ba")
    assert (updated["title"], updated["extras"], updated["groups"]) == ("Ban ba", [], [])
    assert own.fault("organization_create", ADMIN, name="ban-moi", title="x")[1]["name"]
    assert own.fault("organization_update", ADMIN, id=uuid, name="ten-khac")[1]["name"]
    assert own.fault("organization_delete", ADMIN, id="so-y-te")[0] == 409
    assert own.take("organization_delete", ADMIN, id="ban-moi") is None
    assert own.fault("organization_show", id="ban-moi")[0] == 404


def test_a_group_lives_and_ends(own: Actions) -> None:
    made = own.take("group_create", ADMIN, name="du-lich", title="Du lịch", description="Khách, nơi ở.")
    assert made["description"] == "Khách, nơi ở." and "du-lich" in own.take("group_list")
    assert (
        own.take("group_patch", ADMIN, id="du-lich", title="Du lịch và lễ hội")["description"]
        == "Khách, nơi ở."
    )
    assert own.take("group_update", ADMIN, id="du-lich", title="Du lịch")["description"] == ""
    assert own.fault("group_delete", ADMIN, id="moi-truong")[0] == 409
    assert own.take("group_delete", ADMIN, id="du-lich") is None


@pytest.mark.parametrize(
    "action",
    [
        "organization_create",
        "organization_delete",
        "group_create",
        "group_update",
        "organization_member_create",
    ],
)
@pytest.mark.parametrize("who", ["anonymous", "publisher", "reading administrator"])
def test_only_administrators_write_them(ckan: Actions, action: str, who: str) -> None:
    status, error = ckan.fault(action, who, id="so-y-te", name="x", title="X", username="a", role="admin")
    assert (status, error["__type"]) == (403, "Authorization Error")


def test_members_get_and_lose_roles(own: Actions) -> None:
    given = {"id": "uy-ban-nhan-dan-thanh-pho", "username": "contributor@example.vn"}
    own.take("organization_member_create", ADMIN, **given, role="editor")
    mine = own.take("organization_list_for_user", "contributor")
    assert {each["name"]: each["capacity"] for each in mine} == {
        "so-y-te": "editor",
        "uy-ban-nhan-dan-thanh-pho": "editor",
    }
    assert ["user", "editor"] in [each[1:] for each in own.take("member_list", ADMIN, id=given["id"])]
    assert own.fault("organization_member_create", ADMIN, **given, role="member")[1]["role"]
    own.take("organization_member_delete", ADMIN, **given)
    assert len(own.take("organization_list_for_user", "contributor")) == 1
    assert own.take("organization_list_for_user") == []


def test_people_see_themselves_and_administrators_everybody(ckan: Actions) -> None:
    assert ckan.take("user_show", "publisher")["name"] == "publisher@example.vn"
    assert ckan.fault("user_show", "publisher", id="root@example.vn")[0] == 404
    assert len(ckan.take("user_list", "publisher")) == 1 and len(ckan.take("user_list", ADMIN)) == 4
    for action in ("user_list", "user_show", "api_token_list", "member_list"):
        assert ckan.fault(action, id="so-y-te")[0] == 403


def test_tokens_are_made_listed_and_ended(own: Actions) -> None:
    made = own.take("api_token_create", "contributor", name="máy tính", expires_in=3, unit=86400)
    headers = {"Authorization": made["token"]}
    client = own.staffed.site.client
    shown = client.get("/api/3/action/user_show", headers=headers)
    assert shown.json["result"]["name"] == "contributor@example.vn"
    assert "máy tính" in [each["name"] for each in own.take("api_token_list", "contributor")]
    assert "token" not in own.take("api_token_list", "contributor")[0]
    assert own.fault("api_token_revoke", "stranger", jti=made["id"])[0] == 404
    assert own.take("api_token_revoke", "contributor", token=made["token"]) is None
    assert client.get("/api/3/action/user_show", headers=headers).status_code == 403
    assert own.fault("api_token_create", "contributor", name="")[1]["name"]
    assert own.fault("api_token_create", "contributor", name="x", user="root@example.vn")[0] == 404
