"""From the answer to a writer to its being seen by readers, all through HTTP; prints milliseconds as JSON.

    python -m tests.bench.latency COUNT PORT TOKEN

Publishes COUNT records by API, one after the other, each when the one before is found by `GET ?q=`; then withdraws
them. A withdrawn one answers 410 with its reason at once, in the API, on its page, as a file and as DCAT; the time is
that until search and facets are without it. In the end the whole catalogue's document must be without all of them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from tests.bench.catalogues import marker
from tests.bench.figures import percentile
from tests.running import Caller, Installation

REASON = "Số liệu sai."
_PATIENCE_SECONDS = 10.0
# Web processes look for a new index four times a second.
_SETTLED_SECONDS = 1.0
# The catalogue's document may follow in 15 s; then somebody else may have the processor.
_DOCUMENT_SECONDS = 300.0
_RECORD = {
    "agency": "so-y-te",
    "description": "Để đo độ trễ.",
    "themes": ["moi-truong"],
    "licence": "cc-by-4.0",
    "frequency": "annual",
    "access_level": "public",
    "contact": {"name": "Phòng dữ liệu", "email": "dulieu@example.vn"},
}


def main(count: int, port: int, token: str) -> None:
    """All publications, then all withdrawals."""
    portal = Installation(Path(), port)
    steward = Caller(portal, token)
    times: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds * 1000)

    made = [_publish(portal, steward, number, note) for number in range(count)]
    gone: list[str] = []
    time.sleep(_SETTLED_SECONDS)
    promised = _count(portal)
    for number, slug in enumerate(made):
        gone.append(_withdraw(portal, steward, number, promised - len(gone) - 1, note, slug))
    begun = time.monotonic()
    _wait(lambda: _is_without(portal, gone), begun, "catalog.ttl", _DOCUMENT_SECONDS)
    note("withdraw to catalogue file", time.monotonic() - begun)
    print(
        json.dumps(
            {
                f"{name} p{round(share * 100)}": percentile(values, share)
                for name, values in times.items()
                for share in (0.5, 0.95)
            }
        )
    )


def _publish(portal: Installation, steward: Caller, number: int, note: Callable[[str, float], None]) -> str:
    title = f"Bản ghi mới {marker(number)}"
    slug: str = steward.take("POST", "datasets", {"title": title, **_RECORD})["slug"]
    steward.take("POST", f"datasets/{slug}/files?name=a.csv", f"a\n{number}\n".encode())
    asked = time.monotonic()
    answer = steward.call("POST", f"datasets/{slug}/publish")
    begun = time.monotonic()
    assert answer.status == 200, answer.body
    note("publish answered", begun - asked)
    _wait(lambda: portal.request(f"/api/v1/datasets/{slug}").status == 200, begun, slug)
    note("publish to api", time.monotonic() - begun)
    _wait(lambda: slug in _found(portal, number), begun, slug)
    note("publish to search", time.monotonic() - begun)
    return slug


def _withdraw(
    portal: Installation,
    steward: Caller,
    number: int,
    left: int,
    note: Callable[[str, float], None],
    slug: str,
) -> str:
    """Answers the uuid of what is gone; `left`: what the facet must then promise."""
    record = portal.request(f"/api/v1/datasets/{slug}").json()
    file = urlsplit(record["distributions"][0]["download_url"]).path
    answer = steward.call("POST", f"datasets/{slug}/withdraw", {"reason": REASON})
    begun = time.monotonic()
    assert answer.status == 200, answer.body
    for path in (
        f"/api/v1/datasets/{slug}",
        f"/du-lieu/{slug}",
        f"/en/datasets/{slug}",
        f"/dataset/{slug}.ttl",
        file,
    ):
        gone = portal.request(path)
        assert gone.status == 410, (path, gone.status)
        assert path == file or REASON in gone.body.decode(), (path, gone.body)
        assert record["title"] not in gone.body.decode(), path
    # Each request may reach another web process: all of them, as far as four in a row can tell.
    _wait(lambda: all(_is_gone(portal, number, slug, left) for _ in range(4)), begun, slug)
    note("withdraw to search and facets", time.monotonic() - begun)
    return str(record["id"])


def _found(portal: Installation, number: int) -> list[str]:
    answer = portal.request(f"/api/v1/datasets?q={quote(marker(number))}")
    return [each["slug"] for each in answer.json()["items"]]


def _is_gone(portal: Installation, number: int, slug: str, left: int) -> bool:
    return slug not in _found(portal, number) and _count(portal) == left


def _count(portal: Installation) -> int:
    """How many datasets the facet of themes promises for the theme of `_RECORD`."""
    themes = portal.request("/api/v1/datasets?page_size=1").json()["facets"]["theme"]
    return int(next((each["count"] for each in themes if each["code"] == _RECORD["themes"][0]), 0))


def _is_without(portal: Installation, uuids: list[str]) -> bool:
    answer = portal.request("/catalog.ttl")
    return answer.status == 200 and not any(uuid.encode() in answer.body for uuid in uuids)


def _wait(is_so: Callable[[], bool], begun: float, what: str, seconds: float = _PATIENCE_SECONDS) -> None:
    while not is_so():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what}: not so after {seconds} s")
        time.sleep(0.005)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
