"""Interpreters that embed one matrix after another, and what becomes of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from hicognition_widgets.analyses import embed_in_process, embed_signals, interpreter
from hicognition_widgets.errors import JobError

MATRIX = np.random.default_rng(5).normal(size=(60, 4))


@pytest.fixture(autouse=True)
def none_waits() -> Iterator[None]:
    """Every test begins and ends without an interpreter that waits."""
    interpreter._let_go()
    yield
    interpreter._let_go()


def eventually(true: Callable[[], bool]) -> bool:
    for _ in range(200):
        if true():
            return True
        time.sleep(0.1)
    return False


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_the_next_embedding_is_made_by_the_one_that_waits() -> None:
    with embed_in_process(MATRIX, seed=1) as first:
        before = first.result(timeout=200)
    with embed_in_process(MATRIX[:40], seed=2) as second:
        again = second.result(timeout=200)
    assert first._interpreter.pid == second._interpreter.pid
    # what was computed before changes nothing
    np.testing.assert_array_equal(again.points, embed_signals(MATRIX[:40], seed=2).points)
    assert before.points.shape == (60, 2)
    # two at once need two
    with embed_in_process(MATRIX) as third, embed_in_process(MATRIX) as fourth:
        assert third._interpreter.pid == first._interpreter.pid
        assert fourth._interpreter.pid != first._interpreter.pid


def test_one_that_failed_goes_on_and_one_that_was_stopped_does_not() -> None:
    with (
        embed_in_process(MATRIX, min_dist=50.0) as wrong,
        pytest.raises(JobError, match=r"the embedding failed: .*min_dist"),
    ):
        wrong.result(timeout=200)
    stopped = embed_in_process(MATRIX)
    assert stopped._interpreter is wrong._interpreter
    assert stopped.cancel()
    assert stopped._interpreter.ended()
    with embed_in_process(MATRIX) as another:
        assert another._interpreter is not stopped._interpreter


def test_one_that_was_killed_is_told_from_one_that_failed() -> None:
    with embed_in_process(MATRIX) as running:
        os.kill(running._interpreter.pid, signal.SIGKILL)
        with pytest.raises(JobError, match="its process ended with code -9"):
            running.result(timeout=200)


def test_an_order_for_one_that_is_gone_is_answered_too() -> None:
    gone = interpreter.Interpreter()
    os.kill(gone.pid, signal.SIGKILL)
    assert eventually(gone.ended)
    assert gone.order(Path("nowhere")).result(timeout=20) == "gone"
    gone.stop()


def test_one_that_was_killed_while_it_waited_is_replaced() -> None:
    with embed_in_process(MATRIX, method="pca") as running:
        running.result(timeout=200)
    waits = running._interpreter
    os.kill(waits.pid, signal.SIGKILL)
    assert eventually(waits.ended)
    with embed_in_process(MATRIX, method="pca") as another:
        assert another.result(timeout=200).method == "pca"
        assert another._interpreter is not waits


def test_it_waits_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreter, "IDLE_SECONDS", 0.3)
    with embed_in_process(MATRIX, method="pca") as running:
        running.result(timeout=200)
    assert eventually(running._interpreter.ended)


LOST = """
import os, sys
import numpy as np
from hicognition_widgets.analyses import embed_in_process
running = embed_in_process(np.random.default_rng(0).normal(size=(30_000, 30)))
print(running._interpreter.pid, running._folder, flush=True)
os._exit(0)
"""


def test_it_ends_and_leaves_nothing_when_its_parent_dies() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOST], capture_output=True, text=True, check=True, timeout=200
    )
    pid, folder = done.stdout.split()
    assert eventually(lambda: not runs(int(pid)))
    assert not Path(folder).exists()


KEPT = """
import json, sys
import numpy as np
from hicognition_widgets.analyses import embed_in_process, interpreter
values = np.random.default_rng(5).normal(size=(60, 4))
with embed_in_process(values, seed=1, method=sys.argv[1]) as running:
    print(json.dumps(running.result(timeout=200).points.tolist()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("writable", [True, False])
def test_what_was_compiled_is_kept_where_that_can_be(tmp_path: Path, writable: bool) -> None:
    home = tmp_path / "home"
    if writable:
        home.mkdir()
    else:
        home.write_text("no folder")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    # where nothing can be kept, what matters is that it works at all
    method: Literal["umap", "pca"] = "umap" if writable else "pca"
    values = np.random.default_rng(5).normal(size=(60, 4))
    here = embed_signals(values, seed=1, method=method).points
    kept: list[list[str]] = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", KEPT, method],
            env=clean | {"HOME": str(home)},
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        found = np.array(json.loads(done.stdout), dtype=np.float32)
        np.testing.assert_array_equal(found, here)
        kept.append(sorted(path.name for path in home.glob(".cache/**/*.nb*")))
    assert any(name.startswith("layouts.") for name in kept[0]) is writable
    # what is there is found again, and not kept once more
    assert kept[1] == kept[0]
