"""Who may import whom: the contracts of pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout


def test_web_processes_load_nothing_that_reads_files() -> None:
    """Engines and readers of files live in child processes: no memory, and no attack, comes from them here."""
    heavy = ("duckdb", "python_calamine", "xlsxwriter", "pyproj", "shapefile", "charset_normalizer")
    asked = f"import sys, portal.app; print([each for each in {heavy!r} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
