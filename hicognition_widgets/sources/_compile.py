"""One typed decorator for compiled loops, so that every kernel is cached the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile on first call, keep the machine code on disk, release the GIL.

    numba puts the cache beside the source, or in the user's cache folder where the
    source folder is read-only. Where neither can be written, as in some containers, the
    function is compiled anew in every process instead of not at all. Import modules that
    use this only when they are needed. Division follows numpy (by zero: infinite or NaN, 0
    for whole numbers), which compiles faster than raising an error.
    """
    try:
        return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError as error:
        if "no locator" not in str(error):
            raise
        return cast(F, numba.njit(nogil=True, error_model="numpy")(function))
