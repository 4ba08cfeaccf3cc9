"""Several comparisons side by side."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import traitlets

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.base import View
from hicognition_widgets.views.commands import Command, Reply, answer
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.runtime import BundledWidget


def _refs(comparisons: list[Comparison], _widget: object = None) -> list[str]:
    return [_ref(comparison) for comparison in comparisons]


def _ref(comparison: Comparison) -> str:
    return f"anywidget:{comparison.model_id}"


class Board(BundledWidget):
    """Comparisons side by side, each with its region set, flank and selection.

    Parameters
    ----------
    *comparisons : Comparison
        In the order shown.
    link_flanks : bool
        Whether a flank set in one holds for all of points.
    """

    kind = traitlets.Unicode("board").tag(sync=True)
    comparisons = traitlets.List(traitlets.Instance(Comparison)).tag(sync=True, to_json=_refs)
    link_flanks = traitlets.Bool(False).tag(sync=True)

    def __init__(self, *comparisons: Comparison, link_flanks: bool = False) -> None:
        self._lock = threading.RLock()
        self._followed: list[Comparison] = []
        self._passing_on = False
        super().__init__()
        self.observe(self._follow_list, names=["comparisons"])
        self.observe(self._follow_link, names=["link_flanks"])
        self.comparisons = list(comparisons)
        self.link_flanks = link_flanks
        self.on_msg(self._on_message)

    @traitlets.validate("comparisons")
    def _check_comparisons(self, proposal: Any) -> list[Comparison]:
        found: list[Comparison] = proposal["value"]
        if len({id(comparison) for comparison in found}) < len(found):
            raise traitlets.TraitError("a comparison stands on a board only once")
        return found

    def add(self, comparison: Comparison) -> None:
        """Put a comparison at the end."""
        self.comparisons = [*self.comparisons, comparison]

    def remove(self, comparison: Comparison) -> None:
        """Take a comparison off the board; it lives on by itself."""
        if comparison not in self.comparisons:
            raise NotFound("that comparison is not on the board")
        self.comparisons = [other for other in self.comparisons if other is not comparison]

    def copy(self, view: View, to: Comparison) -> View:
        """Show a view's feature with its settings in another comparison too.

        Raises
        ------
        NotFound
            If `to` is not on the board.
        InputError
            If the region sets are of different assemblies.
        """
        if to not in self.comparisons:
            raise NotFound("that comparison is not on the board")
        return to.take(view)

    def wait(self, timeout: float | None = None) -> None:
        """Wait until every view shows what its settings say; see :meth:`View.wait`."""
        for comparison in list(self.comparisons):
            comparison.wait(timeout)

    # -- one flank for all -------------------------------------------------------------

    def _follow_list(self, change: Mapping[str, Any]) -> None:
        with self._lock:
            now: list[Comparison] = change["new"]
            for comparison in self._followed:
                if comparison not in now:
                    comparison.unobserve(self._pass_on, names=["flank"])
            for comparison in now:
                if comparison not in self._followed:
                    comparison.observe(self._pass_on, names=["flank"])
            self._followed = list(now)
        self._follow_link()

    def _follow_link(self, _change: object = None) -> None:
        first = next((c for c in self.comparisons if c.flank is not None), None)
        if self.link_flanks and first is not None:
            self._spread(first.flank)

    def _pass_on(self, change: Mapping[str, Any]) -> None:
        if self.link_flanks and change["new"] is not None:
            self._spread(change["new"])

    def _spread(self, flank: int) -> None:
        # held throughout: two flanks set at once spread one after the other, not mixed
        with self._lock:
            if self._passing_on:
                return
            self._passing_on = True
            try:
                for comparison in self.comparisons:
                    if comparison.flank is not None and comparison.flank != flank:
                        comparison.flank = flank
            finally:
                self._passing_on = False

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Command]:
        def copy_view(args: Mapping[str, Any]) -> Reply:
            origin, target = self._by_ref(args.get("from")), self._by_ref(args.get("to"))
            if origin is target:
                raise InputError("a view is copied to another comparison")
            number = str(args.get("view_id"))
            view = next((v for v in origin.views if v.view_id == number), None)
            if view is None:
                raise NotFound("that view is no longer part of the comparison")
            return Reply({"view_id": self.copy(view, target).view_id})

        return {"copy_view": copy_view}

    def _by_ref(self, ref: object) -> Comparison:
        found: Comparison
        for found in self.comparisons:
            if _ref(found) == ref:
                return found
        raise NotFound("that comparison is no longer on the board")

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        reply = answer(content, self._commands())
        if reply is not None:
            self.send(*reply)

    def close(self) -> None:
        """Close the board; its comparisons live on."""
        for comparison in self._followed:
            comparison.unobserve(self._pass_on, names=["flank"])
        super().close()
