from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.errors import GenomeMismatch
from hicognition_widgets.genome.assembly import BUILTIN, builtin_assembly
from hicognition_widgets.genome.bed import read_regions
from hicognition_widgets.genome.check import check_chromosomes, check_regions
from hicognition_widgets.genome.reasons import Reason
from hicognition_widgets.sources.map_info import inspect_contact_map
from hicognition_widgets.sources.signal_track import inspect_signal_track

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


def test_chromosomes_of_a_file_are_compared_by_name_and_length() -> None:
    sizes = {"chr1": 100, "chr2": 50, "chr3": 20, "chrM": 16}
    report = check_chromosomes({"1": 100, "2": 50, "M": 17, "Un": 5}, sizes)
    assert report.names == {"1": "chr1", "2": "chr2", "M": "chrM"}
    assert report.unknown == ("Un",)
    assert report.absent == ("chr3",)
    assert report.different == {"M": (17, 16)}
    assert report.sentences == [
        "1 chromosome of the file that the assembly lacks: Un",
        "1 chromosome of the assembly that the file lacks: chr3",
        "1 chromosome of another length: M 17 instead of 16",
        "chromosome names were matched: 1 is chr1, 2 is chr2, M is chrM",
    ]
    assert check_chromosomes(sizes, sizes).sentences == []


def test_a_file_of_another_assembly_is_refused(demo_data: Path) -> None:
    sizes = inspect_contact_map(demo_data / "Scc1-KO.chr1-5.mcool").chromsizes
    assert not check_chromosomes(sizes, builtin_assembly("mm9")).different
    with pytest.raises(GenomeMismatch, match=r"5 of 5 chromosomes have another length .*mm10"):
        check_chromosomes(sizes, builtin_assembly("mm10"))


REAL_ASSEMBLIES = {
    "hg38_chr21/K562.chr21.mcool": "hg38",
    "hg38_chr21/CALDER_testmcool.chr21_chr22.mcool": "hg38",
    "hicognition_tests/test.mcool": "hg19",
    "dm3_small/mm9_chr1_20kb_unbalanced.cool": "mm9",
    "dm3_small/hicexplorer_dm6_legacy_zoomlevels.mcool": "dm6",
}


@pytest.mark.parametrize(("name", "assembly"), REAL_ASSEMBLIES.items())
def test_real_maps_fit_their_assembly_and_are_conspicuous_in_others(
    shared_data: Path, name: str, assembly: str
) -> None:
    sizes = inspect_contact_map(shared_data / name).chromsizes
    for other in BUILTIN:
        try:
            report = check_chromosomes(sizes, builtin_assembly(other))
        except GenomeMismatch:
            assert other != assembly
        else:
            assert other == assembly or report.different or report.unknown


def test_real_tracks_without_prefix(shared_data: Path) -> None:
    sizes = inspect_signal_track(shared_data / "dm3_small/bigwig2_X_2.5e6_3.5e6.bw").chromsizes
    report = check_chromosomes(sizes, builtin_assembly("dm3"))
    assert report.names == {"X": "chrX"}
