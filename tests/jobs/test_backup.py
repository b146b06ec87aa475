"""A backup under writes is one whole state; restored, it is the same catalogue under a new epoch."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalog.changes import catalogue_info, cursor_of
from portal.catalog.models import Base
from portal.cli.owed import SeedPlan, owe, read_owed
from portal.database import Database
from portal.datafolder import PortalClosed, PortalInUse, closed
from portal.jobs.backup import TargetInside, TargetTaken, back_up
from portal.jobs.catch_up import catch_up
from portal.jobs.derived import AWAITED, silent
from portal.jobs.integrity import Finding, database_findings, file_findings, index_findings
from portal.jobs.manifest import (
    MANIFEST,
    BackupDamaged,
    Manifest,
    NotABackup,
    Piece,
    read_manifest,
    require_whole,
    write_manifest,
)
from portal.jobs.restore import DatabaseElsewhere, restore
from portal.jobs.tasks import tend_files
from portal.settings import Settings
from portal.statistics.query_log import Asked, Counts, QueryLog
from portal.wiring import Portal, open_portal
from tests.factories import CSV_V1, CSV_V2, NOW, make_dataset, make_file

HASH_1, HASH_2 = (hashlib.sha256(content).hexdigest() for content in (CSV_V1, CSV_V2))


def rows(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the catalogue knows, but for what a restore renews."""
    with database.read() as session:
        return {
            table.name: sorted(
                (
                    tuple(str(value) for name, value in row.items() if name != "epoch")
                    for row in session.execute(select(table)).mappings()
                ),
            )
            for table in Base.metadata.sorted_tables
            if table.name != "cursor"
        }


def put_back(settings: Settings, folder: Path) -> Path | None:
    manifest = read_manifest(folder)
    require_whole(folder, manifest)
    return restore(settings, folder, manifest, now=NOW)


def hashes(manifest: Manifest) -> set[str]:
    return {each.sha256 for each in manifest.files}


def test_a_restored_catalogue_is_the_same_under_a_new_epoch(portal: Portal, tmp_path: Path) -> None:
    catch_up(portal, progress=silent)
    manifest = back_up(portal, folder := tmp_path / "backup")
    assert hashes(manifest) == {HASH_1, HASH_2} and not manifest.findings
    assert sorted(each.name for each in folder.iterdir()) == ["catalogue.sqlite", "files", MANIFEST]
    assert [each.name for each in tmp_path.iterdir() if "partial" in each.name] == []
    settings = Settings(var=tmp_path / "new")
    assert put_back(settings, folder) is None
    again = open_portal(settings)
    assert rows(again.database) == rows(portal.database)
    with portal.database.read() as before, again.database.read() as after:
        assert catalogue_info(before).epoch != catalogue_info(after).epoch
        assert [cursor_of(after, name) for name in AWAITED] == [0]
    catch_up(again, progress=silent)
    assert database_findings(again.database) == index_findings(again) == []
    assert file_findings(again.database, again.storage, how="read again") == []
    assert again.search.indexed() == portal.search.indexed()
    again.close()


def test_backups_under_writes_hold_whole_transactions_and_every_file(portal: Portal, tmp_path: Path) -> None:
    stop, written = threading.Event(), []
    grown = ("dataset", "change", "file_version")
    before = {name: len(rows(portal.database)[name]) for name in grown}
    writer = threading.Thread(target=lambda: _write_until(stop, portal, written))
    writer.start()
    try:
        _wait(writer, lambda: len(written) >= 5)
        made = []
        for number in range(3):
            known = len(written)
            folder = tmp_path / f"backup-{number}"
            made.append((known, folder, back_up(portal, folder)))
            _wait(writer, lambda known=known: len(written) >= known + 3)
    finally:
        stop.set()
        writer.join()
    for number, (known, folder, manifest) in enumerate(made):
        require_whole(folder, manifest)
        assert not manifest.findings
        # 2 stored by the fixture; whatever was acknowledged before the backup began is in it.
        assert known + 2 <= len(manifest.files) <= len(written) + 2
        put_back(Settings(var=tmp_path / f"new-{number}"), folder)
        again = open_portal(Settings(var=tmp_path / f"new-{number}"))
        assert database_findings(again.database) == []
        assert file_findings(again.database, again.storage, how="read again") == []
        found = rows(again.database)
        # One transaction: one dataset, one file, one line of the log.
        assert {len(found[name]) - before[name] for name in grown} == {len(manifest.files) - 2}
        again.close()


def _wait(writer: threading.Thread, holds: Callable[[], bool]) -> None:
    while not holds():
        assert writer.is_alive()
        time.sleep(0.01)


def _write_until(stop: threading.Event, portal: Portal, written: list[str]) -> None:
    """A dataset with a file of its own, again and again: first the bytes, then the rows in one transaction."""
    while not stop.is_set():
        content = f"dòng {len(written)}\n".encode() * 500
        stored = portal.storage.put(io.BytesIO(content))
        with portal.database.write() as session:
            file = make_file("dong.csv", [content])
            make_dataset(session, f"Bộ dữ liệu {len(written)}", distributions=[file])
        written.append(stored.sha256)


@pytest.mark.parametrize(
    "damaged", ["catalogue.sqlite", f"files/{HASH_1[:2]}/{HASH_1}", f"files/{HASH_2[:2]}/{HASH_2}", MANIFEST]
)
@pytest.mark.parametrize("how", ["flip", "truncate", "remove"])
def test_a_damaged_backup_is_refused_by_name(portal: Portal, tmp_path: Path, damaged: str, how: str) -> None:
    back_up(portal, folder := tmp_path / "backup")
    path = folder / damaged
    content = path.read_bytes()
    path.unlink()
    if how == "flip":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    elif how == "truncate":
        path.write_bytes(content[:-3])
    with pytest.raises((BackupDamaged, NotABackup), match=damaged):
        put_back(Settings(var=tmp_path / "new"), folder)
    assert not (tmp_path / "new").exists()
    assert portal.storage.verify(HASH_1) and portal.storage.verify(HASH_2)


def test_a_manifest_that_names_less_is_refused(portal: Portal, tmp_path: Path) -> None:
    back_up(portal, folder := tmp_path / "backup")
    document = json.loads((folder / MANIFEST).read_bytes())
    document["contents"]["pieces"].pop()
    (folder / MANIFEST).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BackupDamaged):
        read_manifest(folder)


def test_a_manifest_that_leads_elsewhere_is_refused(portal: Portal, tmp_path: Path) -> None:
    back_up(portal, folder := tmp_path / "backup")
    manifest = read_manifest(folder)
    outside = Piece("files/../../secret", HASH_1, 1)
    (folder / MANIFEST).unlink()
    write_manifest(folder, replace(manifest, pieces=(*manifest.pieces, outside)))
    with pytest.raises(BackupDamaged):
        read_manifest(folder)


def test_an_interrupted_backup_leaves_nothing(portal: Portal, tmp_path: Path) -> None:
    def cut_short(_pieces: object) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(portal, tmp_path / "backups" / "one", watch=cut_short)
    assert list((tmp_path / "backups").iterdir()) == []
    with pytest.raises(NotABackup, match="one"):
        put_back(Settings(var=tmp_path / "new"), tmp_path / "backups" / "one")


def test_a_backup_goes_into_a_new_or_an_empty_folder_outside(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    back_up(portal, tmp_path / "empty")
    with pytest.raises(TargetTaken):
        back_up(portal, tmp_path / "empty")
    with pytest.raises(TargetInside):
        back_up(portal, portal.settings.var / "backups")
    require_whole(tmp_path / "empty", read_manifest(tmp_path / "empty"))


@pytest.mark.parametrize("problem", ["missing", "damaged", "unreadable"])
def test_lost_and_damaged_files_are_named_and_the_rest_is_backed_up(
    portal: Portal, tmp_path: Path, problem: str
) -> None:
    path = portal.storage.local_path(HASH_2)
    assert path is not None
    path.unlink()
    if problem == "damaged":
        path.write_bytes(b"damaged")
    elif problem == "unreadable":
        # Linux answers every read of it with EIO, as a broken disk does.
        path.symlink_to("/proc/self/mem")
    manifest = back_up(portal, folder := tmp_path / "backup")
    assert manifest.findings == (Finding("files", problem, HASH_2),)
    assert hashes(manifest) == {HASH_1} and hashes(read_manifest(folder)) == {HASH_1}
    put_back(Settings(var=tmp_path / "new"), folder)


def test_counts_and_an_owed_seed_are_kept_and_broken_counts_stop_nothing(
    portal: Portal, tmp_path: Path
) -> None:
    log = QueryLog(portal.settings.statistics_file)
    log.add({Asked(NOW.date(), "trường học", "vi"): Counts(searches=3)})
    owe(portal.settings.var, SeedPlan(12, True))
    back_up(portal, folder := tmp_path / "backup")
    put_back(settings := Settings(var=tmp_path / "new"), folder)
    (report,) = QueryLog(settings.statistics_file).report("searches", since=NOW.date(), limit=9, at_least=1)
    assert (report.query, report.counts.searches) == ("trường học", 3)
    assert read_owed(settings.var) == SeedPlan(12, True)
    log.close()
    portal.settings.statistics_file.write_bytes(b"no database at all" * 99)
    manifest = back_up(portal, tmp_path / "second")
    assert [each.part for each in manifest.findings] == ["statistics"] and manifest.has_database


def test_no_file_is_collected_while_a_backup_is_made(portal: Portal, tmp_path: Path) -> None:
    orphan = portal.storage.put(io.BytesIO(b"orphan")).sha256
    path = portal.storage.local_path(orphan)
    assert path is not None
    os.utime(path, (0, 0))

    def meanwhile(pieces: Iterable[Piece]) -> Iterator[Piece]:
        tend_files(portal)
        assert portal.storage.exists(orphan)
        yield from pieces

    back_up(portal, tmp_path / "backup", watch=meanwhile)
    tend_files(portal)
    assert not portal.storage.exists(orphan)


def test_a_folder_in_use_is_refused_and_the_old_state_is_kept_aside(portal: Portal, tmp_path: Path) -> None:
    back_up(portal, folder := tmp_path / "backup")
    with portal.database.write() as session:
        make_dataset(session, "Sau bản sao lưu")
    before = rows(portal.database)
    with pytest.raises(PortalInUse):
        put_back(portal.settings, folder)
    portal.close()
    aside = put_back(portal.settings, folder)
    assert aside is not None
    old = Database(f"sqlite:///{aside / 'catalogue.sqlite'}")
    assert rows(old) == before
    old.close()
    again = open_portal(portal.settings)
    assert len(rows(again.database)["dataset"]) == len(before["dataset"]) - 1
    assert file_findings(again.database, again.storage, how="read again") == []
    assert not portal.settings.index_folder.exists() and not portal.settings.snapshots_folder.exists()
    again.close()


def restore_and_die(var: Path, folder: Path, step: int) -> int:
    """Restores in a process that kills itself before the step of that number below `var`; its exit code."""
    child = os.fork()
    if child == 0:
        left = iter(range(step))

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            if event in _STEPS and f"{var}/" in str(arguments[0]) and next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        code = 1
        try:
            restore(Settings(var=var), folder, read_manifest(folder), now=NOW)
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


_STEPS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir")


def test_a_restore_killed_at_any_step_leaves_the_old_state_or_the_new_one(
    portal: Portal, tmp_path: Path
) -> None:
    back_up(portal, folder := tmp_path / "backup")
    backed_up = rows(portal.database)
    with portal.database.write() as session:
        make_dataset(session, "Sau bản sao lưu")
    states = [backed_up, rows(portal.database)]
    assert states[0] != states[1]
    portal.close()
    seen, step, code = set(), 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        var = tmp_path / f"killed-{step}" / "var"
        shutil.copytree(portal.settings.var, var)
        code = restore_and_die(var, folder, step)
        # Every step from the renewed database on; copying a file is like copying another.
        stride = 1 if (var / "restoring" / "swap.json").exists() else 6
        again = open_portal(Settings(var=var))
        seen.add(states.index(rows(again.database)))
        assert file_findings(again.database, again.storage, how="read again") == []
        assert not (var / "restoring" / "swap.json").exists()
        again.close()
        shutil.rmtree(var)
        step += stride
    assert code == 0 and seen == {0, 1} and step > 20


def test_nobody_opens_a_folder_that_is_being_replaced(portal: Portal) -> None:
    portal.close()
    with closed(portal.settings.var), pytest.raises(PortalClosed):
        open_portal(portal.settings)
    open_portal(portal.settings).close()


def test_a_backup_of_a_data_folder_is_not_put_into_a_database_server(portal: Portal, tmp_path: Path) -> None:
    back_up(portal, folder := tmp_path / "backup")
    elsewhere = replace(portal.settings, database_url="postgresql+psycopg://portal@127.0.0.1/portal")
    portal.close()
    with pytest.raises(DatabaseElsewhere):
        put_back(elsewhere, folder)
