from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hicognition_widgets
from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.export.tables import result_table, write_result

MEAN = np.array([[1.0, np.nan], [0.5, 2.0]])
META = {"n_used": 3, "n_left_out": 1, "reasons": {"no data": 1}, "numbers": {"ratio": np.nan}}
ORIGIN = {"region_set": {"name": "loops", "fingerprint": "ab"}, "parameters": {"flank": 5}}


def test_array_and_its_origin(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    arrays = {"mean": MEAN, "count": np.ones((2, 2), dtype=np.int64)}
    files = write_result(path, "pileup", arrays, META, provenance=ORIGIN)
    assert files == [path, tmp_path / "a.npy.json"]
    np.testing.assert_array_equal(np.load(path, allow_pickle=False), MEAN)
    known = json.loads(files[1].read_text(encoding="utf-8"))
    assert known["provenance"] == ORIGIN
    assert known["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert known["software"] == f"hicognition-widgets {hicognition_widgets.__version__}"
    assert known["shape"] == [2, 2]
    assert len(known["axes"]) == 2
    assert known["result"]["numbers"] == {"ratio": None}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.npy", "a.npy.json"]


def test_csv_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    arrays = {"mean": MEAN, "count": np.arange(4).reshape(2, 2), "reasons": np.zeros(3)}
    write_result(path, "pileup", arrays, META, provenance={})
    table = pd.read_csv(path)
    assert list(table.columns) == ["row", "column", "mean", "count"]
    np.testing.assert_array_equal(table["mean"].to_numpy().reshape(2, 2), MEAN)
    assert table["count"].tolist() == [0, 1, 2, 3]


def test_tables_of_the_other_analyses() -> None:
    one = {name: np.arange(3.0) for name in ("mean", "low", "high", "count")}
    table = result_table("profile", one | {"reasons": np.zeros(9)}, {})
    assert list(table.columns) == ["bin", "mean", "low", "high", "count"]
    two = {name: np.stack([values, values + 1]) for name, values in one.items()}
    table = result_table("profile", two, {"tracks": [{"name": "a"}, {"name": "b"}]})
    assert table["track"].tolist() == ["a"] * 3 + ["b"] * 3
    assert table["mean"].tolist() == [0, 1, 2, 1, 2, 3]
    table = result_table("stackup", {"rows": MEAN, "reasons": np.zeros(2)}, {})
    assert list(table.columns) == ["region", "0", "1"]
    arrays = {"points": MEAN, "imputed": np.array([True, False]), "features": np.ones((2, 5))}
    table = result_table("embedding1d", arrays, {})
    assert list(table.columns) == ["region", "x", "y", "imputed"]
    arrays = {"odds_ratio": MEAN, "overlap": np.ones((2, 2))}
    table = result_table("enrichment", arrays, {"names": ["CTCF", "TAD"]})
    assert table["target"].tolist() == ["CTCF", "CTCF", "TAD", "TAD"]
    assert table["overlap"].tolist() == [1] * 4


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    arrays = {"mean": MEAN}
    with pytest.raises(InputError, match=r"use .npy or .csv"):
        write_result(tmp_path / "a.xlsx", "pileup", arrays, META, provenance={})
    with pytest.raises(InputError, match='"heat" cannot be written'):
        write_result(tmp_path / "a.csv", "heat", arrays, META, provenance={})
    with pytest.raises(InputError, match="type set"):
        write_result(tmp_path / "a.csv", "pileup", arrays, META, provenance={"x": set()})
    with pytest.raises(FileError, match="choose another folder"):
        write_result(tmp_path / "none" / "a.csv", "pileup", arrays, META, provenance={})
    assert not list(tmp_path.iterdir())


def test_an_existing_file_survives_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        write_result(path, "pileup", {"mean": np.array([{}])}, META, provenance={})
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
