"""Who acts: nobody known, a person with roles in agencies, an administrator, or the portal itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is towards one object; see `policies.ALLOWED`."""

    ANYONE = "anyone"
    CONTRIBUTOR = "contributor"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """`name` stands in histories; `memberships` maps agency ids to CONTRIBUTOR or PUBLISHER."""

    name: str
    is_administrator: bool = False
    memberships: Mapping[int, Role] = field(default_factory=lambda: MappingProxyType({}))


ANONYMOUS = Actor("anonymous")
# Commands of the machine's owner and timed jobs.
SYSTEM = Actor("system", is_administrator=True)
