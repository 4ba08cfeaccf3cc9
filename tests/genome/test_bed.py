from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.genome.bed import read_regions, regions_from_frame, write_bed


def _file(folder: Path, content: str | bytes, name: str = "a.bed") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _rows(path: Path) -> list[list[object]]:
    return read_regions(path).frame.astype(object).to_numpy().tolist()


SOUND = {
    "tabs": "chr1\t10\t20\nchr2\t5\t5\n",
    "no last line end": "chr1\t10\t20\nchr2\t5\t5",
    "carriage returns": "chr1\t10\t20\r\nchr2\t5\t5\r\n",
    "old Mac line ends": "chr1\t10\t20\rchr2\t5\t5\r",
    "spaces": "chr1 10  20\nchr2 5 5\n",
    "byte order mark": "\ufeffchr1\t10\t20\nchr2\t5\t5\n",
    "comments anywhere": "# a\nchr1\t10\t20\n#b\n\n  \nchr2\t5\t5\n#c",
    "track and browser": 'browser hide\nTRACK name="a b"\nchr1\t10\t20\ntrack\nchr2\t5\t5\n',
    "header": "chrom\tstart\tend\nchr1\t10\t20\nchr2\t5\t5\n",
    "header of another kind": "Chromosome\tBegin\tStop\nchr1\t10\t20\nchr2\t5\t5\n",
    "header in a comment": "#chrom\tstart\tend\nchr1\t10\t20\nchr2\t5\t5\n",
    "empty last column": "chr1\t10\t20\t\nchr2\t5\t5\t\n",
    "padded cells": "chr1 \t10\t20\nchr2\t5\t 5\n",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
@pytest.mark.parametrize("packed", [False, True])
def test_the_same_regions_in_every_dress(tmp_path: Path, text: str, packed: bool) -> None:
    content = gzip.compress(text.encode(), mtime=0) if packed else text.encode()
    assert _rows(_file(tmp_path, content)) == [["chr1", 10, 20], ["chr2", 5, 5]]


def test_utf16_and_latin1_are_read(tmp_path: Path) -> None:
    text = "chr1\t10\t20\tµ\n"
    for encoding in ("utf-16", "latin-1", "utf-8"):
        assert _rows(_file(tmp_path, text.encode(encoding))) == [["chr1", 10, 20, "µ"]]


BAD = {
    "letters": ("chr1\t1\t2\nchr1\t12x\t20\n", 2, 2, "not a whole number"),
    "scientific": ("chr1\t1\t1.5e6\n", 1, 3, "write 1500000"),
    "scientific first row": ("chr1\t1e3\t2e3\n", 1, 2, "write 1000"),
    "thousands": ("#c\nchr1\t1\t2\nchr1\t1,000\t2,000\n", 3, 2, "write 1000$"),
    "thousands by point": ("chr1\t1.000.000\t2.000.000\n", 1, 2, "write 1000000$"),
    "decimal": ("chr1\t10.0\t20.0\n", 1, 2, "write 10$"),
    "negative": ("chr1\t1\t2\nchr1\t-1\t2\n", 2, 2, "negative"),
    "inverted": ("chr1\t30\t20\n", 1, 3, "exchange"),
    "empty number": ("chr1\t\t20\n", 1, 2, "is empty"),
    "empty chromosome": ("\t1\t20\n", 1, 1, "chromosome is empty"),
    "two columns": ("chr1\t10\nchr1\t10\n", 1, None, "found 2 columns"),
    "one short row": ("chr1\t1\t2\nchr1\t10\n", 2, None, "found 2 columns"),
    "one word": ("I am not a good bedfile\nchr1\t1\t2\n", 1, None, "found 1 column"),
    "prose": ("I am not a good bedfile\n", 1, 2, "not a whole number"),
    "too large": ("chr1\t1\t99999999999999999999\n", 1, 3, "larger than any chromosome"),
    "bad first row is no header": ("chr1\tabc\tdef\nchr1\t1\t2\n", 1, 2, "not a whole number"),
    "commas": ("chr1,10,20\n", 1, None, "separated by commas; save it with tabs"),
    "position": ("chr1:1,000-2,000\n", 1, None, "three columns"),
    "missing value": ("chr1\tNA\t5\n", 1, 2, "not a whole number"),
}


@pytest.mark.parametrize(("text", "line", "column", "words"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_where_and_what_to_do(
    tmp_path: Path, text: str, line: int, column: int | None, words: str
) -> None:
    with pytest.raises(FileError, match=words) as caught:
        read_regions(_file(tmp_path, text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"{tmp_path / 'a.bed'}, line {line}")
    assert ";" in caught.value.problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"# only\ntrack name=x\n", "only comments"),
        (b"chrom\tstart\tend\n", "header and no regions"),
        (b"\x89HDF\r\n\x1a\n\0\0", "not a text file"),
        (gzip.compress(b"chr1\t1\t2\n" * 999, mtime=0)[:40], "damaged or incomplete"),
    ],
)
def test_files_without_regions(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileError, match=words):
        read_regions(_file(tmp_path, content))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        read_regions(tmp_path / "none.bed")
    with pytest.raises(FileError, match="not a regular file"):
        read_regions(tmp_path)


def test_a_chromosome_named_track_is_kept(tmp_path: Path) -> None:
    assert _rows(_file(tmp_path, "track1\t1\t2\ntrack\t3\t4\n")) == [
        ["track1", 1, 2],
        ["track", 3, 4],
    ]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("chr1\t1\t2\tpeak\t3.5\t+", ["name", "score", "strand"]),
        ("chr1\t1\t2\t7\t3.5\t+", ["name", "score", "strand"]),
        ("chr1\t1\t2\t7", ["column4"]),
        ("chr1\t1\t2\tpeak\tgood\tyes", ["name", "column5", "column6"]),
        (
            "chr1\t1\t2\ta\t0\t.\t1\t2\t0,0,255",
            ["name", "score", "strand", "thickStart", "thickEnd", "itemRgb"],
        ),
    ],
)
def test_extra_columns_get_standard_names_where_they_fit(
    tmp_path: Path, line: str, names: list[str]
) -> None:
    assert read_regions(_file(tmp_path, line + "\n")).extra_columns == names


def test_a_name_stays_text_and_gaps_are_missing(tmp_path: Path) -> None:
    text = "chr1\t1\t2\t007\t.\t+\nchr1\t1\t2\t008\t4\t-\nchr1\t1\t2\t009\tNA\t.\n"
    frame = read_regions(_file(tmp_path, text)).frame
    assert list(frame["name"]) == ["007", "008", "009"]
    np.testing.assert_array_equal(frame["score"], [np.nan, 4, np.nan])
    assert list(frame["strand"]) == ["+", "-", "."]


def test_header_names_extra_columns(tmp_path: Path) -> None:
    text = "#chrom\tstart\tend\tgene\tstart\tlog2\nchr1\t1\t2\tA\t9\t0.5\n"
    table = read_regions(_file(tmp_path, text))
    assert table.extra_columns == ["name", "score", "column6"]
    text = text.replace("\tstart\tlog2", "\tx\tlog2")
    assert read_regions(_file(tmp_path, text)).extra_columns == ["gene", "x", "log2"]


def test_ragged_rows_keep_their_extra_columns(tmp_path: Path) -> None:
    frame = read_regions(_file(tmp_path, "chr1\t1\t2\nchr1\t3\t4\tx\n")).frame
    assert frame["name"].isna().tolist() == [True, False]


def test_quotation_marks_and_hashes_inside_are_text(tmp_path: Path) -> None:
    text = 'chr1\t1\t2\t"a\nchr1\t3\t4\tb#1"\n'
    assert list(read_regions(_file(tmp_path, text)).frame["name"]) == ['"a', 'b#1"']


PAIR = "chr1\t1\t2\tchr2\t3\t4"


def test_pairs_by_name_or_by_content(tmp_path: Path) -> None:
    for name, text in [
        ("a.bedpe", PAIR),
        ("a.BEDPE.gz", PAIR),
        ("a.bed", PAIR),
        ("a.txt", "chr1\tx1\tx2\tchr2\ty1\ty2\n" + PAIR),
        ("a.bed", "#chr1\tx1\tx2\tchr2\ty1\ty2\tcolor\n" + PAIR + "\t0,255,255"),
    ]:
        table = read_regions(_file(tmp_path, text + "\n", name))
        assert table.dims == 2
        assert table.frame.iloc[0, :6].tolist() == ["chr1", 1, 2, "chr2", 3, 4]
        assert table.chromosomes == ["chr1", "chr2"]
    assert table.extra_columns == ["color"]


def test_a_bed_with_numbers_in_columns_5_and_6_is_not_pairs(tmp_path: Path) -> None:
    assert read_regions(_file(tmp_path, "chr1\t1\t2\tpeak_1\t3\t4\n")).dims == 1


def test_problems_in_the_second_anchor(tmp_path: Path) -> None:
    for text, column, words in [
        ("chr1\t1\t2\tchr2\t9\t4\n", 6, "exchange"),
        ("chr1\t1\t2\tchr2\t-1\t4\n", 5, "negative"),
        ("chr1\t1\t2\t\t1\t4\n", 4, "chromosome is empty"),
        ("chr1\t1\t2\t.\t-1\t-1\n", 4, "anchor is unknown; remove the row"),
    ]:
        with pytest.raises(FileError, match=words) as caught:
            read_regions(_file(tmp_path, PAIR + "\n" + text, "a.bedpe"))
        assert (caught.value.line, caught.value.column) == (2, column)
    with pytest.raises(FileError, match="BEDPE needs at least 6"):
        read_regions(_file(tmp_path, "chr1\t1\t2\n", "a.bedpe"))


def test_strands_of_pairs(tmp_path: Path) -> None:
    table = read_regions(_file(tmp_path, PAIR + "\tloop\t1\t+\t-\n", "a.bedpe"))
    assert table.extra_columns == ["name", "score", "strand1", "strand2"]


names = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=8
).filter(lambda s: not re.match(r"(?i)#|track$|browser$", s))


@settings(max_examples=60)
@given(
    rows=st.lists(
        st.tuples(names, st.integers(0, 2**40), st.integers(0, 2**40), st.floats(-1e9, 1e9)),
        min_size=1,
        max_size=20,
    ),
    packed=st.booleans(),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple], packed: bool
) -> None:
    frame = pd.DataFrame(rows, columns=["chrom", "start", "end", "height"])
    frame["end"] += frame["start"]
    path = tmp_path_factory.mktemp("bed") / ("a.bed.gz" if packed else "a.bed")
    write_bed(frame, path)
    back = read_regions(path)
    pd.testing.assert_frame_equal(back.frame, frame, check_dtype=False)
    assert list(path.parent.iterdir()) == [path]


def test_pairs_are_written_and_read_back(demo_data: Path, tmp_path: Path) -> None:
    table = read_regions(demo_data / "CH12_loops_Rao.bedpe")
    assert (len(table), table.dims) == (1013, 2)
    write_bed(table.frame, tmp_path / "a.bedpe")
    pd.testing.assert_frame_equal(read_regions(tmp_path / "a.bedpe").frame, table.frame)


def test_frames_are_checked_and_copied() -> None:
    frame = pd.DataFrame(
        {"score": [1.5], "end": [20.0], "chrom": ["chr1"], "start": np.array([10], "uint32")},
        index=[7],
    )
    table = regions_from_frame(frame)
    assert list(table.frame.columns) == ["chrom", "start", "end", "score"]
    assert table.frame.iloc[0].tolist() == ["chr1", 10, 20, 1.5]
    assert table.frame["end"].dtype == np.int64
    assert frame["end"].dtype == np.float64


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"start": [0, -5]}, "row 1 .*column start.*negative"),
        ({"end": [5, 1]}, "row 1 .*column end.*smaller than start"),
        ({"end": [5, np.nan]}, "row 1 .*column end.*not a whole number"),
        ({"end": [5.5, 6]}, "row 0 .*not a whole number"),
        ({"start": ["1", "x"]}, "row 1 .*not a whole number"),
        ({"chrom": ["chr1", None]}, "row 1 .*column chrom.*missing"),
        ({"chrom": ["chr1", " "]}, "row 1 .*column chrom.*empty"),
    ],
)
def test_frames_with_errors(change: dict[str, list[object]], words: str) -> None:
    frame = pd.DataFrame({"chrom": ["chr1", "chr1"], "start": [1, 2], "end": [3, 4]})
    with pytest.raises(InputError, match=words):
        regions_from_frame(frame.assign(**change))


def test_frames_without_columns_or_rows() -> None:
    frame = pd.DataFrame({"chrom": ["chr1"], "start": [1], "end": [3]})
    with pytest.raises(InputError, match="lacks the column end"):
        regions_from_frame(frame.drop(columns="end"))
    with pytest.raises(InputError, match="no rows"):
        regions_from_frame(frame[:0])
    with pytest.raises(InputError, match="lacks the column start1"):
        regions_from_frame(frame.rename(columns={"chrom": "chrom1"}))
    with pytest.raises(InputError, match='two columns "end"'):
        regions_from_frame(pd.concat([frame, frame["end"]], axis=1))


REAL = {
    "CTCF_peaks.bed": (65605, 1, ["name", "score"]),
    "4kloops.bedpe": (19937, 2, ["column7", "column8", "column9", "column10", "column11"]),
    "G2_tads_w_size.bed": (5801, 1, ["column4"]),
    "tad_boundaries.bed": (4127, 1, []),
    "4DNFIRCHWS8M.bed": (7123, 1, ["name", "score"]),
    "real_data_tricky_header.bed": (25, 1, ["name", "score", "strand"]),
    "real_data_tricky_header.bedpe": (5, 2, ["name", "score", "strand1"]),
    "real_data_tricky_header_cleaned.bed": (25, 1, ["name", "score", "strand"]),
    "real_data_tricky_header_cleaned.bedpe": (5, 2, ["name", "score", "strand1"]),
    "real_data_tricky_header_named_columns.bed": (25, 1, ["name", "1", "2"]),
    "real_data_tricky_header_named_columns.bedpe": (5, 2, ["name", "score", "strand1"]),
    "real_data_tricky_header_named_columns_w_track_and_browser.bed": (
        25,
        1,
        ["name", "1", "2"],
    ),
    "real_data_tricky_header_named_columns_w_track_and_browser.bedpe": (
        5,
        2,
        ["name", "score", "strand1"],
    ),
    "real_data_tricky_header_w_track_and_browser.bed": (25, 1, ["name", "score", "strand"]),
    "real_data_tricky_header_w_track_and_browser.bedpe": (5, 2, ["name", "score", "strand1"]),
    "test2_realData_twocol.bed": (100, 1, []),
    "test2_realData_twocol.bedpe": (100, 2, []),
    "test4_realData_small_sorted.bed": (97, 1, []),
    "test_small.bedpe": (29, 2, []),
    "unsupported_chromosomes.bed": (25, 1, ["name", "score", "strand"]),
}
REAL_BAD = {
    "empty.bed": (None, "is empty"),
    "non_numeric_values.bed": (3, '"521435asdf" is not a whole number'),
    "wrongly_formatted_bedfile.bed": (1, "found 1 column"),
    "real_data_tricky_header_sorted.bed": (1, "found 2 columns"),
    "test2_realData_twocol_sorted.bed": (1, "found 2 columns"),
    "test_small.bed": (1, "found 2 columns"),
    "test_small_bad_chromos.bed": (1, "found 2 columns"),
    "test_small_sorted.bed": (1, "found 2 columns"),
    "test_small_weird_chromos.bed": (1, "found 2 columns"),
    "test_small_weird_chromos_sorted.bed": (1, "found 2 columns"),
}


def test_every_region_file_of_the_original_is_expected_here(shared_data: Path) -> None:
    found = {p.name for p in (shared_data / "hicognition_tests").glob("*.bed*")}
    assert found == REAL.keys() | REAL_BAD.keys()


@pytest.mark.parametrize("name", REAL)
def test_real_files(shared_data: Path, name: str) -> None:
    table = read_regions(shared_data / "hicognition_tests" / name)
    assert (len(table), table.dims, table.extra_columns) == REAL[name]


@pytest.mark.parametrize("name", REAL_BAD)
def test_real_bad_files(shared_data: Path, name: str) -> None:
    with pytest.raises(FileError, match=REAL_BAD[name][1]) as caught:
        read_regions(shared_data / "hicognition_tests" / name)
    assert caught.value.line == REAL_BAD[name][0]


FLY = {
    "BEAF_Kc_Bushey_2009.bed": 2995,
    "BEAF_Mbn2_Bushey_2009.bed": 3008,
    "CTCF_Kc_Bushey_2009.bed": 2264,
    "CTCF_Mbn2_Bushey_2009.bed": 2852,
    "Cp190_Kc_Bushey_2009.bed": 5267,
    "Cp190_Mbn2_Bushey_2009.bed": 5209,
    "SuHw_Kc_Bushey_2009.bed": 3739,
    "SuHw_Mbn2_Bushey_2009.bed": 3465,
    "chromatinStates_kc.bed.gz": 8428,
    "dm3_genes.bed.gz": 2717,
    "tad_classification.bed": 2685,
    "test.narrowPeak": 2091,
}


@pytest.mark.parametrize("name", FLY)
def test_fly_files(shared_data: Path, name: str) -> None:
    table = read_regions(shared_data / "dm3_small" / name)
    assert (len(table), table.dims) == (FLY[name], 1)


def test_standard_columns_of_real_files(shared_data: Path) -> None:
    folder = shared_data / "dm3_small"
    peaks = read_regions(folder / "test.narrowPeak")
    assert peaks.extra_columns[3:] == ["signalValue", "pValue", "qValue", "peak"]
    genes = read_regions(folder / "dm3_genes.bed.gz")
    assert genes.extra_columns[-3:] == ["blockCount", "blockSizes", "blockStarts"]
    assert set(genes.frame["strand"]) == {"+", "-"}
