"""A matrix of colours as vector cells without seams, gaps hatched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP_GROUND, GAP_INK = "#f4f4f4", "#cfcfcf"
MOST_VECTOR_CELLS = 65_536
"""Above this many cells a picture inside the figure is smaller and as crisp."""
LEAST_CELL = 0.08
"""Cells lower or narrower than this many mm are a picture too: no one can tell them apart."""
UNDERLAP = 1
"""How far a cell reaches under its right and lower neighbours, in cells: no seams."""


def draw_outline(axes: Axes, inside: npt.NDArray[np.bool_], width: float) -> None:
    """The border between cells that are inside and those that are not, on a light halo."""
    from matplotlib.collections import LineCollection

    segments = outline(inside)
    for colour, wide in (("white", 2.2 * width), ("black", 0.9 * width)):
        axes.add_collection(
            LineCollection(segments, colors=colour, linewidths=wide, capstyle="projecting"),
            autolim=False,
        )


def outline(inside: npt.NDArray[np.bool_]) -> list[list[tuple[int, int]]]:
    """Straight pieces ``[(x, y), (x, y)]`` around the cells inside, as long as they go."""
    padded = np.pad(inside, 1)
    pieces = []
    for flat, turned in ((padded, False), (padded.T, True)):
        border = flat[1:, 1:-1] != flat[:-1, 1:-1]
        for at, line in enumerate(border):
            ends = np.flatnonzero(np.diff(line.astype(np.int8), prepend=0, append=0))
            for start, stop in ends.reshape(-1, 2).tolist():
                piece = [(start, at), (stop, at)]
                pieces.append([(y, x) for x, y in piece] if turned else piece)
    return pieces


def draw_cells(
    axes: Axes,
    colours: npt.NDArray[np.uint8],
    *,
    vector: bool,
    picture: bool = False,
    underlap: int = UNDERLAP,
) -> None:
    """One rectangle per run of one colour; what comes later covers the underlap before it."""
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    rows, columns = colours.shape[:2]
    flat = colours.reshape(-1, 4)
    row, column = np.divmod(np.arange(len(flat)), columns)
    missing = flat[:, 3] == 0
    if picture:
        axes.imshow(
            colours, extent=(0, columns, rows, 0), aspect="auto",
            interpolation="none" if vector else "auto",
        )  # fmt: skip
    else:
        first = column == 0
        first[1:] |= (flat[1:] != flat[:-1]).any(axis=1)
        start = np.flatnonzero(first)
        length = np.diff(start, append=len(flat))
        seen = ~missing[start]
        x, y = column[start], row[start]
        right = np.minimum(x + length + underlap, columns)
        bottom = np.minimum(y + 1 + underlap, rows)
        corners = np.array([[x, y], [right, y], [right, bottom], [x, bottom]])
        axes.add_collection(
            PolyCollection(
                corners.transpose(2, 0, 1)[seen], facecolors=flat[start][seen] / 255,
                edgecolors="none", linewidths=0, antialiased=vector,
            ),
            autolim=False,
        )  # fmt: skip
    if missing.any():
        x, y = column[missing], row[missing]
        corners = np.array([[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]])
        vertices = corners.transpose(2, 0, 1).reshape(-1, 2)
        moves = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO]
        codes = np.tile(np.array([*moves, Outline.CLOSEPOLY], np.uint8), len(x))
        axes.add_patch(
            PathPatch(
                Outline(vertices, codes), facecolor=GAP_GROUND, edgecolor=GAP_INK,
                hatch="////////", linewidth=0,
            )
        )  # fmt: skip
