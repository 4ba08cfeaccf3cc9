"""Overlap with other region sets at every position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from hicognition_widgets.analyses import HitMatrix
from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError, InputError
from hicognition_widgets.jobs import Ask, Request
from hicognition_widgets.jobs.selections import HITS, REST
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import delivery, enrichment_tables
from hicognition_widgets.views.array_answers import TablesOfEnrichment, names_of
from hicognition_widgets.views.array_axis import ArrayAxis
from hicognition_widgets.views.array_values import numbers
from hicognition_widgets.views.arrays import ArrayHost
from hicognition_widgets.views.base import View
from hicognition_widgets.views.many import ManyFeatures
from hicognition_widgets.views.positions import bin_at, place_of
from hicognition_widgets.views.traits import Finite

RANKED_BY = ("odds_ratio", "name", "position", "a", "b", "c", "d", "p_value", "q_value")
CHARTS = ("ranking", "volcano", "table")


class Enrichment(ManyFeatures):
    """Which region sets overlap these regions more, or less, than chance, and where.

    Takes what :class:`~hicognition_widgets.views.base.View` takes, and what follows;
    `features` are region sets, or a collection of them.

    Parameters
    ----------
    chart : {"ranking", "volcano", "table"}
        Below the bars: odds ratios by rank; odds ratio against q; all numbers.
    position : float or None
        Place that is looked at: bp from the point, or percent of the region. None is the
        point, or the region's start.
    overall : bool
        Every region set at its own most significant position instead.
    search : str
        Only region sets whose name holds this text.
    max_q : float or None
        Only region sets with at most this false discovery rate.
    rank_by : {"odds_ratio", "name", "position", "a", "b", "c", "d", "p_value", "q_value"}
        Order of the region sets.
    rank_ascending : bool
        Smallest on top.
    holds : bool
        Selected regions are not compared with the rest: the selection is made of regions
        that were found here, and what they were found in stays on screen. Another
        selection ends that.
    """

    analysis = "enrichment"
    averages = True
    feature_kind = "regions"
    asks_for: ClassVar[tuple[str, ...]] = (*View.asks_for, "holds")
    kept: ClassVar[tuple[str, ...]] = (
        *View.kept, "chart", "position", "overall", "search", "max_q", "rank_by",
        "rank_ascending", "holds",
    )  # fmt: skip

    kind = traitlets.Unicode("enrichment").tag(sync=True)
    chart = traitlets.Enum(CHARTS, default_value="ranking").tag(sync=True)
    position = Finite().tag(sync=True)
    overall = traitlets.Bool(False).tag(sync=True)
    search = traitlets.Unicode().tag(sync=True)
    max_q = Finite().tag(sync=True, schema={"type": ["number", "null"], "minimum": 0})
    rank_by = traitlets.Enum(RANKED_BY, default_value="odds_ratio").tag(sync=True)
    rank_ascending = traitlets.Bool(False).tag(sync=True)
    holds = traitlets.Bool(False).tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, *args: Any, **settings: Any) -> None:
        self._found: npt.NDArray[np.int64] | None = None
        self._searching: Ask | None = None
        super().__init__(*args, **settings)

    @classmethod
    def from_array(
        cls,
        odds_ratio: npt.ArrayLike,
        p_value: npt.ArrayLike | None = None,
        *,
        q_value: npt.ArrayLike | None = None,
        overlap: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
        flank: int | None = None,
        n: int,
        regions: str = "regions",
        **settings: Any,
    ) -> Self:
        """Show odds ratios that are at hand, without a catalog.

        Parameters
        ----------
        odds_ratio : array_like (region sets, bins)
            Before any logarithm; infinite where a cell of the 2x2 table is empty, NaN
            without data.
        p_value, q_value : array_like (region sets, bins), optional
            Without q, Benjamini-Hochberg over the whole table of p.
        overlap : array_like (region sets, bins), optional
            Places of the regions that overlap.
        names : sequence of str, optional
            Names of the region sets.
        flank : int, optional
            bp on both sides of the points. Without it the bins are those of regions scaled
            to one length, a fifth of it added on both sides.
        n : int
            Number of regions.
        regions : str
            What the regions are called.
        **settings
            Any trait of the view.

        Raises
        ------
        InputError
            If the arrays do not fit.
        """
        odds = numbers(odds_ratio, 2, "odds_ratio", np.float64)

        def table(values: npt.ArrayLike | None, what: str) -> npt.NDArray[np.float64] | None:
            return None if values is None else numbers(values, 2, what, np.float64)

        p = table(p_value, "p_value")
        solve = TablesOfEnrichment(
            odds,
            np.full(odds.shape, np.nan) if p is None else p,
            table(q_value, "q_value"),
            table(overlap, "overlap"),
            n,
        )
        axis = ArrayAxis.of(odds.shape[1], flank, middle=False)
        sets = names_of(names, len(odds), "set")
        answers = {name: {"odds_ratio": odds[i]} for i, name in enumerate(sets)}
        host = ArrayHost("regions", answers, axis, n, regions, solve=solve)
        return cls(host, host.regions, host.features, **(axis.settings | settings))

    @traitlets.validate("max_q")
    def _check_rate(self, proposal: Mapping[str, Any]) -> float | None:
        value: float | None = proposal["value"]
        if value is not None and value < 0:
            raise traitlets.TraitError(f"max_q is a rate from 0 to 1, not {value:g}")
        return value

    def place(self) -> float | None:
        """The chosen position; None at the point itself, which has its mark everywhere."""
        return None if self.overall else self.position

    @traitlets.observe("position", "overall")
    def _show_place(self, _change: Mapping[str, Any]) -> None:
        """Mark the chosen position in the other views of these regions."""
        for view in self.around():
            if view is not self and view.regions == self.regions:
                view.marked = self.place()

    # -- asking ------------------------------------------------------------------------

    def _parameters(self) -> dict[str, Any]:
        parameters = super()._parameters()
        if self.holds:
            parameters.pop("subset", None)
        return parameters

    def _options(self) -> dict[str, Any]:
        """Selected regions are compared with the others of their set."""
        return {} if self._selected is None or self.holds else dict([REST])

    def select(self, rows: npt.NDArray[np.int64] | None) -> None:
        """Compare these regions with the others of the set, unless they were found here."""
        own = rows is not None and (self._found is None or np.array_equal(rows, self._found))
        with self.one_message():
            if not own:
                self._found, self.holds = None, False
                self.note = ""
            elif self.holds:
                # what a session brings is what was found when it was saved
                self._found = rows
        super().select(rows)

    # -- showing -----------------------------------------------------------------------

    def _present(
        self, results: Sequence[StoredResult]
    ) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        (result,) = results
        odds = np.asarray(result.arrays["odds_ratio"], dtype=np.float64)
        arrays: dict[str, npt.NDArray[Any]] = {
            "odds_ratio": odds,
            "log10_p": enrichment_tables.minus_log10(result.arrays["p_value"]),
            "log10_q": enrichment_tables.minus_log10(result.arrays["q_value"]),
            **enrichment_tables.margins(result),
        }
        meta = dict(result.meta) | {
            "axis": self.axis(odds.shape[1]),
            "tracks": self._tracks(),
            "against": "rest" if self._options() else "genome",
        }
        return meta, arrays

    # -- from Python -------------------------------------------------------------------

    def _data(self) -> npt.NDArray[np.float64]:
        return np.asarray(self._results[0].arrays["odds_ratio"])

    def to_frame(self) -> pd.DataFrame:
        """Long table ``target, bin, position, odds_ratio, p_value, q_value, overlap, a…d``.

        `position` is the middle of the bin, in bp from the point or percent of the region.
        """
        bins = self.data.shape[1]
        axis = self.axis(bins)
        return enrichment_tables.table(
            self._results[0],
            [track["name"] for track in self._tracks()],
            [place_of(axis, number) for number in range(bins)],
        )

    def hits(self, members: Any = None, position: float | None = None) -> npt.NDArray[np.int64]:
        """Row numbers of the regions that overlap region sets at a position; waits for them.

        Parameters
        ----------
        members : dataset, name, id, or a list of them, optional
            Region sets; a region that overlaps any of them counts. All without.
        position : float, optional
            As the trait; without, the position that is looked at.

        Returns
        -------
        int64 array
            Sorted row numbers of the region set.
        """
        chosen = self._members(members)
        return self._rows_of(self.ask_hits().result(), chosen, self._place(position))

    def select_hits(self, members: Any = None, position: float | None = None) -> None:
        """Select the regions that overlap region sets at a position, in all linked views.

        Parameters as in :meth:`hits`. The selection comes as soon as it is known; this view
        goes on to show what it was found in.
        """
        chosen, place = self._members(members), self._place(position)
        if self._searching is not None:
            self._searching.cancel()
        ask = self._searching = self.ask_hits()
        if not ask.done():
            self.note = "looking for the regions"
        ask.add_done_callback(lambda done: delivery.post(self._take_hits, done, chosen, place))

    def _members(self, members: Any) -> list[str]:
        if members is None:
            return list(self.features)
        chosen = self._resolve(members)
        for member in chosen:
            if member not in self.features:
                name = self._host.dataset(int(member)).name if self._host else member
                raise InputError(f'"{name}" is none of the region sets of this view')
        return chosen

    def _place(self, position: float | None) -> float | None:
        return self.position if position is None else position

    def ask_hits(self) -> Ask:
        """Ask which of all regions overlap which region sets where; see :class:`HitMatrix`."""
        if self._host is None or self.regions is None or self._missing():
            raise InputError(self._missing() or "Choose a region set.")
        parameters = self._parameters()
        parameters.pop("subset", None)
        request: Request = self._host.request(
            self.analysis, self.regions, self.datasets, options=(HITS,), **parameters
        )
        return self._host.ask(request)

    def _rows_of(
        self, stored: StoredResult, members: Iterable[str], place: float | None
    ) -> npt.NDArray[np.int64]:
        names = [record.name for record in self.datasets]
        matrix = HitMatrix.of(stored.arrays, names)
        number = bin_at(self.axis(len(matrix.present)), place)
        rows = [matrix.rows(self.features.index(member), number) for member in members]
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *rows]))

    def _take_hits(self, ask: Ask, members: list[str], place: float | None) -> None:
        if ask is not self._searching:
            return
        self._searching = None
        try:
            rows = self._rows_of(ask.result(timeout=0), members, place)
        except HiCognitionError as error:
            self.note = str(error)
            return
        except ValueError:  # the region sets were changed meanwhile
            self.note = ""
            return
        if len(rows) == 0:
            self.note = "No region of the set overlaps here."
            return
        self._found = rows
        with self.one_message():
            self.note = ""
            self.position = place
            self.holds = True
        if self._picked is None:
            self.select(rows)
        else:
            self._picked(rows, self)

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Any]:
        return super()._commands() | {"hits": self._hits_command}

    def _hits_command(self, args: Mapping[str, Any]) -> None:
        members, position = args.get("members"), args.get("position")
        if not isinstance(members, list) or not all(isinstance(one, str) for one in members):
            raise InputError("hits are asked for by a list of region sets")
        unknown = [one for one in members if one not in self.features]
        if unknown or not members:
            raise InputError("choose region sets of this view")
        number = isinstance(position, int | float) and not isinstance(position, bool)
        if position is not None and not (number and np.isfinite(position)):
            raise InputError("a position is a number")
        self.select_hits([int(one) for one in members], position)

    def set_regions(self, regions: DatasetRecord | None) -> None:
        """Look at another region set: what was found in the old one is forgotten."""
        if self.regions is not None and regions != self.regions:
            self._found, self.holds = None, False
        super().set_regions(regions)
