"""Catalog and store tell the same story, or the check says what is wrong."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from hicognition_widgets.catalog import Catalog, DatasetRecord
from hicognition_widgets.catalog.check import check_catalog
from hicognition_widgets.store import Store


@pytest.fixture
def store(catalog: Catalog, tmp_path: Path) -> Store:
    return Store(tmp_path / "store", catalog.user)


@pytest.fixture
def regions(catalog: Catalog, make, tmp_path: Path) -> DatasetRecord:
    path = tmp_path / "peaks.bed"
    path.write_text("chr1\t1\t2\n")
    return make.regions(catalog, "peaks", path=path, size=path.stat().st_size)


def keep(catalog: Catalog, store: Store, key: str, dataset: int) -> str:
    request = {"analysis": "pileup"}
    manifest = store.write({"mean": np.arange(4.0)}, {"n_used": 1}, key=key, request=request)
    catalog.add_result(
        key=key,
        analysis="pileup",
        request=request,
        meta={"n_used": 1},
        inputs=[dataset],
        artifact=manifest.path,
        digest=manifest.digest,
    )
    return manifest.path


def age(path: Path) -> None:
    old = time.time() - 48 * 3600
    os.utime(path, (old, old))


def test_a_sound_catalog_has_no_problems(catalog, store, regions, make) -> None:
    import hashlib

    keep(catalog, store, "large", regions.id)
    digest = hashlib.sha256(b"numbers").hexdigest()
    make.result(catalog, "small", regions.id, digest=digest)
    managed = store.add_managed(Path(regions.path))
    make.regions(
        catalog, "copy", path=managed, managed=True, size=managed.stat().st_size,
    )  # fmt: skip
    report = check_catalog(catalog, store, repair=True, settled_seconds=0)
    assert report.problems == ()
    assert report.ok
    assert (report.datasets, report.results) == (2, 2)
    assert managed.is_file()


def test_missing_and_damaged_results_are_forgotten(catalog, store, regions, make) -> None:
    gone = store.root / keep(catalog, store, "gone", regions.id)
    bent = store.root / keep(catalog, store, "bent", regions.id)
    fine = keep(catalog, store, "fine", regions.id)
    make.result(catalog, "small", regions.id, digest="not its digest")
    shutil.rmtree(gone)
    (array,) = bent.glob("*.npy")
    array.write_bytes(array.read_bytes()[:-1] + b"\x01")
    found = check_catalog(catalog, store)
    assert sorted(problem.kind for problem in found.problems) == [
        "result damaged",
        "result damaged",
        "result missing",
    ]
    assert not found.ok
    assert not any(problem.repaired for problem in found.problems)
    quick = check_catalog(catalog, store, verify=False)
    assert [problem.kind for problem in quick.problems] == ["result missing"]
    assert check_catalog(catalog, store, repair=True).ok
    assert [row.artifact for row in catalog.results()] == [fine]
    again = check_catalog(catalog, store, repair=True, settled_seconds=0)
    assert [problem.kind for problem in again.problems] == ["result left over"]
    assert not bent.exists()
    assert check_catalog(catalog, store, settled_seconds=0).problems == ()


def test_files_that_no_row_knows_are_removed_when_they_are_old(catalog, store, regions) -> None:
    manifest = store.write({"x": np.zeros(2)}, {}, key="k", request={"analysis": "pileup"})
    copy = store.add_managed(Path(regions.path))
    assert check_catalog(catalog, store, repair=True).problems == ()
    age(store.root / manifest.path)
    age(copy.parent)
    report = check_catalog(catalog, store, repair=True)
    assert sorted(problem.kind for problem in report.problems) == [
        "file left over",
        "result left over",
    ]
    assert report.ok
    assert not copy.exists()
    assert not (store.root / manifest.path).exists()
    assert Path(regions.path).is_file()


def test_source_files_are_reported_but_never_touched(catalog, store, regions, make) -> None:
    make.track(catalog, "lost", path="/nowhere/lost.bw")
    Path(regions.path).write_text("chr1\t1\t2\nchr1\t5\t6\n")
    report = check_catalog(catalog, store, repair=True)
    assert [problem.kind for problem in report.problems] == ["file changed", "file missing"]
    assert not report.ok
    assert not any(problem.repairable for problem in report.problems)
    assert "/nowhere/lost.bw" in report.problems[1].sentence
    assert Path(regions.path).read_text().endswith("5\t6\n")


def test_tombstones_go_when_nobody_needs_them(catalog, store, people, make) -> None:
    bob = people("bob")
    track = make.track(catalog, "t", public=True)
    theirs = bob.add_collection(name="c", kind="signal_tracks", members=[track.id])
    assert catalog.delete_dataset(track.id).tombstone
    assert check_catalog(catalog, store, repair=True).problems == ()
    bob.delete_collection(theirs.id)
    report = check_catalog(catalog, store)
    assert [problem.kind for problem in report.problems] == ["tombstone"]
    assert check_catalog(catalog, store, repair=True).ok
    assert check_catalog(catalog, store).problems == ()


def test_stopped_jobs_are_interrupted(catalog, store) -> None:
    job = catalog.add_job(title="lost", total=1, request={})
    with catalog._write() as session:
        session.execute(text("UPDATE jobs SET updated = '2020-01-01 00:00:00.000000'"))
    (problem,) = check_catalog(catalog, store).problems
    assert problem.kind == "job stopped"
    assert catalog.job(job.id).state == "queued"
    assert check_catalog(catalog, store, repair=True).ok
    assert catalog.job(job.id).state == "interrupted"


def test_what_belongs_to_others_is_not_checked(catalog, store, people, make) -> None:
    make.track(people("bob"), "theirs", path="/nowhere", public=True)
    assert check_catalog(catalog, store).problems == ()
