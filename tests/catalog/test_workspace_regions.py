"""New region sets, values per region and news of changes, on both databases."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from elsewhere import elsewhere

from hicognition_widgets.errors import InputError
from hicognition_widgets.workspace import Workspace

GENOME = {"chr1": 100_000, "chr2": 50_000}


@pytest.fixture
def ws(any_url: str, tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(
        catalog=any_url, store=tmp_path / "store", scheduler="threads", user="ann"
    ) as workspace:
        workspace.add_assembly("toy", chromsizes=GENOME)
        yield workspace


def random_pairs(rng: np.random.Generator, n: int) -> pd.DataFrame:
    one, two = rng.integers(0, 90_000, n), rng.integers(0, 90_000, n)
    return pd.DataFrame(
        {
            "chrom1": "chr1", "start1": one, "end1": one + rng.integers(1, 3000, n),
            "chrom2": "chr1", "start2": two, "end2": two + rng.integers(1, 3000, n),
        }
    )  # fmt: skip


def gap(a: tuple[int, int], b: tuple[int, int]) -> int:
    """Bases between two intervals; negative or zero where they share or touch."""
    return max(a[0], b[0]) - min(a[1], b[1])


def by_hand(regions: pd.DataFrame, others: pd.DataFrame, distance: int) -> list[int]:
    """Rows of pairs that are near a pair of the others with both anchors, either way round."""
    found = []
    for row, a in enumerate(regions.itertuples()):
        left, right = (a.start1, a.end1), (a.start2, a.end2)
        for b in others.itertuples():
            first, second = (b.start1, b.end1), (b.start2, b.end2)
            straight = gap(left, first) < distance and gap(right, second) < distance
            crossed = gap(left, second) < distance and gap(right, first) < distance
            if straight or crossed:
                found.append(row)
                break
    return found


def test_a_selection_knows_its_rows(ws: Workspace) -> None:
    frame = pd.DataFrame({"chrom": "chr1", "start": [5, 10, 15, 20], "end": [6, 12, 18, 24]})
    peaks = ws.add_regions(frame, assembly="toy", name="peaks", kind="interval")
    ws.annotate(peaks, {"height": [1.0, 2.0, 3.0, 4.0], "state": ["A", "B", "A", None]})
    part = ws.select_regions(peaks, np.array([True, False, True, True]), name="part")
    assert ws.parent_rows(part).tolist() == [0, 2, 3]
    assert part.origin is not None
    assert part.origin["parents"] == [peaks.id]
    assert (part.region_kind, part.n_regions) == ("interval", 3)
    assert ws.annotation_table(part)["height"].tolist() == [1.0, 3.0, 4.0]
    assert ws.annotation_table(part)["state"].tolist()[:2] == ["A", "A"]
    # Of a part of a part: rows of that part, not of the first.
    last = ws.select_regions("part", [2], name="last")
    assert ws.parent_rows(last).tolist() == [2]
    assert ws.usage(peaks).derived == ("part",)
    with pytest.raises(InputError, match="not made of rows"):
        ws.parent_rows(peaks)
    ws.delete(peaks)
    assert ws.dataset("part").n_regions == 3


def test_pairs_are_chosen_as_by_hand(ws: Workspace) -> None:
    rng = np.random.default_rng(3)
    loops, others = random_pairs(rng, 60), random_pairs(rng, 60)
    one = ws.add_regions(loops, assembly="toy", name="loops")
    two = ws.add_regions(others, assembly="toy", name="others")
    near = ws.within(one, two, distance=2000, name="near")
    expected = by_hand(loops, others, 2000)
    assert ws.parent_rows(near).tolist() == expected
    assert 0 < len(expected) < 60
    far = ws.subtract(one, two, name="far")
    shared = by_hand(loops, others, 0)
    assert ws.parent_rows(far).tolist() == [row for row in range(60) if row not in shared]
    with pytest.raises(InputError, match="no regions in far on others"):
        ws.intersect(far, two)
    both = ws.union(far, near, name="both")
    assert both.n_regions == len({*expected, *ws.parent_rows(far).tolist()})
    with pytest.raises(InputError, match="was not made of rows"):
        ws.parent_rows(both)


def test_a_second_notebook_hears_of_everything(ws: Workspace, tmp_path: Path) -> None:
    """A new dataset, a changed name, a finished job: on the loop, without a call."""
    frame = pd.DataFrame({"chrom": ["chr1"], "start": [5], "end": [6]})
    seen: list[tuple[list[str], str]] = []

    async def notebook(other: Workspace) -> None:
        arrived = asyncio.Event()

        def changed(_version: int) -> None:
            names = sorted(other.regions) + [job.state for job in other._catalog.jobs()]
            seen.append((names, threading.current_thread().name))
            arrived.set()

        async def after(change, *args, **named):
            arrived.clear()
            result = await asyncio.to_thread(change, *args, **named)
            await asyncio.wait_for(arrived.wait(), 60)
            return result

        feed = other.on_change(changed)
        record = await after(ws.add_regions, frame, assembly="toy", name="new")
        await after(ws.rename, record, "newer")
        job = await after(ws._catalog.add_job, title="job", total=1, request={})
        await after(ws._catalog.update_job, job.id, state="finished", done=1)
        feed.stop()

    with Workspace(
        catalog=ws.settings.catalog, store=tmp_path / "s2", scheduler="threads", user="ann"
    ) as other:

        def check() -> None:
            asyncio.run(notebook(other))
            assert {thread for _, thread in seen} == {threading.current_thread().name}

        elsewhere(check)
    names = [name for names, _ in seen for name in names]
    assert {"new", "newer", "finished"} <= set(names)
