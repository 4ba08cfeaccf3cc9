"""Scores on constructed maps, and the loops that cohesin makes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses.pileup import pileup
from hicognition_widgets.analyses.scaled_pileup import scaled_pileup
from hicognition_widgets.analyses.scores import NAMES, aggregate_scores, region_scores
from hicognition_widgets.errors import InputError

SIZE = 21
K = SIZE // 2


def flat(value=2.0):
    return np.full((SIZE, SIZE), value)


def test_a_loop_is_its_centre_against_the_quadrants():
    window = flat()
    window[K - 1 : K + 2] = 100  # the cross belongs to neither side …
    window[:, K - 1 : K + 2] = 100
    window[K - 1 : K + 2, K - 1 : K + 2] = 6  # … but its middle is the centre
    scores = aggregate_scores(window, kind="loop")
    assert scores["loop_center"] == 6
    assert scores["loop_background"] == 2
    assert scores["loop_ratio"] == 3
    assert scores["loop_difference"] == 4


def test_loop_scores_are_those_of_genova_where_nothing_is_missing():
    """Foreground: centre 3 x 3. Background: the quadrants, pixel by pixel."""
    random = np.random.default_rng(4)
    for size in (11, 21, 41):
        window = random.lognormal(size=(size, size))
        middle = size // 2
        near = range(middle - 1, middle + 2)
        foreground = [window[i, j] for i in near for j in near]
        background = [
            window[i, j]
            for i in range(size)
            for j in range(size)
            if i not in near and j not in near
        ]
        scores = aggregate_scores(window, kind="loop")
        fg, bg = np.mean(foreground), np.mean(background)
        assert scores["loop_center"] == pytest.approx(fg)
        assert scores["loop_background"] == pytest.approx(bg)
        assert scores["loop_ratio"] == pytest.approx(fg / bg)
        assert scores["loop_difference"] == pytest.approx(fg - bg)


def test_missing_pixels_are_left_out_and_do_not_count_as_zero():
    window = flat()
    window[K, K] = 6
    window[K - 1 : K + 2, K - 1] = np.nan
    window[0] = np.nan
    scores = aggregate_scores(window, kind="loop")
    assert scores["loop_center"] == pytest.approx((6 + 5 * 2) / 6)
    assert scores["loop_background"] == 2
    window[K - 1 : K + 2, K - 1 : K + 2] = np.nan
    assert np.isnan(aggregate_scores(window, kind="loop")["loop_ratio"])


def test_p2ll_takes_the_corner_nearest_to_the_diagonal():
    window = flat(9.0)
    window[-6:, :6] = np.arange(36).reshape(6, 6)
    window[K, K] = 35
    scores = aggregate_scores(window, kind="loop")
    assert scores["p2ll"] == pytest.approx(35 / 17.5)
    assert scores["p2ll_z"] == pytest.approx((35 - 17.5) / np.arange(36).std())
    assert aggregate_scores(window, kind="loop", corner=1)["p2ll"] == pytest.approx(35 / 30)


def test_insulation_is_within_over_across():
    window = flat(1.0)
    window[: K - 1, : K - 1] = window[K + 2 :, K + 2 :] = 3
    window[K - 1 : K + 2] = window[:, K - 1 : K + 2] = 50
    np.fill_diagonal(window, 1000)
    window[np.arange(SIZE - 1), np.arange(1, SIZE)] = 1000
    window[np.arange(1, SIZE), np.arange(SIZE - 1)] = 1000
    assert aggregate_scores(window, kind="insulation") == {"insulation": 3}


def test_domain_is_the_body_over_its_surroundings():
    window = flat(1.0)
    window[7:14, 7:14] = 5
    window[:7, :7] = window[14:, 14:] = 70  # neighbours are no surroundings
    window[:7, 14:] = 80
    assert aggregate_scores(window, kind="domain", expansion=1)["domain"] == 5
    # twice the sum of the body over the sums above and right of it, as coolpuppy
    random = np.random.default_rng(1).random((SIZE, SIZE))
    theirs = 2 * random[7:14, 7:14].sum() / (random[:7, 7:14].sum() + random[7:14, 14:].sum())
    ours = aggregate_scores(random, kind="domain", expansion=1)["domain"]
    assert ours == pytest.approx(theirs)
    assert np.isnan(aggregate_scores(window, kind="domain")["domain"])


def test_a_stripe_is_compared_at_the_same_distances():
    decay = 1 / (1 + np.abs(np.subtract.outer(np.arange(SIZE), np.arange(SIZE))))
    scores = aggregate_scores(decay, kind="stripe")
    assert scores["stripe_downstream"] == pytest.approx(1)
    assert scores["stripe_upstream"] == pytest.approx(1)
    decay[K - 1 : K + 2] *= 2
    scores = aggregate_scores(decay, kind="stripe")
    assert scores["stripe_downstream"] == pytest.approx(2)
    assert scores["stripe_upstream"] < 1.5


def test_small_windows_have_nan_where_parts_are_missing():
    scores = aggregate_scores(np.ones((3, 3)))
    assert set(scores) == {name for names in NAMES.values() for name in names}
    assert scores["loop_center"] == 1
    assert all(np.isnan(v) for name, v in scores.items() if name != "loop_center")


def read(path, columns):
    table = pd.read_csv(path, sep="\t", header=None, comment="#").iloc[:, : len(columns)]
    table.columns = columns
    return table


def test_loops_need_cohesin(demo_data):
    columns = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
    loops = read(demo_data / "CH12_loops_Rao.bedpe", columns)
    ratio = {}
    for name in ("control", "KO"):
        uri = f"{demo_data}/Scc1-{name}.chr1-5.mcool::/resolutions/10000"
        mean = pileup(uri, loops, flank=100_000, normalization="oe")
        ratio[name] = aggregate_scores(mean, kind="loop")["loop_ratio"]
        table = region_scores(uri, loops, flank=100_000)
        assert len(table) == len(loops)
        assert table["loop_center"].mean() == pytest.approx(
            aggregate_scores(mean, kind="loop")["loop_center"], rel=0.05
        )
    assert ratio["control"] > 1.5
    assert ratio["KO"] < 1.25


def test_every_kind_has_a_table(demo_data):
    path = demo_data / "Scc1-control.chr1-5.mcool"
    tads = read(demo_data / "CH12_TADs_Rao.bed", ["chrom", "start", "end"]).iloc[:40]
    tads.index = tads.index + 100
    for kind in ("insulation", "stripe"):
        table = region_scores(f"{path}::/resolutions/50000", tads, flank=500_000, kind=kind)
        assert tuple(table.columns) == NAMES[kind]
        assert table.index.equals(tads.index)
        assert np.isfinite(table.to_numpy()).any()
    domains = region_scores(path, tads, kind="domain", normalization="balanced")
    assert domains["domain"].median() > 1
    mean = scaled_pileup(path, tads, bin_percent=5, expansion=0.5)
    assert aggregate_scores(mean)["domain"] > 1


def test_arguments_that_cannot_work(demo_data):
    path = demo_data / "Scc1-control.chr1-5.mcool"
    none = pd.DataFrame({"chrom": [], "start": [], "end": []})
    with pytest.raises(InputError, match="there is no score"):
        region_scores(path, none, kind="dots")
    with pytest.raises(InputError, match="give flank"):
        region_scores(path, none)
