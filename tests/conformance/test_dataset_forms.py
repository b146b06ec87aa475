"""Every form of a dataset by the tool that reads it: schema.org, Croissant, Data Package, CSVW, references."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import csvw
import extruct
import frictionless
import mlcroissant
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft7Validator
from lxml import etree

from portal.app import make_app
from portal.exchange.dataset_documents import BY_NAME
from portal.wiring import Portal
from tests.sites import Site

BASE = "http://127.0.0.1:8123"
FULL = "chat-luong-khong-khi"
MADE_UP = "nhiet-do-minh-hoa"
GOOGLE = range(50, 5001)
CROISSANT = {
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
}


@pytest.fixture(scope="module")
def real_client(real: Portal) -> FlaskClient:
    return make_app(real).test_client()


def slugs(client: FlaskClient) -> list[str]:
    document = json.loads(client.get("/data.json").data)
    return [each["landingPage"].rpartition("/")[2] for each in document["dataset"]]


def form(client: FlaskClient, slug: str, name: str, query: str = "") -> Any:
    answer = client.get(f"/dataset/{slug}/{name}{query}")
    assert answer.status_code == 200, (slug, name, answer.text)
    assert answer.content_type == BY_NAME[name].media_type
    return answer.json if "json" in name else answer.data


def every(client: FlaskClient, name: str) -> Iterator[tuple[str, Any]]:
    """The form of each dataset that has it."""
    for slug in slugs(client):
        answer = client.get(f"/dataset/{slug}/{name}")
        assert answer.status_code in (200, 404), slug
        if answer.status_code == 200:
            yield slug, answer.data


@pytest.mark.parametrize("path", ["/du-lieu", "/en/datasets"])
def test_extruct_finds_schema_org_within_googles_limits(by_hand: Site, path: str) -> None:
    client = by_hand.client
    for slug in slugs(client):
        found = extruct.extract(client.get(f"{path}/{slug}").text, base_url=BASE, syntaxes=["json-ld"])
        (dataset,) = found["json-ld"]
        assert dataset["@type"] == "Dataset" and dataset["name"]
        assert len(dataset["description"]) in GOOGLE, slug
        assert dataset["@id"].startswith(f"{BASE}/id/dataset/")
        for each in dataset.get("distribution", ()):
            assert each["contentUrl"].startswith(("https://", "http://")), slug


def test_real_pages_carry_schema_org(real_client: FlaskClient) -> None:
    for slug in slugs(real_client)[::7]:
        found = extruct.extract(real_client.get(f"/du-lieu/{slug}").text, syntaxes=["json-ld"])
        (dataset,) = found["json-ld"]
        assert len(dataset["description"]) in GOOGLE and dataset["includedInDataCatalog"]["name"]


def test_schema_org_tells_what_the_record_states(by_hand: Site) -> None:
    dataset = form(by_hand.client, FULL, "schema-org.jsonld", "?lang=en")
    assert (dataset["name"], dataset["alternateName"]) == (
        "Air quality in Da Nang",
        "Chất lượng không khí tại Đà Nẵng",
    )
    assert dataset["temporalCoverage"] == "2024-01-01/2025-12-31"
    assert (dataset["publisher"]["name"], dataset["creator"]["name"]) == (
        "Department of Health",
        "City People's Committee",
    )
    assert dataset["isAccessibleForFree"] is True
    assert {each["encodingFormat"] for each in dataset["distribution"] if "encodingFormat" in each} == {
        "text/csv"
    }
    assert form(by_hand.client, "chi-co-dau", "schema-org.jsonld")["temporalCoverage"] == "2020-02-29/.."


def _croissant_problems(document: dict[str, Any]) -> list[str]:
    # The judge asks for the file where an address of ours stands; it reads none of them here.
    metadata = mlcroissant.Dataset(jsonld=document).metadata
    return [*metadata.ctx.issues.errors]


@pytest.mark.parametrize("slug", [FULL, "la-markup", "la-direction", "la-long", "la-dia-chi", MADE_UP])
def test_mlcroissant_takes_croissant(by_hand: Site, slug: str) -> None:
    document = form(by_hand.client, slug, "croissant.jsonld")
    assert _croissant_problems(document) == []
    assert document.keys() >= CROISSANT and all(document[each] for each in CROISSANT)


def test_mlcroissant_takes_real_records(real_client: FlaskClient) -> None:
    for slug in slugs(real_client)[::25]:
        document = form(real_client, slug, "croissant.jsonld")
        assert _croissant_problems(document) == [], slug
        assert document.keys() >= CROISSANT and all(document[each] for each in CROISSANT)


def test_croissant_knows_the_standards_context(by_hand: Site, shared: Path) -> None:
    standard = json.loads((shared / "conformance" / "croissant" / "context-1.1.json").read_text())
    ours = form(by_hand.client, FULL, "croissant.jsonld", "?lang=en")["@context"]
    assert {name: ours.get(name) for name in standard} == standard


def test_croissant_names_files_for_good_with_their_columns(by_hand: Site) -> None:
    (file, *_) = form(by_hand.client, "la-markup", "croissant.jsonld")["distribution"]
    assert re.fullmatch(r"[0-9a-f]{64}", file["sha256"]) and "/v1/" in file["contentUrl"]
    (table,) = form(by_hand.client, "la-markup", "croissant.jsonld")["recordSet"]
    assert table["field"][0]["source"]["fileObject"]["@id"] == file["@id"]


def test_data_packages_fit_their_profile(by_hand: Site, real_client: FlaskClient, shared: Path) -> None:
    folder = shared / "conformance" / "frictionless" / "2.0"
    schema = json.loads((folder / "datapackage.json").read_text())
    judge = Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
    seen = 0
    for client in (by_hand.client, real_client):
        for slug, body in every(client, "datapackage.json"):
            seen += 1
            assert [each.message[:200] for each in judge.iter_errors(json.loads(body))] == [], slug
    assert seen > 50


def test_frictionless_reads_the_package_with_its_files(by_hand: Site, tmp_path: Path) -> None:
    package = form(by_hand.client, FULL, "datapackage.json")
    file = package["resources"][0]
    (tmp_path / "file.csv").write_bytes(by_hand.client.get(file["path"].removeprefix(BASE)).data)
    package["resources"] = [{**file, "path": "file.csv"}]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    file["hash"] = f"sha256:{'0' * 64}"
    package["resources"] = [{**file, "path": "file.csv"}]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid, "the judge looks at the bytes"


def test_csvw_reads_the_columns_beside_a_file(by_hand: Site, tmp_path: Path) -> None:
    client = by_hand.client
    address = form(client, FULL, "csvw.json")["tables"][0]["url"].removeprefix(BASE)
    answer = client.get(address)
    assert f'<{BASE}{address}-metadata.json>; rel="describedby"' in answer.headers["Link"]
    described = client.get(f"{address}-metadata.json")
    assert (described.status_code, described.content_type) == (200, "application/csvm+json")
    (tmp_path / "t.csv").write_bytes(answer.data)
    told = {**described.json, "url": "t.csv"}
    (tmp_path / "t.csv-metadata.json").write_text(json.dumps(told))
    read = csvw.CSVW(str(tmp_path / "t.csv"), validate=True)
    assert read.is_valid
    (table,) = read.to_json(minimal=False)["tables"]
    assert len(table["row"]) == 2


def test_csvw_tells_types_by_which_bad_cells_are_found(by_hand: Site, tmp_path: Path) -> None:
    document = form(by_hand.client, "la-markup", "csvw.json")
    (column,) = document["tables"][0]["tableSchema"]["columns"]
    assert re.fullmatch(r"[A-Za-z0-9_]+", column["name"])
    column |= {"titles": "n", "name": "n", "datatype": "integer"}
    for content, is_valid in (("n\n1\n", True), ("n\nmột\n", False)):
        (tmp_path / "t.csv").write_text(content)
        table = {**document["tables"][0], "@context": document["@context"], "url": "t.csv"}
        (tmp_path / "t.csv-metadata.json").write_text(json.dumps(table))
        assert csvw.CSVW(str(tmp_path / "t.csv"), validate=True).is_valid is is_valid


def test_what_has_nothing_to_tell_is_not_offered(by_hand: Site) -> None:
    for slug in slugs(by_hand.client):
        page = by_hand.client.get(f"/du-lieu/{slug}").text
        for name in BY_NAME:
            answer = by_hand.client.get(f"/dataset/{slug}/{name}")
            assert (f"/dataset/{slug}/{name}" in page) == (answer.status_code == 200), (slug, name)
    nothing = by_hand.client.get("/dataset/du-toan-ngan-sach-2025/datapackage.json")
    assert (nothing.status_code, nothing.json["code"]) == (404, "nothing-to-tell")


def test_datacite_has_what_it_demands_in_both_forms(by_hand: Site) -> None:
    for slug in slugs(by_hand.client):
        told = form(by_hand.client, slug, "datacite.json")
        assert re.fullmatch(r"\d{4}", told["publicationYear"])
        assert told["types"]["resourceTypeGeneral"] == "Dataset"
        assert all(each["name"] for each in told["creators"]) and told["titles"][0]["title"]
        root = etree.parse(BytesIO(form(by_hand.client, slug, "datacite.xml"))).getroot()
        spaces = {"d": "http://datacite.org/schema/kernel-4"}
        assert root.findtext("d:titles/d:title", namespaces=spaces) is not None
        assert root.findtext("d:publicationYear", namespaces=spaces) == told["publicationYear"]
        assert root.find("d:identifier", spaces).get("identifierType") == "URL"
        assert root.findtext("d:descriptions/d:description", namespaces=spaces)


def test_who_was_made_up_says_so_in_every_form_and_is_never_cited(by_hand: Site) -> None:
    client = by_hand.client
    for name in ("schema-org.jsonld", "croissant.jsonld", "datacite.json", "dublin-core.xml", "datacite.xml"):
        assert "minh họa: nội dung" in client.get(f"/dataset/{MADE_UP}/{name}").data.decode(), name
    for name in ("citation.bib", "citation.ris", "citation.json"):
        assert client.get(f"/dataset/{MADE_UP}/{name}").status_code == 404
    assert "citation.bib" not in client.get(f"/du-lieu/{MADE_UP}").text
