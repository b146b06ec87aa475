"""`places load`: the city's own boundary file becomes the outlines of its units."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from portal.catalog.actors import SYSTEM
from portal.catalog.models import Place
from portal.catalog.services.boundaries import Matching, match_boundaries, store_boundaries
from portal.cli.fill import open_catalogue
from portal.cli.main import sentence
from portal.exchange.boundary_file import read_boundaries
from portal.settings import read_settings


@click.group()
def places() -> None:
    """The city's administrative units; `places load` takes in their boundaries."""


@places.command()
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Change nothing; only tell which units would be found.")
@click.pass_context
def load(context: click.Context, source: Path, dry_run: bool) -> None:
    """Take in the boundaries of units from a GeoJSON file in longitude and latitude.

    Exit code 0 when every area of the file was taken, 1 when any was not; the rest stays.
    """
    areas = read_boundaries(source)
    portal = open_catalogue(read_settings())
    with portal.database.write() as session:
        matching = match_boundaries(session, areas)
        changed = 0 if dry_run else store_boundaries(session, matching, actor=SYSTEM, now=portal.clock())
        lines = [*_told(matching), _summary(matching)]
    portal.close()
    for line in lines:
        click.echo(line)
    click.echo("nothing changed (dry run)" if dry_run else f"changed: {changed}")
    context.exit(1 if matching.unmatched else 0)


def _told(matching: Matching) -> Iterable[str]:
    """What people should look at: areas of no unit, and units without an area."""
    for each in matching.unmatched:
        yield f"feature {each.number} {each.label}: refused: {sentence(each.reason)}"
    if matching.matches:
        yield from (f"{_named(place)}: not in the file" for place in matching.without)


def _summary(matching: Matching) -> str:
    ways = [match.how for match in matching.matches]
    return (
        f"units found: {len(ways)} ({ways.count('code')} by code, {ways.count('name')} by name); "
        f"{len(matching.without)} without a boundary in the file; areas refused: {len(matching.unmatched)}"
    )


def _named(place: Place) -> str:
    return f"{place.code} {place.name_vi}"
