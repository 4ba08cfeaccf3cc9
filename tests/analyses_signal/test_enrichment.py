from __future__ import annotations

from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, fisher_exact, hypergeom

from hicognition_widgets.analyses import enrichment, scaled_enrichment
from hicognition_widgets.analyses._overlap_kernels import chance_of_overlap
from hicognition_widgets.analyses.enrichment import benjamini_hochberg
from hicognition_widgets.errors import GenomeMismatch, InputError
from hicognition_widgets.genome.reasons import Reason

SIZES = {"chr1": 97, "chr2": 40}
Piece = tuple[str, int, int]


def table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["chrom", "start", "end", "strand"][: len(rows[0])])
    return frame.astype({"chrom": str})


def row_lists(most: int) -> st.SearchStrategy[list[tuple[str, int, int, str]]]:
    row = st.tuples(
        st.sampled_from(["chr1", "chr2", "chrUn"]),
        st.integers(0, 110),
        st.integers(0, 25),
        st.sampled_from("+-"),
    )
    return st.lists(row, min_size=1, max_size=most).map(
        lambda rows: [("chr1", 50, 52, "+")] + [(c, s, s + n, d) for c, s, n, d in rows]
    )


def overlaps(piece: Piece, rows: list[tuple[str, int, int, str]]) -> bool:
    chrom, a, b = piece
    return any(c == chrom and s < b and max(e, s + 1) > a for c, s, e, _ in rows)


def clipped(chrom: str, a: int, b: int) -> Piece | None:
    a, b = max(a, 0), min(b, SIZES[chrom])
    return (chrom, a, b) if a < b else None


def check(result, chunks, universe, targets) -> None:
    """Compare with counts by definition and with scipy's Fisher test."""
    p_values = np.full(result.p_value.shape, np.nan)
    for t, rows in enumerate(targets):
        in_universe = sum(overlaps(piece, rows) for piece in universe)
        for j, here in enumerate(chunks):
            a = sum(overlaps(piece, rows) for piece in here)
            b, c = in_universe - a, len(here) - a
            d = len(universe) - a - b - c
            assert result.overlap[t, j] == a
            assert result.chunks[j] == len(here)
            if b < 0 or d < 0:
                assert np.isnan(result.odds_ratio[t, j])
                assert np.isnan(result.p_value[t, j])
                continue
            ratio, p = fisher_exact([[a, b], [c, d]], alternative="greater")
            np.testing.assert_allclose(result.odds_ratio[t, j], ratio, rtol=1e-12)
            np.testing.assert_allclose(result.p_value[t, j], p, rtol=1e-9)
            p_values[t, j] = p
    known = ~np.isnan(p_values)
    if known.any():
        wanted = false_discovery_control(p_values[known])
        np.testing.assert_allclose(result.q_value[known], wanted, rtol=1e-9)


@settings(max_examples=120)
@given(
    query=row_lists(12),
    targets=st.lists(row_lists(6), min_size=1, max_size=3),
    binsize=st.sampled_from([1, 7, 10, 13]),
    up=st.integers(0, 4),
    down=st.integers(1, 4),
    flip=st.booleans(),
    own_universe=st.none() | row_lists(20),
)
def test_points_equal_counts_by_definition(
    query, targets, binsize, up, down, flip, own_universe
) -> None:
    result = enrichment(
        table(query),
        {f"t{i}": table(rows) for i, rows in enumerate(targets)},
        chromsizes=SIZES,
        flank=(up * binsize, down * binsize),
        binsize=binsize,
        flip=flip,
        universe=None if own_universe is None else table(own_universe),
    )
    n = up + down
    chunks: list[set[Piece]] = [set() for _ in range(n)]
    for i, (chrom, start, end, strand) in enumerate(query):
        point = (start + end) // 2
        if chrom not in SIZES:
            assert result.reasons[i] == Reason.UNKNOWN_CHROMOSOME
            continue
        if point > SIZES[chrom]:
            assert result.reasons[i] == Reason.OFF_CHROMOSOME
            continue
        minus = flip and strand == "-"
        first = (point - (down if minus else up) * binsize) // binsize
        for j in range(n):
            k = first + (n - 1 - j if minus else j)
            piece = clipped(chrom, k * binsize, (k + 1) * binsize)
            if piece is not None:
                chunks[j].add(piece)
    if own_universe is None:
        universe = {
            clipped(c, a, a + binsize)
            for c, size in SIZES.items()
            for a in range(0, size, binsize)
        }
    else:
        universe = {clipped(c, s, max(e, s + 1)) for c, s, e, _ in own_universe if c in SIZES}
        universe.discard(None)
    check(result, chunks, universe, targets)


@settings(max_examples=80)
@given(
    query=row_lists(8),
    targets=st.lists(row_lists(6), min_size=1, max_size=2),
    percent=st.sampled_from([10, 20, 35]),
    flip=st.booleans(),
)
def test_intervals_equal_counts_by_definition(query, targets, percent, flip) -> None:
    result = scaled_enrichment(
        table(query),
        [table(rows) for rows in targets],
        bin_percent=percent,
        chromsizes=SIZES,
        flip=flip,
    )
    n = result.overlap.shape[1]
    chunks: list[set[Piece]] = [set() for _ in range(n)]
    for chrom, start, end, strand in query:
        if chrom not in SIZES or start >= SIZES[chrom] or start == end:
            continue
        a = int(round(start - 0.2 * (end - start), 6))
        length = int(round(end + 0.2 * (end - start), 6)) - a
        for j in range(n):
            x, y = a + length * j // n, a + length * (j + 1) // n
            piece = clipped(chrom, x, max(y, x + 1))
            if piece is not None:
                chunks[n - 1 - j if flip and strand == "-" else j].add(piece)
    check(result, chunks, set().union(*chunks), targets)


def test_more_targets_than_fit_a_word() -> None:
    rng = np.random.default_rng(3)
    query = table([("chr1", int(p), int(p) + 1) for p in rng.integers(0, 97, 30)])
    targets = [table([("chr1", int(p), int(p) + 3)]) for p in rng.integers(0, 90, 130)]
    together = enrichment(query, targets, chromsizes=SIZES, flank=20, binsize=5)
    assert together.names[129] == "target 130"
    for i in (0, 63, 64, 127, 128, 129):
        alone = enrichment(query, [targets[i]], chromsizes=SIZES, flank=20, binsize=5)
        np.testing.assert_array_equal(together.odds_ratio[i], alone.odds_ratio[0])
        np.testing.assert_array_equal(together.p_value[i], alone.p_value[0])


def test_rows_on_unknown_chromosomes_change_nothing() -> None:
    query = [("chr1", i, i + 2) for i in range(5, 60, 6)]
    target = [("chr1", 10, 30), ("chr2", 3, 9)]
    strange = [("chrUn_17", 10, 12)]
    for function, shape in (
        (enrichment, {"flank": 20, "binsize": 5}),
        (scaled_enrichment, {"bin_percent": 20}),
    ):
        plain = function(table(query), {"t": table(target)}, chromsizes=SIZES, **shape)
        mixed = function(
            table(query[:4] + strange + query[4:]),
            {"t": table(target[:1] + strange + target[1:])},
            chromsizes=SIZES,
            **shape,
        )
        for name in ("overlap", "odds_ratio", "p_value", "q_value"):
            np.testing.assert_array_equal(getattr(mixed, name), getattr(plain, name))
        assert mixed.dropped.tolist() == [1]
        assert np.count_nonzero(mixed.reasons) == 1


def test_a_target_of_another_genome_is_counted_as_dropped() -> None:
    query = table([("chr1", 50, 52)])
    result = enrichment(
        query, {"other": table([("scaffold_1", 1, 9)])}, chromsizes=SIZES, flank=10, binsize=5
    )
    assert result.dropped.tolist() == [1]
    assert np.isnan(result.odds_ratio).all()
    assert (result.p_value == 1).all()


def test_a_query_of_another_genome_is_an_error() -> None:
    with pytest.raises(GenomeMismatch):
        enrichment(
            table([("scaffold_1", 1, 9)]),
            [table([("chr1", 1, 9)])],
            chromsizes=SIZES,
            flank=10,
            binsize=5,
        )
    with pytest.raises(InputError, match="no target"):
        enrichment(table([("chr1", 1, 9)]), [], chromsizes=SIZES, flank=10, binsize=5)
    with pytest.raises(InputError, match="several region sets"):
        enrichment(
            table([("chr1", 1, 9)]),
            table([("chr1", 1, 9)]),
            chromsizes=SIZES,
            flank=10,
            binsize=5,
        )


def test_both_anchors_of_pairs_are_targets_and_sides_are_queries() -> None:
    pairs = pd.DataFrame(
        [["chr1", 20, 22, "chr1", 70, 72]],
        columns=["chrom1", "start1", "end1", "chrom2", "start2", "end2"],
    )
    sites = table([("chr1", 20, 22), ("chr1", 70, 72)])
    shape = {"chromsizes": SIZES, "flank": 10, "binsize": 5}
    a = enrichment(sites, [pairs], **shape)
    b = enrichment(sites, [sites], **shape)
    np.testing.assert_array_equal(a.overlap, b.overlap)
    left = enrichment(pairs, [sites.iloc[:1]], side="left", **shape)
    right = enrichment(pairs, [sites.iloc[:1]], side="right", **shape)
    assert left.overlap.sum() == 1
    assert right.overlap.sum() == 0


def test_adjusted_values_ignore_what_is_not_known() -> None:
    p = np.array([[0.01, np.nan, 0.04], [0.03, 0.5, 0.01]])
    q = benjamini_hochberg(p)
    assert np.isnan(q[0, 1])
    np.testing.assert_allclose(
        q[~np.isnan(p)], false_discovery_control(p[~np.isnan(p)]), rtol=1e-12
    )


def test_ctcf_peaks_are_enriched_in_themselves_and_in_cpg_islands(shared_data: Path) -> None:
    tests, lola = shared_data / "hicognition_tests", shared_data / "regiondb_lola" / "hg19"
    sizes = pd.read_csv(tests / "hg19.chrom.sizes", sep="\t", header=None, index_col=0)[1]

    def bed(path: Path) -> pd.DataFrame:
        frame = pd.read_csv(path, sep="\t", header=None, usecols=[0, 1, 2], comment="#")
        return frame.set_axis(["chrom", "start", "end"], axis=1)

    peaks = bed(tests / "CTCF_peaks.bed")
    regions = lola / "ucsc_example" / "regions"
    targets = {
        "self": peaks,
        "islands": bed(regions / "cpgIslandExt.bed"),
        "lads": bed(regions / "laminB1Lads.bed"),
    }
    result = enrichment(peaks, targets, chromsizes=sizes, flank=100_000, binsize=10_000)
    middle = result.odds_ratio[:, 10]
    assert middle[0] == np.inf  # every bin with a peak is a chunk of the middle position
    assert middle[1] > 3
    assert middle[2] < 0.8
    assert np.all(middle[:2] >= result.odds_ratio[:2, 0])
    assert result.p_value[1, 10] < 1e-100


@given(
    st.integers(1, 400_000).flatmap(
        lambda size: st.tuples(st.just(size), st.integers(0, size), st.integers(0, size))
    ),
    st.floats(0, 1),
)
@settings(max_examples=200)
def test_chance_of_overlap_is_the_hypergeometric_tail(numbers, where):
    size, marked, drawn = numbers
    low, high = max(0, marked + drawn - size), min(marked, drawn)
    spread = 6 * np.sqrt(high + 1)
    middle = marked * drawn / size
    found = int(np.clip(middle + (2 * where - 1) * spread, low, high))
    arrays = [np.array([x]) for x in (found, drawn, marked, size)]
    out = np.empty(1)
    chance_of_overlap(*arrays, out)
    expected = hypergeom.sf(found - 1, size, marked, drawn)
    np.testing.assert_allclose(out[0], expected, rtol=1e-6, atol=1e-300)


def test_small_chances_keep_their_digits():
    out = np.empty(3)
    chance_of_overlap(
        np.array([20, 500, 3]), np.array([20, 500, 2]), np.array([20, 500, 5]),
        np.array([40, 100_000, 9]), out,
    )  # fmt: skip
    assert out[0] == pytest.approx(1 / comb(40, 20), rel=1e-12)
    assert out[1] == pytest.approx(0, abs=1e-300)
    assert out[2] == 0
