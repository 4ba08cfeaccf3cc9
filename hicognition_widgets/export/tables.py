"""Results as files for other programs: the numbers, and beside them where they come from.

Beside ``<name>.npy`` or ``<name>.csv`` lies the same name with ``.json``. The JSON says what
was asked, of which files (by fingerprint), with which version of this package, how many
regions were used, what each axis is, and the digest of the data file, so that numbers found
in a folder years later can be traced and checked.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets import __version__
from hicognition_widgets.errors import InputError
from hicognition_widgets.export.files import write_with_origin

Format = Literal["npy", "csv"]
Arrays = Mapping[str, npt.NDArray[Any]]

MAIN: dict[str, str] = {
    "pileup": "mean",
    "profile": "mean",
    "stackup": "rows",
    "embedding1d": "points",
    "embedding2d": "points",
    "enrichment": "odds_ratio",
}
"""The array that a result is saved as when it is saved as one array."""

_AXES: dict[str, list[str]] = {
    "pileup": ["bin of anchor 1 (downwards)", "bin of anchor 2 (to the right)"],
    "profile": ["bin"],
    "stackup": ["region, in the order of the region set", "bin"],
    "embedding1d": ["region, in the order of the region set", "x and y"],
    "embedding2d": ["region, in the order of the region set", "x and y"],
    "enrichment": ["target", "bin"],
}


def write_result(
    path: str | Path,
    analysis: str,
    arrays: Arrays,
    meta: Mapping[str, Any],
    *,
    provenance: Mapping[str, Any],
) -> list[Path]:
    """Write one result as ``.npy`` or ``.csv``, with its origin beside it.

    Parameters
    ----------
    path : str or Path
        Ends in ``.npy`` (the main array, see :data:`MAIN`) or
        ``.csv`` (all arrays as a table, see `result_table`); the origin goes to the same
        name with ``.json`` added. Existing files are replaced only by complete ones.
    analysis : str
        ``"pileup"``, ``"profile"``, ``"stackup"``, ``"embedding1d"``, ``"embedding2d"``
        or ``"enrichment"``.
    arrays, meta : mapping
        As results are stored: arrays by name, and plain facts such as ``n_used``,
        ``n_left_out``, ``reasons``, ``numbers``.
    provenance : mapping
        What was asked: region set, features, their fingerprints, parameters. Plain JSON.

    Returns
    -------
    list of Path
        The data file and its JSON.

    Raises
    ------
    InputError
        If the ending or the analysis is unknown, or `provenance` is not plain.
    FileError
        If a file cannot be written.
    """
    path = Path(path)
    content = result_bytes(_format(path), analysis, arrays, meta)
    written = arrays[MAIN[analysis]]
    facts = {
        "software": f"hicognition-widgets {__version__}",
        "analysis": analysis,
        "shape": list(written.shape),
        "axes": _AXES[analysis],
        "missing": "NaN" if path.suffix.lower() == ".npy" else "empty cell",
        "provenance": provenance,
        "result": meta,
    }
    return write_with_origin(path, content, facts)


def result_bytes(kind: Format, analysis: str, arrays: Arrays, meta: Mapping[str, Any]) -> bytes:
    """Content of the data file, see `write_result`."""
    if analysis not in MAIN:
        raise InputError(f'results of "{analysis}" cannot be written; known: {", ".join(MAIN)}')
    if kind == "csv":
        table = result_table(analysis, arrays, meta)
        return table.to_csv(index=False, lineterminator="\n").encode()
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(arrays[MAIN[analysis]]), allow_pickle=False)
    return buffer.getvalue()


def result_table(analysis: str, arrays: Arrays, meta: Mapping[str, Any]) -> pd.DataFrame:
    """All numbers of a result as a table.

    pileup: ``row, column, mean, count``. profile: ``track`` (if several), ``bin, mean, low,
    high, count``. stackup: ``region`` and one column per bin. embeddings: ``region, x, y``
    and whatever else has one value per region. enrichment: ``target, bin, odds_ratio,
    p_value, q_value, overlap``.
    """
    if analysis == "profile":
        return _profile_table(arrays, meta)
    main = np.asarray(arrays[MAIN[analysis]])
    if analysis == "stackup":
        table = pd.DataFrame(main, columns=[str(i) for i in range(main.shape[1])])
        table.insert(0, "region", np.arange(len(main)))
        return table
    if analysis in ("pileup", "enrichment"):
        first, second = np.indices(main.shape)
        columns: dict[str, Any] = {"row": first.ravel(), "column": second.ravel()}
        if analysis == "enrichment":
            names = np.asarray([str(name) for name in meta["names"]], dtype=object)
            columns = {"target": names[first.ravel()], "bin": second.ravel()}
        same = {k: v for k, v in arrays.items() if np.shape(v) == main.shape}
        return pd.DataFrame(columns | {k: np.asarray(v).ravel() for k, v in same.items()})
    per_region = {
        name: np.asarray(values)
        for name, values in arrays.items()
        if np.ndim(values) == 1 and len(values) == len(main)
    }
    points = {"region": np.arange(len(main)), "x": main[:, 0], "y": main[:, 1]}
    return pd.DataFrame(points | per_region)


def _profile_table(arrays: Arrays, meta: Mapping[str, Any]) -> pd.DataFrame:
    curves = {name: np.atleast_2d(np.asarray(v)) for name, v in arrays.items()}
    shape = curves["mean"].shape
    curves = {name: values for name, values in curves.items() if values.shape == shape}
    track, index = np.indices(shape)
    columns: dict[str, Any] = {"bin": index.ravel()}
    if shape[0] > 1:
        tracks = meta.get("tracks") or [{"name": str(i)} for i in range(shape[0])]
        names = np.asarray([str(entry["name"]) for entry in tracks], dtype=object)
        columns = {"track": names[track.ravel()]} | columns
    return pd.DataFrame(columns | {name: values.ravel() for name, values in curves.items()})


def _format(path: Path) -> Format:
    suffix = path.suffix.lower()
    if suffix == ".npy":
        return "npy"
    if suffix == ".csv":
        return "csv"
    raise InputError(f'numbers cannot be written as "{path.name}"; use .npy or .csv')
