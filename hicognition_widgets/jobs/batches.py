"""Small tasks that go to a worker together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hicognition_widgets.jobs.work import Order

LEAST_SECONDS: Final = 0.5
"""Work that is worth a way through the scheduler."""


def batches(
    orders: Sequence[Order],
    *,
    seconds: Callable[[Order], float] = lambda order: order.task.seconds,
    least: float = LEAST_SECONDS,
) -> list[list[Order]]:
    """Neighbouring tasks in batches of at least so much estimated work.

    Parameters
    ----------
    orders : sequence of Order
        In the order in which they are done; neighbours often share a file.
    seconds : callable
        Estimated time of one.
    least : float
        Estimated time of a batch, but for the last one.

    Returns
    -------
    list of list of Order
    """
    found: list[list[Order]] = []
    batch: list[Order] = []
    sum_of_batch = 0.0
    for order in orders:
        batch.append(order)
        sum_of_batch += seconds(order)
        if sum_of_batch >= least:
            found.append(batch)
            batch, sum_of_batch = [], 0.0
    if batch:
        found.append(batch)
    return found
