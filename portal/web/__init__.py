"""The door for citizens: pages rendered on the server, in Vietnamese and English."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_babel import Babel

from portal.http.locale import language
from portal.http.problems import use_error_page
from portal.i18n import CATALOGUES
from portal.web import assets, filters
from portal.web.errors import error_page
from portal.web.views import make_blueprint


def register(app: Flask) -> None:
    """Adds pages, their filters, translations and error pages to an app that has a portal."""
    Babel(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        default_translation_directories=str(CATALOGUES),
        locale_selector=language,
    )
    filters.register(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "asset": assets.asset,
        "font": assets.font,
        "icon_address": assets.icon,
    }
    app.register_blueprint(make_blueprint())
    app.after_request(_keep_static)
    use_error_page(app, error_page)


def _keep_static(response: Response) -> Response:
    """Static files asked for by the hash of their content, and those of a named version, never change."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        name, version = (request.view_args or {}).get("filename", ""), request.args.get("v", "")
        if name.startswith("vendor/") or (version and assets.is_current(name, version)):
            response.headers["Cache-Control"] = f"public, max-age={assets.FOREVER_SECONDS}, immutable"
    return response
