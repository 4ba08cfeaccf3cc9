"""Files and tables become datasets of the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from hicognition_widgets import register
from hicognition_widgets.catalog import AssemblyRecord, CollectionRecord, DatasetRecord
from hicognition_widgets.catalog.records import RepositoryRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.assembly import builtin_assembly, custom_assembly
from hicognition_widgets.workspace.base import Base, Ref


class Adding(Base):
    """The part of a workspace that registers."""

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
        repository: str | None = None,
        sample_id: str | None = None,
        source_url: str | None = None,
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
        repository, sample_id, source_url : str, optional
            The public archive (see ``ws.repositories``), the sample's number in it, and the
            address that a file was downloaded from.

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
            details=register.Details(
                description,
                dict(metadata or {}),
                public,
                managed,
                repository,
                sample_id,
                source_url,
            ),
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
        repository: str | None = None,
        sample_id: str | None = None,
        source_url: str | None = None,
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
            details=register.Details(
                description,
                dict(metadata or {}),
                public,
                managed,
                repository,
                sample_id,
                source_url,
            ),
        )

    def add_repository(
        self, name: str, *, url: str, file_url: str, auth_required: bool = False
    ) -> RepositoryRecord:
        """Make a public archive of samples known, or correct its addresses.

        Parameters
        ----------
        name : str
        url, file_url : str
            Addresses with ``{href}``, and with ``{id}`` for a sample's number.
        auth_required : bool
            Whether it asks who downloads.

        Raises
        ------
        InputError
            If an address lacks its place holder.
        NotAllowed
            On a shared catalog, where its administrator adds them.
        """
        return self._catalog.add_repository(
            name, url=url, file_url=file_url, auth_required=auth_required
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
        return register.moved(self._catalog, self._store, self.dataset(dataset), Path(path))
