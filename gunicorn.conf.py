"""How gunicorn serves the portal: a few processes of four threads, told by the settings."""

import logging
from pathlib import Path
from socket import socket

from gunicorn import util
from gunicorn.config import Config
from gunicorn.glogging import Logger

from portal.http.refusals import refusal
from portal.observability.logs import configure_logs
from portal.observability.metrics import process_ended
from portal.settings import read_settings

_settings = read_settings()
configure_logs()


class JsonLogger(Logger):  # type: ignore[misc]
    """Gunicorn's lines in the one shape of all our logs."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True
            logger.setLevel(logging.INFO)


wsgi_app = "wsgi:app"
bind = f"{_settings.bind}:{_settings.port}"
workers = _settings.workers
worker_class = "gthread"
threads = 4
# No preloading: database connections are made after the fork.
preload_app = False
graceful_timeout = 30
# Longer than the longest page; a large download does not count, threads report for themselves.
timeout = 60
keepalive = 5
# The heartbeat of the processes must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# It would open a control socket in the home folder.
control_socket_disable = True
logger_class = JsonLogger
# Facets may be chosen by the dozen, and their Vietnamese codes are long in an address.
limit_request_line = 8190


def child_exit(_server: object, worker: object) -> None:
    """What only a living process can say is not told of this one any more."""
    if _settings.metrics_address is not None:
        process_ended(_settings.metrics_folder, worker.pid)  # type: ignore[attr-defined]


def _write_problem(sock: socket, status: int, reason: str, detail: str) -> None:
    """What gunicorn refuses before any of our code sees it, in the form of all our failures (RFC 9457)."""
    # A coding that we do not know is the client's mistake; 501 would say that the portal is broken.
    status, reason = (400, "Bad Request") if status == 501 else (status, reason)
    document = refusal(status, _settings.public_url)
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(document)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode("latin1") + document)


# Gunicorn has no setting for it.
util.write_error = _write_problem
