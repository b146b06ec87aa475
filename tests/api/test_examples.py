"""The examples of docs/api.md do what the text around them says, one after the other, against a running portal."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.running import Installation

EXAMPLES = re.findall(
    r"```sh\n(.*?)```", (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8"), re.DOTALL
)


def test_the_examples_of_writing_work(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "var")
    installation.take("init")
    token = installation.take("create-admin", "--email", "root@example.vn", "--print-token").out.strip()
    environment = {**os.environ, "PORTAL": f"http://127.0.0.1:{installation.port}", "TOKEN": token}
    script = "set -eu -o pipefail\n" + "\n".join(EXAMPLES) + '\nprintf %s "$DATASET" > address\n'
    with installation.serving():
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        path = (tmp_path / "address").read_text().removeprefix(environment["PORTAL"])
        gone = installation.request(path)
        record = installation.request(path, headers={"Authorization": f"Bearer {token}"}).json()
    assert (gone.status, gone.json()["withdrawn"]["reason"]) == (410, "Trạm đo hỏng trong tháng 7.")
    asked = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    assert asked["rows"] == [{"gio": "2026-08-01T00:00:00", "mm": 0.5}]
    assert len(list(tmp_path.glob("*.xlsx"))) == 1
    assert record["frequency"]["code"] == "daily"
    assert [each["file_name"] for each in record["distributions"]] == ["mưa tháng 7.csv", "mua-thang-8.csv"]
    assert [len(each["file_versions"]) for each in record["distributions"]] == [1, 2]
