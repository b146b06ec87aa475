"""The programs of the quickstart run as they stand, where their interpreters are, and the document has the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from portal.app import make_app
from portal.jobs.snapshots import writer_of
from tests.conftest import REPOSITORY
from tests.factories import make_small_portal
from tests.running import free_port
from tests.sites import served
from tests.web.reading import HTML

# The word of the code's language, the program that runs it, and the ending of its file.
RUNNERS = {"sh": ("bash", "sh"), "python": ("python3", "py"), "js": ("node", "mjs"), "r": ("Rscript", "R")}
LOCAL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    portal, _ = make_small_portal(tmp_path_factory.mktemp("served"), port=port)
    writer_of(portal).write()
    with served(make_app(portal), port) as address:
        yield address
    portal.close()


def programs(base: str, page: str) -> dict[str, str]:
    """As a reader copies them off the page."""
    import html5lib

    root = html5lib.parse(
        requests.get(base + page, headers=HTML, timeout=30).text, namespaceHTMLElements=False
    )
    blocks = [each for each in root.iter("code") if each.get("data-language")]
    return {each.get("data-language", ""): "".join(each.itertext()) for each in blocks}


@pytest.mark.parametrize("language", RUNNERS)
def test_a_program_gets_its_first_answer(base: str, tmp_path: Path, language: str) -> None:
    name, ending = RUNNERS[language]
    interpreter = shutil.which(name)
    if interpreter is None:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have {name}")
        pytest.skip(f"{name} is not installed")
    file = tmp_path / f"first.{ending}"
    file.write_text(programs(base, "/lap-trinh-vien")[language] + "\n", encoding="utf-8")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [interpreter, str(file)], capture_output=True, text=True, timeout=60, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert "Chất lượng không khí tại Đà Nẵng" in done.stdout
    assert f"{base}/du-lieu/chat-luong-khong-khi" in done.stdout
    if language != "sh":
        assert done.stdout.splitlines()[0].strip() == "1"
        assert f"CSV {base}/tai-ve/" in " ".join(done.stdout.split())
        assert "https://example.org/khong-khi" in done.stdout


def test_both_languages_and_the_document_have_the_same_programs(base: str) -> None:
    shown = programs(base, "/lap-trinh-vien")
    assert list(shown) == list(RUNNERS)
    assert programs(base, "/en/developers") == shown
    text = (REPOSITORY / "docs" / "quickstart.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"```(\w+)\n(.*?)\n```", text, re.DOTALL))
    assert {language: code.replace(base, LOCAL) for language, code in shown.items()} == told


def test_the_examples_of_everything_at_once_work(base: str, tmp_path: Path) -> None:
    text = (REPOSITORY / "docs" / "bulk.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    environment = {**os.environ, "PORTAL": base}
    done = subprocess.run(
        ["bash", "-ec", script], cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["distributions"]
    assert (tmp_path / "catalog.csv").read_text(encoding="utf-8-sig").startswith("id,identifier,")
