"""The near-diagonal band of a map, kept in a folder between calls and processes.

A band is a plain ``.npy`` file that is mapped into memory, so that processes share one
copy. Its name holds the fingerprint of the map, the resolution and the width; a map that
changed has another name, and the old band goes when room is needed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses._folder_lock import locked
from hicognition_widgets.analyses._folder_room import drop_leftovers, make_room
from hicognition_widgets.sources.contact_map import ContactMap
from hicognition_widgets.sources.fingerprint import fingerprint
from hicognition_widgets.sources.pixels import read_pixels

Array = npt.NDArray[Any]

CACHE_BYTES = 8 * 2**30
"""Size a folder of bands may have; the least recently used go first."""

_WIDTHS = (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
"""Widths that are built, in bins, so that similar flanks share one band."""
_NAME = re.compile(r"^band1-(?P<key>[0-9a-f]{32})-(?P<binsize>\d+)-(?P<width>\d+)\.npy$")

_known: dict[tuple[str, int, int, int], str] = {}


def build_band(contacts: ContactMap, width: int) -> Array:
    """All counts at distances below `width` bins, (bins, width) of an unsigned integer.

    ``band[i, d]`` is the count of bins i and i + d; float64 for maps of float counts.
    """
    with read_pixels(contacts) as reader:
        return reader.add_to_band(
            reader.new_band(width), np.array([[0, contacts.n_pixels]], dtype=np.int64)
        )


def cached_band(
    contacts: ContactMap,
    width: int,
    widest: int,
    folder: Path,
    *,
    limit: int | None = None,
) -> Array:
    """The band from the folder; it is built and put there if it is missing.

    Parameters
    ----------
    contacts : ContactMap
    width : int
        Distances that are needed, in bins; the band may be wider.
    widest : int
        Width that must not be exceeded to reuse the band for larger flanks.
    folder : Path
        Created if it does not exist. Processes may share it.
    limit : int, optional
        Bytes the folder may hold, :data:`CACHE_BYTES` by default.

    Returns
    -------
    array (bins, ≥ width)
        Mapped from the file, read-only; in memory if the folder cannot be written,
        which is told by a RuntimeWarning.

    Raises
    ------
    FileError
        If the map is damaged; nothing is kept then.
    """
    limit = CACHE_BYTES if limit is None else limit
    key = content_key(contacts)
    band = _find(folder, key, contacts, width)
    if band is not None:
        return band
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / f"{key}-{contacts.binsize}.lock"):
            # Another process may have built it while this one waited.
            band = _find(folder, key, contacts, width)
            if band is not None:
                return band
            wide = next((w for w in _WIDTHS if width <= w <= widest), width)
            built = build_band(contacts, wide)
            target = folder / f"band1-{key}-{contacts.binsize}-{wide}.npy"
            _put(built, target)
            make_room((band.path for band in _bands(folder)), limit, keep=target)
            drop_leftovers(folder.glob("band1-*.part"), newest=target)
    except OSError as error:
        warnings.warn(
            f"the contact map's band could not be kept in {folder} ({error}); "
            "free some space or choose another folder",
            RuntimeWarning,
            stacklevel=2,
        )
        return build_band(contacts, width)
    return built


def content_key(contacts: ContactMap) -> str:
    """Name of the file's content and the group, remembered while the file is untouched."""
    stat = contacts.path.stat()
    name = f"{contacts.path.resolve()}"
    state = (name, stat.st_size, stat.st_mtime_ns, stat.st_ino)
    if state not in _known:
        _known[state] = fingerprint(contacts.path)
    text = f"{_known[state]} {contacts.group}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _find(folder: Path, key: str, contacts: ContactMap, width: int) -> Array | None:
    """The narrowest kept band that is wide enough, marked as used."""
    found = [
        band
        for band in _bands(folder)
        if band.key == key and band.binsize == contacts.binsize and band.width >= width
    ]
    for band in sorted(found, key=lambda band: band.width):
        try:
            array = np.load(band.path, mmap_mode="r", allow_pickle=False)
        except (FileNotFoundError, PermissionError):
            continue  # another process made room
        except (ValueError, EOFError):  # cut off, as after a crash of the machine
            with contextlib.suppress(OSError):
                band.path.unlink()
            continue
        if array.shape != (contacts.n_bins, band.width):
            continue
        with contextlib.suppress(OSError):  # a folder may be shared read-only
            os.utime(band.path)
        return array  # type: ignore[no-any-return]
    return None


@dataclass(frozen=True)
class _Kept:
    path: Path
    key: str
    binsize: int
    width: int


def _bands(folder: Path) -> list[_Kept]:
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        match = _NAME.match(path.name)
        if match:
            size, width = int(match["binsize"]), int(match["width"])
            found.append(_Kept(path, match["key"], size, width))
    return found


def _put(band: Array, target: Path) -> None:
    """Write a file that appears under its name only when it is complete."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix="band1-", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, band, allow_pickle=False)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
