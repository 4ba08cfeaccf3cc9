"""What can be taken back, and in which steps."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets import Board
from hicognition_widgets.views.comparison import Comparison


@pytest.fixture
def host():
    return FakeHost(at_once=True)


@pytest.fixture
def c(host):
    return Comparison(host, "loops", 100_000)


def from_browser(view, hand, **state):
    view.set_state(state | {"hand": hand})


def test_a_setting_and_what_follows_from_it_are_one_step(c):
    view = c.add("pileup", "control", binsize=10_000)
    view.vmin, view.vmax, view.cmap = -1.0, 2.0, "magma"
    view.normalization = "balanced"
    assert (view.vmin, view.vmax, view.cmap, view.symmetric) == (None, None, "", False)
    c.undo()
    assert view.normalization == "oe"
    assert (view.vmin, view.vmax, view.cmap, view.symmetric) == (-1.0, 2.0, "magma", True)
    c.redo()
    assert (view.normalization, view.vmin) == ("balanced", None)
    c.undo()
    c.undo()
    assert (view.cmap, view.vmax) == ("", 2.0)


def test_a_flank_is_taken_back_with_the_bin_sizes_that_followed_it(c):
    view = c.add("pileup", "control", binsize=50_000)
    c.flank = 20_000
    assert view.binsize == 10_000
    c.undo()
    assert (c.flank, view.flank, view.binsize) == (100_000, 100_000, 50_000)
    assert view.data.shape == (5, 5)
    c.redo()
    assert (c.flank, view.binsize, view.data.shape) == (20_000, 10_000, (5, 5))


def test_a_drag_is_one_step_however_many_messages_it_sends(c):
    view = c.add("pileup", "control", binsize=10_000)
    for i, value in enumerate((0.5, 0.6, 0.7)):
        from_browser(view, f"a-1.{i}", vmax=value)
    from_browser(view, "a-2.3", vmin=-0.5)
    assert c.can_undo
    c.undo()
    assert (view.vmin, view.vmax) == (None, 0.7)
    c.undo()
    assert view.vmax is None
    assert c.views == [view]
    c.undo()
    assert c.views == []
    assert not c.can_undo
    c.redo()
    c.redo()
    assert view.vmax == 0.7
    c.redo()
    assert view.vmin == -0.5
    assert not c.can_redo


def test_presses_of_a_key_in_quick_succession_are_one_step(c):
    view = c.add("pileup", "control", binsize=10_000)
    for i, value in enumerate((0.5, 0.6, 0.7)):
        from_browser(view, f"a-{i}.{i}", vmax=value)
    c.undo()
    assert view.vmax is None


def test_title_region_set_and_selection_come_back(c):
    view = c.add("profile", "CTCF", binsize=10_000, side="right")
    c.title = "first"
    c.selection = [1, 2, 3]
    c.keep_selection("some")
    c.set_regions("peaks")
    assert c.selection is None
    assert view.side == ""
    assert c.selections == []
    c.undo()
    assert c.regions.name == "loops"
    assert view.regions.name == "loops"
    assert view.side == "right"
    assert c.selection.tolist() == [1, 2, 3]
    assert view.selected.tolist() == [1, 2, 3]
    assert c.selections == ["some"]
    c.undo()
    assert c.selections == []
    c.undo()
    assert c.selection is None
    c.undo()
    assert c.title == ""
    for _ in range(4):
        c.redo()
    assert c.regions.name == "peaks"
    assert c.selection is None


def test_something_new_forgets_what_was_taken_back_and_closes_its_views(c):
    view = c.add("pileup", "control")
    gone = c.add("pileup", "knock-out")
    c.undo()
    c.title = "new"
    assert not c.can_redo
    assert gone.comm is None
    assert view.comm is not None
    assert c.views == [view]


def test_a_removed_view_comes_back_as_it_was(c):
    view = c.add("pileup", "control", binsize=10_000, vmax=2.0)
    c.remove(view)
    c.flank = 200_000
    c.undo()
    c.undo()
    assert c.views == [view]
    assert (view.vmax, view.flank) == (2.0, 100_000)
    view.wait(5)
    assert view.data.shape == (21, 21)


def test_a_step_over_two_comparisons_is_taken_back_from_either(host):
    one, two = Comparison(host, "loops", 100_000), Comparison(host, "peaks", 200_000)
    board = Board(one, two, link_flanks=True)
    assert two.flank == 100_000
    one.flank = 50_000
    two.undo()
    assert (one.flank, two.flank) == (100_000, 100_000)
    one.redo()
    assert (one.flank, two.flank) == (50_000, 50_000)
    view = one.add("pileup", "control", binsize=10_000)
    moved = board.move(view, two)
    assert (one.views, two.views) == ([], [moved])
    two.undo()
    assert (one.views, two.views) == ([view], [])
    one.redo()
    assert (one.views, two.views) == ([], [moved])


def test_a_hundred_steps_are_kept(c):
    view = c.add("pileup", "control", binsize=10_000)
    for i in range(150):
        view.vmax = float(i + 1)
    for _ in range(200):
        c.undo()
    assert view.vmax == 50.0
    assert c.views == [view]


def test_steps_of_two_threads_do_not_mix(c):
    views = [c.add("pileup", "control", binsize=10_000) for _ in range(2)]
    start = threading.Barrier(2)

    def turn(view):
        start.wait(10)
        for i in range(20):
            view.vmax = float(i + 1)

    threads = [threading.Thread(target=turn, args=(view,)) for view in views]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for left in range(39, -1, -1):
        c.undo()
        values = [0 if view.vmax is None else int(view.vmax) for view in views]
        assert sum(values) == left
    assert c.views == views


def test_arrays_of_selections_compare_by_their_rows(c):
    c.selection = np.array([1, 2])
    c.selection = [2, 1]
    c.selection = [4]
    c.undo()
    assert c.selection.tolist() == [1, 2]
    c.undo()
    assert c.selection is None
