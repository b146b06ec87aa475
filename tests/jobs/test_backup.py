"""A backup under writes is one whole state; restored, it is the same catalogue under a new epoch."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.catalog.changes import catalogue_info, cursor_of
from portal.catalog.models import Base
from portal.clock import system_clock
from portal.database import Database
from portal.jobs.backup import NotOnThisMachine, back_up
from portal.jobs.catch_up import catch_up
from portal.jobs.derived import AWAITED, silent
from portal.jobs.integrity import database_findings, file_findings, index_findings
from portal.jobs.manifest import MANIFEST, BackupDamaged, NotABackup, read_manifest, require_whole
from portal.jobs.restore import DatabaseElsewhere, FolderNotEmpty, restore
from portal.settings import Settings
from portal.wiring import Portal, PortalClosed, PortalInUse, closed, open_portal
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


def put_back(settings: Settings, folder: Path, *, moves_old: bool = False) -> Path | None:
    manifest = read_manifest(folder)
    require_whole(folder, manifest)
    return restore(settings, folder, manifest, now=system_clock(), moves_old=moves_old)


def test_a_restored_catalogue_is_the_same_under_a_new_epoch(portal: Portal, tmp_path: Path) -> None:
    catch_up(portal, progress=silent)
    folder, manifest = back_up(portal, tmp_path / "backups")
    assert {each.sha256 for each in manifest.files} == {HASH_1, HASH_2} and not manifest.missing
    assert sorted(each.name for each in folder.iterdir()) == ["catalogue.sqlite", "files", MANIFEST]
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
            made.append((known, *back_up(portal, tmp_path / f"backups-{number}")))
            _wait(writer, lambda known=known: len(written) >= known + 3)
    finally:
        stop.set()
        writer.join()
    for number, (known, folder, manifest) in enumerate(made):
        require_whole(folder, manifest)
        assert not manifest.missing
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
    folder, _ = back_up(portal, tmp_path / "backups")
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
    folder, _ = back_up(portal, tmp_path / "backups")
    document = json.loads((folder / MANIFEST).read_bytes())
    document["contents"]["files"].pop()
    (folder / MANIFEST).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BackupDamaged):
        read_manifest(folder)


def test_an_interrupted_backup_is_none(portal: Portal, tmp_path: Path) -> None:
    def cut_short(_files: object) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(portal, tmp_path / "backups", watch=cut_short)
    (left,) = (tmp_path / "backups").iterdir()
    assert (left / "catalogue.sqlite").exists()
    with pytest.raises(NotABackup, match=left.name):
        put_back(Settings(var=tmp_path / "new"), left)


def test_lost_and_damaged_files_are_named_and_the_rest_is_backed_up(portal: Portal, tmp_path: Path) -> None:
    path = portal.storage.local_path(HASH_2)
    assert path is not None
    path.write_bytes(b"damaged")
    folder, manifest = back_up(portal, tmp_path / "backups")
    assert manifest.missing == (HASH_2,)
    assert [each.sha256 for each in manifest.files] == [HASH_1]
    put_back(Settings(var=tmp_path / "new"), folder)


def test_a_folder_in_use_is_refused_and_one_with_a_catalogue_is_kept_aside(
    portal: Portal, tmp_path: Path
) -> None:
    folder, _ = back_up(portal, tmp_path / "backups")
    with portal.database.write() as session:
        make_dataset(session, "Sau bản sao lưu")
    before = rows(portal.database)
    with pytest.raises(PortalInUse):
        put_back(portal.settings, folder, moves_old=True)
    portal.close()
    with pytest.raises(FolderNotEmpty):
        put_back(portal.settings, folder)
    aside = put_back(portal.settings, folder, moves_old=True)
    assert aside is not None
    old = Database(f"sqlite:///{aside / 'catalogue.sqlite'}")
    assert rows(old) == before
    old.close()
    again = open_portal(portal.settings)
    assert len(rows(again.database)["dataset"]) == len(before["dataset"]) - 1
    assert file_findings(again.database, again.storage, how="read again") == []
    again.close()


def test_a_restore_killed_half_way_is_done_again(portal: Portal, tmp_path: Path) -> None:
    folder, manifest = back_up(portal, tmp_path / "backups")
    settings = Settings(var=tmp_path / "new")

    def cut_short(files: Any) -> Any:
        yield next(iter(files))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(settings, folder, manifest, now=NOW, moves_old=False, watch=cut_short)
    assert not (settings.var / "catalogue.sqlite").exists()
    put_back(settings, folder)
    again = open_portal(settings)
    assert rows(again.database) == rows(portal.database)
    again.close()


def test_nobody_opens_a_folder_that_is_being_replaced(portal: Portal) -> None:
    portal.close()
    with closed(portal.settings.var), pytest.raises(PortalClosed):
        open_portal(portal.settings)
    open_portal(portal.settings).close()


def test_a_database_server_is_left_to_its_own_tools(portal: Portal, tmp_path: Path) -> None:
    folder, manifest = back_up(portal, tmp_path / "backups")
    elsewhere = replace(portal.settings, database_url="postgresql+psycopg://portal@127.0.0.1/portal")
    with pytest.raises(DatabaseElsewhere):
        restore(elsewhere, folder, manifest, now=NOW, moves_old=True)
    server = open_portal(elsewhere)
    with pytest.raises(NotOnThisMachine, match="pg_dump"):
        back_up(server, tmp_path / "backups")
    server.close()
