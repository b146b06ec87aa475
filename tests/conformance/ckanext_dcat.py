"""Whether CKAN would harvest us whole: ckanext-dcat walks the pages of our catalogue, and must see what API v1 says.

    python -m tests.conformance.ckanext_dcat PYTHON

PYTHON: that of an environment with CKAN and ckanext-dcat; `make test-ckanext-dcat` makes one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.running import Installation

PARSER = Path(__file__).with_name("ckan_parser.py")
SIZE = 250
FORMS = ("ttl", "rdf", "jsonld")


def harvested(python: str, address: str) -> dict[str, dict[str, Any]]:
    """The datasets that ckanext-dcat reads, by their address."""
    done = subprocess.run([python, str(PARSER), address], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    datasets = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = {extras(each)["uri"]: each for each in datasets}
    if len(found) != len(datasets):
        raise AssertionError(f"{len(datasets)} datasets were read, {len(found)} different ones")
    return found


def extras(dataset: dict[str, Any]) -> dict[str, str]:
    """CKAN's list of keys and values as a mapping."""
    return {each["key"]: each["value"] for each in dataset["extras"]}


def published(portal: Installation) -> dict[str, dict[str, Any]]:
    """Every public record of API v1, by the address that DCAT names it by."""
    found: dict[str, dict[str, Any]] = {}
    cursor = "*"
    while cursor:
        page = portal.request(f"/api/v1/datasets?page_size=100&cursor={cursor}").json()
        for each in page["items"]:
            record = portal.request(f"/api/v1/datasets/{each['slug']}").json()
            found[f"http://127.0.0.1:{portal.port}/id/dataset/{record['id']}"] = record
        cursor = page["next_cursor"]
    return found


def differences(theirs: dict[str, dict[str, Any]], ours: dict[str, dict[str, Any]]) -> list[str]:
    """What CKAN would have otherwise than we have it."""
    said = [f"{address}: not harvested" for address in ours.keys() - theirs.keys()]
    said += [f"{address}: is no record of ours" for address in theirs.keys() - ours.keys()]
    for address in ours.keys() & theirs.keys():
        record, package = ours[address], theirs[address]
        pairs = {
            "title": (record["title"], package["title"]),
            "identifier": (record["identifier"], extras(package).get("identifier")),
            "files": (
                sorted(each["sha256"] for each in record["distributions"] if each["sha256"]),
                sorted(each["hash"] for each in package["resources"] if each.get("hash")),
            ),
            "distributions": (len(record["distributions"]), len(package["resources"])),
            "keywords": (
                {each.replace(",", "") for each in record["keywords"]},
                {each["name"].replace(",", "") for each in package["tags"]},
            ),
        }
        said += [f"{address}: {name} {a!r}, CKAN {b!r}" for name, (a, b) in pairs.items() if a != b]
    return said


def main() -> int:
    python = str(Path(sys.argv[1]).absolute())
    beyond: list[str] = []
    with tempfile.TemporaryDirectory(prefix="portal-ckanext-") as folder:
        portal = Installation(Path(folder))
        portal.take("seed", "--size", SIZE)
        with portal.serving():
            ours = published(portal)
            for form in FORMS:
                address = f"http://127.0.0.1:{portal.port}/catalog.{form}?page=1"
                theirs = harvested(python, address)
                said = differences(theirs, ours)
                print(f"{form}: {len(theirs)} of {len(ours)} datasets harvested, {len(said)} differences")
                beyond += said
    print("\n".join(beyond[:40]))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
