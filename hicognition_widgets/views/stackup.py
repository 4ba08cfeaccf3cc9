"""One row of signal per region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import rows
from hicognition_widgets.views.arrays import ArrayAxis, ArrayHost, numbers
from hicognition_widgets.views.base import View


class Stackup(View):
    """All regions as rows, sorted, with their average on top.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and

    Parameters
    ----------
    sort_by : {"center", "region", "left", "right", "input", "random"}
        Order of the rows.
    ascending : bool
        Smallest value on top.
    """

    analysis = "stackup"
    feature_kind = "signal_track"
    kept: ClassVar[tuple[str, ...]] = (*View.kept, "sort_by", "ascending")

    adopted: ClassVar[tuple[str, ...]] = ("scale", "symmetric", "cmap")
    #: Row numbers as another stackup has them, top first; None for the own order.
    _taken_order: npt.NDArray[np.int64] | None = None

    shareable = traitlets.Bool(True).tag(sync=True)
    kind = traitlets.Unicode("stackup").tag(sync=True)
    sort_by = traitlets.Enum(tuple(rows.SORT_KEYS), default_value="center").tag(sync=True)
    sort_options = traitlets.List[Any]().tag(sync=True)
    ascending = traitlets.Bool(False).tag(sync=True)

    @classmethod
    def from_array(
        cls,
        values: npt.ArrayLike,
        *,
        flank: int | None = None,
        name: str = "signal",
        regions: str = "regions",
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
        host = ArrayHost("signal_track", answers, axis, len(signal), regions)
        return cls(host, host.regions, host.features, **(axis.settings | settings))

    def set_regions(self, regions: Any) -> None:
        """Look at another region set; the sort key is kept where it makes sense."""
        super().set_regions(regions)
        keys = rows.sort_keys(self.mode)
        self.sort_options = [{"id": key, "label": rows.SORT_KEYS[key]} for key in keys]
        if self.sort_by not in keys:
            self.sort_by = keys[0]

    def scale_unit(self) -> str:
        """What the values of the picture are."""
        return "log2 signal" if self.scale == "log2" else "signal"

    def scale_family(self) -> str:
        """Lines and rows of one signal share."""
        return "signal"

    def _follow_selection(self) -> None:
        """All rows stay; the selected ones stand first."""
        self._reorder({})

    @traitlets.observe("sort_by", "ascending")
    def _reorder(self, _change: Mapping[str, Any]) -> None:
        """The rows are at hand: only their order is new."""
        self._draw_again()

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        (result,) = results
        values = np.asarray(result.arrays["rows"])
        order = self.row_order(result)
        first = 0 if self._selected is None else len(self._selected)
        image, edges, blocks = rows.shown_blocks(values, order, first)
        axis = self.axis(values.shape[1])
        meta = dict(result.meta) | {"axis": axis, "n_rows": len(order)}
        if first:
            meta["blocks"] = [
                {"name": name, "n": n, "lines": lines}
                for name, n, lines in zip(
                    ("selected", "rest"), (first, len(order) - first), blocks, strict=True
                )
            ]
        arrays: dict[str, npt.NDArray[Any]] = {
            "image": image,
            "row_edges": edges,
            "order": order.astype(np.int32),
            "profile": rows.column_mean(values if not first else values[order[:first]]),
        }
        return meta, arrays

    def row_order(self, result: StoredResult) -> npt.NDArray[np.int64]:
        """Row numbers of the regions in the order shown, top first."""
        taken = self._taken_order
        own = taken is None or len(taken) != len(result.arrays["rows"])
        order = self._own_order(result) if own or taken is None else taken
        return order if self._selected is None else rows.chosen_first(order, self._selected)

    def _own_order(self, result: StoredResult) -> npt.NDArray[np.int64]:
        """Order that the settings say, whatever is selected."""
        values = np.asarray(result.arrays["rows"])
        body = self.body(values.shape[1])
        return rows.row_order(values, self.sort_by, ascending=self.ascending, body=body)

    def given_order(self) -> npt.NDArray[np.int64] | None:
        """The order of the rows to give; None while there is none."""
        results = self._results
        return self._own_order(results[0]) if results and self.status == "ready" else None

    def take_order(self, order: Any, /) -> None:
        """Show the rows in this order, or the own one again (None)."""
        if order is not self._taken_order:
            self._taken_order = order
            self._draw_again()

    def _data(self) -> npt.NDArray[np.float32]:
        return np.asarray(self._results[0].arrays["rows"])

    def to_frame(self) -> pd.DataFrame:
        """One row per region in the order shown: ``region`` (row number), then the bins."""
        values = self.data
        order = self.row_order(self._results[0])
        frame = pd.DataFrame(values[order], columns=[str(i) for i in range(values.shape[1])])
        frame.insert(0, "region", order)
        return frame
