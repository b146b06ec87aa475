"""T81: no token in any line, whoever wrote it there."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import logging, structlog
from portal.observability.logs import configure_logs
configure_logs()
text = "dnp_" + "0123456789abcdef" * 4
structlog.get_logger().info("request", path=f"/api/v1/tokens/{text}", agent="a\\r\\nb\\x1b[1m")
logging.getLogger("library").error("refused %s", text)
try:
    raise ValueError(text)
except ValueError as error:
    structlog.get_logger().error("failed", exc_info=error)
"""


def test_tokens_are_cut_and_every_entry_stays_one_line() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    lines = finished.stderr.splitlines()
    assert len(lines) == 3 and finished.stdout == ""
    assert all("dnp_01234567..." in line and "89abcdef" not in line for line in lines)
    assert all("\x1b" not in line for line in lines)
