"""Metrics as Prometheus reads them, of a portal that serves: one page for all processes, bounded in size."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.web import web_processes
from tests.hostile.made_catalogue import MadeCatalogue, make_catalogue
from tests.running import REPOSITORY, Installation, Running, free_port, staffed, worker_pid

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeCatalogue:
    return make_catalogue(tmp_path_factory.mktemp("made"), 4)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, made: MadeCatalogue) -> Installation:
    own = Installation(tmp_path_factory.mktemp("metrics") / "var")
    own.take("import", made.source, "--files", made.files)
    # Tables that become ready meanwhile would renew the pages that are told apart here.
    own.take("read-tables")
    own.environment["PORTAL_METRICS_BIND"] = f"127.0.0.1:{free_port()}"
    own.environment["PORTAL_WORKERS"] = "1"
    return own


@pytest.fixture(scope="module")
def serving(watched: Installation) -> Iterator[Running]:
    with watched.serving() as running:
        _until(lambda: value(watched, "portal_build_info") == 1)
        yield running


def scrape(installation: Installation) -> Samples:
    """Every sample, read by the client's own parser; empty while nobody answers."""
    try:
        address = f"http://{installation.environment['PORTAL_METRICS_BIND']}/metrics"
        with urllib.request.urlopen(address, timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(installation: Installation, name: str, **labels: str) -> float:
    """The sum of the samples of a name that have these labels."""
    wanted = set(labels.items())
    return sum(
        number for (found, its), number in scrape(installation).items() if found == name and wanted <= its
    )


def counted(installation: Installation, route: str, **labels: str) -> float:
    return value(installation, "portal_request_seconds_count", route=route, **labels)


def test_requests_are_counted_by_method_route_and_kind_of_status(
    watched: Installation, serving: Running
) -> None:
    slug = watched.request("/api/v1/datasets?page_size=1").json()["items"][0]["slug"]
    route = "/api/v1/datasets/<reference>"
    before = counted(watched, route, method="GET", status="2xx")
    for _ in range(3):
        assert watched.request(f"/api/v1/datasets/{slug}").status == 200
    assert counted(watched, route, method="GET", status="2xx") == before + 3
    assert watched.request("/api/v1/datasets/khong-co").status == 404
    assert counted(watched, route, method="GET", status="4xx") >= 1


def test_pages_from_memory_are_told_apart_and_keep_their_route(
    watched: Installation, serving: Running
) -> None:
    def made(how: str) -> float:
        return value(watched, "portal_answers_total", made=how)

    tag = watched.request("/du-lieu?q=duong").headers["etag"]
    kept, not_modified, answered = made("kept"), made("not-modified"), counted(watched, "/du-lieu")
    assert watched.request("/du-lieu?q=duong").status == 200
    assert watched.request("/du-lieu?q=duong", headers={"If-None-Match": tag}).status == 304
    assert (made("kept"), made("not-modified")) == (kept + 1, not_modified + 1)
    assert counted(watched, "/du-lieu") == answered + 2
    assert value(watched, "portal_search_seconds_count", kind="search") >= 1


def test_what_clients_make_up_adds_no_series(watched: Installation, serving: Running) -> None:
    def ask(text: str) -> None:
        watched.request(f"/{text}")
        watched.request(f"/static/{text}")
        watched.request(f"/du-lieu/{text}?{text}=1")
        watched.request("/", method=text.upper())
        watched.request("/", headers={"Host": f"{text}.example"})

    ask("first")
    before = scrape(watched)
    for number in range(10):
        ask(f"made{number}")
    after = scrape(watched)
    assert after.keys() == before.keys()
    assert not any(
        "made" in text or "MADE" in text for _, labels in after for _, text in labels if text != "made"
    )


def test_a_publication_is_timed_until_it_can_be_found(watched: Installation, serving: Running) -> None:
    root = staffed(watched)["administrator"]
    before = value(watched, "portal_publish_visible_seconds_count")
    record: dict[str, object] = {
        "title": "Trạm quan trắc nước ngầm",
        "description": "Vị trí.",
        "agency": "so-y-te",
    }
    record |= {"licence": "cc-by-4.0", "themes": ["moi-truong"]}
    made = root.take("POST", "datasets", record)["id"]
    root.take("POST", f"datasets/{made}/links", {"url": "https://example.org/a"})
    root.take("POST", f"datasets/{made}/publish", {})
    _until(lambda: value(watched, "portal_publish_visible_seconds_count") > before)
    _until(lambda: value(watched, "portal_follower_lag_changes", follower="search") == 0)
    assert value(watched, "portal_last_public_change") > 0


def test_the_state_of_the_portal_is_told(watched: Installation, serving: Running) -> None:
    names = {name for name, _ in scrape(watched)}
    assert {
        "portal_build_info",
        "portal_follower_lag_changes",
        "portal_follower_oldest_owed_seconds",
        "portal_queue_jobs",
        "portal_write_ahead_bytes",
        "portal_free_disk_bytes",
        "portal_index_generation",
    } <= names
    assert value(watched, "portal_free_disk_bytes") > 0
    _until(lambda: value(watched, "portal_index_generation") == _generation(watched) > 0)


def test_counts_outlive_the_processes_that_counted(watched: Installation, serving: Running) -> None:
    watched.request("/api/v1/datasets")
    before = counted(watched, "/api/v1/datasets")
    (web,) = web_processes(serving)
    os.kill(web, signal.SIGKILL)
    _until(lambda: _answers(watched))
    worker = worker_pid(serving)
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    _until(lambda: not scrape(watched))
    _until(lambda: counted(watched, "/api/v1/datasets") >= before > 0)


def test_without_the_setting_nothing_is_counted_and_nothing_loaded(tmp_path: Path) -> None:
    own = Installation(tmp_path / "var")
    own.take("init")
    code = "import sys, wsgi; sys.exit('prometheus_client' in sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", code], env=own.environ(), cwd=REPOSITORY, timeout=60, check=False
    )
    assert finished.returncode == 0
    assert not (own.var / "metrics").exists()


@pytest.mark.parametrize(
    "wrong", ["9100", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "http://127.0.0.1:1", ":99999"]
)
def test_an_address_that_is_none_stops_the_start(tmp_path: Path, wrong: str) -> None:
    own = Installation(tmp_path / "var", environment={"PORTAL_METRICS_BIND": wrong})
    finished = own.run("version")
    assert finished.code == 0
    finished = own.run("serve")
    assert finished.code == 1 and "PORTAL_METRICS_BIND" in finished.err


def _generation(installation: Installation) -> int:
    return int(installation.request("/health/ready").json()["checks"]["search"]["generation"])


def _answers(installation: Installation) -> bool:
    try:
        return installation.request("/health/live").status == 200
    except OSError:
        return False


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 40
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
