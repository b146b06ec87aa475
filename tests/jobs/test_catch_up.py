"""Bulk commands leave everything in step, whether or not a worker runs beside them."""

from __future__ import annotations

import shutil
import threading
import time

from portal.jobs.catch_up import catch_up, rebuild_all
from portal.jobs.derived import open_followers, silent
from portal.jobs.exclusive import try_alone
from portal.jobs.followers import FollowerLoop, Requests
from portal.wiring import Portal, open_portal
from tests.factories import make_dataset


def test_alone_it_does_the_work_itself(portal: Portal) -> None:
    catch_up(portal, progress=silent)
    assert len(portal.search.indexed()) == 3


def test_beside_a_worker_it_waits_until_the_worker_has_followed(portal: Portal) -> None:
    stop, holds = threading.Event(), threading.Event()

    def work() -> None:
        with try_alone(portal.settings.var) as alone, open_followers(portal) as followers:
            assert alone
            holds.set()
            FollowerLoop(followers, Requests(portal.settings.var), stop).run()

    worker = threading.Thread(target=work)
    worker.start()
    assert holds.wait(10)
    with portal.database.write() as session:
        make_dataset(session, "Đến sau")
    catch_up(portal, progress=silent)
    assert len(portal.search.indexed()) == 4
    before = portal.search.generation()
    rebuild_all(portal, progress=silent)
    end = time.monotonic() + 20
    while portal.search.generation() == before and time.monotonic() < end:
        time.sleep(0.02)
    assert portal.search.generation() > before
    stop.set()
    worker.join(10)


def test_an_index_that_is_gone_is_made_again(portal: Portal) -> None:
    catch_up(portal, progress=silent)
    shutil.rmtree(portal.settings.index_folder)
    catch_up(portal, progress=silent)
    fresh = open_portal(portal.settings)
    assert len(fresh.search.indexed()) == 3
    fresh.close()
