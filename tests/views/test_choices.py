from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.views import choices


def test_map_bins_divide_the_flank_and_stay_readable():
    assert choices.map_bins(200_000, (1_000, 10_000, 30_000, 50_000, 200_000)) == [
        1_000,
        10_000,
        50_000,
    ]


def test_a_bin_that_stays_valid_is_kept():
    assert choices.choose_map_bin(50_000, 400_000, [10_000, 50_000]) == 50_000
    assert choices.choose_track_bin(2_500, 100_000, [1_000, 2_000]) == 2_500


def test_a_bin_that_is_not_in_the_map_is_replaced_by_the_nearest():
    assert choices.choose_map_bin(50_000, 20_000, [5_000, 10_000]) == 10_000
    assert choices.choose_map_bin(None, 200_000, [5_000, 10_000, 50_000]) == 10_000
    assert choices.choose_map_bin(None, 200_000, []) is None


def test_flank_stops_leave_out_what_the_map_cannot_show():
    assert choices.flank_stops((50_000,)) == [100_000, 200_000, 400_000, 1_000_000, 2_000_000]


@given(st.sampled_from(choices.FLANKS), st.none() | st.integers(1, 10**6))
def test_every_choice_divides_its_flank(flank, current):
    options = choices.track_bins(flank)
    chosen = choices.choose_track_bin(current, flank, options)
    assert chosen is not None
    assert flank % chosen == 0
