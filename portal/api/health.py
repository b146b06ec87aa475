"""Signs of life for balancers and operators: numbers and words, no paths, no secrets."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from secrets import token_bytes
from threading import Lock

import orjson
import structlog
from flask import Blueprint, Flask, Response, current_app

from portal.catalog.changes import catalogue_version, cursor_of, last_change_id
from portal.database import sqlite_has_wal_race
from portal.errors import PortalError
from portal.exchange.values import JsonObject
from portal.http import context
from portal.jobs.heartbeat import STALE_SECONDS, silence_seconds
from portal.search.indexer import FOLLOWER
from portal.wiring import Portal

blueprint = Blueprint("health", __name__, url_prefix="/health")

CACHED_SECONDS = 5.0
# Room in which the database must still be able to grow.
LOW_DISK_BYTES = 1024**3
_KEY = "portal.health"


@dataclass(frozen=True, slots=True)
class Health:
    """`is_ready`: may get requests. `checks`: what each part said of itself."""

    is_ready: bool
    is_degraded: bool
    checks: JsonObject


@blueprint.route("/live")
def live() -> Response:
    """Answers as long as the process does; touches nothing."""
    return _json({"status": "ok"}, 200)


@blueprint.route("/ready")
def ready() -> Response:
    """200, perhaps `degraded`, when readers can be served; 503 when they cannot."""
    health = _recent()
    status = "ok" if health.is_ready else "unavailable"
    document: JsonObject = {"status": status, "degraded": health.is_degraded, "checks": health.checks}
    response = _json(document, 200 if health.is_ready else 503)
    if not health.is_ready:
        response.headers["Retry-After"] = str(int(CACHED_SECONDS))
    return response


class HealthMemory:
    """The last examination, repeated only when it is old: balancers ask often, disks answer slowly."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._health: Health | None = None
        self._until = 0.0

    def recent(self, portal: Portal) -> Health:
        """An examination of at most five seconds ago."""
        with self._lock:
            if self._health is None or time.monotonic() >= self._until:
                self._health = examine(portal)
                self._until = time.monotonic() + CACHED_SECONDS
            return self._health


def examine(portal: Portal) -> Health:
    """Looks at every part now."""
    checks: dict[str, JsonObject] = {
        "database": _tried(portal, _database),
        "files": _tried(portal, _files),
        "search": _tried(portal, _search),
        "worker": _worker(portal),
    }
    # Without an index titles are searched in the database, without a worker nothing new is found: worse,
    # but readers are served.
    is_ready = bool(checks["database"]["ok"] and checks["files"]["ok"])
    return Health(is_ready, not all(check["ok"] for check in checks.values()), dict(checks))


def _tried(portal: Portal, look: Callable[[Portal], JsonObject]) -> JsonObject:
    """What `look` finds; its failure in one word, the rest in the log."""
    try:
        return look(portal)
    except PortalError as error:
        return {"ok": False, "code": error.code}
    except Exception as error:
        structlog.get_logger().error("health check failed", check=look.__name__.strip("_"), exc_info=error)
        return {"ok": False, "code": "failed"}


def _database(portal: Portal) -> JsonObject:
    with portal.database.read() as session:
        found: JsonObject = {"ok": True, "catalogue_version": catalogue_version(session)}
    if portal.database.is_sqlite:
        race = sqlite_has_wal_race()
        found |= {
            "sqlite_version": sqlite3.sqlite_version,
            "sqlite_has_wal_race": race,
            "sqlite_checkpoints": "one connection at a time" if race else "automatic",
            "write_ahead_bytes": portal.database.write_ahead_bytes(),
        }
    return found


def _files(portal: Portal) -> JsonObject:
    free = portal.storage.free_bytes()
    # A file nobody else has, made and removed: a full or read-only disk shows only when written to.
    stored = portal.storage.put(BytesIO(token_bytes(16)))
    portal.storage.delete(stored.sha256)
    return {"ok": free is None or free >= LOW_DISK_BYTES, "free_bytes": free}


def _search(portal: Portal) -> JsonObject:
    with portal.database.read() as session:
        behind = last_change_id(session) - cursor_of(session, FOLLOWER)
    return {"ok": True, "generation": portal.search.generation(), "changes_behind": behind}


def _worker(portal: Portal) -> JsonObject:
    silence = silence_seconds(portal.settings.var)
    return {
        "ok": silence is not None and silence <= STALE_SECONDS,
        "silent_seconds": None if silence is None else round(silence, 1),
    }


def install(app: Flask) -> None:
    """Adds the two addresses to `app`."""
    app.extensions[_KEY] = HealthMemory()
    app.register_blueprint(blueprint)


def _recent() -> Health:
    memory: HealthMemory = current_app.extensions[_KEY]
    return memory.recent(context.portal())


def _json(document: JsonObject, status: int) -> Response:
    response = Response(orjson.dumps(document), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
