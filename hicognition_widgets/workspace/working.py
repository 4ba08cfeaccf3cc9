"""Bulk work: asking early, looking at what it costs, and finding jobs again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hicognition_widgets.catalog import CollectionRecord
from hicognition_widgets.jobs import Job, Jobs, Plan, preprocess_requests
from hicognition_widgets.jobs.presets import DEFAULT_ANALYSES
from hicognition_widgets.workspace.asking import Asking, listed
from hicognition_widgets.workspace.base import Ref

Wanted = Ref | CollectionRecord


class Working(Asking):
    """The part of a workspace that computes in the background."""

    def plan(
        self,
        regions: Ref | Iterable[Ref],
        features: Wanted | Iterable[Wanted],
        *,
        flanks: Sequence[int] | None = None,
        binsizes: Sequence[int] | None = None,
        bin_percents: Sequence[float] | None = None,
        normalizations: Sequence[str] = ("balanced", "oe"),
        analyses: Sequence[str] = DEFAULT_ANALYSES,
    ) -> Plan:
        """What :meth:`preprocess` would do, with its time and space; computes nothing."""
        wanted: list[Any] = [self._dataset_or_collection(one) for one in listed(features)]
        requests = [
            request
            for record in map(self.dataset, listed(regions))
            for request in preprocess_requests(
                self.request,
                record,
                wanted,
                flanks=flanks,
                binsizes=binsizes,
                bin_percents=bin_percents,
                normalizations=normalizations,
                analyses=analyses,
            )
        ]
        return self._broker.plan(requests)

    def preprocess(
        self,
        regions: Ref | Iterable[Ref],
        features: Wanted | Iterable[Wanted],
        *,
        flanks: Sequence[int] | None = None,
        binsizes: Sequence[int] | None = None,
        bin_percents: Sequence[float] | None = None,
        normalizations: Sequence[str] = ("balanced", "oe"),
        analyses: Sequence[str] = DEFAULT_ANALYSES,
        title: str = "",
    ) -> Job:
        """Ask early: compute many results in the background.

        Parameters
        ----------
        regions : dataset, name or id, or several
            Region sets.
        features : dataset, name, id or collection, or several
            What to compute for each region set.
        flanks, binsizes : sequence of int, optional
            In bp, in all combinations that fit; by default the usual table.
        bin_percents : sequence of float, optional
            The same for intervals; 1, 2 and 5 % by default.
        normalizations : sequence of {"balanced", "oe", "raw"}
            Of contact maps.
        analyses : sequence of str
            ``"pileup"``, ``"profile"``, ``"stackup"``, ``"enrichment"``; ``"embedding1d"``
            and ``"embedding2d"`` only if they are named here.
        title : str
            For the list of jobs.

        Returns
        -------
        Job
            Show it for its progress; ``job.plan`` says what it does.

        Examples
        --------
        >>> job = ws.preprocess("CTCF", ["Hi-C wt", "marks"])  # doctest: +SKIP
        >>> job.wait()  # doctest: +SKIP
        """
        plan = self.plan(
            regions,
            features,
            flanks=flanks,
            binsizes=binsizes,
            bin_percents=bin_percents,
            normalizations=normalizations,
            analyses=analyses,
        )
        return self._broker.submit(plan, title=title or "preprocess")

    @property
    def jobs(self) -> Jobs:
        """Your jobs by number, also those of other notebooks; ``ws.jobs[3].resume()``."""
        return Jobs(self._broker)
