from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.set_operations import joined, near

interval = st.tuples(st.sampled_from(["chr1", "2"]), st.integers(0, 40), st.integers(0, 6))


def frame(rows: list[tuple[str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(chrom, start, start + size) for chrom, start, size in rows],
        columns=["chrom", "start", "end"],
    ).astype({"chrom": str, "start": np.int64, "end": np.int64})


def pairs(rows: list[tuple[tuple[str, int, int], tuple[str, int, int]]]) -> pd.DataFrame:
    one, two = frame([a for a, _ in rows]), frame([b for _, b in rows])
    return pd.concat([one.add_suffix("1"), two.add_suffix("2")], axis=1)


def close(a: tuple[str, int, int], b: tuple[str, int, int], distance: int) -> bool:
    """By the definition: the sets of bases, widened by the distance, share one."""
    if a[0].removeprefix("chr") != b[0].removeprefix("chr"):
        return False
    ours = set(range(a[1] - distance, a[1] + max(a[2], 1) + distance))
    return bool(ours & set(range(b[1], b[1] + max(b[2], 1))))


@given(st.lists(interval, min_size=1), st.lists(interval, min_size=1), st.integers(0, 5))
def test_near_is_what_shared_bases_say(a, b, distance):
    wanted = [any(close(x, y, distance) for y in b) for x in a]
    assert near(frame(a), frame(b), distance=distance).tolist() == wanted


@given(
    st.lists(st.tuples(interval, interval), min_size=1, max_size=8),
    st.lists(st.tuples(interval, interval), min_size=1, max_size=8),
    st.integers(0, 3),
)
def test_pairs_need_both_anchors_at_one_pair_in_either_order(a, b, distance):
    def fits(x, y):
        straight = close(x[0], y[0], distance) and close(x[1], y[1], distance)
        return straight or (close(x[0], y[1], distance) and close(x[1], y[0], distance))

    wanted = [any(fits(x, y) for y in b) for x in a]
    assert near(pairs(a), pairs(b), distance=distance).tolist() == wanted


def test_pairs_against_single_regions_need_both_anchors():
    loops = pairs([(("chr1", 10, 5), ("chr1", 30, 5)), (("chr1", 10, 5), ("chr1", 60, 5))])
    assert near(loops, frame([("1", 12, 1), ("1", 31, 1)])).tolist() == [True, False]
    assert near(frame([("1", 31, 1), ("1", 50, 1)]), loops).tolist() == [True, False]


def test_names_with_and_without_chr_are_one_chromosome():
    both = joined(frame([("chr1", 1, 2)]), frame([("1", 1, 2), ("1", 5, 2)]))
    assert both[["start", "end"]].to_numpy().tolist() == [[1, 3], [5, 7]]


def test_what_cannot_be():
    with pytest.raises(InputError, match="cannot be negative"):
        near(frame([("1", 0, 1)]), frame([("1", 0, 1)]), distance=-1)
    with pytest.raises(InputError, match="cannot become one set"):
        joined(frame([("1", 0, 1)]), pairs([(("1", 0, 1), ("1", 5, 1))]))
