"""Paths that tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

import hicognition_widgets

PROJECT = Path(__file__).parents[1]
SHARED = PROJECT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def demo_data() -> Path:
    """The data set that ships with the project."""
    return Path(hicognition_widgets.__file__).parent / "demo" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """More real files, kept beside a checkout; tests that need them skip without."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data is not beside this checkout")
    return SHARED
