from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.errors import GenomeMismatch
from hicognition_widgets.genome.assembly import builtin_assembly
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.genome.check import check_regions
from hicognition_widgets.genome.reasons import Reason

SIZES = {"chr1": 100, "chr2": 50}


def _frame(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["chrom", "start", "end"])


def test_every_finding_is_counted() -> None:
    frame = _frame(("1", 0, 10), ("chrU", 0, 1), ("1", 90, 104), ("1", 5, 5), ("1", 100, 120))
    points = check_regions(frame, SIZES)
    assert points.reasons.tolist() == [
        0,
        Reason.UNKNOWN_CHROMOSOME,
        0,
        0,
        Reason.OFF_CHROMOSOME,
    ]
    assert (points.n, points.n_usable, points.n_off_end, points.n_zero_length) == (5, 3, 2, 1)
    assert points.unknown == {"chrU": 1}
    assert points.unused == {"chr2": 50}
    assert points.names == {"1": "chr1"}
    assert points.off_end_rows.tolist() == [4]
    intervals = check_regions(frame, SIZES, kind="interval")
    assert intervals.reasons.tolist() == [
        0,
        Reason.UNKNOWN_CHROMOSOME,
        Reason.OFF_CHROMOSOME,
        Reason.ZERO_LENGTH,
        Reason.OFF_CHROMOSOME,
    ]
    assert sum(intervals.reason_counts.values()) == 4
    assert points.sentences == [
        "1 region lies on chromosomes that the assembly lacks: chrU (1)",
        "2 regions lie beyond the end of the chromosome; check that regions and assembly "
        "belong together",
        "1 of the regions have no length",
        "chromosome names were matched: 1 is chr1",
    ]


def test_one_bad_anchor_spoils_a_pair_once() -> None:
    pairs = pd.DataFrame(
        {
            "chrom1": ["chr1", "chrU", "chr1"],
            "start1": [0, 0, 0],
            "end1": [1, 1, 1],
            "chrom2": ["chr2", "chrU", "chr2"],
            "start2": [0, 0, 60],
            "end2": [1, 1, 70],
        }
    )
    report = check_regions(pairs, SIZES)
    assert report.reasons.tolist() == [0, Reason.UNKNOWN_CHROMOSOME, Reason.OFF_CHROMOSOME]
    assert report.unknown == {"chrU": 1}
    assert report.unused == {}


def test_no_common_chromosome_is_an_error() -> None:
    with pytest.raises(GenomeMismatch, match=r"scaffold_1.*chr1, chr2"):
        check_regions(_frame(("scaffold_1", 0, 1)), SIZES)


def test_all_demo_regions_fit(demo_data: Path) -> None:
    for path in sorted(demo_data.glob("*.bed*")):
        report = check_regions(read_regions(path).frame, builtin_assembly("mm9"))
        assert report.n_usable == report.n > 0


def test_real_files_that_fit_and_those_that_do_not(shared_data: Path) -> None:
    def report(name: str, assembly: str) -> tuple[int, dict[str, int], int]:
        frame = read_regions(shared_data / name).frame
        found = check_regions(frame, builtin_assembly(assembly))
        return found.n_usable, found.unknown, found.n_off_end

    unsupported = report("hicognition_tests/unsupported_chromosomes.bed", "hg19")
    assert unsupported == (23, {"chrT": 1, "chrU": 1}, 0)
    assert report("dm3_small/test.narrowPeak", "dm3") == (2065, {"XHet": 26}, 0)
    assert report("hicognition_tests/CTCF_peaks.bed", "hg19") == (65605, {}, 0)
    usable, unknown, off_end = report("hicognition_tests/CTCF_peaks.bed", "mm9")
    assert unknown.keys() == {"chr20", "chr21", "chr22"}
    assert off_end == 7312
    assert usable < 60000
