"""Requests from URLs and back."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from werkzeug.datastructures import MultiDict

from portal.search.request import (
    MAX_VALUES,
    PlainArguments,
    SearchRequest,
    SearchRequestInvalid,
    SearchTooDeep,
)


def read(**values: list[str]) -> SearchRequest:
    return SearchRequest.from_args(PlainArguments(values))


def test_no_parameters_are_the_first_page_of_everything() -> None:
    assert read() == SearchRequest()
    assert read().to_query_string() == ""


def test_a_url_and_back() -> None:
    request = read(
        q=["chợ Hải Châu"], theme=["b", "a"], year=["2024"], sort=["title"], page=["3"], page_size=["50"]
    )
    text = request.to_query_string()
    assert text.endswith("&theme=a&theme=b&year=2024&sort=title&page=3&page_size=50")
    again = SearchRequest.from_args(PlainArguments(parse_qs(text)))
    assert again.to_query_string() == text
    assert again.start == 100


def test_the_arguments_of_a_web_framework_are_taken() -> None:
    request = SearchRequest.from_args(MultiDict([("format", "csv"), ("format", "csv"), ("format", "")]))
    assert request.filters == {"format": ("csv",)}


def test_filters_are_added_and_lifted_from_the_first_page() -> None:
    request = read(q=["a"], page=["4"]).with_filter("theme", "x").with_filter("theme", "y")
    assert (request.chosen("theme"), request.page) == (("x", "y"), 1)
    assert request.without_filter("theme", "x").chosen("theme") == ("y",)
    assert request.without_filter("theme").filters == {}
    assert request.without_filter("theme", "x").without_filter("theme", "y").filters == {}
    assert request.with_page(2).page == 2
    assert request.with_page(2).with_sort("title").page == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "x"),
        ("page", "²"),
        ("page", "9" * 50),
        ("page_size", "101"),
        ("page_size", "1.5"),
        ("sort", "random"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(SearchRequestInvalid) as caught:
        read(**{name: [value]})
    assert set(caught.value.fields) == {name}


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(SearchRequestInvalid) as caught:
        read(page=["x"], page_size=["x"], sort=["x"])
    assert set(caught.value.fields) == {"page", "page_size", "sort"}


def test_pages_end_at_ten_thousand() -> None:
    assert read(page=["100"], page_size=["100"]).start == 9_900
    with pytest.raises(SearchTooDeep):
        read(page=["101"], page_size=["100"])


def test_what_is_unknown_or_too_much_is_left_out() -> None:
    request = read(q=["a" * 100_000], colour=["red"], theme=[str(n) for n in range(1_000)])
    assert len(request.text) == 200
    assert set(request.filters) == {"theme"}
    assert len(request.chosen("theme")) == MAX_VALUES


def test_control_characters_are_cleaned_away() -> None:
    request = read(q=["chợ\x00\u202e  Hàn\n"], agency=["so\x00-y-te"])
    assert request.text == "chợ Hàn"
    assert request.chosen("agency") == ("so-y-te",)
