"""From a text to an actor: only what is stored, current and active counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.accounts.authentication import TokenExpired, TokenInvalid, authenticate, digest_of
from portal.accounts.people import appoint_administrator, update_person
from portal.accounts.tokens import Issued, NewToken, issue, revoke
from portal.catalog.actors import SYSTEM, Scope
from tests.databases import empty_database

NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with empty_database(tmp_path) as database, database.write() as session:
        yield session


@pytest.fixture
def issued(session: Session) -> Issued:
    person = appoint_administrator(session, "Mai@example.vn", NOW)
    appoint_administrator(session, "second@example.vn", NOW)
    return issue(session, SYSTEM, person, NewToken("t", frozenset({Scope.WRITE})), NOW)


def test_the_actor_is_the_person_narrowed_by_the_token(session: Session, issued: Issued) -> None:
    actor = authenticate(session, issued.text, NOW)
    assert (actor.name, actor.is_administrator) == ("Mai@example.vn", True)
    assert actor.scopes == {Scope.READ, Scope.WRITE}
    assert [each for each in Scope if actor.holds(each)] == [Scope.READ, Scope.WRITE]
    assert (actor.person, actor.token) == (issued.token.person.uuid, issued.token.uuid)


@pytest.mark.parametrize(
    "change", [str.upper, lambda t: t[:-1], lambda t: t + "0", lambda t: "", lambda t: t[4:]]
)
def test_another_text_is_nobody(session: Session, issued: Issued, change: object) -> None:
    with pytest.raises(TokenInvalid):
        authenticate(session, change(issued.text), NOW)  # type: ignore[operator]


def test_a_token_works_until_the_very_instant_of_its_end(session: Session, issued: Issued) -> None:
    end = issued.token.expires_at
    assert authenticate(session, issued.text, end - timedelta(microseconds=1))
    with pytest.raises(TokenExpired):
        authenticate(session, issued.text, end)


def test_revoked_and_expired_says_no_more_than_unknown(session: Session, issued: Issued) -> None:
    revoke(session, SYSTEM, issued.token, NOW)
    for instant in (NOW, NOW + timedelta(days=400)):
        with pytest.raises(TokenInvalid):
            authenticate(session, issued.text, instant)


def test_who_is_put_out_of_service_has_no_working_token(session: Session, issued: Issued) -> None:
    update_person(session, SYSTEM, issued.token.person, {"active": False}, NOW)
    with pytest.raises(TokenInvalid):
        authenticate(session, issued.text, NOW)


def test_only_the_hash_is_kept_and_no_two_texts_are_alike(session: Session, issued: Issued) -> None:
    other = issue(session, SYSTEM, issued.token.person, NewToken("t", frozenset({Scope.READ})), NOW)
    assert other.text != issued.text
    assert issued.token.digest == digest_of(issued.text)
    assert issued.text[12:] not in repr(issued) + repr(vars(issued.token))
