"""What an exported page carries: the right results, at the size that was told."""

from __future__ import annotations

import base64
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hicognition_widgets.analyses import HitMatrix
from hicognition_widgets.errors import InputError
from hicognition_widgets.export import packing
from hicognition_widgets.views import enrichment_tables, rows
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.page import page_data
from hicognition_widgets.views.page_hits import embedded_bits
from hicognition_widgets.views.page_plan import PageOptions
from hicognition_widgets.views.row_image import line_edges, overview

VECTORS = Path(__file__).parents[1] / "vectors" / "rows.json"
GROUPS = VECTORS.with_name("row_groups.json")
HITS = VECTORS.with_name("hits.json")


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
    # infinite odds ratios mean something: they are not lost for a few bytes
    assert packing.pack(np.array([np.nan, np.inf, 1])) is None
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


def hit_vectors():
    """Enrichments of selected regions against the rest, for the browser's side."""
    rng = np.random.default_rng(8)
    cases = []
    for n, targets, bins in [(70, 3, 4), (9, 2, 4), (300, 5, 4)]:
        there = rng.random((bins, n)) < 0.95
        there[:, 0] = False  # left out everywhere
        hits = (rng.random((targets, bins, n)) < rng.random((targets, bins, 1))) & there
        hits[0, 0] = False
        hits[-1, -1] = there[-1]
        words = -(-n // 64)

        def packed(mask, words=words):
            padded = np.zeros((*mask.shape[:-1], words * 64), dtype=bool)
            padded[..., : mask.shape[-1]] = mask
            return np.packbits(padded, axis=-1, bitorder="little").view("<u8")

        matrix = HitMatrix(
            bits=packed(hits),
            present=packed(there),
            n=n,
            names=[str(i) for i in range(targets)],
            reasons=np.where(there.any(axis=0), 0, 1).astype(np.uint8),
        )
        selected = np.flatnonzero(rng.random(n) < 0.4)
        result = matrix.enrichment(selected)
        bits, present = embedded_bits(matrix)
        cases.append(
            {
                "n": n,
                "targets": targets,
                "bins": bins,
                "bits": bits.ravel().tolist(),
                "present": present.ravel().tolist(),
                "selected": selected.tolist(),
                "odds_ratio": _spelled(result.odds_ratio),
                "log10_p": _spelled(enrichment_tables.minus_log10(result.p_value)),
                "log10_q": _spelled(enrichment_tables.minus_log10(result.q_value)),
                "overlap": result.overlap.ravel().tolist(),
                "chunks": result.chunks.tolist(),
                "universe_hits": result.universe_hits.ravel().tolist(),
                "universe_chunks": result.universe_chunks.tolist(),
                "n_used": result.n_used,
                "rows": np.union1d(matrix.rows(0, 2), matrix.rows(1, 2)).tolist(),
            }
        )
    return cases


def _spelled(values):
    """Numbers as JSON has them; the others as JavaScript reads them."""
    names = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    return [
        float(f"{v:.7g}") if np.isfinite(v) else names[str(float(v))] for v in values.ravel()
    ]


def _plain(matrix):
    return [[None if np.isnan(v) else round(float(v), 6) for v in row] for row in matrix]


def test_the_vectors_of_the_browser_are_those_of_python():
    """To write them anew: print(json.dumps(vectors())) into the file; so with the groups."""
    assert json.loads(VECTORS.read_text()) == json.loads(json.dumps(vectors()))
    assert json.loads(GROUPS.read_text()) == json.loads(json.dumps(group_vectors()))
    assert json.loads(HITS.read_text()) == json.loads(json.dumps(hit_vectors()))


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


def test_overlaps_are_embedded_where_they_are_few(ws, shown):
    view = shown.add("enrichment", ["loops", "sites"])
    shown.wait(60)
    assert page(shown)["hits"] == {}
    ((key, wire),) = page(shown, rows=True)["hits"].items()
    assert key in page(shown)["results"]
    bits, present = (
        np.frombuffer(base64.b64decode(wire[name]["data"]), np.uint8).reshape(
            wire[name]["shape"]
        )
        for name in ("bits", "present")
    )
    n, bins = wire["n"], view.data.shape[1]
    assert (n, bits.shape, present.shape) == (40, (2, bins, 5), (bins, 5))
    for bin_number in (0, bins // 2):
        place = (bin_number + 0.5) * view.binsize - 100_000
        for row, name in enumerate(["loops", "sites"]):
            there = np.unpackbits(bits[row, bin_number], bitorder="little")[:n]
            np.testing.assert_array_equal(np.flatnonzero(there), view.hits(name, place))
    view.features = []
    assert page(shown, rows=True)["hits"] == {}


def test_who_takes_from_whom_is_in_the_page(ws, shown):
    pileup, profile, _ = shown.views
    other = shown.add("pileup", "KO")
    assert page_data(shown, PageOptions())["links"] == []
    shown.link_scale(pileup, other)
    beside = ws.compare("loops", flank=100_000)
    line = beside.add("profile", ["CTCF", "E1"])
    board = Board(shown, beside)
    board.link_scale(profile, line)
    assert page_data(board, PageOptions())["links"] == [
        {"shared": "scale", "donor": [0, 0], "recipient": [0, 3]},
        {"shared": "scale", "donor": [0, 1], "recipient": [1, 0]},
    ]
    # a view that takes from one that is not in the page keeps what it has
    assert page_data(beside, PageOptions())["links"] == []


def test_a_page_says_what_it_was_made_of(ws, shown, tmp_path):
    path = shown.to_html(tmp_path / "page.html", rows=True)
    text = path.read_text().split('id="hicognition-data">')[1].split("</script>")[0]
    content = json.loads(text)
    origin = content.pop("origin")
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert origin["data_sha256"] == hashlib.sha256(told.encode()).hexdigest()
    assert {one["name"]: one["fingerprint"] for one in origin["inputs"]} == {
        name: ws.dataset(name).fingerprint for name in ("loops", "control", "CTCF", "E1")
    }
    assert str(Path(ws.dataset("control").path).parent) not in path.read_text()


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
