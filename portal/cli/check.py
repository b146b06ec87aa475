"""`check`: whether database, change log, files, index and documents are whole and agree."""

from __future__ import annotations

from collections.abc import Iterable

import click

from portal.catalog.migrate import require_schema
from portal.cli.progress import counter, tracked
from portal.jobs.integrity import (
    Finding,
    Look,
    database_findings,
    file_findings,
    index_findings,
    log_findings,
    snapshot_findings,
)
from portal.settings import read_settings
from portal.wiring import open_portal


@click.command()
@click.option("--verify", is_flag=True, help="Read every file again and compare its SHA-256.")
@click.pass_context
def check(context: click.Context, verify: bool) -> None:
    """Check the integrity of database, change log, files, index and documents; exit 1 when something is wrong."""
    portal = open_portal(read_settings())
    require_schema(portal.database)
    findings: list[Finding] = []
    with counter("database"):
        findings += database_findings(portal.database) + log_findings(portal.database)
    how: Look = "read again" if verify else "look"
    findings += file_findings(portal.database, portal.storage, how=how, watch=_watched)
    with counter("index"):
        findings += index_findings(portal)
    with counter("documents"):
        findings += snapshot_findings(portal, how=how)
    for finding in findings:
        click.echo(f"{finding.part}: {finding.problem}: {finding.subject}")
    click.echo("ok" if not findings else f"{len(findings)} problem(s)")
    context.exit(1 if findings else 0)


def _watched(hashes: Iterable[str]) -> Iterable[str]:
    return tracked(hashes, "files")
