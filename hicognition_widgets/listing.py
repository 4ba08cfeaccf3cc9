"""A page of the catalog that shows itself as a table."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import pandas as pd

from hicognition_widgets.catalog import DatasetRecord

SHOWN = 50


def table_html(rows: Sequence[Mapping[str, Any]], total: int | None = None) -> str:
    """An HTML table; whatever is in the cells is text.

    Parameters
    ----------
    rows : sequence of mapping
        Column names to values; at most ``SHOWN`` are drawn.
    total : int, optional
        How many there are in all.
    """
    if not rows:
        return "<p>nothing here yet</p>"
    head = "".join(f"<th>{html.escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row.values()) + "</tr>"
        for row in rows[:SHOWN]
    )
    rest = (len(rows) if total is None else total) - min(len(rows), SHOWN)
    more = f"<p>and {rest:,} more; see to_frame()</p>" if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def dataset_row(record: DatasetRecord) -> dict[str, Any]:
    """What a table says about a dataset."""
    if record.kind == "regions":
        kind = "pairs" if record.dims == 2 else f"{record.region_kind}s"
        detail = f"{record.n_regions or 0:,} regions"
    else:
        kind = record.kind.replace("_", " ")
        detail = ", ".join(_length(size) for size in record.resolutions)
    return {
        "name": record.name,
        "kind": kind,
        "detail": detail,
        "assembly": record.assembly,
        "owner": record.owner,
        "public": "yes" if record.public else "no",
        "description": record.description,
    }


def _length(bases: int) -> str:
    for unit, size in (("Mb", 1_000_000), ("kb", 1_000)):
        if bases >= size:
            return f"{bases / size:g} {unit}"
    return f"{bases} bp"


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
        return pd.DataFrame(
            [{"id": one.id} | dataset_row(one) | dict(one.metadata) for one in self._records]
        )

    def __repr__(self) -> str:
        if not self._records:
            return "nothing found"
        table = pd.DataFrame([dataset_row(one) for one in self._records]).to_string(index=False)
        last = self.offset + len(self._records)
        return f"{table}\n{self.offset + 1:,} to {last:,} of {self.total:,}"

    def _repr_html_(self) -> str:
        rows = [dataset_row(one) for one in self._records]
        last = self.offset + len(rows)
        count = f"<p>{self.offset + 1:,} to {last:,} of {self.total:,}</p>" if rows else ""
        return table_html(rows, total=len(rows)) + count
