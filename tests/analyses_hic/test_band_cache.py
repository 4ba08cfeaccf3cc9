"""The folder of bands: shared, built once, rebuilt, bounded, never damaged."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses import _expected_memo, _map_request
from hicognition_widgets.analyses import band as band_module
from hicognition_widgets.analyses.band import build_band, cached_band
from hicognition_widgets.analyses.expected import expected_cis, expected_table
from hicognition_widgets.analyses.pileup import pileup
from hicognition_widgets.errors import FileError
from hicognition_widgets.sources.contact_map import open_map

REGIONS = pd.DataFrame({"chrom": "chr1", "start": [9_000, 30_000], "end": [9_500, 31_000]})


def kept(folder):
    return sorted(folder.glob("*.npy"))


def count_builds(monkeypatch):
    calls = []

    def counted(contacts, width):
        calls.append(width)
        return build_band(contacts, width)

    monkeypatch.setattr(band_module, "build_band", counted)
    return calls


def test_band_holds_the_upper_triangle(small_map):
    band = build_band(open_map(small_map.path), 7)
    n = len(small_map.counts)
    assert band.dtype == np.uint32  # one count does not fit 16 bits
    for d in range(7):
        np.testing.assert_array_equal(band[: n - d, d], np.diagonal(small_map.counts, d))


def test_one_band_serves_later_calls_and_other_flanks(small_map, tmp_path, monkeypatch):
    calls = count_builds(monkeypatch)
    for flank in (5000, 2000, 5000, 9000):
        cached = pileup(small_map.path, REGIONS, flank=flank, cache=tmp_path)
        np.testing.assert_array_equal(
            cached.mean, pileup(small_map.path, REGIONS, flank=flank).mean
        )
    assert len(calls) == len(kept(tmp_path)) == 1


def build_in_process(path, folder, barrier, builds):
    def counted(contacts, width):
        builds.put(os.getpid())
        time.sleep(0.5)  # so that the other asks while this one builds
        return build_band(contacts, width)

    band_module.build_band = counted
    contacts = open_map(path)
    barrier.wait(60)
    cached_band(contacts, 9, 100, folder)


def test_processes_that_ask_at_once_build_once(small_map, tmp_path):
    context = multiprocessing.get_context("spawn")
    barrier, builds = context.Barrier(2), context.Queue()
    asks = [
        context.Process(
            target=build_in_process, args=(small_map.path, tmp_path, barrier, builds)
        )
        for _ in range(2)
    ]
    for process in asks:
        process.start()
    for process in asks:
        process.join(60)
    assert [process.exitcode for process in asks] == [0, 0]
    assert builds.get(timeout=10) in [process.pid for process in asks]
    assert builds.empty()
    assert len(kept(tmp_path)) == 1
    assert not list(tmp_path.glob("*.part"))


def test_threads_that_ask_at_once_build_once(small_map, tmp_path, monkeypatch):
    calls = count_builds(monkeypatch)
    contacts = open_map(small_map.path)
    with ThreadPoolExecutor(4) as pool:
        bands = list(pool.map(lambda _: cached_band(contacts, 9, 100, tmp_path), range(4)))
    assert len(calls) == 1
    assert all(np.array_equal(bands[0], other) for other in bands)


def test_a_lock_left_by_a_killed_builder_does_not_block(small_map, tmp_path):
    contacts = open_map(small_map.path)
    cached_band(contacts, 9, 100, tmp_path)
    (lock,) = tmp_path.glob("*.lock")
    kept(tmp_path)[0].unlink()
    assert lock.exists()
    assert cached_band(contacts, 9, 100, tmp_path).shape[0] == contacts.n_bins


def test_a_changed_map_gets_a_new_band(small_map, tmp_path):
    path = tmp_path / "copy.cool"
    shutil.copy(small_map.path, path)
    folder = tmp_path / "bands"
    before = pileup(path, REGIONS, flank=3000, normalization="raw", cache=folder)
    with h5py.File(path, "r+") as file:
        file["pixels/count"][:] = file["pixels/count"][:] * 2
    stamp = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(stamp, stamp))
    after = pileup(path, REGIONS, flank=3000, normalization="raw", cache=folder)
    np.testing.assert_allclose(after.mean, 2 * before.mean)
    assert len(kept(folder)) == 2


@pytest.fixture
def made(monkeypatch):
    """How often expected values are made, with nothing kept at first."""
    calls = []

    def counted(*args, **options):
        calls.append(options["width"])
        return expected_table(*args, **options)

    monkeypatch.setattr(_map_request, "expected_table", counted)
    monkeypatch.setattr(_expected_memo, "_tables", OrderedDict())
    return calls


def test_expected_values_are_made_once_for_all_selections(small_map, tmp_path, made):
    options = {"flank": 3000, "normalization": "oe", "cache": tmp_path}
    whole = pileup(small_map.path, REGIONS, **options)
    whole.expected["balanced.avg"] = 0  # the caller's own copy
    for subset in ([0], [1], None):
        one = pileup(small_map.path, REGIONS, subset=subset, **options)
        given = expected_cis(small_map.path)
        other = pileup(small_map.path, REGIONS, flank=3000, expected_df=given, subset=subset)
        np.testing.assert_allclose(one.mean, other.mean, rtol=1e-12)
    assert len(made) == 1


def test_expected_values_follow_weights_arms_and_width(small_map, tmp_path, made):
    view = pd.DataFrame({"chrom": ["chr1"], "start": [0], "end": [40_300]})
    for options in (
        {"flank": 3000},
        {"flank": 4000},
        {"flank": 3000, "view_df": view},
        {"flank": 3000, "clr_weight_name": None},
    ):
        pileup(small_map.path, REGIONS, normalization="oe", cache=tmp_path, **options)
    assert len(made) == 4


def test_expected_values_follow_the_file(map_maker, tmp_path, made):
    path = map_maker(tmp_path / "map.cool").path
    before = pileup(path, REGIONS, flank=3000, normalization="oe")
    with h5py.File(path, "r+") as file:
        counts = file["pixels/count"][:]
        counts[::2] *= 3
        file["pixels/count"][:] = counts
    stamp = path.stat().st_mtime_ns + 10**9
    os.utime(path, ns=(stamp, stamp))
    after = pileup(path, REGIONS, flank=3000, normalization="oe")
    assert len(made) == 2
    assert not np.allclose(before.expected["count.sum"][2:], after.expected["count.sum"][2:])


def test_narrow_windows_find_their_expected_values_in_those_of_wide_ones(
    small_map, tmp_path, made, monkeypatch
):
    options = {"normalization": "oe", "cache": tmp_path}
    pileup(small_map.path, REGIONS, flank=4000, **options)
    found = pileup(small_map.path, REGIONS, flank=2000, **options)
    assert len(made) == 1
    monkeypatch.setattr(_expected_memo, "_tables", OrderedDict())
    own = pileup(small_map.path, REGIONS, flank=2000, **options)
    assert len(made) == 2
    pd.testing.assert_frame_equal(found.expected, own.expected, check_exact=True)
    np.testing.assert_array_equal(found.mean, own.mean)


def test_only_some_expected_values_are_kept(small_map, monkeypatch, made):
    monkeypatch.setattr(_expected_memo, "MOST", 1)
    for weight in ("weight", None, None, "weight"):
        pileup(small_map.path, REGIONS, flank=3000, normalization="oe", clr_weight_name=weight)
    assert len(made) == 3


def test_the_least_recently_used_band_goes(small_map, map_maker, tmp_path):
    folder = tmp_path / "bands"
    maps = [open_map(map_maker(tmp_path / f"{n}.cool", seed=n).path) for n in range(3)]
    first = cached_band(maps[0], 9, 100, folder)
    size = kept(folder)[0].stat().st_size
    cached_band(maps[1], 9, 100, folder)
    old, older = kept(folder)
    os.utime(old, (1000, 1000))
    os.utime(older, (1000, 1000))
    cached_band(maps[0], 9, 100, folder)  # used again
    cached_band(maps[2], 9, 100, folder, limit=2 * size)
    assert len(kept(folder)) == 2
    assert cached_band(maps[0], 9, 100, folder).filename is not None
    assert first.sum() > 0  # a band in use survives its file


def test_a_cut_off_band_is_built_again(small_map, tmp_path):
    contacts = open_map(small_map.path)
    truth = np.array(cached_band(contacts, 9, 100, tmp_path))
    (path,) = kept(tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    np.testing.assert_array_equal(cached_band(contacts, 9, 100, tmp_path), truth)


def test_a_folder_that_cannot_be_made_costs_only_the_cache(small_map, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.warns(RuntimeWarning, match="could not be kept"):
        result = pileup(small_map.path, REGIONS, flank=3000, cache=blocked / "bands")
    np.testing.assert_array_equal(result.mean, pileup(small_map.path, REGIONS, flank=3000).mean)


def test_a_damaged_map_leaves_nothing_behind(map_maker, tmp_path):
    path = map_maker(tmp_path / "whole.cool").path
    data = bytearray(path.read_bytes())
    with h5py.File(path) as file:
        chunks = []
        file["pixels/bin2_id"].id.chunk_iter(chunks.append)
        at, size = chunks[0].byte_offset, chunks[0].size
    data[at + 4 : at + size] = bytes(size - 4)
    path.write_bytes(bytes(data))
    folder = tmp_path / "bands"
    with pytest.raises(FileError, match="damaged"):
        pileup(path, REGIONS, flank=3000, cache=folder)
    assert not kept(folder)
    assert not list(folder.glob("*.part"))
