from __future__ import annotations

import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signal_tools import write_bigwig

from hicognition_widgets.analyses import stackup
from hicognition_widgets.errors import FileError
from hicognition_widgets.sources.bigwig import BigWig

ITEMS = [(3 * i, 3 * i + 2, float(i % 11)) for i in range(60)]
SIZES = {"chr1": 200, "chr2": 90}


def read_all(path: Path) -> list[tuple[str, int, int, float]]:
    with BigWig(path) as track:
        return [
            (name, int(a), int(b), float(v))
            for name in track.chromsizes
            for part in [track.intervals(name)]
            for a, b, v in zip(part.starts, part.ends, part.values, strict=True)
        ]


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compress", [True, False])
def test_every_kind_of_section(tmp_path: Path, kind: int, order: str, compress: bool) -> None:
    path = write_bigwig(
        tmp_path / "t.bw", SIZES, {"chr1": ITEMS}, kind=kind, order=order, compress=compress
    )
    assert read_all(path) == [("chr1", *item) for item in ITEMS]


def test_a_range_reads_only_the_blocks_it_needs(tmp_path: Path) -> None:
    path = write_bigwig(tmp_path / "t.bw", SIZES, {"chr1": ITEMS}, per_block=4)
    with BigWig(path) as track:
        assert track.chromsizes == SIZES
        part = track.intervals("chr1", 31, 40)
        assert part.starts.tolist() == [30, 33, 36, 39]
        batches = list(track.batches("chr1", np.array([[31, 40]])))
        assert sum(batch.n_blocks for batch in batches) == 2
        assert len(track.intervals("chr2")) == 0
        with pytest.raises(KeyError):
            track.intervals("chr9")


def test_real_intervals_equal_pybbi(shared_data: Path) -> None:
    bbi = pytest.importorskip("bbi")
    for path in sorted(shared_data.glob("*/*.bw")):
        other = bbi.open(str(path))
        with BigWig(path) as track:
            assert track.chromsizes == dict(other.chromsizes)
            for name, size in track.chromsizes.items():
                wanted = other.fetch_intervals(name, 0, size)
                found = track.intervals(name)
                np.testing.assert_array_equal(found.starts, wanted["start"])
                np.testing.assert_array_equal(found.ends, wanted["end"])
                np.testing.assert_array_equal(found.values, wanted["value"].astype("f4"))


def test_a_track_whose_summary_is_nan_is_read(shared_data: Path) -> None:
    path = shared_data / "hicognition_tests" / "4DNFI29ICQ36.bw"
    assert np.isnan([value for *_, value in read_all(path)]).sum() == 1286


def sentence(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_all(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert str(pickle.loads(pickle.dumps(caught.value))) == text  # noqa: S301
    return text


def test_what_is_not_a_bigwig_is_said(tmp_path: Path) -> None:
    path = tmp_path / "t.bw"
    assert "no such file" in sentence(path)
    path.write_bytes(b"")
    assert "is empty" in sentence(path)
    path.write_text("chr1\t1\t2\n")
    assert "not a bigWig" in sentence(path)
    path.write_bytes(struct.pack("<I", 0x8789F2EB) + bytes(80))
    assert "bigBed" in sentence(path)
    path.write_bytes(struct.pack("<I", 0x888FFC26) + bytes(10))
    assert "damaged" in sentence(path)
    assert "not a regular file" in sentence(tmp_path)


def test_a_file_without_rights_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_bigwig(tmp_path / "t.bw", SIZES, {"chr1": ITEMS})

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert "cannot be opened (Permission denied)" in sentence(path)


@pytest.mark.parametrize("place", ["chr2", "header", "index", "data"])
def test_a_truncated_file_is_an_error_wherever_it_ends(tmp_path: Path, place: str) -> None:
    path = write_bigwig(tmp_path / "t.bw", SIZES, {"chr1": ITEMS})
    data = path.read_bytes()
    header = struct.unpack_from("<IHHQQQ", data)
    cut = {
        "header": 60,
        "chr2": header[3] + 40,
        "data": (header[4] + header[5]) // 2,
        "index": len(data) - 20,
    }[place]
    path.write_bytes(data[:cut])
    assert "damaged or incomplete" in sentence(path)


def test_intervals_that_overlap_are_refused(tmp_path: Path) -> None:
    items = [(0, 10, 1.0), (5, 15, 2.0)]
    path = write_bigwig(tmp_path / "t.bw", SIZES, {"chr1": items})
    assert "overlap or are out of order at 5" in sentence(path)
    path = write_bigwig(tmp_path / "u.bw", SIZES, {"chr1": items}, per_block=1)
    assert "overlap" in sentence(path)


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), compress=st.booleans())
def test_no_damage_ends_in_anything_but_one_sentence(
    tmp_path: Path, data: st.DataObject, compress: bool
) -> None:
    path = write_bigwig(tmp_path / "t.bw", SIZES, {"chr1": ITEMS}, compress=compress)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
    table = pd.DataFrame({"chrom": ["chr1"], "start": [90], "end": [100]})
    said = ""
    try:
        read_all(path)
        if "chr1" in BigWig(path).chromsizes:
            assert stackup(path, table, flank=40, binsize=10).shape == (1, 8)
    except FileError as error:
        said = str(error)
    assert "\n" not in said


def test_a_closed_track_stays_closed(tmp_path: Path) -> None:
    track = BigWig(write_bigwig(tmp_path / "t.bw", SIZES, {"chr1": ITEMS}))
    table = pd.DataFrame({"chrom": ["chr1"], "start": [90], "end": [100]})
    assert np.isfinite(stackup(track, table, flank=40, binsize=10)).all()
    assert len(track.intervals("chr1")) == 60  # an open track of the caller is left open
    track.close()
    track.close()
    with pytest.raises(FileError, match="cannot be read"):
        track.intervals("chr1")
