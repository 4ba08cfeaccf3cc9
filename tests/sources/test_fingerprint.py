from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from hicognition_widgets.errors import FileError
from hicognition_widgets.sources import fingerprint as module
from hicognition_widgets.sources.fingerprint import fingerprint, full_digest


@pytest.fixture
def large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the small demo files as if they were large ones, read in parts."""
    monkeypatch.setattr(module, "WHOLE_FILE", 4096)
    monkeypatch.setattr(module, "_EDGE", 512)
    monkeypatch.setattr(module, "_SAMPLES", 4)
    monkeypatch.setattr(module, "_SAMPLE", 64)


def test_a_moved_file_keeps_its_fingerprint(demo_data: Path, tmp_path: Path) -> None:
    source = demo_data / "CH12_loops_Rao.bedpe"
    copy = tmp_path / "another name"
    shutil.copyfile(source, copy)
    assert fingerprint(copy) == fingerprint(source) == fingerprint(str(source))
    assert len(fingerprint(copy)) == 64


def test_one_changed_byte_of_a_small_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.bed"
    path.write_bytes(b"chr1\t10\t20\n")
    before = fingerprint(path)
    path.write_bytes(b"chr1\t10\t21\n")
    assert fingerprint(path) != before


def test_appending_is_noticed(large_files: None, tmp_path: Path) -> None:
    path = tmp_path / "a.bed"
    path.write_bytes(b"\0" * 10_000)
    before = fingerprint(path)
    path.write_bytes(b"\0" * 10_001)
    assert fingerprint(path) != before


def _map(path: Path, pixels: int = 40_000) -> None:
    with h5py.File(path, "w") as file:
        counts = np.random.default_rng(1).integers(0, 9, pixels)
        file.create_dataset("resolutions/10/pixels/count", data=counts, compression="gzip")
        file.create_dataset("resolutions/10/bins/weight", data=np.ones(20_000))


def test_new_weights_in_place_are_noticed(large_files: None, tmp_path: Path) -> None:
    path = tmp_path / "a.mcool"
    _map(path)
    before, size = fingerprint(path), path.stat().st_size
    with h5py.File(path, "r+") as file:
        file["resolutions/10/bins/weight"][12_345] = 2.0
    assert path.stat().st_size == size
    assert fingerprint(path) != before


def test_other_pixels_in_place_are_noticed(large_files: None, tmp_path: Path) -> None:
    path = tmp_path / "a.mcool"
    _map(path)
    before = fingerprint(path)
    with h5py.File(path, "r+") as file:
        file["resolutions/10/pixels/count"][20_000:21_000] = 0
    assert fingerprint(path) != before


def test_other_blocks_of_a_signal_track_are_noticed(
    large_files: None, demo_data: Path, tmp_path: Path
) -> None:
    source = demo_data / "derived_CTCF_site_count_10kb.bw"
    content = bytearray(source.read_bytes())
    index = int.from_bytes(content[24:32], "little")
    content[index + 100] ^= 1
    changed = tmp_path / "a.bw"
    changed.write_bytes(content)
    assert fingerprint(changed) != fingerprint(source)


def test_every_real_map_and_track_has_its_own(large_files: None, demo_data: Path) -> None:
    files = [*demo_data.glob("*.mcool"), *demo_data.glob("*.bw")]
    assert len({fingerprint(path) for path in files}) == len(files) >= 6


def test_full_digest_is_sha256(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert full_digest(path) == hashlib.sha256(b"abc").hexdigest()


def test_missing_file_and_folder_say_so(tmp_path: Path) -> None:
    for name in (fingerprint, full_digest):
        with pytest.raises(FileError, match="there is no such file"):
            name(tmp_path / "none.bed")
        with pytest.raises(FileError, match="not a regular file"):
            name(tmp_path)


def test_damaged_large_map_says_so(large_files: None, tmp_path: Path) -> None:
    path = tmp_path / "a.mcool"
    _map(path)
    path.write_bytes(path.read_bytes()[:30_000])
    with pytest.raises(FileError, match="copy it again"):
        fingerprint(path)


def test_a_remembered_fingerprint_is_read_again_when_the_file_changes(tmp_path, monkeypatch):
    path = tmp_path / "some.bed"
    path.write_text("chr1\t1\t2\n")
    long_ago = time.time() - 1000
    os.utime(path, (long_ago, long_ago))
    first = module.remembered_fingerprint(path)
    assert first == module.fingerprint(path)
    read = module.fingerprint
    with monkeypatch.context() as patch:
        patch.setattr(module, "fingerprint", lambda _: pytest.fail("read again"))
        assert module.remembered_fingerprint(path) == first
    path.write_text("chr1\t1\t3\n")  # as long as before, written just now
    assert module.remembered_fingerprint(path) == read(path) != first
    path.write_text("chr1\t1\t4\n")  # within the clock's grain, perhaps
    assert module.remembered_fingerprint(path) == read(path)
    path.unlink()
    with pytest.raises(FileError):
        module.remembered_fingerprint(path)
