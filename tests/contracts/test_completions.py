"""What every search engine must complete while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.search.engines.base import Completed
from portal.search.names import Name
from portal.search.prefix import read_prefix
from tests.contracts.engines import ENGINES, Engine, document


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    opened = ENGINES[request.param](tmp_path / "index")
    yield opened
    opened.writer.close()


def silent(_done: int) -> None:
    """Tells nobody."""


def _completed(engine: Engine, typed: str) -> Completed:
    prefix = read_prefix(typed)
    assert prefix is not None
    return engine.open_reader().complete(prefix, 20)


def test_beginnings_are_completed_by_titles_columns_and_names(engine: Engine) -> None:
    agency = Name("agency", "so-y-te", "so-y-te", "Sở Y tế", also=("SYT",))
    first = document(1, "Giá đất", columns=("gia_dat", "năm"), facets={"agency": ("so-y-te",)})
    engine.writer.rebuild([first, document(2, "Bảng giá đất")], silent, source="a", names=[agency])
    assert _completed(engine, "gia d").titles == (1, 2), "what begins so comes first"
    assert _completed(engine, "gia_d").columns == (("gia_dat", 1),)
    assert _completed(engine, "syt").names == ((agency, 1),)
    assert _completed(engine, "zz").titles == ()


def test_completions_follow_every_change(engine: Engine) -> None:
    engine.writer.rebuild([document(1, "Giá đất"), document(2, "Giá nhà")], silent, source="a")
    engine.writer.apply([document(1, "Giá nước", columns=("giá cũ",))], [])
    assert set(_completed(engine, "gia").titles) == {1, 2}
    assert _completed(engine, "gia d").titles == ()
    name = Name("place", "p", "p", "Xã Giáp")
    engine.writer.apply([], [1], names=[name])
    found = _completed(engine, "gia")
    assert (found.titles, found.columns, found.names) == ((2,), (), ((name, 0),))
    engine.writer.apply([document(3, "Giấy phép")], [])
    assert _completed(engine, "gia").names == ((name, 0),), "names stay until others come"
    assert tuple(engine.writer.names()) == (name,)


def test_completions_survive_merges(engine: Engine) -> None:
    engine.writer.rebuild([], silent, source="a")
    for number in range(1, 60):
        engine.writer.apply([document(number, f"Giá {number}", columns=("giá", f"c{number}"))], [number - 9])
    assert set(_completed(engine, "gia").titles) == set(range(51, 60))
    assert _completed(engine, "gia").columns == (("giá", 9),)
    assert _completed(engine, "c5").columns != ()
