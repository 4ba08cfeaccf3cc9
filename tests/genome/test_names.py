from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hicognition_widgets.errors import GenomeMismatch
from hicognition_widgets.genome.names import list_names, match_names


def test_exact_names_and_prefixes() -> None:
    assert match_names(["chr1", "2", "X"], ["chrX", "chr1", "chr2", "chr3"]) == {
        "chr1": "chr1",
        "2": "chr2",
        "X": "chrX",
    }
    assert match_names(["chr1", "Chr2"], ["1", "2"]) == {"chr1": "1", "Chr2": "2"}


def test_what_has_no_partner_is_left_out() -> None:
    assert match_names(["chr1", "chrUn"], ["chr1"]) == {"chr1": "chr1"}
    assert match_names([], ["chr1"]) == match_names(["chr1"], []) == {}


def test_an_exact_name_wins_over_a_prefix() -> None:
    assert match_names(["1", "chr1"], ["chr1"]) == {"chr1": "chr1"}
    assert match_names(["1"], ["1", "chr1"]) == {"1": "1"}


@pytest.mark.parametrize(
    ("wanted", "available"), [(["1"], ["chr1", "CHR1"]), (["1", "Chr1"], ["chr1"])]
)
def test_ambiguous_names_are_refused(wanted: list[str], available: list[str]) -> None:
    with pytest.raises(GenomeMismatch, match=r"ambiguous.*chr1"):
        match_names(wanted, available)


def test_nothing_fits_names_both_sides() -> None:
    with pytest.raises(
        GenomeMismatch, match="one side has a, b, the other c, d, e, f, g, h and"
    ):
        match_names("ab", "cdefghij")


@given(st.lists(st.text(min_size=1, max_size=5), unique=True, min_size=1))
def test_names_match_themselves(names: list[str]) -> None:
    assert match_names(names, reversed(names)) == {name: name for name in names}


def test_long_lists_are_shortened() -> None:
    assert list_names("abc") == "a, b, c"
    assert list_names("abcdefgh") == "a, b, c, d, e, f and 2 more"
