from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from hicognition_widgets.sources.remembered import SETTLED_NS, Remembered


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that was written a while ago."""
    path = tmp_path / "file"
    path.write_text("one")
    settle(path, 10)
    return path


def settle(path: Path, times: int) -> None:
    at = time.time_ns() - times * SETTLED_NS
    os.utime(path, ns=(at, at))


def test_a_file_is_read_again_only_if_it_changed(file: Path) -> None:
    kept: Remembered[str] = Remembered(4)
    seen = []

    def read() -> str:
        seen.append(file.read_text())
        return seen[-1]

    assert [kept.get(file, "all", read) for _ in range(3)] == ["one"] * 3
    assert len(seen) == 1
    kept.get(file, "some", read)
    assert len(seen) == 2
    file.write_text("two")
    settle(file, 5)
    assert kept.get(file, "all", read) == "two"


def test_a_file_that_was_just_written_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "file"
    kept: Remembered[str] = Remembered(4)
    for text in ("one", "two", "six"):
        path.write_text(text)  # of the same size, and perhaps in the same tick of its clock
        assert kept.get(path, None, path.read_text) == text


def test_no_more_is_kept_than_there_is_room_for(file: Path) -> None:
    kept: Remembered[int] = Remembered(2)
    made = []
    for part in (1, 2, 1, 3, 1, 2):
        kept.get(file, part, lambda part=part: made.append(part) or part)  # type: ignore[misc]
    assert made == [1, 2, 3, 2]


def test_whoever_reads_says_what_is_wrong(tmp_path: Path) -> None:
    kept: Remembered[str] = Remembered(2)
    path = tmp_path / "gone"
    with pytest.raises(FileNotFoundError):
        kept.get(path, None, path.read_text)
