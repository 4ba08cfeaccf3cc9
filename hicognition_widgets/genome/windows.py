"""Positions, windows and bins: the arithmetic every analysis shares.

Coordinates are 0-based and half-open. A *flank* is the half-width in bp around a
point; a *side* chooses one anchor of a pair; an *anchor* chooses the point of a region.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import InputError

Side = Literal["left", "right"]
Anchor = Literal["center", "start", "end", "five_prime", "three_prime"]
Flank = int | tuple[int, int]

_SUFFIX: dict[Side | None, str] = {None: "", "left": "1", "right": "2"}


def is_pairs(regions: pd.DataFrame) -> bool:
    """True for a BEDPE-style table (``chrom1 … end2``)."""
    return "chrom1" in regions.columns


def sided_columns(regions: pd.DataFrame, side: Side | None) -> tuple[str, str, str, str]:
    """Names of the chrom, start, end and strand columns of one side.

    Raises
    ------
    InputError
        If `side` is missing for pairs, or given for single regions.
    """
    if is_pairs(regions):
        if side not in ("left", "right"):
            raise InputError(
                'pairs have two anchors: choose one with side="left" or side="right"'
            )
    elif side is not None:
        raise InputError(f'side="{side}" applies to pairs (BEDPE) only; leave it out')
    s = _SUFFIX[side]
    return f"chrom{s}", f"start{s}", f"end{s}", f"strand{s}"


def strands(regions: pd.DataFrame, side: Side | None = None) -> npt.NDArray[np.int8]:
    """Strand per region: -1 for ``"-"``, +1 for everything else. Shape ``(n,)``."""
    column = sided_columns(regions, side)[3]
    if column not in regions.columns:
        return np.ones(len(regions), dtype=np.int8)
    minus = (regions[column] == "-").to_numpy(dtype=bool, na_value=False)
    signs: npt.NDArray[np.int8] = np.where(minus, -1, 1).astype(np.int8)
    return signs


def positions(
    regions: pd.DataFrame, *, side: Side | None = None, anchor: Anchor = "center"
) -> npt.NDArray[np.int64]:
    """Anchor point of every region in bp, shape ``(n,)``.

    The centre is ``(start + end) // 2``; ``"five_prime"`` is the start of plus and the
    end of minus regions, ``"three_prime"`` the reverse.
    """
    _, start_name, end_name, _ = sided_columns(regions, side)
    start = regions[start_name].to_numpy(dtype=np.int64)
    end = regions[end_name].to_numpy(dtype=np.int64)
    if anchor == "center":
        middle: npt.NDArray[np.int64] = (start + end) // 2
        return middle
    if anchor == "start":
        return start
    if anchor == "end":
        return end
    if anchor not in ("five_prime", "three_prime"):
        raise InputError(
            f'anchor "{anchor}" is unknown: use "center", "start", "end", '
            '"five_prime" or "three_prime"'
        )
    minus = strands(regions, side) < 0
    upstream = minus if anchor == "five_prime" else ~minus
    return np.where(upstream, end, start)


def flank_bins(flank: int, binsize: int) -> int:
    """Bins on each side of the centre, ``flank // binsize``.

    Raises
    ------
    InputError
        If `flank` is not a positive multiple of `binsize`; the sentence names the
        nearest flanks that are.
    """
    if binsize <= 0:
        raise InputError(f"binsize must be positive, not {binsize}")
    if flank > 0 and flank % binsize == 0:
        return flank // binsize
    below = max(flank // binsize, 1) * binsize
    above = below if flank < binsize else below + binsize
    nearest = f"{below:,}" if below == above else f"{below:,} or {above:,}"
    raise InputError(
        f"flank {flank:,} is not a multiple of the bin size {binsize:,} bp; use {nearest}"
    )


def scaled_bins(bin_percent: float, expansion: float = 0.2) -> int:
    """Bins across an expanded interval, ``int((100 + 200 · expansion) / bin_percent)``."""
    if not bin_percent > 0:
        raise InputError(f"bin_percent must be positive, not {bin_percent}")
    if not expansion >= 0:
        raise InputError(f"expansion must not be negative, not {expansion}")
    n = int(round((100 + 200 * expansion) / bin_percent, 9))
    if n < 1:
        raise InputError(f"bin_percent {bin_percent} leaves no bin; use 1, 2 or 5")
    return n
