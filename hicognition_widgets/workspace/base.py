"""What every part of a workspace stands on: the catalog, the store and the broker."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets import register
from hicognition_widgets.catalog import (
    AssemblyRecord,
    Catalog,
    CollectionRecord,
    DatasetRecord,
)
from hicognition_widgets.catalog.records import CollectionKind
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.jobs import Broker
from hicognition_widgets.mappings import Assemblies, Collections, Datasets, Repositories
from hicognition_widgets.settings import Settings
from hicognition_widgets.store import Store
from hicognition_widgets.views.host import DatasetKind
from hicognition_widgets.views.menus import MENU
from hicognition_widgets.workspace.recent import Recent

Ref = DatasetRecord | str | int
_FOUND = 100
Rows = Sequence[int] | npt.NDArray[Any]


@lru_cache(maxsize=4)
def _read_frame(path: str, fingerprint: str) -> pd.DataFrame:
    del fingerprint  # another content is another entry
    return read_regions(path).frame


class Base:
    """Datasets by name, and the rooms below."""

    settings: Settings
    _catalog: Catalog
    _store: Store
    _broker: Broker
    _recent: Recent

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

    @property
    def repositories(self) -> Repositories:
        """Public archives that samples come from, by name."""
        return Repositories(self._catalog)

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

    def datasets_by_number(self, numbers: Sequence[int]) -> list[DatasetRecord]:
        """Several datasets by their numbers, in the order given; raises NotFound."""
        return list(
            self._recent.get(
                ("datasets", *numbers), lambda: self._catalog.datasets_by_number(numbers)
            )
        )

    def datasets_on(self, assembly: str, kind: DatasetKind) -> list[DatasetRecord]:
        """Datasets of one kind on one assembly to choose from, sorted by name.

        Where there are more than a menu can hold, yours go first.
        """
        found = self._catalog.datasets(kind=kind, assembly=assembly, limit=MENU)
        if len(found) < MENU:
            return found
        own = self._catalog.datasets(kind=kind, assembly=assembly, owner=self.user, limit=MENU)
        rest = [one for one in found if one.owner != self.user]
        return sorted([*own, *rest][:MENU], key=lambda one: (one.name.casefold(), one.id))

    def count_on(self, assembly: str, kind: DatasetKind) -> int:
        """How many datasets of one kind there are on one assembly."""
        return self._catalog.count_datasets(kind=kind, assembly=assembly)

    def find_on(self, assembly: str, kind: DatasetKind, words: str) -> list[DatasetRecord]:
        """The first datasets of one kind on one assembly that have all these words."""
        return self._catalog.datasets(kind=kind, assembly=assembly, search=words, limit=_FOUND)

    def collection(self, ref: str | int) -> CollectionRecord:
        """One collection by id, ``"name"`` or ``"owner/name"``; raises NotFound."""
        return self._catalog.collection(ref)

    def collections_on(self, assembly: str, kind: DatasetKind) -> list[CollectionRecord]:
        """Collections of datasets of one kind on one assembly, sorted by name."""
        if kind == "contact_map":
            return []
        wanted: CollectionKind = "regions" if kind == "regions" else "signal_tracks"
        return self._catalog.collections(kind=wanted, assembly=assembly)

    def annotation_names(self, regions: DatasetRecord) -> list[str]:
        """Names of the annotations of a region set."""
        found = self._catalog.annotations(regions.id)
        return list(dict.fromkeys(one.name for one in found))

    def category_names(self, regions: DatasetRecord) -> list[str]:
        """Names of the annotations of a region set that hold categories."""
        found = self._catalog.annotations(regions.id)
        return list(dict.fromkeys(one.name for one in found if one.levels))

    def region_frame(self, regions: DatasetRecord) -> pd.DataFrame:
        """Coordinates and further columns of a region set; shared, so not to be changed.

        Raises
        ------
        FileError
            If the file is missing or not what it was.
        """
        return _read_frame(regions.path, regions.fingerprint)

    def annotation_values(
        self, regions: DatasetRecord, name: str
    ) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        """Categories (empty for numbers) and one value per region, NaN without one."""
        column = self._catalog.annotation(regions.id, name)
        values = np.asarray(column.values, dtype=np.float64)
        levels = column.record.levels
        return levels, np.where(values < 0, np.nan, values) if levels else values

    def _assembly(self, name: str) -> AssemblyRecord:
        return register.known_assembly(self._catalog, name)
