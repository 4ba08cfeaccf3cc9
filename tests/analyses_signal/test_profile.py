from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from hicognition_widgets.analyses import profile, profile_difference, profile_split
from hicognition_widgets.analyses.profile import LARGEST_BOOTSTRAP
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason

VALUES = st.floats(-1e3, 1e3, width=32) | st.just(np.nan)


@given(
    stack=npst.arrays(
        np.float32, st.tuples(st.integers(0, 12), st.integers(1, 5)), elements=VALUES
    ),
    data=st.data(),
)
def test_profile_is_the_mean_of_the_chosen_rows(stack: np.ndarray, data: st.DataObject) -> None:
    mask = data.draw(npst.arrays(bool, len(stack)))
    for subset in (None, mask, np.flatnonzero(mask)):
        result = profile(stack, subset, resamples=50)
        rows = stack if subset is None else stack[mask]
        assert result.count.tolist() == np.isfinite(rows).sum(axis=0).tolist()
        for j, column in enumerate(rows.T):
            column = column[np.isfinite(column)].astype(float)
            if len(column) == 0:
                assert np.isnan([result.mean[j], result.low[j], result.high[j]]).all()
                continue
            np.testing.assert_allclose(result.mean[j], column.mean(), rtol=1e-9, atol=1e-9)
            assert column.min() - 1e-6 <= result.low[j] <= result.high[j] <= column.max() + 1e-6
        empty = ~np.isfinite(stack).any(axis=1)
        assert result.reasons.tolist() == np.where(empty, Reason.NO_DATA, 0).tolist()
        assert result.n_used == np.isfinite(rows).any(axis=1).sum()


@pytest.mark.parametrize("n", [300, 3 * LARGEST_BOOTSTRAP + 17])
def test_the_band_is_as_wide_as_theory_says(n: int) -> None:
    stack = np.random.default_rng(8).normal(3, 2, size=(n, 40)).astype(np.float32)
    result = profile(stack)
    wanted = 2 * 1.96 * stack.std(axis=0, ddof=1) / np.sqrt(n)
    assert np.mean((result.high - result.low) / wanted) == pytest.approx(1, abs=0.04)
    assert np.mean((result.low < 3) & (result.high > 3)) > 0.8
    narrow = profile(stack, confidence=0.5)
    assert np.all(narrow.high - narrow.low < result.high - result.low)


def test_same_seed_same_band() -> None:
    stack = np.random.default_rng(8).normal(size=(50, 4))
    np.testing.assert_array_equal(profile(stack).low, profile(stack).low)
    assert not np.array_equal(profile(stack).low, profile(stack, seed=1).low)


def test_reasons_of_a_stackup_are_kept() -> None:
    reasons = np.array([Reason.UNKNOWN_CHROMOSOME, 0, 0], dtype=np.uint8)
    result = profile(np.array([[np.nan], [1.0], [2.0]]), [0, 1], reasons=reasons)
    assert (result.n_used, result.n_left_out) == (1, 1)
    assert result.reason_counts == {"chromosome is not in the file or assembly": 1}


def test_difference_of_two_region_sets() -> None:
    rng = np.random.default_rng(2)
    a = rng.normal([0, 5], 1, size=(400, 2))
    b = rng.normal([0, 3], 2, size=(900, 2))
    found = profile_difference(a, b)
    np.testing.assert_allclose(found.difference, a.mean(axis=0) - b.mean(axis=0))
    width = 2 * 1.96 * np.sqrt(a.var(axis=0) / 400 + b.var(axis=0) / 900)
    np.testing.assert_allclose(found.high - found.low, width, rtol=0.12)
    assert found.low[0] < 0 < found.high[0]
    assert found.low[1] > 0
    assert (found.count[0], found.other_count[0]) == (400, 900)
    half = profile_difference(a, b, np.arange(200), np.arange(900) < 30)
    np.testing.assert_allclose(half.difference, a[:200].mean(axis=0) - b[:30].mean(axis=0))


def test_paired_regions_cancel_what_they_share() -> None:
    rng = np.random.default_rng(2)
    shared = rng.normal(0, 10, size=(300, 1))
    a = shared + 0.5 + rng.normal(0, 0.1, size=(300, 1))
    b = shared + rng.normal(0, 0.1, size=(300, 1))
    b[4] = np.nan
    paired = profile_difference(a, b, paired=True)
    loose = profile_difference(a, b)
    assert paired.count.tolist() == [299]
    assert paired.low[0] > 0.4
    assert loose.low[0] < 0
    table = paired.to_frame()
    assert table.columns.tolist() == [
        "bin",
        "difference",
        "low",
        "high",
        "count",
        "other_count",
    ]
    assert len(table) == 1


def test_what_does_not_fit_is_refused() -> None:
    stack = np.zeros((4, 3))
    with pytest.raises(InputError, match="two dimensions"):
        profile(np.zeros(4))
    with pytest.raises(InputError, match="mask"):
        profile(stack, np.ones(3, dtype=bool))
    with pytest.raises(InputError, match="row"):
        profile(stack, [4])
    with pytest.raises(InputError, match="bins"):
        profile_difference(stack, np.zeros((4, 2)))
    with pytest.raises(InputError, match="paired"):
        profile_difference(stack, np.zeros((5, 3)), paired=True)
    with pytest.raises(InputError, match="confidence"):
        profile(stack, confidence=1.0)


def test_split_is_the_profile_of_each_side_and_their_difference() -> None:
    rng = np.random.default_rng(5)
    stack = rng.normal(size=(300, 4)).astype(np.float32)
    stack[rng.random(stack.shape) < 0.1] = np.nan
    selected = rng.random(300) < 0.3
    stack[selected] += 1
    split = profile_split(stack, selected)
    for side, mask in ((split.selected, selected), (split.rest, ~selected)):
        alone = profile(stack, mask, seed=3)
        np.testing.assert_allclose(side.mean, alone.mean, rtol=1e-6)
        np.testing.assert_array_equal(side.count, alone.count)
        # other random numbers, the same width
        np.testing.assert_allclose(side.high - side.low, alone.high - alone.low, rtol=0.15)
        np.testing.assert_array_equal(side.rows, np.flatnonzero(mask))
        assert side.n_used == alone.n_used
    apart = profile_difference(stack, stack, selected, ~selected, seed=3)
    np.testing.assert_allclose(split.difference.difference, apart.difference, rtol=1e-6)
    np.testing.assert_allclose(
        split.difference.high - split.difference.low, apart.high - apart.low, rtol=0.15
    )
    assert (split.difference.low > 0).all()


@pytest.mark.parametrize("subset", [None, []])
def test_a_side_without_rows_is_empty(subset) -> None:
    stack = np.ones((5, 2), dtype=np.float32)
    split = profile_split(stack, subset)
    full, empty = split.selected, split.rest
    if subset is not None:
        full, empty = empty, full
    assert full.count.tolist() == [5, 5]
    assert empty.count.tolist() == [0, 0]
    for values in (empty.mean, empty.low, split.difference.difference, split.difference.high):
        assert np.isnan(values).all()
