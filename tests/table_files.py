"""Datasets with files that hold rows, read into tables as the worker reads them."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

from portal.catalog import public_queries
from portal.catalog.actors import SYSTEM
from portal.catalog.models import State
from portal.catalog.services.datasets import visible
from portal.catalog.services.distributions import supersede_file
from portal.catalog.services.files import describe_stored
from portal.catalog.services.matching import load_lookup
from portal.jobs.tables import TableFollower
from portal.wiring import Portal
from tests.factories import NOW, make_dataset, make_file

WARDS = (
    "Phường,Dân số,Diện tích (km2),Ngày đo\n"
    "Hải Châu,131427,7.58,01/07/2025\n"
    "Hòa Cường,119363,9.61,02/07/2025\n"
    "Thanh Khê,201240,7.92,03/07/2025\n"
    "An Khê,94520,6.14,04/07/2025\n"
    "Hoàng Sa,,305,\n"
)
"""A small table with text, whole numbers, fractions, days, and a row with cells missing."""


def add_table_file(
    portal: Portal,
    title: str,
    *versions: str | bytes,
    name: str = "bang.csv",
    state: State = State.PUBLISHED,
    **fields: Any,
) -> UUID:
    """A dataset with one file in these versions, its bytes stored, not yet read; the id of file and table."""
    contents = [each.encode() if isinstance(each, str) else each for each in versions]
    for content in contents:
        portal.storage.put(io.BytesIO(content))
    with portal.database.write() as session:
        distribution = make_file(name, contents)
        make_dataset(session, title, state=state, distributions=[distribution], **fields)
        return distribution.uuid


def add_table_version(portal: Portal, distribution: UUID, content: str | bytes) -> None:
    """Supersedes the file as a steward does; not yet read."""
    stored = portal.storage.put(io.BytesIO(content.encode() if isinstance(content, str) else content))
    with portal.database.write() as session:
        owner = public_queries.dataset_of_distribution(session, distribution)
        dataset = visible(session, SYSTEM, owner or "")
        found = next(each for each in dataset.distributions if each.uuid == distribution)
        name = found.file_versions[-1].name
        file = describe_stored(portal.storage, name, stored)
        supersede_file(session, SYSTEM, dataset, distribution, file, load_lookup(session), NOW)


def read_tables(portal: Portal) -> None:
    """Does at once what the worker does by and by."""
    follower = TableFollower(portal)
    follower.reconcile()
    while follower.follow():
        pass
