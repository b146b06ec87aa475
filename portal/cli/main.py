"""The commands by name, and how each tells of a failure: one sentence, and an exit code."""

from __future__ import annotations

from importlib import import_module

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from portal.errors import PortalError, Unavailable
from portal.text import LocalizedText

# Command -> module and function. Loaded when used, so that `serve` stays a small process.
COMMANDS = {
    "serve": "portal.cli.serve:serve",
    "init": "portal.cli.fill:init",
    "seed": "portal.cli.fill:seed",
    "import": "portal.cli.fill:import_files",
    "places": "portal.cli.places:places",
    "reindex": "portal.cli.upkeep:reindex",
    "read-tables": "portal.cli.upkeep:read_tables",
    "worker": "portal.cli.upkeep:worker",
    "migrate": "portal.cli.upkeep:migrate",
    "create-admin": "portal.cli.people:create_admin",
    "backup": "portal.cli.backup:backup",
    "restore": "portal.cli.backup:restore",
    "check": "portal.cli.check:check",
    "version": "portal.cli.upkeep:version",
}


class DatabaseUnusable(Unavailable):
    """The database cannot be opened, is locked for too long, or has no room."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            LocalizedText(
                f"Không dùng được cơ sở dữ liệu: {detail}", f"The database cannot be used: {detail}"
            )
        )


class DatabaseDamaged(Unavailable):
    """The bytes of the database file are not what SQLite wrote."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            LocalizedText(
                f"Cơ sở dữ liệu bị hỏng ({detail}). Hãy khôi phục từ bản sao lưu: python -m portal restore DIR",
                f"The database is damaged ({detail}). Restore a backup: python -m portal restore DIR",
            )
        )


class FileUnusable(Unavailable):
    """The system refuses to read or write a file."""

    def __init__(self, error: OSError) -> None:
        detail = f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
        super().__init__(
            LocalizedText(f"Không đọc hoặc ghi được {detail}", f"Cannot be read or written: {detail}")
        )


class _Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, function = COMMANDS[name].split(":")
        command = getattr(import_module(module), function)
        return command if isinstance(command, click.Command) else None

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise
        except (PortalError, DatabaseError, OSError) as error:
            named = _named(error)
            if named is None:
                raise
            _tell(named)
            raise click.exceptions.Exit(1) from error


def _named(error: PortalError | DatabaseError | OSError) -> PortalError | None:
    match error:
        case PortalError():
            return error
        case OperationalError():
            return DatabaseUnusable(str(error.orig))
        case DatabaseError():
            # Any other kind (a constraint, a wrong statement) is a fault of ours and keeps its traceback.
            return DatabaseDamaged(str(error.orig)) if type(error) is DatabaseError else None
        case OSError():
            return FileUnusable(error)


def _tell(error: PortalError) -> None:
    click.echo(sentence(error.text), err=True)
    for path, text in error.fields.items():
        click.echo(f"  {path}: {sentence(text)}", err=True)


def sentence(text: LocalizedText) -> str:
    return f"{text.vi} / {text.en}" if text.en else text.vi


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The open-data portal of a city. Settings are PORTAL_... variables (docs/settings.md)."""
