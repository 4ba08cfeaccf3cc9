"""The single windows of a region set in one file, so that a selection is averaged quickly.

Windows of points near the diagonal overlap, and the band of the map (`cache=` of
:func:`~hicognition_widgets.analyses.pileup`) averages any selection of them without the
file of the map. Pairs lie anywhere, and intervals are rescaled one by one: for them the
windows themselves are kept, once, in a ``.npy`` file whose size is bounded::

    windows = keep_snippets(path, len(pairs), size=2 * k + 1, make=partial(
        snippets, clr, pairs, flank=flank, normalization="oe"))
    windows = keep_snippets(path, len(domains), size=70, make=partial(
        scaled_snippets, mcool, domains, bin_percent=2))
    mean, count = windows.average(selected_rows)

A file that would be larger than the limit is not written (:class:`TooLarge`): ask for the
pileup of the selection instead. Means are of float32 values, so they equal those of
``pileup`` to about 1e-6.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses._subset import select_rows
from hicognition_widgets.analyses.results import Floats, Floats32, Ints
from hicognition_widgets.errors import FileError, InputError

LARGEST_FILE = 2 * 2**30
"""Bytes a file of snippets may take, unless the caller says otherwise."""
_BATCH_BYTES = 2**27


class TooLarge(InputError):
    """The snippets of all regions would take more than the limit."""


@dataclass(frozen=True, eq=False)
class SnippetFile:
    """Snippets of all regions of a set, mapped from a file.

    Attributes
    ----------
    stack : float32 (n, size, size)
        Read-only; NaN where there is no data.
    total : float64 (size, size)
        Sum over all regions, without NaN.
    count : int64 (size, size)
        Regions with data per pixel.
    """

    stack: Floats32
    total: Floats
    count: Ints

    def average(self, subset: Any = None) -> tuple[Floats, Ints]:
        """NaN-ignoring mean over some regions.

        Parameters
        ----------
        subset : row numbers or mask, optional
            None = all regions; a row given twice counts twice.

        Returns
        -------
        mean, count : float64 and int64 (size, size)
            Only the smaller part of the file is read: the selected snippets, or those
            that are not.

        Raises
        ------
        InputError
            If the subset does not fit the number of regions.
        """
        n = len(self.stack)
        rows = select_rows(subset, n)
        if rows is None:
            return _mean(self.total, self.count), self.count.copy()
        times = np.bincount(rows, minlength=n)
        once = len(rows) == 0 or times.max() == 1
        if once and 2 * len(rows) > n:
            total, count = _sums(self.stack, np.flatnonzero(times == 0))
            return _mean(self.total - total, self.count - count), self.count - count
        total, count = _sums(self.stack, np.sort(rows))
        return _mean(total, count), count

    def split(self, subset: Any) -> tuple[tuple[Floats, Ints], tuple[Floats, Ints]]:
        """``(mean, count)`` of the selected regions and of the rest, reading one of them."""
        n = len(self.stack)
        rows = select_rows(subset, n)
        chosen = np.ones(n, dtype=bool) if rows is None else np.bincount(rows, minlength=n) > 0
        fewer = 2 * np.count_nonzero(chosen) <= n
        total, count = _sums(self.stack, np.flatnonzero(chosen == fewer))
        read = _mean(total, count), count
        others = self.count - count
        left = _mean(self.total - total, others), others
        return (read, left) if fewer else (left, read)


def keep_snippets(
    path: str | Path,
    n: int,
    *,
    size: int,
    make: Callable[..., Floats32],
    limit: int = LARGEST_FILE,
) -> SnippetFile:
    """Write the snippets of all regions to a file, batch by batch, and open it.

    Parameters
    ----------
    path : str or Path
        File to write, ``….npy``; it appears when it is complete. Its name should hold
        everything the snippets depend on: this function does not know.
    n : int
        Regions.
    size : int
        Rows and columns of a snippet.
    make : callable
        ``make(subset=rows)`` gives float32 (len(rows), size, size), as
        :func:`~hicognition_widgets.analyses.snippets` and ``scaled_snippets`` do.
    limit : int
        Bytes the file may take.

    Raises
    ------
    TooLarge
        If it would take more; nothing is written then.
    InputError
        If `make` gives another shape.
    """
    path = Path(path)
    needed = 4 * n * size * size
    if needed > limit:
        raise TooLarge(
            f"the snippets of {n:,} regions at {size} x {size} bins take {needed / 2**20:,.0f}"
            f" MB, more than the {limit / 2**20:,.0f} MB a file of snippets may take"
        )
    total = np.zeros((size, size))
    count = np.zeros((size, size), dtype=np.int64)
    step = max(1, _BATCH_BYTES // (4 * size * size))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix="snippets-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            head = {"descr": "<f4", "fortran_order": False, "shape": (n, size, size)}
            np.lib.format.write_array_header_1_0(file, head)
            for first in range(0, n, step):
                rows = np.arange(first, min(first + step, n))
                part = np.ascontiguousarray(make(subset=rows), dtype="<f4")
                if part.shape != (len(rows), size, size):
                    raise InputError(
                        f"snippets of {size} x {size} bins were asked for, but have the "
                        f"shape {part.shape[1:]}"
                    )
                sums, numbers = _sums(part, np.arange(len(part)))
                total += sums
                count += numbers
                file.write(part.data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return SnippetFile(_mapped(path), total, count)


def open_snippets(path: str | Path) -> SnippetFile:
    """Open a file written by :func:`keep_snippets`; reads it once for the sums.

    Raises
    ------
    FileError
        If it is missing or is no such file.
    """
    stack = _mapped(Path(path))
    return SnippetFile(stack, *_sums(stack, np.arange(len(stack))))


def _mapped(path: Path) -> Floats32:
    try:
        stack = np.load(path, mmap_mode=None if _is_empty(path) else "r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FileError(path, f"is no file of snippets, or is damaged ({error})") from error
    if not isinstance(stack, np.ndarray) or stack.ndim != 3 or stack.dtype != np.float32:
        raise FileError(path, "is no file of snippets")
    return stack


def _is_empty(path: Path) -> bool:
    """A file without any snippet cannot be mapped."""
    with contextlib.suppress(OSError):
        return path.stat().st_size <= 128
    return False


def _sums(stack: npt.NDArray[Any], rows: Ints) -> tuple[Floats, Ints]:
    from hicognition_widgets.analyses._kernels_stack import add_snippets

    size = stack.shape[1]
    total, count = np.zeros(size * size), np.zeros(size * size, dtype=np.int64)
    add_snippets(stack.reshape(len(stack), size * size), rows, total, count)
    return total.reshape(size, size), count.reshape(size, size)


def _mean(total: Floats, count: Ints) -> Floats:
    mean: Floats = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return mean
