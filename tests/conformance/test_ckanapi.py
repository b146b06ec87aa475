"""ckanapi, the client that CKAN's users have, against a served portal: call, search, dump, load, and equal again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, ValidationError

from tests.conftest import REPOSITORY
from tests.running import Installation

# What one portal says of itself and not of the data.
PORTAL_MADE = {
    *("metadata_created", "metadata_modified", "created", "last_modified", "revision_id", "url"),
    # Tables are read by and by.
    *("datastore_active", "datastore_dump_url"),
}
LINES = [
    {
        "id": "muc-nuoc",
        "title": "Mực nước sông Hàn",
        "title_en": "Water level of the Han river",
        "description": "Số đo **hằng giờ** <script>alert(1)</script>",
        "publisher": "so-nong-nghiep-moi-truong",
        "supplier": "Đài Khí tượng",
        "theme": ["moi-truong", "Chủ đề lạ"],
        "keywords": ["nước", "sông Hàn"],
        "frequency": "daily",
        "licence": "cc-by-4.0",
        "spatial": ["20194"],
        "temporal": ["2024-01-01", "2024-12-31"],
        "issued": "2024-05-06",
        "modified": "2024-06-01T08:00:00+07:00",
        "language": ["vi"],
        "identifier": "DN-7",
        "contact_name": "Phòng dữ liệu",
        "landing_page": "https://example.org/nuoc",
        "columns": [{"name": "gio", "title": "Giờ", "type": "datetime"}],
        "resources": [
            {"title": "Bảng", "local": "mực nước.csv"},
            {"title": "Trang", "url": "https://example.org/x?a=1&b=2", "format": "HTML"},
        ],
        "ghi chú": {"nested": [1, "hai"]},
    },
    {"id": "chi-co-ten", "title": "Chỉ có tên", "publisher": "Một cơ quan lạ", "licence": "giấy phép lạ"},
    {"id": "Mã số/12", "title": 'Mã lạ \u202e & "ngoặc"', "illustrative": True, "resources": []},
]


@dataclass(frozen=True)
class Served:
    """A portal that serves, an administrator's token, and the client."""

    installation: Installation
    token: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.installation.port}"

    @property
    def client(self) -> RemoteCKAN:
        return RemoteCKAN(self.address, apikey=self.token)

    def run(self, *arguments: str, source: Path | None = None) -> list[dict[str, Any]]:
        """A command of `ckanapi`; its lines."""
        command = [str(Path(sys.executable).with_name("ckanapi")), *arguments, "-r", self.address]
        command += ["-a", self.token, *(["-I", str(source)] if source else [])]
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=120, env={**os.environ, "PATH": path}
        )
        assert done.returncode == 0, done.stderr.decode()
        assert b"Error" not in done.stderr and b"NotFound" not in done.stderr, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]


def serve(folder: Path, *commands: tuple[object, ...]) -> Iterator[Served]:
    installation = Installation(folder / "var")
    for command in commands:
        installation.take(*command)
    token = installation.take("create-admin", "--email", "root@example.vn", "--print-token").out.strip()
    with installation.serving():
        yield Served(installation, token)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("source")
    (folder / "mực nước.csv").write_bytes(b"gio,cm\n2024-01-01T00:00,12\n")
    lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in LINES)
    (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    yield from serve(folder, ("import", folder / "rows.jsonl", "--files", folder))


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(tmp_path_factory.mktemp("target"), ("init",))


def comparable(value: Any) -> Any:
    """Without what each portal says for itself."""
    if isinstance(value, Mapping):
        return {key: comparable(each) for key, each in value.items() if key not in PORTAL_MADE}
    return [comparable(each) for each in value] if isinstance(value, list) else value


def test_calls_succeed_and_fail_as_the_client_expects(source: Served) -> None:
    client = source.client
    assert client.action.status_show()["ckan_version"] == "2.11.0"
    assert client.action.package_show(id="muc-nuoc")["name"] == "muc-nuoc"
    assert client.action.package_search(q="nước", fq="groups:moi-truong")["count"] == 1
    with pytest.raises(NotFound):
        client.action.package_show(id="khong-co")
    with pytest.raises(ValidationError) as refused:
        client.action.package_create(name="muc-nuoc", title="Lần hai")
    assert refused.value.error_dict["name"] == ["That URL is already in use."]
    with pytest.raises(NotAuthorized):
        RemoteCKAN(source.address).action.package_create(name="vo-danh", title="Vô danh")
    assert RemoteCKAN(source.address, get_only=True).action.package_list() == client.action.package_list()


def test_search_walks_to_the_end(source: Served) -> None:
    assert {each["name"] for each in source.run("search", "datasets")} == set(
        source.client.action.package_list()
    )
    assert [each["name"] for each in source.run("search", "datasets", "q=song han")] == ["muc-nuoc"]


def test_the_datastore_answers_the_client_and_takes_its_rows(source: Served) -> None:
    client, reader = source.client, RemoteCKAN(source.address)
    made = client.action.datastore_create(
        resource={"package_id": "chi-co-ten", "name": "Trạm đo", "format": "CSV"},
        fields=[
            {"id": "mã", "type": "text"},
            {"id": "số đo", "type": "numeric"},
            {"id": "ngày", "type": "date"},
        ],
        records=[
            {"mã": f"{each:03}", "số đo": each / 8, "ngày": f"2026-01-{each:02}"} for each in range(1, 31)
        ],
        primary_key="mã",
    )
    table = made["resource_id"]
    assert made["is_read"], "the worker has read it meanwhile"
    found = reader.action.datastore_search(
        resource_id=table, filters={"số đo": {"gt": 1}}, fields=["mã", "số đo"], sort="số đo desc", limit=2
    )
    assert found["total"] == 22
    assert found["records"] == [{"mã": "030", "số đo": 3.75}, {"mã": "029", "số đo": 3.625}]
    walked: list[Any] = []
    while page := reader.action.datastore_search(id=table, limit=7, offset=len(walked))["records"]:
        walked += page
    assert [each["_id"] for each in walked] == list(range(1, 31))
    client.action.datastore_upsert(
        resource_id=table, records=[{"mã": "030", "số đo": 9}, {"mã": "031", "số đo": 1}]
    )
    client.action.datastore_delete(resource_id=table, filters={"mã": ["001", "002"]})
    rows = reader.action.datastore_search(resource_id=table, records_format="lists", sort="_id desc")[
        "records"
    ]
    assert len(rows) == 29 and [row[1:3] for row in rows[:2]] == [["031", 1.0], ["030", 9.0]]
    dump = source.installation.request(f"/datastore/dump/{table}?bom=true")
    assert dump.body.decode("utf-8-sig").splitlines()[:2] == ["_id,mã,số đo,ngày", "1,003,0.375,2026-01-03"]
    with pytest.raises(ValidationError) as refused:
        client.action.datastore_upsert(resource_id=table, method="update", records=[{"mã": "x"}])
    assert refused.value.error_dict["records"] == ['key "x" not found']
    with pytest.raises(NotFound):
        reader.action.datastore_info(id="khong-co")
    with pytest.raises(NotAuthorized):
        reader.action.datastore_delete(resource_id=table, filters={"mã": "003"})
    client.action.resource_delete(id=table)


def test_a_dump_loads_into_an_empty_portal_and_is_equal_again(
    source: Served, target: Served, tmp_path: Path
) -> None:
    made = source.client.action.organization_create(name="co-quan-moi", title="Cơ quan mới")
    source.client.action.package_patch(id="chi-co-ten", owner_org=made["id"])
    things = ("organizations", "groups", "datasets")
    for thing in things:
        path = tmp_path / thing
        path.write_text("\n".join(map(json.dumps, source.run("dump", thing, "--all"))), encoding="utf-8")
        options = ("--upload-resources",) if thing == "datasets" else ()
        target.run("load", thing, *options, source=path)
    dumped = {thing: comparable(source.run("dump", thing, "--all")) for thing in things}
    assert all(dumped.values())
    assert {thing: comparable(target.run("dump", thing, "--all")) for thing in things} == dumped
    # Loading what is there already changes nothing, files least of all.
    target.run("load", "datasets", source=tmp_path / "datasets")
    assert comparable(target.run("dump", "datasets", "--all")) == dumped["datasets"]


def test_what_was_loaded_is_whole(source: Served, target: Served) -> None:
    there = target.client.action.package_show(id="muc-nuoc")
    [file, link] = there["resources"]
    assert file["url"].startswith(target.address) and link["url"] == "https://example.org/x?a=1&b=2"
    path = file["url"].removeprefix(target.address)
    assert target.installation.request(path).body == b"gio,cm\n2024-01-01T00:00,12\n"
    head = target.installation.request(path, method="HEAD")
    assert (head.status, head.headers["content-length"]) == (200, str(file["size"]))
    assert "m%E1%BB%B1c%20n%C6%B0%E1%BB%9Bc.csv" in head.headers["content-disposition"]


def test_a_dump_is_a_form_of_import(source: Served, tmp_path: Path) -> None:
    path = tmp_path / "dump.jsonl"
    dumped = source.run("dump", "datasets", "--all")
    path.write_text("\n".join(json.dumps(each, sort_keys=True) for each in dumped), encoding="utf-8")
    other = Installation(tmp_path / "var")
    other.take("import", path)
    again = source.installation.take("import", path)
    assert "3 unchanged" in again.out, again.out
    # The other portal does not know an organisation that was only made here.
    shown = [each for each in dumped if each["name"] != "chi-co-ten"]
    with other.serving():
        paths = [f"/api/3/action/package_show?id={each['name']}" for each in shown]
        rows = [other.request(path).json()["result"] for path in paths]
    keys = "id name title notes tags groups extras license_id maintainer author url owner_org".split()
    assert [{key: each[key] for key in keys} for each in rows] == [
        {key: each[key] for key in keys} for each in shown
    ]


def test_every_example_of_the_document_works(source: Served, tmp_path: Path) -> None:
    text = (REPOSITORY / "docs" / "ckan.md").read_text(encoding="utf-8")
    examples = [part.partition("```")[0] for part in text.split("```sh\n")[1:]]
    assert examples
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        ["bash", "-c", "set -eu -o pipefail\n" + "\n".join(examples)],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "PORTAL": source.address, "TOKEN": source.token},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
