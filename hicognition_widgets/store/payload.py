"""Small results as bytes, for the catalog's rows: an ``.npz`` archive without pickles."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import StoreError


def pack(arrays: Mapping[str, npt.NDArray[Any]]) -> tuple[bytes, str]:
    """Arrays as compressed bytes, and their SHA-256."""
    buffer = io.BytesIO()
    named: dict[str, Any] = dict(arrays)
    np.savez_compressed(buffer, allow_pickle=False, **named)
    content = buffer.getvalue()
    return content, hashlib.sha256(content).hexdigest()


def unpack(content: bytes, digest: str) -> dict[str, npt.NDArray[Any]]:
    """Arrays of :func:`pack`, read-only.

    Raises
    ------
    StoreError
        If the bytes do not match the digest or are no archive.
    """
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreError("a stored result does not match its digest; compute it again")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise StoreError("a stored result is damaged; compute it again") from error
    for array in arrays.values():
        array.setflags(write=False)
    return arrays
