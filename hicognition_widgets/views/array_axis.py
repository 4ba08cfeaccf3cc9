"""What the bins of arrays mean that are shown without a catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hicognition_widgets.errors import InputError
from hicognition_widgets.views import choices


@dataclass(frozen=True)
class ArrayAxis:
    """What the bins of the arrays mean.

    Attributes
    ----------
    flank, binsize : int or None
        bp, for points.
    bin_percent : float or None
        Percent of the region, for regions scaled to one length.
    """

    flank: int | None = None
    binsize: int | None = None
    bin_percent: float | None = None

    @classmethod
    def of(cls, bins: int, flank: int | None, *, middle: bool) -> ArrayAxis:
        """Axis of so many bins.

        Parameters
        ----------
        bins : int
            Bins along one edge.
        flank : int or None
            bp on both sides of a point; None for scaled regions with a fifth of their
            length on both sides.
        middle : bool
            Whether one bin sits on the point, as in pileups.

        Raises
        ------
        InputError
            If so many bins cannot span that.
        """
        if flank is None:
            shares = round(1 + 2 * choices.EXPANSION, 6) / choices.EXPANSION
            if bins == 0 or bins % round(shares):
                raise InputError(
                    f"{bins} bins cannot span a region and a fifth of it on both sides; "
                    f"give flank in bp, or a multiple of {round(shares)} bins"
                )
            return cls(bin_percent=100 * (1 + 2 * choices.EXPANSION) / bins)
        steps = bins - 1 if middle else bins
        if flank <= 0 or steps <= 0 or steps % 2 or 2 * flank % steps:
            kind = "an odd" if middle else "an even"
            raise InputError(
                f"{bins} bins do not divide ±{flank:,} bp evenly; it takes {kind} number of "
                "bins of whole base pairs"
            )
        return cls(flank=flank, binsize=2 * flank // steps)

    @property
    def settings(self) -> dict[str, Any]:
        """The traits of a view that say the same."""
        if self.bin_percent is not None:
            return {"bin_percent": self.bin_percent}
        return {"flank": self.flank, "binsize": self.binsize}
