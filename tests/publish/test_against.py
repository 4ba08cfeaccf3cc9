"""Views that show a second map or region set: the numbers, the settings, what is written."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses import snippets
from hicognition_widgets.errors import HiCognitionError, InputError
from hicognition_widgets.views.comparison import Comparison

FINE = {"flank": 250_000, "binsize": 50_000}


def windows(demo_data, ws, name, table=None):
    regions = ws.region_table(ws.dataset("sites")) if table is None else table
    path = demo_data / f"Scc1-{'control' if name == 'control' else 'KO'}.chr1-5.mcool"
    request = ws.request("pileup", ws.dataset("sites"), [ws.dataset("control")], **FINE)
    view = pd.DataFrame(list(request.assembly.arms), columns=["chrom", "start", "end", "name"])
    uri = f"{path}::/resolutions/50000"
    return snippets(uri, regions, flank=250_000, view_df=view, normalization="oe")


@pytest.fixture
def more_sites(ws, demo_data):
    table = pd.read_csv(demo_data / "Bonev_CTCF+.bed", sep="\t", header=None).iloc[:, :3]
    table.columns = ["chrom", "start", "end"]
    table = table[table["chrom"] == "chr3"].iloc[:60].reset_index(drop=True)
    return ws.add_regions(table, assembly="mm9", name="more sites")


def test_two_maps_are_compared_region_by_region(ws, demo_data):
    found = ws.compare_pileups("sites", "control", "KO", **FINE, permutations=400)
    one, two = (windows(demo_data, ws, name).astype(np.float64) for name in ("control", "KO"))
    d = one - two
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        np.testing.assert_allclose(found.difference, np.nanmean(d, axis=0), atol=1e-6)
        # the same test written down plainly: t of the differences under random signs
        random = np.random.default_rng(5)
        number = np.isfinite(d).sum(axis=0)

        def t(values):
            spread = np.nanstd(values, axis=0, ddof=1) / np.sqrt(number)
            return np.abs(np.nanmean(values, axis=0)) / spread

        seen = t(d)
        largest = [
            np.nanmax(t(d * random.choice([-1.0, 1.0], (len(d), 1, 1)))) for _ in range(400)
        ]
    expected = (1 + (np.array(largest)[:, None, None] >= seen).sum(axis=0)) / 401
    known = np.isfinite(seen)
    np.testing.assert_allclose(found.p_corrected[known], expected[known], atol=0.11)
    assert found.paired


def test_two_region_sets_are_compared(ws, demo_data, more_sites):
    found = ws.compare_pileups("sites", "control", more_sites, **FINE, permutations=50)
    one = windows(demo_data, ws, "control")
    two = windows(demo_data, ws, "control", ws.region_table(more_sites))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ratio = np.nanmean(one, axis=0) / np.nanmean(two, axis=0)
    np.testing.assert_allclose(2**found.log2_ratio, ratio, rtol=1e-5)
    assert not found.paired
    assert found.count_two.max() <= len(two)


def test_intervals_are_compared_at_one_resolution(ws):
    table = ws.region_table(ws.dataset("loops"))
    spans = pd.DataFrame(
        {"chrom": "chr3", "start": table["start1"], "end": table["end2"]}
    ).drop_duplicates()
    ws.add_regions(spans, assembly="mm9", name="spans", kind="interval")
    found = ws.compare_pileups("spans", "control", "KO", bin_percent=10, permutations=20)
    assert found.difference.shape == (14, 14)
    assert np.isfinite(found.p_corrected).any()


def test_what_cannot_be_compared_is_refused(ws):
    with pytest.raises(InputError, match="with itself"):
        ws.compare_pileups("sites", "control", "control", **FINE)
    with pytest.raises(InputError, match="with itself"):
        ws.compare_pileups("sites", "control", "sites", **FINE)
    with pytest.raises(InputError, match="cannot be compared"):
        ws.compare_pileups("sites", "control", "loops", **FINE)
    with pytest.raises(HiCognitionError, match="no controls"):
        ws.compare_pileups("sites", "control", "KO", **FINE, controls=2)


def test_a_pileup_against_another_map_is_shown_kept_and_written(ws, tmp_path):
    c = ws.compare("sites", flank=250_000)
    view = c.add("pileup", "control", versus="KO", binsize=50_000)
    names = [option["name"] for option in view.versus_options]
    assert names == ["KO"]
    c.wait(200)
    assert view.symmetric
    truth = ws.compare_pileups("sites", "control", "KO", **FINE)
    np.testing.assert_allclose(view.data, 2**truth.log2_ratio)
    assert set(view.result["arrays"]) >= {"ratio", "difference", "p_corrected"}
    view.contrast = "difference"
    np.testing.assert_array_equal(view.data, truth.difference)
    table = view.to_frame()
    np.testing.assert_allclose(table["mean"] - table["other"], table["difference"])
    assert "versus='ann/KO'" in c.to_code()
    again = Comparison.from_spec(ws, c.spec)
    assert again.spec == c.spec
    assert again.views[0].versus == view.versus
    for ending in ("png", "svg"):
        assert view.save(tmp_path / f"v.{ending}").stat().st_size > 5000
    assert "p &lt; 0.05" in (tmp_path / "v.svg").read_text()
    assert "random flips" in c.methods()
    assert view.provenance["views"][0]["results"][0]["features"][1]["name"] == "KO"
    again.close()
    c.close()


def test_a_selection_is_compared_too(ws, more_sites):
    c = ws.compare("sites", flank=250_000)
    maps = c.add("pileup", "control", versus="KO", binsize=50_000)
    sets = c.add("pileup", "control", versus=more_sites, binsize=50_000)
    c.wait(200)
    before = maps.data
    c.selection = np.arange(12)
    c.wait(200)
    assert maps.results[0].meta["n_used"] <= 12
    assert not np.array_equal(maps.data, before, equal_nan=True)
    told = sets.results[0].meta["comparison"]
    assert told["one"]["n_used"] <= 12 < told["two"]["n_used"]
    c.close()


def test_what_is_compared_with_may_be_gone(ws):
    c = ws.compare("sites", flank=250_000)
    view = c.add("pileup", "control", versus="KO", binsize=50_000)
    c.wait(200)
    spec = c.spec
    c.close()
    ws.delete(ws.dataset("KO"))
    again = Comparison.from_spec(ws, spec)
    (view,) = again.views
    assert view.status == "empty"
    assert "“KO” is missing" in view.message
    assert again.spec["views"] == spec["views"]
    view.versus = []
    again.wait(200)
    assert view.status == "ready"
    assert "versus" not in again.spec["views"][0]
    again.close()


def test_choices_follow_region_set_and_feature(ws, more_sites):
    view = ws.compare("sites", flank=250_000).add("pileup", "control", versus="more sites")
    view.set_regions(more_sites)
    assert view.versus == []
    assert {option["name"] for option in view.versus_options} == {"KO", "sites"}
    view.versus = "KO"
    assert view.versus == [str(ws.dataset("KO").id)]
    view.features = [ws.dataset("KO")]
    assert view.versus == []
    view.close()


def test_a_second_region_set_and_both_anchors_stand_in_one_profile(ws):
    table = ws.region_table(ws.dataset("loops")).iloc[:15]
    ws.add_regions(table, assembly="mm9", name="few loops")
    c = ws.compare("loops", flank=100_000)
    view = c.add("profile", "CTCF", side="both", versus="few loops", binsize=10_000)
    c.wait(200)
    names = [track["name"] for track in view.result["meta"]["tracks"]]
    assert names == [
        "CTCF · loops · left",
        "CTCF · loops · right",
        "CTCF · few loops · left",
        "CTCF · few loops · right",
    ]
    truth = [
        ws.profile(regions, "CTCF", flank=100_000, binsize=10_000, side=side).mean
        for regions in ("loops", "few loops")
        for side in ("left", "right")
    ]
    np.testing.assert_array_equal(view.data, truth)
    c.selection = np.arange(5)
    c.wait(200)
    names = [track["name"] for track in view.result["meta"]["tracks"]]
    assert names[:2] == ["CTCF · loops · left · selected", "CTCF · loops · left · rest"]
    assert names[-2:] == ["CTCF · few loops · left", "CTCF · few loops · right"]
    assert len({track["id"] for track in view.result["meta"]["tracks"]}) == 6
    c.selection = None
    again = Comparison.from_spec(ws, c.spec)
    assert again.spec == c.spec
    again.close()
    c.close()


def test_quartiles_are_those_of_the_regions(ws):
    view = ws.compare("sites", flank=100_000).add("profile", "CTCF", binsize=10_000)
    view.band = "quartiles"
    view.wait(200)
    rows = ws.stackup("sites", "CTCF", flank=100_000, binsize=10_000)
    low, high = np.nanquantile(rows, [0.25, 0.75], axis=0)
    frame = view.to_frame()
    np.testing.assert_allclose(frame["low"], low)
    np.testing.assert_allclose(frame["high"], high)
    view.close()
