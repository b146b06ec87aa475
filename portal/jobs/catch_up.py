"""What a bulk command does at its end: everything that follows the catalogue is in step before it returns."""

from __future__ import annotations

import time
from collections.abc import Callable

from portal.catalog import table_queries
from portal.catalog.changes import cursor_of, last_change_id
from portal.errors import Unavailable
from portal.jobs.derived import AWAITED, FOLLOWERS, Progress, open_followers
from portal.jobs.exclusive import try_alone
from portal.jobs.followers import Requests
from portal.jobs.tables import TableFollower
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


def catch_up(portal: Portal, *, progress: Progress) -> None:
    """Brings every follower up to the last change: here, or by waiting for the worker that runs."""
    with portal.database.read() as session:
        target = last_change_id(session)

    def here() -> None:
        with open_followers(portal, progress) as followers:
            for follower in followers:
                follower.reconcile()
                while follower.follow():
                    pass

    _here_or_there(portal, here=here, is_done=lambda: _last_followed(portal) >= target)


def rebuild_all(portal: Portal, *, progress: Progress) -> None:
    """Makes anew what every follower keeps: here, or by asking the worker that runs and waiting for it."""
    requests = Requests(portal.settings.var)
    for name in FOLLOWERS:
        requests.ask(name)

    def here() -> None:
        with open_followers(portal, progress) as followers:
            for follower in followers:
                follower.rebuild()
                requests.done(follower.name)

    _here_or_there(portal, here=here, is_done=lambda: not any(map(requests.is_owed, FOLLOWERS)))


def read_tables(portal: Portal, *, progress: Progress) -> None:
    """Reads every file that waits into its tables: here, or by waiting for the worker that runs."""

    def here() -> None:
        follower = TableFollower(portal, told=progress)
        follower.reconcile()
        while follower.follow():
            pass

    def is_done() -> bool:
        with portal.database.read() as session:
            return table_queries.waiting_count(session) == 0

    _here_or_there(portal, here=here, is_done=is_done)


def _last_followed(portal: Portal) -> int:
    with portal.database.read() as session:
        return min(cursor_of(session, name) for name in AWAITED)


def _here_or_there(portal: Portal, *, here: Callable[[], None], is_done: Callable[[], bool]) -> None:
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
