"""Four processes write to one catalogue at once: nothing is lost, nobody is told of a locked database."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from dataclasses import replace
from pathlib import Path

from portal.app import make_app
from portal.settings import Settings
from portal.wiring import open_portal
from tests.people import AGENCY, staff

PROCESSES = 4
ROUNDS = 12


def _work(settings: Settings, token: str, number: int) -> list[tuple[str, str, int]]:
    """Makes datasets with a file each, and counts up one shared record; answers what was acknowledged."""
    portal = open_portal(settings)
    client, done = make_app(portal).test_client(), []
    headers = {"Authorization": f"Bearer {token}"}
    for each in range(ROUNDS):
        body = {"title": f"Bộ {number}-{each}", "agency": AGENCY}
        made = client.post("/api/v1/datasets", json=body, headers=headers)
        done.append(("create", made.json["slug"], made.status_code))
        path = f"/api/v1/datasets/{made.json['slug']}/files?name=a.csv"
        attached = client.post(path, data=f"a\n{number}-{each}\n".encode(), headers=headers)
        done.append(("attach", attached.json["sha256"], attached.status_code))
        done.append(("count", "", _count_up(client, headers)))
    portal.close()
    return done


def _count_up(client: object, headers: dict[str, str]) -> int:
    """Reads a number, adds one, and begins again whenever somebody was faster."""
    path = "/api/v1/datasets/chung"
    while True:
        read = client.get(path, headers=headers)  # type: ignore[attr-defined]
        body = {"extras": {"số": read.json["extras"].get("số", 0) + 1}}
        match = {**headers, "If-Match": read.headers["ETag"]}
        status: int = client.patch(path, json=body, headers=match).status_code  # type: ignore[attr-defined]
        if status != 412:
            return status


def test_four_processes_lose_nothing(tmp_path: Path) -> None:
    staffed = staff(tmp_path)
    body = {"title": "Chung", "identifier": "chung", "agency": AGENCY}
    assert staffed.call("POST", "/api/v1/datasets", "administrator", json=body).status_code == 201
    tokens = [staffed.tokens["publisher"], staffed.tokens["contributor"]] * 2
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        settings = replace(staffed.site.portal.settings, rate_limits=False)
        jobs = [(settings, token, number) for number, token in enumerate(tokens)]
        done = [each for answers in pool.starmap(_work, jobs) for each in answers]
    statuses = Counter((what, status) for what, _, status in done)
    wanted = PROCESSES * ROUNDS
    assert statuses == {("create", 201): wanted, ("attach", 201): wanted, ("count", 200): wanted}
    shared = staffed.call("GET", "/api/v1/datasets/chung", "publisher").json
    assert (shared["extras"]["số"], shared["version"]) == (wanted, wanted + 1)
    slugs = {what for kind, what, _ in done if kind == "create"}
    hashes = {what for kind, what, _ in done if kind == "attach"}
    found = {slug: staffed.call("GET", f"/api/v1/datasets/{slug}", "publisher").json for slug in slugs}
    assert {each["distributions"][0]["sha256"] for each in found.values()} == hashes
    assert len(hashes) == wanted
    assert all(staffed.site.portal.storage.verify(each) for each in hashes)
    staffed.site.portal.close()
