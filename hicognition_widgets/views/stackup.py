"""One row of signal per region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import row_sources, rows
from hicognition_widgets.views.array_axis import ArrayAxis
from hicognition_widgets.views.array_values import Annotation, numbers, region_names
from hicognition_widgets.views.array_values import groups as array_groups
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.commands import Command, Reply
from hicognition_widgets.views.loci import Table
from hicognition_widgets.views.payload import encode
from hicognition_widgets.views.row_image import SHOWN, Lines, overview, pictured
from hicognition_widgets.views.row_names import row_names
from hicognition_widgets.views.row_ordering import RowOrdering
from hicognition_widgets.views.traits import RowRange

MOST_LINES = 4096
"""More lines than any screen has are not sent at once."""
_FIGURE_LINES = 1024


class Stackup(RowOrdering):
    """All regions as rows, sorted and grouped, with the average of each group on top.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and

    Parameters
    ----------
    sort_by : str
        Order of the rows: ``"center"``, ``"region"`` (mean), for intervals ``"left"`` and
        ``"right"`` (boundary), ``"input"``, ``"random"``, ``"annotation:NAME"``, or
        ``"map:ID"``: the strength of each region in a contact map.
    ascending : bool
        Smallest value on top.
    sort_track : dataset, name or number, optional
        Another track whose centre, mean or boundary the rows are sorted by.
    sort_seed : int
        Of the random order.
    group_by : str
        Blocks of rows: ``"annotation:NAME"`` for categories, ``"clusters:1,2"`` for clusters
        by the tracks or the contact map of these numbers; see :meth:`group_like`.
    group_clusters : int
        Number of clusters.
    group_binsize : int, optional
        Bin size of the clustering in bp; the usual one of the flank if not given.
    zoom : (int, int), optional
        Rows on screen by their place in the order: the first, and the one after the last.
    """

    analysis = "stackup"
    feature_kind = "signal_track"
    kept: ClassVar[tuple[str, ...]] = (*RowOrdering.kept, "zoom")
    adopted: ClassVar[tuple[str, ...]] = ("scale", "symmetric", "cmap")

    shareable = traitlets.Bool(True).tag(sync=True)
    kind = traitlets.Unicode("stackup").tag(sync=True)
    zoom = RowRange().tag(sync=True)

    #: Number of the last picture; finer rows are sent only for the one that is shown.
    _picture: int = 0

    @classmethod
    def from_array(
        cls,
        values: npt.ArrayLike,
        *,
        flank: int | None = None,
        name: str = "signal",
        regions: str = "regions",
        names: Sequence[str] | None = None,
        annotations: Mapping[str, npt.ArrayLike] | None = None,
        groups: npt.ArrayLike | None = None,
        **settings: Any,
    ) -> Self:
        """Show signal per region that is at hand, without a catalog.

        Parameters
        ----------
        values : array_like (regions, bins)
            One row per region; NaN is missing.
        flank : int, optional
            bp on both sides of the points. Without it the bins are those of regions scaled
            to one length, a fifth of it added on both sides.
        name, regions : str
            What the signal and the regions are called.
        names : sequence of str (regions,), optional
            What each region is called, for the read-out.
        annotations : mapping of str to array_like (regions,), optional
            Numbers or categories that the rows can be sorted by (``annotation:NAME``), and
            grouped by if they are categories.
        groups : array_like (regions,), optional
            Text or whole number per region: rows of one stand together, those of None or
            below zero last. Kept as the annotation ``groups``.
        **settings
            Any trait of the view.

        Raises
        ------
        InputError
            If the array does not fit.
        """
        signal = numbers(values, 2, "a stackup", np.float32)
        axis = ArrayAxis.of(signal.shape[1], flank, middle=False)
        answers = {name: {"rows": signal}}
        n = len(signal)
        categories: dict[str, Annotation] = {}
        if groups is not None:
            if "groups" in (annotations or {}):
                raise InputError('give groups, or an annotation "groups", not both')
            categories["groups"] = array_groups("groups", groups, n)
            settings.setdefault("group_by", f"{row_sources.ANNOTATION}groups")
        host = ArrayHost(
            "signal_track", answers, axis, n, regions,
            annotations=annotations, categories=categories,
            names=None if names is None else region_names(names, n),
        )  # fmt: skip
        return cls(host, host.regions, host.features, **(axis.settings | settings))

    def set_regions(self, regions: DatasetRecord | None) -> None:
        """Look at another region set, at all of its rows."""
        with self.one_message():
            if self.regions is not None and self.regions != regions:
                self.zoom = None
            super().set_regions(regions)

    def scale_unit(self) -> str:
        """What the values of the picture are."""
        return "log2 signal" if self.scale == "log2" else "signal"

    def scale_family(self) -> str:
        """Lines and rows of one signal share."""
        return "signal"

    # -- showing -----------------------------------------------------------------------

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        return self._presented(results, self.arrangement(results, anew=True))

    def _presented(
        self, results: Sequence[StoredResult], shown: rows.Arrangement
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        values = np.asarray(results[0].arrays["rows"])
        lines, profiles = overview(values, shown.order, shown.sizes)
        with self._lock:
            self._picture += 1
            picture = self._picture
        meta = dict(results[0].meta) | {
            "axis": self.axis(values.shape[1]),
            "n_rows": len(shown.order),
            "blocks": _described(shown, lines),
            "row_names": self._names(shown, lines),
            "picture": picture,
        }
        arrays: dict[str, npt.NDArray[Any]] = {
            "image": lines.image,
            "row_edges": lines.edges,
            "order": shown.order.astype(np.int32),
            "profile": profiles,
        }
        return meta, arrays

    def window(self, first: int, after: int, lines: int) -> tuple[Lines, list[str] | None]:
        """Rows from one place in the order to another as at most so many lines.

        Parameters
        ----------
        first, after : int
            Places in the order, counted from 0; the second is not part of it.
        lines : int
            Lines of the picture, 1 to :data:`MOST_LINES`.

        Returns
        -------
        Lines
            A line averages neighbouring rows where there are more rows than lines.
        list of str or None
            Names of the regions if every line is one.

        Raises
        ------
        InputError
            If there are no such rows.
        """
        results = self.results
        shown = self.arrangement(results)
        n = len(shown.order)
        if not (0 <= first < after <= n and 1 <= lines <= MOST_LINES):
            raise InputError(
                f"there are {n:,} rows, numbered from 0, and a picture has 1 to "
                f"{MOST_LINES:,} lines"
            )
        values = np.asarray(results[0].arrays["rows"])
        found = pictured(values, shown.order, shown.sizes, first, after, lines)
        return found, self._names(shown, found)

    def _names(self, shown: rows.Arrangement, lines: Lines) -> list[str] | None:
        """Names of the regions of a picture in which every line is one region."""
        if len(lines.edges) - 1 != int(lines.edges[-1] - lines.edges[0]):
            return None
        inside = shown.order[lines.edges[0] : lines.edges[-1]]
        return row_names(self._host, self.regions, inside)

    def figure_result(self) -> dict[str, Any] | None:
        """What a figure draws: the rows that are on screen, finer than a screen shows them."""
        result = super().figure_result()
        if result is None or self.status != "ready" or not self._results:
            return result
        n = int(result["meta"]["n_rows"])
        first, after = (0, n) if self.zoom is None or self.zoom[1] > n else self.zoom
        if after - first == n and n <= SHOWN:
            return result
        lines, names = self.window(first, after, _FIGURE_LINES)
        blocks = _described(self.arrangement(self.results), lines)
        meta = {"blocks": blocks, "row_names": names, "window": [first, after]}
        arrays = {
            "image": encode(lines.image),
            "row_edges": encode(lines.edges),
            "overview": result["arrays"]["image"],
        }
        return {
            **result,
            "meta": result["meta"] | meta,
            "arrays": result["arrays"] | arrays,
        }

    # -- from Python -------------------------------------------------------------------

    def _data(self) -> npt.NDArray[np.float32]:
        return np.asarray(self._results[0].arrays["rows"])

    def to_frame(self) -> pd.DataFrame:
        """One row per region in the order shown: where it lies, ``region``, then the bins.

        First ``chrom, start, end`` (of pairs ``chrom1`` to ``end2``), ``name`` and ``strand``
        where the region set has them, unless the view was made of arrays; then the row number
        in the set. Grouped rows say in ``group`` where they belong. Where the region file is
        gone or has changed, a :class:`~hicognition_widgets.errors.DatasetNotice` says so.
        """
        return self.table().told()

    def table(self) -> Table:
        """:meth:`to_frame` before the regions of its rows are looked up."""
        values = self.data
        shown = self.arrangement(self._results)
        columns = [str(i) for i in range(values.shape[1])]
        frame = pd.DataFrame(values[shown.order], columns=columns)
        frame.insert(0, "region", shown.order)
        if self.group_by:
            names = [block.name for block in shown.blocks]
            frame.insert(1, "group", np.repeat(np.array(names, dtype=object), shown.sizes))
        return Table(frame, shown.order, self._host, self.regions)

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Command]:
        return super()._commands() | {"rows": self._send_rows}

    def _send_rows(self, args: Mapping[str, Any]) -> Reply:
        """Lines of a window for the screen; none if the picture is another by now."""
        first, after, lines = (args.get(name) for name in ("first", "after", "lines"))
        if not (isinstance(first, int) and isinstance(after, int) and isinstance(lines, int)):
            raise InputError("a window of rows is given by whole numbers")
        result = self.result
        if self.status != "ready" or not result:
            return Reply()
        if result["meta"]["picture"] != args.get("picture"):
            return Reply()  # the next picture is on its way
        found, names = self.window(first, after, lines)
        payload = {
            "first": first,
            "after": after,
            "bins": found.image.shape[1],
            "per_block": list(found.per_block),
            "names": names,
        }
        buffers = (found.image.astype("<f4").tobytes(), found.edges.astype("<i4").tobytes())
        return Reply(payload, buffers)


def _described(shown: rows.Arrangement, lines: Lines) -> list[dict[str, Any]]:
    """Blocks as the browser reads them."""
    return [
        {"name": b.name, "n": b.n, "lines": n, "role": b.role, "colour": b.colour}
        for b, n in zip(shown.blocks, lines.per_block, strict=True)
    ]
