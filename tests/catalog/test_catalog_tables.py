"""Tables with one row per region are read, and brought into the order of the regions."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.catalog.tables import match_rows, read_table
from hicognition_widgets.errors import FileError, InputError

REGIONS = pd.DataFrame(
    {"chrom": ["chr1", "chr1", "2"], "start": [10, 20, 30], "end": [11, 21, 31]}
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "a,b\n1,x\n2,y\n"),
        ("t.tsv", "a\tb\n1\tx\n2\ty\n"),
        ("t.txt", "a;b\n1;x\n2;y\n"),
        ("table", "a\tb\n1\tx\n2\ty\n"),
        ("t.csv.gz", "a,b\n1,x\n2,y\n"),
    ],
)
def test_tables_are_read(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    data = content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    table = read_table(path)
    assert list(table["a"]) == [1, 2]
    assert list(table["b"]) == ["x", "y"]


def test_bed_columns_get_their_usual_names(tmp_path: Path) -> None:
    path = tmp_path / "t.bed"
    path.write_text("track name=x\n# note\nchr1\t10\t20\tp1\t5\t+\t0.25\n")
    assert list(read_table(path).columns) == [
        "chrom",
        "start",
        "end",
        "name",
        "score",
        "strand",
        "column 7",
    ]
    pairs = tmp_path / "t.bedpe"
    pairs.write_text("chr1\t1\t2\tchr1\t3\t4\tloop\n")
    assert list(read_table(pairs).columns)[3:] == ["chrom2", "start2", "end2", "name"]


def test_the_demo_sets_can_be_tables(demo_data: Path) -> None:
    table = read_table(demo_data / "CH12_loops_Rao.bedpe")
    assert list(table.columns[:6]) == ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
    lines = (demo_data / "CH12_loops_Rao.bedpe").read_text().splitlines()
    assert len(table) == len([line for line in lines if line[0] != "#"])


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("t.csv", b"", "is not a table"),
        ("t.csv", b"a,b\n1,2\n1,2,3\n", "is not a table"),
        ("t.csv", b"a,b\n1,2,3\n1,2,3\n", "more values than its header"),
        ("t.csv", b"\xff\xfe\x00\x01", "not a text file"),
        ("t.bed", b"chr1 1 2\n", "separated by tabs"),
        ("t.csv.gz", b"no gzip", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=problem) as error:
        read_table(path)
    assert str(path) in str(error.value)


def test_a_missing_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file"):
        read_table(tmp_path / "t.csv")


def test_rows_belong_to_regions_by_position() -> None:
    table = pd.DataFrame({"score": [1, 2, 3]}, index=[7, 8, 9])
    match = match_rows(table, REGIONS)
    assert list(match.table["score"]) == [1, 2, 3]
    assert list(match.table.index) == [0, 1, 2]
    with pytest.raises(InputError, match="2 rows, but there are 3 regions"):
        match_rows(table.iloc[:2], REGIONS)


def test_rows_belong_to_regions_by_key() -> None:
    table = pd.DataFrame(
        {
            "chr": ["chr1", 2, "chrX"],
            "from": ["20", 30.0, 5],
            "score": [2.0, 3.0, 9.0],
            "group": ["b", "c", "z"],
        }
    )
    match = match_rows(table, REGIONS, by={"chr": "chrom", "from": "start"})
    np.testing.assert_array_equal(match.table["score"], [np.nan, 2.0, 3.0])
    assert match.table["group"].isna().tolist() == [True, False, False]
    assert (match.rows_left, match.regions_left) == (1, 1)
    assert list(match.table.columns) == ["score", "group"]


def test_equal_regions_share_their_row() -> None:
    regions = pd.DataFrame({"name": ["a", "b", "a"]})
    match = match_rows(pd.DataFrame({"name": ["b", "a"], "x": [1, 2]}), regions, by="name")
    assert list(match.table["x"]) == [2, 1, 2]


@pytest.mark.parametrize(
    ("table", "by", "problem"),
    [
        ({"start": [1], "x": [1]}, "chrom", "the table has no column 'chrom'; it has start, x"),
        ({"key": [1], "x": [1]}, ["key"], "the region set has no column 'key'"),
        ({"start": [10, 10], "x": [1, 2]}, "start", "in several rows"),
        ({"start": [99], "x": [1]}, "start", "no row of the table matches"),
        ({"start": [10], "x": [1]}, [], "at least one column"),
    ],
)
def test_keys_that_cannot_work(table, by, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        match_rows(pd.DataFrame(table), REGIONS, by=by)


@given(st.permutations(range(12)), st.integers(1, 12))
def test_any_order_and_part_of_a_table_finds_its_regions(order: list[int], kept: int) -> None:
    regions = pd.DataFrame({"chrom": [f"chr{i % 3}" for i in range(12)], "start": range(12)})
    table = regions.iloc[order[:kept]].assign(value=lambda frame: frame["start"] * 10.0)
    match = match_rows(table, regions, by=["chrom", "start"])
    expected = [i * 10.0 if i in order[:kept] else np.nan for i in range(12)]
    np.testing.assert_array_equal(match.table["value"], expected)
    assert (match.rows_left, match.regions_left) == (0, 12 - kept)
