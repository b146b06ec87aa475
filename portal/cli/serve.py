"""`serve`: the web server and the worker together."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from dataclasses import replace

import click

from portal.cli.parent import Parent
from portal.errors import Conflict
from portal.observability.logs import configure_logs
from portal.settings import PROJECT_ROOT, Settings, child_environment, read_settings
from portal.text import LocalizedText


class PortTaken(Conflict):
    """Another program listens on the port."""

    def __init__(self, bind: str, port: int) -> None:
        super().__init__(
            LocalizedText(
                f"Cổng {port} trên {bind} đã có chương trình khác sử dụng. "
                "Hãy dừng chương trình đó hoặc chọn cổng khác bằng --port.",
                f"Port {port} on {bind} is used by another program. "
                "Stop that program, or choose another port with --port.",
            )
        )


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, instead of PORTAL_PORT.")
@click.pass_context
def serve(context: click.Context, port: int | None) -> None:
    """Serve the portal: gunicorn, and the worker that keeps index and schedule."""
    settings = read_settings()
    if port is not None:
        settings = replace(settings, port=port)
    require_free_port(settings.bind, settings.port)
    _prepare_metrics(settings)
    environment = child_environment(settings)
    portal = [sys.executable, "-m", "portal"]
    # In a process of its own: this one lives as long as the portal and should stay small.
    if subprocess.run([*portal, "migrate", "--check"], env=environment).returncode:
        context.exit(1)
    configure_logs()
    config = str(PROJECT_ROOT / "gunicorn.conf.py")
    web = [sys.executable, "-m", "gunicorn", "--config", config, "--chdir", str(PROJECT_ROOT), "wsgi:app"]
    click.echo(f"{settings.public_url}  (Ctrl-C: dừng / stop)", err=True)
    context.exit(Parent(web, [*portal, "worker"], environment).run())


def _prepare_metrics(settings: Settings) -> None:
    """Counts begin at zero with every start: no file of a process that has gone is added up for ever."""
    if settings.metrics_address is not None:
        require_free_port(*settings.metrics_address)
        shutil.rmtree(settings.metrics_folder, ignore_errors=True)


def require_free_port(bind: str, port: int) -> None:
    """Raises PortTaken before anything is started; gunicorn alone would try for seconds and say less."""
    family, kind, _, _, address = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise PortTaken(bind, port) from error
