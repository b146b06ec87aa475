"""Commands that fill the catalogue: `init`, `seed`, `import`. All datasets go through the one import pipe."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from portal.catalog import queries
from portal.catalog.actors import SYSTEM
from portal.catalog.migrate import migrate, schema_version
from portal.catalog.models import Vocabulary
from portal.catalog.records import Outcome
from portal.catalog.services.imports import ImportRun, import_records
from portal.cli.main import sentence
from portal.cli.owed import SeedPlan, owe, read_owed, settle
from portal.cli.progress import counter, tracked
from portal.database import Database
from portal.exchange.json_lines import require_source
from portal.exchange.readers import read_catalogue
from portal.jobs.catch_up import catch_up
from portal.seed.catalogue import seed_datasets
from portal.seed.load import load_base
from portal.seed.records import seed_records
from portal.settings import PROJECT_ROOT, Settings, read_settings
from portal.wiring import Portal, open_portal

DATASETS = PROJECT_ROOT / "datasets"
DEFAULT_SIZE = 1_200


@click.command()
def init() -> None:
    """Make a catalogue without datasets: vocabularies, agencies, places. Nothing seeds after it."""
    portal = open_catalogue(read_settings())
    _index(portal)
    click.echo("init: done")


@click.command()
@click.option(
    "--size", type=click.IntRange(0), default=DEFAULT_SIZE, show_default=True, help="How many datasets."
)
@click.option("--without-illustrative", is_flag=True, help="Only what is real; nothing that fills up.")
@click.option(
    "--when-new", is_flag=True, help="Only when there is no catalogue, or an earlier seed was cut short."
)
@click.pass_context
def seed(context: click.Context, size: int, without_illustrative: bool, when_new: bool) -> None:
    """Fill the catalogue with sourced facts and, up to --size, labelled illustrative datasets."""
    settings = read_settings()
    plan = SeedPlan(size, not without_illustrative)
    if when_new:
        owed = read_owed(settings.var)
        if owed is None and not is_new(settings):
            open_catalogue(settings)
            return
        plan = owed or plan
    owe(settings.var, plan)
    portal = open_catalogue(settings)
    datasets = seed_datasets(DATASETS, plan.size, with_illustrative=plan.with_illustrative)
    run = ImportRun(portal.database, portal.storage, SYSTEM, portal.clock)
    outcomes = import_records(run, seed_records(datasets))
    counts = _report(tracked(outcomes, "seed", plan.size if plan.with_illustrative else None), None)
    _index(portal)
    settle(settings.var)
    click.echo(f"seed: {_summary(counts)}")
    context.exit(1 if counts["refused"] else 0)


@click.command("import")
@click.argument(
    "sources",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path),
)
@click.option(
    "--files", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of local files."
)
@click.option("--draft", is_flag=True, help="Keep new datasets as drafts instead of publishing them.")
@click.option("--dry-run", is_flag=True, help="Change nothing; only tell what would be.")
@click.option(
    "--report",
    type=click.File("w", encoding="utf-8"),
    help="Write what became of every record, as JSON lines.",
)
@click.pass_context
def import_files(
    context: click.Context,
    sources: tuple[Path, ...],
    files: Path | None,
    draft: bool,
    dry_run: bool,
    report: TextIO | None,
) -> None:
    """Take in catalogues in JSON lines (.jsonl, .jsonl.gz) and packages of CKAN; docs/import.md tells the shapes.

    Exit code 0 when all records were taken, 1 when any was refused; the rest stays.
    """
    for source in sources:
        require_source(source)
    settings = read_settings()
    portal = open_catalogue(settings)
    run = ImportRun(
        portal.database,
        portal.storage,
        SYSTEM,
        portal.clock,
        publish=not draft,
        dry_run=dry_run,
        max_file_bytes=settings.file_limit,
    )
    refused = 0
    for source in sources:
        outcomes = import_records(run, read_catalogue(source, files))
        counts = _report(tracked(outcomes, source.name), report, source=source)
        refused += counts["refused"]
        click.echo(f"{source.name}: {_summary(counts)}{' (dry run)' if dry_run else ''}")
    if not dry_run:
        _index(portal)
    context.exit(1 if refused else 0)


def is_new(settings: Settings) -> bool:
    """Whether nothing has ever been put into the catalogue, not even its vocabularies."""
    database = Database(settings.catalogue_url)
    try:
        if schema_version(database) is None:
            return True
        with database.read() as session:
            return not queries.concepts(session, Vocabulary.THEME)
    finally:
        database.close()


def open_catalogue(settings: Settings) -> Portal:
    """The portal with the newest schema and at least its vocabularies, agencies and places."""
    portal = open_portal(settings)
    migrate(portal.database)
    with portal.database.write() as session:
        load_base(session, DATASETS, portal.clock())
    return portal


def _index(portal: Portal) -> None:
    with counter("search index") as progress:
        catch_up(portal, progress=progress)
    portal.database.checkpoint()
    portal.close()


def _report(
    outcomes: Iterable[Outcome], report: TextIO | None, *, source: Path | None = None
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        counts[outcome.result] += 1
        if outcome.result in ("changed", "refused"):
            click.echo(_told(outcome, source))
        if report is not None:
            report.write(json.dumps({"source": str(source), **asdict(outcome)}, ensure_ascii=False) + "\n")
            # What was told is kept, also when the command is killed at the next record.
            report.flush()
    return counts


def _told(outcome: Outcome, source: Path | None) -> str:
    where = f"{source.name}:{outcome.line}" if source else str(outcome.line)
    what = ", ".join(outcome.fields) if outcome.reason is None else sentence(outcome.reason)
    return f"{where}: {outcome.result} {outcome.identifier or '?'}: {what}"


def _summary(counts: Counter[str]) -> str:
    return ", ".join(
        f"{counts[result]:,} {result}" for result in ("created", "changed", "unchanged", "refused")
    )
