"""Two average maps: effects, p-values and what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses import _permutations, compare
from hicognition_widgets.analyses.compare import compare_pileups, compare_stacks
from hicognition_widgets.errors import InputError


def stacks(n=(40, 30), effect=0.0, seed=0, size=5):
    random = np.random.default_rng(seed)
    one, two = (random.gamma(4, 0.25, (m, size, size)) for m in n)
    one[:, 2, 2] += effect
    one[random.random(one.shape) < 0.1] = np.nan
    return one, two


@pytest.mark.parametrize("paired", [True, False])
def test_effects_are_those_of_the_means(paired):
    one, two = stacks((30, 30))
    result = compare_stacks(one, two, paired=paired, permutations=20)
    if paired:
        gaps = ~np.isfinite(one)
        two = np.where(gaps, np.nan, two)
        np.testing.assert_array_equal(result.count_two, (~gaps).sum(axis=0))
    a, b = np.nanmean(one, axis=0), np.nanmean(two, axis=0)
    np.testing.assert_allclose(result.mean_one, a)
    np.testing.assert_allclose(result.mean_two, b)
    np.testing.assert_allclose(result.difference, a - b)
    np.testing.assert_allclose(result.log2_ratio, np.log2(a / b))
    assert (result.paired, result.permutations) == (paired, 20)


@pytest.mark.parametrize("paired", [True, False])
def test_a_real_difference_is_found_where_it_is(paired):
    one, two = stacks((40, 40), effect=1.0)
    result = compare_stacks(one, two, paired=paired, permutations=500)
    assert result.p_corrected[2, 2] == pytest.approx(1 / 501)
    elsewhere = np.ones((5, 5), dtype=bool)
    elsewhere[2, 2] = False
    assert result.p_corrected[elsewhere].min() > 0.05
    assert (result.p_corrected >= result.p_value).all()


@pytest.mark.parametrize("paired", [True, False])
def test_without_a_difference_p_values_are_honest(paired):
    small, corrected = [], 0
    for seed in range(60):
        one, two = stacks((25, 25), seed=seed)
        result = compare_stacks(one, two, paired=paired, permutations=99, seed=seed)
        small.append((result.p_value <= 0.1).mean())
        corrected += (result.p_corrected <= 0.1).any()
    assert 0.07 < np.mean(small) < 0.13
    assert corrected <= 14  # of 60, where 6 are expected


@pytest.mark.parametrize("paired", [True, False])
def test_statistics_are_those_of_scipy(paired):
    from scipy import stats

    one, two = stacks((30, 30), seed=3)
    if paired:
        truth = stats.ttest_rel(one, two, nan_policy="omit").statistic
        both = np.isfinite(one)
        d = np.where(both, one - two, 0).reshape(30, -1)
        found = _permutations.one_sample_t(
            d.sum(axis=0), (d * d).sum(axis=0), both.reshape(30, -1).sum(axis=0).astype(float)
        )
    else:
        truth = stats.ttest_ind(one, two, equal_var=False, nan_policy="omit").statistic
        sums = [
            np.stack([np.nansum(x**p, axis=0).ravel() for p in (0, 1, 2)]) for x in (one, two)
        ]
        sums[0][0] = np.isfinite(one).sum(axis=0).ravel()
        found = _permutations.welch(*sums)
    np.testing.assert_allclose(found, np.abs(np.asarray(truth)).ravel(), rtol=1e-9)


def test_pixels_without_enough_regions_have_no_p():
    one, two = stacks((6, 6))
    one[:5, 0, 0] = np.nan
    one[:, 0, 1] = np.nan
    for paired in (True, False):
        result = compare_stacks(one, two, paired=paired, permutations=50)
        assert np.isnan(result.p_value[0, :2]).all()
        assert np.isnan(result.log2_ratio[0, 1])
        assert np.isfinite(result.p_corrected[1:]).all()


@pytest.mark.parametrize("paired", [True, False])
def test_groups_of_regions_are_as_honest_and_as_keen(paired, monkeypatch):
    monkeypatch.setattr(_permutations, "GROUPS", 20)
    small, corrected = [], 0
    for seed in range(60):
        one, two = stacks((150, 150), seed=seed)
        result = compare_stacks(one, two, paired=paired, permutations=99, seed=seed)
        small.append((result.p_value <= 0.1).mean())
        corrected += (result.p_corrected <= 0.1).any()
    assert 0.07 < np.mean(small) < 0.13
    assert corrected <= 14  # of 60, where 6 are expected
    one, two = stacks((150, 150), effect=0.6)
    found = compare_stacks(one, two, paired=paired, permutations=199)
    assert found.p_corrected[2, 2] <= 0.02


def test_a_set_that_is_much_smaller_is_shuffled_too():
    groups, (one, two) = _permutations._dealt((20, 50_000), 1024, np.random.default_rng(0))
    assert groups == (20, 1004)
    assert sorted(one) == list(range(20))
    assert sorted(two[two >= 0]) == list(range(20, 1024))
    groups, (one, two) = _permutations._dealt((50_000, 50_000), 1024, np.random.default_rng(0))
    assert groups[0] == groups[1] <= 512
    for side in (one, two):
        sizes = np.bincount(side[side >= 0])
        assert set(sizes[sizes > 0]) == {50_000 // groups[0]}


@pytest.mark.parametrize("paired", [True, False])
def test_batches_and_pixels_at_a_time_change_nothing(paired, monkeypatch):
    one, two = stacks((40, 40), effect=0.5)
    whole = compare_stacks(one, two, paired=paired, permutations=50)
    monkeypatch.setattr(compare, "_BATCH_BYTES", 4 * 25 * 7)
    monkeypatch.setattr(_permutations, "SUM_BYTES", 8 * 4 * 50 * 6)
    monkeypatch.setattr(_permutations, "_LEAST_GROUPS", 2000)
    told = []
    parts = compare.compare_windows(
        lambda subset: one[subset],
        lambda subset: two[subset],
        40,
        None if paired else 40,
        size=5,
        permutations=50,
        progress=lambda done, total: told.append((done, total)),
    )
    np.testing.assert_array_equal(parts.p_corrected, whole.p_corrected)
    np.testing.assert_allclose(parts.difference, whole.difference)
    assert told[-1] == (80, 80)


def test_maps_and_region_sets(demo_data, monkeypatch):
    columns = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
    table = pd.read_csv(demo_data / "CH12_loops_Rao.bedpe", sep="\t", header=None)
    loops = table.iloc[:, :6].set_axis(columns, axis=1)
    loops = loops[loops["start2"] - loops["start1"] >= 200_000]
    control, ko = (
        f"{demo_data}/Scc1-{name}.chr1-5.mcool::/resolutions/10000"
        for name in ("control", "KO")
    )
    # At 10 kb the single pixel of these sparse maps is too noisy to be significant.
    wide = {"flank": 250_000, "permutations": 300}
    coarse = [uri.replace("/10000", "/50000") for uri in (control, ko)]
    paired = compare_pileups(*coarse, loops, **wide)
    assert paired.paired
    assert paired.log2_ratio[4:7, 4:7].mean() > 0.2
    assert paired.p_corrected[4:7, 4:7].min() < 0.05
    monkeypatch.setattr(compare, "_BATCH_BYTES", 4 * 121 * 100)
    again = compare_pileups(*coarse, loops, **wide)
    np.testing.assert_allclose(again.difference, paired.difference)
    shifted = loops.assign(
        **{c: loops[c] + 300_000 for c in ("start1", "end1", "start2", "end2")}
    )
    sets = compare_pileups(control, control, loops, shifted, flank=50_000, permutations=100)
    assert not sets.paired
    assert sets.difference[5, 5] > 0
    with pytest.raises(InputError, match="same map"):
        compare_pileups(ko, ko, loops, flank=50_000)
    with pytest.raises(InputError, match="10,000 and 50,000"):
        compare_pileups(control, coarse[1], loops, flank=50_000)
