"""One region by itself: which one, what is read of it, and what the browser is told."""

from __future__ import annotations

import sys
import threading
import types
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import NOW, FakeHost, record

from hicognition_widgets.catalog import CollectionRecord
from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.genome.nearby import NearbyIndex
from hicognition_widgets.jobs import Closeup
from hicognition_widgets.views import commands, details_commands, higlass_view
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.details_commands import facts, members, snippet, tracks
from hicognition_widgets.views.looking import Scene

PEAKS = pd.DataFrame(
    {
        "chrom": ["chr1"] * 5 + ["chr2"] * 5,
        "start": np.arange(10) * 100_000 + 50_000,
        "end": np.arange(10) * 100_000 + 50_200,
        "name": ['<img src=x onerror="alert(1)">', *"bcdefghij"],
        "score": [1.5, np.nan, *range(8)],
    }
)
LOOPS = pd.DataFrame(
    {f"{name}{side}": PEAKS[name] + shift if shift else PEAKS[name]
     for side, shift in (("1", 0), ("2", 300_000))
     for name in ("start", "end")}
).assign(chrom1="chr1", chrom2="chr1")  # fmt: skip


class Host(FakeHost):
    """Has the regions' places, and makes up what is read of one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[tuple[object, int]] = []
        self.tables = {"peaks": PEAKS, "loops": LOOPS, "TADs": PEAKS}
        self.gone: set[str] = set()
        self.groups = [
            CollectionRecord(
                id=7, name="sites", owner="ann", created=NOW, updated=NOW,
                kind="regions", assembly="mm9", assembly_id=1,
                members=(self.records[2], self.records[7]),
            )
        ]  # fmt: skip

    def collections_on(self, assembly, kind):
        return self.groups if kind == "regions" else super().collections_on(assembly, kind)

    def collection(self, ref):
        return next(
            one for one in (*self.groups, *self.collections) if ref in (one.id, one.name)
        )

    def region_table(self, regions):
        return self.tables[regions.name]

    def nearby_index(self, regions):
        if regions.name in self.gone:
            raise FileError("/data/x", f'the file of "{regions.name}" is gone')
        return NearbyIndex.of(self.tables[regions.name])

    def closeup(self, request, row):
        feature = request.features[0]
        if feature.name in self.gone:
            raise FileError("/data/x", f'the file of "{feature.name}" is gone')
        self.read.append((request, row))
        size = request.parameters
        if request.analysis == "pileup":
            side = 2 * (size["flank"] // size["binsize"]) + 1 if "flank" in size else 70
            return Closeup(
                np.full((side, side), row, dtype=np.float32), size.get("binsize"), ""
            )
        bins = 2 * size["flank"] // size["binsize"] if "flank" in size else 70
        return Closeup(np.full(bins, row, dtype=np.float32), size.get("binsize"), "")


@pytest.fixture
def host():
    return Host()


@pytest.fixture
def comparison(host):
    found = Comparison(host, "peaks", 100_000)
    found.add("pileup", "control", binsize=10_000, normalization="balanced")
    found.add("profile", ["CTCF", "H3K27ac"], binsize=5_000)
    found.add("stackup", "CTCF", binsize=2_000)
    return found


def scene_of(comparison) -> Scene:
    return comparison.looker.scene()


# -- from Python ---------------------------------------------------------------------------


def test_details_have_everything_about_a_region(comparison, host):
    host.annotated = {"height": ((), np.arange(10) / 2), "class": (("a", "b"), [1, np.nan] * 5)}
    one = comparison.details(3)
    assert one.row == 3
    assert [(x.chrom, x.start, x.end, x.window) for x in one.loci] == [
        ("chr1", 350_000, 350_200, (250_100, 450_100))
    ]
    assert one.loci[0].text == "chr1:350,001-350,200"
    assert one.columns == {"name": "d", "score": "1.0"}
    assert one.annotations == {"height": 1.5, "class": None}
    assert (one.contact_map, one.binsize, one.normalization) == ("control", 10_000, "balanced")
    np.testing.assert_array_equal(one.snippet, np.full((21, 21), 3))
    assert one.tracks.groupby("track").size().to_dict() == {"CTCF": 40, "H3K27ac": 40}
    assert one.tracks["position"].iloc[[0, -1]].tolist() == [-97_500, 97_500]
    assert list(one.links) == ["UCSC browser"]
    assert one.members["name"].tolist() == ["peaks", "TADs"]
    assert one.members["overlaps"].tolist() == [1, 1]
    assert one.members["in_window"].tolist() == [3, 3]  # those 100 kb away reach into it
    assert one.problems == {}


def test_any_resolution_of_any_map(comparison, host):
    one = comparison.details(
        2, feature="knock-out", binsize=50_000, normalization="oe", members="sites"
    )
    request, row = host.read[0]
    assert (request.features[0].name, row) == ("knock-out", 2)
    assert request.parameters["normalization"] == "oe"
    assert one.snippet.shape == (5, 5)
    comparison.flank = 120_000
    wide = comparison.details(2, binsize=50_000)
    # the flank becomes the next multiple, so that the whole window is there
    assert host.read[-3][0].parameters["flank"] == 150_000
    assert wide.snippet.shape == (7, 7)
    with pytest.raises(InputError, match="no such bin size here; it has 5,000"):
        comparison.details(2, binsize=7_000)
    with pytest.raises(InputError, match="there is no region 10"):
        comparison.details(10)


def test_snippets_that_are_too_large_are_not_offered(host):
    comparison = Comparison(host, "peaks", 2_000_000)
    scene = scene_of(comparison)
    assert scene.bins(host.records[3]) == [5_000, 10_000, 50_000]
    host.records[3] = record(3, "contact_map", "control", resolutions=(1_000, 5_000))
    assert scene.bins(host.records[3]) == [5_000]


def test_pairs_have_two_places_and_the_signal_of_both(host):
    comparison = Comparison(host, "loops", 100_000)
    comparison.add("profile", "CTCF", binsize=10_000)
    one = comparison.details(1)
    assert [locus.side for locus in one.loci] == ["left", "right"]
    assert [locus.start for locus in one.loci] == [150_000, 450_000]
    assert list(one.links) == ["left anchor", "right anchor"]
    assert one.tracks.groupby("side").size().to_dict() == {"left": 20, "right": 20}
    assert one.snippet is None
    assert one.contact_map == ""
    # row 1 and row 4 of the peaks lie at its anchors
    assert one.members.set_index("name").loc["peaks", "overlaps"] == 2


def test_intervals_are_scaled(host):
    comparison = Comparison(host, "TADs")
    comparison.add("pileup", "control", bin_percent=5)
    comparison.add("stackup", "CTCF", bin_percent=2)
    one = comparison.details(0)
    assert host.read[0][0].parameters["bin_percent"] == 5
    assert "flank" not in host.read[0][0].parameters
    assert one.loci[0].window == (49_960, 50_240)
    assert one.tracks["position"].iloc[[0, -1]].tolist() == [-19, 119]


def test_what_cannot_be_read_does_not_hide_the_rest(comparison, host):
    host.gone = {"CTCF", "TADs"}
    one = comparison.details(0)
    assert "is gone" in one.problems["CTCF"]
    assert set(one.tracks["track"]) == {"H3K27ac"}
    problems = one.members.set_index("name")["problem"]
    assert "is gone" in problems["TADs"]
    assert problems["peaks"] == ""


def test_assemblies_that_ucsc_does_not_know_have_no_link(host):
    host.records[2] = record(
        2, "regions", "peaks", dims=1, region_kind="point", n_regions=10, assembly="mine"
    )
    assert Comparison(host, "peaks", 100_000).details(0).links == {}


# -- which region --------------------------------------------------------------------------


def test_next_and_previous_go_through_the_selection(comparison):
    comparison.selection = [2, 5, 7]
    scene = scene_of(comparison)
    assert scene.total == 3
    assert scene.step(None, 0) == 2
    assert [scene.step(row, 1) for row in (2, 5, 7)] == [5, 7, 7]
    assert [scene.step(row, -1) for row in (2, 5, 7)] == [2, 2, 5]
    # from a region that is not selected, to its neighbours that are
    assert (scene.step(4, 1), scene.step(4, -1), scene.place_of(4)) == (5, 2, None)
    assert (scene.step(4, 2), scene.step(9, 1), scene.step(0, -1)) == (7, 7, 2)
    comparison.selection = None
    scene = scene_of(comparison)
    assert (scene.step(4, 1), scene.step(9, 1), scene.step(3, -100)) == (5, 9, 0)


# -- what the browser is told --------------------------------------------------------------


def test_facts_are_plain_text(comparison, host):
    host.annotated = {"<b>": ((), np.arange(10))}
    payload = facts(scene_of(comparison), {"row": 0}).payload
    assert payload["loci"] == [{"label": "", "text": "chr1:50,001-50,200"}]
    assert payload["columns"] == [("name", '<img src=x onerror="alert(1)">'), ("score", "1.5")]
    assert payload["annotations"] == [["<b>", "0"]]
    assert payload["links"][0]["url"].startswith(
        "https://genome.ucsc.edu/cgi-bin/hgTracks?db=mm9"
    )
    assert payload["choice"] == {"feature": "3", "bin": 10_000, "normalization": "balanced"}
    assert payload["maps"][1] == {
        "id": "4", "name": "knock-out", "bins": [10_000, 50_000], "usual": 10_000,
    }  # fmt: skip
    assert payload["sources"] == [{"id": "7", "label": "sites"}]
    assert (payload["place"], payload["total"], payload["selected"]) == (0, 10, False)


def test_facts_of_the_view_that_was_clicked(comparison):
    second = comparison.add("pileup", "knock-out", binsize=50_000)
    given = {"row": 4, "view_id": second.view_id}
    assert facts(scene_of(comparison), given).payload["choice"] == {
        "feature": "4", "bin": 50_000, "normalization": "oe",
    }  # fmt: skip


def test_members_of_the_enrichment_views_go_first(comparison):
    comparison.add("enrichment", ["TADs"], binsize=10_000)
    scene = scene_of(comparison)
    assert list(scene.sources()) == ["views", "7"]
    (row,) = members(scene, {"row": 0, "source": "views"}).payload["members"]
    assert (row["name"], row["overlaps"], row["nearest"]) == ("TADs", 1, 0)


def test_arrays_travel_as_little_endian_floats(comparison):
    scene = scene_of(comparison)
    given = {"row": 6, "feature": "3", "bin": 50_000, "normalization": "raw"}
    reply = snippet(scene, given)
    assert reply.payload["axis"] == {
        "mode": "point", "flank": [100_000, 100_000], "binsize": 50_000, "size": 5,
    }  # fmt: skip
    np.testing.assert_array_equal(np.frombuffer(reply.buffers[0], "<f4"), np.full(25, 6))
    lines = tracks(scene, {"row": 6})
    assert [(one["name"], one["axis"]["size"]) for one in lines.payload["tracks"]] == [
        ("CTCF", 40), ("H3K27ac", 40),
    ]  # fmt: skip
    assert len(lines.buffers[0]) == 4 * 80


@pytest.mark.parametrize(
    ("make", "args"),
    [
        (facts, {"row": "0"}),
        (facts, {"row": 99}),
        (facts, {"row": 0, "step": "next"}),
        (snippet, {"row": 0, "feature": "3", "bin": "big"}),
        (snippet, {"row": 0, "feature": "5", "bin": 10_000}),
        (members, {"row": 0, "source": 4}),
        (tracks, {"row": True}),
    ],
)
def test_questions_that_are_none_are_refused(comparison, make, args):
    with pytest.raises(InputError):
        make(scene_of(comparison), args)
    with pytest.raises(InputError, match="no part"):
        comparison.looker.ask({"part": "everything"})


# -- at once, and later --------------------------------------------------------------------


def test_the_kernel_goes_on_while_a_region_is_read(comparison, host, monkeypatch):
    begin, sent = threading.Event(), []
    slow = host.closeup

    def closeup(request, row):
        assert threading.current_thread() is not threading.main_thread()
        assert begin.wait(30)
        return slow(request, row)

    host.closeup = closeup
    done = threading.Event()

    def send(content, _buffers=()):
        sent.append(content)
        if len(sent) == 3:
            done.set()

    monkeypatch.setattr(comparison, "send", send)
    ask = {"part": "map", "feature": "3", "bin": 10_000, "normalization": "raw"}

    def say(number, row):
        message = {"v": 1, "id": number, "kind": "command", "name": "details"}
        comparison._on_message(comparison, {**message, "args": {**ask, "row": row}}, [])

    for number in range(3):
        say(number, number)  # returns at once
        if number == 0:
            settle_pool(begun=1)
    assert len(sent) <= 1  # the one in the middle was displaced
    begin.set()
    assert done.wait(30)
    replies = {content["id"]: content for content in sent}
    assert replies[0]["ok"]
    assert replies[2]["ok"]
    outcome = replies[1]
    assert outcome["ok"] or outcome["error"]["code"] == "superseded"


def settle_pool(begun: int) -> None:
    """Give the pool time to begin with what it has."""
    import time

    latest = time.monotonic() + 30
    pool = details_commands._pool()
    while pool._work_queue.qsize() and time.monotonic() < latest:
        time.sleep(0.01)
    assert begun


def test_a_future_becomes_a_reply_whatever_its_end():
    ends: list[dict] = []
    futures = [Future() for _ in range(3)]
    for number, future in enumerate(futures):
        message = {"v": 1, "id": number, "kind": "command", "name": "wait"}
        given = commands.answer(
            message, {"wait": lambda _, f=future: f}, lambda content, _: ends.append(content)
        )
        assert given is None
    futures[0].set_result(commands.Reply({"x": 1}))
    futures[1].set_exception(InputError("no such thing"))
    futures[2].cancel()
    assert [end["ok"] for end in ends] == [True, False, False]
    assert ends[0]["payload"] == {"x": 1}
    assert ends[1]["error"] == {"code": "InputError", "message": "no such thing"}
    assert ends[2]["error"]["code"] == "superseded"


def test_nothing_is_sent_after_the_comparison_was_closed(comparison, monkeypatch):
    comparison.close()
    monkeypatch.setattr(comparison, "send", lambda *_: pytest.fail("it is closed"))
    comparison._reply({}, [])


# -- HiGlass -------------------------------------------------------------------------------


class StandIn(types.ModuleType):
    """As much of `higlass` as is used, remembering what it was given."""

    def __init__(self) -> None:
        super().__init__("higlass")
        self.shown: dict[str, object] = {}
        self.closed = 0

    def _tileset(self, path):
        return types.SimpleNamespace(track=lambda kind: (path, kind))

    cooler = bigwig = _tileset

    def view(self, *shown):
        self.shown["tracks"] = shown
        return self

    def domain(self, x, y):
        self.shown |= {"x": x, "y": y}
        return self

    def viewconf(self):
        return self

    def widget(self):
        return types.SimpleNamespace(model_id="abc", close=self._close)

    def _close(self):
        self.closed += 1


@pytest.fixture
def stand_in(monkeypatch):
    found = StandIn()
    monkeypatch.setitem(sys.modules, "higlass", found)
    monkeypatch.setattr(higlass_view, "higlass_installed", lambda: True)
    monkeypatch.setattr(details_commands, "higlass_installed", lambda: True)
    monkeypatch.setattr(
        higlass_view, "_chromsizes", lambda _: [("1", 1_000_000), ("2", 900_000)]
    )
    return found


def test_higlass_shows_map_and_tracks_at_the_region(comparison, stand_in):
    assert facts(scene_of(comparison), {"row": 0}).payload["higlass"]
    assert comparison.details(6).higlass() is stand_in
    # chr2 begins after chr1; the window goes to the end of the chromosome at most
    assert stand_in.shown["x"] == (1_550_100, 1_750_100)
    assert stand_in.shown["x"] == stand_in.shown["y"]
    assert stand_in.shown["tracks"] == (
        (("/data/5", "line"), "top"),
        (("/data/6", "line"), "top"),
        (("/data/3", "heatmap"), "center"),
    )
    for _ in range(2):
        reply = comparison.looker.ask({"part": "higlass", "row": 9, "feature": "3"}).result(30)
        assert reply.payload == {"widget": "anywidget:abc"}
    assert stand_in.closed == 1  # the second takes the place of the first
    assert stand_in.shown["x"] == (1_850_100, 1_900_000)


def test_without_higlass_it_is_not_offered_and_says_how(comparison, monkeypatch):
    monkeypatch.setattr(higlass_view.importlib.util, "find_spec", lambda _name: None)
    assert facts(scene_of(comparison), {"row": 0}).payload["higlass"] is False
    with pytest.raises(InputError, match="pip install higlass-python"):
        comparison.details(0).higlass()


def test_higlass_without_a_part_says_which(comparison, stand_in):
    def broken(_path):
        raise ImportError("No module named 'clodius'")

    stand_in.cooler = broken
    with pytest.raises(InputError, match="clodius"):
        comparison.details(0).higlass()
