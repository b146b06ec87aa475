"""How gunicorn serves the portal: a few processes of four threads, told by the settings."""

import logging
from pathlib import Path

from gunicorn.config import Config
from gunicorn.glogging import Logger

from portal.observability.logs import configure_logs
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
