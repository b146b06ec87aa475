"""What every test may ask for: the reference data beside the repository, when it is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of the code: examples are bounded in number, never in time.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `../shared`; a test that asks for it is skipped, and says so, where it is absent."""
    folder = Path(os.environ.get("PORTAL_TEST_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI must have the reference data beside the repository")
        pytest.skip("the reference data (../shared) is not beside this repository")
    return folder
