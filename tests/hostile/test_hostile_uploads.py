"""Hostile files through the front door: kept byte for byte, refused as tables with their reason; all else serves on."""

from __future__ import annotations

import html
import resource
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import make_index
from tests.hostile.test_hostile_tables import FILES
from tests.people import AGENCY, Staffed, staff
from tests.table_files import WARDS, read_tables

DATASETS = "/api/v1/datasets"
# These go beyond limits that only a test makes so small; with the portal's own they are tables, or larger than a test.
WITHIN_LIMITS = {"bomb.xlsx", "cell.csv", "columns.csv", "many.zip", "large.xls"}
UPLOADED = {
    name: content.encode() if isinstance(content, str) else content
    for name, (content, _) in FILES.items()
    if content and name not in WITHIN_LIMITS
}


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    staffed = staff(tmp_path_factory.mktemp("uploads"))
    yield staffed
    staffed.site.portal.close()


def call(staffed: Staffed, method: str, path: str, **more: Any) -> Any:
    answer = staffed.call(method, path, "publisher", **more)
    assert answer.status_code < 300, answer.text
    return answer.json


@pytest.fixture(scope="module")
def files(staffed: Staffed) -> dict[str, dict[str, Any]]:
    """The distributions of one published dataset with every hostile file and a good one, by name, all read."""
    body = {
        "title": "Tệp lạ",
        "agency": AGENCY,
        "description": "Để thử.",
        "licence": "cc-by-4.0",
        "themes": ["moi-truong"],
    }
    slug = call(staffed, "POST", DATASETS, json=body)["slug"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, content in {**UPLOADED, "tot.csv": WARDS.encode()}.items():
        call(staffed, "POST", f"{DATASETS}/{slug}/files", query_string={"name": name}, data=content)
    tag = staffed.tag(f"{DATASETS}/{slug}", "publisher")
    call(staffed, "POST", f"{DATASETS}/{slug}/publish", match=tag, json={})
    read_tables(staffed.site.portal)
    make_index(staffed.site.portal)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 128 * 1024, (
        "the server carries no weight"
    )
    found = staffed.site.client.get(f"{DATASETS}/{slug}").json["distributions"]
    return {each["file_name"]: each for each in found}


@pytest.mark.parametrize("name", UPLOADED)
def test_the_file_is_kept_and_the_table_refused_with_its_reason(
    name: str, staffed: Staffed, files: dict[str, dict[str, Any]]
) -> None:
    file = files[name]
    path = file["download_url"].partition("8123")[2]
    assert staffed.site.client.get(path).data == UPLOADED[name]
    assert (file["table_state"], file["table_id"], file["tables"]) == ("failed", None, [])
    assert file["table_reason"] == FILES[name][1]
    assert file["table_reason_text_i18n"]["vi"] and file["table_reason_text_i18n"]["en"]
    assert staffed.site.client.get(f"/api/v1/tables/{file['id']}/rows").status_code == 404


def test_the_good_file_among_them_is_a_table(staffed: Staffed, files: dict[str, dict[str, Any]]) -> None:
    answer = staffed.site.client.get(f"/api/v1/tables/{files['tot.csv']['table_id']}/rows")
    assert answer.status_code == 200 and answer.json["total"] == 5


def test_the_page_of_the_dataset_says_why(staffed: Staffed, files: dict[str, dict[str, Any]]) -> None:
    listed = staffed.site.client.get(DATASETS, query_string={"sort": "modified"}).json["items"]
    slug = next(each["slug"] for each in listed if each["title"] == "Tệp lạ")
    page = staffed.site.client.get(f"/du-lieu/{slug}").text
    for name in ("tight.xlsx", "deep.json", "quote.csv"):
        assert html.escape(files[name]["table_reason_text_i18n"]["vi"]) in page
