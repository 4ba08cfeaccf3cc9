"""Files that appear complete or not at all, and values that JSON can hold."""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from hicognition_widgets.errors import FileError, InputError


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file under another name beside it, then put it in place.

    Raises
    ------
    FileError
        If the folder or the disk refuses; an existing file then stays as it was.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, suffix=path.suffix)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            write(file)
        temporary.chmod(0o644)
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise FileError(
            path, f"the file cannot be written ({error.strerror}); choose another folder"
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_with_origin(path: Path, content: bytes, facts: Mapping[str, Any]) -> list[Path]:
    """Write a file, and beside it ``<name>.json`` with its digest and where it comes from.

    Raises
    ------
    InputError
        If `facts` are not plain.
    FileError
        If a file cannot be written.
    """
    return write_beside(path, content, origin_bytes(path.name, content, facts))


def write_beside(path: Path, content: bytes, origin: bytes) -> list[Path]:
    """Write a file, and beside it ``<name>.json`` with the bytes of :func:`origin_bytes`.

    Raises
    ------
    FileError
        If a file cannot be written.
    """
    sidecar = path.with_name(f"{path.name}.json")
    write_whole(path, lambda file: file.write(content))
    write_whole(sidecar, lambda file: file.write(origin))
    return [path, sidecar]


def origin_bytes(name: str, content: bytes, facts: Mapping[str, Any]) -> bytes:
    """The JSON that lies beside a file: its name, its digest, and where it comes from.

    Raises
    ------
    InputError
        If `facts` are not plain.
    """
    known = {"file": name, "sha256": hashlib.sha256(content).hexdigest(), **facts}
    plain = plain_json(known, "the origin of a result")
    text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode()


def plain_json(value: Any, what: str) -> Any:
    """The value with nothing but what JSON knows; numbers that are not finite become None.

    Raises
    ------
    InputError
        If there is something else in it; `what` names the place in the sentence.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, np.generic):
        return plain_json(value.item(), what)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain_json(item, what) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item, what) for item in value]
    raise InputError(
        f"{what} cannot hold a value of type {type(value).__name__}; give numbers, text, lists "
        "and dicts"
    )
