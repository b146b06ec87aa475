"""Tables that were read out of files: what each is, now and in older versions of its file."""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from portal.api.v1 import parameters
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes, describes_files
from portal.api.v1.table_forms import TableForm
from portal.catalog import queries, table_queries
from portal.catalog.services.tables import TableNotFound, visible_table
from portal.catalog.table_queries import FoundTable
from portal.exchange import v1_table_openapi, v1_tables
from portal.exchange.v1_tables import TableAddress
from portal.http import context

blueprint = Blueprint(
    "tables", __name__, url_prefix="/api/v1", description="Tables in files: their columns and rows."
)

TABLE = parameters.in_path("uuid", "Id of the table.")
VERSION = parameters.in_path("number", "Number of the file version, from 1.")


@describes(blueprint, "/tables/<uuid>", answer=TableForm, parameters=[TABLE, parameters.LANG])
def show_table(uuid: str) -> Response:
    """What a table is

    Its columns with types, units, the reasons for both, and a profile of every cell.
    """
    return _shown(uuid, None)


@describes(
    blueprint,
    "/tables/<uuid>/versions/<number>",
    answer=TableForm,
    parameters=[TABLE, VERSION, parameters.LANG],
)
def show_table_version(uuid: str, number: str) -> Response:
    """A table as it was in one file version

    Columns, types and rows may differ from those of the present one.
    """
    return _shown(uuid, number)


@describes_files(
    blueprint,
    "/tables/<uuid>/openapi.json",
    media={"application/json": {"type": "object"}},
    parameters=[TABLE, parameters.LANG],
)
def describe_table(uuid: str) -> Response:
    """This table alone as OpenAPI 3.1

    Every column is a parameter, with its type and an example.
    """
    return _described(uuid, None)


@describes_files(
    blueprint,
    "/tables/<uuid>/versions/<number>/openapi.json",
    media={"application/json": {"type": "object"}},
    parameters=[TABLE, VERSION, parameters.LANG],
)
def describe_table_version(uuid: str, number: str) -> Response:
    """A table as it was in one file version, as OpenAPI 3.1"""
    return _described(uuid, number)


def found_table(uuid: str, number: str | None) -> tuple[FoundTable, TableAddress]:
    """The table, as the one who asks may see it. Raises TableNotFound and Withdrawn."""
    version = _version(number) if number is not None else None
    found = visible_table(
        context.session(),
        context.actor(),
        queries.as_uuid(uuid),
        version=version,
        hide_illustrative=context.portal().settings.hide_illustrative,
    )
    return found, TableAddress(found.table.uuid, version)


def _shown(uuid: str, number: str | None) -> Response:
    shape = form()
    found, address = found_table(uuid, number)
    versions = table_queries.version_lines(context.session(), found.table.uuid)
    return respond(v1_tables.table(found, versions, address, shape))


def _described(uuid: str, number: str | None) -> Response:
    shape = form()
    found, address = found_table(uuid, number)
    return respond(v1_table_openapi.table_openapi(found, address, shape))


def _version(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise TableNotFound
    return int(text)
