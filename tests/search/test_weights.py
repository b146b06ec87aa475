"""Every number of the table of weights has a reason and names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

from portal.search import weights

SOURCE = Path(weights.__file__).read_text(encoding="utf-8").splitlines()
FOLDER = Path(__file__).resolve().parent


def test_every_weight_names_a_test() -> None:
    starts = [
        number
        for number, line in enumerate(SOURCE)
        if re.match(r"(?!ALTERNATIVE)[A-Z_0-9]+ = |        Kind\.[A-Z]+: 0\.[1-9]", line)
    ]
    assert len(starts) > 20
    for number in starts:
        comment = []
        for line in reversed(SOURCE[:number]):
            if not line.strip().startswith("#"):
                break
            comment.insert(0, line.strip().removeprefix("#").strip())
        named = re.search(r"\((test_\w+)\.py::(test_\w+)\)", " ".join(comment))
        assert named, SOURCE[number]
        tests = (FOLDER / f"{named[1]}.py").read_text(encoding="utf-8")
        assert f"def {named[2]}(" in tests, named[0]
