"""Views that share: one gives its scale of values, or its order of rows, and others take it.

A link is between two views and knows nothing of grids, so that it holds wherever a view is
moved. Who gives takes from nobody. What is taken follows the giver at once: its limits,
automatic ones included, and what decides about their unit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

import traitlets

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.givers import SHARED, Shared, change_giver, set_giver
from hicognition_widgets.views.payload import result_key
from hicognition_widgets.views.steps import Undoable, one_step, putting_back, unrecorded

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View

_WORDS = {"scale": "scale", "order": "order of rows"}
_lock = threading.RLock()
_here = threading.local()


class Link(NamedTuple):
    """One view takes something from another."""

    shared: Shared
    donor: View
    recipient: View


class Shareable(Undoable):
    """What a view needs to give and take; a part of every view."""

    #: Settings that come along with the limits between two views of this kind.
    adopted: ClassVar[tuple[str, ...]] = ()

    shares = traitlets.Dict().tag(sync=True)

    #: The views that are seen together with this one, itself among them.
    around: Callable[[], Sequence[View]] = staticmethod(tuple)

    def __init__(self, **traits: Any) -> None:
        self._givers: dict[Shared, View] = {}
        self._takers: dict[Shared, list[View]] = {}
        self._groups: dict[Shared, int] = {}
        self._wanted: dict[Shared, int] = dict.fromkeys(SHARED, 0)
        super().__init__(**traits)

    # -- what a kind of view says about itself -----------------------------------------

    def scale_unit(self) -> str:
        """What the values of the picture are; empty if it has no scale to share."""
        return ""

    def scale_family(self) -> str:
        """Views of one family have one unit, or take it over with the limits."""
        return self.scale_unit()

    def take_order(self, _rows: Any, /) -> None:
        """Show the rows in this order, or the own one again (None)."""

    def given_order(self) -> Any:
        """The order of the rows to give; None while there is none."""
        return None

    # -- links -------------------------------------------------------------------------

    def giver(self, shared: Shared) -> View | None:
        """The view that this one takes from, if any."""
        return self._givers.get(shared)

    def takers(self, shared: Shared) -> list[View]:
        """The views that take from this one."""
        return list(self._takers.get(shared, ()))

    @property
    def shared_scale(self) -> Any:
        """Where the scale comes from, as a setting that can be taken back."""
        return self.giver("scale")

    @property
    def shared_order(self) -> Any:
        """Where the order comes from, as a setting that can be taken back."""
        return self.giver("order")

    @property
    def label(self) -> str:
        """What people call the view: its title, or what it shows."""
        view = cast("View", self)
        names = {option["id"]: option["name"] for option in view.feature_options}
        shown = ", ".join(names[key] for key in view.features if key in names)
        return view.title or shown or view.kind

    def notify_change(self, change: Any) -> None:
        """What a change means for links belongs to the same step."""
        if not self._givers and not any(self._takers.values()):
            super().notify_change(change)
            return
        with one_step():
            super().notify_change(change)
            _setting_changed(cast("View", self), change["name"])

    def put_back(self, name: str, value: Any) -> None:
        """Give a setting, or a link, the value that it had."""
        if name.startswith("shared_"):
            shared = cast("Shared", name.removeprefix("shared_"))
            set_giver(shared, cast("View", self), value)
        else:
            super().put_back(name, value)

    def after_putting_back(self) -> None:
        """All settings of a step are as they were: what is given may be another."""
        super().after_putting_back()
        view = cast("View", self)
        for shared in SHARED:
            if view.takers(shared) or view.giver(shared) is not None:
                spread(shared, view.giver(shared) or view)


def why_not(shared: Shared, donor: View, recipient: View) -> str:
    """Why one view cannot take from another, as a sentence; empty if it can."""
    if donor is recipient:
        return f"a view cannot take its {_WORDS[shared]} from itself"
    if shared == "order":
        if donor.kind != "stackup" or recipient.kind != "stackup":
            return "only stackups have an order of rows to share"
        one_set, other_set = donor.regions, recipient.regions
        if one_set is None or other_set is None or one_set.id != other_set.id:
            return "an order of rows is shared between views of one region set"
        return ""
    one, other = donor.scale_family(), recipient.scale_family()
    if not one or not other:
        which = donor if not one else recipient
        return f"a view of the kind {which.kind} has no scale to share"
    adopts = donor.kind == recipient.kind
    if one != other or not (adopts or donor.scale_unit() == recipient.scale_unit()):
        return (
            f"one view shows {donor.scale_unit()}, the other {recipient.scale_unit()}; "
            "a scale is shared between views of one unit"
        )
    return ""


def link(shared: Shared, donor: View, recipients: Iterable[View]) -> None:
    """Let views take from `donor`, or from whom it takes; who took from them comes along.

    Raises
    ------
    InputError
        If one of them cannot; nothing is changed then.
    """
    source = donor.giver(shared) or donor
    wanted: list[View] = []
    for recipient in recipients:
        for view in (recipient, *recipient.takers(shared)):
            if view is source and recipient is not donor:
                raise InputError("the views share already, the other way round; unlink first")
            if view not in wanted:
                wanted.append(view)
    for view in wanted:
        problem = why_not(shared, source, view)
        if problem:
            raise InputError(problem)
    for view in wanted:
        change_giver(shared, view, source)
    spread(shared, source, as_step=True)


def unlink(shared: Shared, recipients: Iterable[View]) -> None:
    """Let views go back to their own: automatic limits, or the order of their settings."""
    for recipient in list(recipients):
        if recipient.giver(shared) is None:
            continue
        change_giver(shared, recipient, None)
        if shared == "scale":
            with recipient.one_message():
                recipient.vmin = recipient.vmax = None


def leave(view: View) -> None:
    """End all links of a view that goes away."""
    for shared in SHARED:
        unlink(shared, [*view.takers(shared), view])


def hand_over(old: View, new: View) -> None:
    """Let a view that stands in for another take over its links, as far as they fit."""
    for shared in SHARED:
        donor, takers = old.giver(shared), old.takers(shared)
        if donor is not None:
            change_giver(shared, old, None)
            if not why_not(shared, donor, new):
                link(shared, donor, [new])
        for taker in takers:
            change_giver(shared, taker, None)
        fitting = [taker for taker in takers if not why_not(shared, new, taker)]
        if fitting:
            link(shared, new, fitting)


def links_among(views: Sequence[View]) -> list[Link]:
    """All links between these views, in their order."""
    known = {id(view) for view in views}
    return [
        Link(shared, donor, view)
        for shared in SHARED
        for view in views
        if (donor := view.giver(shared)) is not None and id(donor) in known
    ]


def eligible(shared: Shared, recipient: View, views: Iterable[View]) -> list[View]:
    """Views that this one could take from."""
    group = (recipient, *recipient.takers(shared))
    return [
        view
        for view in views
        if view not in group and not why_not(shared, view.giver(shared) or view, recipient)
    ]


# -- following -------------------------------------------------------------------------


def check(views: Iterable[View]) -> None:
    """End the links of these views that make no sense any more."""
    for view in views:
        for shared in SHARED:
            takers = [view, *view.takers(shared)]
            for taker in takers:
                donor = taker.giver(shared)
                if donor is not None and why_not(shared, donor, taker):
                    unlink(shared, [taker])


def _setting_changed(view: View, name: str) -> None:
    """Somebody changed a setting of a view: pass it on, or leave what it took."""
    own = ("vmin", "vmax", *view.adopted)
    if name not in (*own, "overlay", "hidden") or putting_back() or _here_taking() is view:
        return
    if view.giver("scale") is not None and name in own:
        # who sets a scale by itself has one of its own
        change_giver("scale", view, None)
        return
    check([view])
    if view.takers("scale"):
        spread("scale", view)


def _here_taking() -> View | None:
    view: View | None = getattr(_here, "taking", None)
    return view


def picture_changed(view: View) -> None:
    """A view shows another picture: its automatic limits and its order may be others."""
    for shared in SHARED:
        if view.takers(shared):
            spread(shared, view)


def spread(shared: Shared, donor: View, *, as_step: bool = False) -> None:
    """Give what there is to give to all takers.

    Several threads may ask at once: one of them gives until what was given is the latest,
    the others go on, and no lock is held meanwhile.
    """
    with _lock:
        donor._wanted[shared] += 1
        if donor._wanted[shared] > 1:
            return
    while True:
        with _lock:
            before = donor._wanted[shared]
        try:
            _give(shared, donor, as_step=as_step)
        except BaseException:
            with _lock:
                donor._wanted[shared] = 0
            raise
        with _lock:
            if donor._wanted[shared] == before:
                donor._wanted[shared] = 0
                return


def _give(shared: Shared, donor: View, *, as_step: bool) -> None:
    takers = [taker for taker in donor.takers(shared) if not why_not(shared, donor, taker)]
    if not takers:
        return
    if shared == "order":
        rows = donor.given_order()
        for taker in takers:
            if rows is not None:
                taker.take_order(rows)
        return
    limits = _limits(donor)
    for taker in takers:
        adopted = (
            {} if donor.kind != taker.kind else {n: getattr(donor, n) for n in donor.adopted}
        )
        news = [name for name, value in adopted.items() if getattr(taker, name) != value]
        with _taking(taker, as_step=as_step):
            with taker.one_message():
                for name in news:
                    setattr(taker, name, adopted[name])
                if limits is not None:
                    taker.vmin, taker.vmax = limits
            if set(news) & set(taker.asks_for):
                taker.refresh()


@contextmanager
def _taking(taker: View, *, as_step: bool) -> Iterator[None]:
    before = _here_taking()
    _here.taking = taker
    try:
        if as_step:
            yield
        else:
            with unrecorded():
                yield
    finally:
        _here.taking = before


def _limits(donor: View) -> tuple[float, float] | None:
    """Limits of the donor's picture; None while it does not show what its settings say."""
    from hicognition_widgets.export.panels import Panel
    from hicognition_widgets.export.scales import limits_in_force

    if donor.vmin is not None and donor.vmax is not None:
        return donor.vmin, donor.vmax
    result = donor.result
    settings = {name: getattr(donor, name) for name in ("kind", *donor.kept)}
    if donor.status != "ready" or not result:
        return None
    if result["meta"].get("answers") != result_key(settings):
        return None
    return limits_in_force(Panel.from_wire(donor.get_state(), result))
