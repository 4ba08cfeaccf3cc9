"""What a cooler file says about itself: bins, chromosomes, weights, row pointers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.sources.remembered import Remembered

if TYPE_CHECKING:
    import h5py

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_DIVISIVE = frozenset(
    f"{scope}{name}"
    for scope in ("", "GW_", "INTER_")
    for name in ("KR", "VC", "VC_SQRT", "SCALE")
)
"""Weight columns that Juicer's tools divide by; used where the file does not say."""


@dataclass(frozen=True, eq=False)
class ContactMap:
    """One resolution of a cooler file.

    Attributes
    ----------
    path, group : Path, str
        The file and the HDF5 group of this resolution, e.g. ``/resolutions/10000``.
    binsize : int
        Bin size in bp.
    chromnames, chromsizes : tuple of str, int64 (chromosomes,)
        Chromosomes in the order of the file and their lengths in bp.
    chrom_offset : int64 (chromosomes + 1,)
        First bin of each chromosome, then the number of bins.
    row_offset : int64 (bins + 1,)
        First pixel of each row, then the number of pixels.
    """

    path: Path
    group: str
    binsize: int
    chromnames: tuple[str, ...]
    chromsizes: Ints
    chrom_offset: Ints
    row_offset: Ints

    @property
    def n_bins(self) -> int:
        """Number of bins of the genome."""
        return len(self.row_offset) - 1

    @property
    def n_pixels(self) -> int:
        """Number of stored (non-zero) pixels."""
        return int(self.row_offset[-1])

    def weights(self, name: str | None) -> Floats:
        """Multiplicative balancing weights, float64 (bins,); NaN marks masked bins.

        ``None`` gives ones: raw counts mask nothing. Divisive weights are inverted.

        Raises
        ------
        InputError
            If the file has no such column; the sentence lists those it has.
        """
        if name is None:
            return np.ones(self.n_bins)
        return _weights.get(
            self.path, (self.group, name), lambda: self._read_weights(name)
        ).copy()

    def _read_weights(self, name: str) -> Floats:
        with open_group(self.path, self.group) as group:
            if f"bins/{name}" not in group:
                known = sorted(set(group["bins"]) - {"chrom", "start", "end"})
                has = f"it has {', '.join(known)}" if known else "it has none"
                raise InputError(
                    f'{self.path} has no balancing weights "{name}" at {self.binsize:,} bp '
                    f'({has}); balance it with "cooler balance" or ask for '
                    'normalization="raw"'
                )
            column = group[f"bins/{name}"]
            weights: Floats = column[()].astype(np.float64)
            divisive = _truth(column.attrs.get("divisive_weights", name in _DIVISIVE))
        if divisive:
            with np.errstate(divide="ignore"):
                weights = 1 / weights
        weights[~np.isfinite(weights)] = np.nan
        return weights

    def ignored_diagonals(self, name: str | None) -> int:
        """How many first diagonals balancing ignored; 2 where the file does not say."""
        if name is None:
            return 2
        with open_group(self.path, self.group) as group:
            if f"bins/{name}" not in group:
                return 2
            stored = group[f"bins/{name}"].attrs.get("ignore_diags", 2)
        return int(np.ravel(stored)[0]) if stored is not None else 0


_maps: Remembered[ContactMap] = Remembered(4)
_weights: Remembered[Floats] = Remembered(4)
_levels: Remembered[dict[int, str]] = Remembered(64)


def split_uri(uri: str) -> tuple[Path, str]:
    """``file.mcool::/resolutions/10000`` as path and group."""
    path, _, group = uri.partition("::")
    return Path(path), "/" + group.strip("/")


def locate(clr: Any) -> tuple[Path, str]:
    """Path and group of a ``cooler.Cooler``, a URI or a path."""
    if isinstance(clr, str):
        return split_uri(clr)
    if isinstance(clr, Path):
        return split_uri(str(clr))
    if hasattr(clr, "filename") and hasattr(clr, "root"):
        return Path(clr.filename), str(clr.root)
    raise InputError(
        f"{type(clr).__name__} is not a contact map: give a cooler.Cooler, or a path such "
        'as "file.mcool::/resolutions/10000"'
    )


@contextmanager
def open_group(path: Path, group: str) -> Iterator[h5py.Group]:
    """The HDF5 group, with sentences for files that cannot be read."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            if group not in file:
                raise FileError(path, f'there is no "{group}" in this file')
            yield file[group]
    except FileNotFoundError as error:
        raise FileError(path, "there is no such file; check the path") from error
    except PermissionError as error:
        raise FileError(path, "you may not read this file; ask its owner for access") from error
    except (OSError, RuntimeError, KeyError) as error:
        # h5py reports damaged and missing objects in these words; others are not its own.
        if not isinstance(error, OSError) and "nable to" not in str(error):
            raise
        raise FileError(
            path, f"this is not a readable cooler file ({error}); copy it again"
        ) from error


def list_resolutions(path: str | Path, *, weight_name: str | None = None) -> dict[int, str]:
    """Bin size and HDF5 group of every resolution of a file, finest first.

    Single-resolution files, multi-resolution files and the older layout with numbered
    zoom levels are understood. Resolutions with bins of varying size are left out, and
    with `weight_name` those that lack this column of balancing weights.
    """
    where, inside = split_uri(str(path))
    return dict(
        _levels.get(
            where, (inside, weight_name), lambda: _read_levels(where, inside, weight_name)
        )
    )


def _read_levels(where: Path, inside: str, weight_name: str | None) -> dict[int, str]:
    found: dict[int, str] = {}
    with open_group(where, inside) as group:
        if "pixels" in group:
            levels = {inside: group}
        else:
            parent = group.get("resolutions", group)
            levels = {
                f"{parent.name.rstrip('/')}/{name}": parent[name]
                for name in parent
                if "pixels" in getattr(parent[name], "keys", dict)()
            }
        for name, level in levels.items():
            size = _binsize(level)
            if weight_name is not None and f"bins/{weight_name}" not in level:
                continue
            if size is not None:
                found[size] = name
    return dict(sorted(found.items()))


def open_map(clr: Any, *, binsize: int | None = None) -> ContactMap:
    """Read the tables of a contact map that fit in memory; pixels are left in the file.

    Parameters
    ----------
    clr : cooler.Cooler, str or Path
        An open cooler, or a path with the group after ``::``.
    binsize : int, optional
        Resolution to take from a multi-resolution file, bp.

    Raises
    ------
    FileError
        If the file is missing, damaged or not a cooler.
    InputError
        If the bins vary in size, or the file has several resolutions and none was chosen.
    """
    path, name = locate(clr)
    if binsize is not None:
        name = _choose(path, name, binsize)
    return _maps.get(path, name, lambda: _read_map(path, name))


def _read_map(path: Path, name: str) -> ContactMap:
    with open_group(path, name) as group:
        if "pixels" not in group:
            sizes = list_resolutions(path)
            if len(sizes) != 1:
                raise InputError(
                    f"{path} holds several resolutions ({_sizes(sizes)}); choose one, for "
                    f'example "{path}::{next(iter(sizes.values()), "/resolutions/10000")}"'
                )
            return open_map(f"{path}::{next(iter(sizes.values()))}")
        size = _binsize(group)
        if size is None:
            raise InputError(
                f"{path} has bins of varying size; windows of equal size need a map with "
                'fixed bins (make one with "cooler cload" or "cooler coarsen")'
            )
        mode = _text(group.attrs.get("storage-mode", "symmetric-upper"))
        if mode != "symmetric-upper":
            raise InputError(f"{path} is stored as {mode}; only symmetric maps can be averaged")
        row_offset = group["indexes/bin1_offset"][()].astype(np.int64)
        n_pixels = group["pixels/bin2_id"].shape[0]
        if row_offset[-1] != n_pixels or np.any(np.diff(row_offset) < 0):
            raise FileError(path, "the index does not fit the pixels; make the file again")
        return ContactMap(
            path=path,
            group=name,
            binsize=size,
            chromnames=tuple(_text(value) for value in group["chroms/name"][()]),
            chromsizes=group["chroms/length"][()].astype(np.int64),
            chrom_offset=group["indexes/chrom_offset"][()].astype(np.int64),
            row_offset=row_offset,
        )


def _choose(path: Path, inside: str, binsize: int) -> str:
    sizes = list_resolutions(f"{path}::{inside}")
    if binsize not in sizes:
        raise InputError(f"{path} has no resolution of {binsize:,} bp; it has {_sizes(sizes)}")
    return sizes[binsize]


def _sizes(sizes: Mapping[int, str]) -> str:
    return ", ".join(f"{size:,}" for size in sizes) or "none with fixed bins"


def _binsize(group: h5py.Group) -> int | None:
    if _text(group.attrs.get("bin-type", "fixed")) != "fixed":
        return None
    try:
        return int(group.attrs["bin-size"])
    except (KeyError, TypeError, ValueError):
        return None


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _truth(value: object) -> bool:
    return _text(value).lower() in {"true", "1"} if not isinstance(value, bool) else value
