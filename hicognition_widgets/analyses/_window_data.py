"""Where the pixels of windows come from: a dense band near the diagonal, or rows of the file.

Windows near the diagonal overlap each other many times, so their pixels are laid out
once as a dense band. Windows far from it, between chromosomes, or so wide in small bins
that the band would not fit are served from rows of pixels, batch by batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses.band import cached_band
from hicognition_widgets.sources.contact_map import ContactMap, Floats, Ints
from hicognition_widgets.sources.pixels import PixelReader, read_pixels, row_ranges

Array = npt.NDArray[Any]

DENSE_BYTES = 2**29
"""Memory a dense band may take; wider windows are served from rows."""
BATCH_PIXELS = 2**22
"""Pixels held at once when windows are served from rows."""


@dataclass(eq=False)
class WindowData:
    """Pixels for windows of one map. Use through :func:`window_data`.

    Attributes
    ----------
    weights : float64 (bins,)
        Balancing weights, 0 at masked bins.
    band : array (bins, width) or None
        Dense band; complete only if it was asked for as such.
    """

    contacts: ContactMap
    weights: Floats
    stack: ExitStack
    band: Array | None = None
    _reader: PixelReader | None = field(default=None, repr=False)

    @classmethod
    @contextmanager
    def open(cls, contacts: ContactMap, weights: Floats) -> Iterator[WindowData]:
        """Pixels of a map without a band."""
        with ExitStack() as stack:
            yield cls(contacts, weights, stack)

    @property
    def reader(self) -> PixelReader:
        """The file, opened when it is first needed."""
        if self._reader is None:
            self._reader = self.stack.enter_context(read_pixels(self.contacts))
        return self._reader

    def add(self, table: Ints, factor: Floats, cis: bool, slots: Ints, out: Array) -> None:
        """Add pixels × weights × factor of windows to the layers `slots` of `out`.

        Parameters
        ----------
        table : int64 (n, 6)
            As in :class:`~hicognition_widgets.analyses._map_windows.MapWindows`.
        factor : float64 (distances,)
            What to multiply each distance by; without `cis` its first element for all.
        cis : bool
            Whether rows and columns are on one chromosome.
        slots : int64 (n,)
        out : float32 or float64 (layers, size, size)
            Changed in place.
        """
        order = np.argsort(table[:, 0], kind="stable")
        table, slots = table[order], slots[order]
        near = np.zeros(len(table), dtype=bool)
        if self.band is not None and cis:
            near = reaches(table) <= self.band.shape[1]
            self._add_near(table[near], factor, slots[near], out)
        if not near.all():
            self._add_far(table[~near], factor, cis, slots[~near], out)

    def _add_near(self, table: Ints, factor: Floats, slots: Ints, out: Array) -> None:
        from hicognition_widgets.analyses._kernels_band import add_band

        if len(table) and self.band is not None:
            add_band(self.band, 0, self.weights, table, factor, slots, out)

    def _add_far(self, table: Ints, factor: Floats, cis: bool, slots: Ints, out: Array) -> None:
        from hicognition_widgets.analyses._kernels_band import add_rows

        for batch in batches(self.contacts.row_offset, table):
            part = table[batch]
            first = int((part[:, 0] + part[:, 2]).min())
            last = int((part[:, 0] + part[:, 3]).max())
            wanted = touched_rows(part, first, last)
            offsets = self.contacts.row_offset[first : last + 1]
            rows = self.reader.rows(
                first, last, int(reaches(part).max()), row_ranges(offsets, wanted)
            )
            add_rows(
                first, rows.ends, rows.columns, rows.counts, self.weights,
                part, factor, cis, slots[batch], out,
            )  # fmt: skip


@contextmanager
def window_data(
    contacts: ContactMap,
    weights: Floats,
    table: Ints,
    cis: npt.NDArray[np.bool_],
    *,
    dense: bool,
    complete: bool,
    cache: str | Path | None,
) -> Iterator[WindowData]:
    """Lay out the pixels that windows need.

    Parameters
    ----------
    contacts, weights
        The map and its weights, 0 at masked bins.
    table : int64 (n, 6)
        Every window that will be added.
    cis : bool (n,)
        Windows within one chromosome.
    dense : bool
        Whether a band pays without a cache, as it does on the diagonal.
    complete : bool
        Fill the whole band, not only the rows of the windows.
    cache : str, Path or None
        Folder that keeps bands.
    """
    with WindowData.open(contacts, weights) as data:
        widest = DENSE_BYTES // (2 * max(contacts.n_bins, 1))
        reach = reaches(table)
        near = cis & (reach <= widest)
        if near.any() and (dense or cache is not None):
            width = int(reach[near].max())
            if cache is not None:
                data.band = cached_band(contacts, width, widest, Path(cache))
            else:
                data.band = data.reader.new_band(width)
                wanted = None if complete else touched_rows(table[near], 0, contacts.n_bins)
                ranges = (
                    np.array([[0, contacts.n_pixels]])
                    if wanted is None
                    else row_ranges(contacts.row_offset, wanted)
                )
                data.band = data.reader.add_to_band(data.band, ranges)
        yield data


def reaches(table: Ints) -> Ints:
    """Distances a window needs: its farthest pixel's distance in bins + 1, int64 (n,)."""
    reach: Ints = np.maximum(
        table[:, 1] + table[:, 5] - table[:, 0] - table[:, 2],
        table[:, 0] + table[:, 3] - table[:, 1] - table[:, 4],
    )
    return reach


def touched_rows(table: Ints, first: int, last: int) -> npt.NDArray[np.bool_]:
    """Which of the rows `first` to `last` lie in a window."""
    change = np.zeros(last - first + 1, dtype=np.int64)
    np.add.at(change, table[:, 0] + table[:, 2] - first, 1)
    np.add.at(change, table[:, 0] + table[:, 3] - first, -1)
    return np.cumsum(change[:-1]) > 0


def batches(row_offset: Ints, table: Ints) -> Iterator[slice]:
    """Stretches of windows, sorted by row, whose rows hold at most `BATCH_PIXELS`."""
    begins = row_offset[table[:, 0] + table[:, 2]]
    ends = np.maximum.accumulate(row_offset[table[:, 0] + table[:, 3]])
    at = 0
    while at < len(table):
        stop = int(np.searchsorted(ends, begins[at] + BATCH_PIXELS, side="right"))
        stop = max(stop, at + 1)
        yield slice(at, stop)
        at = stop
