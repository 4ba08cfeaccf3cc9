"""Write a small catalog of the present revision, to test later migrations with.

Run once per released revision: python tests/catalog/make_revision_dump.py
"""

from __future__ import annotations

import base64
import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, select

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.catalog.revisions import HEAD

FOLDER = Path(__file__).parent / "revisions"


def fill(alice: Catalog, bob: Catalog) -> None:
    """One of everything, with hostile names and empty fields."""
    alice.add_assembly(
        name="mm9",
        organism="Mus musculus",
        chromsizes={"chr1": 197_195_432, "chrX": 166_650_296},
        arms=[("chr1", 0, 100_000_000, "chr1q")],
    )
    peaks = alice.add_dataset(
        kind="regions", name="CTCF <b>peaks</b>", assembly="mm9", path="/data/ctcf.bed",
        fingerprint="f1", dims=1, region_kind="point", n_regions=3, size=2**33,
        metadata={"protein": "CTCF", "replicate": 1, "depth": 0.5, "pooled": False},
        repository="4dn", sample_id="S1", source_url="https://example.org/ctcf.bed",
        public=True, modified=1.5e9,
    )  # fmt: skip
    part = alice.add_dataset(
        kind="regions", name="part", assembly="mm9", path="/data/part.bed",
        fingerprint="f2", dims=2, region_kind="interval", n_regions=1,
        origin={"parent": peaks.id, "rows": [0]},
    )  # fmt: skip
    wt = alice.add_dataset(
        kind="contact_map", name="wt", assembly="mm9", path="/data/wt.mcool",
        fingerprint="f3", resolutions=[5000, 10_000],
    )  # fmt: skip
    gone = bob.add_dataset(
        kind="signal_track", name="gone", assembly="mm9", path="/data/gone.bw",
        fingerprint="f4", public=True,
    )  # fmt: skip
    alice.add_annotations(peaks.id, {"score": [1.0, None, 3.0], "class": ["a", "b", None]})
    sets = alice.add_collection(name="sets", kind="regions", members=[part.id, peaks.id])
    alice.add_collection(name="tracks", kind="signal_tracks", members=[gone.id])
    figure = alice.save_session(
        "figure", {"views": [{"kind": "pileup"}]}, datasets=[peaks.id, wt.id, gone.id],
        collections=[sets.id], description="d", thumbnail=b"\x89PNG",
    )  # fmt: skip
    bob.delete_dataset(gone.id)
    alice.add_result(
        key="small", analysis="pileup", request={"flank": 100_000}, meta={"n_used": 3},
        inputs=[peaks.id, wt.id], payload=b"\x00\x01", digest="d1",
    )  # fmt: skip
    alice.add_result(
        key="large", analysis="stackup", request={}, meta={}, inputs=[part.id],
        artifact="alice/results/0", digest="d2",
    )  # fmt: skip
    job = alice.add_job(title="job", total=2, request={"a": 1}, tasks=["x", "y"])
    alice.update_job(job.id, state="failed", done=1, failed=1, message="one failed")
    alice.add_group("lab", ["bob"])
    alice.share("dataset", part.id, group="lab")
    token = alice.share("session", figure.id).token
    assert token is not None
    bob.open_session(token)


def plain(value: Any) -> Any:
    """A value of a row as JSON."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if hasattr(value, "isoformat"):
        return {"time": value.isoformat()}
    return value


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'catalog.sqlite'}"
        with Catalog.open(url, user="alice") as alice, Catalog.open(url, user="bob") as bob:
            fill(alice, bob)
        engine = create_engine(url)
        tables = MetaData()
        with engine.connect() as connection:
            tables.reflect(connection)
            rows = {
                table.name: [
                    {name: plain(value) for name, value in row._mapping.items()}
                    for row in connection.execute(select(table))
                ]
                for table in tables.sorted_tables
                if table.name not in ("alembic_version", "sqlite_sequence")
            }
        engine.dispose()
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"{HEAD}.json"
    target.write_text(json.dumps(rows, indent=1, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
