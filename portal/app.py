"""Makes the Flask app from an open portal and registers its doors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from portal import web
from portal.api import (
    base_map,
    bulk,
    ckan,
    crawlers,
    data_json,
    dataset_documents,
    dcat,
    feeds,
    files,
    health,
    identities,
    linksets,
    oai,
    v1,
)
from portal.exchange.whole_catalogue import DOCUMENTS
from portal.http import actor, answers, context, limits, problems, rows, search_log, snapshots
from portal.http.answers import FOREVER_SECONDS
from portal.http.cache import PageCache
from portal.http.documents import DocumentFiles
from portal.http.freshness import Freshness, build_id
from portal.http.frontdoor import FrontDoor
from portal.settings import secret_key
from portal.web.assets import STATIC_FOLDER, content_hash
from portal.wiring import Portal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Forms of people; uploads have a route of their own that sets its limit.
MAX_BODY_BYTES = 1024**2
STATIC_SECONDS = 300


def make_app(portal: Portal) -> Flask:
    """The whole web side of `portal`; the caller closes the portal."""
    app = Flask("portal", static_folder=None)
    context.install(app, portal)
    _setup_config(app, portal)
    # What comes first finishes answers last: limits must see what became public, and not be kept with it.
    limits.install(app, portal.settings)
    answers.install(app, PageCache())
    problems.install(app)
    actor.install(app)
    limits.install_for_writers(app)
    search_log.install(app, portal)
    rows.install(app, portal.settings)
    _setup_doors(app)
    _setup_wsgi(app, portal)
    return app


def _setup_config(app: Flask, portal: Portal) -> None:
    is_secure = portal.settings.public_url.startswith("https:") or portal.settings.is_loopback
    app.config.update(
        SECRET_KEY=secret_key(portal.settings),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME="__Host-session" if is_secure else "session",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    # Vietnamese stays readable, and a third shorter, in JSON.
    cast(DefaultJSONProvider, app.json).ensure_ascii = False


def _setup_doors(app: Flask) -> None:
    v1.register(app)
    ckan.register(app)
    app.register_blueprint(files.blueprint)
    app.register_blueprint(dcat.blueprint)
    app.register_blueprint(data_json.blueprint)
    app.register_blueprint(dataset_documents.blueprint)
    app.register_blueprint(bulk.blueprint)
    app.register_blueprint(base_map.blueprint)
    app.register_blueprint(linksets.blueprint)
    app.register_blueprint(identities.blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(crawlers.blueprint)
    app.register_blueprint(oai.blueprint)
    health.install(app)
    web.register(app)


def _setup_wsgi(app: Flask, portal: Portal) -> None:
    """From the inside out: Flask, static files, the front door, the headers of proxies."""
    freshness = Freshness(
        portal.database, index_generation=portal.search.generation, build=build_id(portal.settings)
    )
    documents = DocumentFiles(portal.settings)
    snapshots.install(app, documents)
    front = FrontDoor(
        _static_files(app.wsgi_app),
        settings=portal.settings,
        freshness=freshness,
        cache=app.extensions["portal.page_cache"],
        session_cookie=app.config["SESSION_COOKIE_NAME"],
        on_answer=search_log.search_log(app).seen,
        documents=documents,
        document_routes=_document_routes(app),
    )
    number = portal.settings.proxies
    # Flask documents this assignment as the way to wrap an app; types take it for a method.
    app.wsgi_app = (  # type: ignore[method-assign]
        ProxyFix(front, x_for=number, x_proto=number, x_host=number) if number else front
    )


def _document_routes(app: Flask) -> dict[str, str]:
    """By path: the rule under which the app itself would answer for a whole-catalogue document."""
    adapter = app.url_map.bind("")
    paths = [f"/{name}" for name in DOCUMENTS]
    return {path: adapter.match(path, "GET", return_rule=True)[0].rule for path in paths}


def _static_files(inside: WSGIApplication) -> WSGIApplication:
    """Files of `static/` before Flask; kept for good by browsers when the address names their content."""
    # WhiteNoise has no types, hence the `no-any-return` below.
    white = WhiteNoise(inside, max_age=STATIC_SECONDS)
    white.add_files(str(STATIC_FOLDER), prefix="static/")
    hashes = {path: f"v={content_hash(path.removeprefix('/static/'))}" for path in white.files}
    forever = f"public, max-age={FOREVER_SECONDS}, immutable"

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if hashes.get(environ.get("PATH_INFO", "")) != environ.get("QUERY_STRING"):
            return white(environ, start_response)  # type: ignore[no-any-return]

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            kept = [each for each in headers if each[0].lower() != "cache-control"]
            # What WhiteNoise passes on is what the server gave it.
            return start_response(status, [*kept, ("Cache-Control", forever)], exc_info)  # type: ignore[arg-type]

        return white(environ, start)  # type: ignore[no-any-return]

    return serve
