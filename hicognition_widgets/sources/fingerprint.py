"""Which file is this: a short name for its content that is quick even for 50 GB.

Small files are hashed completely. Of large ones the size, the head, the tail, blocks
spread over the whole file and the tables that describe every stored block are hashed:
in HDF5 the place and compressed size of each chunk, the balancing weights and the
attributes, in bigWig the chromosome tree and the index. Balancing a map again, adding a
resolution or replacing pixels changes at least one of these. Name, folder and time of
change do not enter, so a moved file keeps its fingerprint.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources.remembered import Remembered

if TYPE_CHECKING:
    import h5py

WHOLE_FILE = 64 * 2**20
"""Files up to this size in bytes are hashed completely."""

_EDGE = 2**20
_SAMPLES = 64
_SAMPLE = 2**14
_INDEX_LIMIT = 64 * 2**20
_SMALL_TABLE = 32 * 2**20
_HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
_BIGWIG_MAGIC = {struct.pack("<I", 0x888FFC26): "<", struct.pack(">I", 0x888FFC26): ">"}
_SCHEME = b"hicognition fingerprint 1\n"


def fingerprint(path: str | Path) -> str:
    """Name of a file's content, 64 hexadecimal digits.

    Parameters
    ----------
    path : str or Path
        Any regular file.

    Returns
    -------
    str
        The same for copies of a file, different for a changed one. Files up to
        :data:`WHOLE_FILE` bytes are read completely, larger ones in parts; use
        :func:`full_digest` where every byte must count.

    Raises
    ------
    FileError
        If the file is missing or cannot be read.
    """
    path = Path(path)
    digest = hashlib.sha256(_SCHEME)
    try:
        with _open(path) as file:
            size = os.fstat(file.fileno()).st_size
            digest.update(size.to_bytes(8, "little"))
            if size <= WHOLE_FILE:
                for block in _blocks(file, 0, size):
                    digest.update(block)
                return digest.hexdigest()
            for start, length in _places(size):
                for block in _blocks(file, start, length):
                    digest.update(block)
            file.seek(0)
            head = file.read(64)
            for part in _bigwig_index(file, head, size):
                digest.update(part)
        if head.startswith(_HDF5_MAGIC):
            for part in _hdf5_tables(path):
                digest.update(part)
    except (OSError, KeyError, RuntimeError) as error:  # h5py's for damaged structures
        raise _unreadable(path, error) from error
    return digest.hexdigest()


_known: Remembered[str] = Remembered(512)


def remembered_fingerprint(path: str | Path) -> str:
    """The fingerprint, read again only if size, time of change or place of the file differ.

    Takes what :func:`fingerprint` takes, and raises what it raises.
    """
    return _known.get(Path(path), None, lambda: fingerprint(path))


def full_digest(path: str | Path) -> str:
    """SHA-256 over every byte of the file, as ``sha256sum`` prints it.

    Raises
    ------
    FileError
        If the file is missing or cannot be read.
    """
    path = Path(path)
    try:
        with _open(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _open(path: Path) -> BufferedReader:
    if path.exists() and not path.is_file():
        raise FileError(path, "this is not a regular file; give the path of a data file")
    return path.open("rb")


def _unreadable(path: Path, error: Exception) -> FileError:
    if isinstance(error, FileNotFoundError):
        return FileError(path, "there is no such file; check the path")
    if isinstance(error, PermissionError):
        return FileError(path, "you may not read this file; ask its owner for access")
    reason = getattr(error, "strerror", None) or str(error)
    return FileError(path, f"the file cannot be read ({reason}); copy it again")


def _blocks(file: BufferedReader, start: int, length: int) -> Iterator[bytes]:
    file.seek(start)
    while length > 0:
        block = file.read(min(length, 2**20))
        if not block:
            return
        length -= len(block)
        yield block


def _places(size: int) -> Iterator[tuple[int, int]]:
    """Head, tail and evenly spread samples of a large file, as start and length."""
    yield 0, _EDGE
    yield size - _EDGE, _EDGE
    step = (size - 2 * _EDGE) // (_SAMPLES + 1)
    for i in range(1, _SAMPLES + 1):
        yield _EDGE + i * step, _SAMPLE


def _bigwig_index(file: BufferedReader, head: bytes, size: int) -> Iterator[bytes]:
    """Chromosome tree and full index: the latter lists place and size of every block."""
    order = _BIGWIG_MAGIC.get(head[:4])
    if order is None or len(head) < 64:
        return
    n_zooms, chromosomes, data, index = struct.unpack_from(f"{order}2xH3Q", head, 4)
    file.seek(64)
    zooms = file.read(24 * n_zooms)
    starts = [struct.unpack_from(f"{order}8x2Q", zooms, at) for at in range(0, len(zooms), 24)]
    following = [place for pair in starts for place in pair if place > index]
    yield from _blocks(file, chromosomes, min(max(data - chromosomes, 0), _INDEX_LIMIT))
    yield from _blocks(file, index, min(min(following, default=size) - index, _INDEX_LIMIT))


def _hdf5_tables(path: Path) -> Iterator[bytes]:
    """Attributes, shapes, chunk tables and the small tables of an HDF5 file."""
    import h5py

    with h5py.File(path, "r") as file:
        names: list[str] = []
        file.visit(names.append)
        for name in ["/", *sorted(names)]:
            node = file[name]
            yield repr((name, sorted((k, str(v)) for k, v in node.attrs.items()))).encode()
            if isinstance(node, h5py.Dataset):
                yield from _hdf5_dataset(node)


def _hdf5_dataset(dataset: h5py.Dataset) -> Iterator[bytes]:
    yield repr((dataset.shape, str(dataset.dtype), dataset.compression)).encode()
    if dataset.chunks is not None:
        stored: list[tuple[tuple[int, ...], int, int]] = []
        dataset.id.chunk_iter(
            lambda chunk: stored.append((chunk.chunk_offset, chunk.byte_offset, chunk.size))
        )
        yield repr(sorted(stored)).encode()
    # Weights are small and change without the file growing: balancing again writes in place.
    in_bins = dataset.parent.name.rsplit("/", 1)[-1] == "bins"
    if in_bins and dataset.dtype.kind == "f" and dataset.nbytes <= _SMALL_TABLE:
        yield dataset[()].tobytes()
