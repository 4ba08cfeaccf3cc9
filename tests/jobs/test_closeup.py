"""One region read by itself is what the whole computation has in its row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hicognition_widgets.analyses import (
    pileup,
    scaled_snippets,
    scaled_stackup,
    snippets,
    stackup,
)
from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.jobs.closeup import nearby_index, read_closeup, region_table

ROWS = (0, 17, 500)
SIZE = {"flank": 100_000, "binsize": 10_000}


def regions_of(rooms: Any, name: str) -> Any:
    return read_regions(rooms.record(name).path).frame


@pytest.mark.parametrize("regions", ["loops", "peaks"])
@pytest.mark.parametrize("normalization", ["balanced", "oe", "raw"])
def test_the_snippet_of_a_point_or_pair(rooms: Any, regions: str, normalization: str) -> None:
    request = rooms.request("pileup", regions, "control", normalization=normalization, **SIZE)
    path = f"{rooms.record('control').path}::/resolutions/10000"
    frame = regions_of(rooms, regions)
    weights = {"clr_weight_name": None} if normalization == "raw" else {}
    kept = {} if normalization != "oe" else {"normalization": "oe"}
    truth = snippets(
        path, frame, flank=100_000, subset=list(ROWS), edges="pad", **weights, **kept
    )
    for row, one in zip(ROWS, truth, strict=True):
        closeup = read_closeup(request, row, cache=rooms.store.band_cache)
        np.testing.assert_allclose(closeup.array, one, rtol=1e-5)
        assert closeup.binsize == 10_000
        assert closeup.reason == ""


def test_the_snippet_of_an_interval(rooms: Any) -> None:
    request = rooms.request("pileup", "tads", "control", bin_percent=5, normalization="oe")
    frame = regions_of(rooms, "tads")
    truth = scaled_snippets(
        rooms.record("control").path, frame.iloc[[40]], bin_percent=5, normalization="oe"
    )
    np.testing.assert_allclose(read_closeup(request, 40).array, truth[0], rtol=1e-5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_signal_at_an_anchor(rooms: Any, side: str) -> None:
    request = rooms.request("stackup", "loops", "ctcf", side=side, **SIZE)
    truth = stackup(rooms.record("ctcf").path, regions_of(rooms, "loops"), side=side, **SIZE)
    for row in ROWS:
        np.testing.assert_array_equal(read_closeup(request, row).array, truth[row])


def test_the_signal_along_an_interval(rooms: Any) -> None:
    request = rooms.request("stackup", "tads", "e1", bin_percent=2)
    truth = scaled_stackup(rooms.record("e1").path, regions_of(rooms, "tads"), bin_percent=2)
    np.testing.assert_array_equal(read_closeup(request, 7).array, truth[7])


def test_the_inside_part_over_the_end_of_a_chromosome(rooms: Any, tmp_path: Any) -> None:
    path = tmp_path / "edge.bed"
    path.write_text("chr1\t3030000\t3030010\nchrM\t5\t9\n")
    rooms.add("regions", path, "edge", dims=1, region_kind="point")
    request = rooms.request("pileup", "edge", "control", flank=5_000_000, binsize=10_000)
    map_path = f"{rooms.record('control').path}::/resolutions/10000"
    frame = regions_of(rooms, "edge")
    inside = read_closeup(request, 0)
    assert np.isfinite(inside.array).any()
    assert np.isnan(pileup(map_path, frame.iloc[[0]], flank=5_000_000).mean).all()
    assert read_closeup(request, 1).reason == "chromosome is not in the file or assembly"


def test_what_is_not_there_is_told(rooms: Any, tmp_path: Any) -> None:
    request = rooms.request("pileup", "peaks", "control", **SIZE)
    with pytest.raises(InputError, match="there is no region 99,999"):
        read_closeup(request, 99_999)
    profile = rooms.request("profile", "peaks", "ctcf", **SIZE)
    with pytest.raises(InputError, match="by itself"):
        read_closeup(profile, 0)
    gone = tmp_path / "gone.bed"
    gone.write_text("chr1\t5\t9\n")
    record = rooms.add("regions", gone, "gone", dims=1, region_kind="point")
    given = (str(gone), record.fingerprint, "gone")
    assert len(region_table(*given)) == 1
    assert nearby_index(*given).around("chr1", 5, 6, (0, 9)).rows == (0,)
    gone.unlink()
    with pytest.raises(FileError, match="is gone"):
        region_table(*given)
    with pytest.raises(FileError, match="is gone"):
        nearby_index(*given)
