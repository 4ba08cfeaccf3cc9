"""Which regions of a set lie at, or close to, one region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.genome.names import bare_name
from hicognition_widgets.genome.windows import is_pairs, sided_columns

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Nearby:
    """What a region set has around one region.

    Attributes
    ----------
    rows : tuple of int
        Rows that overlap the region itself, ascending.
    inside : tuple of int
        Rows that overlap the window around it, those of `rows` among them.
    nearest : int or None
        bp to the closest one on the same chromosome, 0 if it overlaps or touches; None if
        there is none.
    """

    rows: tuple[int, ...]
    inside: tuple[int, ...]
    nearest: int | None


@dataclass(frozen=True, eq=False)
class NearbyIndex:
    """Regions of a set by chromosome; both anchors of a pair count.

    Attributes
    ----------
    places : dict of str to (start, end, row)
        int64 arrays per chromosome, named without ``chr``.
    """

    places: dict[str, tuple[Ints, Ints, Ints]]

    @classmethod
    def of(cls, regions: pd.DataFrame) -> NearbyIndex:
        """Index of a region table."""
        parts: dict[str, list[tuple[Ints, Ints, Ints]]] = {}
        for side in ("left", "right") if is_pairs(regions) else (None,):
            chrom, first, last, _ = sided_columns(regions, side)
            start = regions[first].to_numpy(dtype=np.int64)
            end = regions[last].to_numpy(dtype=np.int64)
            for name, rows in regions.groupby(chrom, observed=True).indices.items():
                found = np.asarray(rows, dtype=np.int64)
                parts.setdefault(bare_name(str(name)), []).append(
                    (start[found], end[found], found)
                )
        places = {}
        for name, several in parts.items():
            starts, ends, numbers = zip(*several, strict=True)
            places[name] = (
                np.concatenate(starts),
                np.concatenate(ends),
                np.concatenate(numbers),
            )
        return cls(places)

    def around(self, chrom: str, start: int, end: int, window: tuple[int, int]) -> Nearby:
        """What overlaps a stretch, what overlaps the window around it, what is nearest.

        Parameters
        ----------
        chrom : str
        start, end : int
            0-based, half-open. A stretch without length counts as one base pair, as do
            regions of the set.
        window : (int, int)
            Start and end of the window.
        """
        place = self.places.get(bare_name(chrom))
        if place is None:
            return Nearby((), (), None)
        starts, given_ends, numbers = place
        ends = np.maximum(given_ends, starts + 1)
        end = max(end, start + 1)
        hit = (starts < end) & (ends > start)
        inside = (starts < max(window[1], end)) & (ends > min(window[0], start))
        gaps = np.maximum(np.maximum(starts - end, start - ends), 0)
        return Nearby(
            rows=tuple(np.unique(numbers[hit]).tolist()),
            inside=tuple(np.unique(numbers[inside]).tolist()),
            nearest=int(gaps.min()),
        )


def both(one: Nearby, other: Nearby) -> Nearby:
    """Around either anchor of a pair."""
    distances = [near.nearest for near in (one, other) if near.nearest is not None]
    return Nearby(
        rows=tuple(sorted({*one.rows, *other.rows})),
        inside=tuple(sorted({*one.inside, *other.inside})),
        nearest=min(distances, default=None),
    )
