from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hicognition_widgets.errors import FileError, InputError, NotFound
from hicognition_widgets.genome.assembly import BUILTIN, builtin_assembly, custom_assembly


def _assert_view(view: pd.DataFrame) -> None:
    """What bioframe asks of a view: names once, no overlap, every piece has a length."""
    assert list(view.columns) == ["chrom", "start", "end", "name"]
    assert view["name"].is_unique
    assert (view["start"] < view["end"]).all()
    for _, pieces in view.groupby("chrom"):
        ordered = pieces.sort_values("start")
        assert (ordered["start"].iloc[1:].to_numpy() >= ordered["end"].iloc[:-1]).all()


@pytest.mark.parametrize("name", BUILTIN)
def test_built_in_assemblies_are_sound_views(name: str) -> None:
    assembly = builtin_assembly(name)
    view = assembly.view_df
    _assert_view(view)
    assert list(dict.fromkeys(view["chrom"])) == list(assembly.chromsizes)
    covered = (view["end"] - view["start"]).groupby(view["chrom"]).sum()
    assert covered.to_dict() == assembly.chromsizes
    assert not any("_" in chrom for chrom in assembly.chromsizes)


@pytest.mark.parametrize(
    ("name", "chrom", "length"),
    [
        ("hg19", "chr1", 249250621),
        ("hg38", "chr1", 248956422),
        ("mm9", "chr1", 197195432),
        ("mm10", "chr1", 195471971),
        ("dm3", "chr2L", 23011544),
        ("dm6", "chr2L", 23513712),
        ("sacCer3", "chrI", 230218),
    ],
)
def test_lengths(name: str, chrom: str, length: int) -> None:
    assert builtin_assembly(name).chromsizes[chrom] == length


def test_arms_meet_at_the_centromere() -> None:
    arms = builtin_assembly("hg38").arms
    assert arms is not None
    assert arms[arms["chrom"] == "chr21"].to_numpy().tolist() == [
        ["chr21", 0, 11950000, "chr21_p"],
        ["chr21", 11950000, 46709983, "chr21_q"],
    ]
    assert builtin_assembly("mm9").arms is None


def test_arms_of_the_original_are_the_same(shared_data: Path) -> None:
    folder = shared_data / "hicognition_tests"
    theirs = custom_assembly("hg19", folder / "hg19.chrom.sizes", folder / "arms.hg19").arms
    ours = builtin_assembly("hg19").arms
    assert theirs is not None
    assert ours is not None
    assert len(theirs) == 46
    both = theirs.merge(ours, on=["chrom", "start", "end"])
    assert len(both) == 46


def test_unknown_built_in_lists_the_known() -> None:
    with pytest.raises(NotFound, match="hg19, hg38, mm9"):
        builtin_assembly("hg20")


def test_custom_from_dict_series_and_files(tmp_path: Path, demo_data: Path) -> None:
    sizes = {"a": 100, "b": 50}
    arms = pd.DataFrame({"chrom": ["a", "a"], "start": [40, 0], "end": [100, 40]})
    (tmp_path / "sizes").write_text("# c\na\t100\r\nb\t50\r\n")
    (tmp_path / "arms.csv").write_text("chrom,start,end\na,40,100\na,0,40\n")
    (tmp_path / "arms.bed").write_text("a\t0\t40\tp\na\t40\t100\tq\n")
    expected = [["a", 0, 40], ["a", 40, 100], ["b", 0, 50]]
    for given_sizes, given_arms in [
        (sizes, arms),
        (pd.Series(sizes), arms),
        (tmp_path / "sizes", tmp_path / "arms.csv"),
        (str(tmp_path / "sizes"), str(tmp_path / "arms.bed")),
    ]:
        assembly = custom_assembly("x", given_sizes, given_arms, organism="none")
        assert assembly.chromsizes == sizes
        assert assembly.view_df.iloc[:, :3].to_numpy().tolist() == expected
        _assert_view(assembly.view_df)
    assert assembly.view_df["name"].tolist() == ["p", "q", "b"]
    demo = custom_assembly("mm9", demo_data / "chrom.sizes")
    assert demo.chromsizes.items() <= builtin_assembly("mm9").chromsizes.items()


def test_arms_may_leave_a_gap(shared_data: Path) -> None:
    folder = shared_data / "hg38_chr21"
    view = custom_assembly(
        "hg38", folder / "chr21.chrom.sizes", folder / "chr21.arms.bed"
    ).view_df
    assert view["end"].tolist() == [10900000, 46709983]
    assert view["start"].tolist() == [0, 12000000]


@pytest.mark.parametrize("name", ["hg19.chrom.sizes", "hg19.chrom.sizes.ucsc.edu"])
def test_real_size_files(shared_data: Path, name: str) -> None:
    sizes = custom_assembly("hg19", shared_data / "hicognition_tests" / name).chromsizes
    assert sizes["chrX"] == 155270560


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\t100\nb\n", 2, "one column"),
        ("a\t1e6\n", 1, '"1e6" is not a positive whole number'),
        ("a\t0\n", 1, "not a positive"),
        ("a\t5\na\t6\n", None, "a occurs twice"),
        ("", None, "no chromosome"),
    ],
)
def test_bad_sizes(tmp_path: Path, text: str, line: int | None, words: str) -> None:
    (tmp_path / "sizes").write_text(text)
    with pytest.raises(FileError, match=words) as caught:
        custom_assembly("x", tmp_path / "sizes")
    assert caught.value.line == line


@pytest.mark.parametrize(
    ("sizes", "words"),
    [({}, "no chromosome"), ({"a": -1}, "not a positive"), ({"a": 1.5}, "not a positive")],
)
def test_bad_dicts(sizes: dict[str, int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        custom_assembly("x", sizes)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("c", 0, 10, "p")], "lies on c, which has no chromosome size"),
        ([("chra", 0, 10, "p")], "write a"),
        ([("a", 0, 101, "p")], "ends at 101, beyond the end of a at 100"),
        ([("a", 10, 10, "p")], "no length"),
        ([("a", 0, 50, "p"), ("a", 49, 100, "q")], "p and q of a overlap"),
        ([("a", 0, 50, "p"), ("b", 0, 50, "p")], "two arms are named p"),
    ],
)
def test_bad_arms(rows: list[tuple[str, int, int, str]], words: str, tmp_path: Path) -> None:
    sizes = {"a": 100, "b": 50}
    frame = pd.DataFrame(rows, columns=["chrom", "start", "end", "name"])
    with pytest.raises(InputError, match=words):
        custom_assembly("x", sizes, frame)
    frame.to_csv(tmp_path / "arms.csv", index=False)
    with pytest.raises(FileError, match=words):
        custom_assembly("x", sizes, tmp_path / "arms.csv")


def test_arms_without_a_column_or_with_words() -> None:
    with pytest.raises(InputError, match="lacks the column end"):
        custom_assembly("x", {"a": 9}, pd.DataFrame({"chrom": ["a"], "start": [0]}))


def test_arms_file_with_a_bad_number(tmp_path: Path) -> None:
    (tmp_path / "arms").write_text("chrom,start,end\na,0,4 0\n")
    with pytest.raises(FileError, match='end "4 0" is not a whole number') as caught:
        custom_assembly("x", {"a": 100}, tmp_path / "arms")
    assert (caught.value.line, caught.value.column) == (2, 3)


def test_an_assembly_needs_a_name() -> None:
    with pytest.raises(InputError, match="needs a name"):
        custom_assembly(" ", {"a": 1})
