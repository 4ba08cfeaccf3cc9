"""Several comparisons side by side, and views like those of another."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost, record

from hicognition_widgets import Board
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.comparison_commands import comparison_commands


@pytest.fixture
def host():
    return FakeHost(at_once=True)


@pytest.fixture
def loops(host):
    return Comparison(host, "loops", 100_000)


@pytest.fixture
def peaks(host):
    return Comparison(host, "peaks", 200_000)


def test_a_duplicate_stands_behind_its_view_with_the_same_settings(loops):
    first = loops.add("pileup", "control", binsize=5_000, vmax=2.0)
    last = loops.add("profile", "CTCF")
    again = loops.duplicate(first)
    assert loops.views == [first, again, last]
    assert again.settings == first.settings
    assert again.view_id != first.view_id
    loops.undo()
    assert loops.views == [first, last]


def test_two_views_change_places(loops):
    views = [loops.add("pileup", "control") for _ in range(3)]
    loops.swap(views[0], views[2])
    assert loops.views == [views[2], views[1], views[0]]
    loops.undo()
    assert loops.views == views


def test_a_copy_keeps_feature_and_settings_and_takes_the_regions_of_its_place(loops, peaks):
    board = Board(loops, peaks)
    view = loops.add("pileup", "control", binsize=50_000, vmin=0.5)
    copy = board.copy(view, peaks)
    assert copy.datasets == view.datasets
    assert (copy.binsize, copy.vmin) == (50_000, 0.5)
    assert (copy.regions.name, copy.flank) == ("peaks", 200_000)
    assert (view.regions.name, view.flank) == ("loops", 100_000)
    assert loops.views == [view]


def test_a_copy_leaves_behind_what_its_new_regions_do_not_have():
    host = FakeHost()
    loops, domains = Comparison(host, "loops", 100_000), Comparison(host, "TADs")
    line = loops.add("profile", "CTCF", binsize=10_000, side="right")
    copy = domains.take(line)
    assert copy.side == ""
    assert (copy.flank, copy.binsize) == (None, None)
    assert copy.bin_percent is not None


def test_a_copy_stays_on_its_assembly(loops, host):
    host.records[8] = record(
        8, "regions", "human", assembly="hg38", dims=1, region_kind="point", n_regions=4
    )
    other = Comparison(host, "human", 100_000)
    with pytest.raises(InputError, match="hg38"):
        other.take(loops.add("pileup", "control"))
    assert other.views == []


def test_linked_flanks_follow_each_other_in_both_directions(loops, peaks, host):
    domains = Comparison(host, "TADs")
    board = Board(loops, peaks, domains)
    loops.flank = 50_000
    assert peaks.flank == 200_000
    board.link_flanks = True
    assert peaks.flank == 50_000
    peaks.flank = 400_000
    assert loops.flank == 400_000
    assert domains.flank is None
    board.remove(peaks)
    peaks.flank = 100_000
    assert loops.flank == 400_000


def test_flanks_set_at_once_on_many_threads_end_the_same_everywhere(loops, peaks):
    Board(loops, peaks, link_flanks=True)
    view = peaks.add("pileup", "control")
    start = threading.Barrier(2)

    def turn(comparison, seed):
        order = np.random.default_rng(seed)
        start.wait(10)
        for _ in range(20):
            comparison.flank = int(order.choice([50_000, 100_000, 200_000, 400_000]))

    threads = [threading.Thread(target=turn, args=(c, i)) for i, c in enumerate((loops, peaks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    loops.flank = 1_000_000
    assert peaks.flank == view.flank == 1_000_000


def test_the_browser_copies_by_reference_and_hears_what_is_wrong(loops, peaks):
    board = Board(loops, peaks)
    view = loops.add("pileup", "control")
    here, there = (f"anywidget:{c.model_id}" for c in (loops, peaks))
    copy_view = board._commands()["copy_view"]
    copy_view({"from": here, "to": there, "view_id": view.view_id})
    assert [v.kind for v in peaks.views] == ["pileup"]
    with pytest.raises(NotFound, match="board"):
        copy_view({"from": here, "to": "anywidget:x", "view_id": view.view_id})
    with pytest.raises(NotFound, match="view"):
        copy_view({"from": here, "to": there, "view_id": "99"})
    with pytest.raises(InputError, match="another"):
        copy_view({"from": here, "to": here, "view_id": view.view_id})


def test_a_comparison_stands_on_a_board_once(loops):
    board = Board(loops)
    with pytest.raises(traitlets.TraitError, match="once"):
        board.add(loops)


def test_a_threshold_of_an_annotation_selects(loops, host):
    host.annotated = {
        "score": ((), [0, 1, 2, 3, np.nan, 5, 6, 7, 8, 9]),
        "class": (("a", "b"), [0, 1] * 5),
    }
    loops.select_where("score", at_least=3, at_most=6)
    assert loops.selection.tolist() == [3, 5, 6]
    assert loops.selection_facts["name"] == "score"
    for wrong in ({}, {"at_least": 10}, {"at_least": 2, "at_most": 1}):
        with pytest.raises(InputError):
            loops.select_where("score", **wrong)
    with pytest.raises(InputError, match="categories"):
        loops.select_where("class", at_least=0)
    with pytest.raises(NotFound, match="score"):
        loops.select_where("strength", at_least=0)
    assert loops.selection.tolist() == [3, 5, 6]


def test_a_combination_that_leaves_nothing_changes_nothing(loops):
    loops.selection = [1, 2]
    loops.keep_selection("first")
    loops.selection = [3]
    combine = comparison_commands(loops)["combine_selection"]
    with pytest.raises(InputError, match="no region"):
        combine({"operation": "and", "name": "first"})
    with pytest.raises(InputError, match="xor"):
        combine({"operation": "xor", "name": "first"})
    assert loops.selection.tolist() == [3]
    combine({"operation": "or", "name": "first"})
    assert loops.selection.tolist() == [1, 2, 3]


def test_regions_are_selected_by_their_names(loops, host):
    loops.selection = ["region 3", "region 7"]
    assert loops.selection.tolist() == [3, 7]
    loops.selection = np.array(["region 1"])
    assert loops.selection.tolist() == [1]
    with pytest.raises(traitlets.TraitError, match='no region is called "x"'):
        loops.selection = ["region 1", "x"]
    assert loops.selection.tolist() == [1]
    host.names = []
    with pytest.raises(traitlets.TraitError, match="have no names"):
        loops.selection = ["region 1"]


def test_a_mask_has_one_value_per_region(loops):
    loops.selection = np.arange(10) > 7
    assert loops.selection.tolist() == [8, 9]
    with pytest.raises(traitlets.TraitError, match="one value per region: 10, not 9"):
        loops.selection = np.arange(9) > 7


def test_annotations_are_offered_with_their_range(loops, host):
    host.annotated = {
        "score": ((), [0, 1, 2, 3, np.nan, 5, 6, 7, 8, 9]),
        "class": (("a", "b"), [0, 1] * 5),
        "empty": ((), [np.nan] * 10),
    }
    commands = comparison_commands(loops)
    offered = commands["annotations"]({}).payload["annotations"]
    assert offered == [{"name": "score", "low": 0.0, "high": 9.0}]
    commands["select_where"]({"annotation": "score", "at_least": 8, "at_most": None})
    assert loops.selection.tolist() == [8, 9]
    with pytest.raises(InputError, match="number"):
        commands["select_where"]({"annotation": "score", "at_least": "8"})


def test_another_region_set_is_shown_beside_with_the_same_views(loops, host):
    first = loops.add("pileup", "control", binsize=5_000, vmax=2.0)
    loops.add("profile", "CTCF", side="right")
    beside = loops.show_beside("peaks")
    assert [view.kind for view in beside.views] == ["pileup", "profile"]
    assert (beside.views[0].binsize, beside.views[0].vmax) == (first.binsize, 2.0)
    assert beside.views[1].side == ""
    assert beside.flank == 100_000
    assert not beside.can_undo
    third = beside.show_beside("peaks")
    assert loops.beside.startswith("anywidget:")
    board = loops._board
    assert board.comparisons == [loops, beside, third]
    with pytest.raises(NotFound):
        loops.show_beside("nowhere")


def test_a_moved_view_leaves_its_place_and_takes_the_one_it_is_dropped_on(loops, peaks):
    board = Board(loops, peaks)
    view = loops.add("pileup", "control", vmin=0.5)
    other = peaks.add("profile", "CTCF")
    moved = board.move(view, peaks, 0)
    assert loops.views == []
    assert peaks.views == [moved, other]
    assert moved.vmin == 0.5
    assert board.move(other, peaks, 0) is other
    assert peaks.views == [other, moved]
    with pytest.raises(NotFound):
        board.move(view, peaks)


def test_open_comparisons_offer_what_comes_into_the_catalog(loops, peaks, host):
    view = loops.add("pileup", "control", binsize=5_000)
    loops.selection = [1, 2]
    host.records[8] = record(
        8, "regions", "new peaks", dims=1, region_kind="point", n_regions=4
    )
    host.records[9] = record(9, "contact_map", "second", resolutions=(10_000,))
    host.records[3] = record(3, "contact_map", "renamed", resolutions=(5_000, 10_000, 50_000))
    host.changed()
    for comparison in (loops, peaks):
        assert "new peaks" in [option["name"] for option in comparison.region_options]
    names = [option["name"] for option in view.feature_options]
    assert {"renamed", "second"} <= set(names)
    assert (view.binsize, view.status) == (5_000, "ready")
    assert loops.selection.tolist() == [1, 2]
    del host.records[1]
    host.changed()
    assert loops.regions.name == "loops"
    assert len(host.feeds) == 1
    loops.close()
    peaks.close()
    host.changed()
    assert not host.feeds[0].alive
    loops = Comparison(host, "peaks", 100_000)
    assert host.feeds[1].alive
