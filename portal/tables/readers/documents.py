"""JSON: records in an array, in a member of an object, or one a line; parsed piece by piece."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from portal.tables.encodings import Encoding, lines_of
from portal.tables.grid import RawTable, Row, Sheet, cell_of
from portal.tables.refusals import NoTable
from portal.tables.values import ReadLimits

_PIECE = 1024**2
_MAX_ELEMENT = 32 * 1024**2
_MAX_WHOLE = 64 * 1024**2
_FLATTENED_DEPTH = 3
_SEPARATOR = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()

Record = dict[str, Any]


def read_json(path: Path, encoding: Encoding, limits: ReadLimits) -> Iterator[RawTable | Sheet]:
    """Tables of a JSON document. Nested objects become columns `a.b`; lists stay JSON text."""
    start = _start_of(path, encoding)
    if start == "[":
        first = next(elements(path, encoding, "["), None)
        if isinstance(first, list):
            yield Sheet(None, _arrays(path, encoding))
        else:
            yield _records(None, lambda: elements(path, encoding, "["), limits)
        return
    document = _whole(path, encoding)
    found = list(_lists_in(document, "", 0))
    if not found and isinstance(document, dict) and document and not any(map(_is_nested, document.values())):
        found = [("", [document])]
    if not found:
        raise NoTable("not-records")
    for name, records in found:
        yield _records(name or None, partial(iter, records), limits)


def read_json_lines(path: Path, encoding: Encoding, limits: ReadLimits) -> RawTable:
    """One object a line."""
    return _records(None, lambda: _line_records(path, encoding, limits), limits)


def elements(path: Path, encoding: Encoding, after: str) -> Iterator[Any]:
    """Elements of the array that begins with `after` (a regular opening such as `"features":[`), one by one."""
    pieces = lines_of(path, encoding, _PIECE)
    buffer, line = _skip_to(pieces, after)
    while True:
        position = _SEPARATOR.match(buffer).end()  # type: ignore[union-attr]
        line += buffer.count("\n", 0, position)
        buffer = buffer[position:]
        if buffer.startswith("]"):
            return
        if not buffer:
            piece = next(pieces, None)
            if piece is None:
                raise NoTable("broken-json", row=line)
            buffer = piece
            continue
        value, end, buffer = _element(buffer, pieces, line)
        line += buffer.count("\n", 0, end)
        buffer = buffer[end:]
        yield value


def _element(buffer: str, pieces: Iterator[str], line: int) -> tuple[Any, int, str]:
    """One element; where the text at hand ends inside it, twice as much is read each time."""
    while True:
        try:
            value, end = _DECODER.raw_decode(buffer)
        except RecursionError:
            raise NoTable("too-deep") from None
        except ValueError:
            end = -1
        # A number at the very end may go on in the next piece.
        if end >= 0 and (end < len(buffer) or buffer[end - 1] in ']}"el'):
            return value, end, buffer
        more = _more(pieces, len(buffer))
        if not more or len(buffer) > _MAX_ELEMENT:
            raise NoTable("broken-json", row=line)
        buffer += more


def _more(pieces: Iterator[str], wanted: int) -> str:
    collected, size = [], 0
    for piece in pieces:
        collected.append(piece)
        size += len(piece)
        if size >= wanted:
            break
    return "".join(collected)


def _skip_to(pieces: Iterator[str], after: str) -> tuple[str, int]:
    opening = re.compile(r'"features"\s*:\s*\[' if after != "[" else r"\[")
    buffer, line = "", 1
    for piece in pieces:
        buffer += piece
        if found := opening.search(buffer):
            return buffer[found.end() :], line + buffer.count("\n", 0, found.end())
        if len(buffer) > _MAX_ELEMENT:
            break
    raise NoTable("not-records")


def _start_of(path: Path, encoding: Encoding) -> str:
    for piece in lines_of(path, encoding, 4096):
        if text := piece.strip():
            return text[0]
    raise NoTable("empty")


def _whole(path: Path, encoding: Encoding) -> Any:
    if path.stat().st_size > _MAX_WHOLE:
        raise NoTable("too-large", limit=_MAX_WHOLE // 1024**2)
    text = "".join(lines_of(path, encoding))
    try:
        return json.loads(text)
    except RecursionError:
        raise NoTable("too-deep") from None
    except json.JSONDecodeError as error:
        raise NoTable("broken-json", row=error.lineno) from None
    except ValueError:
        raise NoTable("broken-json", row=1) from None


def _lists_in(value: Any, name: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Lists of objects inside a document: `{"data": [...]}`, `{"result": {"records": [...]}}`."""
    if not isinstance(value, dict) or depth > 3:
        return
    for key, member in value.items():
        if isinstance(member, list) and member and all(isinstance(each, dict) for each in member):
            yield (f"{name}.{key}" if name else str(key)), member
        else:
            yield from _lists_in(member, f"{name}.{key}" if name else str(key), depth + 1)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


def _arrays(path: Path, encoding: Encoding) -> Iterator[tuple[int, Row]]:
    for number, element in enumerate(elements(path, encoding, "["), start=1):
        if not isinstance(element, list):
            raise NoTable("not-records")
        yield number, [_json_cell(value) for value in element]


def _line_records(path: Path, encoding: Encoding, limits: ReadLimits) -> Iterator[Any]:
    most = 8 * limits.cell_bytes
    for number, line in enumerate(lines_of(path, encoding, most), start=1):
        if len(line) >= most:
            raise NoTable("cell-too-long", row=number, limit=limits.cell_bytes // 1024)
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except RecursionError:
            raise NoTable("too-deep") from None
        except ValueError:
            raise NoTable("broken-json", row=number) from None


def _records(name: str | None, source: Callable[[], Iterator[Any]], limits: ReadLimits) -> RawTable:
    """Two readings: the first finds the columns of all records, the second their cells."""
    columns: dict[str, None] = {}
    for record in source():
        if not isinstance(record, dict):
            raise NoTable("not-records")
        columns.update(dict.fromkeys(flat(record)))
        if len(columns) > limits.columns:
            raise NoTable("too-many-columns", limit=limits.columns)
    if not columns:
        raise NoTable("empty")
    names = list(columns)
    return RawTable(name, names, rows_of(map(flat, source()), names))


def rows_of(records: Iterator[Record], names: list[str]) -> Iterator[Row]:
    """Flat records as rows of cells, each with the empty mark of a row that is no total."""
    for record in records:
        yield [*(_json_cell(record.get(name)) for name in names), ""]


def flat(record: Record, prefix: str = "", depth: int = 0) -> Record:
    """Members of nested objects as `a.b`."""
    values: Record = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < _FLATTENED_DEPTH:
            values.update(flat(value, f"{prefix}{key}.", depth + 1))
        else:
            values[f"{prefix}{key}"] = value
    return values


def _json_cell(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return cell_of(value)
