"""Charts are well-formed, stay inside their frame, escape every name, and break where figures are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tables.values import Bin
from portal.web.charts.draw import Drawn, drawn, drawn_histogram
from portal.web.charts.numbers import scale, written
from portal.web.charts.values import Chart, Kind, Mark
from tests.conftest import REPOSITORY

SVG = "{http://www.w3.org/2000/svg}"
KINDS: tuple[Kind, ...] = ("bars", "columns", "line")
HOSTILE = '<script>alert(1)</script>" onload="x'


def chart(kind: Kind, values: Sequence[float | None], **more: object) -> Chart:
    marks = tuple(Mark(f"Mục {index}", value) for index, value in enumerate(values))
    given_ = {"id": "c", "measure": "Dân số", "by": "Phường", "marks": marks, "language": "vi", **more}
    return Chart(kind, **given_)  # type: ignore[arg-type]


def picture(found: Drawn) -> ElementTree.Element:
    return ElementTree.fromstring(found.svg)


def class_of(element: ElementTree.Element) -> list[str]:
    return element.get("class", "").split()


def marks_of(found: Drawn, name: str) -> list[ElementTree.Element]:
    return [each for each in picture(found).iter() if name in class_of(each)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_has_a_name_and_a_sentence(kind: Kind) -> None:
    found = drawn(chart(kind, [3, 5, 4], unit="người"))
    root = picture(found)
    assert root.get("role") == "img"
    named = [root.get("aria-labelledby"), root.get("aria-describedby")]
    by_id = {each.get("id"): each.text for each in root.iter() if each.get("id")}
    assert [by_id[each] for each in named] == [found.title, found.summary]
    assert found.title == "Dân số (người) theo Phường"


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_never_markup(kind: Kind) -> None:
    marks = (Mark(HOSTILE, 1), Mark(HOSTILE + "2", None), Mark("c", -2))
    found = drawn(chart(kind, [], marks=marks, measure=HOSTILE, by=HOSTILE, unit=HOSTILE))
    allowed = {"svg", "g", "title", "desc", "text", "line", "rect", "circle", "path"}
    assert {each.tag.removeprefix(SVG) for each in picture(found).iter()} <= allowed
    assert not any("onload" in each.attrib for each in picture(found).iter())
    assert "style=" not in found.svg


def test_missing_figures_break_the_line_and_a_lone_point_stays() -> None:
    found = drawn(chart("line", [1, 2, None, 3, None, 4, 5]))
    (line,) = marks_of(found, "chart__line")
    assert line.get("d", "").count("M") == 3
    assert len(marks_of(found, "chart__point")) == 5
    many = drawn(chart("line", [*range(60), None, 7, None, *range(60)]))
    assert len(marks_of(many, "chart__point")) == 3


def test_missing_figures_are_no_bars_and_are_told() -> None:
    for kind in ("bars", "columns"):
        found = drawn(chart(kind, [1, None, 3]))
        assert len(marks_of(found, "chart__bar")) == 2
        assert marks_of(found, "chart__gap")
        assert "Không có số liệu cho 1 trên 3 mục." in found.summary
        assert found.rows == (("Mục 0", "1"), ("Mục 1", "–"), ("Mục 2", "3"))


def test_bars_below_zero_begin_where_those_above_do() -> None:
    found = drawn(chart("bars", [6, -3]))
    above, below = marks_of(found, "chart__bar")
    zero = float(above.get("x", "").rstrip("%"))
    assert float(below.get("x", "").rstrip("%")) + float(below.get("width", "").rstrip("%")) == pytest.approx(
        zero, abs=0.01
    )
    assert "chart__bar--negative" in class_of(below)


def test_an_illustrative_picture_says_so_itself() -> None:
    for kind in KINDS:
        found = drawn(chart(kind, [1, 2], is_illustrative=True))
        assert "Minh họa – không phải số liệu thật" in "".join(picture(found).itertext())


def test_long_names_keep_two_lines_and_are_whole_where_one_points() -> None:
    name = "Trung tâm Phục vụ hành chính công phường Ngũ Hành Sơn và các đơn vị trực thuộc trên địa bàn thành phố"
    found = drawn(chart("bars", [], marks=(Mark(name, 12345.5), Mark("b", 1))))
    lines = [each.text or "" for each in marks_of(found, "chart__name")]
    assert len(lines) == 3
    assert all(len(each) <= 40 for each in lines)
    assert any(name in (each.text or "") for each in picture(found).iter(f"{SVG}title"))


figures = st.one_of(st.none(), st.floats(-1e14, 1e14), st.integers(-(10**12), 10**12).map(float))


@given(st.sampled_from(KINDS), st.lists(figures, min_size=1, max_size=40))
def test_nothing_lies_outside_the_frame(kind: Kind, values: list[float | None]) -> None:
    found = drawn(chart(kind, values))
    if not found.svg:
        assert all(each is None for each in values)
        return
    assert not re.search(r"nan|inf", found.svg, re.IGNORECASE)
    root = picture(found)
    height = float(root.get("height", ""))
    for each in root.iter():
        for name in ("x", "cx", "x1", "x2", "width"):
            value = each.get(name, "")
            assert not value.endswith("%") or -0.01 <= float(value[:-1]) <= 100.01, (name, value)
        for name in ("y", "cy", "y1", "y2"):
            assert not each.get(name) or -1 <= float(each.get(name, "")) <= height, (name, each.attrib)


@given(st.lists(st.floats(-1e14, 1e14), min_size=1, max_size=30), st.booleans())
def test_an_axis_holds_its_values_between_round_ticks(values: list[float], from_zero: bool) -> None:
    axis = scale(tuple(values), from_zero=from_zero)
    low, high = axis.ticks[0], axis.ticks[-1]
    slack = (high - low) * 1e-6
    assert low - slack <= min(values) and max(values) <= high + slack
    assert 2 <= len(axis.ticks) <= 8
    if from_zero:
        assert 0 in axis.ticks
    step = axis.ticks[1] - axis.ticks[0]
    assert f"{step:.3e}"[:5] in ("1.000", "2.000", "5.000"), axis.ticks


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (1234567, "1.234.567", "1,234,567"),
        (1234.5, "1.234,5", "1,234.5"),
        (-0.1, "−0,1", "−0.1"),
        (0.1 + 0.2, "0,3", "0.3"),
        (0.0, "0", "0"),
        (0.000123456, "0,000123456", "0.000123456"),
    ],
)
def test_figures_are_written_as_the_language_has_them(value: float, vi: str, en: str) -> None:
    assert (written(value, "vi"), written(value, "en")) == (vi, en)


def test_a_large_axis_counts_in_words() -> None:
    found = drawn(chart("columns", [23e12, 27.4e12], unit="đồng", measure="Thu"))
    assert [each.text for each in marks_of(found, "chart__caption")] == ["Thu (nghìn tỷ đồng)"]
    kept = drawn(chart("columns", [23e9, 27e9], unit="triệu đồng", measure="Thu"))
    assert [each.text for each in marks_of(kept, "chart__caption")] == ["Thu (triệu đồng)"]


def test_a_histogram_tells_where_most_rows_lie() -> None:
    bins = tuple(Bin(low, low + 5, count) for low, count in ((0, 2), (5, 9), (10, 0)))
    found = drawn_histogram(bins, "Mưa", "h", "vi")
    assert found is not None
    assert found.summary == "Giá trị từ 0 đến 15; khoảng 5 – 10 có nhiều dòng nhất (9)."
    assert len(marks_of(found, "chart__bar")) == 2
    assert drawn_histogram((), "Mưa", "h", "vi") is None


def test_what_is_too_large_to_draw_is_not_drawn() -> None:
    found = drawn(chart("bars", [1e300, 1]))
    assert not found.svg
    assert found.rows


def test_bars_and_lines_stand_out_from_their_ground() -> None:
    """WCAG 1.4.11: 3 to 1 for what one must see, in both schemes."""
    css = (REPOSITORY / "portal/static/css/explore.css").read_text(encoding="utf-8")
    inks = re.findall(r"--chart(?:-negative)?: (#[0-9a-f]{6})", css)
    assert len(inks) == 4
    grounds = ["#ffffff", "#ffffff", "#0f1b22", "#0f1b22"]
    for ink, ground in zip(inks, grounds, strict=True):
        light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, (ink, ground)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
