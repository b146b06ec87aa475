"""The map of a table: rows with coordinates or shapes where they lie, figures of units by their codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal.app import make_app
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from tests.factories import NOW, make_portal
from tests.table_files import WARDS, add_table_file, read_tables
from tests.web.reading import Page, read

SQUARE = [[[108.2, 16.0], [108.3, 16.0], [108.3, 16.1], [108.2, 16.0]]]
POLYGON = {"type": "Polygon", "coordinates": SQUARE}
PLOTS = [
    {"type": "Feature", "properties": {"ten": f"Thửa {n}", "dien_tich": n * 10}, "geometry": geometry}
    for n, geometry in enumerate([POLYGON, None, POLYGON])
]
SHAPES = json.dumps({"type": "FeatureCollection", "features": PLOTS})
POINTS = "Tên,Vĩ độ,Kinh độ,Số chỗ\n" + "".join(
    f"Bãi <{n}>,{16.04 + n / 900:.6f},{108.2 + n / 500:.6f},{n * 1100}\n" for n in range(12)
) + "Không rõ,,,5\n"  # fmt: skip
CODES = "Mã đơn vị,Năm,Dân số (người)\n" + "".join(
    f"{code},{year},{value}\n"
    for year in (2023, 2024)
    for code, value in (("20194", 1000), ("20242", 500), ("20257", 700))
)


@dataclass(frozen=True)
class Mapped:
    client: FlaskClient
    points: UUID
    shapes: UUID
    codes: UUID
    plain: UUID


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapped]:
    portal = make_portal(tmp_path_factory.mktemp("mapped"))
    with portal.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", NOW)
    found = Mapped(
        make_app(portal).test_client(),
        add_table_file(portal, "Bãi đỗ xe", POINTS),
        add_table_file(portal, "Thửa đất", SHAPES, name="thua.geojson"),
        add_table_file(portal, "Dân số theo mã", CODES),
        add_table_file(portal, "Không có vị trí", WARDS),
    )
    read_tables(portal)
    yield found
    portal.close()


def map_of(mapped: Mapped, table: UUID, query: str = "") -> Page:
    return read(mapped.client, f"/bang/{table}?view=map{query}")


def told(page: Page) -> list[str]:
    """What is told of each thing on the picture."""
    return [
        "".join(each.itertext())
        for each in page.root.iter()
        if "map__thing" in (each.get("class") or "").split()
    ]


def test_rows_lie_where_their_coordinates_say(mapped: Mapped) -> None:
    page = map_of(mapped, mapped.points)
    assert "12 dòng trên bản đồ, trong tổng số 13 dòng." in page.words
    assert len(told(page)) == 12
    assert told(page)[1] == "Tên: Bãi <1>; Số chỗ: 1.100"


def test_the_map_follows_the_filters(mapped: Mapped) -> None:
    page = map_of(mapped, mapped.points, "&so_cho__ge=10000")
    assert [each.split(";")[0] for each in told(page)] == ["Tên: Bãi <10>", "Tên: Bãi <11>"]
    nothing = map_of(mapped, mapped.points, "&ten__eq=Kh%C3%B4ng+r%C3%B5")
    assert "Không dòng nào trong số này có vị trí trên bản đồ." in nothing.words


def test_shapes_are_drawn_as_they_are(mapped: Mapped) -> None:
    page = map_of(mapped, mapped.shapes)
    assert "2 dòng trên bản đồ, trong tổng số 3 dòng." in page.words
    assert told(page) == ["ten: Thửa 0; dien_tich: 0", "ten: Thửa 2; dien_tich: 20"]


def test_units_are_coloured_by_their_figures(mapped: Mapped) -> None:
    page = map_of(mapped, mapped.codes)
    assert "Tổng Dân số (người) của 3 đơn vị hành chính." in page.words
    counted = map_of(mapped, mapped.codes, "&chart-as=count&nam__eq=2024")
    assert "Số dòng của 3 đơn vị hành chính." in counted.words
    assert [each.get("name") for each in counted.all("select")] == ["chart-as", "chart-of"]


def test_a_table_without_places_has_no_map(mapped: Mapped) -> None:
    assert "Bản đồ" not in read(mapped.client, f"/bang/{mapped.plain}").words.partition("Tải về")[0]
    assert "Bảng này không có thông tin vị trí." in map_of(mapped, mapped.plain).words


def test_a_frame_has_the_picture_and_no_scripts(mapped: Mapped) -> None:
    answer = mapped.client.get(f"/bang/{mapped.points}/embed?view=map")
    text = answer.get_data(as_text=True)
    assert "map__picture" in text and "<script" not in text
    assert "Hoàng Sa" in text, "on every map of the city"


def test_downloads_have_geojson_where_there_are_places(mapped: Mapped) -> None:
    for table, has in ((mapped.points, True), (mapped.shapes, True), (mapped.plain, False)):
        page = read(mapped.client, f"/bang/{table}")
        assert any(each.get("href", "").endswith("export.geojson") for each in page.all("a")) == has


def test_codes_of_units_are_told_by_name(mapped: Mapped) -> None:
    assert "20242 – Phường Hải Châu" in read(mapped.client, f"/bang/{mapped.codes}").words
    assert "20242 – Hải Châu Ward" in read(mapped.client, f"/en/tables/{mapped.codes}").words
