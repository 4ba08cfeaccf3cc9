from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources.detect import detect

KINDS = {
    ".mcool": "contact_map",
    ".cool": "contact_map",
    ".bw": "signal_track",
    ".bigwig": "signal_track",
    ".bed": "regions",
    ".bedpe": "regions",
    ".narrowPeak": "regions",
    ".gz": "regions",
}


def test_every_demo_file(demo_data: Path) -> None:
    seen = set()
    for path in demo_data.iterdir():
        if path.suffix in KINDS:
            assert detect(path) == KINDS[path.suffix]
            seen.add(path.suffix)
    assert seen == {".mcool", ".bw", ".bed", ".bedpe"}


def test_every_other_real_file(shared_data: Path) -> None:
    bad = {"bad_cooler.mcool": "the name says an HDF5 file", "empty.bed": "is empty"}
    for folder in ("hicognition_tests", "dm3_small"):
        for path in (shared_data / folder).iterdir():
            if path.suffix == ".json":
                bad[path.name] = "this is a JSON file"
            if path.name in bad:
                with pytest.raises(FileError, match=bad[path.name]):
                    detect(path)
            elif path.suffix in KINDS:
                assert detect(path) == KINDS[path.suffix]


def test_content_counts_where_the_name_says_nothing(demo_data: Path, tmp_path: Path) -> None:
    shutil.copyfile(demo_data / "derived_CN_E1_1Mb.bw", tmp_path / "download")
    assert detect(tmp_path / "download") == "signal_track"
    (tmp_path / "peaks").write_bytes(gzip.compress(b"chr1\t1\t2\n", mtime=0))
    assert detect(tmp_path / "peaks") == "regions"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.hic", b"HIC\0\x08\0\0\0", "hictk"),
        ("a.bam", gzip.compress(b"BAM\1abc", mtime=0), "bamCoverage"),
        ("a.bb", b"\xeb\xf2\x89\x87" + b"\0" * 60, "bigBedToBed"),
        ("a.zip", b"PK\3\4" + b"\0" * 60, "unpack"),
        ("a.vcf.gz", gzip.compress(b"##fileformat=VCFv4.2\n", mtime=0), "VCF"),
        ("a.bw", b"<!DOCTYPE html><html>", "web page"),
        ("a.bed", b"fixedStep chrom=chr1 start=1 step=1\n1\n", "wigToBigWig"),
        ("a.bedgraph", b"chr1\t1\t2\t0.5\n", "bedGraphToBigWig"),
        ("a.txt", b'track type=bedGraph name="x"\nchr1\t1\t2\t0.5\n', "bedGraphToBigWig"),
        ("a.mcool", b"chr1\t1\t2\n", "not an HDF5 file"),
        ("a.bw", b"chr1\t1\t2\n", "not a bigWig"),
        ("a.bed", b"\x89HDF\r\n\x1a\n", "the name says a text file"),
        ("a.dat", b"\0\1\2\3\4\5\6\7", "none of the known kinds"),
        ("a.bed", b"", "is empty"),
    ],
)
def test_other_files_are_named_with_an_advice(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileError, match=words):
        detect(tmp_path / name)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        detect(tmp_path / "none.bed")
    with pytest.raises(FileError, match="not a regular file"):
        detect(tmp_path)
