"""People of all roles with tokens, for tests that speak HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from portal.accounts.models import Person
from portal.accounts.people import appoint_administrator, create_person, set_membership
from portal.accounts.tokens import NewToken, issue
from portal.catalog import queries
from portal.catalog.actors import SYSTEM, Role, Scope
from tests.sites import Site, open_site

ALL = frozenset(Scope) - {Scope.ADMIN}
AGENCY = "so-y-te"
OTHER_AGENCY = "uy-ban-nhan-dan-thanh-pho"


@dataclass(frozen=True)
class Staffed:
    """A site; tokens by who holds them; ids of the people."""

    site: Site
    tokens: Mapping[str, str]
    ids: Mapping[str, str]

    def call(self, method: str, path: str, who: str = "anonymous", **more: Any) -> TestResponse:
        """One request with the token of `who`; `match` is If-Match."""
        headers = dict(more.pop("headers", {}))
        if who != "anonymous":
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if "match" in more:
            headers["If-Match"] = more.pop("match")
        return self.site.client.open(path, method=method, headers=headers, **more)

    def tag(self, path: str, who: str = "administrator") -> str:
        return self.call("GET", path, who).headers["ETag"]


def staff(folder: Path, **settings: Any) -> Staffed:
    """One person of each role at AGENCY, a publisher of another agency, and an administrator."""
    site = open_site(folder, **settings)
    tokens: dict[str, str] = {}
    ids: dict[str, str] = {}
    now = site.portal.clock()
    roles = (
        ("contributor", AGENCY, Role.CONTRIBUTOR),
        ("publisher", AGENCY, Role.PUBLISHER),
        ("stranger", OTHER_AGENCY, Role.PUBLISHER),
    )
    with site.portal.database.write() as session:
        people: dict[str, Person] = {"administrator": appoint_administrator(session, "root@example.vn", now)}
        for name, slug, role in roles:
            person = create_person(session, SYSTEM, {"email": f"{name}@example.vn"}, now)
            agency = queries.agency(session, slug)
            assert agency is not None
            people[name] = set_membership(session, SYSTEM, person, agency, role, now)
        for name, person in people.items():
            scopes = frozenset(Scope) if name == "administrator" else ALL
            tokens[name] = issue(session, SYSTEM, person, NewToken(f"of {name}", scopes), now).text
            ids[name] = str(person.uuid)
        wanted = NewToken("reads", frozenset({Scope.READ}))
        tokens["reading administrator"] = issue(session, SYSTEM, people["administrator"], wanted, now).text
    return Staffed(site, tokens, ids)
