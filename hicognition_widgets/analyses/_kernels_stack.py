"""Compiled loops over stacks of snippets."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

Array = npt.NDArray[Any]


@compiled
def add_snippets(stack: Array, rows: Array, total: Array, count: Array) -> None:
    """Add the finite values of the snippets `rows` of a float32 (n, pixels) stack.

    ``total`` float64 and ``count`` int64, both (pixels,), are changed in place.
    """
    for r in range(len(rows)):
        snippet = stack[rows[r]]
        for p in range(len(snippet)):
            value = snippet[p]
            known = np.isfinite(value)
            total[p] += value if known else 0.0
            count[p] += known
