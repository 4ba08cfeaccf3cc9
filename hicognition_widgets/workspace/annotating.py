"""Values per region: attached to a region set, to sort by, colour by and group by."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from hicognition_widgets.catalog.records import AnnotationRecord
from hicognition_widgets.catalog.tables import match_rows, read_table
from hicognition_widgets.errors import DatasetNotice, InputError, NotFound
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.workspace.base import Base, Ref
from hicognition_widgets.workspace.inputs import regions_input


class Annotating(Base):
    """The part of a workspace that knows values per region."""

    def annotate(
        self,
        regions: Ref,
        table: str | Path | pd.DataFrame | pd.Series | Mapping[str, Sequence[object]],
        *,
        by: str | Sequence[str] | Mapping[str, str] | None = None,
        columns: Sequence[str] | None = None,
        replace: bool = False,
    ) -> list[AnnotationRecord]:
        """Attach columns with one value per region.

        Parameters
        ----------
        regions : dataset, name or id
            The region set; somebody else's too, then only you see them.
        table : path, DataFrame, Series or mapping
            A CSV, TSV or BED file, or values. Numbers become numbers (sort keys, colour
            overlays), anything else categories (groups).
        by : str, sequence of str, or mapping of str to str, optional
            Key columns that table and regions both have, for example
            ``["chrom", "start", "end"]`` or ``{"peak": "name"}``. Without, row i belongs
            to region i.
        columns : sequence of str, optional
            Which columns to attach; all but the keys and coordinates by default.
        replace : bool
            Whether to overwrite annotations of yours with the same names.

        Returns
        -------
        list of AnnotationRecord

        Raises
        ------
        FileError
            If the file is not a table.
        InputError
            If rows and regions do not fit together, or a name is taken.
        """
        record = self.dataset(regions)
        source = Path(table).name if isinstance(table, str | Path) else "table"
        frame = _as_frame(table)
        given = read_regions(regions_input(record).path).frame
        match = match_rows(frame, given, by)
        kept = match.table
        if columns is not None:
            missing = [name for name in columns if name not in kept.columns]
            if missing:
                raise InputError(f"the table has no column {missing[0]!r} to attach")
            kept = kept[list(columns)]
        else:
            kept = kept.drop(columns=[name for name in _COORDINATES if name in kept.columns])
        found = self._catalog.add_annotations(
            record.id,
            {str(name): kept[name] for name in kept.columns},
            source=source,
            replace=replace,
        )
        if match.rows_left or match.regions_left:
            warnings.warn(
                DatasetNotice(
                    record.name,
                    f"{match.rows_left:,} rows of the table belong to no region, and "
                    f"{match.regions_left:,} regions have no row",
                ),
                stacklevel=2,
            )
        return found

    def annotations(self, regions: Ref) -> pd.DataFrame:
        """Annotations of a region set: one row each, with name, kind and source."""
        rows = self._catalog.annotations(self.dataset(regions).id)
        return pd.DataFrame(
            [
                {
                    "name": row.name,
                    "kind": row.kind,
                    "missing": row.n_missing,
                    "categories": ", ".join(row.levels),
                    "source": row.source,
                    "owner": row.owner,
                }
                for row in rows
            ],
            columns=["name", "kind", "missing", "categories", "source", "owner"],
        )

    def annotation_table(self, regions: Ref) -> pd.DataFrame:
        """All annotations of a region set, one row per region."""
        return self._catalog.annotation_table(self.dataset(regions).id)

    def remove_annotation(self, regions: Ref, name: str) -> None:
        """Delete an annotation of yours.

        Raises
        ------
        NotFound
            If the region set has none of that name.
        """
        record = self.dataset(regions)
        own = [
            row
            for row in self._catalog.annotations(record.id)
            if row.name == name and row.owner == self.user
        ]
        if not own:
            raise NotFound(f'"{record.name}" has no annotation {name!r} of yours')
        self._catalog.delete_annotation(own[0].id)


_COORDINATES = (
    *("chrom", "start", "end"),
    *("chrom1", "start1", "end1", "chrom2", "start2", "end2"),
)


def _as_frame(
    table: str | Path | pd.DataFrame | pd.Series | Mapping[str, Sequence[object]],
) -> pd.DataFrame:
    if isinstance(table, str | Path):
        return read_table(Path(table).expanduser())
    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, pd.Series):
        return table.to_frame(name="value" if table.name is None else str(table.name))
    try:
        return pd.DataFrame(dict(table))
    except ValueError as error:
        raise InputError(f"the columns do not fit together: {error}") from error
