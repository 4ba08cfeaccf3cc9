"""Embeddings and enrichments on paper."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from hicognition_widgets.export import clouds, odds
from hicognition_widgets.export.figure import comparison_figure, write_figure
from hicognition_widgets.export.panels import Panel

AXIS = {"mode": "point", "flank": [50_000, 50_000], "binsize": 10_000, "size": 10}
FACTS = {"n_used": 50, "n_left_out": 0, "axis": AXIS}


def embedding(
    settings: dict | None = None, meta: dict | None = None, **arrays: np.ndarray
) -> Panel:
    points = np.random.default_rng(1).normal(size=(50, 2))
    points[7] = np.nan
    return Panel(
        kind="embedding1d",
        title="tracks",
        meta=FACTS | (meta or {}),
        arrays={"points": points} | arrays,
        settings=settings or {},
    )


def enrichment(names: int = 3, **settings: object) -> Panel:
    ratio = np.random.default_rng(2).lognormal(size=(names, 10))
    ratio[0, 5], ratio[1, 5], ratio[2, 5] = 8.0, 0.0, np.nan
    q = np.full((names, 10), 0.3)
    q[0] = 3
    q[1, 7] = 400.3
    tracks = [{"id": str(i), "name": f"set {i} with $ and <b>"} for i in range(names)]
    return Panel(
        kind="enrichment",
        title="sets",
        meta=FACTS | {"tracks": tracks},
        arrays={
            "odds_ratio": ratio,
            "log10_q": q,
            "log10_p": q + 1,
            "overlap": np.full((names, 10), 12),
            "chunks": np.full(10, 40),
            "universe_hits": np.full((names, 1), 500),
            "universe_chunks": np.array([9_000]),
        },
        settings=settings,
    )


def test_points_lie_where_they_lay() -> None:
    panel = embedding()
    cloud = clouds.cloud_of(panel)
    points = panel.arrays["points"]
    assert np.isnan(cloud.at[7]).all()
    known = np.isfinite(points[:, 0])
    assert cloud.at[known].min() > 0
    assert cloud.at[known].max() < 1
    for axis in (0, 1):
        slope, offset = np.polyfit(points[known, axis], cloud.at[known, axis], 1)
        np.testing.assert_allclose(slope * points[known, axis] + offset, cloud.at[known, axis])
    # every point knows how many share its cell
    cells = np.floor(cloud.at[known] * 25).astype(int)
    shared = [(cells == cell).all(axis=1).sum() for cell in cells]
    np.testing.assert_array_equal(cloud.values[known], shared)


def test_an_overlay_colours_the_points() -> None:
    overlay = np.linspace(-1, 1, 50)
    cloud = clouds.cloud_of(embedding(overlay=overlay))
    np.testing.assert_array_equal(cloud.values, overlay)
    figure = comparison_figure([embedding(overlay=overlay)])
    drawn = [one for axes in figure.axes for one in axes.collections]
    dots = max(drawn, key=lambda one: len(one.get_offsets()))
    assert len(dots.get_offsets()) == 49
    assert len(np.unique(dots.get_facecolors(), axis=0)) > 30


def test_the_part_on_screen_and_its_categories_are_drawn() -> None:
    states = np.arange(50.0) % 3
    states[9] = np.nan
    meta = {"overlay": {"name": "state", "levels": ["open $", "closed", "other"]}}
    panel = embedding({"extent": [-1.0, 0.5, -0.5, 1.0]}, meta, overlay=states)
    cloud = clouds.cloud_of(panel)
    points = panel.arrays["points"]
    inside = (points > [-1, -0.5]).all(axis=1) & (points < [0.5, 1]).all(axis=1)
    np.testing.assert_array_equal(np.isfinite(cloud.at[:, 0]), inside)
    np.testing.assert_allclose(cloud.at[inside, 0], (points[inside, 0] + 1) / 1.5)
    figure = comparison_figure([panel])
    drawn = [one for axes in figure.axes for one in axes.collections]
    dots = max(drawn, key=lambda one: len(one.get_offsets()))
    assert len(dots.get_offsets()) == inside.sum()
    first = next(i for i in np.flatnonzero(inside) if states[i] == 1)
    place = np.flatnonzero(inside).tolist().index(first)
    np.testing.assert_allclose(dots.get_facecolors()[place][:3], clouds.level_colour(1))
    assert any(text.get_text() == "closed" for text in figure.texts)
    assert len({clouds.level_colour(i) for i in range(15)}) == 15


def rows(**settings: object) -> list[int]:
    return [member.row for member in odds.listed(enrichment(**settings))]


def test_sets_are_ranked_at_the_point_and_those_without_data_come_last() -> None:
    members = odds.listed(enrichment())
    assert odds.position(enrichment()) == 5
    assert [member.row for member in members] == [0, 1, 2]
    assert [member.log2 for member in members][:2] == [3.0, -np.inf]
    one = members[0]
    assert (one.a, one.b, one.c, one.d) == (12, 488, 28, 8472)
    assert odds.odds_range([np.nan, np.inf]) == (-1.0, 1.0)
    low, high = odds.odds_range([-0.3, 2.7])
    assert low <= -0.3
    assert high >= 2.7


def test_sets_are_listed_as_on_screen() -> None:
    assert odds.position(enrichment(position=-50_000.0)) == 0
    assert odds.position(enrichment(position=1e9)) == 9
    assert rows(rank_ascending=True) == [1, 0, 2]
    assert rows(rank_by="p_value", rank_ascending=True)[0] == 0
    assert rows(rank_by="name", rank_ascending=False) == [2, 1, 0]
    assert rows(search="SET 2") == [2]
    assert rows(max_q=0.05) == [0]
    assert rows(max_q=0.0) == []
    best = odds.listed(enrichment(overall=True, rank_by="q_value", rank_ascending=True))
    assert (best[0].row, best[0].bin) == (1, 7)
    assert odds.chance_text(best[0].q) == "5e\N{MINUS SIGN}401"
    np.testing.assert_array_equal(
        odds.strongest(enrichment(search="set 1")),
        np.log2(enrichment().arrays["odds_ratio"][1].clip(1e-300)).clip(-900)
        + np.where(np.arange(10) == 5, -np.inf, 0),
    )


def test_infinite_ratios_have_a_place_of_their_own_on_an_axis() -> None:
    scale = odds.ended((-2.0, 4.0), [np.inf, 1.0, -1.5, np.nan], 4)
    assert scale.texts[-1] == "∞"
    assert scale.texts[0] == "−2"
    assert (scale.lo, scale.places[-1]) == (-2.0, scale.hi)
    assert scale.hi == scale.at(np.inf) > 4.0
    assert scale.at(4.0) == 4.0
    both = odds.ended((-2.0, 4.0), [np.inf, -np.inf], 4)
    assert (both.texts[0], both.texts[-1]) == ("−∞", "∞")
    assert (both.at(-np.inf), both.lo) == (both.lo, both.places[0])
    assert both.lo < -2.0
    plain = odds.ended((-2.0, 4.0), [1.0, np.nan], 4)
    assert (plain.lo, plain.hi) == (-2.0, 4.0)
    assert "∞" not in "".join(plain.texts)


def infinite(chart: str) -> Panel:
    """Set 0 overlaps wherever there is a region, set 1 nowhere, at the point and beside it."""
    panel = enrichment(chart=chart)
    ratio = np.full((3, 10), 2.0)
    ratio[0, 5], ratio[1, 5], ratio[2, 5] = np.inf, 0.0, 4.0
    ratio[:, 2] = 0.0
    q = np.array(panel.arrays["log10_q"])
    q[2, 5] = np.inf
    return dataclasses.replace(panel, arrays=panel.arrays | {"odds_ratio": ratio, "log10_q": q})


@pytest.mark.parametrize("chart", ["ranking", "volcano"])
def test_infinite_ratios_are_arrowheads_beyond_the_numbers(chart: str) -> None:
    figure = comparison_figure([infinite(chart)])
    bars, below = (axes for axes in figure.axes if axes.has_data())
    texts = [label.get_text() for label in bars.get_yticklabels()]
    assert (texts[0], texts[-1]) == ("−∞", "∞")
    # bars that go on beyond the axis end in a point, the others at their value
    arrows = {
        round(float(np.mean(patch.get_xy()[:, 0].min())), 2): patch.get_xy()
        for patch in bars.patches
        if type(patch).__name__ == "Polygon"
    }
    assert sorted(arrows) == [2.05, 5.05]
    assert arrows[5.05][:, 1].max() == bars.get_ylim()[1]
    assert arrows[2.05][:, 1].min() == bars.get_ylim()[0]
    labels = [label.get_text() for label in below.get_xticklabels()]
    assert (labels[0], labels[-1]) == ("−∞", "∞")
    marks = {
        line.get_marker(): (float(line.get_xdata()[0]), float(line.get_ydata()[0]))
        for line in below.lines
        if line.get_marker() in ("o", "<", ">", "^")
    }
    lo, hi = below.get_xlim()
    assert marks[">"][0] == hi
    assert marks["<"][0] == lo
    if chart == "volcano":
        assert set(marks) == {"<", ">", "^"}
        assert marks["^"] == (2.0, below.get_ylim()[1])
        assert below.get_yticklabels()[-1].get_text() == "∞"
    else:
        assert set(marks) == {"<", ">", "o"}
        assert marks["o"][0] == 2.0


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("chart", ["volcano", "table"])
def test_sets_are_drawn_as_on_screen(tmp_path: Path, suffix: str, chart: str) -> None:
    path = tmp_path / f"a{suffix}"
    panels = [enrichment(30, chart=chart), enrichment(3, chart=chart, overall=True)]
    write_figure([*panels, enrichment(search="nobody", chart=chart)], path, dpi=60)
    if suffix == ".svg":
        text = path.read_text(encoding="utf-8")
        assert ("log10 q" in text) == (chart == "volcano")
        assert ("5e\N{MINUS SIGN}401" in text) == (chart == "table")


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("preset", ["single", "double"])
def test_they_are_drawn_beside_each_other(tmp_path: Path, suffix: str, preset: str) -> None:
    path = tmp_path / f"a{suffix}"
    nobody = Panel(
        kind="embedding2d", title="none", meta=FACTS, arrays={"points": np.full((3, 2), np.nan)}
    )
    write_figure([embedding(), enrichment(40), nobody], path, preset=preset, dpi=60)
    assert path.stat().st_size > 1000
    if suffix == ".svg":
        text = path.read_text(encoding="utf-8")
        assert "set 0" in text
        assert "more not shown" in text
        assert "regions per cell" in text


def test_limits_of_values_mirror_each_other_and_those_of_a_density_do_not() -> None:
    values = np.linspace(-1, 3, 50)
    panel = dataclasses.replace(embedding(overlay=values), symmetric=True)
    lo, hi, _ = clouds.cloud_scale(panel, clouds.cloud_of(panel))
    assert lo == -hi
    assert hi == pytest.approx(np.percentile(values, 99))
    maps = dataclasses.replace(panel, kind="embedding2d")
    assert clouds.cloud_scale(maps, clouds.cloud_of(maps))[0] > -1
    plain = dataclasses.replace(embedding(), symmetric=True)
    assert clouds.cloud_scale(plain, clouds.cloud_of(plain))[0] >= 1
