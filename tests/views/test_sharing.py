"""Views that share scales and orders of rows."""

import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets import Board
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.export.panels import Panel
from hicognition_widgets.export.scales import limits_in_force
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.comparison_commands import comparison_commands
from hicognition_widgets.views.session import Session
from hicognition_widgets.views.session_spec import session_spec


@pytest.fixture
def host():
    return FakeHost(at_once=True)


@pytest.fixture
def c(host):
    return Comparison(host, "peaks", 100_000)


def pileups(c, n=2, **settings):
    names = ["control", "knock-out", "control"]
    return [c.add("pileup", names[i], binsize=10_000, **settings) for i in range(n)]


def answer(host, view, value):
    """Let the last question of a view be answered by another picture."""
    view.recompute()
    host.asks[-1].answer(value)


def test_a_taker_follows_limits_log_colours_and_normalization(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    donor.vmin, donor.vmax = -0.5, 1.5
    assert (taker.vmin, taker.vmax) == (-0.5, 1.5)
    donor.cmap, donor.symmetric = "magma", False
    assert (taker.cmap, taker.symmetric) == ("magma", False)
    donor.normalization = "balanced"
    assert taker.normalization == "balanced"
    assert taker.results[0].key.endswith("normalization=balanced;side=None")
    donor.scale = "linear"
    assert taker.scale == "linear"


def test_automatic_limits_of_the_donor_are_those_of_the_taker():
    host = FakeHost()
    c = Comparison(host, "peaks", 100_000)
    donor, taker = pileups(c, scale="linear", normalization="balanced")
    rng = np.random.default_rng(4)
    means = {}
    for ask in host.asks:
        ask.answer()
        means[ask.request.features[0].name] = ask._value.arrays["mean"]
        ask._value.arrays["mean"][:] = rng.lognormal(size=ask._value.arrays["mean"].shape)
    donor.recompute()
    host.asks[-1].settle(host.asks[0]._value)
    donor.wait(5)
    c.link_scale(donor, taker)
    wanted = np.percentile(donor.data, [1, 99])
    np.testing.assert_allclose([taker.vmin, taker.vmax], wanted, rtol=1e-6)
    assert (donor.vmin, donor.vmax) == (None, None)


def test_released_views_go_back_to_their_own(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    donor.vmin, donor.vmax = -2.0, 2.0
    c.unlink_scale(taker)
    assert (taker.vmin, taker.vmax) == (None, None)
    assert taker.shares == donor.shares == {}
    donor.vmax = 3.0
    assert taker.vmax is None
    assert c.links == []


def test_marks_tell_role_group_and_name(c):
    first, second, third = pileups(c, 3)
    fourth = c.add("pileup", "control", title="late")
    c.link_scale(first, second)
    c.link_scale(fourth, third)
    assert first.shares["scale"] == {"role": "donor", "group": 0, "names": ["knock-out"]}
    assert second.shares["scale"] == {"role": "recipient", "group": 0, "names": ["control"]}
    assert third.shares["scale"] == {"role": "recipient", "group": 1, "names": ["late"]}
    c.unlink_scale(second)
    c.link_scale(first, second)
    assert first.shares["scale"]["group"] == 0


def test_whoever_takes_gives_to_nobody(c):
    first, second, third = pileups(c, 3)
    c.link_scale(first, second)
    c.link_scale(second, third)
    assert [(link.donor, link.recipient) for link in c.links] == [
        (first, second),
        (first, third),
    ]
    with pytest.raises(InputError, match="other way round"):
        c.link_scale(second, first)
    other = c.add("pileup", "control", binsize=10_000)
    c.link_scale(other, first)
    assert {(link.donor, link.recipient) for link in c.links} == {
        (other, first),
        (other, second),
        (other, third),
    }


def test_only_views_of_one_unit_share(c):
    pileup = c.add("pileup", "control")
    line = c.add("profile", "CTCF", binsize=10_000)
    stack = c.add("stackup", "CTCF", binsize=10_000)
    with pytest.raises(InputError, match="unit"):
        c.link_scale(pileup, stack)
    with pytest.raises(InputError, match="itself"):
        c.link_scale(pileup, pileup)
    with pytest.raises(InputError, match="no other"):
        c.link_scale(pileup)
    c.link_scale(line, stack)
    line.vmin, line.vmax = 0.0, 7.0
    assert (stack.vmin, stack.vmax) == (0.0, 7.0)
    with pytest.raises(InputError, match="only stackups"):
        c.link_order(line, stack)
    line.normalized = True
    assert c.links == []
    stranger = Comparison(c.host, "peaks", 100_000).add("pileup", "control")
    with pytest.raises(NotFound):
        c.link_scale(stranger, pileup)


def test_whoever_sets_a_scale_of_its_own_leaves(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    taker.vmax = 9.0
    assert c.links == []
    donor.vmax = 2.0
    assert taker.vmax == 9.0


def test_same_for_all(c):
    first, second, third = pileups(c, 3)
    c.add("profile", "CTCF", binsize=10_000)
    c.link_scale(second, third)
    c.link_scale(first)
    assert {link.recipient for link in c.links} == {second, third}
    assert {link.donor for link in c.links} == {first}


def test_links_go_with_a_removed_view_and_come_back_with_it(c):
    donor, taker = pileups(c)
    donor.vmin, donor.vmax = -1.0, 1.0
    c.link_scale(donor, taker)
    c.remove(donor)
    assert c.links == []
    assert taker.shares == {}
    assert (taker.vmin, taker.vmax) == (None, None)
    c.undo()
    assert c.links == [("scale", donor, taker)]
    assert (taker.vmin, taker.vmax) == (-1.0, 1.0)
    donor.vmax = 3.0
    assert taker.vmax == 3.0


def test_linking_is_a_step(c):
    donor, taker = pileups(c)
    taker.vmin, taker.vmax, taker.cmap = 0.0, 5.0, "viridis"
    donor.vmin, donor.vmax = -1.0, 1.0
    c.link_scale(donor, taker)
    assert (taker.vmin, taker.cmap) == (-1.0, "")
    c.undo()
    assert c.links == []
    assert (taker.vmin, taker.vmax, taker.cmap) == (0.0, 5.0, "viridis")
    c.redo()
    assert c.links == [("scale", donor, taker)]
    assert (taker.vmin, taker.vmax, taker.cmap) == (-1.0, 1.0, "")


def test_what_a_taker_follows_is_no_step_of_its_own(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    donor.vmin, donor.vmax = -1.0, 1.0
    c.undo()
    assert (donor.vmax, taker.vmin) == (None, -1.0)
    c.undo()
    assert donor.vmin is None
    c.undo()
    assert c.links == []


def test_links_reach_over_the_comparisons_of_a_board(host):
    one, two = Comparison(host, "loops", 100_000), Comparison(host, "peaks", 200_000)
    board = Board(one, two)
    donor, taker = pileups(one, 1)[0], pileups(two, 1)[0]
    two.link_scale(donor, taker)
    assert board.links == [("scale", donor, taker)]
    assert one.links == board.links
    donor.vmin, donor.vmax = 0.0, 1.0
    assert (taker.vmin, taker.vmax) == (0.0, 1.0)
    moved = board.move(taker, one)
    assert board.links == [("scale", donor, moved)]
    back = board.move(donor, two)
    assert board.links == [("scale", back, moved)]
    back.vmax = 5.0
    assert moved.vmax == 5.0
    board.remove(two)
    assert one.links == []


def test_a_taker_shows_the_rows_in_the_order_of_the_donor(host, c):
    donor = c.add("stackup", "CTCF", binsize=10_000)
    taker = c.add("stackup", "H3K27ac", binsize=10_000, sort_by="input", ascending=True)
    own = taker.to_frame()["region"].tolist()
    c.link_order(donor, taker)
    assert taker.to_frame()["region"].tolist() == donor.to_frame()["region"].tolist()
    assert taker.to_frame()["region"].tolist() != own
    donor.ascending = True
    assert taker.to_frame()["region"].tolist() == donor.to_frame()["region"].tolist()
    assert taker.shares["order"]["role"] == "recipient"
    c.selection = [2, 3]
    assert taker.to_frame()["region"].tolist()[:2] == donor.to_frame()["region"].tolist()[:2]
    c.selection = None
    c.undo()
    c.undo()
    c.unlink_order(taker)
    assert taker.to_frame()["region"].tolist() == own


def test_an_order_is_shared_for_one_region_set(host):
    one, two = Comparison(host, "loops", 100_000), Comparison(host, "peaks", 100_000)
    board = Board(one, two)
    donor = one.add("stackup", "CTCF", binsize=10_000)
    taker = two.add("stackup", "CTCF", binsize=10_000)
    with pytest.raises(InputError, match="one region set"):
        board.link_order(donor, taker)
    two.set_regions("loops")
    board.link_order(donor, taker)
    two.set_regions("peaks")
    assert board.links == []
    twin = one.add("stackup", "H3K27ac", binsize=10_000)
    one.link_order(donor, twin)
    one.set_regions("peaks")
    assert one.links == [("order", donor, twin)]


def test_specs_keep_links(host, c):
    first, second, third = pileups(c, 3)
    stack, other = (c.add("stackup", name, binsize=10_000) for name in ("CTCF", "H3K27ac"))
    c.link_scale(first, second, third)
    c.link_order(other, stack)
    assert c.spec["links"] == {"scale": [[0, 1], [0, 2]], "order": [[4, 3]]}
    again = Comparison.from_spec(host, c.spec)
    assert again.spec == c.spec
    again.views[0].vmax = 4.0
    assert again.views[2].vmax == 4.0


@pytest.mark.parametrize(
    ("links", "where"),
    [
        ({"scale": [[0, 9]]}, r"links.scale\[0\]"),
        ({"scale": [[0, 0]]}, r"links.scale\[0\]"),
        ({"scale": [[0, 1], [1, 2]]}, r"links.scale\[0\]"),
        ({"scale": [[0, 1], [2, 1]]}, r"links.scale\[1\]"),
        ({"scale": [[0, 3]]}, r"links.scale\[0\].*unit"),
        ({"order": [[0, 1]]}, r"links.order\[0\].*stackups"),
        ({"scale": [[0]]}, r"links.scale\[0\]"),
        ({"scale": [["a", 1]]}, r"links.scale\[0\]\[0\]"),
        ({"colour": []}, r"links.colour"),
    ],
)
def test_links_that_cannot_be_are_refused(host, c, links, where):
    pileups(c, 3)
    c.add("profile", "CTCF", binsize=10_000)
    with pytest.raises(InputError, match=where):
        Comparison.from_spec(host, c.spec | {"links": links})


def test_code_rebuilds_links(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    code = c.to_code()
    assert "v1 = c.add('pileup', 'ann/control'" in code
    assert "c.link_scale(v1, v2)" in code
    assert "vmax" not in code
    compile(code, "cell", "exec")


def test_the_browser_links_by_reference(c):
    donor, taker = pileups(c)
    line = c.add("profile", "CTCF")
    commands = comparison_commands(c)
    refs = [f"anywidget:{view.model_id}" for view in (donor, taker, line)]
    reply = commands["donors"]({"shared": "scale", "view": refs[1]})
    assert reply.payload == {"refs": [refs[0]]}
    commands["link_view"]({"shared": "scale", "view": refs[1], "donor": refs[0]})
    assert c.links == [("scale", donor, taker)]
    commands["unlink_view"]({"shared": "scale", "view": refs[0]})
    assert c.links == []
    commands["link_all"]({"shared": "scale", "view": refs[0]})
    assert c.links == [("scale", donor, taker)]
    with pytest.raises(InputError, match="share"):
        commands["donors"]({"shared": "colour", "view": refs[0]})
    with pytest.raises(NotFound):
        commands["link_all"]({"shared": "scale", "view": "anywidget:x"})


def test_a_board_links_bins_and_scales(host):
    one, two = Comparison(host, "loops", 100_000), Comparison(host, "peaks", 200_000)
    board = Board(one, two)
    here, there = (c.add("pileup", "control", binsize=10_000) for c in (one, two))
    here.binsize = 50_000
    assert there.binsize == 10_000
    board.link_bins = True
    assert there.binsize == 50_000
    there.binsize = 10_000
    assert here.binsize == 10_000
    board.link_scales = True
    assert board.links == [("scale", here, there)]
    new = two.add("pileup", "control", binsize=10_000)
    assert new.shares["scale"]["role"] == "recipient"
    two.add("pileup", "knock-out", binsize=10_000)
    board.link_scales = False
    assert board.links == []


def test_a_donor_changed_on_many_threads_at_once_ends_the_same_everywhere(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    start = threading.Barrier(3)

    def turn(seed):
        order = np.random.default_rng(seed)
        start.wait(10)
        for _ in range(15):
            donor.vmin, donor.vmax = -order.random(), order.random()
            if order.random() < 0.2:
                donor.scale = "linear" if donor.scale == "log2" else "log2"

    threads = [threading.Thread(target=turn, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert taker.scale == donor.scale
    donor.vmin, donor.vmax = -1.0, 1.0
    assert (taker.vmin, taker.vmax) == (-1.0, 1.0)


def test_sessions_keep_links_between_comparisons(host):
    one, two = Comparison(host, "loops", 100_000), Comparison(host, "peaks", 200_000)
    board = Board(one, two)
    pileups(one, 1)
    donor, taker = pileups(one, 1)[0], pileups(two, 1)[0]
    board.link_scale(donor, taker)
    spec = session_spec([one, two])
    assert spec["links"] == [{"shared": "scale", "donor": [0, 1], "recipient": [1, 0]}]
    opened = Session.opened(host, SimpleNamespace(spec=spec, name="kept"))
    again = opened[0].views[1]
    assert opened[1].views[0].giver("scale") is again
    again.vmin, again.vmax = -3.0, 3.0
    assert opened[1].views[0].vmax == 3.0
    assert session_spec(opened.comparisons)["links"] == spec["links"]
    for place in ([0, 2], [2, 0]):
        wrong = spec | {"links": [{"shared": "scale", "donor": place, "recipient": [1, 0]}]}
        with pytest.raises(InputError, match=r"links\[0\].donor"):
            Session.opened(host, SimpleNamespace(spec=wrong, name="kept"))


def test_a_shared_scale_goes_into_figures_and_pages(c):
    donor, taker = pileups(c)
    c.link_scale(donor, taker)
    donor.vmin, donor.vmax, donor.cmap = -0.25, 0.75, "viridis"
    panel = Panel.from_wire(taker.get_state(), taker.result)
    assert (panel.vmin, panel.vmax, panel.cmap) == (-0.25, 0.75, "viridis")
    assert limits_in_force(panel) == (-0.25, 0.75)
