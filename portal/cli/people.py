"""`create-admin`: the first person of a portal, and the way back in when every token is lost."""

from __future__ import annotations

import click

from portal.accounts.people import appoint_administrator
from portal.accounts.tokens import NewToken, issue
from portal.catalog.actors import SYSTEM, Scope
from portal.catalog.migrate import migrate
from portal.settings import read_settings
from portal.wiring import open_portal


@click.command("create-admin")
@click.option("--email", required=True, help="Address of the administrator; made when nobody has it.")
@click.option("--print-token", is_flag=True, help="Issue a token and print it, and nothing else.")
def create_admin(email: str, print_token: bool) -> None:
    """Make a person an administrator; with --print-token also a token for the API, valid for 90 days."""
    portal = open_portal(read_settings())
    migrate(portal.database)
    now = portal.clock()
    with portal.database.write() as session:
        person = appoint_administrator(session, email, now)
        wanted = NewToken("create-admin", frozenset(Scope))
        text = issue(session, SYSTEM, person, wanted, now).text if print_token else ""
    portal.close()
    click.echo(text or f"administrator: {person.email}")
