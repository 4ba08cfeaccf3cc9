"""What a page knows of every region: names, and what its rows are sorted and grouped by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hicognition_widgets.export.packing import as_text
from hicognition_widgets.views import row_sources
from hicognition_widgets.views.base import View
from hicognition_widgets.views.payload import encode
from hicognition_widgets.views.row_names import row_names
from hicognition_widgets.views.stackup import Stackup

MOST_ANNOTATIONS = 20


def region_facts(views: Sequence[View]) -> dict[str, Any]:
    """Facts of the region set that these views show, by row number.

    Returns
    -------
    dict
        ``names`` (or None), ``values`` by sort key, and ``groups`` by
        :attr:`Stackup.group_by`: codes, names, and what regions without a group are called.
    """
    stackups = [view for view in views if isinstance(view, Stackup)]
    if not stackups or stackups[0].regions is None or stackups[0].host is None:
        return {"names": None, "values": {}, "groups": {}}
    host, regions = stackups[0].host, stackups[0].regions
    rows = np.arange(regions.n_regions or 0, dtype=np.int64)
    values, groups = {}, {}
    for name in host.annotation_names(regions)[:MOST_ANNOTATIONS]:
        levels, found = host.annotation_values(regions, name)
        key = f"{row_sources.ANNOTATION}{name}"
        values[key] = as_text(encode(found.astype(np.float32)), quantise=False)
        if levels:
            groups[key] = _group(np.where(np.isnan(found), -1, found), levels, "no value")
    for view in stackups:
        clusters = view.clusters()
        if clusters is not None:
            key = f"{view.group_by};{view.group_clusters},{view.group_binsize or ''}"
            groups[key] = _group(*clusters)
    return {"names": row_names(host, regions, rows), "values": values, "groups": groups}


def _group(codes: Any, names: Sequence[str], unnamed: str) -> dict[str, Any]:
    content = encode(np.asarray(codes).astype(np.int32))
    return {"codes": as_text(content, quantise=False), "names": list(names), "unnamed": unnamed}
