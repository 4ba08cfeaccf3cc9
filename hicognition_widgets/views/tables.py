"""A view's numbers as a file, CSV of the table or NPY of the array, and their origin."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

if TYPE_CHECKING:
    from hicognition_widgets.views.loci import Table


class HasNumbers(Protocol):
    """What can be saved: an array and a table, and where they come from."""

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array."""
        ...

    def table(self) -> Table:
        """The table before its regions are looked up."""
        ...

    @property
    def file_stem(self) -> str:
        """Name of the file without its ending."""
        ...

    @property
    def provenance(self) -> dict[str, Any]:
        """Inputs, parameters, versions."""
        ...


@dataclass(frozen=True, eq=False)
class NumbersFile:
    """A view's numbers as they were when they were asked for; not yet written out.

    Attributes
    ----------
    name : str
        Of the file, from the view's.
    facts : mapping
        What lies beside it: where the numbers come from.
    content : callable
        Writes them out, and says what is missing among them, if anything. Takes a moment.
    """

    name: str
    facts: Mapping[str, Any]
    content: Callable[[], tuple[bytes, str]]

    def made(self, name: str = "") -> tuple[bytes, bytes, str]:
        """Content, the JSON that lies beside it, and what is missing, if anything."""
        from hicognition_widgets.export.files import origin_bytes

        content, missing = self.content()
        facts = {**self.facts, **({"missing": missing} if missing else {})}
        return content, origin_bytes(name or self.name, content, facts), missing


def numbers_file(view: HasNumbers, kind: str) -> NumbersFile:
    """A view's numbers as a file, taken now.

    Raises
    ------
    InputError
        If `kind` is neither ``"csv"`` nor ``"npy"``.
    """
    name = f"{view.file_stem}.{kind}"
    if kind == "csv":
        table = view.table()
        return NumbersFile(name, {"provenance": view.provenance}, lambda: _csv(table))
    if kind == "npy":
        data = view.data
        facts = {"shape": list(data.shape), "provenance": view.provenance}
        return NumbersFile(name, facts, lambda: (_npy(data), ""))
    raise InputError(f'data can be saved as "csv" or "npy", not {kind!r}')


def _csv(table: Table) -> tuple[bytes, str]:
    frame, missing = table.whole()
    return frame.to_csv(index=False).encode(), missing


def _npy(data: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, data, allow_pickle=False)
    return buffer.getvalue()


def save_numbers(view: HasNumbers, path: Path) -> list[Path]:
    """Write a view's numbers and, beside them, their origin as JSON.

    Raises
    ------
    InputError
        If the path ends neither in ``.csv`` nor in ``.npy``.
    FileError
        If a file cannot be written.
    """
    from hicognition_widgets.export.files import write_beside

    file = numbers_file(view, path.suffix.lower().lstrip("."))
    content, origin, _ = file.made(path.name)
    return write_beside(path, content, origin)


def safe_stem(*parts: str) -> str:
    """A file name from free text: letters, digits, dots, dashes; at most 100 characters."""
    text = "_".join(part for part in parts if part)
    return re.sub(r"[^\w.+-]+", "-", text, flags=re.ASCII).strip("-.")[:100] or "view"
