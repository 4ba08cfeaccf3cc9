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
    same of everything else. Only a is there if the result does not say the others.
    """
    a = np.asarray(result.arrays["overlap"]).astype(np.int64)
    chunks, hits, everything = _margins(result)
    if chunks is None or hits is None or everything is None:
        return {"a": a}
    b, c = hits - a, chunks - a
    return {"a": a, "b": b, "c": c, "d": everything - a - b - c}


def margins(result: StoredResult) -> dict[str, Ints]:
    """What the browser makes the four numbers from: sums of rows and columns, int32."""
    names = ("chunks", "universe_hits", "universe_chunks")
    found = dict(zip(names, _margins(result), strict=True))
    return {name: value.astype(np.int32) for name, value in found.items() if value is not None}


def _margins(result: StoredResult) -> tuple[Ints | None, Ints | None, Ints | None]:
    """A + c ``(bins,)``, a + b ``(targets, 1 or bins)``, and all four ``(1 or bins,)``."""

    def ints(name: str) -> Ints | None:
        found = result.arrays.get(name)
        return None if found is None else np.asarray(found).astype(np.int64)

    chunks, hits, everything = map(ints, ("chunks", "universe_hits", "universe_chunks"))
    size = result.meta.get("universe_size")
    if everything is None and size is not None:
        everything = np.array([size], dtype=np.int64)
    if hits is not None and hits.ndim == 1:
        hits = hits[:, None]
    return chunks, hits, everything


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
            },
        }
    )
    four = counts(result)
    if len(four) == 4:
        for letter, values in four.items():
            frame[letter] = np.broadcast_to(values, (targets, bins)).ravel()
    return frame
