"""A site with people of all roles, and how tests call actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.people import Staffed, staff


@dataclass(frozen=True)
class Actions:
    """Calls as clients make them: POST, JSON, the bare token."""

    staffed: Staffed

    def call(self, action: str, who: str = "anonymous", **data: Any) -> TestResponse:
        headers = {"Authorization": self.staffed.tokens[who]} if who != "anonymous" else {}
        return self.staffed.site.client.post(f"/api/action/{action}", json=data, headers=headers)

    def take(self, action: str, who: str = "anonymous", **data: Any) -> Any:
        answer = self.call(action, who, **data)
        assert (answer.status_code, answer.json["success"]) == (200, True), answer.text
        return answer.json["result"]

    def fault(self, action: str, who: str = "anonymous", **data: Any) -> tuple[int, dict[str, Any]]:
        answer = self.call(action, who, **data)
        assert answer.json["success"] is False
        return answer.status_code, answer.json["error"]

    def form(self, action: str, who: str, **parts: Any) -> TestResponse:
        headers = {"X-CKAN-API-Key": self.staffed.tokens[who]}
        return self.staffed.site.client.post(
            f"/api/3/action/{action}", data=parts, headers=headers, content_type="multipart/form-data"
        )


@pytest.fixture(scope="module")
def ckan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """Shared by the tests of one file, which leave it as it is."""
    staffed = staff(tmp_path_factory.mktemp("ckan"))
    yield Actions(staffed)
    staffed.site.portal.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Actions]:
    """A site that a test may change."""
    staffed = staff(tmp_path)
    yield Actions(staffed)
    staffed.site.portal.close()
