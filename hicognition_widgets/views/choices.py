"""Which flanks and bin sizes a view offers, and which it takes by itself.

Any valid value can be typed or set; these are the usual stops. A choice that stays valid
is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

FLANKS = (
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    400_000,
    1_000_000,
    2_000_000,
)
BIN_PERCENTS = (1.0, 2.0, 5.0)
DEFAULT_BIN_PERCENT = 2.0
EXPANSION = 0.2

_TRACK_BINS = (
    10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
)  # fmt: skip
_MAP_BINS_PER_FLANK = (2, 200)  # below: nothing to see; above: more cells than pixels
_TRACK_BINS_PER_FLANK = (5, 500)
_MAP_TARGET = 20
_TRACK_TARGET = 50


def map_bins(flank: int, resolutions: Iterable[int]) -> list[int]:
    """Resolutions of a contact map that divide `flank` and give a readable picture."""
    low, high = _MAP_BINS_PER_FLANK
    return sorted(r for r in resolutions if flank % r == 0 and low <= flank // r <= high)


def track_bins(flank: int) -> list[int]:
    """Bin sizes for signal along ±`flank`."""
    low, high = _TRACK_BINS_PER_FLANK
    return [b for b in _TRACK_BINS if flank % b == 0 and low <= flank // b <= high]


def choose_map_bin(current: int | None, flank: int, options: Sequence[int]) -> int | None:
    """The current bin size if the map has it, else the one nearest 20 bins a flank."""
    if current in options:
        return current
    return nearest_bin(current or flank / _MAP_TARGET, options)


def choose_track_bin(current: int | None, flank: int, options: Sequence[int]) -> int | None:
    """The current bin size if it divides `flank`, else the one nearest 50 bins a flank."""
    if current is not None and current > 0 and flank % current == 0:
        return current
    return nearest_bin(current or flank / _TRACK_TARGET, options)


def nearest_bin(wanted: float, options: Sequence[int]) -> int | None:
    """The offered bin size nearest to a wish; None if none is offered."""
    return min(options, key=lambda option: (abs(option - wanted), option), default=None)


def flank_stops(resolutions: Iterable[int] | None = None) -> list[int]:
    """Usual flanks; with `resolutions`, those for which a contact map has a bin size."""
    if resolutions is None:
        return list(FLANKS)
    known = list(resolutions)
    return [flank for flank in FLANKS if map_bins(flank, known)]
