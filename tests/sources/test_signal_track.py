from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources.signal_track import inspect_signal_track

bbi = pytest.importorskip("bbi", reason="pybbi has no wheel for this Python")


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in (".bw", ".bigwig"))


def _check(path: Path) -> None:
    info = inspect_signal_track(path)
    with bbi.open(str(path)) as file:
        assert info.chromsizes == dict(file.chromsizes)
        assert info.zoom_levels == tuple(sorted(file.zooms))
        theirs = file.info["summary"]
    if info.mean is not None:
        assert info.bases_covered == theirs["basesCovered"]
        np.testing.assert_allclose(
            [info.minimum, info.maximum, info.mean, info.std],
            [theirs["min"], theirs["max"], theirs["mean"], theirs["std"]],
            rtol=1e-6,
        )


def test_demo_tracks_say_what_pybbi_says(demo_data: Path) -> None:
    files = _files(demo_data)
    assert len(files) == 4
    for path in files:
        _check(path)


def test_all_other_tracks_too(shared_data: Path) -> None:
    files = _files(shared_data)
    assert len(files) > 15
    for path in files:
        _check(path)


def test_a_summary_of_nans_is_left_out(shared_data: Path) -> None:
    info = inspect_signal_track(shared_data / "hicognition_tests" / "4DNFI29ICQ36.bw")
    assert len(info.chromsizes) == 24
    assert info.mean is None


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.8])
def test_an_incomplete_track_says_so(demo_data: Path, tmp_path: Path, part: float) -> None:
    content = (demo_data / "derived_CTCF_site_count_10kb.bw").read_bytes()
    path = tmp_path / "a.bw"
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(FileError, match="incomplete or damaged"):
        inspect_signal_track(path)


@pytest.mark.parametrize("at", [8, 24])
def test_a_header_that_points_elsewhere(demo_data: Path, tmp_path: Path, at: int) -> None:
    content = bytearray((demo_data / "derived_CN_E1_1Mb.bw").read_bytes())
    content[at] ^= 0x40
    path = tmp_path / "a.bw"
    path.write_bytes(content)
    with pytest.raises(FileError, match="does not begin where it should"):
        inspect_signal_track(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"chr1\t1\t2\n", "not a bigWig file"),
        (b"\x89HDF\r\n\x1a\n", "HDF5 file; use it as a contact map"),
        (b"\x26\xfc\x8f\x88" + b"\0" * 8, "incomplete or damaged"),
        (b"", "not a bigWig file"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.bw").write_bytes(content)
    with pytest.raises(FileError, match=words):
        inspect_signal_track(tmp_path / "a.bw")


def test_big_endian_header(demo_data: Path, tmp_path: Path) -> None:
    """A minimal file in the other byte order: no data blocks, one chromosome."""
    import struct

    header = struct.pack(">I2H3Q2H2QIQ", 0x888FFC26, 4, 0, 64, 120, 128, 0, 0, 0, 0, 0, 0)
    tree = struct.pack(">4I2Q", 0x78CA8C91, 1, 4, 8, 1, 0)
    tree += struct.pack(">BxH", 1, 1) + b"chr1" + struct.pack(">2I", 0, 1000)
    body = header.ljust(64, b"\0") + tree
    body = body.ljust(128, b"\0") + struct.pack(">2IQ", 0x2468ACE0, 1, 0).ljust(52, b"\0")
    path = tmp_path / "a.bw"
    path.write_bytes(body)
    assert inspect_signal_track(path).chromsizes == {"chr1": 1000}
