"""Scaled intervals against area weighting by matrix products."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hicognition_widgets.analyses import _window_data
from hicognition_widgets.analyses.expected import expected_cis
from hicognition_widgets.analyses.scaled_pileup import (
    choose_binsize,
    scaled_pileup,
    scaled_snippets,
)
from hicognition_widgets.errors import InputError
from hicognition_widgets.genome.reasons import Reason

B = 1000
SIZES = {"chr1": 40_300, "chr2": 25_000, "chrX": 9_001}
ARMS = pd.DataFrame(
    [("chr1", 1_500, 20_200), ("chr1", 20_200, 40_300), ("chr2", 0, 24_000)],
    columns=["chrom", "start", "end"],
)


def shares(small, anchor, arm, size, expansion):
    """Area of each bin in each cell, zero outside the arm: (size, bins of the genome)."""
    chrom, start, end, _ = anchor
    length = end - start
    edges = np.linspace(start - expansion * length, end + expansion * length, size + 1) / B
    bins = np.arange(len(small.weights)) - small.offset[chrom]
    inside = (bins >= arm[0] // B) & (bins < -(-arm[1] // B))
    right = np.minimum(edges[1:, None], bins + 1)
    return np.where(inside, np.maximum(right - np.maximum(edges[:-1, None], bins), 0), 0)


def reference(small, rows, size, view, expansion, *, kind, flip, pairs):
    matrix = (small.counts if kind == "raw" else small.balanced).astype(float)
    n = len(small.weights)
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    chrom = np.repeat([0, 1, 2], [41, 25, 10])
    cis = np.equal.outer(chrom, chrom)
    matrix[cis & (distance < 2)] = np.nan
    out = np.full((len(rows), size, size), np.nan)
    table = expected_cis(small.path, view) if kind == "oe" else None
    for k, (one, two) in enumerate(rows):
        arms = [find(view, anchor) for anchor in (one, two)]
        if None in arms or one[1] >= one[2] or two[1] >= two[2]:
            continue
        values = matrix
        if table is not None:
            if arms[0] != arms[1]:
                continue
            means = table[table["region1"] == arms[0][2]]["balanced.avg"].to_numpy()
            means = np.append(np.where(means == 0, np.nan, means), np.full(n, np.nan))
            values = matrix / means[distance]
        left = shares(small, one, arms[0], size, expansion)
        right = shares(small, two, arms[1], size, expansion)
        area = left @ np.isfinite(values) @ right.T
        total = left @ np.nan_to_num(values) @ right.T
        with np.errstate(all="ignore"):
            step = [(a[2] - a[1]) * (1 + 2 * expansion) / size / B for a in (one, two)]
            found = np.where(area > 1e-8 * step[0] * step[1], total / area, np.nan)
        if flip and one[3] == "-":
            found = found[::-1]
        if flip and two[3] == "-":
            found = found[:, ::-1]
        out[k] = found
    return out


def find(view, anchor):
    best, found = 0, None
    whole = [(c, 0, s, c) for c, s in SIZES.items()]
    named = [(c, s, e, f"{c}:{s}-{e}") for c, s, e in ARMS.itertuples(index=False)]
    for chrom, start, end, name in whole if view is None else named:
        shared = min(anchor[2], end) - max(anchor[1], start)
        if chrom == anchor[0] and shared > best:
            best, found = shared, (start, end, name)
    return found


@st.composite
def requests(draw):
    n = draw(st.integers(1, 6))
    pairs = draw(st.booleans())

    def anchor():
        start = draw(st.integers(-3_000, 41_000))
        length = draw(st.sampled_from([0, 700, 5_000, 5_321, 13_000, 19_999]))
        chrom = draw(st.sampled_from(["chr1", "chr1", "chr2", "chrX", "chr9"]))
        return chrom, start, start + length, draw(st.sampled_from("+-"))

    one = [("chr1", 3_000, 15_000, "-"), *[anchor() for _ in range(n)]]
    two = [("chr1", 12_500, 18_000, "+"), *[anchor() for _ in range(n)]] if pairs else one
    options = {
        "bin_percent": draw(st.sampled_from([5, 10, 20])),
        "expansion": draw(st.sampled_from([0, 0.2, 0.5])),
        "flip": draw(st.booleans()),
        "normalization": draw(st.sampled_from(["balanced", "raw", "oe"])),
        "view_df": draw(st.sampled_from([None, ARMS])),
    }
    return list(zip(one, two, strict=True)), pairs, options


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(request=requests())
def test_cells_are_means_weighted_by_area(small_map, request):
    rows, pairs, options = request
    names = ["chrom", "start", "end", "strand"]
    if pairs:
        columns = [f"{name}{n}" for n in (1, 2) for name in names]
        regions = pd.DataFrame([(*one, *two) for one, two in rows], columns=columns)
    else:
        regions = pd.DataFrame([one for one, _ in rows], columns=names)
    size = int(round((100 + 200 * options["expansion"]) / options["bin_percent"], 9))
    truth = reference(
        small_map, rows, size, options["view_df"], options["expansion"],
        kind=options["normalization"], flip=options["flip"], pairs=pairs,
    )  # fmt: skip
    found = scaled_snippets(small_map.path, regions, **options)
    np.testing.assert_allclose(found, truth, rtol=2e-5, atol=1e-9)
    result = scaled_pileup(small_map.path, regions, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        np.testing.assert_allclose(
            result.mean, np.nanmean(truth, axis=0), rtol=1e-6, atol=1e-12
        )
    np.testing.assert_array_equal(result.count, np.isfinite(truth).sum(axis=0))
    np.testing.assert_array_equal(result.reasons == 0, np.isfinite(truth).any(axis=(1, 2)))


def test_batches_do_not_change_the_mean(small_map, monkeypatch):
    regions = pd.DataFrame({"chrom": "chr1", "start": [2000, 9000, 20_000], "end": 33_000})
    whole = scaled_pileup(small_map.path, regions, bin_percent=10)
    monkeypatch.setattr(_window_data, "BATCH_PIXELS", 50)
    np.testing.assert_allclose(
        scaled_pileup(small_map.path, regions, bin_percent=10).mean, whole.mean, rtol=1e-12
    )


def test_reasons_and_subset(small_map):
    regions = pd.DataFrame(
        {
            "chrom": ["chr1", "chr9", "chr1", "chr1", "chr1"],
            "start": [5_000, 1, 7_000, 50_000, 100],
            "end": [9_000, 9, 7_000, 60_000, 4_000],
        }
    )
    dropped = scaled_pileup(small_map.path, regions, bin_percent=10, edges="drop")
    assert dropped.reasons.tolist() == [
        Reason.USED, Reason.UNKNOWN_CHROMOSOME, Reason.ZERO_LENGTH, Reason.OFF_CHROMOSOME,
        Reason.CROSSES_ARM_END,
    ]  # fmt: skip
    padded = scaled_pileup(small_map.path, regions, bin_percent=10, subset=[4, 4, 1])
    assert padded.n_used == 2
    assert padded.n_left_out == 1
    assert padded.count.max() == 2
    assert (padded.binsize, padded.bin_percent, padded.expansion) == (B, 10, 0.2)


def test_a_constant_map_scales_to_a_constant(map_maker, tmp_path):
    import h5py

    made = map_maker(tmp_path / "flat.cool")
    with h5py.File(made.path, "r+") as file:
        weights = np.full(len(made.weights), 1.0)
        weights[20] = np.nan
        file["bins/weight"][:] = weights
        i, j = np.triu_indices(len(weights))
        for name, values in (("bin1_id", i), ("bin2_id", j), ("count", np.full(len(i), 3))):
            dtype = file[f"pixels/{name}"].dtype
            del file[f"pixels/{name}"]
            file["pixels"].create_dataset(name, data=values.astype(dtype), chunks=(64,))
        rows = np.searchsorted(i, np.arange(len(weights) + 1))
        file["indexes/bin1_offset"][:] = rows
        file.attrs["nnz"] = len(i)
    regions = pd.DataFrame({"chrom": "chr1", "start": [5_432, 11_000], "end": [17_321, 31_003]})
    result = scaled_pileup(made.path, regions, bin_percent=5)
    known = result.count > 0
    np.testing.assert_allclose(result.mean[known], 3, rtol=1e-12)
    far = np.abs(np.subtract.outer(np.arange(28), np.arange(28))) > 4
    assert known[far].all()


def test_the_resolution_whose_bins_fit_the_cells_is_read(demo_data):
    sizes = [400_000, 500_000, 600_000]
    assert choose_binsize(sizes, [10_000, 50_000, 100_000], 60) == 10_000
    assert choose_binsize(sizes, [10_000, 50_000, 100_000], 10) == 50_000
    assert choose_binsize(sizes, [1_000, 100_000], 500) == 100_000  # 600 bins are too many
    assert choose_binsize([10**9], [1_000, 100_000], 28) == 100_000
    assert choose_binsize([], [1_000, 100_000], 28) == 1_000
    path = demo_data / "Scc1-KO.chr1-5.mcool"
    regions = pd.DataFrame({"chrom": "chr1", "start": [20_000_000], "end": [30_000_000]})
    assert scaled_pileup(path, regions, bin_percent=5).binsize == 250_000
    chosen = scaled_pileup(path, regions, bin_percent=5, binsize=50_000)
    assert chosen.binsize == 50_000
    with pytest.raises(InputError, match=r"no resolution of 7.*10,000"):
        scaled_pileup(path, regions, bin_percent=5, binsize=7)
