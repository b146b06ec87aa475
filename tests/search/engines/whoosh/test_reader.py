"""A reader that serves while the index changes under it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from portal.catalog.models import WordKind
from portal.search.documents import SearchDocument
from portal.search.engines.whoosh.reader import WhooshReader
from portal.search.engines.whoosh.writer import WhooshWriter
from portal.search.understanding import understand
from portal.search.words import Glossary, WordRow
from portal.text import LocalizedText


def document(number: int) -> SearchDocument:
    return SearchDocument(id=number, version=1, title=LocalizedText(f"Giá đất {number}"))


def until(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not is_so() and time.monotonic() < end:
        time.sleep(0.005)
    return is_so()


def test_a_newer_state_takes_the_place_of_the_old_one_by_itself(tmp_path: Path) -> None:
    writer = WhooshWriter(tmp_path)
    writer.rebuild([document(1)], lambda _done: None, source="here")
    reader = WhooshReader(tmp_path, poll_seconds=0.001)
    assert set(reader.indexed()) == {1}

    newest = writer.apply([document(2)], [1])

    assert until(lambda: reader.generation() == newest)
    assert set(reader.indexed()) == {2}


def test_the_first_search_after_a_pause_knows_what_happened_meanwhile(tmp_path: Path) -> None:
    writer = WhooshWriter(tmp_path)
    writer.rebuild([document(1)], lambda _done: None, source="here")
    reader = WhooshReader(tmp_path, poll_seconds=0.02)
    for number in range(2, 6):
        assert set(reader.indexed()) == {number - 1}
        writer.apply([document(number)], [number - 1])
        time.sleep(0.05)


def test_an_index_made_anew_is_taken_whatever_its_number(tmp_path: Path) -> None:
    writer = WhooshWriter(tmp_path)
    writer.rebuild([document(1)], lambda _done: None, source="here")
    for number in range(2, 5):
        writer.apply([document(number)], [])
    writer.close()
    reader = WhooshReader(tmp_path, poll_seconds=0.001)
    before = reader.generation()
    shutil.rmtree(tmp_path)
    again = WhooshWriter(tmp_path)

    newest = again.rebuild([document(9)], lambda _done: None, source="here")

    assert until(lambda: reader.generation() == newest != before)
    assert set(reader.indexed()) == {9}


def test_new_words_are_ready_with_their_state(tmp_path: Path) -> None:
    writer = WhooshWriter(tmp_path)
    writer.rebuild([document(1)], lambda _done: None, source="here")
    reader = WhooshReader(tmp_path, poll_seconds=0.001)
    reader.generation()
    rows = (WordRow("nhà", WordKind.SYNONYM, "đất"),)

    newest = writer.apply([], [], glossary=Glossary(rows))

    assert until(lambda: reader.generation() == newest)
    glossary = reader.knowledge().glossary
    assert glossary.rows == rows
    assert "shortened" in vars(glossary)


def test_many_threads_read_while_states_follow_each_other(tmp_path: Path) -> None:
    """Every answer is of one state: its total is what was indexed in its generation."""
    writer = WhooshWriter(tmp_path)
    totals = {writer.rebuild([document(1)], lambda _done: None, source="here"): 1}
    reader = WhooshReader(tmp_path, poll_seconds=0.001)
    query, seen, done = understand("giá đất").query, set[tuple[int, int]](), threading.Event()

    def read() -> None:
        while not done.is_set():
            answer = reader.search(query, filters={}, sort="relevance", start=0, size=5, facets=())
            seen.add((answer.generation, answer.total))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(2, 22):
        totals[writer.apply([document(number)], [])] = number
    assert until(lambda: reader.generation() == writer.generation())
    done.set()
    for thread in threads:
        thread.join(20)

    assert len(seen) > 1
    assert all(totals[generation] == total for generation, total in seen)
