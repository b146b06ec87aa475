"""What the HTTP server refuses by itself is a problem document too."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.running import Installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("refusals") / "var")
    installation.take("init")
    with installation.serving():
        yield installation


def test_an_address_beyond_all_limits(installation: Installation) -> None:
    answer = installation.request(f"/api/v1/datasets?theme={'a' * 9000}")

    assert answer.status == 414
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["code"]) == (414, "uri-too-long")


def test_an_address_of_many_filters_is_read(installation: Installation) -> None:
    assert installation.request(f"/api/v1/datasets?q={'&theme=moi-truong' * 400}").status in (200, 422)


@pytest.mark.parametrize(
    "head",
    ["GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: nonsense\r\n\r\n"],
)
def test_what_is_no_http(installation: Installation, head: str) -> None:
    with socket.create_connection(("127.0.0.1", installation.port), timeout=10) as connection:
        connection.sendall(head.encode())
        told = connection.makefile("rb").read()

    assert told.startswith(b"HTTP/1.1 400 ")
    assert b"Content-Type: application/problem+json" in told
