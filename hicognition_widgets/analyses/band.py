"""The near-diagonal band of a map, kept in a folder between calls and processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources.contact_map import ContactMap
from hicognition_widgets.sources.pixels import read_pixels

Array = npt.NDArray[Any]


def build_band(contacts: ContactMap, width: int) -> Array:
    """All counts at distances below `width` bins, (bins, width) of an unsigned integer.

    ``band[i, d]`` is the count of bins i and i + d; float64 for maps of float counts.
    """
    with read_pixels(contacts) as reader:
        return reader.add_to_band(
            reader.new_band(width), np.array([[0, contacts.n_pixels]], dtype=np.int64)
        )


def cached_band(contacts: ContactMap, width: int, widest: int, folder: Path) -> Array:
    """The band from the folder, built and put there if it is not."""
    raise NotImplementedError
