"""Every word of the interface has its Vietnamese, and nothing else is in the catalogue."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from portal import i18n
from portal.i18n import CATALOGUES

PORTAL = CATALOGUES.parent
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@cache
def _catalogue() -> Catalog:
    with (CATALOGUES / "vi/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="vi")


@cache
def _used() -> frozenset[str]:
    with (CATALOGUES / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(PORTAL), method_map=methods, options_map=options)
    return frozenset(each[2] if isinstance(each[2], str) else each[2][0] for each in found)


def _messages() -> list[Message]:
    return [each for each in _catalogue() if each.id]


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def test_every_text_of_the_interface_is_in_the_catalogue() -> None:
    assert len(_used()) > 150
    assert _used() - {_key(each) for each in _messages()} == set()


def test_nothing_in_the_catalogue_is_unused_or_doubtful() -> None:
    assert {_key(each) for each in _messages()} - _used() == set()
    assert [_key(each) for each in _messages() if each.fuzzy] == []


@pytest.mark.parametrize("message", _messages(), ids=lambda each: _key(each)[:40])
def test_every_text_is_translated_with_the_same_placeholders(message: Message) -> None:
    for translated in _forms(message.string):
        assert translated.strip(), "not translated"
        assert set(_PLACEHOLDER.findall(translated)) == set(_PLACEHOLDER.findall(_key(message)))


def test_compiling_writes_what_is_older_and_then_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = CATALOGUES / "vi/LC_MESSAGES/messages.po"
    (folder / "messages.po").write_bytes(source.read_bytes())
    monkeypatch.setattr(i18n, "CATALOGUES", tmp_path)
    assert i18n.compile_catalogues() == 1
    assert i18n.compile_catalogues() == 0
    assert [each.name for each in sorted(folder.iterdir())] == ["messages.mo", "messages.po"]
