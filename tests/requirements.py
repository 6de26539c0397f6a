"""What a test needs of its machine: where it is missing the test is skipped, or fails on demand."""

from __future__ import annotations

import os

import pytest


def require(name: str, available: bool, why: str) -> None:
    """Skip the test that runs now unless `name` is available; `why` says how to get it.

    With CALLBOARD_TEST_REQUIRE=all nothing may be missing: the test fails instead.
    """
    if available:
        return
    if os.environ.get("CALLBOARD_TEST_REQUIRE") == "all":
        pytest.fail(f"{name} is required here: {why}")
    pytest.skip(f"{name} is missing: {why}")
