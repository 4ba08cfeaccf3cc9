"""A catalog with real files, a store, and requests on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hicognition_widgets.catalog import Catalog, DatasetRecord
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.jobs import (
    AssemblyInput,
    Broker,
    FeatureInput,
    RegionsInput,
    Request,
)
from hicognition_widgets.sources.fingerprint import fingerprint
from hicognition_widgets.store import Store

FILES = {
    "loops": ("regions", "CH12_loops_Rao.bedpe", {"region_kind": "point", "dims": 2}),
    "peaks": ("regions", "Bonev_CTCF+.bed", {"region_kind": "point", "dims": 1}),
    "minus": ("regions", "Bonev_CTCF-.bed", {"region_kind": "point", "dims": 1}),
    "tads": ("regions", "CH12_TADs_Rao.bed", {"region_kind": "interval", "dims": 1}),
    "control": ("contact_map", "Scc1-control.chr1-5.mcool", {"resolutions": (10_000,)}),
    "ctcf": ("signal_track", "derived_CTCF_site_count_10kb.bw", {}),
    "e1": ("signal_track", "derived_CN_E1_1Mb.bw", {}),
}


@dataclass
class Rooms:
    """What a workspace would hold."""

    catalog: Catalog
    store: Store
    data: Path
    assembly: AssemblyInput
    records: dict[str, DatasetRecord]
    brokers: list[Broker]

    def broker(self, scheduler: str = "threads", **changes: Any) -> Broker:
        given = {"catalog": self.catalog, "store": self.store, "scheduler": scheduler}
        broker = Broker(**(given | changes))
        self.brokers.append(broker)
        return broker

    def person(self, name: str, trusts: Sequence[str] = ()) -> Broker:
        """A broker of somebody else on the same catalog and store."""
        catalog = Catalog.open(self.catalog.url, user=name, trusted=trusts)
        return self.broker(catalog=catalog, store=Store(self.store.root, name))

    def add(self, kind: str, path: Path, name: str, **details: Any) -> DatasetRecord:
        if kind == "regions" and path.is_file():
            details.setdefault("n_regions", len(read_regions(path).frame))
        record = self.catalog.add_dataset(
            kind=kind, name=name, assembly="mm9", path=str(path),
            fingerprint=fingerprint(path) if path.is_file() else "0" * 64,
            size=1, modified=0.0, **details,
        )  # fmt: skip
        self.records[name] = record
        return record

    def record(self, name: str) -> DatasetRecord:
        if name not in self.records:
            kind, file, details = FILES[name]
            self.add(kind, self.data / file, name, **details)
        return self.records[name]

    def make(
        self,
        analysis: str,
        regions: DatasetRecord,
        features: Sequence[DatasetRecord],
        **parts: Any,
    ) -> Request:
        return Request(
            analysis=analysis,
            regions=RegionsInput(
                id=str(regions.id), name=regions.name, fingerprint=regions.fingerprint,
                path=regions.path, dims=regions.dims, kind=regions.region_kind,
                n=regions.n_regions,
            ),
            features=tuple(
                FeatureInput(
                    id=str(f.id), name=f.name, fingerprint=f.fingerprint, path=f.path,
                    kind=f.kind,
                )
                for f in features
            ),
            assembly=self.assembly,
            **parts,
        )  # fmt: skip

    def request(self, analysis: str, regions: str, *features: str, **parts: Any) -> Request:
        records = [self.record(name) for name in features]
        return self.make(analysis, self.record(regions), records, **parts)


@pytest.fixture
def rooms(tmp_path: Path, demo_data: Path) -> Iterator[Rooms]:
    sizes = {
        line.split()[0]: int(line.split()[1])
        for line in (demo_data / "chrom.sizes").read_text().splitlines()
    }
    arms = tuple((name, 0, length, name) for name, length in sizes.items())
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.sqlite", user="ann")
    catalog.add_assembly(name="mm9", chromsizes=sizes, arms=arms)
    rooms = Rooms(
        catalog=catalog,
        store=Store(tmp_path / "store", "ann"),
        data=demo_data,
        assembly=AssemblyInput(name="mm9", chromsizes=tuple(sizes.items()), arms=arms),
        records={},
        brokers=[],
    )
    yield rooms
    for broker in rooms.brokers:
        broker.close()
    catalog.close()


@pytest.fixture
def point_request() -> Callable[..., Request]:
    """A request on files that do not exist."""

    def make(**parts: Any) -> Request:
        regions = RegionsInput(
            id="1", name="peaks", fingerprint="r", path="/no/peaks.bed", dims=1, kind="point",
            n=100,
        )  # fmt: skip
        feature = FeatureInput(
            id="2", name="map", fingerprint="f", path="/no/map.mcool", kind="contact_map"
        )
        given: dict[str, Any] = {
            "analysis": "pileup",
            "regions": regions,
            "features": (feature,),
            "assembly": AssemblyInput(
                name="mm9", chromsizes=(("chr1", 1000),), arms=(("chr1", 0, 1000, "chr1"),)
            ),
            "flank": 100_000,
            "binsize": 10_000,
        }
        return Request(**(given | parts))

    return make
