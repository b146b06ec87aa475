"""What a bulk command does at its end: everything that follows the catalogue is in step before it returns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from portal.catalog.changes import cursor_of, last_change_id
from portal.database import Database
from portal.errors import Unavailable
from portal.jobs.exclusive import try_alone
from portal.jobs.followers import Follower, Requests
from portal.text import LocalizedText
from portal.wiring import Portal

_POLL_SECONDS = 0.2
# Longer than any rebuild that the portal is meant for.
_PATIENCE_SECONDS = 1800.0


class WorkerSilent(Unavailable):
    """Another process is the worker and does not get on."""

    message = LocalizedText(
        "Tiến trình nền không phản hồi; chỉ mục sẽ được cập nhật khi tiến trình chạy lại.",
        "The worker does not respond; the index will be brought up to date when it runs again.",
    )


def catch_up(portal: Portal, followers: Sequence[Follower]) -> None:
    """Brings every follower up to the last change: here, or by waiting for the worker that runs."""
    with portal.database.read() as session:
        target = last_change_id(session)
    _here_or_there(
        portal,
        here=lambda: [_in_step(follower) for follower in followers],
        is_done=lambda: min(_cursors(portal.database, followers), default=target) >= target,
    )


def rebuild(portal: Portal, follower: Follower) -> None:
    """Makes anew what one follower keeps: here, or by asking the worker that runs and waiting for it."""
    requests = Requests(portal.settings.var)
    requests.ask(follower.name)
    _here_or_there(
        portal,
        here=lambda: (follower.rebuild(), requests.done(follower.name)),
        is_done=lambda: not requests.is_owed(follower.name),
    )


def _here_or_there(portal: Portal, *, here: Callable[[], object], is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        with try_alone(portal.settings.var) as alone:
            if alone:
                here()
                return
        if is_done():
            return
        time.sleep(_POLL_SECONDS)
    raise WorkerSilent


def _in_step(follower: Follower) -> None:
    follower.reconcile()
    while follower.follow():
        pass


def _cursors(database: Database, followers: Sequence[Follower]) -> list[int]:
    with database.read() as session:
        return [cursor_of(session, follower.name) for follower in followers]
