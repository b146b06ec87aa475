"""Tables through API v1: what is told of them, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import select

from portal.catalog import queries
from portal.catalog.models import Distribution, State
from portal.exchange.v1_exports import EXPORTS
from tests.people import AGENCY, Staffed, staff
from tests.sites import Site, open_site
from tests.table_files import WARDS, add_table_file, add_table_version, read_tables

PLACES = "tên;vĩ độ;kinh độ;lúc\nCầu Rồng;16,061;108,227;01/02/2024 10:30\nBà Nà;15,995;107,996;x\n" * 6


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = open_site(tmp_path_factory.mktemp("site"))
    yield site
    site.portal.close()


@pytest.fixture(scope="module")
def wards(site: Site) -> str:
    uuid = add_table_file(site.portal, "Dân số các phường", WARDS, WARDS.replace("Hải Châu", "Hòa Vang"))
    with site.portal.database.write() as session:
        found = session.scalars(select(Distribution).where(Distribution.uuid == uuid)).one()
        words = {"title_vi": "Dân số thường trú", "title_en": "Residents", "description_vi": "Cuối kỳ."}
        found.columns = [{"name": "Dân số", "type": "integer", "unit": None, **words}]
    read_tables(site.portal)
    return f"/api/v1/tables/{uuid}"


@pytest.fixture(scope="module")
def places(site: Site) -> str:
    uuid = add_table_file(site.portal, "Điểm tham quan", PLACES, illustrative=True)
    read_tables(site.portal)
    return f"/api/v1/tables/{uuid}"


def addresses(table: UUID | str) -> list[str]:
    """Everything that there is below one table."""
    below = ["", "/openapi.json", "/rows", "/rows.json", "/rows.arrays.json", "/rows.csv"]
    below += [f"/export.{kind}" for kind in EXPORTS]
    return [f"/api/v1/tables/{table}{version}{each}" for version in ("", "/versions/1") for each in below]


def test_a_table_tells_what_it_is(client: FlaskClient, wards: str) -> None:
    told = client.get(wards).json
    assert (told["rows"], told["version"], told["is_current"], told["format"]) == (5, 2, True, "CSV")
    assert told["dataset"]["slug"] == "dan-so-cac-phuong"
    assert [(each["key"], each["type"], each["unit"]) for each in told["columns"]] == [
        ("phuong", "text", None),
        ("dan_so", "integer", None),
        ("dien_tich_km2", "decimal", "km2"),
        ("ngay_do", "date", None),
    ]
    residents = told["columns"][1]
    assert residents["title_i18n"] == {"vi": "Dân số thường trú", "en": "Residents"}
    assert residents["description"] == "Cuối kỳ."
    assert (residents["profile"]["missing"], residents["profile"]["most"]) == (1, "201240")
    assert sum(each["count"] for each in residents["profile"]["bins"]) == 4
    note = residents["decisions"][0]
    assert note["text_i18n"]["en"] == "Every cell is a whole number, for example 201240."
    assert note["text"] == note["text_i18n"]["vi"] != note["text_i18n"]["en"]


def test_every_link_of_a_table_leads_somewhere(client: FlaskClient, wards: str, places: str) -> None:
    for table in (wards, places):
        told = client.get(table).json
        exports = told["links"].pop("exports")
        assert ("geojson" in exports) == (table == places) == told["is_mapped"]
        found = [url for name, url in told["links"].items() if not name.startswith("page_")]
        found += [*exports.values(), *(each["links"]["rows"] for each in told["versions"])]
        for url in found:
            answer = client.get(url.removeprefix("http://127.0.0.1:8123"))
            assert answer.status_code == 200, url
            assert answer.get_data()


def test_versions_keep_their_tables(client: FlaskClient, wards: str) -> None:
    first, second = (client.get(f"{wards}/versions/{number}").json for number in (1, 2))
    assert [each["number"] for each in first["versions"]] == [2, 1]
    assert (first["is_current"], second["is_current"]) == (False, True)
    assert client.get(f"{wards}/versions/1/rows").json["rows"][0]["phuong"] == "Hải Châu"
    assert client.get(f"{wards}/rows").json["rows"][0]["phuong"] == "Hòa Vang"
    assert "-v1.csv" in client.get(f"{wards}/versions/1/export.csv").headers["Content-Disposition"]


@pytest.mark.parametrize("version", ["0", "3", "-1", "1.0", "٣", "1e3", "9" * 40, "x", "%00"])
def test_there_is_no_other_version(client: FlaskClient, wards: str, version: str) -> None:
    assert client.get(f"{wards}/versions/{version}/rows").status_code == 404


@pytest.mark.parametrize(
    "uuid", ["x", "0" * 36, "../datasets", "89c3619e-8922-55c3-a670-000000000000", "%00"]
)
def test_what_is_no_table_is_a_404(client: FlaskClient, uuid: str) -> None:
    for path in addresses(uuid):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("version", ["", "/versions/1"])
def test_a_table_alone_is_valid_openapi(
    client: FlaskClient, wards: str, places: str, version: str, language: str
) -> None:
    for table in (wards, places):
        described = client.get(f"{table}{version}/openapi.json?lang={language}").json
        validate(described)
        schema = {"$ref": "#/components/schemas/Rows", "components": described["components"]}
        rows = client.get(f"{table}{version}/rows").json
        assert [each.message for each in Draft202012Validator(schema).iter_errors(rows)] == []


def test_every_parameter_of_a_table_is_understood(client: FlaskClient, wards: str, places: str) -> None:
    for table in (wards, places):
        described = client.get(f"{table}/openapi.json").json
        parameters = described["paths"][f"{table}/rows"]["get"]["parameters"]
        assert len({each["name"] for each in parameters}) == len(parameters) > 20
        for parameter in (each for each in parameters if each["name"] != "after"):
            value = _value(parameter["schema"], parameter.get("example"))
            answer = client.get(f"{table}/rows", query_string={parameter["name"]: value})
            assert answer.status_code == 200, (parameter, value, answer.get_data()[:300])


def _value(schema: dict[str, Any], example: Any) -> str:
    if example is not None:
        return str(example)
    if schema["type"] == "array":
        return ",".join([_value(schema["items"], None)] * schema.get("minItems", 1))
    simple = {"integer": "1", "number": "1.5", "boolean": "true", "string": "a"}
    day = "2024-02-29" if schema.get("format") == "date" else ""
    return str(schema.get("enum", [day or simple[schema["type"]]])[0])


def test_illustrative_tables_say_so_everywhere(client: FlaskClient, places: str) -> None:
    assert client.get(places).json["illustrative"] is True
    assert client.get(f"{places}/rows").json["illustrative"] is True
    assert client.get(f"{places}/openapi.json").json["info"]["x-illustrative"] is True
    for path in ("rows.csv", "export.csv", "export.excel.csv"):
        answer = client.get(f"{places}/{path}")
        assert "minh họa" in answer.get_data(as_text=True).splitlines()[0]
        assert 'filename="minh-hoa-diem-tham-quan.csv"' in answer.headers["Content-Disposition"]
    for path in ("export.json", "export.jsonl", "export.geojson"):
        assert client.get(f"{places}/{path}").get_data(as_text=True).count('"_illustrative":true') == 12


def test_hidden_illustrative_tables_are_nowhere(tmp_path: Path) -> None:
    site = open_site(tmp_path, hide_illustrative=True)
    uuid = add_table_file(site.portal, "Điểm tham quan", PLACES, illustrative=True)
    read_tables(site.portal)
    assert {site.client.get(path).status_code for path in addresses(uuid)} == {404}
    site.portal.close()


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    staffed = staff(tmp_path_factory.mktemp("staffed"))
    yield staffed
    staffed.site.portal.close()


@pytest.fixture(scope="module")
def unseen(people: Staffed) -> dict[State, UUID]:
    """Tables of the agency AGENCY in every state that is not public."""
    portal = people.site.portal
    made = {}
    for state in (State.DRAFT, State.SCHEDULED, State.TRASHED, State.WITHDRAWN):
        made[state] = add_table_file(portal, f"Chưa công bố {state.value}", WARDS, state=state)
        with portal.database.write() as session:
            dataset = queries.bare_dataset(session, f"chua-cong-bo-{state.value}".replace("_", "-"))
            assert dataset is not None
            dataset.agency = queries.agency(session, AGENCY)
    read_tables(portal)
    return made


@pytest.mark.parametrize("who", ["anonymous", "stranger"])
def test_what_is_not_public_answers_like_what_is_not_there(
    people: Staffed, unseen: dict[State, UUID], who: str
) -> None:
    unknown = people.call("GET", "/api/v1/tables/89c3619e-8922-55c3-a670-000000000000", who).json
    for state, uuid in unseen.items():
        for path in addresses(uuid):
            answer = people.call("GET", path, who)
            assert answer.status_code == (410 if state is State.WITHDRAWN else 404), path
            if state is State.WITHDRAWN:
                assert "Chưa công bố" not in answer.get_data(as_text=True)
            else:
                assert answer.json | {"request_id": ""} == unknown | {"request_id": ""}
            assert answer.headers["Cache-Control"] in ("no-store", "private, no-store")


def test_members_see_the_tables_of_their_drafts(people: Staffed, unseen: dict[State, UUID]) -> None:
    for path in addresses(unseen[State.DRAFT]):
        answer = people.call("GET", path, "contributor")
        assert answer.status_code == (404 if path.endswith("geojson") else 200), path
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.get_data()
        again = people.call("GET", path, "contributor", headers={"If-None-Match": "*"})
        assert again.status_code == answer.status_code, "nothing private is answered by a tag"
        assert people.call("GET", path).status_code == 404, "and nobody else is shown what was kept"


def test_a_new_version_is_served_and_its_tag_is_another(own_site: Site) -> None:
    uuid = add_table_file(own_site.portal, "Dân số các phường", WARDS)
    read_tables(own_site.portal)
    path = f"/api/v1/tables/{uuid}/rows"
    before = own_site.client.get(path)
    add_table_version(own_site.portal, uuid, WARDS.replace("94520", "94521"))
    read_tables(own_site.portal)
    after = own_site.client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["version"]) == (200, 2)
    assert "94521" in after.get_data(as_text=True)
