"""New region sets from those there are: selections, and set operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets import register
from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.genome.set_operations import joined, near
from hicognition_widgets.workspace.base import Base, Ref, Rows
from hicognition_widgets.workspace.inputs import regions_input, row_numbers

_ROW = "parent_row"


class Deriving(Base):
    """The part of a workspace that makes region sets of region sets.

    A new set keeps the columns of the rows it is made of and their annotations, its
    ``origin`` says how it was made, and :meth:`parent_rows` which rows it is.
    """

    def select_regions(
        self,
        regions: Ref,
        rows: Rows,
        *,
        name: str,
        description: str = "",
        origin: Mapping[str, Any] | None = None,
    ) -> DatasetRecord:
        """A new region set of some rows of another.

        Parameters
        ----------
        regions : dataset, name or id
            The parent.
        rows : row numbers or boolean mask
            Which ones; they keep the parent's order.
        name : str
            Name of the new set.
        description : str
            What it is.
        origin : mapping, optional
            How the rows were chosen, for example the view and the clusters.

        Raises
        ------
        InputError
            If no row is chosen, or one that there is not.
        """
        parent = self.dataset(regions)
        numbers = row_numbers(rows) or ()
        if not numbers:
            raise InputError("no region is chosen; choose at least one")
        total = parent.n_regions or 0
        if min(numbers) < 0 or max(numbers) >= total:
            raise InputError(
                f'"{parent.name}" has {total:,} regions, numbered from 0; there is no row '
                f"{min(numbers) if min(numbers) < 0 else max(numbers):,}"
            )
        kept = np.unique(np.asarray(numbers, dtype=np.int64))
        how = {"operation": "selection", "n": len(kept)} | dict(origin or {})
        return self._derive(
            [parent], self._frame(parent).iloc[kept], kept, name, description, how
        )

    def parent_rows(self, regions: Ref) -> npt.NDArray[np.int64]:
        """Which rows of its parent a selected region set is, shape ``(n,)``.

        Raises
        ------
        InputError
            If it was not made of rows of one other set.
        """
        record = self.dataset(regions)
        frame = self._frame(record)
        if record.origin is None or _ROW not in frame.columns:
            raise InputError(f'"{record.name}" was not made of rows of another region set')
        return frame[_ROW].to_numpy(dtype=np.int64)

    def intersect(self, regions: Ref, others: Ref, *, name: str | None = None) -> DatasetRecord:
        """Regions that share at least one base with a region of the other set."""
        return self._choose(regions, others, "intersect", name, keep=True)

    def subtract(self, regions: Ref, others: Ref, *, name: str | None = None) -> DatasetRecord:
        """Regions that share no base with any region of the other set."""
        return self._choose(regions, others, "subtract", name, keep=False)

    def within(
        self, regions: Ref, others: Ref, *, distance: int, name: str | None = None
    ) -> DatasetRecord:
        """Regions at most `distance` bp away from a region of the other set."""
        return self._choose(regions, others, "within", name, keep=True, distance=distance)

    def union(self, regions: Ref, others: Ref, *, name: str | None = None) -> DatasetRecord:
        """Rows of both sets; rows with the same coordinates only once."""
        one, two = self._pair(regions, others)
        frame = joined(self._frame(one), self._frame(two))
        how = {"operation": "union"}
        return self._derive(
            [one, two], frame, None, name or f"{one.name} or {two.name}", "", how
        )

    # -- details -----------------------------------------------------------------------

    def _choose(
        self,
        regions: Ref,
        others: Ref,
        operation: str,
        name: str | None,
        *,
        keep: bool,
        distance: int = 0,
    ) -> DatasetRecord:
        one, two = self._pair(regions, others)
        frame = self._frame(one)
        rows = np.flatnonzero(near(frame, self._frame(two), distance=distance) == keep)
        words = {
            "intersect": f"{one.name} on {two.name}",
            "subtract": f"{one.name} not on {two.name}",
            "within": f"{one.name} within {distance:,} bp of {two.name}",
        }
        if not len(rows):
            raise InputError(f"there are no regions in {words[operation]}; nothing was added")
        how = {"operation": operation} | ({"distance": distance} if distance else {})
        return self._derive(
            [one, two], frame.iloc[rows], rows, name or words[operation], "", how
        )

    def _pair(self, regions: Ref, others: Ref) -> tuple[DatasetRecord, DatasetRecord]:
        one, two = self.dataset(regions), self.dataset(others)
        for record in (one, two):
            regions_input(record)
        if one.assembly_id != two.assembly_id:
            raise InputError(
                f'"{one.name}" is on {one.assembly} and "{two.name}" on {two.assembly}; '
                "both have to be on one assembly"
            )
        return one, two

    def _frame(self, record: DatasetRecord) -> pd.DataFrame:
        return read_regions(regions_input(record).path).frame

    def _derive(
        self,
        parents: list[DatasetRecord],
        frame: pd.DataFrame,
        rows: npt.NDArray[np.int64] | None,
        name: str,
        description: str,
        how: Mapping[str, Any],
    ) -> DatasetRecord:
        parent = parents[0]
        # In the file itself: as many numbers as regions are too much for a row of the catalog.
        frame = frame.drop(columns=_ROW, errors="ignore")
        if rows is not None:
            frame = frame.assign(**{_ROW: rows})
        record = register.regions(
            self._catalog,
            self._store,
            frame.reset_index(drop=True),
            assembly=self._assembly(parent.assembly),
            name=name,
            kind=parent.region_kind or "point",
            details=register.Details(description),
            origin={"parents": [one.id for one in parents], **how},
        )
        if rows is not None:
            try:
                self._hand_on_annotations(parent, record, rows)
            except BaseException:
                self._catalog.delete_dataset(record.id)
                self._store.delete_managed(record.path)
                raise
        return record

    def _hand_on_annotations(
        self, parent: DatasetRecord, record: DatasetRecord, rows: npt.NDArray[np.int64]
    ) -> None:
        table = self._catalog.annotation_table(parent.id)
        if table.empty:
            return
        chosen = table.iloc[rows]
        kept = {str(name): chosen[name] for name in chosen if chosen[name].notna().any()}
        if kept:
            self._catalog.add_annotations(record.id, kept, source=f"from {parent.name}")
