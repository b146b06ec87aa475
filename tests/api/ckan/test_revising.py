"""`package_revise`: only what is said changes, and only while the package is what was meant."""

from __future__ import annotations

import io

import pytest

from tests.api.ckan.conftest import Actions
from tests.factories import CSV_V1

SLUG = "chat-luong-khong-khi"


def test_it_changes_one_place_and_nothing_else(own: Actions) -> None:
    before = own.take("package_show", id=SLUG)
    changed = own.take(
        "package_revise", "publisher", match={"name": SLUG, "title": before["title"]},
        update={"notes": "Mới", "resources__1__description": "Trang gốc"},
    )["package"]  # fmt: skip
    assert changed["notes"] == "Mới" and changed["resources"][1]["description"] == "Trang gốc"
    same = ("title", "tags", "groups", "extras", "license_id")
    assert {key: changed[key] for key in same} == {key: before[key] for key in same}
    assert changed["resources"][0] == before["resources"][0]


def test_flat_keys_filters_and_files(own: Actions) -> None:
    first = own.take("package_show", id=SLUG)["resources"][0]["id"]
    answer = own.form(
        "package_revise", "publisher",
        **{"match__name": SLUG, "filter": "-resources__1", "update__resources__extend": "",
           f"update__resources__{first[:8]}__name": "Đổi tên",
           f"update__resources__{first[:8]}__upload": (io.BytesIO(CSV_V1), "v.csv")},
    )  # fmt: skip
    assert answer.status_code in (200, 409), answer.text
    told = own.take(
        "package_revise", "publisher", match={"name": SLUG}, filter=["-resources__1", "-tags"],
        update__resources__extend=[{"url": "https://example.org/them", "name": "Thêm"}],
        include=["+name", "+resources", "-*"],
    )["package"]  # fmt: skip
    assert set(told) == {"name", "resources"}
    assert [each["name"] for each in told["resources"]][-1] == "Thêm" and len(told["resources"]) == 2
    assert own.take("package_show", id=SLUG)["tags"] == []
    sent = own.form(
        "package_revise", "publisher",
        **{"match__name": SLUG, f"update__resources__{first[:8]}__upload": (io.BytesIO(CSV_V1), "v.csv")},
    )  # fmt: skip
    assert sent.json["result"]["package"]["resources"][0]["size"] == len(CSV_V1)


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        ({"match": {"name": SLUG, "title": "Khác"}}, 409, "match"),
        ({"match": {"name": SLUG, "resources__0__size": 1}}, 409, "match"),
        ({"match": {}}, 409, "match"),
        ({"match": {"name": "khong-co"}}, 404, None),
        ({"match": {"name": SLUG}, "update": {"resources__7__name": "x"}}, 409, "update"),
        ({"match": {"name": SLUG}, "update": {"title__a__b": "x"}}, 409, "update"),
        ({"match": {"name": SLUG}, "update": {"__".join("abcdefghijklmn"): "x"}}, 409, "update"),
        ({"match": {"name": SLUG}, "filter": ["-license_id"]}, 409, "license_id"),
    ],
)
def test_what_does_not_fit_changes_nothing(ckan: Actions, data: dict, status: int, field: str | None) -> None:
    before = ckan.take("package_show", id=SLUG)
    found, error = ckan.fault("package_revise", "publisher", **data)
    assert found == status and (field is None or field in error), error
    assert ckan.take("package_show", id=SLUG) == before
