"""Embeddings and enrichments on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hicognition_widgets.export import clouds
from hicognition_widgets.export.figure import comparison_figure, write_figure
from hicognition_widgets.export.panels import Panel

AXIS = {"mode": "point", "flank": [50_000, 50_000], "binsize": 10_000, "size": 10}
FACTS = {"n_used": 50, "n_left_out": 0, "axis": AXIS}


def embedding(**arrays: np.ndarray) -> Panel:
    points = np.random.default_rng(1).normal(size=(50, 2))
    points[7] = np.nan
    return Panel(
        kind="embedding1d", title="tracks", meta=FACTS, arrays={"points": points} | arrays
    )


def enrichment(names: int = 3) -> Panel:
    odds = np.random.default_rng(2).lognormal(size=(names, 10))
    odds[0, 5], odds[1, 5], odds[2, 5] = 8.0, 0.0, np.nan
    q = np.full((names, 10), 0.5)
    q[0] = 0.001
    tracks = [{"id": str(i), "name": f"set {i} with $ and <b>"} for i in range(names)]
    return Panel(
        kind="enrichment",
        title="sets",
        meta=FACTS | {"tracks": tracks},
        arrays={"odds_ratio": odds, "q_value": q},
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


def test_sets_are_ranked_at_the_point_and_those_without_data_come_last() -> None:
    members = clouds.ranked(enrichment())
    assert clouds.first_position(enrichment()) == 5
    assert [member.name[:5] for member in members] == ["set 0", "set 1", "set 2"]
    assert [member.log2 for member in members][:2] == [3.0, -np.inf]
    best = clouds.strongest(np.array([[1.0, np.nan], [2.0, np.nan]]))
    np.testing.assert_array_equal(best, [2.0, np.nan])
    assert clouds.odds_range([np.nan, np.inf]) == (-1.0, 1.0)
    low, high = clouds.odds_range([-0.3, 2.7])
    assert low <= -0.3
    assert high >= 2.7


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
        assert "weaker ones not shown" in text
        assert "regions per cell" in text
