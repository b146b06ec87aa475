"""API v1: reading and writing the catalogue as JSON, described by OpenAPI 3.1 at /api/v1/openapi.json."""

from __future__ import annotations

from functools import lru_cache

import orjson
from flask import Flask
from flask_smorest import Api

from portal.api.v1 import (
    audit,
    catalogue,
    dataset_moves,
    dataset_writing,
    datasets,
    distribution_writing,
    exports,
    own_datasets,
    people,
    readings,
    rows,
    search_log,
    series,
    suggestions,
    table_differences,
    tables,
    tokens,
    vocabularies,
    vocabulary_writing,
    words,
)
from portal.api.v1.schemas import ProblemForm
from portal.http.specification import use_specification

_ABOUT = (
    "Reading needs no account. Plain texts are in the language asked for (`lang`), both languages stand in "
    "`<field>_i18n`. Null means not stated. Instants carry +07:00. Unknown parameters are ignored; a bad value of a "
    "known one is a 422 that names it. Every failure is `application/problem+json` with a stable `code`. Answers "
    "have an ETag; ask again with If-None-Match."
)


_PARTS = (
    datasets,
    own_datasets,
    dataset_writing,
    dataset_moves,
    distribution_writing,
    tables,
    rows,
    exports,
    readings,
    suggestions,
    table_differences,
    vocabularies,
    vocabulary_writing,
    series,
    words,
    catalogue,
    people,
    tokens,
    audit,
    search_log,
)
# Reading needs no token; with one, its holder sees drafts as well.
_READING: list[dict[str, list[str]]] = [{}, {"token": []}]
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token of POST /api/v1/tokens or `create-admin`.",
}


# flask-smorest has no types, so that its classes are `Any` to ours.
class _Api(Api):  # type: ignore[misc]
    """Failures are answered by `portal.http.problems`, for this API as for every other address."""

    ERROR_SCHEMA = ProblemForm

    def _register_error_handlers(self) -> None:
        """None of its own."""

    def _register_responses(self) -> None:
        """One response for every failure of every operation."""
        problem = {
            "description": "Any failure.",
            "content": {"application/problem+json": {"schema": ProblemForm}},
        }
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, problem, lazy=True)


def register(app: Flask) -> None:
    """Adds every route of API v1 and its description to `app`."""
    app.config.update(API_TITLE="Da Nang Open Data Portal", API_VERSION="1.0.0", OPENAPI_VERSION="3.1.0")
    api = _Api(
        app, spec_kwargs={"info": {"description": _ABOUT}, "servers": [{"url": "/"}], "security": _READING}
    )
    api.spec.components.security_scheme("token", _TOKEN)
    for each in _PARTS:
        api.register_blueprint(each.blueprint)

    @lru_cache(maxsize=1)
    def specification() -> bytes:
        return orjson.dumps(api.spec.to_dict())

    use_specification(app, specification)
