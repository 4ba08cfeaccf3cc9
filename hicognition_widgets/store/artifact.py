"""One stored result: a folder with a file per array and a manifest that names them all.

The folder is written under a temporary name, flushed to disk and renamed, so that an
artifact is either complete or not there. Arrays are ``.npy`` files without pickled objects;
their SHA-256 is in the manifest, whose own digest is in the catalog.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import StoreError

FORMAT = 1
MANIFEST = "manifest.json"
PREFIX = "r-"
UNFINISHED = "tmp-"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class StoredResult:
    """A result as it is kept.

    Attributes
    ----------
    key : str
        Address of the result.
    analysis : str
        Which analysis made it.
    meta : mapping
        Plain JSON: ``n_used``, ``n_left_out``, ``reasons``, ``numbers`` and more.
    arrays : mapping of str to ndarray
        Read-only; memory-mapped when they come from the store.
    """

    key: str
    analysis: str
    meta: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]] = field(repr=False)

    @property
    def nbytes(self) -> int:
        """Size of all arrays in bytes."""
        return sum(array.nbytes for array in self.arrays.values())


@dataclass(frozen=True)
class Manifest:
    """What an artifact says about itself.

    Attributes
    ----------
    path : str
        The artifact's folder, relative to the root of the store.
    digest : str
        SHA-256 of the manifest file, hex.
    key, analysis : str
        As in :class:`StoredResult`.
    request, meta : mapping
        Plain JSON.
    files : mapping of str to str
        SHA-256 of each array's file.
    size : int
        Bytes of all arrays.
    created : str
        ISO time in UTC.
    """

    path: str
    digest: str
    key: str
    analysis: str
    request: Mapping[str, Any]
    meta: Mapping[str, Any]
    files: Mapping[str, str]
    size: int
    created: str


def write_artifact(
    folder: Path,
    root: Path,
    arrays: Mapping[str, npt.NDArray[Any]],
    meta: Mapping[str, Any],
    *,
    key: str,
    analysis: str,
    request: Mapping[str, Any],
) -> Manifest:
    """Write one artifact into `folder` under a random name.

    Raises
    ------
    StoreError
        If it cannot be written (disk full, no rights); nothing is left behind.
    """
    name = secrets.token_hex(16)
    unfinished = folder / f"{UNFINISHED}{name}"
    try:
        unfinished.mkdir(mode=0o700)
        files = {}
        for label, array in arrays.items():
            if array.dtype.hasobject:
                raise TypeError(f"{label} holds Python objects, which are never stored")
            files[label] = _write_array(unfinished / f"{label}.npy", array)
        content = {
            "format": FORMAT,
            "key": key,
            "analysis": analysis,
            "request": dict(request),
            "meta": dict(meta),
            "files": files,
            "size": sum(array.nbytes for array in arrays.values()),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        text = json.dumps(content, allow_nan=False, sort_keys=True).encode()
        _write_bytes(unfinished / MANIFEST, text)
        _flush_folder(unfinished)
        final = folder / f"{PREFIX}{name}"
        unfinished.rename(final)
        _flush_folder(folder)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise StoreError(
            f"the result could not be written to {folder}: {error.strerror or error}; "
            "free some space or choose another store, then try again"
        ) from error
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return _manifest(final, root, text)


def read_manifest(folder: Path, root: Path) -> Manifest:
    """The manifest of an artifact.

    Raises
    ------
    StoreError
        If it is missing or damaged.
    """
    try:
        text = (folder / MANIFEST).read_bytes()
        return _manifest(folder, root, text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"the stored result {folder} is damaged or missing; compute it again"
        ) from error


def read_artifact(folder: Path, manifest: Manifest, *, verify: bool) -> StoredResult:
    """Arrays of an artifact, memory-mapped and read-only.

    Raises
    ------
    StoreError
        If a file is missing, or, with `verify`, differs from its digest.
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    for label, digest in manifest.files.items():
        file = folder / f"{label}.npy"
        try:
            if verify and _digest(file) != digest:
                raise StoreError(
                    f"the stored result {file} does not match its digest; compute it again"
                )
            arrays[label] = np.load(file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise StoreError(
                f"the stored result {file} is damaged or missing; compute it again"
            ) from error
    return StoredResult(manifest.key, manifest.analysis, dict(manifest.meta), arrays)


def _manifest(folder: Path, root: Path, text: bytes) -> Manifest:
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']}")
    return Manifest(
        path=folder.relative_to(root).as_posix(),
        digest=hashlib.sha256(text).hexdigest(),
        **{name: content[name] for name in ("key", "analysis", "request", "meta", "files")},
        size=int(content["size"]),
        created=content["created"],
    )


def _write_array(path: Path, array: npt.NDArray[Any]) -> str:
    with path.open("wb") as stream:
        np.save(stream, np.ascontiguousarray(array), allow_pickle=False)
        stream.flush()
        os.fsync(stream.fileno())
    return _digest(path)


def _write_bytes(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
