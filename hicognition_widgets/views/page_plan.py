"""Which results a page embeds, and how large that makes it, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hicognition_widgets.errors import InputError
from hicognition_widgets.export.packing import text_size
from hicognition_widgets.views.base import View
from hicognition_widgets.views.row_image import SHOWN
from hicognition_widgets.views.runtime import page_source
from hicognition_widgets.views.together import comparisons_of

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.together import Shown

NORMALIZATIONS = ("oe", "balanced", "raw")
#: How the size of a result grows with its number of bins.
_GROWTH = {"pileup": 2, "profile": 1, "stackup": 1, "enrichment": 1}
_WITH_ROWS = ("profile", "stackup")
_BY_SELECTION = ("pileup", "profile", "stackup", "enrichment")
_MOST_VALUES = 20_000_000
_MOST_SNIPPET_VALUES = 5_000_000
_MOST_HIT_BYTES = 4_000_000
_FACTS = 1_500
_ORIGIN = 2_000
_PER_FEATURE = 300
#: Bytes of a line of BED, and of BEDPE.
_REGION, _PAIR = 45, 80
#: What a selection that has no name of its own is called in a page.
_SELECTED = "selected"


@dataclass(frozen=True)
class PageOptions:
    """What a page can switch between besides what is shown.

    Attributes
    ----------
    flanks : sequence of int
        Further flanks in bp.
    bins : {"shown", "all"}
        Only the bin sizes that are shown, or all usual ones; embeddings keep theirs.
    normalizations : sequence of str
        Of contact maps; the one shown is always there, and the only one of embeddings.
    rows : bool
        The signal and, unless they are too large, the snippets and overlaps of every region:
        all sort orders, and averages and enrichments of selections made by hand.
    quantise : bool
        Values in 16 bit codes, half the size.
    selections : mapping of str to int array or bool array, optional
        Named selections of regions: row numbers, or a mask. None for the kept ones.
    """

    flanks: Sequence[int] = ()
    bins: Literal["shown", "all"] = "shown"
    normalizations: Sequence[str] = ("oe", "balanced")
    rows: bool = False
    quantise: bool = False
    selections: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.bins not in ("shown", "all"):
            raise InputError(f'bins is "shown" or "all", not {self.bins!r}')
        for name in self.normalizations:
            if name not in NORMALIZATIONS:
                raise InputError(
                    f"normalizations are {', '.join(NORMALIZATIONS)}, not {name!r}"
                )
        for flank in self.flanks:
            if type(flank) is not int or flank <= 0:
                raise InputError(f"flanks are positive whole numbers of bp, not {flank!r}")


def selections_of(
    comparison: Comparison, options: PageOptions
) -> tuple[dict[str, tuple[int, ...]], int | None]:
    """Row numbers of each selection of a page, and which of them it shows at first.

    What is selected now goes along; under the name it was kept by, if it was.

    Raises
    ------
    InputError
        If a selection is empty, too long, or names regions that are not there.
    """
    n = comparison.regions.n_regions if comparison.regions is not None else 0
    given = options.selections
    named = comparison.kept_selections if given is None else given
    found = {str(name): _rows(str(name), rows, n or 0) for name, rows in named.items()}
    if comparison.selection is None:
        return found, None
    now = tuple(int(row) for row in comparison.selection)
    names = [name for name, rows in found.items() if rows == now]
    if names:
        return found, list(found).index(names[0])
    name = _SELECTED
    while name in found:
        name = f"{name} now"
    return found | {name: now}, len(found)


def _rows(name: str, rows: Any, n: int) -> tuple[int, ...]:
    chosen = np.asarray(rows)
    if chosen.dtype == np.bool_ and chosen.shape == (n,):
        chosen = np.flatnonzero(chosen)
    whole = chosen.ndim == 1 and np.issubdtype(chosen.dtype, np.integer)
    if not whole or not chosen.size or chosen.min() < 0 or chosen.max() >= n:
        raise InputError(
            f'the selection "{name}" needs row numbers from 0 to {n - 1:,}, or a mask of '
            f"{n:,} values, and at least one region"
        )
    return tuple(int(row) for row in np.unique(chosen))


def variants(view: View, options: PageOptions) -> Iterator[dict[str, Any]]:
    """Settings of a view for each result to embed besides the one it shows.

    Embeddings only follow the flank: every other bin size or normalization would be another
    map, which takes long.
    """
    shown = getattr(view, "normalization", None)
    normalizations: list[Any] = [shown]
    if shown is not None and not _embeds(view):
        normalizations += [one for one in options.normalizations if one != shown]
    for size in _sizes(view, options):
        for normalization in normalizations:
            settings = (
                size if normalization is None else size | {"normalization": normalization}
            )
            if any(getattr(view, name) != value for name, value in settings.items()):
                yield settings


def _embeds(view: View) -> bool:
    return view.kind.startswith("embedding")


def _sizes(view: View, options: PageOptions) -> Iterator[dict[str, Any]]:
    """Flanks and bin sizes, the shown ones first."""
    every = options.bins == "all" and not _embeds(view)
    if view.mode == "interval":
        others = view.bin_options if every else []
        for percent in dict.fromkeys([view.bin_percent, *others]):
            yield {"bin_percent": percent}
        return
    shown = [] if view.flank is None else [view.flank]
    for flank in dict.fromkeys([*shown, *options.flanks]):
        stops = view.bin_stops(flank)
        chosen = view.bin_for(flank)
        bins = [chosen, *(stops if every else [])]
        for binsize in dict.fromkeys(size for size in bins if size is not None):
            yield {"flank": flank, "binsize": binsize}


def with_rows(view: View, options: PageOptions) -> bool:
    """True if the page holds the signal of every region of this view."""
    return options.rows and view.kind in _WITH_ROWS and view.regions is not None


def with_snippets(view: View, options: PageOptions) -> bool:
    """True if the page holds the snippet of every region behind this pileup as it is shown."""
    if not options.rows or view.kind != "pileup" or view.regions is None:
        return False
    if getattr(view, "versus", ()):  # a second average, which is not made in the page
        return False
    return (view.regions.n_regions or 0) * _bins(view, {}) ** 2 <= _MOST_SNIPPET_VALUES


def with_hits(view: View, options: PageOptions) -> bool:
    """True if the page holds which regions overlap which region sets of this view."""
    return options.rows and 0 < _hit_bytes(view, {}) <= _MOST_HIT_BYTES


def _hit_bytes(view: View, settings: dict[str, Any]) -> int:
    """Bytes for one bit per region, position and region set, and one more for its place."""
    if view.kind != "enrichment" or view.regions is None:
        return 0
    per_set = _bins(view, settings) * math.ceil((view.regions.n_regions or 0) / 8)
    return (len(view.features) + 1) * per_set


def with_regions(comparison: Comparison, options: PageOptions) -> bool:
    """True if the page holds the regions themselves.

    Some can be picked in it, or its numbers are about single ones.
    """
    selections, _ = selections_of(comparison, options)
    single = any(_embeds(view) or _shows_each(view) for view in comparison.views)
    return options.rows or single or bool(selections)


def _shows_each(view: View) -> bool:
    """True if every region has a line of its own."""
    few = view.regions is not None and (view.regions.n_regions or 0) <= SHOWN
    return view.kind == "stackup" and few


def page_size(shown: Shown, options: PageOptions) -> int:
    """About how many bytes the page will have; computes nothing that is not there yet."""
    parts = sum(_part_size(comparison, options) for comparison in comparisons_of(shown))
    return len(page_source().encode()) + 20_000 + parts


def _part_size(comparison: Comparison, options: PageOptions) -> int:
    total = 0
    rows: dict[tuple[Any, ...], int] = {}
    selections, _ = selections_of(comparison, options)
    total += sum(text_size((len(chosen),), 4) for chosen in selections.values())
    regions = comparison.regions
    if regions is not None and with_regions(comparison, options):
        total += (regions.n_regions or 0) * (_PAIR if regions.dims == 2 else _REGION)
    for view in comparison.views:
        if view.result is None:
            continue
        if with_snippets(view, options) and regions is not None:
            shape = (regions.n_regions or 0, _bins(view, {}) ** 2)
            total += text_size(shape, 2 if options.quantise else 4)
        for settings in [{}, *variants(view, options)]:
            size = _result_size(view, settings, options)
            total += _FACTS + size + _ORIGIN + _PER_FEATURE * len(view.features)
            if by_selection(view, options):
                total += (_FACTS + size) * len(selections)
            if with_hits(view, options):
                total += _FACTS + text_size((_hit_bytes(view, settings),), 1)
            if with_rows(view, options) and view.regions is not None:
                n, bins = view.regions.n_regions or 0, _bins(view, settings)
                if n * bins <= _MOST_VALUES:
                    size = text_size((n, bins), 2 if options.quantise else 4)
                    for feature in view.features:
                        rows[feature, view.side, *sorted(settings.items())] = size
    return total + sum(rows.values())


def by_selection(view: View, options: PageOptions) -> bool:
    """True if the page holds this view's result for each named selection.

    Where it holds the signal of every region, stackups of selections are made in the page.
    """
    return view.kind in _BY_SELECTION and not (view.kind == "stackup" and options.rows)


def fits(n: int, bins: int) -> bool:
    """Whether the rows of all regions are few enough for a page."""
    return n * bins <= _MOST_VALUES


def _bins(view: View, settings: dict[str, Any]) -> int:
    """Bins along one side of a view with these settings."""
    percent = settings.get("bin_percent", view.bin_percent)
    if view.mode == "interval":
        return max(1, math.floor(140 / percent)) if percent else 1
    flank = settings.get("flank", view.flank)
    binsize = settings.get("binsize", view.binsize)
    return max(1, 2 * flank // binsize) if flank and binsize else 1


def _result_size(view: View, settings: dict[str, Any], options: PageOptions) -> int:
    growth = (_bins(view, settings) / _bins(view, {})) ** _GROWTH.get(view.kind, 0)
    total = 0.0
    for array in view.result["arrays"].values():
        itemsize = {"float32": 4, "float64": 8, "uint8": 1}.get(array["dtype"], 4)
        if options.quantise and array["dtype"].startswith("float"):
            itemsize = 2
        total += text_size(tuple(array["shape"]), itemsize) * growth
    return round(total)
