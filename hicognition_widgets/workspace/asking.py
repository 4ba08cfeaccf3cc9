"""Questions about region sets, answered from the store or computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hicognition_widgets import answers
from hicognition_widgets.analyses.results import PileupResult, ProfileResult
from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.jobs import Ask, Job, Request, preprocess_requests
from hicognition_widgets.store import StoredResult
from hicognition_widgets.workspace.base import Base, Ref, Rows
from hicognition_widgets.workspace.inputs import (
    assembly_input,
    feature_input,
    regions_input,
    row_numbers,
)


class Asking(Base):
    """The part of a workspace that computes, or asks early."""

    def request(
        self,
        analysis: str,
        regions: DatasetRecord,
        features: Sequence[DatasetRecord],
        /,
        **parameters: Any,
    ) -> Request:
        """The request for one analysis of a region set; see :class:`Request`."""
        return Request(
            analysis=analysis,  # type: ignore[arg-type]  # Request checks it
            regions=regions_input(regions),
            features=tuple(feature_input(feature) for feature in features),
            assembly=assembly_input(self._catalog.assembly(regions.assembly)),
            **parameters,
        )

    def ask(self, request: Request) -> Ask:
        """Answer a request from the store or compute it; returns at once."""
        ask: Ask = self._broker.ask(request)
        return ask

    def result(self, request: Request) -> StoredResult:
        """Answer a request and wait for it."""
        return self.ask(request).result()

    def pileup(
        self,
        regions: Ref,
        feature: Ref,
        *,
        flank: int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        normalization: Literal["balanced", "oe", "raw"] = "balanced",
        subset: Rows | None = None,
        **options: Any,
    ) -> PileupResult:
        """Average contact map over a region set; waits for it.

        Parameters
        ----------
        regions, feature : dataset, name or id
            Region set and contact map.
        flank, binsize : int
            Half-width and bin size in bp; for region sets of points.
        bin_percent : float
            Bin size in percent of the region; for intervals.
        normalization : {"balanced", "oe", "raw"}
            What is averaged.
        subset : row numbers or boolean mask, optional
            Regions to average over; all by default.
        """
        request = self.request(
            "pileup",
            self.dataset(regions),
            [self.dataset(feature)],
            flank=flank,
            binsize=binsize,
            bin_percent=bin_percent,
            normalization=normalization,
            subset=row_numbers(subset),
            **options,
        )
        return answers.pileup(request, self.result(request))

    def profile(
        self,
        regions: Ref,
        feature: Ref,
        *,
        flank: int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        side: Literal["left", "right"] | None = None,
        subset: Rows | None = None,
        **options: Any,
    ) -> ProfileResult:
        """Average signal with its 95 % band; parameters as for :meth:`pileup`.

        `side` chooses the anchor of pairs.
        """
        request = self.request(
            "profile",
            self.dataset(regions),
            [self.dataset(feature)],
            flank=flank,
            binsize=binsize,
            bin_percent=bin_percent,
            side=side,
            subset=row_numbers(subset),
            **options,
        )
        return answers.profile(request, self.result(request))

    def stackup(
        self,
        regions: Ref,
        feature: Ref,
        *,
        flank: int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        side: Literal["left", "right"] | None = None,
        subset: Rows | None = None,
        **options: Any,
    ) -> npt.NDArray[np.float32]:
        """Signal of every region, float32 ``(n, bins)``; parameters as for :meth:`profile`."""
        request = self.request(
            "stackup",
            self.dataset(regions),
            [self.dataset(feature)],
            flank=flank,
            binsize=binsize,
            bin_percent=bin_percent,
            side=side,
            **options,
        )
        rows = answers.stackup(request, self.result(request))
        numbers = row_numbers(subset)
        return rows if numbers is None else rows[list(numbers)]

    def preprocess(
        self,
        regions: Ref | Iterable[Ref],
        features: Ref | CollectionRecord | Iterable[Ref | CollectionRecord],
        *,
        flanks: Sequence[int] | None = None,
        binsizes: Sequence[int] | None = None,
    ) -> Job:
        """Ask early: compute many results in the background.

        Parameters
        ----------
        regions : dataset, name or id, or several
            Region sets.
        features : dataset, name, id or collection, or several
            What to compute for each region set.
        flanks, binsizes : sequence of int, optional
            By default the usual table of flanks and bin sizes.
        """
        wanted = [
            feature if isinstance(feature, CollectionRecord) else self.dataset(feature)
            for feature in _listed(features)
        ]
        requests = [
            request
            for record in map(self.dataset, _listed(regions))
            for request in preprocess_requests(
                self.request, record, wanted, flanks=flanks, binsizes=binsizes
            )
        ]
        return self._broker.submit(self._broker.plan(requests), title="preprocess")


def _listed(refs: Any) -> list[Any]:
    """One thing or several, as a list."""
    single = isinstance(refs, DatasetRecord | CollectionRecord | str | int)
    return [refs] if single else list(refs)
