"""A host without catalog, store or workers: answers come when the test says so."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.errors import NotFound
from hicognition_widgets.store import StoredResult

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int, kind: str, name: str, **changes: Any) -> DatasetRecord:
    values: dict[str, Any] = {
        f.name: None
        for f in dataclasses.fields(DatasetRecord)
        if f.default is dataclasses.MISSING
    }
    values |= {
        "id": number,
        "name": name,
        "owner": "ann",
        "public": False,
        "kind": kind,
        "assembly": "mm9",
        "path": f"/data/{number}",
        "fingerprint": f"f{number}",
        "resolutions": (),
    }
    values |= changes
    return DatasetRecord(**values)


@dataclass
class FakeRequest:
    analysis: str
    regions: DatasetRecord
    features: tuple[DatasetRecord, ...]
    parameters: dict[str, Any]

    @property
    def key(self) -> str:
        names = ",".join(feature.name for feature in self.features)
        details = ";".join(f"{k}={v}" for k, v in sorted(self.parameters.items()))
        return f"{self.analysis}|{self.regions.name}|{names}|{details}"


@dataclass
class FakeAsk:
    request: FakeRequest
    cancelled: bool = False
    _callbacks: list[Callable[[Any], None]] = field(default_factory=list)
    _progress: list[Callable[[Any], None]] = field(default_factory=list)
    _value: StoredResult | None = None
    _error: Exception | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def key(self) -> str:
        return self.request.key

    def done(self) -> bool:
        return self._value is not None or self._error is not None

    def result(self, timeout: float | None = None) -> StoredResult:
        if self._error is not None:
            raise self._error
        assert self._value is not None
        return self._value

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        with self._lock:
            if not self.done():
                self._callbacks.append(callback)
                return
        callback(self)

    def on_progress(self, callback: Callable[[Any], None]) -> None:
        self._progress.append(callback)

    def cancel(self) -> None:
        self.cancelled = True

    def answer(self, value: float = 1.0) -> None:
        self._finish(value=made_up(self.request, value))

    def settle(self, value: StoredResult) -> None:
        self._finish(value=value)

    def fail(self, error: Exception) -> None:
        self._finish(error=error)

    def _finish(
        self, value: StoredResult | None = None, error: Exception | None = None
    ) -> None:
        with self._lock:
            self._value, self._error = value, error
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback(self)


def made_up(request: FakeRequest, value: float) -> StoredResult:
    parameters = request.parameters
    meta = {
        "n_used": 9,
        "n_left_out": 1,
        "reasons": {"no data": 1},
        "numbers": {"ratio": value},
    }
    if request.analysis == "pileup":
        size = 2 * (parameters["flank"] // parameters["binsize"]) + 1
        arrays: dict[str, Any] = {
            "mean": np.full((size, size), value),
            "count": np.full((size, size), 9),
        }
    else:
        bins = 2 * parameters["flank"] // parameters["binsize"]
        arrays = {name: np.full(bins, value) for name in ("mean", "low", "high")}
        arrays["count"] = np.full(bins, 9)
        arrays["rows"] = np.arange(10 * bins, dtype=np.float32).reshape(10, bins) * value
    arrays["reasons"] = np.zeros(10, dtype=np.uint8)
    return StoredResult(key=request.key, analysis=request.analysis, meta=meta, arrays=arrays)


@dataclass
class FakeFeed:
    callback: Callable[[int], object]
    alive: bool = True

    def stop(self) -> None:
        self.alive = False


class FakeHost:
    """Holds records by number; `asks` are all questions so far."""

    def __init__(self, *, at_once: bool = False) -> None:
        self.at_once = at_once
        self.asks: list[FakeAsk] = []
        self.records = {
            r.id: r
            for r in (
                record(1, "regions", "loops", dims=2, region_kind="point", n_regions=10),
                record(2, "regions", "peaks", dims=1, region_kind="point", n_regions=10),
                record(3, "contact_map", "control", resolutions=(5_000, 10_000, 50_000)),
                record(4, "contact_map", "knock-out", resolutions=(10_000, 50_000)),
                record(5, "signal_track", "CTCF"),
                record(6, "signal_track", "H3K27ac"),
                record(7, "regions", "TADs", dims=1, region_kind="interval", n_regions=10),
            )
        }
        self.created: list[Any] = []
        self.feeds: list[FakeFeed] = []
        self.names = [f"region {i}" for i in range(10)]
        self.annotated: dict[str, Any] = {}
        self.frame: Any = None
        self.collections = [
            CollectionRecord(
                id=1,
                name="marks",
                owner="ann",
                created=NOW,
                updated=NOW,
                kind="signal_tracks",
                assembly="mm9",
                assembly_id=1,
                members=(self.records[5], self.records[6]),
            )
        ]

    def dataset(self, ref: DatasetRecord | str | int) -> DatasetRecord:
        if isinstance(ref, DatasetRecord):
            return ref
        for dataset in self.records.values():
            names = (dataset.name, f"{dataset.owner}/{dataset.name}")
            if ref in (dataset.id, str(dataset.id), *names):
                return dataset
        raise NotFound(f'there is no dataset "{ref}"')

    def datasets_by_number(self, numbers: Any) -> list[DatasetRecord]:
        return [self.dataset(number) for number in numbers]

    def datasets_on(self, assembly: str, kind: str) -> list[DatasetRecord]:
        return [r for r in self.records.values() if (r.assembly, r.kind) == (assembly, kind)]

    def count_on(self, assembly: str, kind: str) -> int:
        return len(
            [r for r in self.records.values() if (r.assembly, r.kind) == (assembly, kind)]
        )

    def find_on(self, assembly: str, kind: str, words: str) -> list[DatasetRecord]:
        return [
            r
            for r in self.records.values()
            if (r.assembly, r.kind) == (assembly, kind)
            and words.casefold() in r.name.casefold()
        ]

    def collection(self, ref: Any) -> CollectionRecord:
        return next(one for one in self.collections if ref in (one.id, one.name))

    def collections_on(self, assembly: str, kind: str) -> list[CollectionRecord]:
        return self.collections if kind == "signal_track" else []

    def annotation_names(self, regions: DatasetRecord) -> list[str]:
        return list(self.annotated)

    def category_names(self, regions: DatasetRecord) -> list[str]:
        return [name for name, (levels, _) in self.annotated.items() if levels]

    def region_frame(self, regions: DatasetRecord) -> Any:
        return self.frame

    def annotation_values(self, regions: DatasetRecord, name: str) -> Any:
        levels, values = self.annotated[name]
        return levels, np.asarray(values, dtype=np.float64)

    def select_regions(self, regions: Any, rows: Any, *, name: str, **_more: Any) -> Any:
        self.created.append((regions.name, rows.tolist(), name))
        return record(99, "regions", name, n_regions=len(rows))

    def on_change(self, callback: Callable[[int], object]) -> FakeFeed:
        feed = FakeFeed(callback)
        self.feeds.append(feed)
        return feed

    def changed(self) -> None:
        """Somebody changed the catalog."""
        for feed in self.feeds:
            if feed.alive:
                feed.callback(1)

    def region_table(self, regions: DatasetRecord) -> pd.DataFrame:
        if self.frame is not None:
            return self.frame
        frame = pd.DataFrame({"chrom": ["chr1"] * len(self.names)})
        return frame.assign(name=self.names) if self.names else frame

    def request(
        self, analysis: str, regions: DatasetRecord, features: Any, **parameters: Any
    ) -> Any:
        return FakeRequest(analysis, regions, tuple(features), parameters)

    def ask(self, request: Any) -> Any:
        ask = FakeAsk(request)
        if self.at_once:
            ask.answer()
        self.asks.append(ask)
        return ask
