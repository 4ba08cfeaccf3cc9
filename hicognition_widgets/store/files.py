"""Files that appear complete or not at all, and disks that run full."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from hicognition_widgets.errors import StoreError, StoreFull
from hicognition_widgets.store.manifest import Array, ArrayEntry

_FULL = {errno.ENOSPC, errno.EDQUOT}
_BLOCK = 1 << 20


@contextmanager
def sentences(what: str, root: Path) -> Iterator[None]:
    """Turn the operating system's errors into one sentence.

    Raises
    ------
    StoreError
        Naming what could not be done, where, and what to do.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(
                f"{what} failed because the disk of the store {root} is full; free some "
                "space and ask again"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StoreError(
                f"{what} failed because you may not write to the store {root}; "
                "choose another folder with HICOGNITION_STORE"
            ) from error
        raise StoreError(f"{what} failed in the store {root}: {error}") from error


class _Digest:
    """A file to write to that hashes what passes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        self.bytes += len(data)
        return self._file.write(data)


def write_array(folder: Path, name: str, array: Array) -> ArrayEntry:
    """Write one array as ``.npy`` and flush it to the disk."""
    array = np.ascontiguousarray(array).reshape(array.shape)
    path = folder / f"{name}.npy"
    with path.open("xb") as file:
        digest = _Digest(file)
        header = np.lib.format.header_data_from_array_1_0(array)
        np.lib.format.write_array_header_1_0(digest, header)
        raw = array.reshape(-1).view(np.uint8)
        for first in range(0, len(raw), _BLOCK):
            digest.write(raw[first : first + _BLOCK].tobytes())
        file.flush()
        os.fsync(file.fileno())
    return ArrayEntry(
        file=path.name,
        dtype=array.dtype.str,
        shape=array.shape,
        bytes=digest.bytes,
        sha256=digest.sha256.hexdigest(),
    )


def read_array(path: Path, entry: ArrayEntry, *, verify: bool) -> Array:
    """Map one array into memory, read-only.

    Raises
    ------
    ValueError, OSError
        If the file is missing or not what the entry says.
    """
    if verify and (path.stat().st_size != entry.bytes or file_sha256(path) != entry.sha256):
        raise ValueError(f"{path.name} is not what was written")
    empty = 0 in entry.shape
    array: Array = np.load(path, mmap_mode=None if empty else "r", allow_pickle=False)
    if array.dtype.str != entry.dtype or array.shape != entry.shape:
        raise ValueError(f"{path.name} holds {array.dtype} {array.shape}")
    plain = array.view(np.ndarray)
    plain.flags.writeable = False
    return plain


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_file(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Flush the names in a folder to the disk; nothing on systems that cannot."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
