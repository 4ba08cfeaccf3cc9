"""What an exported page carries: the right results, at the size that was told."""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hicognition_widgets.errors import InputError
from hicognition_widgets.export import packing
from hicognition_widgets.views import rows
from hicognition_widgets.views.page import page_data
from hicognition_widgets.views.page_plan import PageOptions
from hicognition_widgets.views.row_image import line_edges, overview

VECTORS = Path(__file__).parents[1] / "vectors" / "rows.json"
GROUPS = VECTORS.with_name("row_groups.json")


@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(max_dims=3, max_side=8),
        elements=st.floats(-1e6, 1e6, width=32) | st.just(np.nan),
    )
)
def test_packed_values_are_near(values):
    wire = packing.pack(values)
    back = packing.unpack(wire)
    assert back.shape == values.shape
    np.testing.assert_array_equal(np.isnan(back), np.isnan(values))
    known = np.isfinite(values)
    step = wire["packed"]["step"]
    if wire["packed"]["log"]:
        np.testing.assert_array_equal(back == 0, values == 0)
        there = known & (values > 0)
        np.testing.assert_allclose(
            np.log2(back[there].astype(float)),
            np.log2(values[there].astype(float)),
            atol=step / 2 + 1e-6,
        )
    elif known.any():
        spread = float(np.abs(values[known]).max())
        np.testing.assert_allclose(back[known], values[known], atol=step / 2 + spread * 1e-6)


def test_small_values_keep_their_digits():
    values = np.geomspace(1e-6, 1e4, 1000)
    np.testing.assert_allclose(packing.unpack(packing.pack(values)), values, rtol=3e-4)
    assert packing.unpack(packing.pack(np.array([np.nan, np.inf]))).tolist() != [0, 0]
    assert packing.unpack(packing.pack(np.array([3.5, 3.5]))).tolist() == [3.5, 3.5]


def vectors():
    """Orders and images of small matrices, for the browser's side of the same rules."""
    cases = []
    for seed, (n, bins) in enumerate([(7, 5), (12, 6), (1, 2), (30, 4)]):
        values = np.random.default_rng(seed).normal(size=(n, bins)).astype(np.float32)
        values[0] = np.nan
        values[n // 2, 1] = np.nan
        body = (1, bins - 1) if bins > 2 else (0, bins)
        random = rows.row_order(values, "random", ascending=False, body=body)
        for key in rows.SORT_KEYS:
            for ascending in (False, True):
                order = rows.row_order(values, key, ascending=ascending, body=body)
                lines, means = overview(values, order, np.array([n]), lines=8)
                chosen = np.arange(0, n, 3)
                first = rows.arranged(order, selected=chosen)
                blocks, _ = overview(values, first.order, first.sizes, lines=8)
                cases.append(
                    {
                        "values": _plain(values),
                        "body": list(body),
                        "random": random.tolist(),
                        "key": key,
                        "ascending": ascending,
                        "order": order.tolist(),
                        "edges": lines.edges.tolist(),
                        "image": _plain(lines.image),
                        "mean": _plain(means)[0],
                        "chosen": chosen.tolist(),
                        "chosen_first": first.order.tolist(),
                        "blocks": _plain(blocks.image),
                        "block_edges": blocks.edges.tolist(),
                        "lines": list(blocks.per_block),
                    }
                )
    return cases


def group_vectors():
    """Blocks of rows and windows into them, for the browser's side of the same rules."""
    rng = np.random.default_rng(3)
    cases = []
    for n, kinds, lines in [(40, 3, 9), (200, 30, 40), (12, 2, 50), (60, 5, 3)]:
        codes = rng.integers(-1, kinds, n)
        codes[codes == 1] = 0  # a name without any region
        order = rng.permutation(n)
        names = [f"kind {i}" for i in range(kinds)]
        shown = rows.arranged(order, codes, names, "no value")
        for first, after in [(0, n), (n // 3, n // 2), (n - 1, n)]:
            edges, per_block = line_edges(shown.sizes, first, after, lines)
            cases.append(
                {
                    "codes": codes.tolist(),
                    "names": names,
                    "given": order.tolist(),
                    "order": shown.order.tolist(),
                    "blocks": [[b.name, b.n, b.colour] for b in shown.blocks],
                    "first": first,
                    "after": after,
                    "lines": lines,
                    "edges": edges.tolist(),
                    "per_block": per_block.tolist(),
                }
            )
    return cases


def _plain(matrix):
    return [[None if np.isnan(v) else round(float(v), 6) for v in row] for row in matrix]


def test_the_vectors_of_the_browser_are_those_of_python():
    """To write them anew: print(json.dumps(vectors())) into the file; so with the groups."""
    assert json.loads(VECTORS.read_text()) == json.loads(json.dumps(vectors()))
    assert json.loads(GROUPS.read_text()) == json.loads(json.dumps(group_vectors()))


@pytest.fixture
def shown(ws):
    c = ws.compare("loops", flank=100_000)
    c.add("pileup", "control")
    c.add("profile", ["CTCF", "E1"])
    c.add("stackup", "CTCF")
    c.wait(60)
    return c


def page(comparison, **options):
    """The only comparison of a page."""
    data = page_data(comparison, PageOptions(**options))
    assert data["version"] == 2
    assert data["board"] is None
    (part,) = data["comparisons"]
    return part


def keys(data, kind):
    return sorted(key for key in data["results"] if key.startswith(f"{kind};"))


def parts(found, name):
    return {key.split(f"{name}=")[1].split(";")[0] for key in found}


def test_a_page_holds_what_the_options_name(shown):
    plain = page(shown)
    pileups_of_page = keys(plain, "pileup")
    assert len(pileups_of_page) == 2
    assert len(keys(plain, "profile")) == 1
    assert plain["rows"] == {}
    more = page(shown, flanks=[200_000], bins="all", normalizations=("oe", "balanced", "raw"))
    pileups = keys(more, "pileup")
    assert {"oe", "balanced", "raw"} == {
        k.split("normalization=")[1].split(";")[0] for k in pileups
    }
    assert {"100000", "200000"} == {k.split("flank=")[1].split(";")[0] for k in pileups}
    assert len({k.split("bin=")[1].split(";")[0] for k in keys(more, "profile")}) > 3
    assert set(plain["origins"]) == set(plain["results"])
    origin = plain["origins"][pileups_of_page[0]]
    assert origin["results"][0]["features"][0]["name"] == "control"


def test_rows_are_embedded_once_per_track(ws, shown):
    data = page(shown, rows=True)
    stackup = shown.views[2]
    n, bins = stackup.data.shape
    tracks = [key for key in data["rows"] if "normalization" not in key]
    assert len(tracks) == 2, "the CTCF track is shared by profile and stackup"
    ctcf = ws.dataset("CTCF").id
    (key,) = (key for key in data["rows"] if f"feature={ctcf};" in key)
    entry = data["rows"][key]
    assert entry["body"] == [0, bins]
    values = np.frombuffer(base64.b64decode(entry["values"]["data"]), "<f4").reshape(n, bins)
    np.testing.assert_array_equal(values, stackup.data)
    packed = page(shown, rows=True, quantise=True)["rows"][key]["values"]
    np.testing.assert_allclose(packing.unpack(packed), stackup.data, rtol=1e-3)


def test_snippets_of_the_shown_pileup_are_embedded(ws, shown):
    data = page(shown, rows=True)
    (key,) = (key for key in data["rows"] if "normalization" in key)
    assert key.endswith(";normalization=oe")
    wire = data["rows"][key]["values"]
    found = np.frombuffer(base64.b64decode(wire["data"]), "<f4").reshape(wire["shape"])
    chosen = [1, 3, 7]
    size = {"flank": 100_000, "binsize": shown.views[0].binsize, "normalization": "oe"}
    wanted = ws.pileup("loops", "control", subset=chosen, **size).mean
    with np.errstate(invalid="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a pixel without data
        mean = np.nanmean(found[chosen].astype(float), axis=0)
    np.testing.assert_allclose(mean.reshape(wanted.shape), wanted, rtol=1e-5)


def test_named_selections_have_results_of_their_own(ws, shown):
    rows_of = {"few": [3, 1, 7], "half": np.arange(40) < 20}
    data = page(shown, selections=rows_of)
    assert [one["name"] for one in data["selections"]] == ["few", "half"]
    found = np.frombuffer(base64.b64decode(data["selections"][0]["rows"]["data"]), "<i4")
    assert found.tolist() == [1, 3, 7]

    def array(kind, number, name):
        (key,) = (
            key
            for key in data["results"]
            if key.startswith(f"{kind};")
            and key.endswith(f";selection={number}")
            and "normalization=balanced" not in key
        )
        wire = data["results"][key]["arrays"][name]
        values = np.frombuffer(base64.b64decode(wire["data"]), "<f4")
        return values.reshape(wire["shape"]), data["results"][key]["meta"]

    size = {"flank": 100_000, "binsize": 10_000}
    wanted = ws.pileup("loops", "control", normalization="oe", subset=[1, 3, 7], **size)
    np.testing.assert_allclose(array("pileup", 0, "mean")[0], wanted.mean, rtol=1e-6)
    half = shown.views[2].data[:20]
    image, meta = array("stackup", 1, "image")
    assert image.shape == shown.views[2].data.shape
    assert [block["n"] for block in meta["blocks"]] == [20, 20]
    mean, meta = array("profile", 1, "mean")
    assert [track["name"] for track in meta["tracks"]][:2] == [
        "CTCF · selected",
        "CTCF · rest",
    ]
    np.testing.assert_allclose(mean[0], np.nanmean(half.astype(float), axis=0), rtol=1e-5)


def test_what_is_selected_goes_along(shown):
    assert page(shown)["chosen"] is None
    shown.selection = [3, 1, 7]
    data = page(shown)
    assert [one["name"] for one in data["selections"]] == ["selected"]
    assert data["chosen"] == 0
    assert all(view.selected is not None for view in shown.views), "the notebook's stay"
    whole = data["results"][keys(data, "profile")[0]]
    assert [track["name"] for track in whole["meta"]["tracks"]] == ["CTCF", "E1"]
    shown.keep_selection("few")
    shown.selection = None
    shown.selection = [1, 3, 7]
    data = page(shown)
    assert [one["name"] for one in data["selections"]] == ["few"]
    assert data["chosen"] == 0


def test_an_order_taken_from_another_stackup_goes_along(shown):
    donor = shown.views[2]
    taker = shown.add("stackup", "E1", sort_by="input")
    shown.link_order(donor, taker)
    shown.wait(60)
    data = page(shown)
    (key,) = (k for k in keys(data, "stackup") if "sort=input" in k)
    wire = data["results"][key]["arrays"]["order"]
    order = np.frombuffer(base64.b64decode(wire["data"]), "<i4")
    np.testing.assert_array_equal(order, donor.row_order())
    assert not np.array_equal(order, np.arange(len(order)))


@pytest.mark.parametrize("rows_of", [[40], [-1], [], np.ones(39, bool), [[1]], ["a"], [0.5]])
def test_selections_that_cannot_be_are_refused(shown, tmp_path, rows_of):
    with pytest.raises(InputError, match='the selection "x" needs'):
        shown.to_html(tmp_path / "page.html", selections={"x": rows_of})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"selections": {"few": [1, 2, 3]}},
        {"quantise": True},
        {"flanks": [200_000], "bins": "all"},
        {"rows": True},
        {"rows": True, "quantise": True, "flanks": [200_000]},
    ],
)
def test_the_size_is_told_before(shown, tmp_path, options):
    told = shown.html_size(**options)
    real = shown.to_html(tmp_path / "page.html", **options).stat().st_size
    assert abs(told - real) < 0.15 * real + 30_000


def test_options_that_cannot_be_are_refused(shown, tmp_path):
    for options, sentence in [
        ({"bins": "some"}, "bins is"),
        ({"flanks": [-1]}, "flanks are positive"),
        ({"flanks": [True]}, "flanks are positive"),
        ({"normalizations": ["x"]}, "normalizations are"),
    ]:
        with pytest.raises(InputError, match=sentence):
            shown.to_html(tmp_path / "page.html", **options)
    assert not list(tmp_path.glob("*.html"))
