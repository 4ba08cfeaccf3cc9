"""The grid of views in a comparison: which there are, in which order, and the way back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.base import View
from hicognition_widgets.views.comparison_selection import Selecting
from hicognition_widgets.views.history import History
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.kinds import KINDS, LABELS
from hicognition_widgets.views.traits import PositiveInt


def _refs(views: list[View], _widget: object = None) -> list[str]:
    return [f"anywidget:{view.model_id}" for view in views]


class Grid(Selecting):
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
        self._history: History[list[View]] = History([])
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
        """Take a view out; undo brings it back."""
        self.find(view.view_id)
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

    def take(self, view: View) -> View:
        """Add a view like one of another comparison, for the region set and flank here.

        Its feature and its settings are kept; a bin size that the flank here does not allow
        becomes the nearest usual one.

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
        self._arrange([*self.views, again])
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

    def undo(self) -> None:
        """Take back the last change of the grid."""
        self._restore(self._history.undo())

    def redo(self) -> None:
        """Do again what was taken back."""
        self._restore(self._history.redo())

    def _arrange(self, views: list[View]) -> None:
        with self._lock:
            dropped = self._history.push(views)
        self._restore(views)
        for view in _only_in(dropped, [views, *self._history.states]):
            view.close()

    def _replace_all(self, views: list[View]) -> list[View]:
        """Forget every state before; returns the views that were in one of them."""
        with self._lock:
            old = {id(v): v for state in (*self._history.states, self.views) for v in state}
            self._history = History(views)
        self.views = []
        return list(old.values())

    def _restore(self, views: list[View] | None) -> None:
        if views is None:
            return
        for view in views:
            view.on_pick(self._picked)
            if view.selected is not self.selection:
                view.select(self.selection)
            if self.flank is not None and view.flank != self.flank:
                view.flank = self.flank
            if view.regions != self.regions:
                view.set_regions(self.regions)
                view.refresh()
        with self.one_message():
            self.views = views
            self.can_undo, self.can_redo = self._history.can_undo, self._history.can_redo
            self._show_count()

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

    def close(self) -> None:
        """Close the comparison and its views."""
        for view in {*self.views, *(v for state in self._history.states for v in state)}:
            view.close()
        super().close()


def _only_in(dropped: list[list[View]], kept: list[list[View]]) -> list[View]:
    """Views of states that can no longer be reached."""
    alive = {id(view) for state in kept for view in state}
    gone = {id(view): view for state in dropped for view in state if id(view) not in alive}
    return list(gone.values())
