"""The words that searches are understood with: read by everyone, written by administrators."""

from __future__ import annotations

from typing import cast

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import fields, validate

from portal import links
from portal.api.v1 import parameters, shapes
from portal.api.v1.answers import form, respond
from portal.api.v1.describing import describes, describes_write
from portal.api.v1.inputs import Body, line
from portal.catalog import queries
from portal.catalog.actors import Actor
from portal.catalog.models import Word, WordKind
from portal.catalog.policies import require_administrator
from portal.catalog.services import words
from portal.catalog.services.words import WordFields
from portal.exchange.values import JsonObject, JsonValue
from portal.http import actor, context
from portal.http.bodies import json_body
from portal.http.preconditions import answer, expected

blueprint = Blueprint(
    "words", __name__, url_prefix="/api/v1", description="Words that searches are understood with."
)

_ID = parameters.in_path("word_id", "Id of the word.")
_TERM = {
    "in": "query",
    "name": "term",
    "description": "Only words of this term, as it is written.",
    "schema": {"type": "string"},
}


class WordForm(shapes.Shape):
    """`alternative` may be meant where `term` is typed; `weight` null: the usual one of the kind."""

    id = shapes.whole()
    term = shapes.text(null=False)
    kind = shapes.text(null=False)
    alternative = shapes.text(null=False)
    weight = shapes.number()
    both_ways = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    note = shapes.text(null=False)
    version = shapes.whole()


class WordList(shapes.Shape):
    """Words in the order in which they came."""

    total = shapes.whole()
    items = shapes.many(WordForm)


class WordBody(Body):
    """A word. `active` false silences it; words that the portal was born with cannot be deleted."""

    term = line(200, shortest=1)
    kind = fields.Enum(WordKind, by_value=True)
    alternative = line(200)
    weight = fields.Float(
        validate=validate.Range(min=0, max=1, min_inclusive=False), allow_none=True, allow_nan=False
    )
    both_ways = fields.Boolean()
    active = fields.Boolean()
    note = line(500)


class NewWordBody(WordBody):
    """A new word; all but a filler have an alternative."""

    term = line(200, shortest=1, required=True)
    kind = fields.Enum(WordKind, by_value=True, required=True)


@describes(blueprint, "/words", answer=WordList, parameters=[_TERM, parameters.LANG])
def list_words() -> Response:
    """The words that searches are understood with"""
    parameters.language()
    term = request.args.get("term")
    found = [word for word in queries.words(context.session()) if term in (None, "", word.term)]
    items: list[JsonValue] = [_form(word) for word in found]
    return respond({"total": len(items), "items": items})


@describes_write(
    blueprint, "POST", "/words", answer=WordForm, parameters=[parameters.LANG], body=NewWordBody, status=201
)
def create_word() -> Response:
    """Add a word"""
    shape, author = form(), _administrator()
    loaded = cast(WordFields, json_body(NewWordBody()))
    with context.write() as session:
        word = words.create_word(session, author, loaded, context.portal().clock())
        location = shape.link(links.api("words", str(word.id)))
        return answer(_form(word), version=word.version, status=201, location=location)


@describes_write(
    blueprint,
    "PATCH",
    "/words/<word_id>",
    answer=WordForm,
    parameters=[_ID, parameters.LANG],
    body=WordBody,
)
def change_word(word_id: str) -> Response:
    """Change or silence a word"""
    form()
    author, condition = _administrator(), expected()
    loaded = cast(WordFields, json_body(WordBody()))
    with context.write() as session:
        word = words.find_word(session, word_id)
        condition.check(word.version)
        words.update_word(session, author, word, loaded, context.portal().clock())
        return answer(_form(word), version=word.version)


@describes(blueprint, "/words/<word_id>", answer=WordForm, parameters=[_ID, parameters.LANG])
def show_word(word_id: str) -> Response:
    """One word"""
    parameters.language()
    word = words.find_word(context.session(), word_id)
    return respond(_form(word), version=word.version)


def _administrator() -> Actor:
    author = actor.required()
    require_administrator(author)
    return author


def _form(word: Word) -> JsonObject:
    return {
        "id": word.id,
        "term": word.term,
        "kind": word.kind.value,
        "alternative": word.alternative,
        "weight": word.weight,
        "both_ways": word.both_ways,
        "active": word.active,
        "note": word.note,
        "version": word.version,
    }
