"""What a contact map holds, read in a moment: resolutions, chromosomes, weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.sources.detect import describe, read_head

if TYPE_CHECKING:
    import h5py

Layout = Literal["mcool", "cool", "legacy"]

_HDF5 = b"\x89HDF\r\n\x1a\n"
_BIN_COLUMNS = frozenset({"chrom", "start", "end"})
_DIVISIVE = frozenset(
    f"{scope}{name}"
    for scope in ("", "GW_", "INTER_")
    for name in ("KR", "VC", "VC_SQRT", "SCALE")
)
_NEEDED = (
    "bins/start", "bins/end", "bins/chrom", "chroms/name", "chroms/length",
    "pixels/bin1_id", "pixels/bin2_id", "pixels/count",
    "indexes/bin1_offset", "indexes/chrom_offset",
)  # fmt: skip


@dataclass(frozen=True)
class Weights:
    """One column of balancing weights.

    Attributes
    ----------
    name : str
        Column in the bin table; ``"weight"`` is the one that cooler writes.
    divisive : bool
        True for weights that counts are divided by (KR and VC of Juicer and hic2cool,
        or whatever the file declares so); False for those that multiply.
    converged : bool or None
        Whether balancing says that it converged; None where the file does not say.
    ignore_diags : int or None
        First diagonals that balancing ignored; None where the file does not say.
    """

    name: str
    divisive: bool
    converged: bool | None = None
    ignore_diags: int | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class ContactMapInfo:
    """What a contact map holds.

    Attributes
    ----------
    path : str
        The file.
    layout : {"mcool", "cool", "legacy"}
        Several resolutions, a single one, or the older layout with numbered zoom levels.
    resolutions : tuple of int
        Bin sizes in bp, finest first.
    groups : dict
        HDF5 group of each resolution.
    chromsizes : dict
        Length in bp per chromosome, in the order of the file.
    weights : dict
        Columns of balancing weights per resolution.
    float_counts : bool
        True if pixels are not whole numbers: the map was normalised before.
    assembly : str or None
        What the file says about its assembly.
    left_out : tuple of str
        Groups with bins of varying size, which cannot be used.
    """

    path: str
    layout: Layout
    resolutions: tuple[int, ...]
    groups: dict[int, str]
    chromsizes: dict[str, int]
    weights: dict[int, tuple[Weights, ...]]
    float_counts: bool
    assembly: str | None
    left_out: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """True if every resolution has balancing weights."""
        return all(self.weights[size] for size in self.resolutions)

    @property
    def balanced_resolutions(self) -> tuple[int, ...]:
        """Bin sizes that have balancing weights."""
        return tuple(size for size in self.resolutions if self.weights[size])

    def weight_name(self, binsize: int) -> str | None:
        """Column to balance with: ``weight`` if there is one, else the first other."""
        names = [weights.name for weights in self.weights.get(binsize, ())]
        return "weight" if "weight" in names else next(iter(names), None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before using the map, one sentence each."""
        notes = []
        without = [size for size in self.resolutions if not self.weights[size]]
        if len(without) == len(self.resolutions):
            notes.append(
                'there are no balancing weights; run "cooler balance", or use raw counts'
            )
        elif without:
            notes.append(
                f"there are no balancing weights at {_sizes(without)} bp; run "
                '"cooler balance" on these resolutions, or use raw counts there'
            )
        if self.float_counts:
            notes.append("counts are not whole numbers: the map was normalised before")
        unsettled = [
            s for s in self.resolutions for w in self.weights[s] if w.converged is False
        ]
        if unsettled:
            notes.append(f"balancing did not fully converge at {_sizes(unsettled)} bp")
        if self.left_out:
            notes.append(
                f"{len(self.left_out)} resolutions have bins of varying size: left out"
            )
        return tuple(notes)


def inspect_contact_map(path: str | Path) -> ContactMapInfo:
    """Resolutions, chromosomes and weights of a cooler file; no pixel is read.

    Raises
    ------
    FileError
        If the file is missing, not HDF5, incomplete, not a cooler, or has only bins of
        varying size: one sentence with what to do.
    """
    import h5py

    path = Path(path)
    head = read_head(path)
    if not head.startswith(_HDF5):
        what = describe(head)
        what = what or "not an HDF5 file, so not a contact map; give a .mcool or .cool"
        raise FileError(path, f"this is {what}")
    try:
        with h5py.File(path, "r") as file:
            return _inspect(path, file)
    except FileError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        damage = "incomplete" if "truncated" in str(error) else "damaged"
        raise FileError(path, f"this contact map is {damage}; copy it again") from error


def resolution_uri(path: str | Path, binsize: int) -> str:
    """Address of one resolution as cooler writes it: ``file.mcool::/resolutions/10000``.

    Raises
    ------
    InputError
        If the file has no such resolution; the sentence lists those it has.
    FileError
        If the file cannot be used, as :func:`inspect_contact_map`.
    """
    info = inspect_contact_map(path)
    if binsize not in info.groups:
        raise InputError(
            f"{path} has no resolution of {binsize:,} bp; it has {_sizes(info.resolutions)} bp"
        )
    group = info.groups[binsize]
    return str(path) if group == "/" else f"{path}::{group}"


def _inspect(path: Path, file: h5py.File) -> ContactMapInfo:
    layout, found = _levels(path, file)
    levels: dict[int, h5py.Group] = {}
    varying: list[str] = []
    for group in found:
        size = _binsize(path, group)
        if size is None:
            varying.append(str(group.name))
        else:
            levels[size] = group
    if not levels:
        raise FileError(
            path,
            "this contact map has bins of varying size (restriction fragments); make one with "
            'fixed bins, for example with "cooler cload"',
        )
    sizes = tuple(sorted(levels))
    for group in levels.values():
        _check_tables(path, group)
    finest = levels[sizes[0]]
    chromsizes = _chromsizes(finest)
    for size in sizes[1:]:
        if _chromsizes(levels[size]) != chromsizes:
            raise FileError(
                path,
                f"the resolutions {sizes[0]:,} and {size:,} bp have different chromosomes; "
                'make the file again with "cooler zoomify"',
            )
    assembly = _text(finest.attrs.get("genome-assembly", ""))
    return ContactMapInfo(
        path=str(path),
        layout=layout,
        resolutions=sizes,
        groups={size: str(levels[size].name) for size in sizes},
        chromsizes=chromsizes,
        weights={size: _weights(levels[size]) for size in sizes},
        float_counts=finest["pixels/count"].dtype.kind == "f",
        assembly=None if assembly in ("", "unknown", "None") else assembly,
        left_out=tuple(varying),
    )


def _levels(path: Path, file: h5py.File) -> tuple[Layout, list[h5py.Group]]:
    if "pixels" in file and "bins" in file:
        return "cool", [file["/"]]
    if "cells" in file:
        raise FileError(
            path, "this is a single-cell file (.scool); give the .cool of one cell or their sum"
        )
    parent = file.get("resolutions", file)
    levels = [
        parent[name]
        for name in parent
        if hasattr(parent[name], "keys") and "pixels" in parent[name] and "bins" in parent[name]
    ]
    if not levels:
        raise FileError(
            path, "this HDF5 file holds no contact map; give a .mcool or .cool made by cooler"
        )
    return ("mcool" if "resolutions" in file else "legacy"), levels


def _binsize(path: Path, group: h5py.Group) -> int | None:
    """Bin size in bp, or None where bins vary."""
    if _text(group.attrs.get("bin-type", "fixed")) != "fixed":
        return None
    try:
        size = int(_scalar(group.attrs["bin-size"]))
    except (KeyError, ValueError, TypeError):
        size = 0
    if size <= 0:
        raise FileError(
            path, f'"{group.name}" does not say its bin size; make the file again with cooler'
        )
    return size


def _check_tables(path: Path, group: h5py.Group) -> None:
    for name in _NEEDED:
        if name not in group:
            raise FileError(
                path, f'"{group.name}" lacks the table {name}; make the file again with cooler'
            )
    pixels = {group[f"pixels/{name}"].shape for name in ("bin1_id", "bin2_id", "count")}
    bins = group["bins/start"].shape[0]
    if len(pixels) != 1 or group["indexes/bin1_offset"].shape[0] != bins + 1:
        raise FileError(
            path, f'the tables of "{group.name}" differ in length; make the file again'
        )
    if _text(group.attrs.get("storage-mode", "symmetric-upper")) != "symmetric-upper":
        raise FileError(
            path, "this map is stored as a full square; only symmetric maps can be averaged"
        )


def _chromsizes(group: h5py.Group) -> dict[str, int]:
    names = [_text(name) for name in group["chroms/name"][()]]
    return dict(zip(names, (int(n) for n in group["chroms/length"][()]), strict=True))


def _weights(group: h5py.Group) -> tuple[Weights, ...]:
    """Number columns of the bin table that are known to be, or look like, weights."""
    found = []
    for name, column in group["bins"].items():
        if name in _BIN_COLUMNS or column.dtype.kind != "f":
            continue
        attrs = column.attrs
        made_by_balancing = "ignore_diags" in attrs or "divisive_weights" in attrs
        if name != "weight" and name not in _DIVISIVE and not made_by_balancing:
            continue
        diags = attrs.get("ignore_diags")
        converged = attrs.get("converged")
        found.append(
            Weights(
                name=name,
                divisive=_truth(attrs.get("divisive_weights", name in _DIVISIVE)),
                converged=None if converged is None else _truth(converged),
                ignore_diags=None if diags is None else int(_scalar(diags)),
            )
        )
    return tuple(found)


def _scalar(value: Any) -> Any:
    """The value itself, or the first of an array; attributes come as both."""
    return value.flat[0] if getattr(value, "ndim", 0) else value


def _truth(value: Any) -> bool:
    """Truth of an attribute; of an array (one per chromosome), whether all are true."""
    if getattr(value, "ndim", 0):
        return bool(value.all())
    return _text(value).lower() in ("true", "1")


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _sizes(sizes: tuple[int, ...] | list[int]) -> str:
    return ", ".join(f"{size:,}" for size in sizes)
