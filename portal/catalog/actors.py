"""Who acts: nobody known, a person with roles in agencies, an administrator, or the portal itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Role(StrEnum):
    """What somebody is towards one object; see `policies.ALLOWED`."""

    ANYONE = "anyone"
    CONTRIBUTOR = "contributor"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What a token lets its holder do, of all that the person may do; every token may read."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` stands in histories; `memberships` maps agency ids to CONTRIBUTOR or PUBLISHER.

    `scopes` narrows all this for one token; None narrows nothing. `person` and `token` are set for people.
    """

    name: str
    is_administrator: bool = False
    memberships: Mapping[int, Role] = field(default_factory=lambda: MappingProxyType({}))
    scopes: frozenset[Scope] | None = None
    person: UUID | None = None
    token: UUID | None = None

    def holds(self, scope: Scope) -> bool:
        """Whether the actor came with the right to use what its roles allow in this respect."""
        return self.scopes is None or scope in self.scopes


ANONYMOUS = Actor("anonymous")
# Commands of the machine's owner and timed jobs.
SYSTEM = Actor("system", is_administrator=True)
