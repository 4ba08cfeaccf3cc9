"""Settings in, request out, answer in: nothing but the current settings is ever shown."""

import gc
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets.errors import Cancelled, JobError, NotFound
from hicognition_widgets.views import answering, delivery
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.freshness import Watch
from hicognition_widgets.views.pileup import Pileup
from hicognition_widgets.views.profile import LineProfile
from hicognition_widgets.views.stackup import Stackup


@pytest.fixture
def host():
    return FakeHost()


def settle():
    """Wait until the delivery thread has done all it was given."""
    done = threading.Event()
    delivery.post(done.set)
    assert done.wait(10)


def test_a_view_without_a_feature_says_what_to_choose(host):
    view = Pileup(host, "loops", flank=100_000)
    assert view.status == "empty"
    assert view.message == "Choose a contact map."
    assert [option["name"] for option in view.feature_options] == ["control", "knock-out"]


def test_a_view_shows_its_answer(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    assert view.status == "computing"
    assert host.asks[0].request.parameters["binsize"] == 5_000
    host.asks[0].answer(1.5)
    assert view.status == "ready"
    assert view.data.shape == (41, 41)
    assert view.result["meta"]["axis"] == {
        "mode": "point",
        "flank": [100_000, 100_000],
        "binsize": 5_000,
        "size": 41,
    }
    assert view.to_frame()["mean"].eq(1.5).all()


def test_an_answer_from_the_store_is_shown_at_once():
    view = Pileup(FakeHost(at_once=True), "loops", "control", flank=100_000)
    assert view.status == "ready"


def test_answers_to_old_settings_are_dropped(host):
    view = Pileup(host, "loops", "control", flank=100_000, normalization="oe")
    view.normalization = "balanced"
    old, new = host.asks
    assert old.cancelled
    new.answer(2.0)
    old.answer(7.0)
    settle()
    assert view.data[0, 0] == 2.0


def test_the_bin_size_follows_the_flank_but_a_valid_choice_stays(host):
    view = Pileup(host, "loops", "knock-out", flank=200_000, binsize=50_000)
    view.flank = 400_000
    assert view.binsize == 50_000
    view.flank = 20_000
    assert view.binsize == 10_000
    assert len({ask.key for ask in host.asks}) == len(host.asks)


def test_a_usual_bin_of_a_narrow_flank_is_none_of_a_wide_one(host):
    view = Stackup(host, "peaks", "CTCF", flank=2_000)
    assert view.binsize == 50
    view.flank = 1_000_000
    assert view.binsize == 2_000, "20,000 bins a side are no picture"
    typed = Stackup(host, "peaks", "CTCF", flank=2_000, binsize=8)
    typed.flank = 400_000
    assert typed.binsize == 8, "somebody wanted that"


def test_a_bin_size_comes_back_after_a_flank_that_none_divides(host):
    view = Pileup(host, "loops", "control", flank=200_000, binsize=50_000)
    view.flank = 2_000
    assert (view.binsize, view.status) == (None, "empty")
    view.flank = 400_000
    assert view.binsize == 50_000


def test_a_flank_without_a_bin_size_says_so_and_recovers(host):
    view = Pileup(host, "loops", "control", flank=1_000)
    assert view.status == "empty"
    assert "another flank" in view.message
    view.flank = 50_000
    assert view.status == "computing"


def test_changing_what_is_only_drawn_asks_nothing(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    view.vmin, view.vmax, view.cmap, view.scale = -1, 1, "magma", "linear"
    assert len(host.asks) == 1


def test_limits_in_another_unit_are_forgotten(host):
    view = Pileup(host, "loops", "control", flank=100_000, vmin=-1.0, vmax=1.0)
    assert (view.vmin, view.vmax) == (-1.0, 1.0)
    view.normalization = "balanced"
    assert (view.vmin, view.vmax, view.symmetric) == (None, None, False)


def test_a_failure_keeps_its_sentence_and_can_be_retried(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    host.asks[0].fail(JobError("control.mcool: the file is truncated"))
    assert view.status == "failed"
    assert view.message == "control.mcool: the file is truncated"
    with pytest.raises(JobError, match="truncated"):
        view.wait()
    view.refresh(again=True)
    host.asks[1].answer()
    assert view.status == "ready"
    assert view.message == ""


def test_cancel_from_the_browser(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    sent = []
    view.send = lambda content, buffers=None: sent.append(content)
    message = {"v": 1, "id": 1, "kind": "command", "name": "cancel", "args": {}}
    view._handle_custom_msg(message, [])
    assert host.asks[0].cancelled
    host.asks[0].fail(Cancelled("stopped"))
    assert view.status == "failed"
    assert sent == [{"v": 1, "id": 1, "ok": True, "payload": {}}]


def test_an_answer_from_another_thread_arrives(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    thread = threading.Thread(target=host.asks[0].answer)
    thread.start()
    view.wait(10)
    thread.join()
    assert view.status == "ready"


def test_waiting_in_an_observer_does_not_hang(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    seen = []
    view.observe(lambda change: seen.append(view.data.shape), names=["result"])
    thread = threading.Thread(target=host.asks[0].answer)
    thread.start()
    thread.join()
    settle()
    assert seen == [(41, 41)]


def test_unknown_settings_and_names_are_refused(host):
    with pytest.raises(TypeError, match="no setting 'flnak'"):
        Pileup(host, "loops", "control", flnak=3)
    with pytest.raises(NotFound, match="nothing"):
        Pileup(host, "loops", "nothing")
    with pytest.raises(traitlets.TraitError, match="base pairs"):
        Pileup(host, "loops", "control", flank=-5)
    view = Pileup(host, "loops", "control", flank=100_000)
    with pytest.raises(traitlets.TraitError, match="finite"):
        view.vmin = float("nan")


def test_pairs_are_seen_from_one_side_in_views_of_tracks(host):
    view = LineProfile(host, "loops", ["CTCF", "H3K27ac"], flank=100_000)
    assert view.side == "left"
    assert [ask.request.parameters["side"] for ask in host.asks] == ["left", "left"]
    for ask in host.asks:
        ask.answer()
    assert view.data.shape[0] == 2
    assert [t["name"] for t in view.result["meta"]["tracks"]] == ["CTCF", "H3K27ac"]
    assert set(view.to_frame()["track"]) == {"CTCF", "H3K27ac"}
    view.side = "right"
    assert host.asks[-1].request.parameters["side"] == "right"


def test_intervals_have_percent_bins_and_no_flank(host):
    view = Stackup(host, "TADs", "CTCF")
    assert (view.flank, view.binsize, view.bin_percent) == (None, None, 2.0)
    assert view.sort_by == "region"
    assert host.asks[0].request.parameters == {"side": None, "bin_percent": 2.0}


def test_sorting_a_stackup_asks_nothing(host):
    view = Stackup(host, "peaks", "CTCF", flank=10_000, binsize=5_000)
    host.asks[0].answer()
    first = np.frombuffer(view.result["arrays"]["image"]["data"], "<f4").copy()
    view.ascending = True
    second = np.frombuffer(view.result["arrays"]["image"]["data"], "<f4")
    assert first.reshape(10, 4)[0].tolist() == second.reshape(10, 4)[-1].tolist()
    assert len(host.asks) == 1


def test_settings_of_traits_from_several_threads_end_on_the_last(host):
    view = Pileup(host, "loops", "control", flank=100_000)
    flanks = [50_000, 100_000, 200_000, 400_000]

    def turn(seed):
        for step in range(20):
            view.flank = flanks[(seed + step) % len(flanks)]

    threads = [threading.Thread(target=turn, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ask in list(host.asks):
        threading.Thread(target=ask.answer, args=(ask.request.parameters["flank"],)).start()
    view.flank = 150_000
    host.asks[-1].answer(150_000.0)
    view.wait(10)
    settle()
    assert view.data[0, 0] == 150_000.0


def test_what_another_thread_shows_meanwhile_is_not_called_computing(host, monkeypatch):
    view = Pileup(host, "loops", "control", flank=100_000)
    host.asks[-1].answer()
    view.wait(10)
    together = Pileup.one_message
    overtaking = []

    def overtake():
        view.flank = 200_000
        host.asks[-1].answer()

    def one_message(self):
        # the answer for ±50 kb is not there, which is about to be said
        if not overtaking and "flank=50000;" in view._asked[0]:
            overtaking.append(threading.Thread(target=overtake))
            overtaking[0].start()
            overtaking[0].join(0.5)  # whoever has to wait for us comes after us
        return together(self)

    monkeypatch.setattr(Pileup, "one_message", one_message)
    view.flank = 50_000
    overtaking[0].join(10)
    view.wait(10)
    settle()
    assert (view.status, view.flank) == ("ready", 200_000)


def test_a_comparison_keeps_one_flank(host):
    c = Comparison(host, "loops", flank=100_000)
    pileup = c.add("pileup", "control")
    profile = c.add("profile", ["CTCF"])
    assert (pileup.flank, profile.flank) == (100_000, 100_000)
    c.flank = 200_000
    assert (pileup.flank, profile.flank) == (200_000, 200_000)


def test_undo_brings_flank_and_removed_view_back_one_after_the_other(host):
    c = Comparison(host, "loops", flank=100_000)
    pileup = c.add("pileup", "control")
    c.remove(pileup)
    assert (c.views, c.status) == ([], "empty")
    c.flank = 200_000
    c.undo()
    assert (c.views, c.flank) == ([], 100_000)
    c.undo()
    assert c.views == [pileup]
    assert pileup.flank == 100_000
    assert c.can_redo


def test_moving_views(host):
    c = Comparison(host, "loops", flank=100_000)
    a, b, d = (c.add("pileup", "control") for _ in range(3))
    c.move(d, 0)
    assert c.views == [d, a, b]
    c.undo()
    assert c.views == [a, b, d]


def test_another_region_set_keeps_features_and_settings(host):
    c = Comparison(host, "loops", flank=100_000)
    view = c.add("pileup", "control", normalization="balanced")
    c.set_regions("peaks")
    assert view.features == ["3"]
    assert view.normalization == "balanced"
    assert host.asks[-1].request.regions.name == "peaks"
    c.set_regions("TADs")
    assert c.flank is None
    assert view.bin_percent == 2.0
    c.set_regions("loops")
    assert c.flank is not None
    assert view.flank == c.flank
    assert view.bin_percent is None


def test_a_comparison_prints_code_that_rebuilds_it(host):
    c = Comparison(host, "loops", flank=100_000)
    c.add("pileup", "control", normalization="balanced", vmax=2.0)
    c.add("profile", ["CTCF", "H3K27ac"], side="right")
    lines = c.to_code().splitlines()
    assert "c = ws.compare('ann/loops', flank=100000)" in lines
    assert any(
        line.startswith("c.add('pileup', 'ann/control'") and "normalization='balanced'" in line
        for line in lines
    )
    assert "side='right'" in c.to_code()
    namespace = {}
    source = (
        c.to_code()
        .replace("import hicognition_widgets as hcw", "")
        .replace("hcw.Workspace()", "host")
    )

    class Ws(FakeHost):
        def dataset(self, ref):
            return super().dataset(ref.removeprefix("ann/") if isinstance(ref, str) else ref)

        def compare(self, regions, flank=None, **kwargs):
            return Comparison(self, regions, flank, **kwargs)

    namespace["host"] = Ws()
    exec(source, namespace)  # noqa: S102 - the code under test
    assert namespace["c"].spec == c.spec


def test_closing_stops_waiting(host):
    c = Comparison(host, "loops", flank=100_000)
    c.add("pileup", "control")
    c.close()
    assert host.asks[0].cancelled


def test_a_view_that_has_left_the_page_is_collected_under_any_lock(monkeypatch):
    looks = Watch()
    looks._thread = threading.current_thread()  # nobody else holds the view meanwhile
    monkeypatch.setattr(answering, "watch", lambda: looks)
    view = Pileup(FakeHost(at_once=True), "loops", "control", flank=100_000)
    view.wait(10)
    gone = weakref.ref(view)
    view.leave_page()
    del view
    collected = threading.Event()

    def collect():
        with looks._lock:  # as when the collector runs while files are looked at
            gc.collect()
        collected.set()

    threading.Thread(target=collect, daemon=True).start()
    assert collected.wait(60), "deadlock"
    assert gone() is None
