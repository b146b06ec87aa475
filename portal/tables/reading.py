"""Files become tables: the way in to this room. Nothing here opens a file of strangers; the sandbox does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from portal.files.sandbox import Ending, Job, Limits, Outcome, Progress, run
from portal.files.storage.base import Storage
from portal.tables.overrides import overrides_to
from portal.tables.refusals import Refusal
from portal.tables.values import (
    Bin,
    Column,
    ColumnType,
    FileReport,
    Note,
    Profile,
    ReadLimits,
    SourceFile,
    Table,
)

READER_VERSION = 3
"""Raised when files are read in another way than before: every file is then read again."""

_TASK = "portal.tables.child:read_file"
_REFUSED: dict[Ending, str] = {
    "failed": "not-understood",
    "memory": "memory",
    "processor-time": "took-too-long",
    "time": "took-too-long",
    "output": "output-too-large",
    "crashed": "reader-crashed",
}


def read(
    files: Iterable[SourceFile],
    folder: Path,
    *,
    limits: ReadLimits | None = None,
    sandbox: Limits | None = None,
    unit_codes: Iterable[str] = (),
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Iterator[FileReport]:
    """One report per file, in order, whatever the files hold. Tables lie as Parquet in `folder`, which must be
    on the same disk as nothing precious and is the caller's to remove; `keep` puts them into storage.
    `unit_codes`: codes of wards, communes and their predecessors. A child process reads the whole list, and a
    new one goes on behind a file that ended the first."""
    sources = list(files)
    codes: list[Any] = sorted(set(unit_codes))
    jobs = []
    for position, source in enumerate(sources):
        own = folder / f"file-{position}"
        own.mkdir(parents=True)
        argument: dict[str, Any] = {
            "path": str(source.path.absolute()),
            "name": source.name,
            "limits": asdict(limits or ReadLimits()),
            "overrides": overrides_to(source.overrides),
            "unit_codes": codes,
        }
        jobs.append(Job(argument, own))
    for outcome in run(_TASK, jobs, sandbox, on_progress=on_progress, stop=stop):
        yield _report(sources[outcome.position], jobs[outcome.position].folder, outcome)


def keep(storage: Storage, report: FileReport) -> tuple[tuple[Table, str], ...]:
    """Puts the report's Parquet files into storage by content; answers each table with its SHA-256. The copies
    in the folder are removed."""
    kept = []
    for table in report.tables:
        with table.parquet.open("rb") as stream:
            stored = storage.put(stream, expected_bytes=table.parquet.stat().st_size)
        with suppress(FileNotFoundError):
            table.parquet.unlink()
        kept.append((table, stored.sha256))
    return tuple(kept)


def _report(source: SourceFile, folder: Path, outcome: Outcome) -> FileReport:
    blank = FileReport(source.path, source.name, None)
    if outcome.report is None:
        return replace(blank, refusal=Refusal(_REFUSED[outcome.ending]))
    try:
        return _read_report(blank, folder, outcome.report)
    except (KeyError, TypeError, ValueError):
        # A report that is not ours was written by whoever took the child over.
        return replace(blank, refusal=Refusal("reader-crashed"))


def _read_report(blank: FileReport, folder: Path, report: Mapping[str, Any]) -> FileReport:
    refusal = report["refusal"]
    return replace(
        blank,
        format=report["format"],
        encoding=report["encoding"],
        tables=tuple(table_from(each, folder) for each in report["tables"]),
        refusal=Refusal(refusal["code"], refusal["values"]) if refusal else None,
        notes=tuple(map(note_from, report["notes"])),
        readings=tuple((name, text) for name, text in report["readings"]),
    )


def table_from(values: Mapping[str, Any], folder: Path) -> Table:
    """A table from the plain JSON of `dataclasses.asdict`; its file lies in `folder` under a plain name."""
    name = str(values["parquet"])
    if "/" in name or not name.endswith(".parquet"):
        raise ValueError(name)
    return Table(
        int(values["position"]),
        values["name"],
        folder / name,
        int(values["rows"]),
        tuple(map(column_from, values["columns"])),
        tuple(values["total_rows"]),
        tuple(values["captions"]),
        tuple(map(note_from, values["notes"])),
        bool(values["has_geometry"]),
        None if values["cells"] is None else tuple(map(tuple, values["cells"])),
    )


def column_from(values: Mapping[str, Any]) -> Column:
    """From the plain JSON of `dataclasses.asdict`."""
    plain = {**values, "type": ColumnType(values["type"]), "profile": _profile(values["profile"])}
    plain["decisions"] = tuple(map(note_from, values["decisions"]))
    plain["warnings"] = tuple(map(note_from, values["warnings"]))
    return Column(**plain)


def _profile(values: Mapping[str, Any]) -> Profile:
    plain = {
        **values,
        "misfit_samples": tuple(values["misfit_samples"]),
        "bins": tuple(Bin(**each) for each in values["bins"]),
        "top": tuple((value, count) for value, count in values["top"]),
        "examples": tuple(values["examples"]),
    }
    return Profile(**plain)


def note_from(values: Mapping[str, Any]) -> Note:
    """From the plain JSON of `dataclasses.asdict`."""
    return Note(values["code"], tuple(values["evidence"]), int(values["count"]))
