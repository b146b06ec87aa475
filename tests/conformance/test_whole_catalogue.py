"""The whole catalogue of 1,200 seeded datasets by the shapes of DCAT-AP; part of `make release`."""

from __future__ import annotations

from pathlib import Path

import pytest
import shacl

from portal.jobs.snapshots import writer_of
from portal.seed.catalogue import seed_datasets
from portal.seed.records import seed_records
from portal.settings import PROJECT_ROOT
from tests.conformance.conftest import take_in
from tests.factories import make_portal


@pytest.mark.slow
def test_all_seeded_records_conform(tmp_path: Path, shared: Path) -> None:
    kit = shared / "conformance"
    portal = make_portal(tmp_path / "var")
    take_in(portal, seed_records(seed_datasets(PROJECT_ROOT / "datasets", 1_200, with_illustrative=True)))
    snapshot = writer_of(portal).write()
    whole = tmp_path / "whole.ttl"
    lists = b"\n".join(path.read_bytes() for path in sorted((kit / "vocab").glob("*.ttl")))
    shapes = str(kit / "dcat-ap" / "3.0.1" / "dcat-ap-SHACL.fixed.ttl")
    for spoil, conforms in ((b"", True), (b"<urn:x> a <http://www.w3.org/ns/dcat#Distribution> .\n", False)):
        whole.write_bytes(snapshot.path("catalog.ttl").read_bytes() + lists + spoil)
        report = shacl.validate(str(whole), shapes)
        assert report.conforms is conforms, str(report)[:2000]
    portal.close()
