import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hicognition_widgets.errors import InputError
from hicognition_widgets.views import rows

nan = np.nan


def test_missing_values_come_last_in_both_directions():
    matrix = np.array([[nan, nan], [3, 3], [1, 1], [2, nan]], dtype=np.float32)
    up = rows.row_order(matrix, "region", ascending=True, body=(0, 2))
    down = rows.row_order(matrix, "region", ascending=False, body=(0, 2))
    assert up.tolist() == [2, 3, 1, 0]
    assert down.tolist() == [1, 3, 2, 0]


def test_centre_of_an_even_number_of_bins_lies_between_two():
    matrix = np.array([[0, 5, 0, 0], [0, 0, 6, 0], [9, 0, 0, 9]], dtype=np.float32)
    order = rows.row_order(matrix, "center", ascending=False, body=(0, 4))
    assert order.tolist() == [1, 0, 2]


def test_boundaries_are_those_of_the_region_not_of_the_window():
    matrix = np.array([[9, 1, 0, 9], [9, 2, 5, 9]], dtype=np.float32)
    assert rows.row_order(matrix, "left", ascending=True, body=(1, 3)).tolist() == [0, 1]
    assert rows.row_order(matrix, "right", ascending=False, body=(1, 3)).tolist() == [1, 0]


def test_random_order_is_the_same_every_time():
    matrix = np.zeros((100, 2), dtype=np.float32)
    first = rows.row_order(matrix, "random", ascending=True, body=(0, 2))
    second = rows.row_order(matrix, "random", ascending=False, body=(0, 2))
    assert first.tolist() == second.tolist()
    assert sorted(first.tolist()) == list(range(100))


def test_an_unknown_key_names_the_known_ones():
    with pytest.raises(InputError, match="center"):
        rows.row_order(np.zeros((1, 2)), "colour", ascending=True, body=(0, 2))


@given(
    hnp.arrays(
        np.float32,
        st.tuples(st.integers(0, 60), st.integers(1, 5)),
        elements=st.floats(-100, 100, width=32) | st.just(nan),
    ),
    st.integers(1, 30),
)
def test_shown_rows_are_means_of_neighbours_in_the_order(matrix, shown):
    order = rows.row_order(matrix, "input", ascending=True, body=(0, matrix.shape[1]))
    image, edges = rows.shown_rows(matrix, order, shown=shown)
    assert image.shape == (min(len(matrix), shown), matrix.shape[1])
    assert edges[0] == 0
    assert edges[-1] == len(matrix)
    assert np.all(np.diff(edges) >= 1)
    for line in range(len(image)):
        group = matrix[edges[line] : edges[line + 1]].astype(np.float64)
        for column in range(matrix.shape[1]):
            finite = group[:, column][~np.isnan(group[:, column])]
            if finite.size:
                assert image[line, column] == pytest.approx(finite.mean(), rel=1e-5, abs=1e-5)
            else:
                assert np.isnan(image[line, column])
