"""Views of earlier runs of a cell leave the page; those that are shown stay or come back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets import widget as registry

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets import Board, Comparison, Pileup
from hicognition_widgets.views import delivery, output_cells
from hicognition_widgets.views.output_cells import OutputCells
from hicognition_widgets.views.runtime import Runtime


class Events:
    def __init__(self) -> None:
        self.calls: list[Any] = []

    def register(self, name: str, call: Any) -> None:
        assert name == "post_run_cell"
        self.calls.append(call)


class Kernel:
    def __init__(self) -> None:
        self.parent: dict[str, Any] = {}

    def get_parent(self, channel: str) -> dict[str, Any]:
        assert channel == "shell"
        return self.parent


class Shell:
    """Runs cells as a kernel does, as far as outputs are concerned."""

    def __init__(self) -> None:
        self.kernel = Kernel()
        self.events = Events()
        self.cells = OutputCells(self)
        self.count = 0

    def run(self, cell: str, *shown: Any, deleted: tuple[str, ...] = ()) -> None:
        self.count += 1
        self.kernel.parent = {
            "header": {"msg_id": str(self.count)},
            "metadata": {"cellId": cell, "deletedCells": list(deleted)},
        }
        for widget in shown:
            widget._repr_mimebundle_()
        for call in self.events.calls:
            call(None)
        # what was posted has happened
        done = delivery._executor().submit(lambda: None)
        done.result(30)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell()
    monkeypatch.setattr(output_cells, "_cells", made.cells)
    monkeypatch.setattr(
        "hicognition_widgets.views.runtime.shown_by_a_cell", lambda one: made.cells.show(one)
    )
    return made


def view() -> Pileup:
    return Pileup.from_array(np.ones((3, 3)), flank=10, n=1)


def test_a_view_of_an_earlier_run_leaves_the_page_and_lives_on(shell):
    old, new = view(), view()
    shell.run("a", old)
    assert old.comm is not None
    shell.run("b", view())
    assert old.comm is not None, "another cell ran"
    shell.run("a", new)
    assert old.comm is None
    assert new.comm is not None
    assert old.data.shape == (3, 3)
    old.vmax = 2.0
    shell.run("c", old)
    assert old.comm is not None
    assert old.comm.comm_id == old.model_id
    assert old.get_state()["vmax"] == 2.0


def test_the_layout_of_a_view_leaves_and_comes_back_with_it(shell):
    old = view()
    number = old.layout.model_id
    shell.run("a", old)
    shell.run("a")
    assert old.layout.comm is None
    old.layout.width = "50%"
    shell.run("b", old)
    assert old.layout.comm is not None
    assert old.layout.model_id == number, "the page knows it by the same number"
    assert old.get_state()["layout"] == f"IPY_MODEL_{number}"
    assert old.layout.get_state()["width"] == "50%"
    old.close()
    assert old.layout.comm is None


def test_a_layout_that_another_widget_has_too_stays(shell):
    old, label = view(), ipywidgets.Label()
    label.layout = old.layout
    shell.run("a", old)
    shell.run("a")
    assert old.comm is None
    assert label.layout.comm is not None
    shell.run("a", old)
    assert old.layout is label.layout
    old.close()
    assert label.layout.comm is not None
    label.close()


def test_closing_views_leaves_no_widget_behind():
    before = set(registry._instances)
    made = [view() for _ in range(3)]
    assert len(set(registry._instances) - before) >= 6
    for one in made:
        one.close()
    assert {type(registry._instances[one]) for one in set(registry._instances) - before} <= {
        Runtime
    }


def test_what_a_view_held_is_freed_before_it_leaves(shell, monkeypatch):
    old = view()
    sent = []
    monkeypatch.setattr(old, "_send", lambda message, buffers=None: sent.append(message))
    shell.run("a", old)
    shell.run("a")
    assert [message["state"]["result"] for message in sent[-2:]] == [None, None]
    assert old.comm is None
    assert old.result["meta"], "in Python it is as it was"


def test_a_view_that_is_shown_again_or_elsewhere_stays(shell):
    one, two = view(), view()
    shell.run("a", one, two)
    shell.run("b", two)
    shell.run("a", one)
    assert one.comm is not None
    assert two.comm is not None
    shell.run("b")
    assert two.comm is None


def test_cells_that_are_deleted_show_nothing(shell):
    old = view()
    shell.run("a", old)
    shell.run("b", deleted=("a",))
    assert old.comm is None


def test_a_view_in_a_box_of_another_cell_stays(shell):
    old = view()
    box = ipywidgets.HBox([old])
    shell.run("a", old)
    shell.run("a")
    assert old.comm is not None
    box.close()


def test_what_an_output_widget_takes_is_kept(shell):
    old = view()
    output = ipywidgets.Output()
    output.msg_id = "1"
    shell.run("a", old)
    output.msg_id = ""
    shell.run("a")
    assert old.comm is not None
    output.close()


def test_a_comparison_leaves_with_its_views_and_comes_back_with_them(shell):
    host = FakeHost(at_once=True)
    first, second = (Comparison(host, "loops", 100_000) for _ in range(2))
    pileup = first.add("pileup", "control")
    shell.run("a", first)
    shell.run("a", second)
    assert first.comm is pileup.comm is None
    assert second.comm is not None
    shell.run("b", pileup)
    assert pileup.comm is not None
    assert first.comm is None
    shell.run("c", first)
    assert first.comm is not None
    shell.run("c")
    assert first.comm is None
    assert pileup.comm is not None, "it is shown by itself"
    first.close()
    second.close()


def test_comparisons_of_a_board_that_is_shown_stay(shell):
    host = FakeHost(at_once=True)
    one, two = (Comparison(host, "loops", 100_000) for _ in range(2))
    board = Board(one, two)
    shell.run("a", one)
    shell.run("b", board)
    shell.run("a")
    assert one.comm is not None
    shell.run("b")
    assert one.comm is two.comm is board.comm is None
    board.close()
    one.close()
    two.close()


def test_a_closed_view_is_not_brought_back(shell):
    old = view()
    old.close()
    old.come_back()
    assert old.comm is None


def test_without_a_cell_nothing_is_noted(shell):
    old = view()
    shell.run("", old)
    shell.run("")
    assert old.comm is not None
