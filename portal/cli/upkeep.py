"""Commands for the one who runs the portal: schema, worker, index, version."""

from __future__ import annotations

import click

from portal import __version__
from portal.catalog import migrate as schema
from portal.cli.progress import counter
from portal.database import Database
from portal.datafolder import enter
from portal.jobs import catch_up
from portal.jobs import worker as jobs_worker
from portal.observability import metrics
from portal.observability.logs import configure_logs
from portal.settings import read_settings
from portal.wiring import open_portal


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 when it is not the newest.")
def migrate(only_check: bool) -> None:
    """Bring the database to the newest schema; makes it when there is none."""
    settings = read_settings()
    # Not while a backup takes the database's place; one that was cut short doing so is finished first.
    presence = enter(settings.var)
    database = Database(settings.catalogue_url)
    try:
        if only_check:
            schema.require_schema(database)
            return
        before, now = schema.migrate(database)
    finally:
        database.close()
        presence.close()
    click.echo(f"schema {now}" if before == now else f"schema {before or 'none'} -> {now}")


@click.command()
def reindex() -> None:
    """Build search index and whole-catalogue documents anew from the database; the old ones serve meanwhile."""
    portal = open_portal(read_settings())
    schema.require_schema(portal.database)
    with counter("search index") as progress:
        catch_up.rebuild_all(portal, progress=progress)


@click.command()
def read_tables() -> None:
    """Read every file that waits into its tables now; the worker does the same by itself, at low priority."""
    portal = open_portal(read_settings())
    schema.require_schema(portal.database)
    with counter("files read") as progress:
        catch_up.read_tables(portal, progress=progress)


@click.command()
@click.pass_context
def worker(context: click.Context) -> None:
    """Run the worker alone (`serve` runs it too); a second one waits for the first to end."""
    configure_logs()
    settings = read_settings()
    metrics.turn_on(settings)
    portal = open_portal(settings)
    schema.require_schema(portal.database)
    context.exit(jobs_worker.run(portal))


@click.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)
