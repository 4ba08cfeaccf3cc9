"""What a view needs from whoever holds it. `Workspace` is one; tests have another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.genome.nearby import NearbyIndex
from hicognition_widgets.jobs import Ask, Closeup, Request

DatasetKind = Literal["regions", "signal_track", "contact_map"]


class Listener(Protocol):
    """Somebody is told of changes."""

    @property
    def alive(self) -> bool:
        """Whether changes are still told."""
        ...

    def stop(self) -> None:
        """Tell no more."""
        ...


class Host(Protocol):
    """Datasets by name or id, and answers to requests."""

    def dataset(self, ref: DatasetRecord | str | int) -> DatasetRecord:
        """One dataset by record, id or name; raises NotFound."""
        ...

    def datasets_by_number(self, numbers: Sequence[int]) -> list[DatasetRecord]:
        """Several datasets by their numbers, in the order given; raises NotFound."""
        ...

    def datasets_on(self, assembly: str, kind: DatasetKind) -> list[DatasetRecord]:
        """Datasets of one kind on one assembly, sorted by name."""
        ...

    def count_on(self, assembly: str, kind: DatasetKind) -> int:
        """How many datasets of one kind there are on one assembly."""
        ...

    def find_on(self, assembly: str, kind: DatasetKind, words: str) -> list[DatasetRecord]:
        """Datasets of one kind on one assembly that have all these words, a menu's worth."""
        ...

    def collection(self, ref: str | int) -> CollectionRecord:
        """One collection by id or name; raises NotFound."""
        ...

    def collections_on(self, assembly: str, kind: DatasetKind) -> list[CollectionRecord]:
        """Collections of datasets of one kind on one assembly, sorted by name."""
        ...

    def annotation_names(self, regions: DatasetRecord) -> list[str]:
        """Names of the annotations of a region set."""
        ...

    def category_names(self, regions: DatasetRecord) -> list[str]:
        """Names of the annotations that hold categories."""
        ...

    def region_frame(self, regions: DatasetRecord) -> pd.DataFrame | None:
        """Coordinates and further columns of a region set, one row per region.

        None where nobody knows them; not to be changed. Raises FileError.
        """
        ...

    def annotation_values(
        self, regions: DatasetRecord, name: str
    ) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        """Categories (empty for numbers) and one value per region, NaN without one.

        Values of categories are their numbers.
        """
        ...

    def select_regions(
        self,
        regions: DatasetRecord,
        rows: npt.NDArray[np.int64],
        *,
        name: str,
        description: str = "",
        origin: Mapping[str, Any] | None = None,
    ) -> DatasetRecord:
        """A new region set of some rows of another."""
        ...

    def on_change(self, callback: Callable[[int], object]) -> Listener:
        """Call back after every change of the catalog, with its version."""
        ...

    def request(
        self,
        analysis: str,
        regions: DatasetRecord,
        features: Sequence[DatasetRecord],
        /,
        **parameters: Any,
    ) -> Request:
        """The request for one analysis."""
        ...

    def ask(self, request: Request) -> Ask:
        """Answer from the store or compute; returns at once."""
        ...

    def closeup(self, request: Request, row: int) -> Closeup:
        """One region of a request's set, read from the files; takes a moment."""
        ...

    def region_table(self, regions: DatasetRecord) -> pd.DataFrame:
        """Regions of a set as a table, one row each."""
        ...

    def nearby_index(self, regions: DatasetRecord) -> NearbyIndex:
        """Regions of a set by place."""
        ...
