"""One selection in every view."""

import dataclasses
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost, record

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views import delivery, rows
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.comparison_commands import comparison_commands
from hicognition_widgets.views.pileup import Pileup
from hicognition_widgets.views.profile import LineProfile
from hicognition_widgets.views.row_image import overview


def settle():
    done = threading.Event()
    delivery.post(done.set)
    assert done.wait(10)


@pytest.fixture
def host():
    return FakeHost(at_once=True)


@pytest.fixture
def comparison(host):
    found = Comparison(host, "loops", 100_000)
    found.add("pileup", "control", binsize=10_000)
    found.add("profile", "CTCF", binsize=10_000)
    found.add("stackup", "CTCF", binsize=10_000)
    return found


def last(host, analysis):
    return next(a.request for a in reversed(host.asks) if a.request.analysis == analysis)


@pytest.mark.parametrize(
    "given",
    [
        [7, 2, 2],
        np.array([2, 7]),
        [False, False, True, False, False, False, False, True, False, False],
    ],
)
def test_a_selection_is_rows_or_a_mask(comparison, given):
    comparison.selection = given
    assert comparison.selection.tolist() == [2, 7]
    assert comparison.selection_facts == {"count": 2, "total": 10, "name": ""}


@pytest.mark.parametrize("wrong", [[10], [-1], [0.5], "peaks", [[1, 2]]])
def test_rows_that_are_not_there_are_refused_and_change_nothing(comparison, wrong):
    comparison.selection = [1]
    with pytest.raises(traitlets.TraitError):
        comparison.selection = wrong
    assert comparison.selection.tolist() == [1]


def test_a_selection_can_be_observed_and_cleared(comparison):
    seen = []
    comparison.observe(lambda change: seen.append(change["new"]), names=["selection"])
    comparison.selection = [3]
    comparison.selection = []
    assert seen[0].tolist() == [3]
    assert seen[1] is None
    assert comparison.selection_facts["count"] is None


def test_averages_are_asked_for_the_selected_regions(comparison, host):
    comparison.selection = [2, 7]
    assert last(host, "pileup").parameters["subset"] == (2, 7)
    profiles = [
        a.request.parameters["subset"]
        for a in host.asks[-4:]
        if a.request.analysis == "profile"
    ]
    assert profiles == [(2, 7), (0, 1, 3, 4, 5, 6, 8, 9)]
    names = [track["name"] for track in comparison.views[1].result["meta"]["tracks"]]
    assert names == ["CTCF · selected", "CTCF · rest"]
    # what the status line tells is about both together
    meta = comparison.views[1].result["meta"]
    assert (meta["n_used"], meta["n_left_out"]) == (18, 2)
    assert meta["reasons"] == {"no data": 2}
    comparison.selection = None
    assert "subset" not in last(host, "pileup").parameters
    assert [track["name"] for track in comparison.views[1].result["meta"]["tracks"]] == ["CTCF"]


def test_a_stackup_shows_the_selected_rows_first(comparison, host):
    stackup = comparison.views[2]
    asked = len([a for a in host.asks if a.request.analysis == "stackup"])
    comparison.selection = [0, 9]
    assert stackup.to_frame()["region"].tolist()[:2] == [9, 0]
    blocks = stackup.result["meta"]["blocks"]
    assert [(block["name"], block["n"]) for block in blocks] == [("selected", 2), ("rest", 8)]
    assert len([a for a in host.asks if a.request.analysis == "stackup"]) == asked


def test_a_new_view_knows_the_selection(comparison, host):
    comparison.selection = [4]
    comparison.add("pileup", "knock-out", binsize=10_000)
    assert last(host, "pileup").parameters["subset"] == (4,)


def test_another_region_set_has_no_selection(comparison):
    comparison.selection = [4]
    comparison.set_regions("peaks")
    assert comparison.selection is None
    assert all(view.selected is None for view in comparison.views)


def test_what_is_picked_in_one_view_is_selected_in_all(comparison):
    comparison.views[2]._commands()["select"]({"rows": [5, 1]})
    assert comparison.selection.tolist() == [1, 5]
    assert comparison.views[0].selected.tolist() == [1, 5]
    with pytest.raises(InputError, match="row numbers"):
        comparison.views[2]._commands()["select"]({"rows": [99]})
    comparison_commands(comparison)["clear_selection"]({})
    assert comparison.selection is None


def test_a_view_alone_selects_for_itself(host):
    view = Pileup(host, "loops", "control", flank=100_000, binsize=10_000)
    view._commands()["select"]({"rows": [3]})
    assert view.selected.tolist() == [3]
    assert last(host, "pileup").parameters["subset"] == (3,)


def test_kept_selections_are_combined(comparison):
    comparison.selection = [1, 2, 3]
    comparison.keep_selection("first")
    comparison.selection = [3, 4]
    comparison.combine_selection("and", "first")
    assert comparison.selection.tolist() == [3]
    comparison.combine_selection("or", "first")
    assert comparison.selection.tolist() == [1, 2, 3]
    comparison.selection = [0, 1]
    comparison.combine_selection("not", "first")
    assert comparison.selection.tolist() == [0]
    with pytest.raises(NotFound, match="first"):
        comparison.combine_selection("or", "second")
    comparison.selection = None
    with pytest.raises(InputError, match="nothing is selected"):
        comparison.keep_selection("none")


def test_a_selection_becomes_a_region_set(comparison, host):
    comparison.selection = [2, 7]
    made = comparison_commands(comparison)["create_region_set"]({"name": "strong"})
    assert made.payload["name"] == "strong"
    assert host.created == [("loops", [2, 7], "strong")]
    comparison.selection = None
    with pytest.raises(InputError, match="nothing is selected"):
        comparison.create_region_set("none")


def test_blocks_of_rows_are_never_averaged_together():
    values = np.repeat([[1.0], [2.0]], [30, 70], axis=0).astype(np.float32)
    order = np.arange(100)
    shown = rows.arranged(order, selected=np.arange(30))
    lines, means = overview(values, shown.order, shown.sizes, lines=7)
    assert lines.per_block == (2, 5)
    assert lines.image[:, 0].tolist() == [1, 1, 2, 2, 2, 2, 2]
    assert lines.edges[[0, 2, -1]].tolist() == [0, 30, 100]
    assert means[:, 0].tolist() == [1, 2]
    all_chosen = rows.arranged(order, selected=order)
    assert [(b.name, b.n) for b in all_chosen.blocks] == [("selected", 100)]
    first = rows.arranged(np.array([3, 1, 0, 2]), selected=np.array([0, 1]))
    assert first.order.tolist() == [1, 0, 3, 2]


def test_kept_selections_are_chosen_by_name(comparison):
    comparison.selection = [1, 2, 3]
    comparison_commands(comparison)["keep_selection"]({"name": "first"})
    assert comparison.selection_facts["name"] == "first"
    comparison.selection = [5]
    assert comparison.selection_facts["name"] == ""
    comparison_commands(comparison)["choose_selection"]({"name": "first"})
    assert comparison.selection.tolist() == [1, 2, 3]
    assert comparison.selections == ["first"]
    comparison.choose_selection("")
    assert comparison.selection is None
    with pytest.raises(NotFound):
        comparison.choose_selection("second")


def test_no_one_sees_a_selection_without_the_name_it_is_chosen_by(comparison):
    comparison.selection = [1, 2, 3]
    comparison.keep_selection("first")
    comparison.selection = [5]
    seen: list[dict[str, object]] = []
    comparison.observe(lambda change: seen.append(change["new"]), "selection_facts")
    comparison.choose_selection("first")
    assert [(facts["count"], facts["name"]) for facts in seen] == [(3, "first")]
    comparison.selection = [5]
    comparison.undo()
    assert seen[-1]["name"] == "first"
    comparison.selection = [5]
    comparison.selection = [1, 2, 3]
    assert seen[-1]["name"] == "first"
    comparison.set_regions("peaks")
    comparison.selection = [1, 2, 3]
    assert seen[-1]["name"] == ""


def test_a_kept_name_that_is_taken_back_is_shown_no_more(comparison):
    comparison.selection = [1, 2, 3]
    comparison.keep_selection("first")
    comparison.undo()
    assert comparison.selections == []
    assert comparison.selection_facts["name"] == ""
    comparison.redo()
    assert comparison.selection_facts["name"] == "first"


def test_views_that_have_to_ask_are_told_before_rows_are_drawn(host):
    comparison = Comparison(host, "loops", 100_000)
    stackup = comparison.add("stackup", "CTCF", binsize=10_000)
    comparison.add("pileup", "control", binsize=10_000)
    asked: list[object] = []
    stackup.observe(
        lambda _change: asked.append(last(host, "pileup").parameters.get("subset")), "result"
    )
    comparison.selection = [2, 7]
    settle()
    assert asked
    assert asked[0] == (2, 7)


def test_a_selection_keeps_the_order_within_its_blocks(comparison, monkeypatch):
    view = comparison.views[2]
    before = view.row_order().tolist()
    sorted_anew: list[str] = []
    monkeypatch.setattr(rows, "row_order", lambda *_args, **_more: sorted_anew.append("again"))
    comparison.selection = [2, 7]
    after = view.row_order().tolist()
    assert sorted_anew == []
    assert after[:2] == [row for row in before if row in (2, 7)]
    assert after[2:] == [row for row in before if row not in (2, 7)]


def test_lines_are_of_the_selection_though_the_region_set_is_read_again(host, monkeypatch):
    host.records[8] = record(8, "regions", "few", dims=2, region_kind="point", n_regions=10)
    comparison = Comparison(host, "loops", 100_000)
    view = comparison.add("profile", "CTCF", binsize=10_000, versus="few")
    other = LineProfile.other.fget

    def read_again(view):
        # a change of the catalog arrives meanwhile: the same region set as another record
        view.regions = dataclasses.replace(view.regions)
        return other(view)

    monkeypatch.setattr(LineProfile, "other", property(read_again))
    comparison.selection = [2, 7]
    view.wait(10)
    names = [track["name"] for track in view.result["meta"]["tracks"]]
    assert names == ["CTCF · loops · selected", "CTCF · loops · rest", "CTCF · few"]
