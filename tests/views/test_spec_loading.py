"""All data of a saved comparison are asked for before any of them is there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets.views.comparison import Comparison


def test_everything_is_asked_at_once():
    c = Comparison(FakeHost(at_once=True), "loops", 100_000)
    c.add("pileup", "control")
    c.add("pileup", "knock-out")
    c.add("profile", ["CTCF", "H3K27ac"])
    host = FakeHost()
    again = Comparison.from_spec(host, c.spec)
    assert [view.status for view in again.views] == ["computing"] * 3
    assert len({ask.key for ask in host.asks}) == len(host.asks) == 4
    assert not any(ask.cancelled for ask in host.asks)
    for ask in reversed(host.asks):
        ask.answer()
    again.wait(10)
    assert again.spec == c.spec


def test_one_that_fails_leaves_the_others():
    c = Comparison(FakeHost(at_once=True), "loops", 100_000)
    for name in ("control", "knock-out"):
        c.add("pileup", name)
    spec = c.spec
    host = FakeHost()
    del host.records[4]
    again = Comparison.from_spec(host, spec)
    (ask,) = host.asks
    ask.answer()
    again.wait(10)
    assert [view.status for view in again.views] == ["ready", "empty"]
    assert "“knock-out” is missing" in again.missing
    assert again.spec["datasets"]["4"] == spec["datasets"]["4"]
