"""Embeddings and enrichment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs.request import Request

if TYPE_CHECKING:
    import pandas as pd

    from hicognition_widgets.jobs.solvers import Solver
    from hicognition_widgets.jobs.work import TaskRun


def _not_there(_run: TaskRun, requests: Sequence[Request], _regions: pd.DataFrame) -> None:
    raise InputError(f"{requests[0].analysis} cannot be computed by this version")


SOLVERS: dict[str, Solver] = {
    "embedding1d": _not_there,
    "embedding2d": _not_there,
    "enrichment": _not_there,
}
