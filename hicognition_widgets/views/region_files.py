"""A comparison's regions as BED or BEDPE, with the clusters that its embeddings show."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.bed import read_regions, write_bed
from hicognition_widgets.views.embedding_base import Embedding
from hicognition_widgets.views.loci import locus_columns
from hicognition_widgets.views.provenance import signature, view_provenance
from hicognition_widgets.views.tables import safe_stem

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison


def cluster_views(comparison: Comparison) -> dict[str, Embedding]:
    """Embeddings that show clusters by now, by the name of their column.

    ``cluster`` if there is one, else ``cluster_1``, ``cluster_2``, … in the order shown.
    """
    found = [
        view
        for view in comparison.views
        if isinstance(view, Embedding) and view.status == "ready"
    ]
    if len(found) == 1:
        return {"cluster": found[0]}
    return {f"cluster_{i}": view for i, view in enumerate(found, start=1)}


def labelled(
    comparison: Comparison, rows: Any | None = None, labels: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """The regions with the columns of BED6 or BEDPE first, then clusters, then other labels.

    Raises
    ------
    InputError
        If there is no region set, or labels or rows do not fit it.
    """
    from hicognition_widgets.export.regions import labelled_regions

    record = comparison.regions
    if record is None:
        raise InputError("there is no region set to write")
    known = {name: view.clusters for name, view in cluster_views(comparison).items()}
    return labelled_regions(read_regions(record.path).frame, known | dict(labels or {}), rows)


def region_file(
    comparison: Comparison, name: str, rows: Any | None, labels: Mapping[str, Any]
) -> tuple[bytes, dict[str, Any]]:
    """Content of a file of that name, and the facts that lie beside it.

    Raises
    ------
    InputError
        If labels or rows do not fit, or the name's ending is another one.
    """
    record = comparison.regions
    if record is None:
        raise InputError("there is no region set to write")
    ending = region_ending(comparison)
    plain = name.lower().removesuffix(".gz")
    if not plain.endswith((ending, ".csv")):
        raise InputError(f'"{record.name}" is written as {ending} or .csv, not "{name}"')
    table = labelled(comparison, rows, labels)
    facts = {
        "regions": {"name": record.name, "fingerprint": record.fingerprint},
        "assembly": record.assembly,
        "rows": len(table),
        "of": record.n_regions,
        "columns": list(table.columns),
        **signature(comparison, comparison.title),
        "labels": {
            column: view_provenance(view)
            for column, view in cluster_views(comparison).items()
            if column not in labels
        },
    }
    if plain.endswith(".csv"):
        return table.to_csv(index=False, lineterminator="\n").encode(), facts
    return _bed(table, Path(name).name), facts


def _bed(table: pd.DataFrame, name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder) / name
        write_bed(table, scratch)
        return scratch.read_bytes()


def embedded_regions(comparison: Comparison) -> dict[str, Any] | None:
    """What a page needs to write regions by itself.

    Returns
    -------
    dict or None
        ``name`` and ``ending`` of the file, ``standard`` (how many columns stand before
        labels), ``loci`` (those that the set has and that say where a region lies), ``text``
        (BED without labels) and ``origin``. None without a region set.
    """
    from hicognition_widgets.export.regions import labelled_regions

    record = comparison.regions
    if record is None:
        return None
    ending = region_ending(comparison)
    frame = read_regions(record.path).frame
    table = labelled_regions(frame, {})
    return {
        "name": region_stem(comparison, selected=False),
        "ending": ending,
        "standard": 10 if record.dims == 2 else 6,
        "loci": locus_columns(frame),
        "text": _bed(table, f"regions{ending}").decode(),
        "origin": {
            "regions": {"name": record.name, "fingerprint": record.fingerprint},
            "assembly": record.assembly,
            "of": record.n_regions,
        },
    }


def region_ending(comparison: Comparison) -> str:
    """``.bedpe`` for pairs, ``.bed`` otherwise."""
    pairs = comparison.regions is not None and comparison.regions.dims == 2
    return ".bedpe" if pairs else ".bed"


def region_stem(comparison: Comparison, *, selected: bool) -> str:
    """Name for a file of the regions, without its ending."""
    name = comparison.regions.name if comparison.regions is not None else ""
    chosen = comparison.selection_facts.get("name") or "selected"
    return safe_stem(name, chosen if selected else "")


def save_regions(
    comparison: Comparison, path: Path, rows: Any | None, labels: Mapping[str, Any]
) -> list[Path]:
    """Write a comparison's regions with labels; see :meth:`Comparison.save_regions`."""
    from hicognition_widgets.export.files import write_with_origin

    content, facts = region_file(comparison, path.name, rows, labels)
    return write_with_origin(path, content, facts)
