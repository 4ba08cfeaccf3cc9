"""What is known of a stored result, and the result itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import StoreError

FORMAT: Final = 1
Array = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class ArrayEntry:
    """One array of an artifact: its file, what it should hold, and its digest.

    Attributes
    ----------
    file : str
        Name of the ``.npy`` file inside the artifact's folder.
    dtype : str
        numpy's name of the type, e.g. ``"<f8"``.
    shape : tuple of int
    bytes : int
        Size of the file.
    sha256 : str
        Digest of the file, hex.
    """

    file: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What an artifact holds; written beside its arrays as ``manifest.json``.

    Attributes
    ----------
    key : str
        Address of the result.
    analysis : str
        Name of the analysis.
    owner : str
        Whose store folder it is in.
    path : str
        Folder relative to the store's root, with ``/``.
    digest : str
        SHA-256 of the manifest file, hex.
    created : str
        UTC time in ISO format.
    meta : dict
        Plain JSON that is shown with the result.
    request : dict
        Plain JSON of what was asked.
    arrays : mapping of str to ArrayEntry
    """

    key: str
    analysis: str
    owner: str
    path: str
    digest: str
    created: str
    meta: Mapping[str, Any] = field(hash=False, repr=False)
    request: Mapping[str, Any] = field(hash=False, repr=False)
    arrays: Mapping[str, ArrayEntry] = field(hash=False, repr=False)

    @property
    def bytes(self) -> int:
        """Size of all arrays together."""
        return sum(entry.bytes for entry in self.arrays.values())


@dataclass(frozen=True, eq=False)
class StoredResult:
    """A result as it was stored.

    Attributes
    ----------
    key : str
        Address of the result.
    analysis : str
        Name of the analysis.
    meta : dict
        Plain JSON: ``n_used``, ``n_left_out``, ``reasons``, ``numbers`` and more.
    arrays : mapping of str to ndarray
        Read-only; large ones are memory-mapped.
    """

    key: str
    analysis: str
    meta: dict[str, Any] = field(repr=False)
    arrays: Mapping[str, Array] = field(repr=False)

    @property
    def nbytes(self) -> int:
        """Size of all arrays together in bytes."""
        return sum(array.nbytes for array in self.arrays.values())


def dump(
    *,
    key: str,
    owner: str,
    created: str,
    meta: Mapping[str, Any],
    request: Mapping[str, Any],
    arrays: Mapping[str, ArrayEntry],
) -> bytes:
    """Text of a manifest file.

    Raises
    ------
    ValueError
        If `meta` or `request` hold what JSON cannot, such as NaN.
    """
    content = {
        "format": FORMAT,
        "key": key,
        "analysis": str(request.get("analysis", meta.get("analysis", ""))),
        "owner": owner,
        "created": created,
        "meta": dict(meta),
        "request": dict(request),
        "arrays": {
            name: {
                "file": entry.file,
                "dtype": entry.dtype,
                "shape": list(entry.shape),
                "bytes": entry.bytes,
                "sha256": entry.sha256,
            }
            for name, entry in arrays.items()
        },
    }
    return json.dumps(content, allow_nan=False, ensure_ascii=False, indent=1).encode()


def parse(data: bytes, *, path: str, digest: str) -> Manifest:
    """Manifest from the text of its file.

    Raises
    ------
    StoreError
        If the text is not a manifest of this format.
    """
    try:
        content = json.loads(data)
        if content["format"] != FORMAT:
            raise StoreError(
                f"the stored result {path} has format {content['format']}, but this program "
                f"reads format {FORMAT}; it will be computed again"
            )
        arrays = {
            str(name): ArrayEntry(
                file=_plain_name(entry["file"]),
                dtype=str(np.dtype(entry["dtype"]).str),
                shape=tuple(int(length) for length in entry["shape"]),
                bytes=int(entry["bytes"]),
                sha256=str(entry["sha256"]),
            )
            for name, entry in content["arrays"].items()
        }
        return Manifest(
            key=str(content["key"]),
            analysis=str(content["analysis"]),
            owner=str(content["owner"]),
            path=path,
            digest=digest,
            created=str(content["created"]),
            meta=dict(content["meta"]),
            request=dict(content["request"]),
            arrays=arrays,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"the stored result {path} has a damaged manifest: {error}") from error


def _plain_name(name: object) -> str:
    """A file name that cannot lead out of the folder."""
    text = str(name)
    if not text or "/" in text or "\\" in text or "\0" in text or text.startswith("."):
        raise ValueError(f"{text!r} is not the name of an array's file")
    return text
