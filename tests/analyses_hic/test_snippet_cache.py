"""A folder of snippet files: found again, bounded, written once by several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from hicognition_widgets.analyses.snippet_cache import cached_snippets, find_snippets
from hicognition_widgets.analyses.snippet_file import TooLarge
from hicognition_widgets.errors import InputError

N, SIZE = 20, 5
BYTES = 4 * N * SIZE * SIZE + 128
VALUES = np.random.default_rng(3).random((N, SIZE, SIZE)).astype(np.float32)


def key(letter: str) -> str:
    return letter * 64


def make(subset):
    return VALUES[subset]


def never(subset):
    raise AssertionError("nothing is to be computed")


def test_what_was_kept_is_found_and_not_made_again(tmp_path):
    assert find_snippets(tmp_path, key("a"), N, SIZE) is None
    cached_snippets(tmp_path, key("a"), N, size=SIZE, make=make)
    again = cached_snippets(tmp_path, key("a"), N, size=SIZE, make=never)
    np.testing.assert_array_equal(again.stack, VALUES)
    rows = [1, 5, 17]
    np.testing.assert_allclose(again.average(rows)[0], VALUES[rows].mean(axis=0), rtol=1e-6)


def test_the_least_recently_used_go_and_the_new_one_stays(tmp_path):
    for age, letter in enumerate("cab"):
        cached_snippets(tmp_path, key(letter), N, size=SIZE, make=make)
        path = tmp_path / f"{key(letter)}.npy"
        os.utime(path, (1000 + age, 1000 + age))
    assert find_snippets(tmp_path, key("c"), N, SIZE) is not None  # used just now
    cached_snippets(tmp_path, key("d"), N, size=SIZE, make=make, limit=2 * BYTES)
    left = sorted(path.name[0] for path in tmp_path.glob("*.npy"))
    assert left == ["c", "d"]
    cached_snippets(tmp_path, key("e"), N, size=SIZE, make=make, limit=1)
    assert [path.name[0] for path in tmp_path.glob("*.npy")] == ["e"]


def test_a_file_that_was_removed_is_still_readable_by_who_has_it_open(tmp_path):
    kept = cached_snippets(tmp_path, key("a"), N, size=SIZE, make=make)
    cached_snippets(tmp_path, key("b"), N, size=SIZE, make=make, limit=1)
    assert not (tmp_path / f"{key('a')}.npy").exists()
    np.testing.assert_array_equal(kept.stack, VALUES)


def test_leftovers_of_killed_writers_go(tmp_path):
    old, new = tmp_path / "snippets-old.part", tmp_path / "snippets-new.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (1000, 1000))
    cached_snippets(tmp_path, key("a"), N, size=SIZE, make=make)
    assert not old.exists()
    assert new.exists()


def test_damaged_files_are_made_anew(tmp_path):
    path = tmp_path / f"{key('a')}.npy"
    cached_snippets(tmp_path, key("a"), N, size=SIZE, make=make)
    path.write_bytes(path.read_bytes()[:300])
    assert find_snippets(tmp_path, key("a"), N, SIZE) is None
    cached_snippets(tmp_path, key("a"), N, size=SIZE, make=make)
    assert find_snippets(tmp_path, key("a"), N, SIZE + 2) is None  # another shape
    assert not path.exists()


def test_what_is_too_large_is_not_begun(tmp_path):
    with pytest.raises(TooLarge):
        cached_snippets(tmp_path, key("a"), N, size=SIZE, make=never, largest=100)
    assert not list(tmp_path.glob("*.npy"))


def test_a_key_is_no_path(tmp_path):
    with pytest.raises(InputError, match="is no key"):
        find_snippets(tmp_path, "../" + 61 * "a", N, SIZE)


def test_threads_that_ask_at_once_compute_once(tmp_path):
    calls = []

    def counted(subset):
        calls.append(len(subset))
        return VALUES[subset]

    def ask():
        cached_snippets(tmp_path, key("a"), N, size=SIZE, make=counted)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert calls == [N]


PROCESS = """
import sys, time
from pathlib import Path
import numpy as np
from hicognition_widgets.analyses.snippet_cache import cached_snippets
folder = Path(sys.argv[1])
def make(subset):
    (folder / f"called-{sys.argv[2]}").touch()
    time.sleep(0.5)
    return np.full((len(subset), 5, 5), 2, dtype=np.float32)
kept = cached_snippets(folder, 64 * "a", 20, size=5, make=make)
assert float(kept.total[0, 0]) == 40
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the check is by files alone")
def test_processes_that_ask_at_once_compute_once(tmp_path: Path):
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(tmp_path), str(i)])
        for i in range(3)
    ]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    assert len(list(tmp_path.glob("called-*"))) == 1
