"""Averages of any selection from a file of snippets."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses import (
    keep_snippets,
    open_snippets,
    pileup,
    scaled_pileup,
    scaled_snippets,
    snippet_file,
    snippets,
)
from hicognition_widgets.errors import FileError, InputError

FLANK, SIZE = 3000, 7
rng = np.random.default_rng(8)
START = rng.integers(0, 30_000, 40)
PAIRS = pd.DataFrame(
    {
        "chrom1": "chr1",
        "start1": START,
        "end1": START + 500,
        "chrom2": np.where(np.arange(40) % 9 == 0, "chr2", "chr1"),
        "start2": (START * 7) % 24_000,
        "end2": (START * 7) % 24_000 + 500,
    }
)
DOMAINS = pd.DataFrame({"chrom": "chr1", "start": START, "end": START + 6_000 + START // 9})
SELECTIONS = [
    None,
    np.arange(40) % 3 == 0,
    np.arange(40) % 3 != 0,
    [5, 2, 2, 30],
    np.arange(40),
    [],
]


@pytest.fixture
def kept(small_map, tmp_path, monkeypatch):
    monkeypatch.setattr(snippet_file, "_BATCH_BYTES", 9 * 4 * SIZE * SIZE)  # several batches
    make = partial(snippets, small_map.path, PAIRS, flank=FLANK)
    return keep_snippets(tmp_path / "windows.npy", len(PAIRS), size=SIZE, make=make)


@pytest.mark.parametrize("subset", SELECTIONS)
def test_average_is_the_pileup_of_the_selection(small_map, kept, tmp_path, subset):
    truth = pileup(small_map.path, PAIRS, flank=FLANK, subset=subset)
    for windows in (kept, open_snippets(tmp_path / "windows.npy")):
        mean, count = windows.average(subset)
        np.testing.assert_allclose(mean, truth.mean, rtol=1e-5)
        np.testing.assert_array_equal(count, truth.count)


@pytest.mark.parametrize("subset", SELECTIONS)
def test_split_gives_the_selected_and_the_rest(small_map, kept, subset):
    chosen = np.zeros(len(PAIRS), dtype=bool)
    chosen[slice(None) if subset is None else np.asarray(subset, dtype=int)] = True
    if isinstance(subset, np.ndarray) and subset.dtype == bool:
        chosen = subset
    for (mean, count), mask in zip(kept.split(subset), (chosen, ~chosen), strict=True):
        truth = pileup(small_map.path, PAIRS, flank=FLANK, subset=mask)
        np.testing.assert_allclose(mean, truth.mean, rtol=1e-5)
        np.testing.assert_array_equal(count, truth.count)


def test_scaled_intervals(small_map, tmp_path):
    options = {"bin_percent": 20, "binsize": 1000}
    make = partial(scaled_snippets, small_map.path, DOMAINS, **options)
    kept = keep_snippets(tmp_path / "scaled.npy", len(DOMAINS), size=7, make=make)
    mask = np.arange(40) % 4 == 1
    truth = scaled_pileup(small_map.path, DOMAINS, subset=mask, **options)
    np.testing.assert_allclose(kept.average(mask)[0], truth.mean, rtol=1e-5)
    np.testing.assert_array_equal(kept.average(mask)[1], truth.count)


def test_a_file_beyond_the_limit_is_not_begun(tmp_path):
    def never(subset):
        raise AssertionError("nothing is to be computed")

    with pytest.raises(snippet_file.TooLarge, match="more than the 1 MB"):
        keep_snippets(tmp_path / "big.npy", 10_000, size=7, make=never, limit=2**20)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("failure", [RuntimeError("the map is damaged"), None])
def test_a_failure_leaves_no_file(tmp_path, failure):
    def make(subset):
        if failure:
            raise failure
        return np.zeros((len(subset), 3, 3), dtype=np.float32)

    with pytest.raises((RuntimeError, InputError), match=r"damaged|shape"):
        keep_snippets(tmp_path / "no.npy", 5, size=4, make=make)
    assert not list(tmp_path.iterdir())


def test_other_files_are_told(tmp_path):
    path = tmp_path / "no.npy"
    with pytest.raises(FileError, match="is no file of snippets"):
        open_snippets(path)
    for content in (b"", b"x" * 500):
        path.write_bytes(content)
        with pytest.raises(FileError, match="is no file of snippets"):
            open_snippets(path)
    np.save(path, np.zeros((300, 3)))
    with pytest.raises(FileError, match="is no file of snippets"):
        open_snippets(path)


def test_a_set_without_regions(tmp_path):
    def make(subset):
        return np.zeros((len(subset), 3, 3), dtype=np.float32)

    keep_snippets(tmp_path / "none.npy", 0, size=3, make=make)
    mean, count = open_snippets(tmp_path / "none.npy").average()
    assert np.isnan(mean).all()
    assert not count.any()
