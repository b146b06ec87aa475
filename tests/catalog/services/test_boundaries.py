"""Boundaries find their units by code or by name, and are kept only where they can be true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.catalog import map_queries
from portal.catalog.actors import SYSTEM
from portal.catalog.changes import catalogue_version, changes_since, last_change_id
from portal.catalog.map_queries import Unit
from portal.catalog.models import Dataset, Place
from portal.catalog.outlines import Box, from_geojson
from portal.catalog.services.boundaries import Matching, match_boundaries, store_boundaries
from portal.exchange.boundary_file import read_boundaries
from portal.seed.load import load_base
from portal.settings import PROJECT_ROOT
from portal.text import fold
from portal.wiring import Portal
from tests.boundaries import square, write_boundaries
from tests.factories import NOW, make_many, make_portal

YEARS = timedelta(days=3_000)


def open_with_places(folder: Path) -> Iterator[Portal]:
    opened = make_portal(folder)
    with opened.database.write() as session:
        load_base(session, PROJECT_ROOT / "datasets", NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    yield from open_with_places(tmp_path_factory.mktemp("read"))


@pytest.fixture
def own_portal(tmp_path: Path) -> Iterator[Portal]:
    yield from open_with_places(tmp_path / "var")


@pytest.fixture(scope="module")
def units(portal: Portal) -> tuple[Unit, ...]:
    with portal.database.read() as session:
        return map_queries.units(session, "boundary")


def found(portal: Portal, path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Units by how they were found, and labels of what was refused with the reason."""
    with portal.database.read() as session:
        matching = match_boundaries(session, read_boundaries(path))
        assert len(matching.without) == 94 - len(matching.matches)
        return (
            {match.place.code: match.how for match in matching.matches},
            {each.label: each.reason.en or "" for each in matching.unmatched},
        )


def load(portal: Portal, path: Path, now: datetime = NOW) -> int:
    with portal.database.write() as session:
        matching: Matching = match_boundaries(session, read_boundaries(path))
        return store_boundaries(session, matching, actor=SYSTEM, now=now)


def test_codes_are_found_in_whatever_field_they_stand(
    portal: Portal, units: tuple[Unit, ...], tmp_path: Path
) -> None:
    # A number of another kind that happens to be a unit's code does not mislead.
    path = write_boundaries(
        tmp_path / "a", units, lambda unit: {"dan_so": 20194, "MA_DVHC": int(unit.code), "ten": "?"}
    )
    assert found(portal, path) == (dict.fromkeys((unit.code for unit in units), "code"), {})


@pytest.mark.parametrize("spelt", [str.upper, fold, lambda name: name.split(" ", 1)[1], lambda name: name])
def test_names_are_found_with_and_without_accents_and_kind(
    portal: Portal, units: tuple[Unit, ...], tmp_path: Path, spelt: object
) -> None:
    assert callable(spelt)
    chosen = [unit for unit in units if unit.kind != "dac-khu"]
    path = write_boundaries(tmp_path / "a", chosen, lambda unit: {"ghi_chu": "x", "ten": spelt(unit.name.vi)})
    assert found(portal, path) == (dict.fromkeys((unit.code for unit in chosen), "name"), {})


def test_what_lies_elsewhere_or_is_of_another_size_is_not_taken(
    portal: Portal, units: tuple[Unit, ...], tmp_path: Path
) -> None:
    """A file of the whole country, or of the time before 2025, has units of the same name."""
    far, small, right, strange = units[:4]
    shapes = {far.code: square(far, east=1.5), small.code: square(small, times=0.2)}
    names = {each.code: each.name.vi for each in (far, small, right)} | {strange.code: "Phường Không Có"}
    path = write_boundaries(
        tmp_path / "a",
        (far, small, right, strange),
        lambda unit: {"ten": names[unit.code]},
        lambda unit: shapes.get(unit.code) or square(unit),
    )
    matched, refused = found(portal, path)
    assert matched == {right.code: "name"}
    assert "elsewhere" in refused.pop(far.name.vi)
    assert "size" in refused.pop(small.name.vi)
    assert "no name" in refused.pop("Phường Không Có")
    assert refused == {}


def test_a_unit_of_several_areas_is_put_together(
    own_portal: Portal, units: tuple[Unit, ...], tmp_path: Path
) -> None:
    unit = units[0]
    path = write_boundaries(
        tmp_path / "a", [unit, unit], lambda each: {"ma": each.code}, lambda each: square(each, times=0.5)
    )
    assert load(own_portal, path) == 1
    with own_portal.database.read() as session:
        outline = map_queries.units(session, "boundary")[0].outline
    assert outline is not None and len(from_geojson(outline)) == 2


def test_loading_is_a_public_change_of_each_unit_and_doing_it_again_is_none(
    own_portal: Portal, units: tuple[Unit, ...], tmp_path: Path
) -> None:
    path = write_boundaries(tmp_path / "a", units[:3], lambda unit: {"ma": unit.code})
    with own_portal.database.read() as session:
        before, first = catalogue_version(session), last_change_id(session)
    assert load(own_portal, path) == 3
    with own_portal.database.read() as session:
        changes = changes_since(session, first, limit=10)
        assert [(each.object_key, each.action, each.is_public) for each in changes] == [
            (unit.code, "update", True) for unit in units[:3]
        ]
        after = catalogue_version(session)
        assert after != before
    assert load(own_portal, path) == 0
    with own_portal.database.read() as session:
        assert catalogue_version(session) == after


def test_harvesters_are_told_of_records_whose_place_has_a_box_now(
    units: tuple[Unit, ...], tmp_path: Path
) -> None:
    portal = make_portal(tmp_path / "var")
    make_many(portal.database, 2)
    with portal.database.write() as session:
        query = select(Dataset).options(selectinload(Dataset.places)).order_by(Dataset.id)
        first, second = session.scalars(query)
        first.places = [session.scalars(select(Place).where(Place.code == units[0].code)).one()]
        second.places = []
    with portal.database.read() as session:
        before = session.scalars(select(Dataset.datestamp).order_by(Dataset.id)).all()
    path = write_boundaries(tmp_path / "a", units[:1], lambda unit: {"ma": unit.code})
    assert load(portal, path, NOW + YEARS) == 1
    with portal.database.read() as session:
        assert session.scalars(select(Dataset.datestamp).order_by(Dataset.id)).all() == [
            NOW + YEARS,
            before[1],
        ]
    portal.close()


def test_the_city_lies_where_its_units_do_once_all_are_known(
    own_portal: Portal, units: tuple[Unit, ...], tmp_path: Path
) -> None:
    def box() -> Box | None:
        with own_portal.database.read() as session:
            return session.scalars(select(Place).where(Place.code == "48")).one().box

    load(own_portal, write_boundaries(tmp_path / "a", units[:-1], lambda unit: {"ma": unit.code}))
    assert box() is None
    load(own_portal, write_boundaries(tmp_path / "b", units[-1:], lambda unit: {"ma": unit.code}))
    whole = box()
    assert whole is not None and whole.west < 107.6 and 112 < whole.east < 113
    assert all(whole.holds(unit.position) for unit in units)


def test_the_real_boundaries_are_all_taken(portal: Portal, shared: Path) -> None:
    folder = shared / "data" / "files" / "boundaries"
    matched, refused = found(portal, folder / "danang-wards-2025-simplified.geojson")
    assert len(matched) == 94 and set(matched.values()) == {"code"} and refused == {}
    for name in ("20194_hai_van", "20333_hoang_sa"):
        assert found(portal, folder / "raw" / f"{name}.geojson")[0] == {name[:5]: "code"}
