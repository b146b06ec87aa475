"""`places load` as people run it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.catalog import map_queries
from portal.catalog.map_queries import Unit
from portal.cli.main import main
from portal.settings import Settings
from portal.wiring import open_portal
from tests.boundaries import write_boundaries


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("PORTAL_DATABASE_URL", raising=False)
    return CliRunner()


def units(folder: Path) -> tuple[Unit, ...]:
    portal = open_portal(Settings(var=folder / "var"))
    with portal.database.read() as session:
        found = map_queries.units(session, "boundary")
    portal.close()
    return found


def run(cli: CliRunner, *arguments: object) -> Result:
    return cli.invoke(main, ["places", "load", *map(str, arguments)])


def test_it_says_what_was_found_and_what_was_not(cli: CliRunner, tmp_path: Path, shared: Path) -> None:
    city = shared / "data" / "files" / "boundaries" / "danang-city-2025.geojson"
    # A new catalogue has its places before anything is loaded.
    first = run(cli, "--dry-run", city)
    assert first.exit_code == 0 and "nothing changed" in first.stdout
    all_units = units(tmp_path)
    assert len(all_units) == 94 and not any(unit.outline for unit in all_units)

    chosen = all_units[:3]
    names = ["Phường Hải Vân", "phuong lien chieu", "Phường Nguyễn Tri Phương"]
    path = write_boundaries(tmp_path / "a.geojson", chosen, lambda unit: {"ten": names[chosen.index(unit)]})
    loaded = run(cli, path)
    assert loaded.exit_code == 1
    assert (
        "units found: 2 (0 by code, 2 by name); 92 without a boundary in the file; areas refused: 1"
        in loaded.stdout
    )
    assert "feature 3 Phường Nguyễn Tri Phương: refused: không có mã" in loaded.stdout
    assert "20333 Đặc khu Hoàng Sa: not in the file" in loaded.stdout
    assert "changed: 2" in loaded.stdout
    assert [unit.code for unit in units(tmp_path) if unit.outline] == [unit.code for unit in chosen[:2]]


def test_what_is_no_boundary_file_is_refused_and_changes_nothing(cli: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("ma,ten\n20194,Phường Hải Vân\n", encoding="utf-8")
    refused = run(cli, path)
    assert refused.exit_code == 1
    assert "Not a file of boundaries" in refused.stderr and refused.stdout == ""
    assert run(cli, tmp_path / "absent.geojson").exit_code == 2
    assert not (tmp_path / "var").exists()
