"""A view's numbers as a file: CSV of the table, or NPY of the array."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.bed import read_regions, write_bed
from hicognition_widgets.software import versions

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison


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

    _, content = table_files(view, path.suffix.lower().lstrip("."))
    shape = {"shape": list(view.data.shape)} if path.suffix.lower() == ".npy" else {}
    return write_with_origin(path, content, {**shape, "provenance": view.provenance})


def save_regions(
    comparison: Comparison, path: Path, rows: Any | None, labels: Mapping[str, Any]
) -> list[Path]:
    """Write a comparison's regions with labels; see :meth:`Comparison.save_regions`.

    Raises
    ------
    InputError
        If labels or rows do not fit, or the path's ending is another one.
    """
    from hicognition_widgets.export.files import write_with_origin
    from hicognition_widgets.export.regions import labelled_regions

    record = comparison.regions
    if record is None:
        raise InputError("there is no region set to write")
    pairs = record.dims == 2
    wanted = ".bedpe" if pairs else ".bed"
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith((wanted, ".csv")):
        raise InputError(f'"{record.name}" is written as {wanted} or .csv, not "{path.name}"')
    table = labelled_regions(read_regions(record.path).frame, labels, rows)
    facts = {
        "regions": {"name": record.name, "fingerprint": record.fingerprint},
        "assembly": record.assembly,
        "rows": len(table),
        "of": record.n_regions,
        "columns": list(table.columns),
        "software": versions(),
    }
    if name.endswith(".csv"):
        content = table.to_csv(index=False, lineterminator="\n").encode()
    else:
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder) / path.name
            write_bed(table, scratch)
            content = scratch.read_bytes()
    return write_with_origin(path, content, facts)


def safe_stem(*parts: str) -> str:
    """A file name from free text: letters, digits, dots, dashes; at most 100 characters."""
    text = "_".join(part for part in parts if part)
    return re.sub(r"[^\w.+-]+", "-", text, flags=re.ASCII).strip("-.")[:100] or "view"
