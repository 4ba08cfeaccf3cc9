"""Which widgets the cells of a notebook show, so that those of an earlier run leave the page.

A page keeps the state of every widget whose comm is open, also of those whose output is gone:
a cell that makes a view and is run fifty times would leave fifty of them. A widget that was
shown by an earlier run of a cell only is therefore taken off the page after the next one.
In Python it stays what it is, and is put back whenever it is shown again.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import ipywidgets
from ipywidgets.widgets import widget as registry

from hicognition_widgets.views.delivery import post


class Shown(Protocol):
    """A widget that can leave the page and come back."""

    def parts(self) -> Iterable[Shown]:
        """Widgets that are drawn inside this one."""
        ...

    def leave_page(self) -> None:
        """Take the widget itself off the page."""
        ...

    def come_back(self) -> None:
        """Put it there again."""
        ...


@dataclass
class _Run:
    """What one run of a cell shows."""

    id: str
    widgets: weakref.WeakSet[Any] = field(default_factory=weakref.WeakSet)


class OutputCells:
    """Cells of the notebooks of one kernel, and what each shows.

    Parameters
    ----------
    shell
        IPython's shell in a kernel.
    """

    def __init__(self, shell: Any) -> None:
        self._kernel = shell.kernel
        self._lock = threading.Lock()
        self._runs: dict[str, _Run] = {}
        self._before: dict[str, set[Any]] = {}
        shell.events.register("post_run_cell", self.finish)

    def show(self, widget: Shown) -> None:
        """The running cell shows a widget."""
        cell, run, _ = self._running()
        if cell == "" or _captured():
            return
        with self._lock:
            known = self._runs.get(cell)
            if known is None or known.id != run:
                if known is not None:
                    self._before.setdefault(cell, set()).update(known.widgets)
                known = self._runs[cell] = _Run(run)
            known.widgets.add(widget)

    def finish(self, _result: object = None) -> None:
        """A cell has run: what its earlier runs showed, and deleted cells, can go."""
        cell, run, deleted = self._running()
        gone: set[Any] = set()
        with self._lock:
            gone |= self._before.pop(cell, set())
            for one in (cell, *deleted):
                known = self._runs.get(one)
                if known is not None and known.id != run:
                    gone |= set(known.widgets)
                    del self._runs[one]
        if gone:
            # where answers are put into widgets, so that none is sent meanwhile
            post(self._put_away, gone)

    def _put_away(self, gone: set[Any]) -> None:
        with self._lock:
            shown = [one for run in self._runs.values() for one in run.widgets]
            here = {id(one) for one in whole(shown)}
            for widget in whole(gone):
                if id(widget) not in here and not _in_a_box(widget):
                    widget.leave_page()

    def _running(self) -> tuple[str, str, list[str]]:
        """Cell that runs now, its run, and cells that are gone; empty where nobody says."""
        asked: dict[str, Any] = self._kernel.get_parent("shell") or {}
        metadata = asked.get("metadata") or {}
        deleted = [str(one) for one in metadata.get("deletedCells") or []]
        run = str((asked.get("header") or {}).get("msg_id", ""))
        return str(metadata.get("cellId") or ""), run, deleted


def whole(widgets: Iterable[Shown]) -> list[Any]:
    """Widgets with all that is drawn inside them, each once, those around first."""
    found: dict[int, Shown] = {}
    waiting = list(widgets)
    while waiting:
        widget = waiting.pop(0)
        if id(widget) not in found:
            found[id(widget)] = widget
            waiting += widget.parts()
    return list(found.values())


def every_widget() -> list[Any]:
    """Every widget of this kernel that a page may hold."""
    return list(registry._instances.values())


def _captured() -> bool:
    """Whether an output widget takes what is shown: it may keep that for longer."""
    return any(isinstance(one, ipywidgets.Output) and one.msg_id for one in every_widget())


def _in_a_box(widget: Any) -> bool:
    """Whether another widget, as a box, has this one in it."""
    boxes = (one for one in every_widget() if isinstance(one, ipywidgets.Box))
    return any(child is widget for box in boxes for child in box.children)


_cells: OutputCells | None = None


def shown_by_a_cell(widget: Shown) -> None:
    """Note that the running cell shows a widget; nothing outside a kernel."""
    global _cells
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None or getattr(shell, "kernel", None) is None:
        return
    if _cells is None:
        _cells = OutputCells(shell)
    _cells.show(widget)
