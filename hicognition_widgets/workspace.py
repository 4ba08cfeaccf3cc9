"""What a notebook holds: datasets, answers and views in one object.

The workspace joins the rooms below it and contains no logic of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets import answers, register
from hicognition_widgets.analyses.results import PileupResult, ProfileResult
from hicognition_widgets.catalog import (
    AssemblyRecord,
    Catalog,
    CollectionRecord,
    DatasetRecord,
)
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.assembly import Assembly, builtin_assembly, custom_assembly
from hicognition_widgets.jobs import (
    Ask,
    AssemblyInput,
    Broker,
    FeatureInput,
    Job,
    RegionsInput,
    Request,
    preprocess_requests,
)
from hicognition_widgets.mappings import Assemblies, Collections, Datasets
from hicognition_widgets.sessions import SessionKeeper
from hicognition_widgets.settings import Settings, load_settings
from hicognition_widgets.store import Store, StoredResult
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.host import DatasetKind

Ref = DatasetRecord | str | int
Rows = Sequence[int] | npt.NDArray[Any]


class Workspace(SessionKeeper):
    """Datasets of a catalog, results in a store, and a scheduler that computes.

    Parameters
    ----------
    catalog : str or Path, optional
        Database address, or path of a SQLite file.
    store : str or Path, optional
        Folder of the stored results.
    scheduler : str, optional
        ``"local"`` (Dask processes on this machine), ``"threads"``, the address of a Dask
        scheduler, or the name of a cluster factory in Dask's configuration.
    user : str, optional
        Who owns what is added; on PostgreSQL always the database role.

    Examples
    --------
    >>> ws = Workspace()  # doctest: +SKIP
    >>> peaks = ws.add_regions("ctcf.bed", assembly="mm9", name="CTCF")  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        catalog: str | Path | None = None,
        store: str | Path | None = None,
        scheduler: str | None = None,
        user: str | None = None,
    ) -> None:
        self.settings: Settings = load_settings(
            catalog=catalog, store=store, scheduler=scheduler, user=user
        )
        self._catalog = Catalog.open(self.settings.catalog, user=self.settings.user)
        self._store = Store(self.settings.store, self._catalog.user)
        self._broker = Broker(
            catalog=self._catalog, store=self._store, scheduler=self.settings.scheduler
        )

    # -- what there is -----------------------------------------------------------------

    @property
    def user(self) -> str:
        """Who owns what this workspace adds."""
        return self._catalog.user

    @property
    def assemblies(self) -> Assemblies:
        """Assemblies by name."""
        return Assemblies(self._catalog)

    @property
    def regions(self) -> Datasets:
        """Region sets by name; ``ws.regions["CTCF"]`` is your own."""
        return Datasets(self._catalog, ("regions",))

    @property
    def features(self) -> Datasets:
        """Signal tracks and contact maps by name."""
        return Datasets(self._catalog, ("signal_track", "contact_map"))

    @property
    def collections(self) -> Collections:
        """Collections by name."""
        return Collections(self._catalog)

    def dataset(self, ref: Ref) -> DatasetRecord:
        """One dataset by record, id, ``"name"`` or ``"owner/name"``.

        Raises
        ------
        NotFound
            If there is none, or none you may see.
        AmbiguousName
            If the name fits several; the sentence lists them.
        """
        if isinstance(ref, DatasetRecord):
            return self._catalog.dataset(ref.id)
        return self._catalog.dataset(ref)

    def datasets_on(self, assembly: str, kind: DatasetKind) -> list[DatasetRecord]:
        """Datasets of one kind on one assembly, sorted by name."""
        return self._catalog.datasets(kind=kind, assembly=assembly)

    # -- adding ------------------------------------------------------------------------

    def add_assembly(
        self,
        name: str,
        *,
        chromsizes: str | Path | Mapping[str, int] | pd.Series[int] | None = None,
        arms: str | Path | pd.DataFrame | None = None,
        organism: str | None = None,
    ) -> AssemblyRecord:
        """Register an assembly; the common ones need only their name.

        Parameters
        ----------
        name : str
            ``"hg19"``, ``"hg38"``, ``"mm9"``, ``"mm10"``, ``"dm3"``, ``"dm6"``,
            ``"sacCer3"``, or any name if `chromsizes` is given.
        chromsizes : path or mapping, optional
            Chromosome lengths: a two-column file, or ``{name: length}``.
        arms : path or DataFrame, optional
            Chromosome arms ``chrom, start, end``.
        organism : str, optional
            Shown with the assembly.
        """
        if chromsizes is None:
            assembly = builtin_assembly(name)
        else:
            assembly = custom_assembly(
                name, chromsizes=chromsizes, arms=arms, organism=organism
            )
        return register.assembly(self._catalog, assembly)

    def _assembly(self, name: str) -> AssemblyRecord:
        return register.known_assembly(self._catalog, name)

    def add_regions(
        self,
        source: str | Path | pd.DataFrame,
        *,
        assembly: str,
        name: str | None = None,
        kind: Literal["point", "interval"] | None = None,
        description: str = "",
        metadata: Mapping[str, Any] | None = None,
        public: bool = False,
        managed: bool = False,
    ) -> DatasetRecord:
        """Register a region set: a BED or BEDPE file, or a DataFrame.

        Parameters
        ----------
        source : path or DataFrame
            The regions. A file stays where it is unless `managed`.
        assembly : str
            Name of the assembly; common ones are registered on first use.
        name : str, optional
            By default the file's name without its ending.
        kind : {"point", "interval"}, optional
            Midpoints, or start to end rescaled; points by default.
        public : bool
            Visible to everybody who uses the catalog.
        managed : bool
            Keep a copy in the store.

        Raises
        ------
        FileError
            If the file is not what it claims; names line, column and the fix.
        GenomeMismatch
            If no region lies on the assembly.
        """
        return register.regions(
            self._catalog,
            self._store,
            source,
            assembly=self._assembly(assembly),
            name=name,
            kind=kind or "point",
            details=register.Details(description, dict(metadata or {}), public, managed),
        )

    def add_feature(
        self,
        path: str | Path,
        *,
        assembly: str,
        name: str | None = None,
        description: str = "",
        metadata: Mapping[str, Any] | None = None,
        public: bool = False,
        managed: bool = False,
    ) -> DatasetRecord:
        """Register a signal track (bigWig) or contact map (cool, mcool).

        The kind comes from the file's content. Parameters and errors are those of
        :meth:`add_regions`.
        """
        return register.feature(
            self._catalog,
            self._store,
            Path(path),
            assembly=self._assembly(assembly),
            name=name,
            details=register.Details(description, dict(metadata or {}), public, managed),
        )

    def add_collection(
        self,
        name: str,
        members: Sequence[Ref],
        *,
        description: str = "",
        public: bool = False,
    ) -> CollectionRecord:
        """Group region sets, or signal tracks, of one assembly under a name."""
        records = [self.dataset(member) for member in members]
        kinds = {record.kind for record in records}
        if kinds - {"regions", "signal_track"} or len(kinds) != 1:
            raise InputError(
                f'the collection "{name}" needs members of one kind: '
                "region sets, or signal tracks"
            )
        return self._catalog.add_collection(
            name=name,
            kind="regions" if kinds == {"regions"} else "signal_tracks",
            members=[record.id for record in records],
            description=description,
            public=public,
        )

    def move(self, dataset: Ref, path: str | Path) -> DatasetRecord:
        """Tell the catalog that a dataset's file is somewhere else; its results stay.

        Raises
        ------
        FileError
            If there is no such file, or it is another one.
        """
        return register.moved(self._catalog, self.dataset(dataset), Path(path))

    # -- asking ------------------------------------------------------------------------

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
            regions=_regions_input(regions),
            features=tuple(_feature_input(feature) for feature in features),
            assembly=_assembly_input(self._catalog.assembly(regions.assembly)),
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
            subset=_row_numbers(subset),
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
            subset=_row_numbers(subset),
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
        numbers = _row_numbers(subset)
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

    # -- looking -----------------------------------------------------------------------

    def compare(
        self, regions: Ref, flank: int | None = None, *, title: str = "", columns: int = 0
    ) -> Comparison:
        """A comparison of this region set; add views to it and show it."""
        return Comparison(self, regions, flank, title=title, columns=columns)

    # -- ending ------------------------------------------------------------------------

    def close(self) -> None:
        """Release what was started: workers, connections."""
        self._broker.close()
        self._catalog.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace(user={self.user!r}, store={str(self.settings.store)!r})"


def _listed(refs: Any) -> list[Any]:
    """One thing or several, as a list."""
    single = isinstance(refs, DatasetRecord | CollectionRecord | str | int)
    return [refs] if single else list(refs)


def _row_numbers(subset: Rows | None) -> tuple[int, ...] | None:
    """Row numbers from numbers or a mask."""
    if subset is None:
        return None
    chosen = np.asarray(subset)
    if chosen.dtype == np.bool_:
        chosen = np.flatnonzero(chosen)
    if chosen.ndim != 1 or not (chosen.size == 0 or np.issubdtype(chosen.dtype, np.integer)):
        raise InputError("subset needs row numbers or a boolean mask, one per region")
    return tuple(int(number) for number in chosen)


def _regions_input(record: DatasetRecord) -> RegionsInput:
    if record.kind != "regions":
        raise InputError(f'"{record.name}" is a feature; a region set is needed here')
    return RegionsInput(
        id=str(record.id),
        name=record.name,
        fingerprint=record.fingerprint,
        path=str(record.path),
        dims=2 if record.dims == 2 else 1,
        kind="interval" if record.region_kind == "interval" else "point",
        n=record.n_regions or 0,
    )


def _feature_input(record: DatasetRecord) -> FeatureInput:
    return FeatureInput(
        id=str(record.id),
        name=record.name,
        fingerprint=record.fingerprint,
        path=str(record.path),
        kind=record.kind,
    )


def _assembly_input(record: AssemblyRecord) -> AssemblyInput:
    view = Assembly(
        name=record.name,
        organism=record.organism,
        chromsizes=dict(record.chromsizes),
        arms=pd.DataFrame(list(record.arms), columns=["chrom", "start", "end", "name"])
        if record.arms
        else None,
    ).view_df
    return AssemblyInput(
        name=record.name,
        chromsizes=tuple(record.chromsizes.items()),
        arms=tuple(register.view_rows(view)),
    )
