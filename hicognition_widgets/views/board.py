"""Several comparisons side by side."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import traitlets

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views import sharing
from hicognition_widgets.views.base import View
from hicognition_widgets.views.board_export import BoardExport
from hicognition_widgets.views.board_links import BoardLinks
from hicognition_widgets.views.commands import Command, Reply, answer
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.linking import Linking
from hicognition_widgets.views.runtime import BundledWidget
from hicognition_widgets.views.steps import one_step


def _refs(comparisons: list[Comparison], _widget: object = None) -> list[str]:
    return [_ref(comparison) for comparison in comparisons]


def _ref(comparison: Comparison) -> str:
    return f"anywidget:{comparison.model_id}"


class Board(Linking, BoardExport, BundledWidget):
    """Comparisons side by side, each with its region set, flank and selection.

    Parameters
    ----------
    *comparisons : Comparison
        In the order shown.
    link_flanks : bool
        Whether a flank set in one holds for all of points.
    link_bins : bool
        Whether a bin size chosen in a view holds for the views of its kind in the others,
        where their flank and features allow it.
    link_scales : bool
        Whether views of the same features share the scale of the first of them.
    """

    kind = traitlets.Unicode("board").tag(sync=True)
    comparisons = traitlets.List(traitlets.Instance(Comparison)).tag(sync=True, to_json=_refs)
    link_flanks = traitlets.Bool(False).tag(sync=True)
    link_bins = traitlets.Bool(False).tag(sync=True)
    link_scales = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        *comparisons: Comparison,
        link_flanks: bool = False,
        link_bins: bool = False,
        link_scales: bool = False,
    ) -> None:
        self._lock = threading.RLock()
        self._followed: list[Comparison] = []
        self._links = BoardLinks(self)
        super().__init__()
        self.observe(self._follow_list, names=["comparisons"])
        self.observe(self._links.begin, names=["link_flanks", "link_bins", "link_scales"])
        self.observe(self._tell_edited, names=["comparisons", *self.kept])
        self.comparisons = list(comparisons)
        self.link_flanks, self.link_bins = link_flanks, link_bins
        self.link_scales = link_scales
        self.on_msg(self._on_message)

    @traitlets.validate("comparisons")
    def _check_comparisons(self, proposal: Any) -> list[Comparison]:
        found: list[Comparison] = proposal["value"]
        if len({id(comparison) for comparison in found}) < len(found):
            raise traitlets.TraitError("a comparison stands on a board only once")
        return found

    def show(self, *comparisons: Comparison, **settings: Any) -> None:
        """Show these comparisons with these settings and nothing else."""
        for name in self.kept:  # nothing spreads while they change
            setattr(self, name, self.traits()[name].default())
        self.comparisons = list(comparisons)
        for name, value in settings.items():
            setattr(self, name, value)

    def add(self, comparison: Comparison) -> None:
        """Put a comparison at the end."""
        self.comparisons = [*self.comparisons, comparison]

    def remove(self, comparison: Comparison) -> None:
        """Take a comparison off the board; it lives on by itself."""
        self._check_here(comparison)
        self.comparisons = [other for other in self.comparisons if other is not comparison]

    def linkable(self) -> list[View]:
        """All views on the board, comparison by comparison."""
        return [view for comparison in self.comparisons for view in comparison.views]

    def copy(self, view: View, to: Comparison, place: int | None = None) -> View:
        """Show a view's feature with its settings in another comparison too.

        Parameters
        ----------
        view : View
            Of one of the comparisons.
        to : Comparison
            On the board.
        place : int, optional
            In its grid, counted from 0; at the end by default.

        Raises
        ------
        NotFound
            If `to` is not on the board.
        InputError
            If the region sets are of different assemblies.
        """
        self._check_here(to)
        return to.take(view, place)

    def move(self, view: View, to: Comparison, place: int | None = None) -> View:
        """Let another comparison show a view's feature with its settings instead.

        The view there is another one, computed for the region set there; it takes over what
        the old one shares. See :meth:`copy`.
        """
        self._check_here(to)
        origin = next((c for c in self.comparisons if view in c.views), None)
        if origin is None:
            raise NotFound("that view is not on the board")
        if origin is to:
            to.move(view, len(to.views) - 1 if place is None else place)
            return view
        with one_step():
            moved = to.take(view, place)
            sharing.hand_over(view, moved)
            origin.remove(view)
        return moved

    def compare(self, regions: Any, like: Comparison | None = None) -> Comparison:
        """Show another region set beside the others, with the views of one of them.

        Parameters
        ----------
        regions : dataset, name or id
            The region set.
        like : Comparison, optional
            Whose flank and views it gets; the first one's by default.
        """
        model = like if like is not None else next(iter(self.comparisons), None)
        if model is None:
            raise InputError("there is no comparison on the board yet; add one")
        self._check_here(model)
        record = model.host.dataset(regions)
        shown = Comparison(model.host, record, model.flank, columns=model.columns)
        try:
            for view in model.views:
                shown.take(view)
        except BaseException:
            shown.close()
            raise
        shown.forget_steps()
        self.add(shown)
        return shown

    def wait(self, timeout: float | None = None) -> None:
        """Wait until every view shows what its settings say; see :meth:`View.wait`."""
        for comparison in list(self.comparisons):
            comparison.wait(timeout)

    def _check_here(self, comparison: Comparison) -> None:
        if comparison not in self.comparisons:
            raise NotFound("that comparison is not on the board")

    def _follow_list(self, change: Mapping[str, Any]) -> None:
        now: list[Comparison] = change["new"]
        with self._lock:
            gone = [c for c in self._followed if c not in now]
            new = [c for c in now if c not in self._followed]
            self._followed = list(now)
        for comparison in gone:
            self._links.drop(comparison)
            comparison.stand_on(None)
        for comparison in new:
            comparison.stand_on(self)
            self._links.follow(comparison)
        self._links.begin()

    def _tell_edited(self, _change: object) -> None:
        for comparison in self.comparisons:
            comparison.board_edited()

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Command]:
        def send(args: Mapping[str, Any], *, copy: bool) -> Reply:
            origin, target = self._by_ref(args.get("from")), self._by_ref(args.get("to"))
            if origin is target:
                raise InputError("a view goes to another comparison")
            place = args.get("place")
            if place is not None and not isinstance(place, int):
                raise InputError("a view goes to a place in the grid, counted from 0")
            view = origin.find(args.get("view_id"))
            sent = (self.copy if copy else self.move)(view, target, place)
            return Reply({"view_id": sent.view_id})

        def compare(args: Mapping[str, Any]) -> None:
            self.compare(str(args.get("id")), next(reversed(self.comparisons), None))

        def remove(args: Mapping[str, Any]) -> None:
            self.remove(self._by_ref(args.get("comparison")))

        return {
            "add_comparison": compare,
            "remove_comparison": remove,
            "copy_view": lambda args: send(args, copy=True),
            "send_view": lambda args: send(args, copy=False),
        }

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

    def parts(self) -> list[BundledWidget]:
        """Its comparisons."""
        return list(self.comparisons)

    def close(self) -> None:
        """Close the board; its comparisons live on."""
        for comparison in self._followed:
            self._links.drop(comparison)
            comparison.stand_on(None)
        self._followed = []
        super().close()
