"""What snippets and pileups share: from arguments to windows, groups and pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.analyses._arms import Arms, arms_on
from hicognition_widgets.analyses._expected_memo import remembered
from hicognition_widgets.analyses._map_windows import Edges, MapWindows, place_windows
from hicognition_widgets.analyses._window_data import WindowData, reaches, window_data
from hicognition_widgets.analyses.expected import expected_table, factors
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import Anchor, flank_bins
from hicognition_widgets.sources.contact_map import ContactMap, Floats, Ints, open_map

Bools = npt.NDArray[np.bool_]
Normalization = Literal["balanced", "oe", "raw"]


@dataclass(frozen=True, eq=False)
class MapRequest:
    """Windows on a map and how their pixels are normalized.

    Attributes
    ----------
    weights : float64 (bins,)
        0 at masked bins.
    min_diag : int
        First diagonals that are left out.
    observed : str
        ``"balanced"`` or ``"raw"``: what is divided by the expected values.
    normalization : str
        What the result is called.
    expected : DataFrame or None
        Given by the caller, or computed when it is first needed.
    """

    contacts: ContactMap
    arms: Arms
    windows: MapWindows
    weights: Floats
    min_diag: int
    observed: str
    normalization: str
    expected: pd.DataFrame | None

    @contextmanager
    def pixels(
        self, tables: Sequence[MapWindows], cache: str | Path | None
    ) -> Iterator[WindowData]:
        """Pixels for all used windows of some tables."""
        used = [windows.reasons == 0 for windows in tables]
        table = np.concatenate([w.table[u] for w, u in zip(tables, used, strict=True)])
        trans = np.concatenate([w.trans[u] for w, u in zip(tables, used, strict=True)])
        with window_data(
            self.contacts,
            self.weights,
            table,
            ~trans,
            dense=self.windows.on_diagonal,
            complete=self.normalization == "oe" and self.expected is None,
            cache=cache,
        ) as data:
            yield data

    def with_expected(self, data: WindowData) -> MapRequest:
        """The same with the expected values filled in if they are needed."""
        if self.normalization != "oe" or self.expected is not None:
            return self
        used = self.windows.reasons == 0
        width = int(reaches(self.windows.table[used]).max(initial=0))
        width = max(width, self.windows.size)
        balanced = self.observed == "balanced"

        def make() -> pd.DataFrame:
            weights = np.where(self.weights == 0, np.nan, self.weights)
            sums = self._diagonal_sums(data, width)
            return expected_table(
                self.arms, self.contacts, weights, sums, width=width,
                balanced=balanced, ignore_diags=2,
            )  # fmt: skip

        # Sums in another order differ in the last digit: each way is kept for itself.
        kind = (self.observed, "band" if self._from_band(data) else "file")
        table = remembered(self.contacts, self.arms, self.weights, kind, width, make)
        return replace(self, expected=table)

    def _from_band(self, data: WindowData) -> bool:
        return self.windows.on_diagonal and data.band is not None

    def _diagonal_sums(self, data: WindowData, width: int) -> tuple[Floats, Floats]:
        """Flat sums per arm and diagonal, raw and balanced."""
        if self._from_band(data):
            return _band_sums(data, self.arms, width)
        start = np.concatenate(([0], np.cumsum(self.arms.hi - self.arms.lo)))
        labels = self.arms.labels(self.contacts.n_bins)
        sums = data.reader.sum_diagonals(self.weights, labels, start)
        kept = np.concatenate(
            [np.arange(a, min(a + width, b)) for a, b in pairwise(start)]
            or [np.zeros(0, dtype=np.int64)]
        )
        return sums[0][kept], sums[1][kept]

    def groups(self, windows: MapWindows) -> tuple[MapWindows, list[Group]]:
        """Used windows that share their factors.

        Windows whose pair of arms has no expected values are left out with a reason in
        the windows that are returned.
        """
        used = np.flatnonzero(windows.reasons == 0)
        trans = windows.trans[used]
        if self.normalization != "oe":
            inside = used[~trans]
            parts = [Group(inside, self._plain_factor(windows.table[inside]), True)]
            parts.append(Group(used[trans], np.ones(1), False))
            return windows, [part for part in parts if len(part.rows)]
        if self.expected is None:
            raise RuntimeError("expected values are asked for before they are computed")
        groups = []
        pairs = windows.arm1[used] * len(self.arms) + windows.arm2[used]
        column = "balanced.avg" if self.observed == "balanced" else "count.avg"
        for pair in np.unique(pairs):
            rows = used[pairs == pair]
            one, two = divmod(int(pair), len(self.arms))
            cis = bool(self.arms.chrom[one] == self.arms.chrom[two])
            length = int(reaches(windows.table[rows]).max()) if cis else 1
            names = self.arms.names
            factor = factors(self.expected, names[one], names[two], length, column)
            if factor is not None and cis:
                factor[: self.min_diag] = 0
            if factor is None or not factor.any():
                reason = Reason.NO_EXPECTED if one == two else Reason.CROSS_ARM
                windows = windows.with_reasons(rows, reason if cis else Reason.TRANS)
            else:
                groups.append(Group(rows, factor, cis))
        return windows, groups

    def _plain_factor(self, table: Ints) -> Floats:
        factor = np.ones(int(reaches(table).max(initial=1)))
        factor[: self.min_diag] = 0
        return factor


@dataclass(frozen=True, eq=False)
class Group:
    """Windows, by row number, and the factor of each distance."""

    rows: Ints
    factor: Floats
    cis: bool


def map_request(
    clr: Any,
    regions: pd.DataFrame,
    *,
    flank: int,
    view_df: pd.DataFrame | None,
    expected_df: pd.DataFrame | None,
    normalization: Normalization,
    edges: Edges,
    flip: bool,
    clr_weight_name: str | None,
    anchor: Anchor,
    min_diag: int | Literal["auto"],
) -> MapRequest:
    """Read what the file says about itself and place the windows.

    Raises
    ------
    InputError
        For arguments that cannot work; see :func:`snippets`.
    """
    if normalization not in ("balanced", "oe", "raw"):
        raise InputError(f'normalization is "balanced", "oe" or "raw", not "{normalization}"')
    contacts = open_map(clr)
    bins = flank_bins(flank, contacts.binsize)
    weight_name = None if normalization == "raw" else clr_weight_name
    arms = arms_on(contacts, view_df)
    windows = place_windows(
        regions, contacts, arms, bins, edges=edges, flip=flip, anchor=anchor
    )
    weights = contacts.weights(weight_name)
    observed = "raw" if weight_name is None else "balanced"
    divided = expected_df is not None or normalization == "oe"
    return MapRequest(
        contacts=contacts,
        arms=arms,
        windows=windows,
        weights=np.nan_to_num(weights),
        min_diag=contacts.ignored_diagonals(weight_name) if min_diag == "auto" else min_diag,
        observed=observed,
        normalization="oe" if divided else observed,
        expected=expected_df,
    )


def check_normalization(normalization: str) -> None:
    """Raise for a normalization that is none."""
    if normalization not in ("balanced", "oe", "raw"):
        raise InputError(f'normalization is "balanced", "oe" or "raw", not "{normalization}"')


def _band_sums(data: WindowData, arms: Arms, width: int) -> tuple[Floats, Floats]:
    """Flat sums per arm and diagonal from a complete band."""
    from hicognition_widgets.analyses._kernels_band import band_diagonals

    if data.band is None:
        raise RuntimeError("there is no band to sum")
    sums = np.zeros((2, len(arms), width))
    labels = arms.labels(data.contacts.n_bins)
    band_diagonals(data.band[:, :width], 0, data.weights, labels, sums[0], sums[1])
    kept = np.arange(width) < (arms.hi - arms.lo)[:, None]
    return sums[0][kept], sums[1][kept]
