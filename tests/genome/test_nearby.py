"""What lies at and around one region, against comparing all pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.genome.nearby import NearbyIndex, both
from hicognition_widgets.genome.ucsc import ucsc_link

rng = np.random.default_rng(5)


def regions(n: int) -> pd.DataFrame:
    start = rng.integers(0, 50_000, n)
    chrom = rng.choice(["chr1", "chr2"], n)
    return pd.DataFrame(
        {"chrom": chrom, "start": start, "end": start + rng.integers(1, 900, n)}
    )


def test_overlaps_and_distances_are_those_of_comparing_all():
    targets, queries = regions(120), regions(15)
    index = NearbyIndex.of(targets)
    for query in queries.itertuples():
        window = (query.start - 2000, query.end + 2000)
        hit, wide, gaps = [], [], []
        for row, target in enumerate(targets.itertuples()):
            if target.chrom != query.chrom:
                continue
            bases = set(range(target.start, target.end))
            if bases & set(range(query.start, query.end)):
                hit.append(row)
            if bases & set(range(*window)):
                wide.append(row)
            gaps.append(max(target.start - query.end, query.start - target.end, 0))
        found = index.around(query.chrom, query.start, query.end, window)
        assert (list(found.rows), list(found.inside)) == (hit, wide)
        assert found.nearest == min(gaps)


def test_names_without_chr_and_chromosomes_without_regions():
    index = NearbyIndex.of(pd.DataFrame({"chrom": ["1"], "start": [100], "end": [200]}))
    assert index.around("chr1", 150, 160, (0, 1000)).rows == (0,)
    empty = index.around("chrX", 150, 160, (0, 1000))
    assert (empty.rows, empty.inside, empty.nearest) == ((), (), None)


def test_regions_without_length_are_one_base_pair():
    index = NearbyIndex.of(pd.DataFrame({"chrom": ["chr1"], "start": [100], "end": [100]}))
    assert index.around("chr1", 100, 100, (0, 200)).rows == (0,)
    assert index.around("chr1", 101, 101, (0, 200)).rows == ()
    assert index.around("chr1", 90, 110, (0, 200)).nearest == 0


def test_both_anchors_of_pairs_count_and_each_pair_once():
    pairs = pd.DataFrame(
        {
            "chrom1": ["chr1", "chr1"], "start1": [0, 500], "end1": [10, 510],
            "chrom2": ["chr1", "chr2"], "start2": [20, 0], "end2": [30, 10],
        }
    )  # fmt: skip
    index = NearbyIndex.of(pairs)
    assert index.around("chr1", 0, 40, (0, 1000)).rows == (0,)
    assert index.around("chr1", 0, 40, (0, 1000)).inside == (0, 1)
    joined = both(index.around("chr1", 40, 45, (40, 45)), index.around("chr2", 5, 6, (0, 100)))
    assert (joined.rows, joined.inside, joined.nearest) == ((1,), (1,), 0)


@pytest.mark.parametrize(
    ("given", "position"),
    [
        (("mm9", "chr1", 999, 2000), "chr1%3A1000-2000"),
        (("hg38", "X", -50, 10), "chrX%3A1-10"),
        (("mm10", "MT", 5, 5), "chrM%3A6-6"),
        (("mm9", 'chr1&hgsid=1 "<b>', 0, 9), "chr1%26hgsid%3D1%20%22%3Cb%3E%3A1-9"),
    ],
)
def test_the_address_of_a_place(given, position):
    link = ucsc_link(*given)
    assert link == f"https://genome.ucsc.edu/cgi-bin/hgTracks?db={given[0]}&position={position}"


def test_no_address_for_what_ucsc_does_not_know():
    assert ucsc_link("my genome", "chr1", 0, 10) is None
