"""Cells, the browser, finished tasks and the catalog at the same time: one right picture.

Every seed is another schedule. Threads do what a cell, a browser's message, a worker and
somebody else's change of the catalog do, in an order of the seed's own, with pauses that let
them meet everywhere. Afterwards every view has to show exactly what its settings say.
"""

import contextlib
import dataclasses
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets import Board
from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import rows, stackup
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.comparison_commands import comparison_commands
from hicognition_widgets.views.delivery import post
from hicognition_widgets.views.payload import encode, result_key

FLANKS = [50_000, 100_000, 200_000]


def value_of(key):
    """A number that tells which question an answer belongs to."""
    return 1.0 + (sum(map(ord, key)) % 97) / 10


class Hesitating(FakeHost):
    """Takes its time where a real one reads the database, so that others come between."""

    def __init__(self, seed):
        self.order = np.random.default_rng([seed, 9])
        self.guard = threading.Lock()
        super().__init__()

    def pause(self):
        with self.guard:
            seconds = self.order.random() ** 4 * 0.002
        time.sleep(seconds)

    def request(self, *args, **parameters):
        found = super().request(*args, **parameters)
        self.pause()
        return found

    def ask(self, request):
        self.pause()
        return super().ask(request)


class Workers(threading.Thread):
    """Answers open questions in an order of its own, and fails none."""

    def __init__(self, host, seed):
        super().__init__(daemon=True)
        self.host, self.order, self.over = host, np.random.default_rng(seed), False

    def run(self):
        while True:
            waiting = [ask for ask in list(self.host.asks) if not ask.done()]
            if not waiting and self.over:
                return
            if waiting:
                ask = waiting[int(self.order.integers(len(waiting)))]
                ask.answer(value_of(ask.key))
            time.sleep(self.order.random() * 0.0004)


def slow(function, host):
    def hesitates(*args, **options):
        found = function(*args, **options)
        host.pause()
        return found

    return hesitates


def cell(one, two, views, order):
    match int(order.integers(8)):
        case 0:
            one.flank = int(order.choice(FLANKS))
        case 1:
            one.selection = order.random(10) > 0.6
        case 2:
            one.set_regions(str(order.choice(["loops", "peaks"])))
        case 3:
            views[0].normalization = str(order.choice(["oe", "balanced"]))
        case 4:
            views[0].features = [str(order.choice(["3", "4"]))]
        case 5:
            one.undo()
        case 6:
            one.redo()
        case 7:
            two.flank = int(order.choice(FLANKS))


def browser(one, two, views, order):
    view = views[int(order.integers(len(views)))]
    match int(order.integers(6)):
        case 0:
            view.set_state({"vmin": -float(order.random()), "hand": f"h{order.integers(3)}"})
        case 1:
            sizes = [size for size in view.bin_options if size]
            if sizes:
                view.set_state({"binsize": int(order.choice(sizes))})
        case 2:
            views[2].set_state({"ascending": bool(order.integers(2))})
        case 3:
            view._pick({"rows": sorted(set(order.integers(10, size=3).tolist()))})
        case 4:
            place = {"view_id": view.view_id, "to": int(order.integers(4))}
            comparison_commands(one)["move_view"](place)
        case 5:
            views[2].set_state({"sort_by": str(order.choice(["center", "input", "random"]))})


def catalog(host, one, order):
    name = f"map {order.integers(3)}"
    host.records[4] = dataclasses.replace(host.records[4], name=name)
    host.changed()


@pytest.mark.parametrize("seed", range(40))
def test_the_last_picture_is_what_the_settings_say(seed, monkeypatch):
    host = Hesitating(seed)
    one, two = Comparison(host, "loops", 100_000), Comparison(host, "peaks", 100_000)
    Board(one, two, link_flanks=True)
    views = [
        one.add("pileup", "control", binsize=10_000),
        one.add("profile", "CTCF", binsize=10_000),
        one.add("stackup", "CTCF", binsize=10_000),
        two.add("pileup", "control", binsize=10_000),
        two.add("stackup", "H3K27ac", binsize=10_000),
    ]
    two.link_scale(views[0], views[3])
    workers = Workers(host, seed)
    workers.start()
    start = threading.Barrier(3)

    def turn(what, number):
        # what goes wrong in here is a warning of pytest, and warnings are errors
        order = np.random.default_rng([seed, number])
        start.wait(20)
        for _ in range(12):
            with contextlib.suppress(HiCognitionError):  # what is refused changes nothing
                what(order)
            time.sleep(order.random() * 0.0004)

    acts = [
        lambda order: cell(one, two, views[:3], order),
        lambda order: browser(one, two, views[:3], order),
        lambda order: post(catalog, host, one, order),
    ]
    monkeypatch.setattr(stackup, "overview", slow(stackup.overview, host))
    threads = [threading.Thread(target=turn, args=(act, i)) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "deadlock"
    done = threading.Event()
    post(done.set)
    assert done.wait(60)
    workers.over = True
    workers.join(60)
    assert not workers.is_alive()
    for _ in range(2):  # what was delivered may have asked for more
        drained = threading.Event()
        post(drained.set)
        assert drained.wait(60)
    for comparison in (one, two):
        for view in comparison.views:
            assert_shows_its_settings(view, comparison)
    if views[3].giver("scale") is not None:
        assert views[3].normalization == views[0].normalization
    assert two.flank == one.flank


def assert_shows_its_settings(view, comparison):
    view.wait(30)
    assert view.status == "ready", view.message
    assert view.flank == comparison.flank
    assert view.regions.id == comparison.regions.id
    wanted = comparison.selection
    assert (view.selected is None) == (wanted is None)
    if wanted is not None:
        np.testing.assert_array_equal(view.selected, wanted)
    asked = ";".join(request.key for request in view.requests())
    assert view.result["key"] == asked
    settings = {name: getattr(view, name) for name in ("kind", *view.kept)}
    assert view.result["meta"]["answers"] == result_key(settings)
    arrays = view.result["arrays"]
    results = view.results
    assert ";".join(result.key for result in results) == asked
    if view.kind == "pileup":
        assert_same(arrays["mean"], results[0].arrays["mean"])
        assert float(results[0].arrays["mean"][0, 0]) == value_of(view.requests()[0].key)
    if view.kind == "stackup":
        order = own_order(view, results[0])
        assert_same(arrays["order"], order.astype(np.int32))


def own_order(view, result: StoredResult):
    values = np.asarray(result.arrays["rows"])
    bins = values.shape[1]
    order = rows.row_order(values, view.sort_by, ascending=view.ascending, body=view.body(bins))
    return rows.arranged(order, selected=view.selected).order


def assert_same(wire, array):
    expected = encode(np.asarray(array))
    assert wire["shape"] == expected["shape"]
    assert bytes(wire["data"]) == bytes(expected["data"])
