"""The file of display rules: how it is read, and what it should hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError

RULES_FILE = Path(__file__).with_name("display.json")

_NO_STEP = ord("O")
_MATPLOTLIB_TABLES = ("coolwarm", "viridis", "magma", "Reds", "Greys")
_YELLOW_TO_RED = (
    (255, 255, 204),
    (255, 237, 160),
    (254, 217, 118),
    (254, 178, 76),
    (253, 141, 60),
    (252, 78, 42),
    (227, 26, 28),
    (189, 0, 38),
    (128, 0, 38),
)


@cache
def rules() -> dict[str, Any]:
    """Content of ``display.json``; shared, so not to be changed."""
    return cast("dict[str, Any]", json.loads(RULES_FILE.read_text(encoding="utf-8")))


@cache
def colour_table(name: str) -> npt.NDArray[np.uint8]:
    """One colour table.

    Parameters
    ----------
    name : str
        ``fall``, ``coolwarm``, ``viridis``, ``magma``, ``Reds`` or ``Greys``.

    Returns
    -------
    ndarray of uint8, shape (256, 3)
        RGB, lowest value first; read-only.

    Raises
    ------
    InputError
        If there is no table of that name.
    """
    tables = rules()["tables"]
    if name not in tables:
        raise InputError(f"There is no colour map {name!r}; choose one of {', '.join(tables)}.")
    found = _table_of(tables[name])
    found.flags.writeable = False
    return found


def defaults(kind: str, normalization: str | None = None) -> dict[str, Any]:
    """``{map, scale, symmetric}`` a view starts with.

    Parameters
    ----------
    kind : str
        ``pileup``, ``stackup``, ``profile``, ``density`` or ``overlay``.
    normalization : str, optional
        ``balanced``, ``oe`` or ``raw`` of a pileup; ``ratio`` or ``difference`` of two.
    """
    table = rules()["defaults"]
    return dict(table.get(f"{kind}/{normalization}", table.get(kind, table["other"])))


def unit(kind: str, normalization: str | None, scale: str) -> str:
    """Text beside a colour bar or value axis, such as ``"log2 O/E"``."""
    table = rules()["units"]
    name = table.get(f"{kind}/{normalization}", table.get(kind, table["other"]))
    return f"log2 {name}" if scale == "log2" else str(name)


def centre(normalization: str | None, scale: str) -> float:
    """Value in the middle of symmetric limits: 1 for a linear ratio, otherwise 0."""
    return 1.0 if normalization in ("oe", "ratio") and scale == "linear" else 0.0


def _fall_table() -> npt.NDArray[np.uint8]:
    """White, the nine-class yellow-orange-red of ColorBrewer, black; evenly spaced."""
    anchors = np.array([(255, 255, 255), *_YELLOW_TO_RED, (0, 0, 0)], dtype=np.float64)
    where = np.linspace(0, 1, len(anchors))
    channels = [np.interp(np.linspace(0, 1, 256), where, anchors[:, c]) for c in range(3)]
    return np.floor(np.stack(channels, axis=1) + 0.5).astype(np.uint8)


def _matplotlib_table(name: str) -> npt.NDArray[np.uint8]:
    import matplotlib as mpl

    return np.asarray(mpl.colormaps[name](np.arange(256), bytes=True)[:, :3], dtype=np.uint8)


def _steps_of(table: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """A table as its first colour and small steps, which a bundle packs to a fifth."""
    steps = np.diff(table.astype(int), axis=0).T.ravel()
    return {
        "first": table[0].tolist(),
        "steps": "".join(chr(_NO_STEP + int(step)) for step in steps),
    }


def _table_of(packed: Mapping[str, Any]) -> npt.NDArray[np.uint8]:
    """The table behind `_steps_of`: red, then green, then blue, one letter per step."""
    steps = np.array([ord(letter) - _NO_STEP for letter in packed["steps"]]).reshape(3, 255)
    first = np.array(packed["first"])[:, None]
    table = np.concatenate([first, first + np.cumsum(steps, axis=1)], axis=1)
    return np.ascontiguousarray(table.T.astype(np.uint8))


def build_rules() -> dict[str, Any]:
    """What ``display.json`` should hold; imports matplotlib for its tables."""
    tables = {"fall": _fall_table()}
    tables |= {name: _matplotlib_table(name) for name in _MATPLOTLIB_TABLES}
    return {
        "version": 1,
        "tables": {name: _steps_of(table) for name, table in tables.items()},
        "diverging": ["coolwarm"],
        "categories": [
            "#0072B2",
            "#E69F00",
            "#009E73",
            "#D55E00",
            "#CC79A7",
            "#56B4E9",
            "#F0E442",
            "#000000",
        ],
        "dashes": ["", "6 3", "2 2", "8 3 2 3"],
        "percentiles": {"limits": [1, 99], "track": [0.1, 99.9]},
        "missing": {"ground": "#e6e6e6", "line": "#b3b3b3"},
        "significant": 0.05,
        "widen": 0.1,
        "tick_steps": [1, 2, 5],
        "defaults": {
            "pileup/oe": {"map": "coolwarm", "scale": "log2", "symmetric": True},
            "pileup/balanced": {"map": "fall", "scale": "log2", "symmetric": False},
            "pileup/raw": {"map": "fall", "scale": "log2", "symmetric": False},
            "pileup/ratio": {"map": "coolwarm", "scale": "log2", "symmetric": True},
            "pileup/difference": {"map": "coolwarm", "scale": "linear", "symmetric": True},
            "stackup": {"map": "Reds", "scale": "linear", "symmetric": False},
            "profile": {"map": "", "scale": "linear", "symmetric": False},
            "density": {"map": "viridis", "scale": "linear", "symmetric": False},
            "overlay": {"map": "magma", "scale": "linear", "symmetric": False},
            "enrichment": {"map": "coolwarm", "scale": "log2", "symmetric": True},
            "other": {"map": "viridis", "scale": "linear", "symmetric": False},
        },
        "units": {
            "pileup/oe": "O/E",
            "pileup/balanced": "balanced contacts",
            "pileup/raw": "counts",
            "pileup/ratio": "ratio",
            "pileup/difference": "difference",
            "stackup": "signal",
            "profile": "mean signal",
            "profile/normalized": "signal, each line 0–1",
            "density": "regions per cell",
            "enrichment": "odds ratio",
            "overlay": "mean signal",
            "other": "value",
        },
    }


def rules_text() -> str:
    """``build_rules`` as the file's text."""
    return json.dumps(build_rules(), indent=1, ensure_ascii=False) + "\n"
