"""A stackup's order, groups and windows, against plain numpy."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import traitlets

sys.path.insert(0, str(Path(__file__).parent))

from fake_host import FakeHost

from hicognition_widgets.errors import InputError
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.code import standalone_code
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.stackup import Stackup

N, BINS = 10, 20


def signal(seed):
    values = np.random.default_rng(seed).normal(size=(N, BINS)).astype(np.float32)
    values[4] = np.nan
    return values


class SignalHost(FakeHost):
    """Tracks have signals of their own; embeddings put regions into three clusters."""

    clusters = np.array([0, 1, 2, 0, -1, 1, 2, 0, 1, 2])

    def ask(self, request):
        ask = super().ask(request)
        meta = {"n_used": N - 1, "n_left_out": 1, "reasons": {}, "numbers": {}}
        if request.analysis == "stackup":
            arrays = {"rows": signal(request.features[0].id)}
        else:
            arrays = {"clusters_10": self.clusters, "clusters_3": self.clusters}
            arrays["score"] = np.arange(N, dtype=np.float64)
        ask.settle(StoredResult(request.key, request.analysis, meta, arrays))
        return ask


@pytest.fixture
def host():
    found = SignalHost()
    found.annotated = {
        "score": ((), [3, 1, 2, 9, 5, np.nan, 4, 8, 7, 6]),
        "kind": (("weak", "strong"), [0, 1, 1, 0, np.nan, 1, 0, 1, 0, 0]),
    }
    found.frame = pd.DataFrame(
        {
            "chrom": "chr1",
            "start": np.arange(N) * 1000,
            "end": np.arange(N) * 1000 + 500,
            "name": [f"peak_{i}" if i != 3 else "." for i in range(N)],
            "strand": ["+", "-", "."] * 3 + ["+"],
        }
    )
    return found


@pytest.fixture
def view(host):
    return Stackup(host, "peaks", "CTCF", flank=10_000, binsize=1_000)


def centre(values):
    return values[:, BINS // 2 - 1 : BINS // 2 + 1].astype(float).mean(axis=1)


def down(values):
    """Largest first, missing last."""
    order = np.argsort(-np.nan_to_num(values, nan=-np.inf), kind="stable")
    return order.tolist()


def test_rows_are_sorted_by_an_annotation(view, host):
    view.sort_by = "annotation:score"
    assert view.row_order().tolist() == down(np.array(host.annotated["score"][1]))
    view.ascending = True
    assert view.row_order().tolist() == [1, 2, 0, 6, 4, 9, 8, 7, 3, 5]
    host.annotated.pop("score")
    view.refresh()
    with pytest.raises(InputError, match='no annotation "score" any more'):
        view.wait()


def test_rows_are_sorted_by_another_track(view, host):
    view.sort_track = host.records[6]
    assert view.sort_track == "6"
    assert view.row_order().tolist() == down(centre(signal(6)))
    np.testing.assert_array_equal(view.data, signal(5))
    view.sort_by = "input"
    assert len(view.results) == 1
    view.sort_by = "region"
    assert view.row_order().tolist() == down(signal(6).astype(float).mean(axis=1))
    view.sort_track = "CTCF"
    assert view.row_order().tolist() == down(signal(5).astype(float).mean(axis=1))


def test_categories_form_blocks_with_profiles_of_their_own(view, host):
    view.group_by = "annotation:kind"
    kinds = np.array(host.annotated["kind"][1])
    order = down(centre(signal(5)))
    blocks = {name: rows.tolist() for name, rows in view.blocks}
    assert blocks == {
        "weak": [i for i in order if kinds[i] == 0],
        "strong": [i for i in order if kinds[i] == 1],
        "no value": [4],
    }
    profiles = np.frombuffer(view.result["arrays"]["profile"]["data"], "<f4").reshape(3, BINS)
    for profile, rows in zip(profiles, blocks.values(), strict=True):
        values = signal(5)[rows]
        if np.isnan(values).all():
            assert np.isnan(profile).all()
        else:
            np.testing.assert_allclose(profile, np.nanmean(values, axis=0), rtol=1e-5)
    assert [b["lines"] for b in view.result["meta"]["blocks"]] == [5, 4, 1]
    assert view.to_frame()["group"].tolist() == ["weak"] * 5 + ["strong"] * 4 + ["no value"]
    with pytest.raises(traitlets.TraitError, match="annotation"):
        view.group_by = "colour"
    view.group_by = "annotation:score"
    with pytest.raises(InputError, match="holds numbers"):
        view.wait()


def test_clusters_of_an_embedding_form_blocks(view, host):
    view.group_by = "clusters:5,6"
    request = host.asks[-1].request
    assert request.analysis == "embedding1d"
    assert request.parameters["options"] == (("method", "pca"),)
    names = [name for name, _ in view.blocks]
    assert names == ["cluster 0", "cluster 1", "cluster 2", "no data"]
    for name, rows in view.blocks[:3]:
        assert set(rows) == set(np.flatnonzero(host.clusters == int(name[-1])))
    embedding = SimpleNamespace(n_clusters=3, binsize=500, features=["5", "6"])
    view.group_like(embedding)
    assert (view.group_by, view.group_clusters, view.group_binsize) == ("clusters:5,6", 3, 500)
    assert host.asks[-1].request.parameters["binsize"] == 500
    view.group_by = "clusters:5"
    with pytest.raises(InputError, match="at least two tracks"):
        view.wait()


def test_bins_that_another_flank_made_impossible_are_chosen_anew(host):
    view = Stackup(host, "peaks", "CTCF", flank=100_000, binsize=5_000)

    def asked(analysis):
        found = [ask.request for ask in host.asks if ask.request.analysis == analysis]
        return found[-1].parameters["binsize"]

    view.group_like(SimpleNamespace(n_clusters=3, binsize=20_000, features=["5", "6"]))
    assert asked("embedding1d") == 20_000
    view.flank = 50_000
    view.wait()
    assert asked("embedding1d") == 1_000
    view.flank = 100_000
    assert asked("embedding1d") == 20_000, "the wish is kept for where it can be met"

    # a bin size of clusters says nothing about maps, which have their own
    view.group_by = ""
    view.sort_by = "map:3"
    assert asked("pileup") == 5_000
    view.flank = 2_000
    with pytest.raises(InputError, match='no bin size of "control" divides ±2,000 bp'):
        view.wait()


def test_windows_hold_the_rows_of_the_order_and_their_names(view):
    view.select(np.array([2, 7]))
    order = view.row_order()
    assert set(order[:2]) == {2, 7}
    lines, names = view.window(1, 4, 50)
    np.testing.assert_array_equal(lines.image, signal(5)[order[1:4]])
    assert lines.per_block == (1, 2)
    assert names[0].startswith(f"peak_{order[1]} · chr1:{order[1] * 1000:,}–")
    lines, names = view.window(0, N, 3)
    assert len(lines.image) == 3
    assert names is None
    for wrong in [(3, 3, 5), (0, N + 1, 5), (-1, 2, 5), (0, 2, 0), (0, 2, 10**6)]:
        with pytest.raises(InputError, match="10 rows"):
            view.window(*wrong)


def test_names_say_name_locus_and_strand(view):
    view.sort_by, view.ascending = "input", True
    names = view.result["meta"]["row_names"]
    assert names[:4] == [
        "peak_0 · chr1:0–500 (+)",
        "peak_1 · chr1:1,000–1,500 (-)",
        "peak_2 · chr1:2,000–2,500",
        "chr1:3,000–3,500 (+)",
    ]


def test_the_browser_gets_finer_rows_of_the_picture_it_shows(view):
    view.sort_by, view.ascending = "input", True
    picture = view.result["meta"]["picture"]
    ask = view._commands()["rows"]
    reply = ask({"first": 2, "after": 6, "lines": 2, "picture": picture})
    image = np.frombuffer(reply.buffers[0], "<f4").reshape(2, BINS)
    np.testing.assert_allclose(image[0], signal(5)[2:4].mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(image[1], signal(5)[5], rtol=1e-5)  # row 4 has no data
    assert np.frombuffer(reply.buffers[1], "<i4").tolist() == [2, 4, 6]
    view.ascending = False
    assert ask({"first": 2, "after": 6, "lines": 2, "picture": picture}).buffers == ()
    with pytest.raises(InputError, match="whole numbers"):
        ask({"first": "2", "after": 6, "lines": 2, "picture": picture})


def test_a_figure_draws_the_rows_on_screen(view):
    view.zoom = (3, 7)
    assert view.zoom == [3, 7]
    drawn = view.figure_result()
    assert drawn["meta"]["window"] == [3, 7]
    image = np.frombuffer(drawn["arrays"]["image"]["data"], "<f4").reshape(4, BINS)
    np.testing.assert_array_equal(image, signal(5)[view.row_order()[3:7]])
    for wrong in [(3, 3), (5, 2), (-1, 2), (1, 2, 3), "ab", (1.5, 3)]:
        with pytest.raises(traitlets.TraitError):
            view.zoom = wrong
    view.set_regions(view.host.dataset("loops"))
    assert view.zoom is None


def test_order_groups_and_zoom_survive_a_round_trip(host):
    comparison = Comparison(host, "peaks", 10_000)
    settings = {
        "sort_by": "region",
        "ascending": True,
        "sort_track": "6",
        "sort_seed": 7,
        "group_by": "clusters:5,6",
        "group_clusters": 3,
        "group_binsize": 500,
        "zoom": [2, 8],
    }
    view = comparison.add("stackup", "CTCF", binsize=1_000, **settings)
    spec = comparison.spec
    assert {"5", "6"} <= set(spec["datasets"])
    again = Comparison.from_spec(host, spec)
    found = again.views[0]
    assert {name: getattr(found, name) for name in settings} == settings
    assert found.row_order().tolist() == view.row_order().tolist()
    for name, value in settings.items():
        assert f"{name}={value!r}" in standalone_code(view)
