"""Columns that nobody described, told from the table that was read: judged by the tools that open the original file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import csvw
import frictionless
import mlcroissant
import pytest
from sqlalchemy import event

from portal.catalog import public_queries, queries
from tests.sites import Site, open_site
from tests.table_files import add_table_file, add_table_version, read_tables

BASE = "http://127.0.0.1:8123"
HEADER = "Phường,Diện tích (ha),Giá trị (đồng),Tỷ lệ,Ngày đo,Năm,Số lẻ,Mã\n"
ROWS = "".join(
    f'Phường {each},{each}.5,{each}.250.000,"{each},75",{each + 9:02}/07/2025,{2000 + each},'
    f"{each if each != 7 else 'chưa rõ'},00{each}\n"
    for each in range(1, 21)
)
WORDS = [
    {"name": "Phường", "title_vi": "Tên phường", "type": "string", "description_vi": "Theo danh mục 2025"},
    {"name": "Ghi chú", "title_vi": "Không có trong tệp"},
]


@dataclass(frozen=True)
class Described:
    site: Site
    slug: str
    file: UUID

    def form(self, name: str) -> Any:
        answer = self.site.client.get(f"/dataset/{self.slug}/{name}")
        assert answer.status_code == 200, answer.text
        return answer.json

    @property
    def bytes(self) -> bytes:
        return self.site.client.get(f"/tai-ve/{self.file}/bang.csv").data


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    site = open_site(tmp_path_factory.mktemp("columns"))
    portal = site.portal
    file = add_table_file(portal, "Cột đã đọc", HEADER + ROWS)
    as_csv(site, file, WORDS)
    read_tables(portal)
    yield Described(site, "cot-da-doc", file)
    portal.close()


def as_csv(site: Site, file: UUID, words: list[dict[str, str]] | None = None) -> None:
    """What an upload notes of a CSV file, and a steward of its columns."""
    with site.portal.database.write() as session:
        dataset = queries.dataset_again(
            session, UUID(public_queries.dataset_of_distribution(session, file) or "")
        )
        assert dataset is not None
        (distribution,) = dataset.distributions
        distribution.columns = words or []
        distribution.media_type = "text/csv"
        distribution.file_versions[-1].media_type = "text/csv; charset=utf-8"


def test_frictionless_reads_the_raw_file_by_what_was_read(described: Described, tmp_path: Path) -> None:
    (resource,) = described.form("datapackage.json")["resources"]
    fields = {each["name"]: each for each in resource["schema"]["fields"]}
    assert list(fields) == HEADER.strip().split(",")
    assert fields["Phường"]["type"] == "string" and fields["Phường"]["title"] == "Tên phường"
    assert (fields["Diện tích (ha)"]["type"], fields["Diện tích (ha)"]["unit"]) == ("number", "ha")
    assert (fields["Giá trị (đồng)"]["decimalChar"], fields["Giá trị (đồng)"]["groupChar"]) == (",", ".")
    assert (fields["Tỷ lệ"]["type"], fields["Tỷ lệ"]["decimalChar"]) == ("number", ",")
    assert fields["Ngày đo"]["format"] == "%d/%m/%Y" and fields["Năm"]["type"] == "year"
    assert fields["Số lẻ"]["type"] == "string", "one cell is no number"
    assert fields["Mã"]["type"] == "string"
    (tmp_path / "bang.csv").write_bytes(described.bytes)
    package = {"name": "x", "resources": [{**resource, "path": "bang.csv"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])
    rows = frictionless.Package(str(tmp_path / "datapackage.json")).resources[0].read_rows()
    first = rows[0]
    assert (float(first["Giá trị (đồng)"]), float(first["Tỷ lệ"])) == (1_250_000, 1.75)
    assert str(first["Ngày đo"]) == "2025-07-10"
    (tmp_path / "bang.csv").write_bytes(described.bytes.replace(b"1.250.000,", b"?,", 1))
    package["resources"][0].pop("hash"), package["resources"][0].pop("bytes")
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid, "the judge looks at the cells"


def test_csvw_reads_the_raw_file_by_what_was_read(described: Described, tmp_path: Path) -> None:
    told = described.site.client.get(f"/tai-ve/{described.file}/bang.csv-metadata.json").json
    types = {each["titles"]: each["datatype"] for each in told["tableSchema"]["columns"]}
    assert types["Giá trị (đồng)"]["format"] == {"decimalChar": ",", "groupChar": "."}
    assert types["Ngày đo"] == {"base": "date", "format": "dd/MM/yyyy"}
    assert (types["Diện tích (ha)"], types["Năm"], types["Số lẻ"]) == ("number", "gYear", "string")
    for content, is_valid in (
        (described.bytes, True),
        (described.bytes.replace(b"15/07/2025", b"15-07"), False),
    ):
        (tmp_path / "t.csv").write_bytes(content)
        (tmp_path / "t.csv-metadata.json").write_text(json.dumps({**told, "url": "t.csv"}))
        assert csvw.CSVW(str(tmp_path / "t.csv"), validate=True).is_valid is is_valid


def test_mlcroissant_takes_what_was_read(described: Described) -> None:
    document = described.form("croissant.jsonld")
    assert [*mlcroissant.Dataset(jsonld=document).metadata.ctx.issues.errors] == []
    (table,) = document["recordSet"]
    fields = {each["name"]: each for each in table["field"]}
    assert fields["Diện tích (ha)"]["dataType"] == "sc:Float" and fields["Năm"]["dataType"] == "sc:Integer"
    assert {fields[name]["dataType"] for name in ("Giá trị (đồng)", "Ngày đo", "Số lẻ", "Mã")} == {"sc:Text"}
    assert (
        fields["Diện tích (ha)"]["examples"][0] == "1.5" and "(ha)" in fields["Diện tích (ha)"]["description"]
    )


def test_pages_and_schema_org_tell_columns_and_the_stewards_words_win(described: Described) -> None:
    measured = {each["name"]: each for each in described.form("schema-org.jsonld")["variableMeasured"]}
    assert measured["Diện tích (ha)"]["unitText"] == "ha"
    assert (measured["Diện tích (ha)"]["minValue"], measured["Diện tích (ha)"]["maxValue"]) == (1.5, 20.5)
    assert measured["Phường"]["alternateName"] == "Tên phường" and "Ghi chú" in measured
    page = described.site.client.get(f"/du-lieu/{described.slug}").text
    table = page[page.index("columns-1") :]
    for words in ("Diện tích (ha)", "Tên phường", "Ví dụ", "2025-07-10", "Không có trong tệp"):
        assert words in table, words


def test_a_newer_file_is_not_told_by_the_table_of_the_one_before(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    file = add_table_file(site.portal, "Có phiên bản", "cũ\n1\n2\n")
    read_tables(site.portal)
    assert "fields" in json.dumps(site.client.get("/dataset/co-phien-ban/datapackage.json").json)
    add_table_version(site.portal, file, "mới\n1\n2\n")
    assert "schema" not in site.client.get("/dataset/co-phien-ban/datapackage.json").json["resources"][0]
    site.portal.close()


@pytest.mark.parametrize(
    ("cells", "spelling", "kind"),
    [
        (["1", "20", "-3"], "9", "integer"),
        (["1.234.567", "12.000", "5"], "9.999,9", "number"),
        (["1,234.5", "12,000.25"], "9,999.9", "number"),
        (["0.303", "0.125"], "9.9", "number"),
        (["1.5", "162.160", "38.3"], None, "string"),
        (["2/7/2025", "12/7/2025"], "d/M/yyyy", "date"),
        (["02/07/2025", "3-7-2025"], None, "string"),
        (["2025-01-02", "2025-01-03"], "yyyy-MM-dd", "date"),
        (["Sơ bộ 2023", "2022", "2021"], None, "string"),
        (["true", "false"], "true", "boolean"),
        (["có", "không"], None, "string"),
        (["12 %", "13 %"], None, "string"),
    ],
)
def test_a_type_is_told_only_where_every_cell_is_written_so(
    tmp_path: Path, cells: list[str], spelling: str | None, kind: str
) -> None:
    content = "tên,cột\n" + "".join(f'x{number},"{cell}"\n' for number, cell in enumerate(cells))
    site = open_site(tmp_path)
    file = add_table_file(site.portal, "Một cột", content)
    as_csv(site, file)
    read_tables(site.portal)
    package = site.client.get("/dataset/mot-cot/datapackage.json").json
    field = package["resources"][0]["schema"]["fields"][1]
    assert field["type"] == kind, (spelling, field)
    (tmp_path / "t.csv").write_text(content)
    schema = {"fields": package["resources"][0]["schema"]["fields"]}
    assert (
        frictionless.Resource(
            path="t.csv", basepath=str(tmp_path), schema=frictionless.Schema.from_descriptor(schema)
        )
        .validate()
        .valid
    )
    site.portal.close()


def test_cells_with_types_of_their_own_are_left_to_their_file(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    add_table_file(site.portal, "Bảng JSON", '[{"tên": "A", "số": 1}, {"tên": "B", "số": 2}]', name="a.json")
    read_tables(site.portal)
    (resource,) = site.client.get("/dataset/bang-json/datapackage.json").json["resources"]
    assert [(each["name"], each["type"]) for each in resource["schema"]["fields"]] == [
        ("tên", "any"),
        ("số", "any"),
    ]
    site.portal.close()


def test_the_page_costs_one_statement_more_whatever_the_number_of_files(described: Described) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "data_table" in statement:
            statements.append(statement)

    engine = described.site.portal.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        described.site.client.get(f"/dataset/{described.slug}/croissant.jsonld?lang=en")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(statements) == 1
