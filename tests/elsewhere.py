"""Code of a test on another thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Found = TypeVar("Found")


def elsewhere(function: Callable[[], Found], timeout: float = 120) -> Found:
    """Run on a thread without a loop: other tests may have left one on this thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="a notebook") as pool:
        return pool.submit(function).result(timeout)
