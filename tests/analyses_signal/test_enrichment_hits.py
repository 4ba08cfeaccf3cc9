"""Selected regions against the rest, from one bit per region, target and position."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control, fisher_exact

from hicognition_widgets.analyses import (
    HitMatrix,
    enrichment,
    enrichment_hits,
    scaled_enrichment,
    scaled_enrichment_hits,
)
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason

SIZES = {"chr1": 2_000, "chr2": 700}
N = 70  # more than one word of regions


def some(n: int, seed: int, longest: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    start = rng.integers(0, 1_990, n)
    return pd.DataFrame(
        {
            "chrom": rng.choice(["chr1", "chr1", "chr2", "chrUn"], n),
            "start": start,
            "end": start + rng.integers(1, longest, n),
            "strand": rng.choice(["+", "-"], n),
        }
    )


REGIONS = some(N, 1)
TARGETS = {f"t{i}": some(8 + 4 * i, 10 + i) for i in range(4)}
POINTS = {"chromsizes": SIZES, "flank": (60, 40), "binsize": 20}
SCALED = {"chromsizes": SIZES, "bin_percent": 20}
KINDS = pytest.mark.parametrize(
    ("hits", "whole", "options"),
    [
        (enrichment_hits, enrichment, {**POINTS, "flip": False}),
        (enrichment_hits, enrichment, {**POINTS, "flip": True}),
        (scaled_enrichment_hits, scaled_enrichment, {**SCALED, "flip": True}),
    ],
)


def one_by_one(whole, options) -> tuple[np.ndarray, np.ndarray]:
    """Hits (targets, bins, n) and presence (bins, n) by asking for each region alone."""
    hits, present = [], []
    for r in range(N):
        alone = REGIONS.iloc[[r]]
        if alone["chrom"].item() == "chrUn":
            hits.append(None)
            present.append(None)
            continue
        result = whole(alone, TARGETS, **options)
        hits.append(result.overlap)
        present.append(result.chunks)
    nothing = [np.zeros_like(max(kept, key=np.ndim)) for kept in (hits, present)]
    hits, present = (
        [blank if one is None else one for one in kept]
        for kept, blank in zip((hits, present), nothing, strict=True)
    )
    return np.stack(hits, axis=-1), np.stack(present, axis=-1)


@KINDS
def test_selected_against_rest_is_a_fisher_test_over_regions(hits, whole, options):
    matrix = hits(REGIONS, TARGETS, **options)
    there, present = one_by_one(whole, options)
    selected = np.random.default_rng(3).random(N) < 0.4
    result = matrix.enrichment(selected)
    np.testing.assert_array_equal(result.overlap, there[..., selected].sum(axis=-1))
    np.testing.assert_array_equal(result.chunks, present[:, selected].sum(axis=-1))
    np.testing.assert_array_equal(result.universe_hits, there.sum(axis=-1))
    np.testing.assert_array_equal(result.universe_chunks, present.sum(axis=-1))
    p = np.empty_like(result.p_value)
    for t, j in np.ndindex(p.shape):
        a, b = there[t, j, selected].sum(), there[t, j, ~selected].sum()
        c = present[j, selected].sum() - a
        d = present[j, ~selected].sum() - b
        p[t, j] = fisher_exact([[a, b], [c, d]], alternative="greater").pvalue
        if b * c > 0:
            assert result.odds_ratio[t, j] == pytest.approx(a * d / (b * c))
    np.testing.assert_allclose(result.p_value, p, rtol=1e-9)
    np.testing.assert_allclose(
        result.q_value, false_discovery_control(p, axis=None).reshape(p.shape), rtol=1e-9
    )
    assert result.names == list(TARGETS)
    assert result.n_used + result.n_left_out == selected.sum()


@KINDS
def test_rows_name_the_regions_of_a_cell(hits, whole, options):
    matrix = hits(REGIONS, TARGETS, **options)
    there, _ = one_by_one(whole, options)
    for target, position in ((0, 0), (1, 2), (3, there.shape[1] - 1)):
        expected = np.flatnonzero(there[target, position])
        np.testing.assert_array_equal(matrix.rows(target, position), expected)


def test_mask_row_numbers_and_repeats_are_one_selection():
    matrix = enrichment_hits(REGIONS, TARGETS, **POINTS)
    mask = np.zeros(N, dtype=bool)
    mask[[3, 64, 69]] = True
    one, two = matrix.enrichment(mask), matrix.enrichment([69, 3, 64, 3])
    np.testing.assert_array_equal(one.overlap, two.overlap)
    np.testing.assert_array_equal(one.rows, [3, 64, 69])


@pytest.mark.parametrize("subset", [[], None])
def test_nothing_or_everything_has_no_rest_to_be_compared_with(subset):
    result = enrichment_hits(REGIONS, TARGETS, **POINTS).enrichment(subset)
    assert np.isnan(result.odds_ratio).all()
    assert (result.p_value == 1).all()


def test_unknown_chromosomes_are_told_and_change_nothing():
    matrix = enrichment_hits(REGIONS, TARGETS, **POINTS)
    unknown = (REGIONS["chrom"] == "chrUn").to_numpy()
    assert (matrix.reasons[unknown] == Reason.UNKNOWN_CHROMOSOME).all()
    known = enrichment_hits(REGIONS[~unknown], TARGETS, **POINTS)
    selected = np.arange(N) % 3 == 0
    one, two = matrix.enrichment(selected), known.enrichment(selected[~unknown])
    np.testing.assert_array_equal(one.odds_ratio, two.odds_ratio)
    np.testing.assert_array_equal(one.p_value, two.p_value)


def test_arrays_are_all_there_is_to_it():
    made = enrichment_hits(REGIONS, TARGETS, **POINTS)
    again = HitMatrix(
        bits=made.bits.copy(), present=made.present.copy(), n=made.n,
        names=made.names, reasons=made.reasons,
    )  # fmt: skip
    np.testing.assert_array_equal(
        made.enrichment([1, 2]).p_value, again.enrichment([1, 2]).p_value
    )
    with pytest.raises(InputError, match="need the shape"):
        HitMatrix(
            bits=made.bits, present=made.present, n=made.n + 64, names=made.names,
            reasons=made.reasons,
        )  # fmt: skip


def test_wrong_rows_and_cells_are_told():
    matrix = enrichment_hits(REGIONS, TARGETS, **POINTS)
    with pytest.raises(InputError, match="names row 70"):
        matrix.enrichment([70])
    with pytest.raises(InputError, match="no target 4"):
        matrix.rows(4, 0)


def test_more_than_64_targets_are_those_of_smaller_groups():
    many = {f"t{i}": some(5, 100 + i) for i in range(70)}
    all_at_once = enrichment_hits(REGIONS, many, **POINTS)
    for part in (list(many)[:30], list(many)[30:]):
        few = enrichment_hits(REGIONS, {name: many[name] for name in part}, **POINTS)
        where = [all_at_once.names.index(name) for name in part]
        np.testing.assert_array_equal(all_at_once.bits[where], few.bits)
        np.testing.assert_array_equal(all_at_once.present, few.present)
