"""What a bigWig holds, read from its header: chromosomes, zoom levels, summary."""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources._bigwig_trees import (
    INDEX_MAGIC,
    DamagedTree,
    read_chromosomes,
)
from hicognition_widgets.sources.detect import describe, read_head

_MAGIC = 0x888FFC26
_HEADER = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class SignalTrackInfo:
    """What a bigWig holds.

    Attributes
    ----------
    path : str
        The file.
    chromsizes : dict
        Length in bp per chromosome, in the order of the file.
    zoom_levels : tuple of int
        Bin sizes in bp of the summaries the file carries, finest first.
    version : int
        Version of the format.
    bases_covered : int or None
        Bases with a value; None where the file has no usable summary.
    minimum, maximum, mean, std : float or None
        Of the whole track, as the file says; None where it does not, or says NaN.
    """

    path: str
    chromsizes: dict[str, int]
    zoom_levels: tuple[int, ...]
    version: int
    bases_covered: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None


def inspect_signal_track(path: str | Path) -> SignalTrackInfo:
    """Chromosomes, zoom levels and summary of a bigWig file; no value is read.

    The header's summary may be absent or wrong (NaN in some files of pipelines); it is
    for orientation only and enters no analysis.

    Raises
    ------
    FileError
        If the file is missing, not a bigWig, incomplete or damaged: one sentence with
        what to do.
    """
    path = Path(path)
    head = read_head(path)
    little, big = struct.pack("<I", _MAGIC), struct.pack(">I", _MAGIC)
    if head[:4] not in (little, big):
        what = describe(head) or "not a bigWig file; give a .bw or .bigWig"
        raise FileError(path, f"this is {what}")
    order = "<" if head[:4] == little else ">"
    try:
        with path.open("rb") as file:
            return _inspect(path, file, order)
    except (DamagedTree, struct.error, ValueError) as error:
        raise FileError(
            path, f"this bigWig file is incomplete or damaged ({error}); copy it again"
        ) from error
    except OSError as error:
        raise FileError(
            path, f"the file cannot be read ({error.strerror}); copy it again"
        ) from error


def _inspect(path: Path, file: BufferedReader, order: str) -> SignalTrackInfo:
    size = os.fstat(file.fileno()).st_size
    header = _read(file, 0, _HEADER, size)
    version, n_zooms, tree, data, index = struct.unpack_from(f"{order}2H3Q", header, 4)
    summary_at = struct.unpack_from(f"{order}Q", header, 44)[0]
    zooms = [
        struct.unpack_from(f"{order}I4x2Q", _read(file, _HEADER + 24 * i, 24, size))
        for i in range(n_zooms)
    ]
    for what, place in (("data", data), ("index", index), *(("zoom", z[2]) for z in zooms)):
        if not 0 < place < size:
            raise DamagedTree(f"its {what} would begin at byte {place:,} of {size:,}")
    _check_index(file, index, order, size)
    found = read_chromosomes(
        lambda start, length: _read(file, start, length, size), tree, order
    )
    chromsizes = {name: length for name, (_, length) in found.items()}
    if not chromsizes:
        raise FileError(path, "this bigWig file has no chromosomes; make it again")
    info = SignalTrackInfo(
        path=str(path),
        chromsizes=chromsizes,
        zoom_levels=tuple(sorted(int(zoom[0]) for zoom in zooms)),
        version=version,
    )
    if summary_at == 0 or summary_at + 40 > size:
        return info
    return _with_summary(info, _read(file, summary_at, 40, size), order)


def _read(file: BufferedReader, start: int, length: int, size: int) -> bytes:
    if start < 0 or start + length > size:
        raise DamagedTree(f"byte {start + length:,} of {size:,} was expected")
    file.seek(start)
    return file.read(length)


def _check_index(file: BufferedReader, index: int, order: str, size: int) -> None:
    """Walk to the last block of the index and see that it lies inside the file."""
    magic, items = struct.unpack_from(f"{order}I4xQ", _read(file, index, 16, size))
    if magic != INDEX_MAGIC:
        raise DamagedTree("the index does not begin where it should")
    if items == 0:
        return
    node = index + 48
    for _ in range(64):
        leaf, count = struct.unpack(f"{order}BxH", _read(file, node, 4, size))
        width = 32 if leaf else 24
        last = _read(file, node + 4 + width * (count - 1), width, size)
        if leaf:
            start, length = struct.unpack_from(f"{order}2Q", last, 16)
            _read(file, start, length, size)
            return
        node = struct.unpack_from(f"{order}Q", last, 16)[0]
    raise DamagedTree("the index does not end")


def _with_summary(info: SignalTrackInfo, block: bytes, order: str) -> SignalTrackInfo:
    bases, low, high, total, squares = struct.unpack(f"{order}Q4d", block)
    if bases == 0 or not all(map(math.isfinite, (low, high, total, squares))):
        return info
    mean = total / bases
    variance = (squares - total * mean) / (bases - 1) if bases > 1 else 0.0
    return SignalTrackInfo(
        path=info.path,
        chromsizes=info.chromsizes,
        zoom_levels=info.zoom_levels,
        version=info.version,
        bases_covered=bases,
        minimum=low,
        maximum=high,
        mean=mean,
        std=math.sqrt(max(variance, 0.0)),
    )
