"""Who gives what to whom, kept at both ends of a link, and what the browser shows of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View

Shared = Literal["scale", "order"]
"""What views can share."""
SHARED: tuple[Shared, ...] = ("scale", "order")
_lock = threading.RLock()


def change_giver(shared: Shared, recipient: View, donor: View | None) -> None:
    """Set who gives, as something that can be taken back."""
    old = recipient.giver(shared)
    if old is donor:
        return
    set_giver(shared, recipient, donor)
    if recipient.steps is not None:
        recipient.steps.record(recipient, f"shared_{shared}", old, donor)


def set_giver(shared: Shared, recipient: View, donor: View | None) -> None:
    """Set who gives; None for nobody."""
    with _lock:
        old = recipient._givers.pop(shared, None)
        if old is not None:
            old._takers[shared].remove(recipient)
        if donor is not None:
            recipient._givers[shared] = donor
            donor._takers.setdefault(shared, []).append(recipient)
            if shared not in donor._groups:
                donor._groups[shared] = _free_group(shared, donor)
        for view in (old, recipient, donor):
            if view is not None and not view._takers.get(shared):
                view._groups.pop(shared, None)
        told = {
            id(view): view
            for one in (old, recipient, donor)
            if one is not None
            for view in (one, *one._takers.get(shared, ()))
        }
    if shared == "order" and donor is None:
        recipient.take_order(None)
    for view in told.values():
        view.shares = _described(view)


def _free_group(shared: Shared, donor: View) -> int:
    """Lowest number that no group around has; groups beyond the colours are told by name."""
    taken = {view._groups[shared] for view in donor.around() if shared in view._groups}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def _described(view: View) -> dict[str, Any]:
    """What the browser shows of a view's links."""
    told: dict[str, Any] = {}
    for shared in SHARED:
        donor, takers = view.giver(shared), view.takers(shared)
        if donor is not None:
            group = donor._groups.get(shared, 0)
            told[shared] = {"role": "recipient", "group": group, "names": [donor.label]}
        elif takers:
            names = [taker.label for taker in takers]
            told[shared] = {
                "role": "donor",
                "group": view._groups.get(shared, 0),
                "names": names,
            }
    return told
