"""The grid of views in a comparison: which there are, in which order, and the way back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views import sharing
from hicognition_widgets.views.base import View
from hicognition_widgets.views.comparison_selection import Selecting
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.kinds import KINDS, LABELS
from hicognition_widgets.views.linking import Linking
from hicognition_widgets.views.runtime import BundledWidget
from hicognition_widgets.views.steps import Step, Steps, one_step, unrecorded
from hicognition_widgets.views.traits import PositiveInt

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board


def _refs(views: list[View], _widget: object = None) -> list[str]:
    return [f"anywidget:{view.model_id}" for view in views]


class Grid(Linking, Selecting):
    """Adds, arranges and takes back views; part of :class:`Comparison`."""

    mode = traitlets.Enum(("point", "interval"), default_value="point").tag(sync=True)
    flank = PositiveInt().tag(sync=True)
    views = traitlets.List(traitlets.Instance(View)).tag(sync=True, to_json=_refs)
    columns = traitlets.Int(0, min=0).tag(sync=True)
    add_options = traitlets.List[Any]().tag(sync=True)
    status = traitlets.Enum(("empty", "ready"), default_value="empty").tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    can_undo = traitlets.Bool(False).tag(sync=True)
    can_redo = traitlets.Bool(False).tag(sync=True)

    def __init__(self, ws: Host) -> None:
        self._lock = threading.RLock()
        self._next_id = 1
        self._board: Board | None = None
        super().__init__(ws)
        self.add_options = [{"kind": kind, "label": LABELS[kind]} for kind in KINDS]
        self._show_count()

    def add(self, kind: str, features: Any = (), **settings: Any) -> View:
        """Add a view at the end and return it.

        Parameters
        ----------
        kind : {"pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment"}
            What to show.
        features : dataset, name or id, or a list of them
            Of what; may be chosen later in the view.
        **settings
            Traits of the view.

        Raises
        ------
        InputError
            If there is no such kind of view.
        """
        view = self.new_view(kind, features, **settings)
        self._arrange([*self.views, view])
        return view

    def new_view(
        self,
        kind: str,
        features: Any = (),
        *,
        regions: DatasetRecord | None = None,
        lost: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> View:
        """A view for this comparison that is not part of it yet; see :meth:`add`."""
        if kind not in KINDS:
            raise InputError(f'there is no view "{kind}"; use {", ".join(KINDS)}')
        with self._lock:
            view_id = str(self._next_id)
            self._next_id += 1
        if self.flank is not None and regions is None:
            settings.setdefault("flank", self.flank)
        return KINDS[kind](
            self._host,
            regions or self.regions,
            features,
            view_id=view_id,
            lost=lost,
            **settings,
        )

    def remove(self, view: View) -> None:
        """Take a view out, with its links; undo brings both back."""
        self.find(view.view_id)
        with one_step():
            sharing.leave(view)
            self._arrange([other for other in self.views if other is not view])

    def move(self, view: View, to: int) -> None:
        """Put a view at place `to` of the grid, counted from 0."""
        self.find(view.view_id)
        rest = [other for other in self.views if other is not view]
        rest.insert(max(0, min(to, len(rest))), view)
        self._arrange(rest)

    def swap(self, one: View, other: View) -> None:
        """Let two views change places."""
        self.find(one.view_id)
        self.find(other.view_id)
        places = {id(one): other, id(other): one}
        self._arrange([places.get(id(view), view) for view in self.views])

    def duplicate(self, view: View) -> View:
        """Put a second view with the same settings behind a view, and return it."""
        self.find(view.view_id)
        again = self._like(view)
        views = list(self.views)
        views.insert(views.index(view) + 1, again)
        self._arrange(views)
        return again

    def take(self, view: View, place: int | None = None) -> View:
        """Add a view like one of another comparison, for the region set and flank here.

        Its feature and its settings are kept; a bin size that the flank here does not allow
        becomes the nearest usual one. It stands at `place`, counted from 0, or at the end.

        Raises
        ------
        InputError
            If the region sets are of different assemblies.
        """
        here, there = self.regions, view.regions
        if here is not None and there is not None and here.assembly != there.assembly:
            raise InputError(
                f'"{here.name}" is on {here.assembly}, the view shows {there.assembly}'
            )
        again = self._like(view)
        views = list(self.views)
        views.insert(len(views) if place is None else max(0, place), again)
        self._arrange(views)
        return again

    def _like(self, view: View) -> View:
        settings = {name: v for name, v in view.settings.items() if name != "kind"}
        features = [int(number) for number in settings.pop("features", ())]
        # what only makes sense for the region set it comes from
        strange = {"flank"}
        if view.mode != self.mode:
            strange |= {"binsize", "bin_percent"}
        if self.regions is None or self.regions.dims != 2:
            strange.add("side")
        settings = {name: v for name, v in settings.items() if name not in strange}
        return self.new_view(view.kind, features, lost=view.lost, **settings)

    # -- the way back ------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last change: of the grid, of a view, of flank, regions, selection."""
        if self.steps is not None:
            self.steps.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.steps is not None:
            self.steps.redo()

    def forget_steps(self) -> None:
        """What was done so far cannot be taken back any more."""
        if self.steps is not None:
            self.steps.clear()

    def undone(self) -> tuple[str, ...]:
        """Names of the traits whose changes can be taken back."""
        return ("title", "columns", "regions", "flank", "views", "selection")

    def put_back(self, name: str, value: Any) -> None:
        """Give a setting the value that it had."""
        if name == "views":
            self._arrange(value)
        else:
            super().put_back(name, value)

    def _keep_steps(self) -> None:
        self.steps = Steps(self._show_steps, self._close_unreachable)

    def _show_steps(self) -> None:
        if self.steps is not None:
            self.can_undo, self.can_redo = self.steps.can_undo, self.steps.can_redo

    def _close_unreachable(self, gone: list[Step]) -> None:
        """Close the views that only steps which are forgotten could bring back."""
        alive = {id(view) for view in (*self.views, *self._remembered())}
        for view in _views_of(gone, self):
            if id(view) not in alive:
                view.close()

    def _remembered(self) -> list[View]:
        """Views that a step can bring back."""
        return _views_of([] if self.steps is None else self.steps.steps, self)

    # -- the grid ----------------------------------------------------------------------

    def linkable(self) -> list[View]:
        """Views that can be linked to each other: those of the whole board, if on one."""
        return list(self.views) if self._board is None else self._board.linkable()

    def stand_on(self, board: Board | None) -> None:
        """Know the board around, to reach the views of its other comparisons."""
        self._board = board

    def _replace_all(self, views: list[View]) -> list[View]:
        """Forget every state before; returns the views that were in one of them."""
        old = {id(view): view for view in (*self.views, *self._remembered())}
        with unrecorded():
            self._arrange([])
        self.forget_steps()
        keep = {id(view) for view in views}
        return [view for view in old.values() if id(view) not in keep]

    def _arrange(self, views: list[View]) -> None:
        with unrecorded():
            for view in views:
                self._take_in(view)
        place = next((at for view in views if (at := view.place()) is not None), None)
        for view in views:
            view.marked = place
        with self.one_message():
            self.views = views
            self._show_count()

    def _take_in(self, view: View) -> None:
        """Let a view follow region set, flank and selection of this comparison."""
        view.steps, view.around = self.steps, self.linkable
        view.on_pick(self._picked)
        if view.selected is not self.selection:
            view.select(self.selection)
        if self.flank is not None and view.flank != self.flank:
            view.flank = self.flank
        if view.regions != self.regions:
            view.set_regions(self.regions)
            view.refresh()

    def _show_count(self) -> None:
        self.status = "ready" if self.views else "empty"
        self.message = "" if self.views else "Add a view to compare."

    def find(self, view_id: object) -> View:
        """The view of the grid with this number."""
        found: View
        for found in self.views:
            if found.view_id == str(view_id):
                return found
        raise NotFound("that view is no longer part of the comparison")

    def wait(self, timeout: float | None = None) -> None:
        """Wait until every view shows what its settings say; see :meth:`View.wait`."""
        for view in list(self.views):
            view.wait(timeout)

    def parts(self) -> list[BundledWidget]:
        """Its views, also those that undoing brings back, and the board around it."""
        board = [] if self._board is None else [self._board]
        return [*{*self.views, *self._remembered()}, *board]

    def close(self) -> None:
        """Close the comparison and its views."""
        for view in {*self.views, *self._remembered()}:
            view.close()
        super().close()


def _views_of(steps: list[Step], grid: Grid) -> list[View]:
    """Views that were or became part of a grid in these steps."""
    found: dict[int, View] = {}
    for step in steps:
        for change in step.changes:
            if change.target is grid and change.name == "views":
                found |= {id(view): view for view in (*change.old, *change.new)}
    return list(found.values())
