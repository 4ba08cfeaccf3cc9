import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hicognition_widgets.errors import InputError
from hicognition_widgets.views import row_image, rows
from hicognition_widgets.views.row_image import overview, pictured

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


def test_another_seed_is_another_order():
    matrix = np.zeros((100, 2), dtype=np.float32)
    one, other = (
        rows.row_order(matrix, "random", ascending=True, body=(0, 2), seed=seed)
        for seed in (1, 2)
    )
    assert one.tolist() != other.tolist()
    assert sorted(other.tolist()) == list(range(100))


def test_values_of_the_rows_do_not_depend_on_the_part_that_is_read(monkeypatch):
    matrix = np.random.default_rng(0).normal(size=(500, 6)).astype(np.float32)
    matrix[3] = nan
    whole = rows.row_values(matrix, "region", (1, 5))
    monkeypatch.setattr(rows, "_CHUNK", 60)
    np.testing.assert_array_equal(rows.row_values(matrix, "region", (1, 5)), whole)
    np.testing.assert_allclose(whole[4:], matrix[4:, 1:5].astype(float).mean(axis=1))


def test_groups_stand_together_in_the_order_within():
    order = np.array([4, 3, 2, 1, 0, 5])
    codes = np.array([1, 0, 1, 0, -1, 1])
    shown = rows.arranged(order, codes, ["a", "b"], "no value")
    assert shown.order.tolist() == [3, 1, 2, 0, 5, 4]
    assert [(b.name, b.n, b.role) for b in shown.blocks] == [
        ("a", 2, "group"),
        ("b", 3, "group"),
        ("no value", 1, "group"),
    ]
    chosen = rows.arranged(order, codes, ["a", "b"], "no value", np.array([0, 1]))
    assert chosen.order.tolist() == [1, 0, 3, 2, 5, 4]
    assert [(b.name, b.role, b.colour) for b in chosen.blocks] == [
        ("selected", "selected", 0),
        ("a", "group", 0),
        ("b", "group", 1),
        ("no value", "group", 2),
    ]


def test_many_groups_leave_the_smallest_together():
    codes = np.repeat(np.arange(40), np.arange(1, 41))
    names = [f"g{i}" for i in range(40)]
    shown = rows.arranged(np.arange(len(codes)), codes, names)
    assert len(shown.blocks) == rows.MOST_GROUPS
    assert shown.blocks[0].name == "g17"
    assert shown.blocks[-1].name == "17 smaller groups"
    assert shown.blocks[-1].n == sum(range(1, 18))
    assert sorted(shown.order.tolist()) == list(range(len(codes)))


def test_some_rows_keep_order_and_blocks():
    shown = rows.arranged(np.array([3, 2, 1, 0]), np.array([0, 1, 2, 0]), ["a", "b", "c"])
    some = shown.only(np.array([0, 2]))
    assert some.order.tolist() == [0, 2]
    assert [(b.name, b.n, b.colour) for b in some.blocks] == [("a", 1, 0), ("c", 1, 2)]


matrices = hnp.arrays(
    np.float32,
    st.tuples(st.integers(0, 60), st.integers(1, 5)),
    elements=st.floats(-100, 100, width=32) | st.just(nan),
)


@given(matrices, st.integers(1, 30), st.data())
def test_lines_are_means_of_neighbours_in_one_block(matrix, most, data):
    n = len(matrix)
    order = np.array(data.draw(st.permutations(range(n))), dtype=np.int64)
    codes = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n)), dtype=int)
    shown = rows.arranged(order, codes, ["a", "b", "c", "d"])
    first = data.draw(st.integers(0, max(n - 1, 0)))
    after = data.draw(st.integers(first, n))
    lines = pictured(matrix, shown.order, shown.sizes, first, after, most)
    ends = np.cumsum(shown.sizes)
    assert lines.edges[0] == first
    assert lines.edges[-1] == after
    assert np.all(np.diff(lines.edges) >= 1)
    assert sum(lines.per_block) == len(lines.image) == len(lines.edges) - 1
    in_window = sum(
        end > first and end - b.n < after for b, end in zip(shown.blocks, ends, strict=True)
    )
    assert len(lines.image) == min(after - first, max(most, in_window if after > first else 0))
    for inner in ends[(ends > first) & (ends < after)]:
        assert inner in lines.edges
    for line in range(len(lines.image)):
        group = matrix[shown.order[lines.edges[line] : lines.edges[line + 1]]].astype(float)
        expect_means(lines.image[line], group)
    whole, means = overview(matrix, shown.order, shown.sizes, lines=most)
    assert whole.edges[-1] == n
    for block, (size, end) in enumerate(zip(shown.sizes, ends, strict=True)):
        expect_means(means[block], matrix[shown.order[end - size : end]].astype(float))


def expect_means(found, group):
    for column in range(group.shape[1]):
        finite = group[:, column][~np.isnan(group[:, column])]
        if finite.size:
            assert found[column] == pytest.approx(finite.mean(), rel=1e-5, abs=1e-5)
        else:
            assert np.isnan(found[column])


def test_lines_over_the_parts_that_are_read_are_the_same(monkeypatch):
    matrix = np.random.default_rng(1).normal(size=(997, 3)).astype(np.float32)
    matrix[::7] = nan
    order = np.random.default_rng(2).permutation(997)
    sizes = np.array([400, 597])
    whole = pictured(matrix, order, sizes, 11, 990, 37)
    monkeypatch.setattr(row_image, "_CHUNK", 40)
    parts = pictured(matrix, order, sizes, 11, 990, 37)
    np.testing.assert_allclose(parts.image, whole.image, rtol=1e-6)
    assert parts.per_block == whole.per_block
