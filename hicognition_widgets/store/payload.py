"""A small result as bytes, for a row of the catalog: an ``.npz`` archive without pickles."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from hicognition_widgets.errors import StoreError
from hicognition_widgets.store.manifest import Array, StoredResult


def pack(arrays: Mapping[str, Array]) -> tuple[bytes, str]:
    """Arrays as bytes, and their SHA-256 in hex."""
    buffer = io.BytesIO()
    # measured values hardly get smaller by trying harder, and a notebook packs many at a time
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)
    payload = buffer.getvalue()
    return payload, hashlib.sha256(payload).hexdigest()


def unpack(
    payload: bytes, *, digest: str, key: str, analysis: str, meta: Mapping[str, Any]
) -> StoredResult:
    """The result that :func:`pack` made bytes of.

    Raises
    ------
    StoreError
        If the bytes are not those that were packed.
    """
    if hashlib.sha256(payload).hexdigest() != digest:
        raise StoreError(f"the stored {analysis} {key[:12]} is damaged (its digest differs)")
    try:
        with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise StoreError(f"the stored {analysis} {key[:12]} is damaged: {error}") from error
    for array in arrays.values():
        array.flags.writeable = False
    return StoredResult(key=key, analysis=analysis, meta=dict(meta), arrays=arrays)
