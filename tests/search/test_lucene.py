"""The query language of CKAN's clients: what it means, and that nothing breaks it."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.clauses import ANY_LETTER, EVERYTHING, AllOf, AnyOf, Between, Match, Not, Present, Words
from portal.search.lucene import MAX_CLAUSES, FieldNotSearchable, QueryNotUnderstood, parse
from portal.search.moments import moment

NOW = datetime(2026, 3, 31, 14, 5, 6, tzinfo=UTC)


def is_field(name: str) -> bool:
    return name in {"title", "tags", "name", "groups", "num_tags", "text", "*"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("*:*", EVERYTHING),
        ("", EVERYTHING),
        ("chợ đêm", Words("chợ đêm")),
        ('"chợ đêm"', Words('"chợ đêm"')),
        ("title:chợ", Match("title", ("chợ",))),
        ('title:"chợ đêm"', Match("title", ("chợ đêm",))),
        (r"title:a\:b\*", Match("title", ("a:b*",))),
        ("name:a*b?c", Match("name", ("a", f"b{ANY_LETTER}c"))),
        ("title:*", Present("title")),
        ("num_tags:[3 TO *]", Between("num_tags", "3", None)),
        ("num_tags:{3 TO 5]", Between("num_tags", "3", "5", with_low=False)),
        ('num_tags:["3" TO 5}', Between("num_tags", "3", "5", with_high=False)),
        ("num_tags:[* TO *]", Present("num_tags")),
        ("num_tags:-1", Match("num_tags", ("-1",))),
        ("+groups:a -groups:b", AllOf((Match("groups", ("a",)), Not(Match("groups", ("b",)))))),
        ("groups:a OR groups:b", AnyOf((Match("groups", ("a",)), Match("groups", ("b",))))),
        (
            "groups:a AND groups:b OR groups:c",
            AnyOf((AllOf((Match("groups", ("a",)), Match("groups", ("b",)))), Match("groups", ("c",)))),
        ),
        ("groups:(a OR b)", AnyOf((Match("groups", ("a",)), Match("groups", ("b",))))),
        ("NOT (groups:a)", Not(Match("groups", ("a",)))),
        ("chợ title:a đêm", AllOf((Words("chợ"), Match("title", ("a",)), Words("đêm")))),
        ("tags:a~2^3", Match("tags", ("a",))),
        ("ORANGE", Words("ORANGE")),
    ],
)
def test_what_a_query_means(text: str, meant: object) -> None:
    assert parse(text, is_field) == meant


@pytest.mark.parametrize(
    "text", ["(a", "a)", "title:", "title:(", "a AND", "OR a", "[a TO b]", "title:[a TO", '"a', "()"]
)
def test_what_is_not_well_formed(text: str) -> None:
    with pytest.raises(QueryNotUnderstood):
        parse(text, is_field)


def test_names_that_are_no_fields_are_words_where_people_type() -> None:
    assert parse("Chủ đề: chợ", is_field, lenient=True) == Words("Chủ đề chợ")
    with pytest.raises(FieldNotSearchable):
        parse("la:b", is_field)


FRAGMENTS = st.sampled_from(
    ["title:", "tags:", "la:", "(", ")", '"', "[", "]", "{", "}", " TO ", "*", "?", "AND", "OR", "NOT", "+", "-", "!",
     "\\", "~", "^2", "&&", "||", " ", "chợ", "a", "NOW-1DAY", "{!", ":", "\n", "\0", "𝒳", "0"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=80).map("".join)), st.booleans())
def test_any_text_is_a_query_or_told_not_to_be_one(text: str, lenient: bool) -> None:
    try:
        parse(text, is_field, lenient=lenient)
    except (QueryNotUnderstood, FieldNotSearchable) as error:
        assert error.text.vi and error.text.en


@pytest.mark.parametrize(
    "text",
    ["(" * 8000, "-" * 8000, '"' * 7999, "\\" * 7999, "a " * 4000, "title:" * 1300, "[" * 8000, "a~" * 4000],
)
def test_no_query_takes_long(text: str) -> None:
    started = time.process_time()
    with suppress(QueryNotUnderstood):
        parse(text, is_field, lenient=True)
    assert time.process_time() - started < 1


def test_there_is_an_end_to_conditions() -> None:
    parse(" ".join(["title:a"] * MAX_CLAUSES), is_field)
    with pytest.raises(QueryNotUnderstood):
        parse(" ".join(["title:a"] * (MAX_CLAUSES + 1)), is_field)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("NOW", NOW),
        ("NOW-7DAYS", datetime(2026, 3, 24, 14, 5, 6, tzinfo=UTC)),
        ("NOW/DAY", datetime(2026, 3, 31, tzinfo=UTC)),
        ("NOW-1MONTH", datetime(2026, 2, 28, 14, 5, 6, tzinfo=UTC)),
        ("NOW/YEAR+2MONTHS", datetime(2026, 3, 1, tzinfo=UTC)),
        ("NOW+1YEAR-1HOUR/HOUR", datetime(2027, 3, 31, 13, tzinfo=UTC)),
        ("2024-01-02", datetime(2024, 1, 2, tzinfo=UTC)),
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T07:00:00+07:00", datetime(2024, 1, 2, tzinfo=UTC)),
        ("NOW-999999YEARS", None),
        ("NOW-1FORTNIGHT", None),
        ("NOW/WEEK", None),
        ("hôm qua", None),
    ],
)
def test_moments(text: str, instant: datetime | None) -> None:
    assert moment(text, NOW) == instant
