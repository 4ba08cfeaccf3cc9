"""Versions of what numbers and figures are made with."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_NAMED = (
    "hicognition-widgets",
    "bioframe",
    "cooler",
    "h5py",
    "numba",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "umap-learn",
)


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    found = [("python", platform.python_version())]
    for name in _NAMED:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:  # a source tree on the path, without being installed
            continue
    return tuple(found)


def versions() -> dict[str, str]:
    """Versions of Python, this package and the packages its numbers come from."""
    return dict(_versions())
