"""What API v1 tells of how a file was read, and what stewards may say of it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from portal.api.v1 import shapes
from portal.api.v1.distribution_bodies import MAX_COLUMNS
from portal.api.v1.inputs import Body, line
from portal.api.v1.schemas import SelfLink, TableLinks
from portal.api.v1.table_forms import NoteForm
from portal.tables.overrides import ENCODING_NAMES
from portal.tables.values import ColumnType
from portal.text import LocalizedText

_TWICE = LocalizedText("Chỉ được nêu một lần.", "Must be given once only.")
_NOT_A_DELIMITER = LocalizedText(
    "Phải là đúng một dấu phân cách, ví dụ “;”, “,”, “|” hoặc ký tự tab.",
    "Must be one mark that parts cells, such as “;”, “,”, “|” or a tab.",
)
_NOTHING_SAID = LocalizedText(
    "Cần nêu ít nhất một trong: type, decimal_mark, unit.", "Needs one of type, decimal_mark, unit."
)
_LAST_ROW = 1_000_000


class SampleForm(shapes.Shape):
    """The beginning of the text in one of the encodings that it may be in."""

    encoding = shapes.text(null=False)
    text = shapes.text(null=False)


class RefusalForm(shapes.Shape):
    """Why there is no table, and what can be done."""

    code = shapes.text(null=False)
    message = shapes.text(null=False)
    message_i18n = shapes.both()
    remedy = shapes.text(null=False)
    remedy_i18n = shapes.both()


class ColumnOverrideForm(shapes.Shape):
    """A steward's word on one column; null: as the reader judges."""

    name = shapes.text(null=False)
    type = shapes.text()
    decimal_mark = shapes.text()
    unit = shapes.text()


class OverridesForm(shapes.Shape):
    """A steward's word on a file; null: as the reader judges."""

    encoding = shapes.text()
    delimiter = shapes.text()
    header_row = shapes.whole(null=True)
    columns = shapes.many(ColumnOverrideForm)


class ReadColumn(shapes.Shape):
    """A column as it was read; `key` is its name in row queries, `derived` means that the file does not have it."""

    key = shapes.text(null=False)
    name = shapes.text(null=False)
    type = shapes.text(null=False)
    unit = shapes.text()
    derived = fields.Boolean(required=True)
    decisions = shapes.many(NoteForm)
    warnings = shapes.many(NoteForm)


class ReadTable(shapes.Shape):
    """A table as it was read; `name` is that of the sheet."""

    id = shapes.uuid()
    name = shapes.text()
    rows = shapes.whole()
    captions = shapes.texts()
    notes = shapes.many(NoteForm)
    columns = shapes.many(ReadColumn)
    links = shapes.one(TableLinks)


class ReadingLinks(SelfLink):
    """Where the reading is, and the file it is of."""

    distribution = shapes.url()


class ReadingForm(shapes.Shape):
    """How the newest file version that was read became tables. `state` is that of the distribution: while it is
    `waiting`, a newer file or a steward's word is not in it yet. `samples` are there when the encoding is not sure;
    `unknown_columns` are named by `overrides` and in no table."""

    distribution_id = shapes.uuid()
    state = shapes.text(null=False)
    file_version = shapes.whole(null=True)
    read_at = shapes.instant(null=True)
    format = shapes.text()
    encoding = shapes.text()
    samples = shapes.many(SampleForm)
    notes = shapes.many(NoteForm)
    refusal = shapes.one(RefusalForm, null=True)
    overrides = shapes.one(OverridesForm)
    unknown_columns = shapes.texts()
    tables = shapes.many(ReadTable)
    links = shapes.one(ReadingLinks)


class ColumnOverrideBody(Body):
    """A word on one column, by the name that the file gives it. `unit` may be empty: there is none."""

    name = line(500, shortest=1, required=True)
    type = fields.String(validate=validate.OneOf([each.value for each in ColumnType]), allow_none=True)
    decimal_mark = fields.String(validate=validate.OneOf([",", "."]), allow_none=True)
    unit = line(100, allow_none=True)

    @post_load
    def _require_something(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        if all(loaded.get(each) is None for each in ("type", "decimal_mark", "unit")):
            raise ValidationError([_NOTHING_SAID])
        return loaded


def _is_delimiter(text: str) -> None:
    if len(text) != 1 or (text != "\t" and (not text.isprintable() or text.isalnum() or text in "\"' ")):
        raise ValidationError([_NOT_A_DELIMITER])


class OverridesBody(Body):
    """How a file is to be read; what is absent or null is judged by the reader. `header_row` counts the file's own
    lines from 1, 0 means that there is no header."""

    encoding = fields.String(validate=validate.OneOf(ENCODING_NAMES), allow_none=True)
    delimiter = fields.String(validate=_is_delimiter, allow_none=True)
    header_row = fields.Integer(strict=True, validate=validate.Range(0, _LAST_ROW), allow_none=True)
    columns = fields.List(
        fields.Nested(ColumnOverrideBody), validate=validate.Length(max=MAX_COLUMNS), allow_none=True
    )

    @post_load
    def _require_names_once(self, loaded: dict[str, Any], **_: Any) -> dict[str, Any]:
        first: dict[str, int] = {}
        for index, each in enumerate(loaded.get("columns") or ()):
            if first.setdefault(each["name"], index) != index:
                raise ValidationError({"columns": {index: {"name": [_TWICE]}}})
        return loaded
