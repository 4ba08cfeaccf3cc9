"""Files in every layout give the same numbers, or a sentence that says why not."""

from __future__ import annotations

import cooler
import h5py
import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses import _window_data
from hicognition_widgets.analyses.expected import expected_cis
from hicognition_widgets.analyses.pileup import pileup
from hicognition_widgets.analyses.scaled_pileup import scaled_pileup
from hicognition_widgets.analyses.snippets import snippets
from hicognition_widgets.errors import FileError, GenomeMismatch, InputError
from hicognition_widgets.sources.contact_map import list_resolutions, open_map
from hicognition_widgets.sources.pixels import read_pixels

POINTS = pd.DataFrame({"chrom": ["chr1", "chr1", "2"], "start": [9_000, 30_000, 9_500]})
POINTS["end"] = POINTS["start"] + 10
PAIRS = pd.DataFrame(
    {
        "chrom1": ["chr1", "chr2", "chr1"], "start1": [9_000, 9_500, 30_000],
        "end1": [9_100, 9_700, 30_001], "chrom2": ["chr1", "chrX", "chr1"],
        "start2": [20_000, 4_000, 12_000], "end2": [20_100, 4_500, 12_001],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"compression": None, "shuffle": False, "chunks": (37,)},
        {"compression": "gzip", "shuffle": False, "chunks": (1000,)},
        {"compression": "gzip", "compression_opts": 1, "shuffle": True, "chunks": (53,)},
        {"compression": "lzf", "shuffle": True, "chunks": (100,)},
        {"compression": "gzip", "shuffle": True, "fletcher32": True, "chunks": (100,)},
    ],
    ids=["contiguous", "plain", "gzip", "shuffle", "lzf", "checksum"],
)
def test_every_storage_gives_the_same_numbers(map_maker, tmp_path, layout):
    made = map_maker(tmp_path / "m.cool")
    rewrite(made.path, layout)
    check_against_dense(made)


@pytest.mark.parametrize("dtype", ["int64", "uint16", "float64", "float32", ">i4"])
def test_every_count_type_gives_the_same_numbers(map_maker, tmp_path, dtype):
    made = map_maker(
        tmp_path / "m.cool", dtype="int32" if dtype in ("uint16", ">i4") else dtype
    )
    if dtype in ("uint16", ">i4"):
        if dtype == "uint16":
            made.counts[made.counts > 65_535] = 7
        replace_counts(made, dtype)
    check_against_dense(made, rtol=1e-6 if dtype == "float32" else 1e-9)


def replace_counts(made, dtype):
    with h5py.File(made.path, "r+") as file:
        i, j = file["pixels/bin1_id"][:], file["pixels/bin2_id"][:]
        del file["pixels/count"]
        file["pixels"].create_dataset(
            "count", data=made.counts[i, j].astype(dtype), chunks=(41,), compression="gzip"
        )


def rewrite(path, layout):
    with h5py.File(path, "r+") as file:
        for name in ("bin2_id", "count"):
            values = file[f"pixels/{name}"][:]
            del file[f"pixels/{name}"]
            file["pixels"].create_dataset(name, data=values, **layout)


def check_against_dense(made, rtol=1e-9):
    for regions in (POINTS, PAIRS):
        for kind, matrix in (("raw", made.counts), ("balanced", made.balanced)):
            found = snippets(made.path, regions, flank=3000, normalization=kind)
            for n in range(len(regions)):
                window = cut(made, matrix, regions.iloc[n])
                np.testing.assert_allclose(found[n], window, rtol=max(rtol, 1e-6))
    contacts = open_map(made.path)
    with read_pixels(contacts) as reader:
        rows = reader.rows(10, 40, 12)
        band = reader.add_to_band(
            reader.new_band(12), np.array([[0, contacts.n_pixels]], dtype=np.int64)
        )
    for i in range(30):
        part = slice(rows.ends[i], rows.ends[i + 1])
        line = np.zeros(len(made.counts))
        line[rows.columns[part]] = rows.counts[part]
        np.testing.assert_allclose(line[10 + i : 22 + i], made.counts[10 + i, 10 + i : 22 + i])
        np.testing.assert_allclose(line[10 + i : 22 + i], band[10 + i], rtol=1e-6)
        assert not line[: 10 + i].any()
        assert not line[22 + i :].any()
    table = expected_cis(made.path)
    block = made.balanced[: made.offset["chr2"], : made.offset["chr2"]]
    truth = [np.nanmean(np.diagonal(block, d)) for d in range(2, 20)]
    np.testing.assert_allclose(table["balanced.avg"][2:20], truth, rtol=rtol)


def cut(made, matrix, row):
    sides = ("1", "2") if "chrom1" in row.index else ("", "")
    names = [row[f"chrom{s}"].replace("chr", "") for s in sides]
    at = [
        made.offset[f"chr{name}"] + (row[f"start{s}"] + row[f"end{s}"]) // 2000
        for name, s in zip(names, sides, strict=True)
    ]
    p, q = (np.arange(a - 3, a + 4) for a in at)
    window = matrix[np.ix_(p, q)].astype(float)
    if names[0] == names[1]:
        d = np.subtract.outer(p, q)
        d = np.abs(d) if sides[0] == "" else (d if at[0] > at[1] else -d)
        window[d < 2] = np.nan
    return window


def test_wide_windows_are_served_without_a_band(small_map, monkeypatch, tmp_path):
    wanted = {
        kind: pileup(small_map.path, POINTS, flank=5000, normalization=kind).mean
        for kind in ("balanced", "oe", "raw")
    }
    monkeypatch.setattr(_window_data, "DENSE_BYTES", 0)
    monkeypatch.setattr(_window_data, "BATCH_PIXELS", 200)
    for kind, mean in wanted.items():
        for cache in (None, tmp_path):
            found = pileup(small_map.path, POINTS, flank=5000, normalization=kind, cache=cache)
            np.testing.assert_allclose(found.mean, mean, rtol=1e-12)


def test_divisive_weights_are_inverted(small_map, map_maker, tmp_path):
    made = map_maker(tmp_path / "m.cool")
    with h5py.File(made.path, "r+") as file:
        file["bins"].create_dataset("KR", data=1 / made.weights)
        file["bins"].create_dataset("odd", data=1 / made.weights)
        file["bins/odd"].attrs["divisive_weights"] = True
    plain = pileup(made.path, POINTS, flank=3000)
    for name in ("KR", "odd"):
        found = pileup(made.path, POINTS, flank=3000, clr_weight_name=name)
        np.testing.assert_allclose(found.mean, plain.mean, rtol=1e-12)


def test_ignored_diagonals_follow_the_balancing(map_maker, tmp_path):
    made = map_maker(tmp_path / "m.cool")
    with h5py.File(made.path, "r+") as file:
        file["bins/weight"].attrs["ignore_diags"] = 1
    result = pileup(made.path, POINTS, flank=3000)
    assert np.isnan(np.diagonal(result.mean)).all()
    assert np.isfinite(np.diagonal(result.mean, 1)).all()


def test_an_open_cooler_is_as_good_as_a_path(small_map):
    by_path = pileup(small_map.path, POINTS, flank=3000)
    by_object = pileup(cooler.Cooler(str(small_map.path)), POINTS, flank=3000)
    np.testing.assert_array_equal(by_path.mean, by_object.mean)


def test_missing_weights_name_what_there_is(small_map):
    with pytest.raises(InputError, match=r'no balancing weights "VC".*it has weight'):
        pileup(small_map.path, POINTS, flank=3000, clr_weight_name="VC")


def test_a_flank_between_bins_names_the_nearest(small_map):
    with pytest.raises(InputError, match="2,000 or 3,000"):
        pileup(small_map.path, POINTS, flank=2500)


def test_foreign_chromosomes_name_both_sides(small_map):
    foreign = POINTS.assign(chrom="NC_0001")
    with pytest.raises(GenomeMismatch, match=r"NC_0001.*chr1"):
        pileup(small_map.path, foreign, flank=3000)


def test_several_resolutions_ask_for_a_choice(demo_data):
    with pytest.raises(InputError, match=r"several resolutions.*10,000"):
        pileup(demo_data / "Scc1-KO.chr1-5.mcool", POINTS, flank=30_000)


def test_empty_region_sets_give_empty_results(small_map):
    none = POINTS.iloc[:0]
    result = pileup(small_map.path, none, flank=3000, normalization="oe")
    assert np.isnan(result.mean).all()
    assert result.count.sum() == result.n_used == 0
    assert snippets(small_map.path, none, flank=3000).shape == (0, 7, 7)
    scaled = scaled_pileup(small_map.path, none, bin_percent=5)
    assert scaled.mean.shape == (28, 28)


@pytest.mark.parametrize("kept", [0, 100, 0.5, 0.95])
def test_a_cut_off_file_is_named(small_map, tmp_path, kept):
    data = small_map.path.read_bytes()
    path = tmp_path / "cut.cool"
    path.write_bytes(data[: int(kept * len(data)) if kept < 1 else kept])
    with pytest.raises(FileError, match=r"cut\.cool"):
        pileup(path, POINTS, flank=3000)
    with pytest.raises(FileError, match=r"cut\.cool"):
        scaled_pileup(path, POINTS, bin_percent=5)


def test_odd_real_files(shared_data):
    odd = shared_data / "dm3_small"
    region = pd.DataFrame({"chrom": ["chrX"], "start": [3_200_000], "end": [3_300_000]})
    variable = odd / "Li2015_chrX_3.0-3.7Mb.DpnII_varbins_normalized.cool"
    with pytest.raises(InputError, match="varying size"):
        pileup(variable, region, flank=10_000)
    legacy = odd / "hicexplorer_dm6_legacy_zoomlevels.mcool"
    sizes = list_resolutions(legacy)
    assert list(sizes) == sorted(sizes)
    assert 640_000 in sizes
    clr = cooler.Cooler(f"{legacy}::{sizes[160_000]}")
    fly = pd.DataFrame({"chrom": ["chr3R", "3R"], "start": [9_000_000] * 2})
    fly["end"] = fly["start"] + 1
    fly["chrom"] = next(name for name in clr.chromnames if "3R" in name)
    found = snippets(clr, fly, flank=480_000, normalization="raw")[0]
    dense = clr.matrix(balance=False).fetch(fly["chrom"][0])[53:60, 53:60].astype(float)
    far = np.abs(np.subtract.outer(np.arange(7), np.arange(7))) >= 2
    np.testing.assert_allclose(found[far], dense[far])
    damaged = shared_data / "hicognition_tests" / "bad_cooler.mcool"
    with pytest.raises(FileError, match="not a readable cooler"):
        pileup(damaged, region, flank=10_000)
    unbalanced = odd / "mm9_chr1_20kb_unbalanced.cool"
    with pytest.raises(InputError, match="it has none"):
        pileup(unbalanced, region.assign(chrom="1"), flank=20_000)
