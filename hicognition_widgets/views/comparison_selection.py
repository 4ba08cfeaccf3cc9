"""The selection of a comparison: some of its regions, the same in every view."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.base import View
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.runtime import BundledWidget
from hicognition_widgets.views.selecting import Operation, combined, rows_named, within
from hicognition_widgets.views.steps import Undoable
from hicognition_widgets.views.traits import RowNumbers, regions_json


class Selecting(Undoable, BundledWidget):
    """Region set and selection; part of :class:`Comparison`."""

    title = traitlets.Unicode().tag(sync=True)
    regions = traitlets.Instance(DatasetRecord, allow_none=True).tag(
        sync=True, to_json=regions_json
    )
    selection = RowNumbers()
    selection_facts = traitlets.Dict().tag(sync=True)
    selections = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, ws: Host) -> None:
        self._host = ws
        #: Kept selections by name: row numbers.
        self.kept_selections: dict[str, npt.NDArray[np.int64]] = {}
        self._picked_in = ""
        # what the rows that were selected last are called, together: another thread may select
        self._called: tuple[Any, str] = (None, "")
        super().__init__()

    @property
    def host(self) -> Host:
        """Where datasets and answers come from."""
        return self._host

    @traitlets.validate("selection")
    def _check_selection(self, proposal: Any) -> Any:
        rows = proposal["value"]
        if rows is not None and rows.dtype.kind not in "iu":
            rows = self._rows_named(rows)
        if rows is None or len(rows) == 0:
            return None
        total = 0 if self.regions is None else self.regions.n_regions or 0
        if rows[0] < 0 or rows[-1] >= total:
            wrong = rows[0] if rows[0] < 0 else rows[-1]
            raise traitlets.TraitError(
                f"there is no region {wrong:,}: the set has {total:,}, numbered from 0"
            )
        return rows

    def _rows_named(self, names: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Rows of regions by their names, as they stand in the file of the region set."""
        if self.regions is None:
            raise traitlets.TraitError("there is no region set to find names in")
        table = self._host.region_table(self.regions)
        known = table["name"].astype(str) if "name" in table else table.iloc[:0, 0]
        try:
            return rows_named(names, known.to_numpy(dtype=object))
        except InputError as error:
            raise traitlets.TraitError(str(error)) from error

    def _select_as(self, rows: Any, name: str) -> None:
        """Select rows that have a name, so that no one sees them without it."""
        self._called = (rows, name)
        self.selection = rows
        self._show_selection()

    def _show_selection(self) -> None:
        rows = self.selection
        total = 0 if self.regions is None else self.regions.n_regions
        count = None if rows is None else len(rows)
        self.selection_facts = {"count": count, "total": total, "name": self._name_of(rows)}

    def _name_of(self, rows: npt.NDArray[np.int64] | None) -> str:
        """What they were called when they were selected, or the name they are kept under."""
        if rows is None:
            return ""
        called, name = self._called
        if called is not None and np.array_equal(called, rows):
            return name
        kept = self.kept_selections
        return next((name for name in sorted(kept) if np.array_equal(kept[name], rows)), "")

    def _picked(self, rows: Any, view: View) -> None:
        """A person picked regions in a view."""
        self._picked_in = view.kind
        self.selection = rows

    def keep_selection(self, name: str) -> None:
        """Keep what is selected under a name, to select it again or combine it."""
        if self.selection is None:
            raise InputError("nothing is selected")
        clean = name.strip()[:200]
        if not clean:
            raise InputError("give the selection a name")
        rows = self.selection
        self._keep({**self.kept_selections, clean: rows})
        self._select_as(rows, clean)

    def choose_selection(self, name: str) -> None:
        """Select what was kept under a name; an empty name selects nothing."""
        if name == "":
            self.selection = None
            return
        if name not in self.kept_selections:
            raise NotFound(f'there is no kept selection "{name}"')
        self._select_as(self.kept_selections[name], name)

    def combine_selection(self, operation: Operation, name: str) -> None:
        """Change the selection by a kept one; it stays as it is if no region were left.

        Parameters
        ----------
        operation : {"and", "or", "not"}
            Regions in both; in either; selected ones that are not in the kept one.
        name : str
            A name given to :meth:`keep_selection`.
        """
        if name not in self.kept_selections:
            known = ", ".join(sorted(self.kept_selections)) or "none yet"
            raise NotFound(f'there is no kept selection "{name}"; there are: {known}')
        total = 0 if self.regions is None else self.regions.n_regions or 0
        kept = self.kept_selections[name]
        self.selection = combined(operation, self.selection, kept, total)

    def select_where(
        self,
        annotation: str,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> None:
        """Select the regions whose annotation lies between two thresholds, both included.

        Parameters
        ----------
        annotation : str
            Name of an annotation with numbers.
        at_least, at_most : float, optional
            In the unit of the annotation. Regions without a value are not selected.

        Raises
        ------
        NotFound
            If the region set has no such annotation.
        InputError
            If it holds categories, there is no threshold, or no region lies between.
        """
        names = [] if self.regions is None else self._host.annotation_names(self.regions)
        if self.regions is None or annotation not in names:
            known = ", ".join(names) or "none yet"
            raise NotFound(f'there is no annotation "{annotation}"; there are: {known}')
        categories, values = self._host.annotation_values(self.regions, annotation)
        if categories:
            raise InputError(f'"{annotation}" holds categories, which have no threshold')
        self._select_as(within(values, at_least, at_most), annotation)

    def annotations(self) -> list[dict[str, Any]]:
        """Annotations with numbers: ``name``, and their ``low`` and ``high`` value."""
        if self.regions is None:
            return []
        found = []
        for name in self._host.annotation_names(self.regions):
            categories, values = self._host.annotation_values(self.regions, name)
            known = values[np.isfinite(values)]
            if not categories and len(known):
                low, high = float(known.min()), float(known.max())
                found.append({"name": name, "low": low, "high": high})
        return found

    def create_region_set(self, name: str, *, description: str = "") -> DatasetRecord:
        """Write the selected regions to the catalog as a region set of yours.

        Raises
        ------
        InputError
            If nothing is selected, or the name is taken.
        """
        if self.selection is None or self.regions is None:
            raise InputError("nothing is selected; select regions first")
        origin = {"comparison": self.title, "view": self._picked_in}
        return self._host.select_regions(
            self.regions, self.selection, name=name, description=description, origin=origin
        )

    def _forget_selections(self) -> None:
        """Row numbers mean nothing in another region set."""
        self._keep({})
        self._called = (None, "")
        self.selection = None
        self._show_selection()

    def _keep(self, kept: dict[str, npt.NDArray[np.int64]]) -> None:
        old, self.kept_selections = self.kept_selections, kept
        self.selections = sorted(kept)
        if self.steps is not None and old is not kept and (old or kept):
            self.steps.record(self, "kept_selections", old, kept)

    def put_back(self, name: str, value: Any) -> None:
        """Give a setting the value that it had."""
        if name == "kept_selections":
            self._keep(value)
            if self._called[1] not in value:
                self._called = (None, "")
            self._show_selection()
        else:
            super().put_back(name, value)
