"""A portal behind a real HTTP server, and Chromium that runs no scripts and may go nowhere else."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright
from werkzeug.serving import make_server

from portal.app import make_app
from tests.factories import SmallCatalogue, make_small_portal
from tests.running import free_port
from tests.table_files import read_tables

_ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class Served:
    address: str
    catalogue: SmallCatalogue


@dataclass
class Visitor:
    """A browser window and the foreign addresses that it was sent to."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def note(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port = free_port()
    portal, catalogue = make_small_portal(tmp_path_factory.mktemp("served"), port=port)
    read_tables(portal)
    server = make_server("127.0.0.1", port, make_app(portal), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(f"http://127.0.0.1:{port}", catalogue)
    server.shutdown()
    thread.join()
    portal.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=[360, 1280], ids=["phone", "desk"])
def visitor(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Visitor]:
    """Somebody with a phone or at a desk, with JavaScript switched off."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, java_script_enabled=False, accept_downloads=True
    )
    person = Visitor(context.new_page(), served.address)
    person.page.on("request", person.note)
    yield person
    context.close()
