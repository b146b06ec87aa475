"""How a file was read, as API v1 tells it, and a steward's word: said, obeyed, kept, taken back."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest

from portal.catalog import queries
from portal.catalog.models import Revision, State
from portal.tables.encodings import ENCODINGS
from portal.tables.overrides import ENCODING_NAMES
from tests.conftest import REPOSITORY
from tests.factories import make_dataset, make_link, uuid_of
from tests.people import AGENCY, Staffed
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables

PRICES = "Mặt hàng,Giá\nGạo,12.500\nCá,98.700\nMuối,7.250\n"
_NO_LETTER = "Tên;Số\nt\xf2 \xb5\xe8;1\nho\xb5 l\xeb;2\n"


def add(staffed: Staffed, title: str, *versions: str | bytes, read: bool = True, **fields: Any) -> str:
    """A dataset of AGENCY with this file; the path of its reading."""
    portal = staffed.site.portal
    with portal.database.read() as session:
        agency = queries.agency(session, AGENCY)
        assert agency is not None
        owner = agency.id
    uuid = add_table_file(portal, title, *versions, agency_id=owner, **fields)
    if read:
        read_tables(portal)
    return f"/api/v1/distributions/{uuid}/reading"


def types(form: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["type"] for table in form["tables"] for each in table["columns"]}


def overrule(staffed: Staffed, path: str, body: object, who: str = "publisher", match: str = "*") -> Any:
    return staffed.call("PUT", path, who, match=match, json=body)


def test_a_reading_tells_what_was_read_and_why(staffed: Staffed) -> None:
    path = add(staffed, "Dân số các phường", WARDS)
    form = staffed.call("GET", path).json
    assert (form["state"], form["file_version"], form["format"], form["encoding"]) == (
        "ready", 1, "CSV", "utf-8",
    )  # fmt: skip
    assert form["refusal"] is None and form["samples"] == [] and form["unknown_columns"] == []
    assert form["overrides"] == {"encoding": None, "delimiter": None, "header_row": None, "columns": []}
    assert types(form) == {
        "Phường": "text", "Dân số": "integer", "Diện tích (km2)": "decimal", "Ngày đo": "date",
    }  # fmt: skip
    area = form["tables"][0]["columns"][2]
    assert area["unit"] == "km2" and area["decisions"] and not area["derived"]
    for note in area["decisions"]:
        assert note["text"] == note["text_i18n"]["vi"] != note["text_i18n"]["en"]
    english = staffed.call("GET", f"{path}?lang=en").json["tables"][0]["columns"][2]
    assert english["decisions"][0]["text"] == area["decisions"][0]["text_i18n"]["en"]


def test_an_uncertain_encoding_is_shown_in_both_readings_and_chosen_by_a_steward(staffed: Staffed) -> None:
    path = add(staffed, "Chữ không rõ", _NO_LETTER.encode("latin-1", "replace"))
    before = staffed.call("GET", path).json
    assert len(before["samples"]) >= 1 and all(each["text"] for each in before["samples"])
    answer = overrule(staffed, path, {"encoding": "tcvn3"})
    assert answer.status_code == 200 and answer.json["state"] == "waiting"
    assert answer.json["encoding"] == before["encoding"], "what was read serves meanwhile"
    read_tables(staffed.site.portal)
    after = staffed.call("GET", path).json
    assert (after["state"], after["encoding"], after["samples"]) == ("ready", "tcvn3", [])


def test_a_refusal_says_what_happened_and_what_to_do(staffed: Staffed) -> None:
    path = add(staffed, "Hỏng", b"PK\x03\x04 broken", name="a.xlsx")
    form = staffed.call("GET", f"{path}?lang=en").json
    assert (form["state"], form["tables"]) == ("failed", [])
    assert form["refusal"]["code"] and form["refusal"]["message"] == form["refusal"]["message_i18n"]["en"]
    assert form["refusal"]["remedy_i18n"]["vi"]


def test_links_and_files_not_yet_read_have_an_empty_reading(staffed: Staffed) -> None:
    waiting = staffed.call("GET", add(staffed, "Chưa đọc", PRICES, read=False)).json
    assert (waiting["state"], waiting["file_version"], waiting["tables"]) == ("waiting", None, [])
    link = link_path(staffed, "Chỉ có liên kết")
    form = staffed.call("GET", link).json
    assert (form["state"], form["file_version"]) == ("none", None)
    for method, path in (("PUT", link), ("POST", f"{link}/again")):
        answer = staffed.call(method, path, "publisher", match="*", json={})
        assert (answer.status_code, answer.json["code"]) == (409, "not-a-file")


def link_path(staffed: Staffed, title: str) -> str:
    with staffed.site.portal.database.write() as session:
        link = make_link("https://example.org/so-lieu")
        make_dataset(session, title, agency=queries.agency(session, AGENCY), distributions=[link])
        return f"/api/v1/distributions/{link.uuid}/reading"


def test_a_word_is_a_new_version_obeyed_kept_through_new_files_and_taken_back(staffed: Staffed) -> None:
    path = add(staffed, "Giá chợ", PRICES)
    assert types(staffed.call("GET", path).json)["Giá"] == "integer"
    tag = staffed.tag(path, "publisher")
    word = {"columns": [{"name": "Giá", "type": "decimal", "decimal_mark": ".", "unit": "nghìn đồng"}]}
    answer = overrule(staffed, path, word, match=tag)
    assert answer.status_code == 200
    assert answer.json["overrides"]["columns"] == word["columns"]
    assert answer.headers["ETag"].startswith('"2-')
    assert overrule(staffed, path, {}, match=tag).status_code == 412
    read_tables(staffed.site.portal)
    price = staffed.call("GET", path).json["tables"][0]["columns"][1]
    assert (price["type"], price["unit"]) == ("decimal", "nghìn đồng")
    assert price["decisions"][0]["code"] == "type-chosen"

    add_table_version(staffed.site.portal, UUID(path.split("/")[4]), PRICES + "Đường,21.300\n")
    read_tables(staffed.site.portal)
    later = staffed.call("GET", path).json
    assert (later["file_version"], types(later)["Giá"]) == (2, "decimal")

    assert overrule(staffed, path, {}).status_code == 200
    read_tables(staffed.site.portal)
    assert types(staffed.call("GET", path).json)["Giá"] == "integer"


def test_the_example_of_the_documentation_is_obeyed(staffed: Staffed) -> None:
    text = (REPOSITORY / "docs" / "tables.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    content = b"Gi\xb8 c\xb6\nM\xc6t h\xb5ng;Gi\xb8\nG\xb9o;12.5\nC\xb8;98.7\n"
    path = add(staffed, "Theo tài liệu", content)
    assert overrule(staffed, path, json.loads(example)).status_code == 200
    read_tables(staffed.site.portal)
    form = staffed.call("GET", path).json
    assert (types(form), form["unknown_columns"]) == ({"Mặt hàng": "text", "Giá": "decimal"}, [])


def test_the_same_word_again_changes_nothing(staffed: Staffed) -> None:
    path = add(staffed, "Hai lần", PRICES)
    for tag in ('"2-', '"2-'):
        answer = overrule(staffed, path, {"header_row": 1, "columns": [{"name": "Giá", "type": "text"}]})
        assert answer.headers["ETag"].startswith(tag)
    read_tables(staffed.site.portal)
    answer = overrule(staffed, path, {"header_row": 1, "columns": [{"name": "Giá", "type": "text"}]})
    assert (answer.json["state"], answer.headers["ETag"][:3]) == ("ready", '"2-')


def test_the_revision_keeps_the_word(staffed: Staffed) -> None:
    path = add(staffed, "Có lịch sử", PRICES)
    overrule(staffed, path, {"header_row": 0})
    with staffed.site.portal.database.read() as session:
        dataset = queries.bare_dataset(session, "co-lich-su")
        revisions = session.query(Revision).filter_by(dataset_id=dataset.id).order_by(Revision.version)
        assert [each.version for each in revisions] == [1, 2]
        assert revisions[1].content["distributions"][0]["reading"]["header_row"] == 0


def test_a_word_on_a_column_that_is_not_there_is_kept_and_told(staffed: Staffed) -> None:
    path = add(staffed, "Cột lạ", PRICES)
    word = {"columns": [{"name": "Giá bán", "type": "text"}, {"name": "Giá", "unit": ""}]}
    assert overrule(staffed, path, word).json["unknown_columns"] == ["Giá bán"]
    read_tables(staffed.site.portal)
    form = staffed.call("GET", path).json
    assert (form["state"], form["unknown_columns"]) == ("ready", ["Giá bán"])


def test_a_header_beyond_the_end_is_refused_in_words(staffed: Staffed) -> None:
    path = add(staffed, "Quá cuối tệp", PRICES)
    overrule(staffed, path, {"header_row": 99})
    read_tables(staffed.site.portal)
    assert staffed.call("GET", path).json["refusal"]["code"] == "empty"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"encoding": "klingon"}, "encoding"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"delimiter": '"'}, "delimiter"),
        ({"delimiter": "a"}, "delimiter"),
        ({"delimiter": "\n"}, "delimiter"),
        ({"delimiter": ""}, "delimiter"),
        ({"header_row": -1}, "header_row"),
        ({"header_row": 1.5}, "header_row"),
        ({"header_row": True}, "header_row"),
        ({"columns": [{"name": "Giá", "type": "money"}]}, "columns[0].type"),
        ({"columns": [{"name": "Giá", "decimal_mark": "'"}]}, "columns[0].decimal_mark"),
        ({"columns": [{"name": "", "type": "text"}]}, "columns[0].name"),
        ({"columns": [{"type": "text"}]}, "columns[0].name"),
        ({"columns": [{"name": "Giá"}]}, "columns[0]"),
        ({"columns": [{"name": "Giá", "unit": "đ"}, {"name": "Giá", "type": "text"}]}, "columns[1].name"),
        ({"columns": [{"name": "Giá", "unit": "x" * 101}]}, "columns[0].unit"),
        ({"sheet": 1}, "sheet"),
        ([], "$"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(staffed: Staffed, body: object, field: str) -> None:
    answer = overrule(staffed, f"/api/v1/distributions/{FILE}/reading", body)
    assert answer.status_code == 422, answer.text
    assert list(answer.json["fields"]) == [field]
    assert all(answer.json["fields_i18n"][field].values())


FILE = str(uuid_of("distribution/chat-luong-khong-khi/0"))


@pytest.mark.parametrize("name", ENCODING_NAMES)
def test_every_encoding_that_can_be_chosen_is_one_that_is_read(name: str) -> None:
    assert name in ENCODINGS and len(ENCODINGS) == len(ENCODING_NAMES)


@pytest.mark.parametrize("mark", [";", ",", "|", "\t", "^", ":", "~"])
def test_every_mark_may_part_cells(staffed: Staffed, mark: str) -> None:
    path = add(staffed, f"Dấu {ord(mark)}", f"a{mark}b\n1{mark}2\n3{mark}4\n")
    assert overrule(staffed, path, {"delimiter": mark}).status_code == 200
    read_tables(staffed.site.portal)
    assert types(staffed.call("GET", path).json) == {"a": "integer", "b": "integer"}


def test_reading_again_is_no_new_version_and_stands_in_the_audit_trail(staffed: Staffed) -> None:
    path = add(staffed, "Đọc lại", PRICES)
    before = staffed.call("GET", path).headers["ETag"]
    answer = staffed.call("POST", f"{path}/again", "publisher", headers={"Idempotency-Key": "lan-1"})
    assert (answer.status_code, answer.json["state"]) == (202, "waiting")
    assert answer.headers["ETag"].startswith('"1-')
    anonymous = staffed.call("GET", path)
    assert anonymous.json["state"] == "waiting" and anonymous.headers["ETag"] != before
    read_tables(staffed.site.portal)
    assert staffed.call("GET", path).json["state"] == "ready"
    again = staffed.call("POST", f"{path}/again", "publisher", headers={"Idempotency-Key": "lan-1"})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert staffed.call("GET", path).json["state"] == "ready", "a repetition does nothing"
    trail = staffed.call("GET", "/api/v1/audit", "administrator").json["items"]
    entry = next(each for each in trail if each["action"] == "read-again")
    assert (entry["actor"], entry["after"]) == ("publisher@example.vn", {"distribution": path.split("/")[4]})


def test_a_stale_version_does_not_read_again(staffed: Staffed) -> None:
    path = add(staffed, "Bản cũ", PRICES)
    answer = staffed.call("POST", f"{path}/again", "publisher", match='"9-x"')
    assert answer.status_code == 412 and staffed.call("GET", path).json["state"] == "ready"


@pytest.mark.parametrize(
    ("state", "reader", "writer"),
    [(State.WITHDRAWN, 410, 409), (State.TRASHED, 404, 409), (State.DRAFT, 404, 200)],
)
def test_what_is_not_public_is_seen_and_changed_as_its_file_is(
    staffed: Staffed, state: State, reader: int, writer: int
) -> None:
    path = add(staffed, f"Ở trạng thái {state}", PRICES, state=state)
    assert staffed.call("GET", path).status_code == reader
    assert staffed.call("GET", path, "contributor").status_code == 200
    assert overrule(staffed, path, {"header_row": 0}).status_code == writer
    again = staffed.call("POST", f"{path}/again", "publisher").status_code
    assert again == (202 if writer == 200 else writer)
