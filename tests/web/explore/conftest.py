"""A site with tables, shared by the tests of one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from portal.catalog.models import State
from tests.sites import Site, open_site
from tests.table_files import WARDS, add_table_file, read_tables

HOSTILE = (
    'Tên,Giá trị\n"<script>alert(1)</script>",1\n"=HYPERLINK(""http://x"")",2\n"javascript:alert(1)",3\n'
    '"a\'""><img src=x onerror=alert(1)>",4\n"https://danang.gov.vn/?a=1&b=2",5\n'
)
VISITORS = "Năm,Loại khách,Lượt khách (nghìn lượt)\n" + "".join(
    f"{year},{kind},{(year - 2000) * factor}\n"
    for year in (2015, 2016, 2018, 2019)
    for kind, factor in (("Nội địa", 20), ("Quốc tế", 10))
)
MANY = "Mã,Tên,Điểm\n" + "".join(f"{number:04d},Tên {number},{number % 7}\n" for number in range(230))

CROPS = (
    ("Cây hằng năm", "Lúa", 40), ("Cây hằng năm", "Ngô", 30), ("Cây lâu năm", "Chuối", 35), ("Cây lâu năm", "Điều", 50),
)  # fmt: skip
MIXED = "Nhóm,Cây trồng,ĐVT,Năm 2024\n" + "".join(
    f"{group},{crop},{unit},{value}\n" for group, crop, value in CROPS for unit in ("tấn", "tạ/ha")
)


@dataclass(frozen=True)
class Tables:
    """A site and the ids of its tables."""

    site: Site
    wards: UUID
    hostile: UUID
    visitors: UUID
    many: UUID
    draft: UUID
    withdrawn: UUID
    refused: UUID
    mixed: UUID

    @property
    def client(self) -> FlaskClient:
        return self.site.client


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    site = open_site(tmp_path_factory.mktemp("tables"))
    portal = site.portal
    found = Tables(
        site,
        wards=add_table_file(portal, "Dân số các phường", WARDS),
        hostile=add_table_file(portal, "Bảng hiểm", HOSTILE),
        visitors=add_table_file(portal, "Lượt khách", VISITORS, illustrative=True),
        many=add_table_file(portal, "Nhiều dòng", MANY),
        draft=add_table_file(portal, "Bản thảo", WARDS, state=State.DRAFT),
        withdrawn=add_table_file(portal, "Bảng đã rút", WARDS, state=State.WITHDRAWN),
        refused=add_table_file(portal, "Công văn", "%PDF-1.4\n", name="cong-van.pdf"),
        mixed=add_table_file(portal, "Cây trồng", MIXED),
    )
    read_tables(portal)
    yield found
    portal.close()
