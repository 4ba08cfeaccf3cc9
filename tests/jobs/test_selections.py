"""Questions about a selection are answered at once, and their answers are not kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hicognition_widgets.errors import JobError
from hicognition_widgets.jobs.selections import REST

ROWS = tuple(range(0, 1013, 3))
SIZE = {"flank": 100_000, "binsize": 10_000}


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
    rows = broker.ask(stackup).result(60).arrays["rows"]
    some = broker.ask(profile.replace(subset=ROWS)).result(60)
    np.testing.assert_allclose(some.arrays["mean"], np.nanmean(rows[list(ROWS)], axis=0))
    part = broker.ask(pileup.replace(subset=ROWS)).result(60)
    assert part.meta["n_used"] + part.meta["n_left_out"] == len(ROWS)
    assert part.arrays["mean"].shape == (21, 21)
    again = broker.ask(pileup.replace(subset=ROWS)).result(60)
    np.testing.assert_array_equal(again.arrays["mean"], part.arrays["mean"])
    assert {one.key for one in rooms.catalog.results()} == stored


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
