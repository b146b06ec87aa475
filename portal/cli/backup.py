"""`backup` and `restore`: the catalogue and its files in a folder of their own, and back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from portal.catalog.migrate import require_schema
from portal.cli.progress import counter, tracked
from portal.clock import system_clock
from portal.jobs import restore as restoring
from portal.jobs.backup import back_up
from portal.jobs.catch_up import catch_up
from portal.jobs.manifest import Manifest, Piece, Watch, read_manifest, require_whole
from portal.settings import Settings, read_settings
from portal.wiring import open_portal

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.pass_context
def backup(context: click.Context, folder: Path) -> None:
    """Back up database and files into the new folder DIR, while the portal runs."""
    portal = open_portal(read_settings())
    try:
        require_schema(portal.database)
        manifest = back_up(portal, folder.absolute(), watch=_watched("files"))
    finally:
        portal.close()
    _tell(manifest)
    if not manifest.has_database:
        click.echo(
            "Cơ sở dữ liệu nằm trên máy chủ riêng, hãy sao lưu bằng pg_dump. / "
            "The database is on a server of its own: back it up with pg_dump.",
            err=True,
        )
    click.echo(f"{folder}: {_summary(manifest)}")
    context.exit(1 if manifest.findings else 0)


@click.command()
@click.argument("folder", type=_FOLDER, metavar="DIR")
@click.option("--verify", is_flag=True, help="Change nothing; only read the backup again.")
def restore(folder: Path, verify: bool) -> None:
    """Put the backup in DIR in the place of what is in the data folder; the portal must be stopped."""
    settings = read_settings()
    folder = folder.absolute()
    manifest = read_manifest(folder)
    require_whole(folder, manifest, watch=_watched("verified", len(manifest.pieces)))
    _tell(manifest)
    if verify:
        click.echo(f"ok: {_summary(manifest)}")
        return
    watch = _watched("restored", len(manifest.pieces))
    aside = restoring.restore(settings, folder, manifest, now=system_clock(), watch=watch)
    if aside is not None:
        click.echo(f"Dữ liệu cũ ở / the old data is in {aside}", err=True)
    _make_derived(settings)
    click.echo(f"restored: {_summary(manifest)}")


def _make_derived(settings: Settings) -> None:
    portal = open_portal(settings)
    try:
        with counter("search index") as progress:
            catch_up(portal, progress=progress)
    finally:
        portal.close()


def _summary(manifest: Manifest) -> str:
    megabytes = sum(each.byte_size for each in manifest.pieces) / 1e6
    return (
        f"{manifest.made_at}, version {manifest.catalogue_version}, {len(manifest.files):,} files, "
        f"{megabytes:,.1f} MB, {len(manifest.findings)} problem(s)"
    )


def _tell(manifest: Manifest) -> None:
    for each in manifest.findings:
        click.echo(f"{each.part}: {each.problem}: {each.subject}", err=True)


def _watched(label: str, total: int | None = None) -> Watch:
    def watch(pieces: Iterable[Piece]) -> Iterable[Piece]:
        return tracked(pieces, label, total)

    return watch
