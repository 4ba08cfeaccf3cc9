"""Which values the colours, or the height, of a panel stand for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hicognition_widgets.export import clouds, display
from hicognition_widgets.export.panels import Panel, lines_of, y_limits


def heat_limits(panel: Panel, values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Limits of a panel's colours, for values in displayed units."""
    middle = display.centre(panel.variant, panel.drawn_scale)
    return display.limits(
        values,
        panel.vmin,
        panel.vmax,
        symmetric=panel.symmetric,
        middle=middle,
        clip=panel.clip,
    )


def limits_in_force(panel: Panel) -> tuple[float, float] | None:
    """Lowest and highest value of a panel's scale, in displayed units.

    Those that a person set, and automatic ones for the rest; None without a result, and for
    enrichments, whose bars have no limits to set.
    """
    if not panel.arrays or panel.kind == "enrichment":
        return None
    if panel.kind == "profile":
        return y_limits(lines_of(panel), panel.vmin, panel.vmax)
    if panel.kind in clouds.EMBEDDINGS:
        lo, hi, _ = clouds.cloud_scale(panel, clouds.cloud_of(panel))
        return lo, hi
    return heat_limits(panel, panel.heat)
