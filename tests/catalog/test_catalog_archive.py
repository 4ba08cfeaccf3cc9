"""A catalog is taken along and merged into another one, on another database too."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.catalog.archive import export_archive, import_archive
from hicognition_widgets.catalog.check import check_catalog
from hicognition_widgets.errors import CatalogError, FileError
from hicognition_widgets.store import Store


@pytest.fixture
def laptop(tmp_path: Path, make) -> Iterator[Catalog]:
    """A SQLite catalog with one of everything, and its store in ``tmp_path/laptop``."""
    catalog = Catalog.open(f"sqlite:///{tmp_path / 'laptop.sqlite'}", user="ann")
    store = Store(tmp_path / "laptop", "ann")
    arms = [("chr1", 0, 40, "p"), ("chr1", 40, 100, "q")]
    catalog.add_assembly(name="toy", organism="Toy", chromsizes={"chr1": 100}, arms=arms)
    source = tmp_path / "peaks.bed"
    source.write_text("chr1\t1\t2\nchr1\t5\t6\nchr1\t9\t10\n")
    managed = store.add_managed(source)
    peaks = make.regions(
        catalog,
        "peaks",
        assembly="toy",
        path=managed,
        managed=True,
        size=managed.stat().st_size,
        metadata={"protein": "CTCF", "replicate": 2},
        repository="4dn",
        sample_id="S1",
    )
    part = make.regions(
        catalog, "part", assembly="toy", path=source, origin={"parent": peaks.id, "rows": [0]}
    )
    track = make.track(catalog, "track", assembly="toy", path=source, public=True)
    catalog.add_annotations(
        peaks.id, {"score": [1.0, np.nan, 3.0], "group": ["a", None, "b"]}, source="x.tsv"
    )
    group = catalog.add_collection(
        name="sets", kind="regions", members=[part.id, peaks.id], description="both"
    )
    catalog.save_session(
        "figure",
        {"views": [{"feature": track.id}]},
        datasets=[track.id],
        collections=[group.id],
        thumbnail=b"\x89PNG",
    )
    make.result(catalog, "small", peaks.id, track.id, payload=b"\x00numbers")
    manifest = store.write(
        {"mean": np.arange(9.0)}, {"n_used": 3}, key="large", request={"analysis": "pileup"}
    )
    make.result(catalog, "large", peaks.id, artifact=manifest.path, digest=manifest.digest)
    catalog.add_job(title="not exported", total=1, request={})
    catalog.share("dataset", peaks.id, user="somebody")
    yield catalog
    catalog.close()


def test_everything_arrives_under_a_new_owner(laptop, people, tmp_path: Path) -> None:
    hub = people("bob")
    store = Store(tmp_path / "hub", hub.user)
    written = export_archive(laptop, tmp_path / "a.zip", Store(tmp_path / "laptop", "ann"))
    assert written.counts == {
        "assemblies": 1,
        "datasets": 3,
        "annotations": 2,
        "collections": 1,
        "sessions": 1,
        "results": 2,
    }
    assert written.notes == []
    hub.add_group("numbers differ", [])

    def translate(spec, datasets):
        views = [{"feature": datasets[view["feature"]]} for view in spec["views"]]
        return {"views": views}

    read = import_archive(hub, tmp_path / "a.zip", store, translate=translate)
    assert read.counts == written.counts
    assert read.notes == []
    peaks, part, track = (hub.dataset(name) for name in ("peaks", "part", "track"))
    old = laptop.dataset("peaks")
    for field in ("fingerprint", "dims", "n_regions", "sample_id", "repository", "public"):
        assert getattr(peaks, field) == getattr(old, field)
    assert dict(peaks.metadata) == dict(old.metadata)
    assert peaks.owner == hub.user
    assert peaks.managed
    assert Path(peaks.path).is_relative_to(store.folder)
    assert Path(peaks.path).read_bytes() == Path(old.path).read_bytes()
    assert part.origin == {"parent": peaks.id, "rows": [0]}
    assert not part.managed
    assert track.public
    assert hub.assembly("toy").arms == laptop.assembly("toy").arms
    table = hub.annotation_table(peaks.id)
    np.testing.assert_array_equal(table["score"], [1.0, np.nan, 3.0])
    assert list(table["group"].cat.codes) == [0, -1, 1]
    group = hub.collection("sets")
    assert [one.name for one in group.members] == ["part", "peaks"]
    saved = hub.session("figure")
    assert saved.spec == {"views": [{"feature": track.id}]}
    assert saved.thumbnail == b"\x89PNG"
    assert [one.id for one in saved.collections] == [group.id]
    small, large = hub.find_result("small"), hub.find_result("large")
    assert small is not None
    assert large is not None
    assert (small.payload, small.inputs) == (b"\x00numbers", (peaks.id, track.id))
    np.testing.assert_array_equal(
        store.read(large.artifact, digest=large.digest).arrays["mean"], np.arange(9.0)
    )
    assert hub.jobs() == []
    assert hub.shares() == []
    kinds = {problem.kind for problem in check_catalog(hub, store, settled_seconds=0).problems}
    assert kinds <= {"file changed", "result damaged"}  # made-up sizes and digests


def test_an_import_can_be_repeated(laptop, people, tmp_path: Path) -> None:
    hub = people("bob")
    store = Store(tmp_path / "hub", hub.user)
    export_archive(laptop, tmp_path / "a.zip", Store(tmp_path / "laptop", "ann"))
    first = import_archive(hub, tmp_path / "a.zip", store)
    version = hub.version()
    second = import_archive(hub, tmp_path / "a.zip", store)
    assert second.counts == {}
    assert second.reused == first.counts
    assert hub.version() == version


def test_taken_names_get_a_number(laptop, people, make, tmp_path: Path) -> None:
    hub = people("bob")
    store = Store(tmp_path / "hub", hub.user)
    hub.add_assembly(name="toy", chromsizes={"chr1": 99})
    make.regions(hub, "peaks", assembly="toy", fingerprint="other")
    hub.save_session("figure", {"mine": True}, datasets=[])
    export_archive(laptop, tmp_path / "a.zip", Store(tmp_path / "laptop", "ann"))
    import_archive(hub, tmp_path / "a.zip", store)
    assert hub.dataset("peaks (2)").assembly == "toy (2)"
    assert hub.dataset("peaks").fingerprint == "other"
    assert hub.session("figure").spec == {"mine": True}
    assert hub.session("figure (2)").spec == laptop.session("figure").spec


def test_what_is_not_there_is_noted(laptop, people, tmp_path: Path) -> None:
    store = Store(tmp_path / "laptop", "ann")
    laptop.update_dataset(laptop.dataset("part").id, public=True)
    Path(laptop.dataset("part").path).unlink()
    written = export_archive(laptop, tmp_path / "a.zip", store)
    assert len(written.notes) == 2
    assert "'part'" in written.notes[0]
    hub = people("bob")
    read = import_archive(hub, tmp_path / "a.zip", Store(tmp_path / "hub", hub.user))
    assert any("'part' is not here" in note for note in read.notes)
    assert hub.dataset("part").path == laptop.dataset("part").path
    assert not hub.dataset("part").public
    assert any("then publish it again" in note for note in read.notes)


def test_a_repository_that_is_not_known_there_is_noted(laptop, people, tmp_path: Path) -> None:
    laptop.add_repository("lab", url="https://lab.org/{href}", file_url="https://lab.org/{id}")
    laptop.update_dataset(laptop.dataset("peaks").id, repository="lab")
    export_archive(laptop, tmp_path / "a.zip", Store(tmp_path / "laptop", "ann"))
    hub = people("bob")
    read = import_archive(hub, tmp_path / "a.zip", Store(tmp_path / "hub", hub.user))
    assert read.notes == [
        "'peaks' goes without its repository 'lab', which this catalog does not know"
    ]
    assert hub.dataset("peaks").sample_id == "S1"


def test_an_archive_is_never_overwritten_or_half(laptop, tmp_path: Path, monkeypatch) -> None:
    store = Store(tmp_path / "laptop", "ann")
    target = tmp_path / "a.zip"
    target.write_text("precious")
    with pytest.raises(FileError, match="exists already"):
        export_archive(laptop, target, store)
    assert target.read_text() == "precious"
    with pytest.raises(FileError, match="folder does not exist"):
        export_archive(laptop, tmp_path / "no" / "a.zip", store)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(FileError, match="No space left"):
        export_archive(laptop, tmp_path / "b.zip", store)
    assert sorted(path.name for path in tmp_path.iterdir() if "zip" in path.name) == ["a.zip"]


def test_hostile_and_damaged_archives_import_nothing(laptop, people, tmp_path: Path) -> None:
    hub = people("bob")
    store = Store(tmp_path / "hub", hub.user)
    good = tmp_path / "a.zip"
    export_archive(laptop, good, Store(tmp_path / "laptop", "ann"))

    def rewritten(change) -> Path:
        path = tmp_path / f"{change.__name__}.zip"
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                target.writestr(name, change(name, source.read(name)))
        return path

    def bend(name: str, content: bytes) -> bytes:
        return content[:-1] + b"!" if name.endswith("peaks.bed") else content

    def newer(name: str, content: bytes) -> bytes:
        if name != "archive.json":
            return content
        return json.dumps(json.loads(content) | {"format": 99}).encode()

    version = hub.version()
    for path, kind, problem in (
        (rewritten(bend), FileError, "is damaged; export it again"),
        (rewritten(newer), CatalogError, "newer version"),
    ):
        with pytest.raises(kind, match=problem):
            import_archive(hub, path, store)
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w"):
        pass
    for path in (text, empty):
        with pytest.raises(FileError, match="is not an archive"):
            import_archive(hub, path, store)
    assert hub.version() == version
    assert not store.root.exists()


def test_names_in_an_archive_are_no_paths(laptop, people, tmp_path: Path) -> None:
    hub = people("bob")
    store = Store(tmp_path / "hub", hub.user)
    good, evil = tmp_path / "a.zip", tmp_path / "evil.zip"
    export_archive(laptop, good, Store(tmp_path / "laptop", "ann"))
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(evil, "w") as target:
        head = json.loads(source.read("archive.json"))
        (bed,) = [name for name in head["files"] if name.endswith("peaks.bed")]
        bad = "files/0/../../../../escaped.bed"
        head["files"][bad] = head["files"].pop(bed)
        for name in source.namelist():
            content = source.read(name)
            if name == "archive.json":
                content = json.dumps(head).encode()
            content = content.replace(bed.encode(), bad.encode())
            target.writestr(bad if name == bed else name, content)
    import_archive(hub, evil, store)
    path = Path(hub.dataset("peaks").path)
    assert path.is_relative_to(store.folder)
    assert path.name == "escaped.bed"
    assert list(tmp_path.rglob("escaped.bed")) == [path]
