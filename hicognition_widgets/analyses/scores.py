"""Numbers that say how strong a loop, a boundary, a domain or a stripe is.

Every score is made of NaN-ignoring means over parts of a window, so that a missing pixel
is left out and never counts as zero; a part without any pixel makes its scores NaN. In a
window of 2k + 1 bins the centre is bin k; rows grow downwards, so that in a map of pairs the
lower left corner is the one nearest to the diagonal.

=====================  ==============================================================  =======
name                   formula                                                         unit
=====================  ==============================================================  =======
loop_center            mean of the centre 3 × 3                                        as map
loop_background        mean of the four quadrants outside the centre's 3 rows and      as map
                       3 columns
loop_ratio             loop_center / loop_background                                   ratio
loop_difference        loop_center − loop_background                                   as map
p2ll                   centre pixel / mean of the lower left corner, `corner` bins     ratio
                       wide
p2ll_z                 (centre pixel − mean) / standard deviation of that corner       SD
insulation             mean of upper left and lower right / mean of upper right and    ratio
                       lower left, without the 3 centre bins and diagonals 0 and 1;
                       above 1 at a boundary
domain                 mean of the body / mean of body against what lies before and    ratio
                       behind it (above and right of the body)
stripe_downstream      mean of contacts of the centre 3 bins with bins further on /    ratio
                       mean of those of bins 3 to 5 away, at the same distances
stripe_upstream        the same with bins further back                                 ratio
=====================  ==============================================================  =======

The loop's centre and quadrants are those of GENOVA, P2LL is Juicer's, insulation and
domain are coolpuppy's (domain by means instead of sums, the same where body and flanks are
equally long and complete).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._map_request import Normalization
from hicognition_widgets.analyses.results import Floats, PileupResult
from hicognition_widgets.analyses.scaled_pileup import scaled_snippets
from hicognition_widgets.analyses.snippets import snippets
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.windows import flank_bins
from hicognition_widgets.sources.contact_map import open_map

Kind = Literal["loop", "insulation", "domain", "stripe"]
Stack = npt.NDArray[np.floating[Any]]

NAMES: dict[Kind, tuple[str, ...]] = {
    "loop": (
        "loop_center",
        "loop_background",
        "loop_ratio",
        "loop_difference",
        "p2ll",
        "p2ll_z",
    ),
    "insulation": ("insulation",),
    "domain": ("domain",),
    "stripe": ("stripe_downstream", "stripe_upstream"),
}
"""Names of the scores of each kind."""

_BATCH_BYTES = 2**28
_CENTER = 1
"""Bins on each side of the centre bin that belong to the centre."""
_BESIDE = (3, 5)
"""How far the background of a stripe lies beside it, bins."""
_SHORTEST = 3
"""Nearest distance of a stripe, bins."""


def region_scores(
    clr: Any,
    regions: pd.DataFrame,
    *,
    flank: int | None = None,
    kind: Kind = "loop",
    normalization: Normalization = "oe",
    corner: int = 6,
    bin_percent: float = 5,
    expansion: float = 0.5,
    cache: str | Path | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Scores of every region.

    Parameters
    ----------
    clr, regions
        As for :func:`~hicognition_widgets.analyses.snippets.snippets`: pairs for loops,
        points for insulation and stripes; intervals and the path of a multi-resolution
        file for domains.
    flank : int
        Half-width of the window, bp; not used for domains.
    kind : {"loop", "insulation", "domain", "stripe"}
    normalization : {"oe", "balanced", "raw"}
        Over expected by default, so that distance does not enter.
    corner : int
        Width of the corner of P2LL, bins.
    bin_percent, expansion : float
        Grid of domains, as in :func:`scaled_snippets`.
    cache : str or Path, optional
        Folder that keeps bands of maps.
    **options
        Passed on to :func:`snippets` or :func:`scaled_snippets`.

    Returns
    -------
    DataFrame
        One row per region, in their order and with their index; a column per score, see
        the top of this module. NaN where data is missing.

    Raises
    ------
    InputError
        If the kind is unknown or its window is not given.
    """
    if kind not in NAMES:
        raise InputError(f'there is no score "{kind}"; there are {", ".join(NAMES)}')
    if kind == "domain":
        parts: Iterator[Stack] = _batches(
            len(regions),
            int((100 + 200 * expansion) / bin_percent),
            partial(
                scaled_snippets, clr, regions, bin_percent=bin_percent, expansion=expansion,
                normalization=normalization, **options,
            ),
        )  # fmt: skip
    else:
        if flank is None:
            raise InputError(f"{kind} scores need a window: give flank in bp")
        parts = _windows(clr, regions, flank, normalization, cache, options)
    tables = [
        score_stack(stack, kind=kind, corner=corner, expansion=expansion) for stack in parts
    ]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in NAMES[kind]}
    return pd.DataFrame(columns, index=regions.index)


def aggregate_scores(
    mean: PileupResult | npt.ArrayLike,
    *,
    kind: Kind | None = None,
    corner: int = 6,
    expansion: float | None = None,
) -> dict[str, float]:
    """Scores of an average map, by the same names and formulas as for single regions.

    Parameters
    ----------
    mean : PileupResult or array (size, size)
    kind : {"loop", "insulation", "domain", "stripe"}, optional
        Only the scores of this kind; all without.
    corner : int
        Width of the corner of P2LL, bins.
    expansion : float, optional
        What a scaled map shows on each side of the body, as a fraction of it; taken from
        a PileupResult. Without, the domain score is NaN.

    Returns
    -------
    dict
        Name to value, see the top of this module.
    """
    if isinstance(mean, PileupResult):
        expansion = mean.expansion if expansion is None else expansion
        mean = mean.mean
    stack = np.asarray(mean, dtype=np.float64)[None]
    scores: dict[str, float] = {}
    for each in NAMES if kind is None else (kind,):
        found = score_stack(stack, kind=each, corner=corner, expansion=expansion)
        scores.update({name: float(values[0]) for name, values in found.items()})
    return scores


def score_stack(
    stack: Stack, *, kind: Kind, corner: int = 6, expansion: float | None = None
) -> dict[str, Floats]:
    """Scores of windows that are already there, (n, size, size); float64 (n,) by name."""
    size = stack.shape[1]
    if kind == "loop":
        return _loop(stack, size, corner)
    if kind == "insulation":
        return {"insulation": _insulation(stack, size)}
    if kind == "stripe":
        return {
            "stripe_downstream": _stripe(stack, size, downstream=True),
            "stripe_upstream": _stripe(stack, size, downstream=False),
        }
    return {"domain": _domain(stack, size, expansion)}


def _loop(stack: Stack, size: int, corner: int) -> dict[str, Floats]:
    offset = np.abs(np.arange(size) - size // 2)
    inside = offset <= _CENTER
    center = _mean(stack, np.outer(inside, inside))
    background = _mean(stack, np.outer(~inside, ~inside))
    width = min(corner, size // 2 - _CENTER)
    pixel = stack[:, size // 2, size // 2].astype(np.float64)
    lower_left = np.zeros((size, size), dtype=bool)
    if width > 0:
        lower_left[-width:, :width] = True
    low = _mean(stack, lower_left)
    spread = np.sqrt(_mean(np.square(stack - low[:, None, None]), lower_left))
    return {
        "loop_center": center,
        "loop_background": background,
        "loop_ratio": _ratio(center, background),
        "loop_difference": center - background,
        "p2ll": _ratio(pixel, low),
        "p2ll_z": _ratio(pixel - low, spread),
    }


def _insulation(stack: Stack, size: int) -> Floats:
    before = np.arange(size) < size // 2 - _CENTER
    after = np.arange(size) > size // 2 + _CENTER
    within = np.outer(before, before) | np.outer(after, after)
    across = np.outer(before, after) | np.outer(after, before)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return _ratio(
        _mean(stack, within & (distance >= 2)), _mean(stack, across & (distance >= 2))
    )


def _domain(stack: Stack, size: int, expansion: float | None) -> Floats:
    if not expansion:
        return np.full(len(stack), np.nan)
    # Cells whose centre lies in the body.
    place = (np.arange(size) + 0.5) / size * (1 + 2 * expansion) - expansion
    before, after = place < 0, place > 1
    body = ~before & ~after
    around = np.outer(before, body) | np.outer(body, after)
    return _ratio(_mean(stack, np.outer(body, body)), _mean(stack, around))


def _stripe(stack: Stack, size: int, *, downstream: bool) -> Floats:
    center = size // 2
    on, beside = np.zeros((2, size, size), dtype=bool)
    for d in range(_SHORTEST, size - center - _BESIDE[1]):
        for offset in range(-_BESIDE[1], _BESIDE[1] + 1):
            at = center + offset
            row, column = (at, at + d) if downstream else (at - d, at)
            if abs(offset) <= _CENTER:
                on[row, column] = True
            elif abs(offset) >= _BESIDE[0]:
                beside[row, column] = True
    return _ratio(_mean(stack, on), _mean(stack, beside))


def _mean(stack: Stack, part: npt.NDArray[np.bool_]) -> Floats:
    """NaN-ignoring mean over the pixels of a part, NaN where there is none."""
    values = stack[:, part].astype(np.float64)
    known = np.isfinite(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _ratio(one: Floats, two: Floats) -> Floats:
    """Quotient, NaN where the denominator is zero or missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(two != 0, one / two, np.nan)


def _windows(
    clr: Any,
    regions: pd.DataFrame,
    flank: int,
    normalization: Normalization,
    cache: str | Path | None,
    options: dict[str, Any],
) -> Iterator[Stack]:
    size = 2 * flank_bins(flank, open_map(clr).binsize) + 1
    with tempfile.TemporaryDirectory(prefix="hicognition-") as folder:
        # More than one batch would read the file again without a band to come back to.
        several = len(regions) * size * size * 4 > _BATCH_BYTES
        make = partial(
            snippets, clr, regions, flank=flank, normalization=normalization,
            cache=folder if cache is None and several else cache, **options,
        )  # fmt: skip
        yield from _batches(len(regions), size, make)


def _batches(n: int, size: int, make: Callable[..., Stack]) -> Iterator[Stack]:
    step = max(1, _BATCH_BYTES // (4 * size * size))
    for first in range(0, max(n, 1), step):
        yield make(subset=np.arange(first, min(first + step, n)))
