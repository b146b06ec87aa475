"""Every setting: one field, one variable `PORTAL_<FIELD>`, one comment. Alone reads the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from portal.errors import Invalid
from portal.text import LocalizedText

PROJECT_ROOT = Path(__file__).resolve().parent.parent
_YES_OR_NO = {
    **dict.fromkeys(("1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingInvalid(Invalid):
    """A variable of the environment has a value that the portal cannot use."""

    message = LocalizedText("Thiết lập không hợp lệ.", "A setting is not valid.")


@dataclass(frozen=True, slots=True)
class Settings:
    """Plain values; paths are absolute. Made by `read_settings`, or directly in tests."""

    # Folder of everything that changes: database, index, files, jobs.
    var: Path = Path("var")
    # Address of the TCP port on this machine.
    port: int = 8000
    # Network interface that gunicorn listens on.
    bind: str = "127.0.0.1"
    # Public address that every link is built from; empty means http://127.0.0.1:<port>.
    base_url: str = ""
    # Further host names that requests may name, comma separated.
    hosts: tuple[str, ...] = ()
    # Address that harvesters write to when something is wrong; empty means postmaster@ the public host.
    admin_email: str = ""
    # How many reverse proxies in front add X-Forwarded-* headers that may be believed.
    proxies: int = 0
    # Key that signs cookies; generated into `var` when the base URL is loopback, required otherwise.
    secret_key: str = ""
    # SQLAlchemy URL of the catalogue; empty means SQLite in `var`.
    database_url: str = ""
    # Number of gunicorn worker processes.
    workers: int = 2
    # Largest file that may be registered, in bytes.
    file_limit: int = 2 * 1024**3
    # Internal location that nginx serves files from (X-Accel-Redirect); empty sends files from Python.
    accel_location: str = ""
    # Address and port that Prometheus reads metrics from, as 127.0.0.1:9100; empty counts nothing.
    metrics_bind: str = ""
    # How many days counts of search queries are kept; 0 counts none.
    query_log_days: int = 365
    # 1 hides illustrative records everywhere.
    hide_illustrative: bool = False
    # off lifts the limits on how often one client may ask, for measuring.
    rate_limits: bool = True

    @property
    def public_url(self) -> str:
        """The base of every public link, no trailing slash."""
        return self.base_url or f"http://127.0.0.1:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether the portal is only for this machine (development, trial)."""
        return urlsplit(self.public_url).hostname in _LOOPBACK

    @property
    def mail_address(self) -> str:
        """Where programs that read the portal may write; every mail host has a postmaster (RFC 5321)."""
        host = urlsplit(self.public_url).hostname or "localhost"
        return self.admin_email or f"postmaster@{host if '.' in host else f'{host}.localdomain'}"

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Host names, without ports, that a request may carry."""
        own = urlsplit(self.public_url).hostname or ""
        return tuple(dict.fromkeys((own, "127.0.0.1", "localhost", "[::1]", *self.hosts)))

    @property
    def catalogue_url(self) -> str:
        """SQLAlchemy URL of the catalogue database."""
        return self.database_url or f"sqlite:///{self.var / 'catalogue.sqlite'}"

    @property
    def files_folder(self) -> Path:
        """Content-addressed files."""
        return self.var / "files"

    @property
    def tables_folder(self) -> Path:
        """Parquet files of tables, by their content."""
        return self.var / "tables"

    @property
    def row_slots_folder(self) -> Path:
        """Files that whoever asks for rows holds a lock on: so many ask at once on this machine."""
        return self.var / "row-slots"

    @property
    def index_folder(self) -> Path:
        """Generations of the search index."""
        return self.var / "index"

    @property
    def limits_file(self) -> Path:
        """Memory that the processes of this machine share to count how often clients ask."""
        return self.var / "limits"

    @property
    def forms_file(self) -> Path:
        """SQLite file of public forms, one piece per dataset."""
        return self.var / "forms.sqlite"

    @property
    def snapshots_folder(self) -> Path:
        """Whole-catalogue documents, ready to send."""
        return self.var / "snapshots"

    @property
    def statistics_file(self) -> Path:
        """SQLite file of counts."""
        return self.var / "statistics.sqlite"

    @property
    def metrics_folder(self) -> Path:
        """What the processes of this machine have counted, while metrics are on."""
        return self.var / "metrics"

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port of `metrics_bind`; None when metrics are off."""
        if not self.metrics_bind:
            return None
        try:
            parts = urlsplit(f"//{self.metrics_bind}")
            if parts.hostname and parts.port and parts.netloc == self.metrics_bind:
                return parts.hostname, parts.port
        except ValueError:
            pass
        raise _unreadable(variable_of("metrics_bind"))

    @property
    def jobs_file(self) -> Path:
        """SQLite file of the job queue."""
        return self.var / "jobs.sqlite"


def variable_of(field_name: str) -> str:
    """The environment variable that sets a field."""
    return f"PORTAL_{field_name.upper()}"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; a named error for a value that cannot be read."""
    source = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for each in fields(Settings):
        text = source.get(variable_of(each.name), "").strip()
        if text:
            values[each.name] = _read(variable_of(each.name), text, each.default)
    settings = Settings(**values)  # type: ignore[arg-type]
    settings = replace(settings, var=settings.var.absolute(), base_url=settings.base_url.rstrip("/"))
    # A value that cannot be used stops the start, not the first scrape.
    _ = settings.metrics_address
    return settings


def share_metrics(settings: Settings) -> None:
    """Lets the processes of this folder count together; before the client of Prometheus is imported, which
    learns it from the environment alone."""
    settings.metrics_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.metrics_folder)


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment in which a child process reads the same folder and port as `settings` has."""
    own = {variable_of("var"): str(settings.var), variable_of("port"): str(settings.port)}
    return {**os.environ, **own}


def _read(variable: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return _YES_OR_NO[text.lower()]
        if isinstance(default, int):
            return _positive(int(text))
    except (ValueError, KeyError):
        raise _unreadable(variable) from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return Path(text) if isinstance(default, Path) else text


def _unreadable(variable: str) -> SettingInvalid:
    return SettingInvalid(
        LocalizedText(
            f"Biến {variable} có giá trị không đọc được.", f"{variable} has a value that cannot be read."
        )
    )


def _positive(number: int) -> int:
    if number < 0:
        raise ValueError
    return number


class SecretKeyMissing(Invalid):
    """A public portal needs its own secret key."""

    message = LocalizedText(
        "Cổng công khai cần PORTAL_SECRET_KEY dài ít nhất 32 ký tự.",
        "A public portal needs PORTAL_SECRET_KEY of at least 32 characters.",
    )


def secret_key(settings: Settings) -> str:
    """The key that signs cookies: the configured one, or on loopback one kept in `var` (mode 0600)."""
    if settings.secret_key or not settings.is_loopback:
        if len(settings.secret_key) < 32:
            raise SecretKeyMissing
        return settings.secret_key
    path = settings.var / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii")
