"""What a board can hold the same in all its comparisons: flanks, bin sizes, scales."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hicognition_widgets.views import sharing
from hicognition_widgets.views.steps import one_step, putting_back

if TYPE_CHECKING:
    from hicognition_widgets.views.base import View
    from hicognition_widgets.views.board import Board
    from hicognition_widgets.views.comparison import Comparison

_BINS = ("binsize", "bin_percent")


class BoardLinks:
    """Follows the comparisons of a board and passes on what is linked.

    Parameters
    ----------
    board : Board
        Its traits ``link_flanks``, ``link_bins`` and ``link_scales`` say what is linked.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._lock = threading.RLock()
        self._spreading = False
        self._watched: weakref.WeakSet[View] = weakref.WeakSet()
        #: Views that take a scale because the board links scales, not because of a person.
        self._linked: weakref.WeakSet[View] = weakref.WeakSet()

    def follow(self, comparison: Comparison) -> None:
        """Listen to a comparison that came onto the board."""
        comparison.observe(self._pass_flank, names=["flank"])
        comparison.observe(self._views_changed, names=["views"])
        self._watch(comparison)

    def drop(self, comparison: Comparison) -> None:
        """Stop listening to a comparison that leaves; it keeps no link to the others."""
        comparison.unobserve(self._pass_flank, names=["flank"])
        comparison.unobserve(self._views_changed, names=["views"])
        inside = list(comparison.views)
        for view in inside:
            if view in self._watched:
                view.unobserve(self._pass_bin, names=list(_BINS))
                view.unobserve(self._features_changed, names=["features"])
                self._watched.discard(view)
        for link in sharing.links_among([*inside, *self._board.linkable()]):
            if (link.donor in inside) != (link.recipient in inside):
                sharing.unlink(link.shared, [link.recipient])

    def begin(self, _change: object = None) -> None:
        """Bring everything that is linked into line with the first comparison."""
        first = next((c for c in self._board.comparisons if c.flank is not None), None)
        if self._board.link_flanks and first is not None:
            self._spread_flank(first.flank)
        if self._board.link_bins:
            for comparison in self._board.comparisons[:1]:
                for view in comparison.views:
                    self._spread_bin(view)
        self._link_scales()

    # -- flanks ------------------------------------------------------------------------

    def _pass_flank(self, change: Mapping[str, Any]) -> None:
        if self._board.link_flanks and change["new"] is not None:
            self._spread_flank(change["new"])

    def _spread_flank(self, flank: int | None) -> None:
        # held throughout: two flanks set at once spread one after the other, not mixed
        with self._lock:
            if self._spreading or flank is None:
                return
            self._spreading = True
            try:
                for comparison in self._board.comparisons:
                    if comparison.flank is not None and comparison.flank != flank:
                        comparison.flank = flank
            finally:
                self._spreading = False

    # -- bin sizes ---------------------------------------------------------------------

    def _watch(self, comparison: Comparison) -> None:
        for view in comparison.views:
            if view not in self._watched:
                self._watched.add(view)
                view.observe(self._pass_bin, names=list(_BINS))
                view.observe(self._features_changed, names=["features"])

    def _views_changed(self, change: Mapping[str, Any]) -> None:
        self._watch(change["owner"])
        self._link_scales()

    def _features_changed(self, _change: object) -> None:
        self._link_scales()

    def _pass_bin(self, change: Mapping[str, Any]) -> None:
        if self._board.link_bins and change["new"] is not None and not putting_back():
            self._spread_bin(change["owner"])

    def _spread_bin(self, origin: View) -> None:
        with self._lock:
            if self._spreading:
                return
            self._spreading = True
            try:
                for view in self._board.linkable():
                    if view is not origin and view.kind == origin.kind:
                        _take_bin(view, origin)
            finally:
                self._spreading = False

    # -- scales ------------------------------------------------------------------------

    def _link_scales(self) -> None:
        """Let every view take the scale of the first one that shows the same."""
        if putting_back():
            return
        views = self._board.linkable()
        if not self._board.link_scales:
            with one_step():
                sharing.unlink("scale", [view for view in views if view in self._linked])
            self._linked.clear()
            return
        first: dict[tuple[str, tuple[str, ...]], View] = {}
        with one_step():
            for view in views:
                if not view.features:
                    continue
                donor = first.setdefault((view.kind, tuple(view.features)), view)
                taken = view.giver("scale")
                if donor is view or (taken is not None and view not in self._linked):
                    continue
                source = donor.giver("scale") or donor
                if taken is not source and not sharing.why_not("scale", source, view):
                    sharing.link("scale", donor, [view])
                    self._linked.add(view)


def _take_bin(view: View, origin: View) -> None:
    """The bin size of another view, if flank and features here allow it."""
    if view.mode != origin.mode:
        return
    if view.mode == "interval":
        view.bin_percent = origin.bin_percent
    elif view.flank is not None and origin.binsize in view.bin_stops(view.flank):
        view.binsize = origin.binsize
