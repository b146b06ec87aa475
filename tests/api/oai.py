"""Asks OAI-PMH as a harvester does, and holds every answer against the protocol's own schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from flask.testing import FlaskClient
from lxml import etree

OAI = "{http://www.openarchives.org/OAI/2.0/}"
BASE = "http://127.0.0.1:8123"


@lru_cache
def schema(folder: Path, name: str = "oai-bundle.xsd") -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(folder / "conformance" / "oai-pmh" / name)))


def ask(client: FlaskClient, query: str) -> etree._Element:
    answer = client.get(f"/oai?{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    return etree.fromstring(answer.data)


def code(root: etree._Element) -> str:
    return root.find(f"{OAI}error").get("code", "")


def texts(root: etree._Element, tag: str) -> list[str]:
    return [each.text or "" for each in root.iter(f"{OAI}{tag}")]


def pages(client: FlaskClient, verb: str, rest: str) -> Iterator[etree._Element]:
    """Every page of a list."""
    query = f"verb={verb}&{rest}"
    while query:
        root = ask(client, query)
        yield root
        token = next(iter(texts(root, "resumptionToken")), "")
        query = f"verb={verb}&resumptionToken={token}" if token else ""
