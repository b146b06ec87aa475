"""The least that sends a file: what whole-catalogue documents are measured against. The file is in STATIC_FILE."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_FILE = Path(os.environ.get("STATIC_FILE", __file__))


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    headers = [("Content-Type", "text/turtle; charset=utf-8"), ("Content-Length", str(_FILE.stat().st_size))]
    start_response("200 OK", headers)
    wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](_FILE.open("rb"), 256 * 1024)
    return wrapped
