"""Questions about a selection are answered at once, and their answers are not kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hicognition_widgets.analyses import HitMatrix, pileup, scaled_pileup, snippet_cache
from hicognition_widgets.errors import HiCognitionError, JobError
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.jobs import selections, snippet_answers, solvers
from hicognition_widgets.jobs.selections import HITS, REST
from hicognition_widgets.jobs.solvers import stackup_of
from hicognition_widgets.store import Store

ROWS = tuple(range(0, 1013, 3))
SIZE = {"flank": 100_000, "binsize": 10_000}


def wait_until(holds: Callable[[], Any]) -> None:
    """Give another thread time, also on a machine with much to do."""
    latest = time.monotonic() + 100
    while not holds():
        assert time.monotonic() < latest
        time.sleep(0.02)


@pytest.mark.slow
def test_a_selection_is_answered_here_once_the_whole_is_known(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = rooms.broker()
    pileup = rooms.request("pileup", "loops", "control", normalization="oe", **SIZE)
    stackup = rooms.request("stackup", "loops", "ctcf", side="left", **SIZE)
    profile = stackup.replace(analysis="profile")
    for whole in (pileup, stackup, profile):
        broker.ask(whole).result(200)
    stored = {one.key for one in rooms.catalog.results()}
    monkeypatch.setattr(broker, "_compute", lambda _computation: pytest.fail("not here"))
    looked: list[str] = []
    look_up = broker._look_up

    def counted(computation: Any, *more: Any) -> None:
        looked.append(computation.request.analysis)
        look_up(computation, *more)

    monkeypatch.setattr(broker, "_look_up", counted)
    rows = broker.ask(stackup).result(60).arrays["rows"]
    some = broker.ask(profile.replace(subset=ROWS)).result(60)
    np.testing.assert_allclose(some.arrays["mean"], np.nanmean(rows[list(ROWS)], axis=0))
    part = broker.ask(pileup.replace(subset=ROWS)).result(60)
    assert part.meta["n_used"] + part.meta["n_left_out"] == len(ROWS)
    assert part.arrays["mean"].shape == (21, 21)
    again = broker.ask(pileup.replace(subset=ROWS)).result(60)
    np.testing.assert_array_equal(again.arrays["mean"], part.arrays["mean"])
    assert {one.key for one in rooms.catalog.results()} == stored
    # the answers about all regions are at hand, so the catalog is not asked for these
    assert "profile" not in looked
    assert "pileup" not in looked


@pytest.mark.slow
def test_the_first_selection_of_a_profile_keeps_the_stackup_for_the_next(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = rooms.broker()
    profile = rooms.request("profile", "loops", "ctcf", side="left", **SIZE)
    broker.ask(profile).result(200)
    stackup = stackup_of(profile)
    assert broker._recorder.known(stackup) is None
    first = broker.ask(profile.replace(subset=ROWS)).result(200)
    kept = broker._recorder.known(stackup)
    rows = kept.arrays["rows"]
    np.testing.assert_allclose(first.arrays["mean"], np.nanmean(rows[list(ROWS)], axis=0))
    # without reading the track again
    monkeypatch.setattr(solvers, "_decode", lambda *_parts: 1 / 0)
    second = broker.ask(profile.replace(subset=ROWS[:50])).result(200)
    np.testing.assert_allclose(second.arrays["mean"], np.nanmean(rows[list(ROWS[:50])], axis=0))


@pytest.mark.slow
def test_a_profile_whose_stackup_cannot_be_kept_is_answered_all_the_same(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = rooms.broker()
    profile = rooms.request("profile", "loops", "ctcf", side="left", **SIZE)
    broker.ask(profile).result(200)
    ask = broker.ask

    def given_up(request: Any) -> Any:
        asked = ask(request)
        if request.analysis == "stackup":
            asked.cancel()
        return asked

    monkeypatch.setattr(broker._selections, "_ask", given_up)
    some = broker.ask(profile.replace(subset=ROWS)).result(200)
    assert some.meta["n_used"] + some.meta["n_left_out"] == len(ROWS)


@pytest.mark.slow
def test_enrichment_of_the_selected_against_the_rest(rooms: Any) -> None:
    broker = rooms.broker()
    request = rooms.request("enrichment", "loops", "tads", side="left", **SIZE)
    broker.ask(request).result(200)
    chosen = request.replace(subset=ROWS, options=(REST,))
    result = broker.ask(chosen).result(200)
    rest = tuple(row for row in range(1013) if row not in set(ROWS))
    other = broker.ask(request.replace(subset=rest, options=(REST,))).result(200)
    both = np.asarray(result.arrays["overlap"]) + np.asarray(other.arrays["overlap"])
    # a row of the set overlaps or not, whoever selects it
    np.testing.assert_array_equal(
        both,
        broker.ask(request.replace(subset=tuple(range(1013)), options=(REST,)))
        .result(200)
        .arrays["overlap"],
    )
    odds = np.asarray(result.arrays["odds_ratio"])
    np.testing.assert_allclose(odds * np.asarray(other.arrays["odds_ratio"]), 1)
    wrong = request.replace(subset=ROWS, options=(("universe", "moon"),))
    with pytest.raises(JobError, match="universe"):
        broker.ask(wrong).result(200)


def _direct(rooms: Any, request: Any) -> Any:
    """The average of the selected regions, from the files and nothing else."""
    regions = read_regions(request.regions.path).frame
    path, rows = request.features[0].path, np.asarray(request.subset)
    if request.bin_percent is not None:
        return scaled_pileup(
            path,
            regions,
            bin_percent=request.bin_percent,
            normalization=request.normalization,
            subset=rows,
        )
    return pileup(
        f"{path}::/resolutions/{request.binsize}",
        regions,
        flank=request.flank,
        normalization=request.normalization,
        subset=rows,
    )


QUESTIONS = {
    "pairs": ("loops", {"flank": 100_000, "binsize": 10_000, "normalization": "oe"}),
    "intervals": ("tads", {"bin_percent": 5, "normalization": "balanced"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", QUESTIONS)
def test_pairs_and_intervals_are_added_up_from_their_snippets(
    rooms: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    regions, size = QUESTIONS[kind]
    broker = rooms.broker()
    whole = rooms.request("pileup", regions, "control", **size)
    broker.ask(whole).result(200)
    folder = rooms.store.snippet_cache
    first = whole.replace(subset=ROWS[:100])
    results = {first: broker.ask(first).result(200)}  # computed directly
    wait_until(lambda: list(folder.glob("*.npy")))
    # from now on no map is read for a selection of these regions
    monkeypatch.setattr(
        selections.Selections, "_computed", lambda *_: pytest.fail("the map was read")
    )
    for kernel in (broker, rooms.broker()):  # another one finds the same file
        for rows in (ROWS[5:200:7], tuple(range(2, whole.regions.n)), (3,)):
            request = whole.replace(subset=rows)
            results[request] = kernel.ask(request).result(60)
    assert len(list(folder.glob("*.npy"))) == 1
    for request, result in results.items():
        truth = _direct(rooms, request)
        np.testing.assert_allclose(result.arrays["mean"], truth.mean, rtol=2e-5)
        np.testing.assert_array_equal(result.arrays["count"], truth.count)
        assert result.meta["n_used"] == truth.n_used
        assert result.meta["n_left_out"] == truth.n_left_out
        assert result.meta["reasons"] == truth.reason_counts
        assert result.meta["binsize"] == truth.binsize


@pytest.mark.slow
def test_snippets_that_are_too_large_leave_the_direct_way(
    rooms: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        snippet_cache.cached_snippets, "__kwdefaults__", {"largest": 1000, "limit": 1000}
    )
    broker = rooms.broker()
    whole = rooms.request("pileup", "loops", "control", normalization="oe", **SIZE)
    broker.ask(whole).result(200)
    tried = []
    keep = snippet_answers.SnippetAnswers.keep

    def counted(*args: Any) -> bool:
        tried.append(keep(*args))
        return tried[-1]

    monkeypatch.setattr(snippet_answers.SnippetAnswers, "keep", counted)
    for rows in (ROWS[:50], ROWS[:60], ROWS[:70]):
        request = whole.replace(subset=rows)
        result = broker.ask(request).result(100)
        np.testing.assert_allclose(result.arrays["mean"], _direct(rooms, request).mean)
        wait_until(lambda: tried)
    assert tried == [False]  # once is enough
    assert not list(rooms.store.snippet_cache.glob("*.npy"))


@pytest.mark.slow
def test_a_changed_map_is_noticed_beside_kept_snippets(rooms: Any, tmp_path: Any) -> None:
    import shutil

    copy = tmp_path / "copy.mcool"
    shutil.copy(rooms.record("control").path, copy)
    rooms.add("contact_map", copy, "copy", resolutions=(10_000,))
    broker = rooms.broker()
    whole = rooms.request("pileup", "loops", "copy", **SIZE)
    broker.ask(whole).result(200)
    broker.ask(whole.replace(subset=ROWS)).result(100)
    wait_until(lambda: list(rooms.store.snippet_cache.glob("*.npy")))
    with copy.open("ab") as file:
        file.write(b"more")
    with pytest.raises(HiCognitionError, match="changed"):
        broker.ask(whole.replace(subset=ROWS[:20])).result(100)


@pytest.mark.slow
def test_hits_say_which_regions_make_up_a_cell(rooms: Any) -> None:
    broker = rooms.broker()
    request = rooms.request("enrichment", "loops", "tads", side="left", **SIZE)
    chosen = request.replace(subset=ROWS, options=(REST,))
    result = broker.ask(chosen).result(200)
    stored = broker.ask(request.replace(options=(HITS,))).result(200)
    hits = HitMatrix.of(stored.arrays, stored.meta["names"], stored.meta["dropped"])
    for position in range(len(hits.present)):
        rows = hits.rows(0, position)
        assert result.arrays["overlap"][0, position] == np.isin(rows, ROWS).sum()
        assert result.arrays["universe_hits"][0, position] == len(rows)
    with pytest.raises(JobError, match="hits are those of all regions"):
        broker.ask(request.replace(subset=ROWS, options=(HITS,))).result(200)


def test_a_selection_asked_while_the_workspace_closes_is_told_so(tmp_path: Any) -> None:
    ended: list[Any] = []
    kept = selections.Selections(
        Store(tmp_path, "ann"),
        lambda task: task,
        lambda _computation, end: ended.append(end),
        lambda request: pytest.fail(f"{request} is not asked for"),
    )
    kept.close()
    for analysis in ("pileup", "profile"):
        request = SimpleNamespace(analysis=analysis)
        kept.submit(SimpleNamespace(request=request), None)  # type: ignore[arg-type]
    assert [str(end) for end in ended] == ["the workspace is closed; open a new one"] * 2
    assert all(isinstance(end, JobError) for end in ended)
