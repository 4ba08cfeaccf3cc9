"""Display rules: the same numbers, colours and texts as the browser's."""

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.errors import InputError
from hicognition_widgets.export import display

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "display.json").read_text(encoding="utf-8")
)


def floats(values):
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)


def nones(values):
    return [None if np.isnan(v) else float(v) for v in values]


def test_rules_file_is_current():
    assert display.main([]) == 0


def test_tables_of_matplotlib():
    for name in ("coolwarm", "viridis", "magma", "Reds", "Greys"):
        expected = mpl.colormaps[name](np.arange(256), bytes=True)[:, :3]
        np.testing.assert_array_equal(display.colour_table(name), expected)


def test_fall_goes_from_white_through_orange_and_red_to_black():
    fall = display.colour_table("fall").astype(int)
    assert fall.shape == (256, 3)
    assert tuple(fall[0]) == (255, 255, 255)
    assert tuple(fall[255]) == (0, 0, 0)
    assert (np.diff(fall[:, 1]) <= 0).all()
    assert abs(fall[127] - (253, 141, 60)).max() <= 30
    with pytest.raises(InputError, match="fall"):
        display.colour_table("jet")


def test_same_colours_as_matplotlib():
    values = np.random.default_rng(1).normal(size=(40, 40)).astype(np.float32)
    values[3, 4] = np.nan
    norm = mpl.colors.Normalize(-1.5, 1.25)
    expected = mpl.colormaps["coolwarm"](norm(values.astype(np.float64)), bytes=True)
    shown = display.colours(values, -1.5, 1.25, "coolwarm")
    present = np.isfinite(values)
    np.testing.assert_array_equal(shown[present], expected[present])
    assert tuple(shown[3, 4]) == (0, 0, 0, 0)


@pytest.mark.parametrize("case", VECTORS["limits"])
def test_limit_vectors(case):
    shown = display.to_display(floats(case["values"]), case["scale"])
    for function, key in (
        (display.auto_limits, "limits"),
        (display.track_limits, "track"),
    ):
        found = function(shown, case["symmetric"], middle=case["middle"])
        assert found == pytest.approx(case[key], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("case", VECTORS["set_limits"])
def test_set_limit_vectors(case):
    found = display.limits(
        floats(case["values"]),
        case["vmin"],
        case["vmax"],
        symmetric=case["symmetric"],
        middle=case["middle"],
    )
    assert found == pytest.approx(case["limits"], rel=1e-12)


def test_value_axes_end_at_round_numbers():
    values = [0.02, np.nan, 0.97]
    assert display.value_limits(values) == (0.0, 1.0)
    assert display.value_limits(values, vmax=0.5) == (0.0, 0.5)
    assert display.value_limits(values, vmin=2.0) == (2.0, 2.2)
    assert display.value_limits([np.nan], None, None) == (0.0, 1.0)
    assert display.value_limits([5.0, 5.0], 0.0, 0.0) == (-1.0, 1.0)


@pytest.mark.parametrize("case", VECTORS["display"])
def test_display_vectors(case):
    shown = display.to_display(floats(case["values"]), case["scale"])
    np.testing.assert_allclose(shown, floats(case["shown"]), rtol=1e-12)


@pytest.mark.parametrize("case", VECTORS["colours"])
def test_colour_vectors(case):
    shown = display.colours(floats(case["values"]), case["lo"], case["hi"], case["map"])
    assert shown.tolist() == case["rgba"]


@pytest.mark.parametrize("case", VECTORS["ticks"])
def test_tick_vectors(case):
    positions = display.ticks(case["lo"], case["hi"], case["n"])
    assert positions == case["positions"]
    assert display.tick_texts(positions) == case["texts"]


@pytest.mark.parametrize("case", VECTORS["nice"])
def test_nice_limit_vectors(case):
    lo, hi = display.nice_limits(case["lo"], case["hi"])
    assert [lo, hi] == case["limits"]
    assert lo <= case["lo"] + 1e-12
    assert hi >= case["hi"] - 1e-12


@pytest.mark.parametrize(("name", "cases"), VECTORS["texts"].items())
def test_text_vectors(name, cases):
    function = {
        "number": display.format_number,
        "count": display.format_count,
        "bp": display.format_bp,
        "offset": display.format_offset,
        "flank": display.format_flank,
        "percent": display.format_percent,
    }[name]
    for value, text in cases:
        assert function(value) == text


def test_defaults_and_units():
    assert display.defaults("pileup", "oe") == {
        "map": "coolwarm",
        "scale": "log2",
        "symmetric": True,
    }
    assert display.defaults("pileup", "raw")["map"] == "fall"
    assert display.defaults("stackup")["map"] == "Reds"
    assert display.defaults("something new")["map"] == "viridis"
    assert display.unit("pileup", "oe", "log2") == "log2 O/E"
    assert display.unit("pileup", "balanced", "log2") == "log2 balanced contacts"
    assert display.unit("pileup", "raw", "linear") == "counts"
    assert display.unit("stackup", None, "linear") == "signal"
    assert display.centre("oe", "linear") == 1.0
    assert display.centre("oe", "log2") == 0.0


def test_zero_is_a_value_and_missing_is_not():
    shown = display.to_display([0.0, np.nan, np.inf], "linear")
    assert nones(shown) == [0.0, None, None]
    assert nones(display.to_display([0.0, -1.0, 4.0], "log2")) == [None, None, 2.0]
    with pytest.raises(InputError, match="sqrt"):
        display.to_display([1.0], "sqrt")


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), max_size=30),
    st.booleans(),
    st.sampled_from([0.0, 1.0]),
)
def test_limits_are_apart_and_lie_in_the_track(values, symmetric, middle):
    lo, hi = display.auto_limits(values, symmetric, middle=middle)
    low, high = display.track_limits(values, symmetric, middle=middle)
    assert lo < hi
    assert low <= lo
    assert hi <= high
    if symmetric:
        assert lo + hi == pytest.approx(2 * middle, abs=1e-6)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_ticks_are_few_and_inside(lo, span, n):
    hi = lo + span
    positions = display.ticks(lo, hi, n)
    assert len(positions) <= max(n, 1)
    slack = 1e-6 * (hi - lo) + 1e-6 * abs(lo)
    assert all(lo - slack <= v <= hi + slack for v in positions)
    assert positions == sorted(positions)


def test_no_ticks_where_there_is_no_range():
    assert display.ticks(-1.7e308, 1.7e308, 5) == []
    assert display.ticks(0.0, float("nan"), 5) == []
    assert display.ticks(0.0, 1.0, 0) == []


def test_zero_is_not_missing_where_logarithms_are_drawn():
    values = [np.nan, 0.0, 1.0, 4.0, -1.0]
    shown = display.to_cells(values, "log2")
    assert shown[1] == -np.inf
    assert np.isnan(shown[[0, 4]]).all()
    np.testing.assert_array_equal(shown[2:4], [0, 2])
    colours = display.colours(shown, -1.0, 1.0, "coolwarm")
    table = display.colour_table("coolwarm")
    np.testing.assert_array_equal(colours[1], [*table[0], 255])
    assert colours[[0, 4], 3].tolist() == [0, 0]
    assert display.auto_limits(shown) == display.auto_limits([0.0, 2.0])
    np.testing.assert_array_equal(display.to_cells(values, "linear"), values)
