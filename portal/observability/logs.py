"""Logs: one JSON object a line on standard error, from our code and from libraries alike."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

# JSON escapes line feeds and control characters, so that nothing a client sends can forge a line.
_RENDERER = structlog.processors.JSONRenderer(ensure_ascii=False)
# A token of ours, wherever somebody puts it: in an address, in a header that an error quotes.
_TOKEN = re.compile(r"\b(dnp_[0-9a-f]{8})[0-9a-f]{8,}")


def _render(logger: Any, method: str, entry: structlog.types.EventDict) -> str:
    """One line, every token in it cut to the part that people may see."""
    line = str(_RENDERER(logger, method, entry))
    return _TOKEN.sub(r"\1...", line) if "dnp_" in line else line


def configure_logs(level: int = logging.INFO) -> None:
    """Call once per process, before the first line is written."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
