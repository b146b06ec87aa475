"""`package_revise`: a change that says what it was made from, and touches nothing else."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from portal.api.ckan.calls import Call, CallInvalid
from portal.api.ckan.common import base_url, seen
from portal.api.ckan.package_writing import write_package
from portal.api.ckan.registry import writes
from portal.catalog.services.files import IncomingFile
from portal.errors import Conflict
from portal.exchange import ckan
from portal.exchange.values import JsonObject, JsonValue
from portal.http import context
from portal.text import LocalizedText

MAX_STEPS = 10
_PARTS = ("match", "filter", "update", "include")
_MISSING = LocalizedText("Phải nêu id hoặc name.", "id or name required")
_NO_PLACE = LocalizedText("Không có chỗ này trong gói dữ liệu.", "There is no such place in the package")
_NUMBER = re.compile(r"-?\d{1,4}")
_SHORTEST_ID = 5

Path = Sequence[str]


class NoMatch(Conflict):
    """The package is not what the change was made from."""

    message = LocalizedText("Giá trị hiện tại đã khác.", "The current value is different")


@writes
def package_revise(call: Call) -> JsonValue:
    """Changes parts of one package, if it still is what `match` says; answers `{"package": {...}}`.

    `filter` (`+resources__0__name`, `-extras`, `-*`) takes parts away first, `update` puts parts in. Keys may be
    flat: `match__name`, `update__resources__0__description`, `update__resources__extend`, and files
    `update__resources__0__upload`. `include` chooses what the answer holds.
    """
    parts = _parts(call)
    match = parts["match"]
    reference = match.get("id") or match.get("name")
    if not isinstance(reference, str) or not reference:
        raise CallInvalid(fields={"match": _MISSING})
    with context.write() as session:
        stored = seen(session, reference)
        row = copy.deepcopy(ckan.package(stored, base_url()))
        _require(row, match)
        _keep(row, parts["filter"])
        _merge(row, parts["update"])
        files = _files(call.files, row)
        changed = write_package(session, {**row, "id": str(stored.uuid)}, stored, files)
    _keep(changed, parts["include"])
    return {"package": changed}


def _parts(call: Call) -> dict[str, Any]:
    """The four parts, with what came under flat keys put into them."""
    parts: dict[str, Any] = {"match": {}, "filter": [], "update": {}, "include": []}
    for name in _PARTS:
        value = call.data.get(name)
        if name in ("filter", "include"):
            parts[name] = [each for each in call.words(name) for each in each.split(",")]
        elif isinstance(value, dict):
            parts[name] = copy.deepcopy(value)
    for key, value in call.data.items():
        name, _, rest = key.partition("__")
        if rest and name in ("match", "update"):
            parts[name][rest] = value
    return parts


def _require(row: JsonObject, match: Mapping[str, Any]) -> None:
    for key, wanted in match.items():
        if not _agrees(_found(row, key.split("__")), wanted):
            raise NoMatch(fields={"match": NoMatch.message})


def _agrees(present: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(present, dict) and all(
            _agrees(present.get(key), each) for key, each in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(present, list) and len(present) == len(wanted) and all(map(_agrees, present, wanted))
        )
    return present == wanted or (isinstance(wanted, str) and str(present) == wanted)


def _found(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, list):
            place = _place(value, step)
            value = None if place is None else value[place]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _place(rows: Sequence[Any], step: str) -> int | None:
    """A row by number, from the end when negative, or by the beginning of its id."""
    if _NUMBER.fullmatch(step) and -len(rows) <= int(step) < len(rows):
        return int(step) % len(rows)
    if len(step) >= _SHORTEST_ID:
        ids = [str(row.get("id", "")) if isinstance(row, dict) else "" for row in rows]
        found = [place for place, each in enumerate(ids) if each.startswith(step)]
        return found[0] if len(found) == 1 else None
    return None


def _keep(row: dict[str, Any], steps: Sequence[str]) -> None:
    """Applies `+path` and `-path` from left to right: the first that fits a part decides."""
    rules = [(each[0] == "+", each[1:].split("__")) for each in steps if each[:1] in ("+", "-")]
    if rules:
        _filtered(row, [], rules)


def _filtered(value: dict[str, Any], path: list[str], rules: Sequence[tuple[bool, list[str]]]) -> None:
    for key in list(value):
        here = [*path, str(key)]
        decided = next((keeps for keeps, rule in rules if _fits(rule, here)), None)
        is_on_the_way = any(keeps and rule[: len(here)] == here for keeps, rule in rules)
        if decided is False and not is_on_the_way:
            del value[key]
        elif decided is not True and isinstance(value[key], dict):
            _filtered(value[key], here, rules)
        elif decided is not True and isinstance(value[key], list):
            value[key] = _filtered_rows(value[key], here, rules)


def _filtered_rows(rows: list[Any], path: list[str], rules: Sequence[tuple[bool, list[str]]]) -> list[Any]:
    kept = []
    for place, row in enumerate(rows):
        names = [str(place), str(place - len(rows)), str(row.get("id", "")) if isinstance(row, dict) else ""]
        decided = next(
            (keeps for keeps, rule in rules if any(_fits(rule, [*path, name]) for name in names)), None
        )
        if decided is False:
            continue
        if decided is None and isinstance(row, dict):
            for name in names:
                _filtered(row, [*path, name], rules)
        kept.append(row)
    return kept


def _fits(rule: Path, path: Path) -> bool:
    """`*` is everything below; an id may be shortened."""
    if rule == ["*"]:
        return True
    if len(rule) != len(path):
        return False
    return all(
        wanted in ("*", step) or (len(wanted) >= _SHORTEST_ID and step.startswith(wanted) and "-" in step)
        for wanted, step in zip(rule, path, strict=True)
    )


def _merge(row: dict[str, Any], update: Mapping[str, Any]) -> None:
    for key, value in update.items():
        path = key.split("__")
        if len(path) > MAX_STEPS:
            raise CallInvalid(fields={"update": _NO_PLACE})
        _put(row, path, value)


def _put(target: Any, path: Path, value: Any) -> None:
    step, rest = path[0], path[1:]
    if isinstance(target, list):
        _put_in_rows(target, step, rest, value)
    elif not isinstance(target, dict):
        raise CallInvalid(fields={"update": _NO_PLACE})
    elif rest:
        if step not in target or target[step] is None:
            target[step] = [] if rest[0] == "extend" or _NUMBER.fullmatch(rest[0]) else {}
        _put(target[step], rest, value)
    elif isinstance(target.get(step), dict) and isinstance(value, dict):
        target[step].update(value)
    else:
        target[step] = value


def _put_in_rows(rows: list[Any], step: str, rest: Path, value: Any) -> None:
    if step == "extend" and not rest:
        rows.extend(value if isinstance(value, list) else [value])
        return
    place = _place(rows, step)
    if place is None:
        if step != str(len(rows)):
            raise CallInvalid(fields={"update": _NO_PLACE})
        rows.append({})
        place = len(rows) - 1
    if rest:
        _put(rows[place], rest, value)
    elif isinstance(value, dict) and isinstance(rows[place], dict):
        rows[place].update(value)
    else:
        rows[place] = value


def _files(files: Mapping[str, IncomingFile], row: Mapping[str, Any]) -> dict[int, IncomingFile]:
    """Files by the number of their resource; `update__resources__-1__upload` is the last one's."""
    rows = row.get("resources")
    found = {}
    for name, file in files.items():
        path = name.split("__")
        if path[:2] == ["update", "resources"] and path[3:] == ["upload"] and isinstance(rows, list):
            place = _place(rows, path[2])
            if place is None:
                raise CallInvalid(fields={"update": _NO_PLACE})
            found[place] = file
    return found
