"""Shifted controls stay in their arms, and turn decay into a flat background."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses._arms import arms_on
from hicognition_widgets.analyses._map_request import map_request
from hicognition_widgets.analyses.pileup import pileup, shifted
from hicognition_widgets.analyses.snippets import snippets
from hicognition_widgets.sources.contact_map import open_map


@pytest.fixture(scope="module")
def loops(demo_data):
    columns = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
    table = pd.read_csv(demo_data / "CH12_loops_Rao.bedpe", sep="\t", header=None)
    return table.iloc[:, :6].set_axis(columns, axis=1)


def test_controls_are_seeded_and_leave_the_loop(demo_data, loops):
    uri = f"{demo_data}/Scc1-control.chr1-5.mcool::/resolutions/10000"
    first = pileup(uri, loops, flank=100_000, controls=5, seed=1)
    again = pileup(uri, loops, flank=100_000, controls=5, seed=1)
    other = pileup(uri, loops, flank=100_000, controls=5, seed=2)
    np.testing.assert_array_equal(first.mean, again.mean)
    assert not np.allclose(first.mean, other.mean)
    assert first.mean[9:12, 9:12].mean() > 1.3 * np.nanmean(first.mean[:4, -4:])
    assert first.n_used == len(loops)


def test_copies_move_together_inside_their_arms(small_map):
    view = pd.DataFrame(
        [("chr1", 0, 20_000), ("chr1", 20_000, 40_300), ("chr2", 0, 25_000)],
        columns=["chrom", "start", "end"],
    )
    regions = pd.DataFrame(
        {"chrom": ["chr1", "chr1", "chr2", "chrX"], "start": [9_100, 30_000, 3_000, 50]}
    )
    regions["end"] = regions["start"] + 10
    request = map_request(
        small_map.path, regions, flank=3000, view_df=view, expected_df=None,
        normalization="balanced", edges="drop", flip=False, clr_weight_name="weight",
        anchor="center", min_diag="auto",
    )  # fmt: skip
    copies = shifted(request, request.windows, 50, seed=3)
    assert len(copies) == 150  # the region without an arm has none
    assert (copies.reasons == 0).all()
    arms = arms_on(open_map(small_map.path), view)
    at = copies.table[:, 0]
    assert (at >= arms.lo[copies.arm1]).all()
    assert (at + 7 <= arms.hi[copies.arm1]).all()
    home = np.repeat(request.windows.table[:3, 0], 50)
    assert (at != home).all()
    assert len(np.unique(at[:50])) > 5


def test_the_result_is_the_ratio_to_the_copies(small_map):
    regions = pd.DataFrame({"chrom": ["chr1", "chr2"], "start": [15_100, 11_000]})
    regions["end"] = regions["start"]
    options = {
        "flank": 4000, "view_df": None, "expected_df": None, "normalization": "balanced",
        "edges": "drop", "flip": False, "clr_weight_name": "weight", "anchor": "center",
        "min_diag": "auto",
    }  # fmt: skip
    request = map_request(small_map.path, regions, **options)
    copies = shifted(request, request.windows, 4, seed=9)
    chrom = np.repeat(regions["chrom"].to_numpy(), 4)
    bins = copies.table[:, 0] + 4 - np.repeat([0, small_map.offset["chr2"]], 4)
    moved = pd.DataFrame({"chrom": chrom, "start": bins * 1000, "end": bins * 1000 + 10})
    windows = snippets(small_map.path, moved, flank=4000).astype(float)
    known = np.isfinite(windows)
    control = np.nansum(windows, axis=0) / np.maximum(known.sum(axis=0), 1)
    plain = pileup(small_map.path, regions, flank=4000).mean
    found = pileup(small_map.path, regions, flank=4000, controls=4, seed=9).mean
    with np.errstate(all="ignore"):
        ratio = plain / control
    ratio[~np.isfinite(ratio)] = np.nan
    np.testing.assert_allclose(found, ratio, rtol=1e-6)
