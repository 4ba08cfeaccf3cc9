"""Questions about region sets, answered from the store or computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets import answers
from hicognition_widgets.analyses.compare import PileupComparison
from hicognition_widgets.analyses.results import (
    EmbeddingResult,
    EnrichmentResult,
    PileupResult,
    ProfileResult,
)
from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.genome.nearby import NearbyIndex
from hicognition_widgets.jobs import Ask, Closeup, Request
from hicognition_widgets.jobs.closeup import nearby_index, read_closeup, region_table
from hicognition_widgets.jobs.snippet_answers import snippet_maker
from hicognition_widgets.store import StoredResult
from hicognition_widgets.workspace.base import Base, Ref, Rows
from hicognition_widgets.workspace.inputs import (
    assembly_input,
    feature_input,
    regions_input,
    row_numbers,
)


class Asking(Base):
    """The part of a workspace that answers."""

    def request(
        self,
        analysis: str,
        regions: DatasetRecord,
        features: Sequence[DatasetRecord],
        /,
        **parameters: Any,
    ) -> Request:
        """The request for one analysis of a region set; see :class:`Request`."""
        versus = parameters.get("versus")
        if isinstance(versus, DatasetRecord):
            parameters["versus"] = regions_input(versus)
        return Request(
            analysis=analysis,  # type: ignore[arg-type]  # Request checks it
            regions=regions_input(regions),
            features=tuple(feature_input(feature) for feature in features),
            assembly=self._recent.get(
                ("assembly", regions.assembly),
                lambda: assembly_input(self._catalog.assembly(regions.assembly)),
            ),
            **parameters,
        )

    def ask(self, request: Request) -> Ask:
        """Answer a request from the store or compute it; returns at once."""
        ask: Ask = self._broker.ask(request)
        return ask

    def closeup(self, request: Request, row: int) -> Closeup:
        """One region of a request's set, read from the files in this process.

        Parameters
        ----------
        request : Request
            A pileup for the region's snippet of the contact map, a stackup for its signal.
        row : int
            Number of the region.
        """
        return read_closeup(request, row, cache=self._store.band_cache)

    def snippets(self, request: Request, whole: StoredResult) -> npt.NDArray[np.float32]:
        """Snippets of all regions of a pileup, read from the map; takes a moment.

        Parameters
        ----------
        request : Request
            A pileup without controls.
        whole : StoredResult
            Its answer about all regions.

        Returns
        -------
        float32 (n, size, size)
        """
        make = snippet_maker(request.replace(subset=None), whole, self._store.band_cache)
        found: npt.NDArray[np.float32] = make()
        return found

    def region_table(self, regions: DatasetRecord) -> pd.DataFrame:
        """Regions of a set as a table, one row each; do not change it."""
        one = regions_input(regions)
        return region_table(one.path, one.fingerprint, one.name)

    def nearby_index(self, regions: DatasetRecord) -> NearbyIndex:
        """Regions of a set by place, to ask what lies near another region."""
        one = regions_input(regions)
        return nearby_index(one.path, one.fingerprint, one.name)

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
            **_as_options(options),
        )
        return answers.pileup(request, self.result(request))

    def compare_pileups(
        self,
        regions: Ref,
        feature: Ref,
        versus: Ref,
        *,
        flank: int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        normalization: Literal["balanced", "oe", "raw"] = "oe",
        subset: Rows | None = None,
        **options: Any,
    ) -> PileupComparison:
        """One average map against another, with p of every pixel; waits for it.

        Parameters
        ----------
        regions, feature, flank, binsize, bin_percent, subset
            As for :meth:`pileup`.
        versus : dataset, name or id
            A second contact map over the same regions (each region is its own control), or
            a second region set on the same map, all of it.
        normalization : {"oe", "balanced", "raw"}
            Over expected by default: a ratio of balanced maps also shows how their contact
            decay differs, so it has to be asked for.
        **options
            ``permutations`` (1,000 by default), ``seed``, and those of pileups.
        """
        other = self.dataset(versus)
        first = self.dataset(feature)
        of_maps = other.kind != "regions"
        request = self.request(
            "pileup",
            self.dataset(regions),
            [first, other] if of_maps else [first],
            flank=flank,
            binsize=binsize,
            bin_percent=bin_percent,
            normalization=normalization,
            subset=row_numbers(subset),
            versus=None if of_maps else other,
            **_as_options(options),
        )
        return answers.comparison(self.result(request))

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

        `side` chooses the anchor of pairs; with ``band="quartiles"`` the band are the first
        and third quartile of the regions.
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
            **_as_options(options),
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
            **_as_options(options),
        )
        rows = answers.stackup(request, self.result(request))
        numbers = row_numbers(subset)
        return rows if numbers is None else rows[list(numbers)]

    def embedding(
        self,
        regions: Ref,
        features: Ref | CollectionRecord | Iterable[Ref],
        *,
        flank: int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        normalization: Literal["balanced", "oe", "raw"] | None = None,
        side: Literal["left", "right"] | None = None,
        subset: Rows | None = None,
        **options: Any,
    ) -> EmbeddingResult:
        """Two-dimensional map of the regions; other parameters as for :meth:`pileup`.

        Parameters
        ----------
        features : dataset, name, id or collection, or several datasets
            A contact map: regions with alike snippets lie close to each other. Signal
            tracks, one or several, or a collection of them: regions with alike signal.
        normalization : {"balanced", "oe", "raw"}, optional
            For a contact map.
        subset : row numbers or boolean mask, optional
            Rows of the result; the map itself is always made of all regions.

        Raises
        ------
        InputError
            If the features are neither one contact map nor signal tracks.
        """
        chosen = self._members(features)
        maps = [feature for feature in chosen if feature.kind == "contact_map"]
        if maps and len(chosen) > 1:
            raise InputError("an embedding takes one contact map, or signal tracks")
        request = self.request(
            "embedding2d" if maps else "embedding1d",
            self.dataset(regions),
            chosen,
            flank=flank,
            binsize=binsize,
            bin_percent=bin_percent,
            normalization=normalization,
            side=side,
            **_as_options(options),
        )
        result = answers.embedding(request, self.result(request))
        numbers = row_numbers(subset)
        if numbers is None:
            return result
        rows = list(numbers)
        return replace(
            result,
            points=result.points[rows],
            features=result.features[rows],
            imputed=result.imputed[rows],
        )

    def enrichment(
        self,
        regions: Ref,
        targets: Ref | CollectionRecord | Iterable[Ref],
        *,
        flank: int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        side: Literal["left", "right"] | None = None,
        subset: Rows | None = None,
        **options: Any,
    ) -> EnrichmentResult:
        """Overlap with other region sets at each position; parameters as for :meth:`pileup`.

        Parameters
        ----------
        targets : dataset, name, id or collection, or several datasets
            Region sets that are looked for.
        """
        request = self.request(
            "enrichment",
            self.dataset(regions),
            self._members(targets),
            flank=flank,
            binsize=binsize,
            bin_percent=bin_percent,
            side=side,
            subset=row_numbers(subset),
            **_as_options(options),
        )
        return answers.enrichment(request, self.result(request))

    def _members(self, refs: Ref | CollectionRecord | Iterable[Ref]) -> list[DatasetRecord]:
        """Datasets of a collection or of a list; a name may be that of a collection."""
        found: list[DatasetRecord] = []
        for ref in listed(refs):
            one = self._dataset_or_collection(ref)
            if isinstance(one, CollectionRecord):
                found += [member for member in one.members if not member.deleted]
            else:
                found.append(one)
        return found

    def _dataset_or_collection(
        self, ref: Ref | CollectionRecord
    ) -> DatasetRecord | CollectionRecord:
        """What is meant; a name that is no dataset's may be a collection's."""
        if isinstance(ref, CollectionRecord):
            return ref
        try:
            return self.dataset(ref)
        except NotFound:
            if not isinstance(ref, str):
                raise
            try:
                return self.collection(ref)
            except NotFound:
                raise NotFound(f"there is no dataset or collection {ref!r}") from None


_FIELDS = frozenset(field.name for field in fields(Request))


def _as_options(given: dict[str, Any]) -> dict[str, Any]:
    """Parameters of a request as they are, all others as options of its analysis."""
    own = {name: value for name, value in given.items() if name in _FIELDS}
    others = {name: value for name, value in given.items() if name not in _FIELDS}
    if others:
        own["options"] = (*own.get("options", ()), *others.items())
    return own


def listed(refs: Any) -> list[Any]:
    """One thing or several, as a list."""
    single = isinstance(refs, DatasetRecord | CollectionRecord | str | int)
    return [refs] if single else list(refs)
