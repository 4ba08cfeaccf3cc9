from __future__ import annotations

import os
from pathlib import Path

import pytest

from hicognition_widgets.jobs.marks import Marks


def test_tries_that_end_are_not_counted(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    with marks.trying("a") as earlier:
        assert earlier == 0
        assert marks.tries("a") == 1
        assert marks.tries("b") == 0
        with marks.trying("a") as second:
            assert second == 1
    assert marks.tries("a") == 0
    with pytest.raises(ValueError, match="broken"), marks.trying("a"):
        raise ValueError("broken")
    assert marks.tries("a") == 0


def test_stop_and_forget(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    assert not marks.stopped("a")
    marks.stop("a")
    marks.stop("a")
    assert marks.stopped("a")
    assert not marks.stopped("b")
    marks.forget("a")
    marks.forget("a")
    assert not marks.stopped("a")


def test_only_old_marks_are_cleaned(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    marks.stop("old")
    marks.stop("new")
    os.utime(tmp_path / "old.stop", (0, 0))
    marks.clean()
    assert not marks.stopped("old")
    assert marks.stopped("new")
