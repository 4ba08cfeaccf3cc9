"""A view's numbers as a file, CSV of the table or NPY of the array, and their origin."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import InputError


class HasNumbers(Protocol):
    """What can be saved: an array and a table."""

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array."""
        ...

    def to_frame(self) -> pd.DataFrame:
        """The table."""
        ...

    @property
    def file_stem(self) -> str:
        """Name of the file without its ending."""
        ...


class HasOrigin(HasNumbers, Protocol):
    """Numbers that know where they come from."""

    @property
    def provenance(self) -> dict[str, Any]:
        """Inputs, parameters, versions."""
        ...


def table_files(view: HasNumbers, kind: str) -> tuple[str, bytes]:
    """File name and content of a view's numbers.

    Raises
    ------
    InputError
        If `kind` is neither ``"csv"`` nor ``"npy"``.
    """
    if kind == "csv":
        return f"{view.file_stem}.csv", view.to_frame().to_csv(index=False).encode()
    if kind == "npy":
        buffer = io.BytesIO()
        np.save(buffer, view.data, allow_pickle=False)
        return f"{view.file_stem}.npy", buffer.getvalue()
    raise InputError(f'data can be saved as "csv" or "npy", not {kind!r}')


def numbers_with_origin(view: HasOrigin, kind: str) -> tuple[str, bytes, bytes]:
    """File name and content of a view's numbers, and of the JSON beside them."""
    from hicognition_widgets.export.files import origin_bytes

    name, content = table_files(view, kind)
    return name, content, origin_bytes(name, content, _facts(view, kind))


def save_numbers(view: HasOrigin, path: Path) -> list[Path]:
    """Write a view's numbers and, beside them, their origin as JSON.

    Raises
    ------
    InputError
        If the path ends neither in ``.csv`` nor in ``.npy``.
    FileError
        If a file cannot be written.
    """
    from hicognition_widgets.export.files import write_with_origin

    kind = path.suffix.lower().lstrip(".")
    _, content = table_files(view, kind)
    return write_with_origin(path, content, _facts(view, kind))


def _facts(view: HasOrigin, kind: str) -> dict[str, Any]:
    shape = {"shape": list(view.data.shape)} if kind == "npy" else {}
    return {**shape, "provenance": view.provenance}


def safe_stem(*parts: str) -> str:
    """A file name from free text: letters, digits, dots, dashes; at most 100 characters."""
    text = "_".join(part for part in parts if part)
    return re.sub(r"[^\w.+-]+", "-", text, flags=re.ASCII).strip("-.")[:100] or "view"
