"""The 2×2 tables of an enrichment as they travel to the browser and into data files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.store import StoredResult

Ints = npt.NDArray[np.int64]


def minus_log10(chance: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """-log10 of p or q: what is far below the smallest float32 keeps its size.

    NaN stays NaN; 0 (smaller than any number there is) becomes infinite.
    """
    with np.errstate(divide="ignore"):
        values = -np.log10(np.asarray(chance, dtype=np.float64))
    # -log10(1) is -0
    return (values + 0.0).astype(np.float32)


def counts(result: StoredResult) -> dict[str, Ints]:
    """The four numbers of every cell, int64 ``(targets, bins)``, by their letters.

    a: chunks of the regions that overlap the target, c: those that do not; b and d: the
    same of everything else. Empty if the result does not say all four.
    """
    found = _margins(result)
    if len(found) < 4:
        return {}
    a = found["overlap"]
    b, c = found["universe_hits"] - a, found["chunks"] - a
    return {"a": a, "b": b, "c": c, "d": found["universe_chunks"] - a - b - c}


def margins(result: StoredResult) -> dict[str, Ints]:
    """What the browser makes the four numbers from: a, and sums of rows and columns, int32."""
    return {name: values.astype(np.int32) for name, values in _margins(result).items()}


def _margins(result: StoredResult) -> dict[str, Ints]:
    """What a result says of its 2x2 tables, int64.

    ``overlap`` is a ``(targets, bins)``, ``chunks`` a + c ``(bins,)``, ``universe_hits``
    a + b ``(targets, 1 or bins)``, ``universe_chunks`` all four ``(1 or bins,)``.
    """
    found = {
        name: np.asarray(result.arrays[name]).astype(np.int64)
        for name in ("overlap", "chunks", "universe_hits", "universe_chunks")
        if name in result.arrays
    }
    size = result.meta.get("universe_size")
    if size is not None:
        found.setdefault("universe_chunks", np.array([size], dtype=np.int64))
    if "universe_hits" in found and found["universe_hits"].ndim == 1:
        found["universe_hits"] = found["universe_hits"][:, None]
    return found


def table(result: StoredResult, names: Sequence[str], places: Sequence[float]) -> pd.DataFrame:
    """All cells as a long table, strongest numbers and all.

    Columns ``target, bin, position, odds_ratio, p_value, q_value, overlap`` and, where the
    result says them, ``a, b, c, d`` of the 2×2 tables.
    """
    arrays = result.arrays
    targets, bins = np.asarray(arrays["odds_ratio"]).shape
    frame = pd.DataFrame(
        {
            "target": np.repeat(np.array(list(names), dtype=object), bins),
            "bin": np.tile(np.arange(bins), targets),
            "position": np.tile(np.asarray(places, dtype=np.float64), targets),
            **{
                name: np.asarray(arrays[name]).ravel()
                for name in ("odds_ratio", "p_value", "q_value", "overlap")
                if name in arrays
            },
        }
    )
    for letter, values in counts(result).items():
        frame[letter] = np.broadcast_to(values, (targets, bins)).ravel()
    return frame
