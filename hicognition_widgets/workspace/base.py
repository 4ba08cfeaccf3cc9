"""What every part of a workspace stands on: the catalog, the store and the broker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from hicognition_widgets import register
from hicognition_widgets.catalog import AssemblyRecord, Catalog, DatasetRecord
from hicognition_widgets.jobs import Broker
from hicognition_widgets.mappings import Assemblies, Collections, Datasets
from hicognition_widgets.settings import Settings
from hicognition_widgets.store import Store
from hicognition_widgets.views.host import DatasetKind

Ref = DatasetRecord | str | int
Rows = Sequence[int] | npt.NDArray[Any]


class Base:
    """Datasets by name, and the rooms below."""

    settings: Settings
    _catalog: Catalog
    _store: Store
    _broker: Broker

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

    def _assembly(self, name: str) -> AssemblyRecord:
        return register.known_assembly(self._catalog, name)
