"""A page of the catalog that shows itself as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import pandas as pd

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.catalog.pictures import shown, table_html
from hicognition_widgets.catalog.summaries import dataset_row


class DatasetPage(Sequence[DatasetRecord]):
    """Some of the datasets that a search found.

    Attributes
    ----------
    total : int
        How many there are in all.
    offset : int
        How many stand before this page.
    """

    def __init__(self, records: Sequence[DatasetRecord], *, total: int, offset: int) -> None:
        self._records = list(records)
        self.total, self.offset = total, offset

    @overload
    def __getitem__(self, index: int) -> DatasetRecord: ...
    @overload
    def __getitem__(self, index: slice) -> list[DatasetRecord]: ...
    def __getitem__(self, index: int | slice) -> DatasetRecord | list[DatasetRecord]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[DatasetRecord]:
        return iter(self._records)

    def to_frame(self) -> pd.DataFrame:
        """The page as a table, metadata fields included."""
        return pd.DataFrame([_frame_row(one) for one in self._records])

    def __repr__(self) -> str:
        if not self._records:
            return "nothing found"
        rows = pd.DataFrame([dataset_row(one) for one in self._records])
        table = rows.map(shown).to_string(index=False)
        last = self.offset + len(self._records)
        return f"{table}\n{self.offset + 1:,} to {last:,} of {self.total:,}"

    def _repr_html_(self) -> str:
        rows = [dataset_row(one) for one in self._records]
        last = self.offset + len(rows)
        count = f"<p>{self.offset + 1:,} to {last:,} of {self.total:,}</p>" if rows else ""
        return table_html(rows, total=len(rows)) + count


def _frame_row(record: DatasetRecord) -> dict[str, object]:
    row: dict[str, object] = {"id": record.id} | dataset_row(record)
    del row["about"], row["source"]
    row |= {
        "description": record.description,
        "repository": record.repository,
        "sample_id": record.sample_id,
        "source_url": record.source_url,
        "created": record.created,
        "path": record.path,
    }
    # Free fields go by their own names where these are still free.
    return row | {
        (f"metadata: {key}" if key in row else key): value
        for key, value in record.metadata.items()
    }
