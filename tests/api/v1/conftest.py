"""A site with people of all roles, shared by the tests of one file, and one that a test may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import Staffed, staff


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    staffed = staff(tmp_path_factory.mktemp("staffed"))
    yield staffed
    staffed.site.portal.close()


@pytest.fixture
def own_staffed(tmp_path: Path) -> Iterator[Staffed]:
    staffed = staff(tmp_path)
    yield staffed
    staffed.site.portal.close()
