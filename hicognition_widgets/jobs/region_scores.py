"""One number per region from a contact map, computed with a pileup that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import work

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from hicognition_widgets.jobs.request import Request

OPTION: Final = "score"
"""Name of the option of a pileup that asks for a number per region."""
COLUMNS: Final = {"loop": "loop_center", "insulation": "insulation", "domain": "domain"}
"""What is asked for, and which score of the analyses that is."""


def without_score(request: Request) -> Request:
    """The same pileup, the average only."""
    options = tuple(option for option in request.options if option[0] != OPTION)
    return request.replace(options=options)


def score_of(
    request: Request, regions: pd.DataFrame, resolution: str, cache: Path | None
) -> npt.NDArray[np.float32]:
    """The number that a request asks for, float32 ``(n,)``; NaN where data is missing.

    Parameters
    ----------
    request : Request
        A pileup with :data:`OPTION`.
    regions : DataFrame
        The region set.
    resolution : str
        Address of the map at the request's bin size; of the file for intervals.
    cache : Path, optional
        Folder of bands.

    Raises
    ------
    InputError
        If there is no such score.
    """
    from hicognition_widgets.analyses.scores import region_scores

    kind: Any = request.option(OPTION)
    if kind not in COLUMNS:
        raise InputError(f'regions are scored by {", ".join(COLUMNS)}, not by "{kind}"')
    common: dict[str, Any] = {
        "kind": kind,
        "normalization": request.normalization,
        "view_df": work.view_of(request.assembly),
    }
    if kind == "domain":
        if request.bin_percent is None:
            raise InputError("a domain score needs regions from start to end")
        # the analysis' own grid: a stackup shows less around than the score compares with
        found = region_scores(resolution, regions, **common)
    else:
        found = region_scores(
            resolution,
            regions,
            flank=request.flank,
            anchor=request.anchor,
            cache=cache,
            **common,
        )
    return found[COLUMNS[kind]].to_numpy(dtype=np.float32)
