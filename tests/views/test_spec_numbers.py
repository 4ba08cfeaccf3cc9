"""Sessions keep pointing at the same data under other numbers."""

from __future__ import annotations

from hicognition_widgets.views.spec_numbers import renumbered_session

FACTS = {"name": "a", "owner": "ann", "kind": "regions", "fingerprint": "f"}


def test_numbers_are_exchanged_and_the_rest_stays() -> None:
    one = {
        "version": 1,
        "regions": "1",
        "flank": 100,
        "views": [{"kind": "pileup", "features": ["2", "7"], "binsize": 10}],
        "datasets": {"1": FACTS, "2": FACTS, "7": FACTS},
    }
    spec = {"version": 1, "comparisons": [one]}
    (new,) = renumbered_session(spec, {1: 2, 2: 7})["comparisons"]
    assert new["regions"] == "2"
    kept, other = new["views"][0]["features"]
    assert kept == "7"
    # What has no new number must not become somebody else's.
    assert other not in {"2", "7"}
    assert other.isdecimal()
    assert len(other) <= 18
    assert set(new["datasets"]) == {"2", "7", other}
    assert (new["flank"], new["views"][0]["binsize"]) == (100, 10)
    assert one["regions"] == "1"


def test_what_is_no_session_is_left_alone() -> None:
    for spec in ({}, {"comparisons": 3}, {"comparisons": [1, {"views": [2, {"features": 0}]}]}):
        assert renumbered_session(spec, {1: 2}) == spec
