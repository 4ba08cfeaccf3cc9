"""What the analyses return. Arrays are read as shape, dtype, unit in each docstring."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.genome.reasons import count_reasons, left_out_table

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False, kw_only=True)
class RegionCounts:
    """Which regions contributed.

    Attributes
    ----------
    reasons : uint8 (n_regions,)
        :class:`~hicognition_widgets.genome.reasons.Reason` per region; 0 = used.
        With a subset, regions outside it are not part of `n_used` or `n_left_out`.
    rows : int64 (n_subset,) or None
        Row numbers the result is about; None = all regions.
    """

    reasons: Codes
    rows: Ints | None = None

    @property
    def _considered(self) -> Codes:
        return self.reasons if self.rows is None else self.reasons[self.rows]

    @property
    def n_used(self) -> int:
        """Number of regions that contribute."""
        return int(np.count_nonzero(self._considered == 0))

    @property
    def n_left_out(self) -> int:
        """Number of regions that do not."""
        return int(np.count_nonzero(self._considered))

    @property
    def reason_counts(self) -> dict[str, int]:
        """Left-out regions per reason sentence."""
        return count_reasons(self._considered)

    def left_out(self) -> pd.DataFrame:
        """Left-out regions as a table ``row, reason``."""
        table = left_out_table(self.reasons)
        if self.rows is not None:
            table = table[table["row"].isin(self.rows)].reset_index(drop=True)
        return table


@dataclass(frozen=True, eq=False, kw_only=True)
class PileupResult(RegionCounts):
    """Average contact map.

    Attributes
    ----------
    mean : float64 (size, size)
        NaN-ignoring mean over regions; rows = anchor 1, columns = anchor 2.
    count : int64 (size, size)
        Regions averaged per pixel.
    binsize : int
        Bin size of the map that was read, bp.
    normalization : str
        ``"balanced"``, ``"oe"`` or ``"raw"``.
    flank : int or None
        Half-width in bp (points); None for intervals.
    bin_percent, expansion : float or None
        Bin size and expansion of interval pileups.
    """

    mean: Floats
    count: Ints
    binsize: int
    normalization: str
    flank: int | None = None
    bin_percent: float | None = None
    expansion: float | None = None
    expected: pd.DataFrame | None = field(default=None, repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Long table ``row, column, offset1, offset2, mean, count``.

        Offsets are the centres of the bins relative to the region's point in bp, or
        percent of the region's length from its start for intervals.
        """
        size1, size2 = self.mean.shape
        i, j = np.indices((size1, size2))
        return pd.DataFrame(
            {
                "row": i.ravel(),
                "column": j.ravel(),
                "offset1": self._offset(i.ravel(), size1),
                "offset2": self._offset(j.ravel(), size2),
                "mean": self.mean.ravel(),
                "count": self.count.ravel(),
            }
        )

    def _offset(self, index: Ints, size: int) -> Floats:
        if self.bin_percent is not None and self.expansion is not None:
            centres = index.astype(np.float64) + 0.5
            percent: Floats = centres * self.bin_percent - 100 * self.expansion
            return percent
        return ((index - (size - 1) // 2) * self.binsize).astype(np.float64)


@dataclass(frozen=True, eq=False, kw_only=True)
class StackupResult(RegionCounts):
    """Signal of every region.

    Attributes
    ----------
    stack : float32 (n_regions, bins)
        Mean signal per bin; NaN where there is no data and for regions left out.
    flank : int or (int, int) or None
        Half-width, or upstream and downstream, in bp (points); None for intervals.
    binsize : int or None
        Bin size in bp (points); None for intervals.
    bin_percent, expansion : float or None
        Bin size in percent and expansion of intervals.
    """

    stack: Floats32
    flank: int | tuple[int, int] | None = None
    binsize: int | None = None
    bin_percent: float | None = None
    expansion: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class ProfileResult(RegionCounts):
    """Average signal with its uncertainty.

    Attributes
    ----------
    mean, low, high : float64 (bins,)
        NaN-ignoring column mean and its 95 % bootstrap band, or the quartiles.
    count : int64 (bins,)
        Rows with data per bin.
    """

    mean: Floats
    low: Floats
    high: Floats
    count: Ints

    def to_frame(self) -> pd.DataFrame:
        """Table ``bin, mean, low, high, count``."""
        return pd.DataFrame(
            {
                "bin": np.arange(len(self.mean)),
                "mean": self.mean,
                "low": self.low,
                "high": self.high,
                "count": self.count,
            }
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class ProfileDifference:
    """Difference of two average signals with its uncertainty.

    Attributes
    ----------
    difference, low, high : float64 (bins,)
        First mean minus second mean and the bootstrap band of it.
    count, other_count : int64 (bins,)
        Rows with data per bin, of each side.
    """

    difference: Floats
    low: Floats
    high: Floats
    count: Ints
    other_count: Ints

    def to_frame(self) -> pd.DataFrame:
        """Table ``bin, difference, low, high, count, other_count``."""
        return pd.DataFrame(
            {
                "bin": np.arange(len(self.difference)),
                "difference": self.difference,
                "low": self.low,
                "high": self.high,
                "count": self.count,
                "other_count": self.other_count,
            }
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class ProfileSplit:
    """Average signal of some regions and of the rest of their set.

    Attributes
    ----------
    selected, rest : ProfileResult
        Each with its own bootstrap band; `rows` are the row numbers of each.
    difference : ProfileDifference
        Selected minus rest; both sides are drawn on their own.
    """

    selected: ProfileResult
    rest: ProfileResult
    difference: ProfileDifference


@dataclass(frozen=True, eq=False, kw_only=True)
class EnrichmentResult(RegionCounts):
    """Overlap with target sets at each position.

    Attributes
    ----------
    odds_ratio, p_value, q_value : float64 (targets, bins)
        Sample odds ratio a·d / (b·c), one-sided Fisher p, Benjamini-Hochberg q.
    overlap : int64 (targets, bins)
        Query chunks that overlap the target (a).
    names : list of str
        Target names, one per row.
    chunks : int64 (bins,) or None
        Distinct query chunks per position (a + c).
    universe_hits : int64 (targets,) or (targets, bins) or None
        Pieces of the universe that overlap the target (a + b); at every position where the
        universe is the region set itself.
    universe_size : int or None
        Pieces of the universe (a + b + c + d).
    universe_chunks : int64 (bins,) or None
        The same per position, where the universe is the region set itself.
    dropped : int64 (targets,) or None
        Target rows that lie on no known chromosome.
    """

    odds_ratio: Floats
    p_value: Floats
    q_value: Floats
    overlap: Ints
    names: list[str]
    chunks: Ints | None = None
    universe_hits: Ints | None = None
    universe_size: int | None = None
    universe_chunks: Ints | None = None
    dropped: Ints | None = None

    def to_frame(self) -> pd.DataFrame:
        """Long table ``target, bin, odds_ratio, p_value, q_value, overlap``."""
        targets, bins = self.odds_ratio.shape
        return pd.DataFrame(
            {
                "target": np.repeat(np.asarray(self.names, dtype=object), bins),
                "bin": np.tile(np.arange(bins), targets),
                "odds_ratio": self.odds_ratio.ravel(),
                "p_value": self.p_value.ravel(),
                "q_value": self.q_value.ravel(),
                "overlap": self.overlap.ravel(),
            }
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class EmbeddingResult:
    """Two-dimensional map of regions.

    Attributes
    ----------
    points : float32 (n, 2)
        NaN for regions with no data at all.
    features : float32 (n, p)
        Standardised, imputed features the points were made from.
    imputed : bool (n,)
        Regions with gaps that were filled by the feature's mean.
    names : list of str
        Feature names, one per column.
    method : str
        ``"umap"`` or ``"pca"``.
    """

    points: Floats32
    features: Floats32
    imputed: npt.NDArray[np.bool_]
    names: list[str]
    method: str


@dataclass(frozen=True, eq=False, kw_only=True)
class ClusterMeans:
    """What the members of each cluster look like on average.

    Attributes
    ----------
    mean : float32 (k, …)
        NaN-ignoring mean of the members: tracks ``(k, p)`` or thumbnails ``(k, m, m)``.
    size : int64 (k,)
        Members per cluster.
    """

    mean: Floats32
    size: Ints
