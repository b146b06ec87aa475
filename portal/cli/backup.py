"""`backup` and `restore`: the catalogue and its files in a folder of their own, and back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from portal.catalog.migrate import require_schema
from portal.cli.progress import counter, tracked
from portal.clock import system_clock
from portal.files.storage.base import StoredFile
from portal.jobs import restore as restoring
from portal.jobs.backup import back_up
from portal.jobs.catch_up import catch_up
from portal.jobs.manifest import Manifest, Watch, read_manifest, require_whole
from portal.settings import Settings, read_settings
from portal.wiring import open_portal

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.pass_context
def backup(context: click.Context, folder: Path) -> None:
    """Back up database and files into a new folder in DIR, while the portal runs; prints its name."""
    portal = open_portal(read_settings())
    try:
        require_schema(portal.database)
        made, manifest = back_up(portal, folder.absolute(), watch=_watched("files"))
    finally:
        portal.close()
    click.echo(str(made))
    _tell_missing(manifest)
    context.exit(1 if manifest.missing else 0)


@click.command()
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.option("--force", is_flag=True, help="Move what is in the data folder aside; nothing is deleted.")
@click.option("--verify", is_flag=True, help="Only read the backup again and compare every SHA-256.")
def restore(folder: Path, force: bool, verify: bool) -> None:
    """Put the backup in DIR into an empty data folder; the portal must be stopped."""
    settings = read_settings()
    folder = folder.absolute()
    manifest = read_manifest(folder)
    require_whole(folder, manifest, watch=_watched("verified"))
    _tell_missing(manifest)
    if verify:
        click.echo(f"ok: {manifest.catalogue_version}, {len(manifest.files)} files, {manifest.made_at}")
        return
    aside = restoring.restore(
        settings, folder, manifest, now=system_clock(), moves_old=force, watch=_watched("restored")
    )
    if aside is not None:
        click.echo(f"{aside.name}: dữ liệu cũ / the old data", err=True)
    _make_derived(settings)
    click.echo(f"restored {len(manifest.files)} files and the catalogue of {manifest.made_at}")


def _make_derived(settings: Settings) -> None:
    portal = open_portal(settings)
    try:
        with counter("search index") as progress:
            catch_up(portal, progress=progress)
    finally:
        portal.close()


def _tell_missing(manifest: Manifest) -> None:
    for sha256 in manifest.missing:
        click.echo(f"files: missing or damaged when backed up: {sha256}", err=True)


def _watched(label: str) -> Watch:
    def watch(files: Iterable[StoredFile]) -> Iterable[StoredFile]:
        return tracked(files, label)

    return watch
