"""Snippets and pileups against a reference that indexes the dense matrix."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hicognition_widgets.analyses.expected import expected_cis
from hicognition_widgets.analyses.pileup import pileup
from hicognition_widgets.analyses.snippets import snippets

B = 1000
SIZES = {"chr1": 40_300, "chr2": 25_000, "chrX": 9_001}
ARMS = pd.DataFrame(
    [("chr1", 1_500, 20_200), ("chr1", 20_200, 40_300), ("chr2", 0, 24_000)],
    columns=["chrom", "start", "end"],
)
WHOLE = pd.DataFrame([(c, 0, s) for c, s in SIZES.items()], columns=["chrom", "start", "end"])


def arm_of(view, chrom, start, end):
    best, found = 0, None
    for arm in view.itertuples():
        shared = min(end, arm.end) - max(start, arm.start)
        if start == end:
            shared = int(arm.start <= start < arm.end)
        if arm.chrom == chrom and shared > best:
            best, found = shared, arm
    return found


def reference(small, rows, k, view, *, kind, edges, flip, min_diag=2):
    """One window per row by plain indexing; rows are pairs of (chrom, start, end, strand)."""
    matrix = small.counts.astype(float) if kind == "raw" else small.balanced
    divisor = expected(small, view) if kind == "oe" else None
    out = np.full((len(rows), 2 * k + 1, 2 * k + 1), np.nan)
    for n, (one, two) in enumerate(rows):
        arms = [arm_of(view, *anchor[:3]) for anchor in (one, two)]
        if arms[0] is None or arms[1] is None:
            continue
        if kind == "oe" and arms[0].Index != arms[1].Index:
            continue
        center = [small.offset[c] + (s + e) // 2 // B for c, s, e, _ in (one, two)]
        lo = [small.offset[a.chrom] + a.start // B for a in arms]
        hi = [small.offset[a.chrom] - -a.end // B for a in arms]
        if edges == "drop" and any(
            c - k < a or c + k + 1 > b for c, a, b in zip(center, lo, hi, strict=True)
        ):
            continue
        for i in range(2 * k + 1):
            for j in range(2 * k + 1):
                p, q = center[0] - k + i, center[1] - k + j
                if not (lo[0] <= p < hi[0] and lo[1] <= q < hi[1]):
                    continue
                d = q - p if center[0] <= center[1] else p - q
                d = abs(d) if one is two else d
                if arms[0].chrom == arms[1].chrom and d < min_diag:
                    continue
                value = matrix[p, q]
                out[n, i, j] = value / divisor[arms[0].Index][d] if kind == "oe" else value
        if flip and one[3] == "-":
            out[n] = out[n, ::-1]
        if flip and two[3] == "-":
            out[n] = out[n, :, ::-1]
    return out


def expected(small, view):
    result = {}
    label = np.full(len(small.weights), -1)
    for arm in view.itertuples():
        lo = small.offset[arm.chrom] + arm.start // B
        hi = small.offset[arm.chrom] - -arm.end // B
        label[lo:hi] = arm.Index
        result[arm.Index] = (lo, hi)
    for index, (lo, hi) in result.items():
        block = small.balanced[lo:hi, lo:hi].copy()
        n_valid = [np.isfinite(np.diagonal(block, d)).sum() for d in range(hi - lo)]
        block[label[lo:hi] != index] = 0
        block[:, label[lo:hi] != index] = 0
        sums = [np.nansum(np.diagonal(block, d)) for d in range(hi - lo)]
        with np.errstate(all="ignore"):
            means = np.array(sums) / n_valid
        means[means == 0] = np.nan
        result[index] = means
    return result


def anchors(draw, n):
    chrom = draw(st.lists(st.sampled_from([*SIZES, "chr9"]), min_size=n, max_size=n))
    start = draw(st.lists(st.integers(-2_000, 45_000), min_size=n, max_size=n))
    length = draw(st.lists(st.sampled_from([0, 1, 300, 1999, 7000]), min_size=n, max_size=n))
    strand = draw(st.lists(st.sampled_from("+-."), min_size=n, max_size=n))
    return [(c, s, s + m, z) for c, s, m, z in zip(chrom, start, length, strand, strict=True)]


@st.composite
def requests(draw):
    n = draw(st.integers(1, 12))
    pairs = draw(st.booleans())
    one = [("chr1", 12_000, 12_400, "-"), *anchors(draw, n)]
    two = [("chr1", 15_500, 15_500, "+"), *anchors(draw, n)] if pairs else one
    options = {
        "flank": B * draw(st.sampled_from([1, 2, 5])),
        "edges": draw(st.sampled_from(["drop", "pad"])),
        "flip": draw(st.booleans()),
        "normalization": draw(st.sampled_from(["balanced", "raw", "oe"])),
        "view_df": draw(st.sampled_from([None, ARMS])),
    }
    subset = draw(st.lists(st.integers(0, n), max_size=2 * n))
    return list(zip(one, two, strict=True)), pairs, options, subset


def table(rows, pairs):
    names = ["chrom", "start", "end", "strand"]
    if not pairs:
        return pd.DataFrame([one for one, _ in rows], columns=names)
    two_names = [f"{name}{n}" for n in (1, 2) for name in names]
    return pd.DataFrame([(*one, *two) for one, two in rows], columns=two_names)


def mean(stack):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmean(stack.astype(float), axis=0)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("bands")


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(request=requests(), cached=st.booleans())
def test_windows_are_what_plain_indexing_finds(small_map, cache, request, cached):
    rows, pairs, options, subset = request
    regions = table(rows, pairs)
    view = WHOLE if options["view_df"] is None else ARMS
    truth = reference(
        small_map, rows, options["flank"] // B, view,
        kind=options["normalization"], edges=options["edges"], flip=options["flip"],
    )  # fmt: skip
    folder = cache if cached else None
    found = snippets(small_map.path, regions, cache=folder, **options)
    np.testing.assert_allclose(found, truth, rtol=1e-6)
    result = pileup(small_map.path, regions, cache=folder, **options)
    np.testing.assert_allclose(result.mean, mean(truth), rtol=1e-9)
    np.testing.assert_array_equal(result.count, np.isfinite(truth).sum(axis=0))
    np.testing.assert_array_equal(result.reasons == 0, np.isfinite(truth).any(axis=(1, 2)))
    part = pileup(small_map.path, regions, subset=subset, cache=folder, **options)
    np.testing.assert_allclose(part.mean, mean(truth[subset]), rtol=1e-9)
    np.testing.assert_array_equal(part.count, np.isfinite(truth[subset]).sum(axis=0))
    assert part.n_used == np.isfinite(truth[subset]).any(axis=(1, 2)).sum()


def test_expected_is_the_mean_of_each_diagonal(small_map):
    for view in (WHOLE, ARMS):
        found = expected_cis(small_map.path, view)
        truth = expected(small_map, view)
        for index, (_, rows) in enumerate(found.groupby("region1", sort=False)):
            values = rows["balanced.avg"].to_numpy()[2:]
            np.testing.assert_allclose(
                np.where(values == 0, np.nan, values), truth[index][2:], rtol=1e-9
            )
            assert rows["balanced.avg"].iloc[:2].isna().all()


def test_given_expected_values_divide(small_map):
    regions = pd.DataFrame({"chrom": "chr1", "start": [9_000, 30_000], "end": [9_500, 31_000]})
    table_ = expected_cis(small_map.path, ARMS)
    given_ = pileup(small_map.path, regions, flank=3000, view_df=ARMS, expected_df=table_)
    own = pileup(small_map.path, regions, flank=3000, view_df=ARMS, normalization="oe")
    np.testing.assert_allclose(given_.mean, own.mean, rtol=1e-12)
    assert given_.normalization == own.normalization == "oe"
