from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hicognition_widgets.jobs.numbers import pileup_numbers, plain, profile_numbers


def test_pileup_numbers_by_hand() -> None:
    mean = np.zeros((41, 41))
    mean[19:22, 19:22] = 6.0
    for rows in (slice(0, 4), slice(37, 41)):
        for columns in (slice(0, 4), slice(37, 41)):
            mean[rows, columns] = 2.0
    assert pileup_numbers(mean) == {"centre": 6.0, "corners": 2.0, "ratio": 3.0}
    mean[20, 20] = np.nan
    mean[0, 0] = np.nan
    assert pileup_numbers(mean) == {"centre": 6.0, "corners": 2.0, "ratio": 3.0}


@pytest.mark.parametrize(("size", "block"), [(1, 1), (3, 1), (9, 1), (10, 2), (11, 2), (12, 4)])
def test_corner_blocks_of_small_maps(size: int, block: int) -> None:
    mean = np.full((size, size), np.nan)
    mean[:block, :block] = 1.0
    mean[-block:, :block] = 2.0
    mean[:block, -block:] = 3.0
    mean[-block:, -block:] = 4.0
    expected = 4.0 if size == 1 else 2.5
    assert pileup_numbers(mean)["corners"] == expected


def test_nothing_is_none() -> None:
    empty = {"centre": None, "corners": None, "ratio": None}
    assert pileup_numbers(np.full((21, 21), np.nan)) == empty
    assert pileup_numbers(np.zeros((21, 21)))["ratio"] is None
    assert profile_numbers(np.full(10, np.nan)) == {"centre": None, "flanks": None}
    assert profile_numbers(np.zeros(0)) == {"centre": None, "flanks": None}


def test_profile_numbers_by_hand() -> None:
    assert profile_numbers(np.arange(10.0)) == {"centre": 4.5, "flanks": 4.5}
    assert profile_numbers(np.array([1.0, 1, 9, 2, 2])) == {"centre": 9.0, "flanks": 1.5}
    assert profile_numbers(np.array([7.0])) == {"centre": 7.0, "flanks": 7.0}


LIMITED = st.floats(-1e100, 1e100, width=64) | st.just(np.nan) | st.just(np.inf)


@given(hnp.arrays(np.float64, st.integers(1, 30).map(lambda n: (n, n)), elements=LIMITED))
def test_numbers_are_plain_and_within_the_values(mean: np.ndarray) -> None:
    numbers = pileup_numbers(mean)
    json.dumps(numbers, allow_nan=False)
    finite = mean[np.isfinite(mean)]
    for name in ("centre", "corners"):
        value = numbers[name]
        if value is not None:
            slack = 1e-9 * max(np.abs(finite).max(), 1e-300)
            assert finite.min() - slack <= value <= finite.max() + slack


def test_plain_json() -> None:
    value = {
        "a": np.float32(1.5),
        "b": [np.int64(3), math.nan, (np.inf, True)],
        3: np.array([[1.0, np.nan]]),
        "c": np.bool_(False),
        "d": None,
        "e": "text",
    }
    expected = {
        "a": 1.5, "b": [3, None, [None, True]], "3": [[1.0, None]], "c": False, "d": None,
        "e": "text",
    }  # fmt: skip
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)
