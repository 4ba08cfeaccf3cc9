"""A HiGlass view at a region, where the package ``higlass-python`` is installed.

The package is not needed for anything else and is only imported here. Its widget loads the
HiGlass program from the network when it is shown; nothing of this project does.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Sequence
from typing import Any

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.names import bare_name
from hicognition_widgets.views.looking import Locus

_HOW = "pip install higlass-python clodius"


def higlass_installed() -> bool:
    """Whether a HiGlass view could be made; imports nothing."""
    return importlib.util.find_spec("higlass") is not None


def higlass_view(
    loci: Sequence[Locus], contact_map: DatasetRecord | None, tracks: Sequence[DatasetRecord]
) -> Any:
    """A HiGlass view of a contact map and signal tracks at one region.

    Parameters
    ----------
    loci : sequence of Locus
        Where: along both axes the same, or the two anchors of a pair.
    contact_map : DatasetRecord or None
        In the middle.
    tracks : sequence of DatasetRecord
        Above it.

    Returns
    -------
    higlass.Viewconf
        Show it in a cell; ``.widget()`` is its widget.

    Raises
    ------
    InputError
        If the package is missing, there is nothing to show, or the files do not know the
        chromosome.
    """
    if contact_map is None and not tracks:
        raise InputError("HiGlass needs a contact map or a signal track to show")
    if not higlass_installed():
        raise InputError(f"HiGlass is not installed; {_HOW}")
    first = contact_map or tracks[0]
    x, y = loci[-1], loci[0]  # rows are anchor 1, columns anchor 2
    domains = [_domain(locus, _chromsizes(first), first.name) for locus in (x, y)]
    try:
        higlass = importlib.import_module("higlass")
        shown = [(higlass.bigwig(track.path).track("line"), "top") for track in tracks]
        if contact_map is not None:
            shown.append((higlass.cooler(contact_map.path).track("heatmap"), "center"))
        view = higlass.view(*shown).domain(x=domains[0], y=domains[1])
        return view.viewconf()
    except ImportError as error:
        raise InputError(f"HiGlass cannot be used: {error}; {_HOW}") from error


def _domain(
    locus: Locus, chromsizes: Sequence[tuple[str, int]], name: str
) -> tuple[float, float]:
    """The window in the coordinates of HiGlass, which puts all chromosomes in one row."""
    before = 0
    for chrom, length in chromsizes:
        if bare_name(chrom) == bare_name(locus.chrom):
            start, end = locus.window
            return float(before + start), float(before + min(end, length))
        before += length
    raise InputError(f'"{name}" has no chromosome {locus.chrom}')


def _chromsizes(record: DatasetRecord) -> list[tuple[str, int]]:
    """Chromosomes in the order that HiGlass puts them: a map's own, a track's by number."""
    if record.kind == "contact_map":
        from hicognition_widgets.sources.map_info import inspect_contact_map

        return list(inspect_contact_map(record.path).chromsizes.items())
    from hicognition_widgets.sources.signal_track import inspect_signal_track

    sizes = inspect_signal_track(record.path).chromsizes
    return sorted(sizes.items(), key=lambda item: _by_number(item[0]))


def _by_number(name: str) -> list[tuple[bool, int, str]]:
    """chr2 before chr10, numbers before letters."""
    parts = re.findall(r"\d+|\D+", name)
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]
