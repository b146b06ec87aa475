"""The door for citizens: pages rendered on the server, in Vietnamese and English."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel

from portal import links
from portal.http.locale import language
from portal.http.problems import use_error_page
from portal.i18n import CATALOGUES, compile_catalogues
from portal.web import assets, filters
from portal.web.errors import error_page
from portal.web.views import make_blueprint


def register(app: Flask) -> None:
    """Adds pages, their filters, translations and error pages to an app that has a portal."""
    # A step forgotten at installation must not turn Vietnamese pages English.
    compile_catalogues()
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
        "icon_address": assets.icon,
        "sprite_address": assets.sprite,
        "place_pages": lambda: links.page("places", language()),
        "suggest_address": lambda: f"{links.api('suggest')}?lang={language()}",
    }
    app.register_blueprint(make_blueprint())
    use_error_page(app, error_page)
