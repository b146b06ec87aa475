"""A dataset as one ZIP: whole, checkable, of the length that was told, and in little memory whatever its size."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import frictionless
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.catalog.models import Agency, Concept, Vocabulary
from tests.factories import CSV_V2, make_dataset, make_file
from tests.sites import Site, open_site

PATH = "/dataset/chat-luong-khong-khi.zip"
FOLDER = "chat-luong-khong-khi"
MIB = 1024**2
HOSTILE = (
    "../../etc/passwd",
    "..\\..\\x.csv",
    "/abs.csv",
    "C:\\Windows\\x.csv",
    "CON.csv",
    "a.csv",
    "A.CSV",
    "a.csv",
    ".hidden",
    "đồ thị\u202e<>:|?*.csv",
    "x" * 300 + ".csv",
)


def read(client: FlaskClient, path: str = PATH) -> zipfile.ZipFile:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.content_length == len(answer.data)
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return archive


def test_it_has_the_files_and_all_that_is_said_of_them(client: FlaskClient) -> None:
    archive = read(client)
    names = [name.removeprefix(f"{FOLDER}/") for name in archive.namelist()]
    assert set(names) >= {"metadata.json", "LICENCE.txt", "SHA256SUMS", "data/Không khí.csv"}
    assert archive.read(f"{FOLDER}/data/Không khí.csv") == CSV_V2
    record = client.get(f"/api/v1/datasets/{FOLDER}").get_json()
    assert json.loads(archive.read(f"{FOLDER}/metadata.json")) == record
    licence = archive.read(f"{FOLDER}/LICENCE.txt").decode()
    assert "CC BY 4.0" in licence and record["links"]["persistent"] in licence


def test_its_data_package_loads_where_it_was_unpacked(client: FlaskClient, tmp_path: Path) -> None:
    read(client).extractall(tmp_path)
    package = frictionless.Package(str(tmp_path / FOLDER / "datapackage.json"))
    file, link = package.resources
    assert (file.path, link.path) == ("data/Không khí.csv", "https://example.org/khong-khi")
    assert (file.bytes, file.hash) == (len(CSV_V2), f"sha256:{hashlib.sha256(CSV_V2).hexdigest()}")
    assert file.read_rows() == [{"năm": 2024, "giá trị": 1}, {"năm": 2025, "giá trị": 2}]
    package.remove_resource(link.name)
    assert package.validate().valid


def test_a_package_with_a_dictionary_of_columns_is_valid(own_site: Site, tmp_path: Path) -> None:
    file = make_file("số.csv", [CSV_V2])
    file.columns = [{"name": "năm", "type": "integer", "title_vi": "Năm"}, {"name": "giá trị", "unit": "°C"}]
    with own_site.portal.database.write() as session:
        make_dataset(session, "Số", slug="so", distributions=[file])
    read(own_site.client, "/dataset/so.zip").extractall(tmp_path)
    package = frictionless.Package(str(tmp_path / "so" / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten()
    assert package.resources[0].schema.field_names == ["năm", "giá trị"]


def test_its_checksums_hold_for_everybody(client: FlaskClient, tmp_path: Path) -> None:
    read(client).extractall(tmp_path)
    folder = tmp_path / FOLDER
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    listed = (folder / "SHA256SUMS").read_text().splitlines()
    files = [each for each in folder.rglob("*") if each.is_file() and each.name != "SHA256SUMS"]
    assert len(listed) == len(files)


def test_the_same_content_is_not_sent_again(client: FlaskClient) -> None:
    answer = client.get(PATH)
    assert client.get(PATH, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    head = client.head(PATH)
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(answer.data))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{FOLDER}.zip"'


def test_who_may_not_see_the_dataset_gets_no_archive(client: FlaskClient) -> None:
    assert client.get("/dataset/da-rut.zip").status_code == 410
    assert client.get("/dataset/bi-mat-draft.zip").status_code == 404
    assert client.get("/dataset/khong-co.zip").status_code == 404


def test_an_illustrative_archive_says_so(client: FlaskClient) -> None:
    archive = read(client, "/dataset/nhiet-do-minh-hoa.zip")
    assert "Illustrative record" in archive.read("nhiet-do-minh-hoa/LICENCE.txt").decode()
    assert json.loads(archive.read("nhiet-do-minh-hoa/metadata.json"))["illustrative"] is True


def test_the_page_offers_it_where_there_are_files(client: FlaskClient) -> None:
    assert f'href="{PATH}"' in client.get(f"/du-lieu/{FOLDER}").get_data(as_text=True)
    assert ".zip" not in client.get("/du-lieu/du-toan-ngan-sach-2025").get_data(as_text=True)


def test_hostile_names_stay_in_the_folder_and_apart(own_site: Site, tmp_path: Path) -> None:
    for number in range(len(HOSTILE)):
        own_site.portal.storage.put(io.BytesIO(b"%d" % number))
    files = [make_file(name, [b"%d" % number]) for number, name in enumerate(HOSTILE)]
    with own_site.portal.database.write() as session:
        make_dataset(session, "Thử", slug="thu", distributions=files, licence_raw="\u202e=x</script>")
    archive = read(own_site.client, "/dataset/thu.zip")
    names = [name for name in archive.namelist() if name.startswith("thu/data/")]
    assert len(names) == len(archive.namelist()) - len([n for n in archive.namelist() if "/data/" not in n])
    assert len({name.casefold() for name in names}) == len(HOSTILE)
    for name in names:
        last = name.removeprefix("thu/data/")
        assert last.strip(". ") and not set(last) & set('/\\<>:"|?*\u202e') and len(last.encode()) <= 210
    out = tmp_path / "out"
    archive.extractall(out)
    assert sorted(int(each.read_text()) for each in (out / "thu" / "data").iterdir()) == list(
        range(len(HOSTILE))
    )
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=out / "thu", check=False).returncode == 0


def test_a_missing_file_is_told_before_the_first_byte(own_site: Site) -> None:
    own_site.portal.storage.delete(hashlib.sha256(CSV_V2).hexdigest())
    answer = own_site.client.get(PATH)
    assert answer.status_code == 503 and "Retry-After" in answer.headers


def test_a_large_archive_takes_little_memory(tmp_path: Path) -> None:
    site = open_site(tmp_path)
    content = bytes(48 * MIB)
    stored = site.portal.storage.put(io.BytesIO(content))
    with site.portal.database.write() as session:
        make_dataset(session, "Lớn", slug="lon", distributions=[make_file("lon.bin", [content])])
    del content
    answer = site.client.get("/dataset/lon.zip", buffered=False)
    assert answer.content_length and answer.content_length > stored.byte_size
    tracemalloc.start()
    length = sum(len(block) for block in answer.iter_encoded())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length == answer.content_length
    assert peak < 4 * MIB, peak
    site.portal.close()


def licence_text(site: Site, licence: Concept | None, **fields: Any) -> list[str]:
    """The lines of LICENCE.txt of a dataset under this licence."""
    with site.portal.database.write() as session:
        owner = session.scalars(select(Agency).where(Agency.slug == "so-y-te")).one()
        make_dataset(session, "Mưa", en="Rain", slug="mua", agency=owner, licence=licence, **fields)
    return read(site.client, "/dataset/mua.zip").read("mua/LICENCE.txt").decode().split("\r\n")


def test_what_a_licence_means_is_told_in_plain_sentences(own_site: Site) -> None:
    known = {"attribution": True, "share_alike": True, "commercial": False, "derivatives": False}
    licence = Concept(
        vocabulary=Vocabulary.LICENCE, code="x", label_vi="Ghi công", label_en="Naming", facts=known,
        description_vi="Được dùng nếu ghi rõ nguồn.", description_en="Use it and name the source.",
    )  # fmt: skip
    lines = licence_text(own_site, licence, licence_raw="CC BY lạ")
    for line in (
        "Mưa", "Rain", "Sở Y tế", "Department of Health", "Ghi công", "Naming",
        "Được dùng nếu ghi rõ nguồn.", "Use it and name the source.",
        "Phải ghi rõ nguồn dữ liệu.", "You must name the source of the data.",
        "Không được dùng cho mục đích thương mại.", "You may not use the data commercially.",
        "Không được công bố bản đã sửa đổi.", "You may not publish a changed version.",
        "Sản phẩm làm ra từ dữ liệu phải dùng cùng giấy phép này.",
        "What you make from the data must carry this same licence.",
        "Nơi công bố ghi giấy phép là: CC BY lạ", "The publisher calls the licence: CC BY lạ",
    ):  # fmt: skip
        assert line in lines
    cited = [
        each for each in lines if each.startswith(("Có thể ghi nguồn như sau", "You can name the source"))
    ]
    assert len(cited) == 2 and "Sở Y tế" in cited[0] and "Department of Health" in cited[1]


def test_of_what_is_not_known_of_a_licence_nothing_is_said(own_site: Site) -> None:
    bare = Concept(vocabulary=Vocabulary.LICENCE, code="x", label_vi="Riêng", facts={"attribution": None})
    lines = licence_text(own_site, bare, licence_raw="Riêng")
    assert lines[:5] == ["Mưa", "Rain", "Sở Y tế", "Department of Health", "Riêng"]
    assert len(lines) == 7 and "/id/dataset/" in lines[5] and lines[6] == ""


def test_without_a_licence_the_file_says_whom_to_ask(own_site: Site) -> None:
    assert "The licence of this dataset is not stated. Ask the agency before you use it." in licence_text(
        own_site, None
    )
