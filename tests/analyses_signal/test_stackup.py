from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signal_tools import bases, bin_means, write_bigwig

from hicognition_widgets.analyses import (
    scaled_stackup,
    scaled_stackups,
    stackup,
    stackups,
)
from hicognition_widgets.analyses.stackup import expanded
from hicognition_widgets.errors import GenomeMismatch, InputError
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.genome.windows import scaled_bins
from hicognition_widgets.sources.bigwig import BigWig

SIZES = {"chr1": 1000, "chr2": 130, "chrEmpty": 50}


@st.composite
def tracks(draw: st.DrawFn) -> dict[str, list[tuple[int, int, float]]]:
    track = {}
    for name in ("chr1", "chr2"):
        steps = draw(
            st.lists(
                st.tuples(
                    st.integers(0, 30),
                    st.integers(1, 40),
                    st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, 0.001, 1e6]),
                ),
                max_size=25,
            )
        )
        at, items = 0, []
        for gap, length, value in steps:
            start, end = at + gap, at + gap + length
            if end > SIZES[name]:
                break
            items.append((start, end, value))
            at = end
        track[name] = items
    return track


@st.composite
def regions(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["chr1", "chr2", "chrEmpty", "chr2"]),
                st.integers(0, 1010),
                st.integers(0, 90),
                st.sampled_from("+-."),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return pd.DataFrame(
        [(c, s, s + n, strand) for c, s, n, strand in rows],
        columns=["chrom", "start", "end", "strand"],
    )


def close(own: np.ndarray, wanted: np.ndarray, scale: float = 0.0) -> None:
    np.testing.assert_allclose(own, wanted, rtol=1e-6, atol=1e-12 * scale, equal_nan=True)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    track=tracks(),
    table=regions(),
    shape=st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 23)),
    missing=st.sampled_from([np.nan, 0.0, 2.5]),
    flip=st.booleans(),
    kind=st.sampled_from([1, 2, 3]),
    order=st.sampled_from("<>"),
    compress=st.booleans(),
    batch=st.sampled_from([1, 100, 10**7]),
)
def test_points_equal_a_base_by_base_mean(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    track: dict[str, list[tuple[int, int, float]]],
    table: pd.DataFrame,
    shape: tuple[int, int, int],
    missing: float,
    flip: bool,
    kind: int,
    order: str,
    compress: bool,
    batch: int,
) -> None:
    up, down, binsize = shape
    if up + down == 0:
        up = 1
    path = write_bigwig(
        tmp_path / "t.bw", SIZES, track, kind=kind, order=order, compress=compress
    )
    monkeypatch.setattr("hicognition_widgets.sources.bigwig._BATCH_BYTES", batch)
    flank = (up * binsize, down * binsize)
    got = stackups(path, table, [(flank, binsize)], missing=missing, flip=flip)[flank, binsize]
    for row in range(len(table)):
        chrom, start, end, strand = table.loc[row, ["chrom", "start", "end", "strand"]]
        point, size = (start + end) // 2, SIZES[chrom]
        if point > size:
            assert got.reasons[row] == Reason.OFF_CHROMOSOME
            assert np.isnan(got.stack[row]).all()
            continue
        minus = flip and strand == "-"
        first = point - (flank[1] if minus else flank[0])
        edges = [(first + i * binsize, first + (i + 1) * binsize) for i in range(up + down)]
        signal = bases(size, track.get(chrom, []))
        wanted = bin_means(signal, edges, missing)
        close(
            got.stack[row],
            wanted[::-1] if minus else wanted,
            np.nanmax(np.abs(np.r_[signal, 0])),
        )
        empty = np.isnan(got.stack[row]).all()
        assert got.reasons[row] == (Reason.NO_DATA if empty else Reason.USED)


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    track=tracks(),
    table=regions(),
    percent=st.sampled_from([1, 2.5, 5, 10, 50]),
    expansion=st.sampled_from([0.0, 0.2, 0.5]),
    missing=st.sampled_from([np.nan, 0.0]),
    flip=st.booleans(),
    batch=st.sampled_from([1, 100, 10**7]),
)
def test_intervals_equal_a_base_by_base_mean(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    track: dict[str, list[tuple[int, int, float]]],
    table: pd.DataFrame,
    percent: float,
    expansion: float,
    missing: float,
    flip: bool,
    batch: int,
) -> None:
    path = write_bigwig(tmp_path / "t.bw", SIZES, track)
    monkeypatch.setattr("hicognition_widgets.sources.bigwig._BATCH_BYTES", batch)
    got = scaled_stackups(
        path, table, [percent, 20], expansion=expansion, missing=missing, flip=flip
    )[percent]
    n = scaled_bins(percent, expansion)
    for row in range(len(table)):
        chrom, start, end, strand = table.loc[row, ["chrom", "start", "end", "strand"]]
        size = SIZES[chrom]
        if start == end:
            assert got.reasons[row] == Reason.ZERO_LENGTH
            continue
        if start >= size:
            assert got.reasons[row] == Reason.OFF_CHROMOSOME
            continue
        a = int(start - expansion * (end - start))
        length = int(end + expansion * (end - start)) - a
        edges = [a + length * i // n for i in range(n + 1)]
        pairs = [(x, max(y, x + 1)) for x, y in pairwise(edges)]
        signal = bases(size, track.get(chrom, []))
        wanted = bin_means(signal, pairs, missing)
        if flip and strand == "-":
            wanted = wanted[::-1]
        close(got.stack[row], wanted, np.nanmax(np.abs(np.r_[signal, 0])))


def random_regions(sizes: dict[str, int], n: int, near: dict[str, list[int]]) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    names = [name for name in sizes if near.get(name)] or list(sizes)
    rows = []
    for _ in range(n):
        name = str(rng.choice(names))
        low, high = near.get(name) or [0, sizes[name]]
        start = int(rng.integers(max(low - 50_000, 0), min(high + 50_000, sizes[name])))
        rows.append((name, start, min(start + int(rng.integers(1, 60_000)), sizes[name])))
    return pd.DataFrame(rows, columns=["chrom", "start", "end"])


def compare_with_pybbi(path: Path, n: int) -> int:
    """Compare on random regions; number of bins that were compared as numbers."""
    bbi = pytest.importorskip("bbi")
    other = bbi.open(str(path))
    compared = 0
    with BigWig(path) as track:
        near = {}
        for name in track.chromsizes:
            blocks = track.blocks(name)
            if len(blocks):
                near[name] = [int(blocks.start[0]), int(blocks.end[-1])]
        table = random_regions(track.chromsizes, n, near)
        size = table["chrom"].map(track.chromsizes).to_numpy()[:, None]
        middle = ((table["start"] + table["end"]) // 2).to_numpy()
        grid = [(200_000, 2_000), (200_000, 10_000), (5_000, 100)]
        found = stackups(track, table, grid)
        windows = []
        for flank, binsize in grid:
            k = 2 * flank // binsize
            left = (middle - flank)[:, None] + binsize * np.arange(k + 1)
            windows.append((found[flank, binsize].stack, left))
        start, length, _ = expanded(table, 0.2)
        for percent, result in scaled_stackups(track, table, [1, 5]).items():
            k = scaled_bins(percent)
            windows.append(
                (result.stack, start[:, None] + length[:, None] * np.arange(k + 1) // k)
            )
    for own, edges in windows:
        wanted = other.stackup(
            table["chrom"].to_numpy(),
            edges[:, 0],
            edges[:, -1],
            bins=own.shape[1],
            exact=True,
            missing=np.nan,
            oob=np.nan,
        )
        # pybbi leaves out a bin that crosses the end of the chromosome, here its inside counts
        crossing = (edges[:, :-1] < size) & (edges[:, 1:] > size)
        np.testing.assert_allclose(own[~crossing], wanted[~crossing], rtol=1e-6)
        compared += int(np.isfinite(wanted).sum())
    return compared


def test_demo_tracks_equal_pybbi(demo_data: Path) -> None:
    for path in sorted(demo_data.glob("*.bw")):
        assert compare_with_pybbi(path, 300) > 50_000


def test_other_real_tracks_equal_pybbi(shared_data: Path) -> None:
    paths = sorted(shared_data.glob("*/*.bw"))
    assert len(paths) > 10
    for path in paths:
        assert compare_with_pybbi(path, 100) > 50


def test_stored_nan_makes_its_bins_nan_and_no_others(tmp_path: Path) -> None:
    track = {"chr1": [(0, 10, 1.0), (10, 12, np.nan), (12, 40, 3.0), (40, 60, np.inf)]}
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 100}, track)
    row = stackup(path, _one("chr1", 30), flank=30, binsize=10)[0]
    np.testing.assert_array_equal(row, [1, np.nan, 3, 3, np.inf, np.inf])


def test_small_values_beside_a_huge_one_keep_their_digits(tmp_path: Path) -> None:
    items = [(0, 5_000_000, 3e12)] + [
        (5_000_000 + 3 * i, 5_000_000 + 3 * i + 3, 1e-3 * (1 + i % 7)) for i in range(4_000)
    ]
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 6_000_000}, {"chr1": items}, per_block=512)
    row = stackup(path, _one("chr1", 5_006_000), flank=6_000, binsize=7 * 3 * 10 // 35)[0]
    assert row.shape == (2_000,)
    signal = np.repeat(np.float32(1e-3 * (1 + np.arange(4_000) % 7)).astype(float), 3)
    np.testing.assert_allclose(row, signal.reshape(-1, 6).mean(axis=1), rtol=1e-6)


def _one(chrom: str, point: int) -> pd.DataFrame:
    return pd.DataFrame({"chrom": [chrom], "start": [point], "end": [point]})


def test_bins_at_both_ends_of_the_chromosome(tmp_path: Path) -> None:
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 105}, {"chr1": [(0, 105, 2.0)]})
    table = pd.DataFrame({"chrom": "chr1", "start": [15, 100], "end": [15, 100]})
    rows = stackup(path, table, flank=20, binsize=10)
    # the first bin begins at -5; the last but one ends at 110 and averages 5 bases
    np.testing.assert_array_equal(rows, [[np.nan, 2, 2, 2], [2, 2, 2, np.nan]])


def test_missing_stands_for_every_base_that_is_left_out(tmp_path: Path) -> None:
    sparse = {"chr1": [(10, 20, 4.0), (55, 60, 1.0)]}
    full = {"chr1": [(0, 10, 0.0), (10, 20, 4.0), (20, 55, 0.0), (55, 60, 1.0), (60, 95, 0.0)]}
    sizes = {"chr1": 95}
    table = pd.DataFrame({"chrom": "chr1", "start": [40, 90], "end": [60, 90]})
    a = write_bigwig(tmp_path / "a.bw", sizes, sparse)
    b = write_bigwig(tmp_path / "b.bw", sizes, full)
    np.testing.assert_array_equal(
        stackup(a, table, flank=40, binsize=8, missing=0),
        stackup(b, table, flank=40, binsize=8),
    )
    np.testing.assert_array_equal(
        scaled_stackup(a, table, bin_percent=10, missing=0),
        scaled_stackup(b, table, bin_percent=10),
    )


def test_a_bad_region_is_named_and_changes_nothing(tmp_path: Path) -> None:
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 100, "chr2": 80}, {"chr1": [(0, 90, 1.5)]})
    good = pd.DataFrame({"chrom": ["chr1", "chr2"], "start": [30, 40], "end": [50, 60]})
    bad = pd.DataFrame({"chrom": ["chrQ", "chr1"], "start": [5, 500], "end": [9, 600]})
    both = pd.concat([bad.iloc[:1], good, bad.iloc[1:]], ignore_index=True)
    got = stackups(path, both, [(20, 5)])[20, 5]
    np.testing.assert_array_equal(got.stack[1:3], stackup(path, good, flank=20, binsize=5))
    assert got.reasons.tolist() == [
        Reason.UNKNOWN_CHROMOSOME,
        Reason.USED,
        Reason.NO_DATA,
        Reason.OFF_CHROMOSOME,
    ]
    assert (got.n_used, got.n_left_out) == (1, 3)


def test_names_with_and_without_chr_are_one(tmp_path: Path) -> None:
    path = write_bigwig(tmp_path / "t.bw", {"1": 100}, {"1": [(0, 100, 1.0)]})
    assert np.all(stackup(path, _one("chr1", 50), flank=10, binsize=5) == 1)
    with pytest.raises(GenomeMismatch):
        stackup(path, _one("scaffold_9", 50), flank=10, binsize=5)


def test_pairs_need_a_side(tmp_path: Path) -> None:
    path = write_bigwig(
        tmp_path / "t.bw", {"chr1": 100}, {"chr1": [(0, 50, 1.0), (50, 100, 2)]}
    )
    pairs = pd.DataFrame(
        [["chr1", 20, 22, "chr1", 70, 72]],
        columns=["chrom1", "start1", "end1", "chrom2", "start2", "end2"],
    )
    assert stackup(path, pairs, flank=10, binsize=5, side="left").tolist() == [[1.0] * 4]
    assert stackup(path, pairs, flank=10, binsize=5, side="right").tolist() == [[2.0] * 4]
    with pytest.raises(InputError, match="side"):
        stackup(path, pairs, flank=10, binsize=5)


def test_anchor_moves_the_window(tmp_path: Path) -> None:
    items = [(i, i + 1, float(i)) for i in range(100)]
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 100}, {"chr1": items})
    table = pd.DataFrame(
        {"chrom": "chr1", "start": [40, 40], "end": [60, 60], "strand": ["+", "-"]}
    )
    at = {
        anchor: stackup(path, table, flank=1, binsize=1, anchor=anchor)[:, 1].tolist()
        for anchor in ("center", "start", "end", "five_prime", "three_prime")
    }
    assert at == {
        "center": [50, 50],
        "start": [40, 40],
        "end": [60, 60],
        "five_prime": [40, 60],
        "three_prime": [60, 40],
    }


def test_a_flank_that_bins_do_not_divide_is_refused(tmp_path: Path) -> None:
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 100}, {"chr1": [(0, 50, 1.0)]})
    with pytest.raises(InputError, match="multiple of the bin size"):
        stackup(path, _one("chr1", 50), flank=25, binsize=10)
    for flank in ((0, 0), (-10, 10)):
        with pytest.raises(InputError, match="upstream and downstream"):
            stackup(path, _one("chr1", 50), flank=flank, binsize=10)


def test_progress_counts_blocks_and_can_stop(tmp_path: Path) -> None:
    items = [(i, i + 1, 1.0) for i in range(100)]
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 100}, {"chr1": items})
    seen: list[tuple[int, int]] = []
    stackups(path, _one("chr1", 50), [(50, 10)], progress=lambda a, b: seen.append((a, b)))
    assert seen[-1] == (25, 25)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stackups(path, _one("chr1", 50), [(50, 10)], progress=stop)


def test_no_regions_give_no_rows(tmp_path: Path) -> None:
    path = write_bigwig(tmp_path / "t.bw", {"chr1": 100}, {"chr1": [(0, 50, 1.0)]})
    assert stackup(path, _one("chr1", 50).iloc[:0], flank=10, binsize=5).shape == (0, 4)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    track=tracks(),
    table=regions(),
    flip=st.booleans(),
    missing=st.sampled_from([np.nan, 0.0]),
    threads=st.sampled_from([1, 3]),
)
def test_many_grids_at_once_are_the_same_as_each_alone(
    tmp_path: Path,
    track: dict[str, list[tuple[int, int, float]]],
    table: pd.DataFrame,
    flip: bool,
    missing: float,
    threads: int,
) -> None:
    path = write_bigwig(tmp_path / "t.bw", SIZES, track)
    grid = [(20, 10), (60, 10), (40, 10), (60, 20), (20, 20), ((0, 60), 10), (5, 5)]
    together = stackups(path, table, grid, flip=flip, missing=missing, threads=threads)
    assert list(together) == grid
    for key in grid:
        (alone,) = stackups(path, table, [key], flip=flip, missing=missing).values()
        np.testing.assert_array_equal(together[key].stack, alone.stack)
        np.testing.assert_array_equal(together[key].reasons, alone.reasons)


def test_a_stop_in_one_of_several_threads_stops_all(tmp_path: Path) -> None:
    sizes = {f"chr{i}": 100 for i in range(1, 9)}
    items = [(i, i + 1, 1.0) for i in range(100)]
    path = write_bigwig(tmp_path / "t.bw", sizes, dict.fromkeys(sizes, items))
    table = pd.DataFrame({"chrom": list(sizes), "start": 50, "end": 51})
    seen: list[int] = []

    def stop(done: int, total: int) -> None:
        seen.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stackups(path, table, [(50, 10)], progress=stop, threads=2)
    assert 1 <= len(seen) < len(sizes)
    told: list[tuple[int, int]] = []
    stackups(path, table, [(50, 10)], progress=lambda *at: told.append(at), threads=4)
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
