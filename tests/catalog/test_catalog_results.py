"""Results, jobs and annotations, on both databases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.catalog.annotations import pack, unpack
from hicognition_widgets.catalog.results import PAYLOAD_LIMIT
from hicognition_widgets.errors import InputError, NotAllowed, NotFound


def test_a_result_is_kept_once(catalog: Catalog, make) -> None:
    a, b = make.regions(catalog, "a"), make.track(catalog, "b")
    assert catalog.find_result("key") is None
    kept = make.result(catalog, "key", b.id, a.id, payload=b"\x00\xff")
    assert catalog.find_result("key") == kept
    assert catalog.result(kept.id) == kept
    assert (kept.payload, kept.artifact, kept.size) == (b"\x00\xff", None, 2)
    assert (kept.inputs, kept.producer, kept.owner) == (
        (b.id, a.id),
        catalog.user,
        catalog.user,
    )
    assert dict(kept.meta) == {"n_used": 3}
    version = catalog.version()
    again = make.result(catalog, "key", a.id, artifact="alice/later")
    assert again == kept
    assert catalog.version() == version
    assert catalog.delete_result(kept.id) is None
    assert catalog.find_result("key") is None
    large = make.result(catalog, "key", a.id, artifact="alice/folder")
    assert catalog.delete_result(large.id) == "alice/folder"


def test_impossible_results_are_refused(catalog: Catalog, people, make) -> None:
    a = make.regions(catalog, "a")
    hidden = make.regions(people("bob"), "hidden")
    for wrong, problem in (
        ({"payload": None}, "either a payload or an artifact"),
        ({"payload": b"x" * (PAYLOAD_LIMIT + 1)}, "too large for the database"),
        ({"artifact": "../bob/x"}, "not a path inside the store"),
        ({"artifact": "/etc/passwd"}, "not a path inside the store"),
        ({"artifact": "C:\\x"}, "not a path inside the store"),
        ({"artifact": "a\\..\\..\\x"}, "not a path inside the store"),
        ({"meta": {"ratio": float("nan")}}, "JSON cannot hold"),
    ):
        with pytest.raises(InputError, match=problem):
            make.result(catalog, "k", a.id, **wrong)
    with pytest.raises(InputError, match="needs the datasets"):
        make.result(catalog, "k")
    with pytest.raises(NotFound, match=f"number {hidden.id}"):
        make.result(catalog, "k", a.id, hidden.id)
    assert catalog.results() == []


def test_nobody_can_plant_a_result(catalog: Catalog, people, make) -> None:
    bob = people("bob")
    public = make.regions(catalog, "public", public=True)
    planted = make.result(bob, "key", public.id, payload=b"planted")
    assert catalog.find_result("key") is None
    assert catalog.find_results(["key"]) == {}
    assert catalog.result(planted.id).producer == bob.user  # may be looked at, by number
    mine = make.result(catalog, "key", public.id, payload=b"mine")
    assert catalog.find_result("key") == mine
    assert bob.find_result("key") == planted
    with pytest.raises(NotAllowed, match="belongs to"):
        bob.delete_result(mine.id)


def test_results_of_a_trusted_role_are_reused(catalog: Catalog, people, make) -> None:
    robot = people("robot")
    public = make.regions(catalog, "public", public=True)
    theirs = make.result(robot, "key", public.id)
    assert catalog.find_result("key") is None
    catalog.trusted = frozenset([robot.user])
    assert catalog.find_result("key") == theirs
    mine = make.result(catalog, "key", public.id, payload=b"mine")
    assert catalog.find_result("key") == mine
    assert catalog.find_results(["key", "other"])["key"].id == mine.id
    private = make.regions(robot, "private")
    make.result(robot, "hidden", private.id)
    assert catalog.find_result("hidden") is None


def test_results_come_with_an_opened_session_and_its_data_only(
    catalog: Catalog, people, make
) -> None:
    bob, carol = people("bob"), people("carol")
    a, b, c = (make.regions(catalog, name) for name in "abc")
    public = make.regions(catalog, "public", public=True)
    group = catalog.add_collection(name="g", kind="regions", members=[c.id])
    make.result(catalog, "of a b", a.id, b.id)
    make.result(catalog, "of a c", a.id, c.id)
    make.result(catalog, "of a and public", a.id, public.id)
    make.result(bob, "planted", public.id)
    saved = catalog.save_session(
        "figure", {}, datasets=[a.id, b.id, public.id], collections=[group.id]
    )
    share = catalog.share("session", saved.id)
    assert share.token is not None
    carol.open_session(share.token)
    for key in ("of a b", "of a c", "of a and public"):
        found = carol.find_result(key)
        assert found is not None
        assert found.producer == catalog.user
    assert carol.find_result("planted") is None
    catalog.save_session("figure", {}, datasets=[a.id, b.id])
    assert carol.find_result("of a b") is not None
    assert carol.find_result("of a c") is None
    # A share with a name is not a link that was opened: seeing is not trusting.
    catalog.revoke(share.id)
    catalog.share("session", saved.id, user=carol.user)
    assert carol.dataset(a.id).name == "a"
    assert carol.find_result("of a b") is None


def test_results_are_listed_in_pages(catalog: Catalog, people, make) -> None:
    a, b = make.regions(catalog, "a"), make.regions(catalog, "b", public=True)
    kept = [make.result(catalog, f"k{i}", (a if i % 2 else b).id) for i in range(5)]
    listed = catalog.results(limit=2)
    assert [one.key for one in listed] == ["k4", "k3"]
    assert [one.payload for one in listed] == [None, None]
    assert [one.key for one in catalog.results(limit=2, before=listed[-1].id)] == ["k2", "k1"]
    assert [one.key for one in catalog.results(dataset=a.id)] == ["k3", "k1"]
    assert catalog.results(analysis="stackup") == []
    bob = people("bob")
    assert bob.results() == []
    assert [one.key for one in bob.results(own=False)] == ["k4", "k2", "k0"]
    with pytest.raises(NotFound):
        bob.result(kept[1].id)
    assert len(catalog.find_results([f"k{i}" for i in range(1200)])) == 5


def test_a_job_and_its_tasks(catalog: Catalog, people) -> None:
    job = catalog.add_job(title="Preprocess", total=3, request={"a": 1}, tasks=["x", "y", "x"])
    assert (job.state, job.total, job.done, job.active) == ("queued", 3, 0, True)
    assert dict(job.request) == {"a": 1}
    running = catalog.update_job(job.id, state="running", done=1, message="half")
    assert (running.state, running.done, running.failed, running.message) == (
        "running",
        1,
        0,
        "half",
    )
    assert [task.key for task in catalog.tasks(job.id)] == ["x", "y"]
    task = catalog.add_task(job.id, key="z", title="third")
    assert catalog.add_task(job.id, key="z").id == task.id
    failed = catalog.update_task(
        task.id,
        state="failed",
        error_type="FileError",
        error="x.bw: not a file",
        traceback="Traceback …\x00",
        tries=2,
    )
    assert failed == catalog.tasks(job.id, state="failed")[0]
    assert (failed.error, failed.tries, failed.traceback) == (
        "x.bw: not a file",
        2,
        "Traceback …\ufffd",
    )
    assert catalog.task_counts(job.id) == {"queued": 2, "failed": 1}
    assert [one.id for one in catalog.jobs(active=True)] == [job.id]
    done = catalog.update_job(job.id, state="finished", done=2, failed=1)
    assert done.finished is not None
    assert catalog.jobs(active=True) == []
    assert catalog.jobs(active=False) == catalog.jobs() == [done]
    bob = people("bob")
    assert bob.jobs() == []
    for forbidden in (
        lambda: bob.job(job.id),
        lambda: bob.update_job(job.id, state="cancelled"),
        lambda: bob.tasks(job.id),
        lambda: bob.update_task(task.id, state="finished"),
        lambda: bob.delete_job(job.id),
    ):
        with pytest.raises(NotFound):
            forbidden()
    with pytest.raises(InputError, match="'done' is not a state"):
        catalog.update_job(job.id, state="done")  # type: ignore[arg-type]
    catalog.delete_job(job.id)
    assert catalog.jobs() == []


def test_jobs_of_a_dead_notebook_are_interrupted(catalog: Catalog) -> None:
    old = catalog.add_job(title="old", total=1, request={}, tasks=["x"])
    new = catalog.add_job(title="new", total=1, request={})
    with catalog._write() as session:
        session.execute(
            text("UPDATE jobs SET updated = '2020-01-01 00:00:00.000000' WHERE id = :id"),
            {"id": old.id},
        )
    (found,) = catalog.interrupt_jobs()
    assert (found.id, found.state) == (old.id, "interrupted")
    assert "has stopped" in found.message
    assert catalog.job(new.id).state == "queued"
    assert catalog.task_counts(old.id) == {"interrupted": 1}
    version = catalog.version()
    assert catalog.interrupt_jobs() == []
    assert catalog.version() == version


def test_annotations_are_numbers_or_categories(catalog: Catalog, people, make) -> None:
    regions = make.regions(catalog, "r", n_regions=4, public=True)
    table = pd.DataFrame(
        {
            "score": [1.5, np.nan, -3.0, 0.0],
            "strong": [True, False, True, True],
            "group": ["b", "a", None, "b"],
            "count": pd.array([1, None, 3, 4], dtype="Int64"),
        }
    )
    kept = catalog.add_annotations(regions.id, table, source="scores.tsv")
    assert [(one.name, one.kind, one.n_missing) for one in kept] == [
        ("score", "number", 1),
        ("strong", "number", 0),
        ("group", "category", 1),
        ("count", "number", 1),
    ]
    assert kept[2].levels == ("a", "b")
    assert kept[0].source == "scores.tsv"
    read = catalog.annotation_table(regions.id)
    np.testing.assert_array_equal(read["score"], table["score"])
    assert list(read["group"].astype(object).where(read["group"].notna(), None)) == [
        "b",
        "a",
        None,
        "b",
    ]
    np.testing.assert_array_equal(read["count"], [1, np.nan, 3, 4])
    assert list(catalog.annotation(regions.id, "group").to_series().cat.codes) == [1, 0, -1, 1]

    with pytest.raises(InputError, match="already has an annotation 'score'"):
        catalog.add_annotations(regions.id, {"score": [1, 2, 3, 4]})
    (replaced,) = catalog.add_annotations(regions.id, {"score": list("aabb")}, replace=True)
    assert (replaced.id, replaced.kind) == (kept[0].id, "category")
    catalog.rename_annotation(kept[1].id, "Strong")
    catalog.delete_annotation(kept[3].id)
    assert [one.name for one in catalog.annotations(regions.id)] == [
        "Strong",
        "group",
        "score",
    ]

    # Somebody else's notes on a public set stay with them.
    bob = people("bob")
    (theirs,) = bob.add_annotations(regions.id, {"score": [4, 3, 2, 1]})
    assert bob.annotation(regions.id, "score").record.id == theirs.id
    assert catalog.annotation(regions.id, "score").record.id == replaced.id
    assert len(catalog.annotations(regions.id)) == 3
    assert len(bob.annotations(regions.id)) == 4
    with pytest.raises((NotAllowed, NotFound)):
        bob.delete_annotation(replaced.id)
    assert catalog.delete_dataset(regions.id).tombstone


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({}, "no columns"),
        ({"x": [1, 2]}, "2 values, but 'r' has 3 regions"),
        ({"x": [np.nan] * 3}, "no values"),
        ({"x": [None] * 3}, "no values"),
        ({" ": [1, 2, 3]}, "must not be empty"),
        ({"x": [1, 2, 3], "x ": [1, 2, 3]}, "same name"),
    ],
)
def test_columns_that_do_not_fit_are_refused(sqlite_url, make, columns, problem: str) -> None:
    with Catalog.open(sqlite_url, user="alice") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 10})
        regions = make.regions(catalog, "r")
        with pytest.raises(InputError, match=problem):
            catalog.add_annotations(regions.id, columns)
        assert catalog.annotations(regions.id) == []
        track = make.track(catalog, "t")
        with pytest.raises(InputError, match="only region sets have annotations"):
            catalog.annotations(track.id)
        with pytest.raises(NotFound, match="no annotation 'y'"):
            catalog.annotation(regions.id, "y")


def test_too_many_categories_are_labels() -> None:
    with pytest.raises(InputError, match="2,000 different texts"):
        pack("name", [f"peak {i}" for i in range(2000)])


@given(st.lists(st.floats(width=64), min_size=1).filter(lambda x: not np.isnan(x).all()))
def test_packed_numbers_come_back_bit_for_bit(values: list[float]) -> None:
    packed = pack("x", values)
    np.testing.assert_array_equal(unpack("number", packed.n, packed.data), values)


@given(st.lists(st.none() | st.sampled_from(["a", "B", "ß", "<b>"]), min_size=1))
def test_packed_categories_come_back(values: list[str | None]) -> None:
    if all(value is None for value in values):
        with pytest.raises(InputError, match="no values"):
            pack("x", values)
        return
    packed = pack("x", values)
    codes = unpack("category", packed.n, packed.data)
    assert [packed.levels[code] if code >= 0 else None for code in codes] == values
    assert packed.n_missing == values.count(None)
