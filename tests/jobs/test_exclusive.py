"""One worker at a time; the lock dies with its process."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from portal.jobs.exclusive import try_alone, wait_alone

HOLD = """
import sys, time
from pathlib import Path
from portal.jobs.exclusive import try_alone
with try_alone(Path(sys.argv[1])) as alone:
    print(alone, flush=True)
    time.sleep(60)
"""


def test_the_second_is_not_alone_until_the_first_is_done(tmp_path: Path) -> None:
    with try_alone(tmp_path) as first, try_alone(tmp_path) as second:
        assert (first, second) == (True, False)
    with try_alone(tmp_path) as third:
        assert third


def test_a_waiting_process_says_so_and_then_gets_its_turn(tmp_path: Path) -> None:
    waits, works = threading.Event(), threading.Event()

    def wait() -> None:
        with wait_alone(tmp_path, on_wait=waits.set):
            works.set()

    with try_alone(tmp_path):
        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        assert waits.wait(5)
        assert not works.wait(0.6)
    assert works.wait(5)
    thread.join(5)


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"True\n"
        with try_alone(tmp_path) as alone:
            assert not alone
        holder.kill()
    with try_alone(tmp_path) as alone:
        assert alone
