"""In which order and which blocks a stackup shows its rows, and what that has to ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.jobs import Request
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import row_sources, rows
from hicognition_widgets.views.base import View
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.traits import DatasetId, PositiveInt

if TYPE_CHECKING:
    from hicognition_widgets.views.embedding_base import Embedding

_USUAL_CLUSTERS = (10, 20)


class RowOrdering(View):
    """Order and groups of rows; the settings are those of :class:`Stackup`."""

    #: What two stackups share when they show their regions in one order.
    order_traits: ClassVar[tuple[str, ...]] = (
        "sort_by",
        "ascending",
        "sort_track",
        "sort_seed",
    )
    _asking: ClassVar[tuple[str, ...]] = (
        "sort_track",
        "group_by",
        "group_clusters",
        "group_binsize",
    )
    asks_for: ClassVar[tuple[str, ...]] = (*View.asks_for, *_asking)
    kept: ClassVar[tuple[str, ...]] = (
        *View.kept,
        *order_traits,
        "group_by",
        "group_clusters",
        "group_binsize",
    )

    sort_by = traitlets.Unicode("center").tag(sync=True)
    sort_options = traitlets.List[Any]().tag(sync=True)
    ascending = traitlets.Bool(False).tag(sync=True)
    sort_track = DatasetId().tag(sync=True)
    sort_seed = traitlets.Int(rows.SEED, min=0, max=2**31 - 1).tag(sync=True)
    group_by = traitlets.Unicode().tag(sync=True)
    group_options = traitlets.List[Any]().tag(sync=True)
    group_clusters = traitlets.Int(10, min=1, max=100).tag(sync=True)
    group_binsize = PositiveInt().tag(sync=True)

    drawn_at_once = True

    #: Row numbers as another stackup has them, top first; None for the own order.
    _taken_order: npt.NDArray[np.int64] | None = None
    #: The order in force and what it was made of; made anew when that changes.
    _arranged: tuple[Any, rows.Arrangement] | None = None
    #: The same of the order within blocks, which outlives every selection.
    _ordered: tuple[Any, npt.NDArray[np.int64]] | None = None

    # -- settings ----------------------------------------------------------------------

    @traitlets.validate("sort_by")
    def _check_sort(self, proposal: Any) -> str:
        return _accepted(row_sources.checked_sort, proposal["value"])

    @traitlets.validate("sort_track")
    def _check_track(self, proposal: Any) -> str:
        """A name becomes a number, as with features."""
        track: str = proposal["value"]
        if track == "" or track.isdecimal() or self._host is None:
            return track
        return str(self._host.dataset(track).id)

    @traitlets.validate("group_by")
    def _check_groups(self, proposal: Any) -> str:
        return _accepted(row_sources.checked_groups, proposal["value"])

    def set_regions(self, regions: DatasetRecord | None) -> None:
        """Look at another region set; the sort key is kept where it makes sense."""
        with self.one_message():
            super().set_regions(regions)
            if regions is None:
                return
            self.offer_order()
            if self.sort_by not in [option["id"] for option in self.sort_options]:
                self.sort_by = rows.sort_keys(self.mode)[0]
            known = [option["id"] for option in self.group_options]
            if self.group_by.startswith(row_sources.ANNOTATION) and self.group_by not in known:
                self.group_by = ""

    def offer_order(self) -> None:
        """Look up anew what the rows can be sorted and grouped by."""
        if self.regions is None:
            return
        self.sort_options = row_sources.sort_options(self._host, self.regions, self.mode)
        self.group_options = row_sources.group_options(self._host, self.regions)

    def group_like(self, embedding: Embedding) -> None:
        """Group the rows by the clusters of an embedding, as it shows them now.

        Raises
        ------
        InputError
            If the embedding is by a contact map that is not over expected.
        """
        if getattr(embedding, "normalization", "oe") != "oe":
            raise InputError(
                "rows are grouped by maps over expected; show the embedding as O/E first"
            )
        with self.one_message():
            self.group_clusters = embedding.n_clusters
            self.group_binsize = embedding.binsize
            self.group_by = row_sources.CLUSTERS + ",".join(embedding.features)
        self.refresh()

    def _requests(self, host: Host, regions: DatasetRecord) -> list[Request]:
        """The rows; then those of the track to sort by, and the clusters, if there are any."""
        found = super()._requests(host, regions)
        if self._sorts_by_track:
            track = host.dataset(int(self.sort_track))
            found.append(host.request("stackup", regions, [track], **self._parameters()))
        scored = row_sources.map_of(self.sort_by)
        if scored:
            found.append(self._score_request(host, regions, host.dataset(int(scored))))
        features = row_sources.cluster_features(self.group_by)
        if features:
            found.append(self._cluster_request(host, regions, features))
        return found

    @property
    def _sorts_by_track(self) -> bool:
        """Whether the order comes from another track than the one shown."""
        return (
            self.sort_by in rows.BY_SIGNAL
            and self.sort_track != ""
            and self.sort_track not in self.features
        )

    def _cluster_request(
        self, host: Host, regions: DatasetRecord, features: list[str]
    ) -> Request:
        datasets = [host.dataset(int(number)) for number in features]
        by_map = datasets[0].kind == "contact_map"
        if len(datasets) < 2 and not by_map:
            raise InputError("clusters are made by at least two tracks, or by one contact map")
        parameters = self._at_a_usual_bin(datasets, self.group_binsize)
        # clusters are those of the features, so the quicker way to place the points will do
        options: dict[str, Any] = {"method": "pca"}
        if self.group_clusters not in _USUAL_CLUSTERS:
            options["n_clusters"] = self.group_clusters
        if by_map:
            parameters |= {"normalization": "oe", "side": None}
        return host.request(
            "embedding2d" if by_map else "embedding1d",
            regions,
            datasets,
            options=tuple(sorted(options.items())),
            **parameters,
        )

    def _score_request(self, host: Host, regions: DatasetRecord, of: DatasetRecord) -> Request:
        """A number per region from a contact map, which comes with an average map."""
        parameters = self._at_a_usual_bin([of]) | {"normalization": "oe", "side": None}
        score = (("score", row_sources.score_kind(regions)),)
        return host.request("pileup", regions, [of], options=score, **parameters)

    def _at_a_usual_bin(
        self, datasets: list[DatasetRecord], wished: int | None = None
    ) -> dict[str, Any]:
        """Parameters of the view, at the bin size that other features usually have.

        A wish that another flank has made impossible is one no longer.
        """
        parameters = self._parameters()
        if self.mode == "point" and self.flank is not None:
            binsize = row_sources.bin_for(datasets, self.flank, wished)
            if binsize is None:
                raise InputError(
                    f'no bin size of "{datasets[0].name}" divides ±{self.flank:,} bp, so it '
                    "neither groups nor orders rows at this flank"
                )
            parameters["binsize"] = binsize
        return parameters

    # -- order -------------------------------------------------------------------------

    def refresh(self, *, again: bool = False) -> None:
        """Ask for what the settings say; what is at hand already is only arranged anew."""
        before = self._generation
        super().refresh(again=again)
        if self._generation == before:
            self._reorder({})

    def _follow_selection(self) -> None:
        """All rows stay; the selected ones stand first."""
        self._reorder({})

    @traitlets.observe("sort_by", "ascending", "sort_seed")
    def _reorder(self, change: Mapping[str, Any]) -> None:
        """The rows are at hand: only their order is new."""
        if change.get("name") == "sort_by" and not self.batching:
            keys = (str(change.get("old", "")), str(change.get("new", "")))
            if self.sort_track or any(map(row_sources.map_of, keys)):
                # another track or a map may be needed from now on, or no longer
                self.refresh()
                return
        self._draw_again()

    def arrangement(
        self, results: Sequence[StoredResult], *, anew: bool = False
    ) -> rows.Arrangement:
        """Order and blocks of the rows of these results, as the settings say.

        Parameters
        ----------
        results : sequence of StoredResult
            Those of :meth:`requests`, in the same order.
        anew : bool
            Look annotations up again, which may change under their names.

        Raises
        ------
        InputError
            If an annotation that it needs is gone.
        """
        chosen, taken = self._selected, self._taken_order
        within = (
            tuple(result.key for result in results),
            *(getattr(self, name) for name in (*self.order_traits, *self._asking, "mode")),
            None if taken is None else taken.tobytes(),
        )
        question = (within, None if chosen is None else chosen.tobytes())
        with self._lock:
            known, ordered = self._arranged, self._ordered
        lasting = not anew or row_sources.ANNOTATION not in f"{self.sort_by} {self.group_by}"
        if lasting and known is not None and known[0] == question:
            return known[1]
        kept = lasting and ordered is not None and ordered[0] == within
        order = ordered[1] if kept and ordered is not None else self._order(results, taken)
        codes, groups, unnamed = self._row_groups(results)
        found = rows.arranged(order, codes, groups, unnamed, chosen)
        with self._lock:
            self._arranged, self._ordered = (question, found), (within, order)
        return found

    def given_order(self) -> npt.NDArray[np.int64] | None:
        """The order of the rows to give, whatever is selected; None while there is none."""
        results = list(self._results)
        if not results or self.status != "ready":
            return None
        codes, groups, unnamed = self._row_groups(results)
        return rows.arranged(self._own_order(results), codes, groups, unnamed).order

    def take_order(self, order: Any, /) -> None:
        """Show the rows in this order, or the own one again (None)."""
        if order is not self._taken_order:
            self._taken_order = order
            self._draw_again()

    def _order(
        self, results: Sequence[StoredResult], taken: npt.NDArray[np.int64] | None
    ) -> npt.NDArray[np.int64]:
        fits = taken is not None and len(taken) == len(results[0].arrays["rows"])
        return taken if fits and taken is not None else self._own_order(results)

    def _own_order(self, results: Sequence[StoredResult]) -> npt.NDArray[np.int64]:
        """Order that the settings say, within every block."""
        values = np.asarray(results[0].arrays["rows"])
        if self.sort_by.startswith(row_sources.ANNOTATION):
            host, regions = self._known_host()
            found = row_sources.annotation_values(host, regions, self.sort_by)
            return rows.value_order(found, ascending=self.ascending)
        if row_sources.map_of(self.sort_by):
            scores = np.asarray(results[1].arrays["score"], dtype=np.float64)
            return rows.value_order(scores, ascending=self.ascending)
        if self._sorts_by_track:
            values = np.asarray(results[1].arrays["rows"])
        return rows.row_order(
            values,
            self.sort_by,
            ascending=self.ascending,
            body=self.body(values.shape[1]),
            seed=self.sort_seed,
        )

    def _row_groups(
        self, results: Sequence[StoredResult]
    ) -> tuple[npt.NDArray[np.int64] | None, Sequence[str], str]:
        if self.group_by.startswith(row_sources.ANNOTATION):
            host, regions = self._known_host()
            codes, levels = row_sources.annotation_groups(host, regions, self.group_by)
            return codes, levels, "no value"
        if self.group_by == "":
            return None, (), ""
        found = results[-1].arrays[f"clusters_{self.group_clusters}"]
        clusters = np.asarray(found).astype(np.int64)
        names = [f"cluster {i}" for i in range(int(clusters.max(initial=-1)) + 1)]
        return clusters, names, "no data"

    def _known_host(self) -> tuple[Host, DatasetRecord]:
        if self._host is None or self.regions is None:
            raise InputError("this view has no region set whose annotations it could look up")
        return self._host, self.regions

    def row_order(self) -> npt.NDArray[np.int64]:
        """Row numbers of the regions in the order shown, top first; waits for them."""
        return self.arrangement(self.results).order

    @property
    def blocks(self) -> list[tuple[str, npt.NDArray[np.int64]]]:
        """Name and row numbers of each block from the top, in the order shown."""
        shown = self.arrangement(self.results)
        ends = np.cumsum(shown.sizes)
        return [
            (block.name, shown.order[end - block.n : end])
            for block, end in zip(shown.blocks, ends, strict=True)
        ]

    def clusters(self) -> tuple[npt.NDArray[np.int64], Sequence[str], str] | None:
        """Cluster of each region by row number, -1 for none, and their names; waits.

        None if the rows are not grouped by clusters. The last text is what regions without
        a cluster are called.
        """
        if not row_sources.cluster_features(self.group_by):
            return None
        codes, names, unnamed = self._row_groups(self.results)
        return None if codes is None else (codes, names, unnamed)


def _accepted(check: Any, value: str) -> str:
    try:
        found: str = check(value)
    except InputError as error:
        raise traitlets.TraitError(str(error)) from error
    return found
