"""Records of the catalog as inputs of a request."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hicognition_widgets import register
from hicognition_widgets.catalog import AssemblyRecord, DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.assembly import Assembly
from hicognition_widgets.jobs import AssemblyInput, FeatureInput, RegionsInput
from hicognition_widgets.workspace.base import Rows


def row_numbers(subset: Rows | None) -> tuple[int, ...] | None:
    """Row numbers from numbers or a mask."""
    if subset is None:
        return None
    chosen = np.asarray(subset)
    if chosen.dtype == np.bool_:
        chosen = np.flatnonzero(chosen)
    if chosen.ndim != 1 or not (chosen.size == 0 or np.issubdtype(chosen.dtype, np.integer)):
        raise InputError("subset needs row numbers or a boolean mask, one per region")
    return tuple(int(number) for number in chosen)


def regions_input(record: DatasetRecord) -> RegionsInput:
    """A region set as the input of a request; refuses features."""
    if record.kind != "regions":
        raise InputError(f'"{record.name}" is a feature; a region set is needed here')
    return RegionsInput(
        id=str(record.id),
        name=record.name,
        fingerprint=record.fingerprint,
        path=str(record.path),
        dims=2 if record.dims == 2 else 1,
        kind="interval" if record.region_kind == "interval" else "point",
        n=record.n_regions or 0,
    )


def feature_input(record: DatasetRecord) -> FeatureInput:
    """A signal track, contact map or region set as the thing that is looked at."""
    return FeatureInput(
        id=str(record.id),
        name=record.name,
        fingerprint=record.fingerprint,
        path=str(record.path),
        kind=record.kind,
    )


def assembly_input(record: AssemblyRecord) -> AssemblyInput:
    """Chromosome lengths and arms as workers need them."""
    view = Assembly(
        name=record.name,
        organism=record.organism,
        chromsizes=dict(record.chromsizes),
        arms=pd.DataFrame(list(record.arms), columns=["chrom", "start", "end", "name"])
        if record.arms
        else None,
    ).view_df
    return AssemblyInput(
        name=record.name,
        chromsizes=tuple(record.chromsizes.items()),
        arms=tuple(register.view_rows(view)),
    )
