"""One region set, one flank, a grid of views."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt
import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views import choices, delivery
from hicognition_widgets.views.base import View
from hicognition_widgets.views.commands import Command, Reply, answer
from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
from hicognition_widgets.views.enrichment import Enrichment
from hicognition_widgets.views.history import History
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.pileup import Pileup
from hicognition_widgets.views.profile import LineProfile
from hicognition_widgets.views.runtime import BundledWidget
from hicognition_widgets.views.selecting import Operation, combined, within
from hicognition_widgets.views.spec import comparison_spec, missing_sentence
from hicognition_widgets.views.spec_schema import comparison_schema
from hicognition_widgets.views.stackup import Stackup
from hicognition_widgets.views.traits import PositiveInt, RowNumbers, regions_json

KINDS: dict[str, type[View]] = {
    "pileup": Pileup,
    "profile": LineProfile,
    "stackup": Stackup,
    "embedding1d": Embedding1D,
    "embedding2d": Embedding2D,
    "enrichment": Enrichment,
}
_LABELS = {
    "pileup": "Pileup: average contact map",
    "profile": "Line profile: average signal",
    "stackup": "Stackup: signal of each region",
    "embedding1d": "Embedding: regions by their tracks",
    "embedding2d": "Embedding: regions by their contact maps",
    "enrichment": "Enrichment: overlap with other region sets",
}
DEFAULT_FLANK = 200_000


def _refs(views: list[View], _widget: object = None) -> list[str]:
    return [f"anywidget:{view.model_id}" for view in views]


class Comparison(delivery.MessageBatch, BundledWidget):
    """Views of one region set side by side, at one flank.

    Parameters
    ----------
    ws : Workspace
        Where datasets and answers come from.
    regions : dataset, name or id
        The region set.
    flank : int, optional
        Half-width in bp around points; interval sets have none.
    title : str
        Shown in the header; empty for the region set's name.
    """

    kind = traitlets.Unicode("comparison").tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    regions = traitlets.Instance(DatasetRecord, allow_none=True).tag(
        sync=True, to_json=regions_json
    )
    region_options = traitlets.List[Any]().tag(sync=True)
    mode = traitlets.Enum(("point", "interval"), default_value="point").tag(sync=True)
    flank = PositiveInt().tag(sync=True)
    flank_options = traitlets.List[Any]().tag(sync=True)
    views = traitlets.List(traitlets.Instance(View)).tag(sync=True, to_json=_refs)
    columns = traitlets.Int(0, min=0).tag(sync=True)
    add_options = traitlets.List[Any]().tag(sync=True)
    selection = RowNumbers()
    selection_facts = traitlets.Dict().tag(sync=True)
    selections = traitlets.List(traitlets.Unicode()).tag(sync=True)
    status = traitlets.Enum(("empty", "ready"), default_value="empty").tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    missing = traitlets.Unicode().tag(sync=True)
    can_undo = traitlets.Bool(False).tag(sync=True)
    can_redo = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        ws: Host,
        regions: DatasetRecord | str | int,
        flank: int | None = None,
        *,
        title: str = "",
        columns: int = 0,
    ) -> None:
        self._host = ws
        self._lock = threading.RLock()
        self._next_id = 1
        self._history: History[list[View]] = History([])
        #: Kept selections by name: row numbers.
        self.kept_selections: dict[str, npt.NDArray[np.int64]] = {}
        self._picked_in = ""
        #: Datasets of a spec that are gone, by their number: what is known of each.
        self.lost: dict[str, dict[str, Any]] = {}
        #: Name of your session that this was saved as or opened from; empty if none.
        self.session_name = ""
        self._saved: dict[str, Any] | None = None
        record = ws.dataset(regions)
        if flank is None and record.region_kind != "interval":
            flank = DEFAULT_FLANK
        super().__init__()
        self.title, self.columns = title, columns
        self.add_options = [{"kind": kind, "label": _LABELS[kind]} for kind in KINDS]
        self.flank = flank
        self.set_regions(record)
        self._show_count()
        self.observe(self._follow_flank, names=["flank"])
        self.observe(self._follow_selection, names=["selection"])
        self.on_msg(self._on_message)

    # -- region set and flank ----------------------------------------------------------

    def set_regions(self, regions: DatasetRecord | str | int) -> None:
        """Show all views for another region set."""
        record = self._host.dataset(regions)
        if record.kind != "regions":
            raise InputError(f'"{record.name}" is not a region set')
        with self.one_message():
            self.regions = record
            self.mode = record.region_kind or "point"
            others = self._host.datasets_on(record.assembly, "regions")
            self.region_options = [
                {"id": str(o.id), "name": o.name, "detail": f"{o.n_regions:,} regions"}
                for o in others
            ]
            if self.mode == "interval":
                self.flank = None
            elif self.flank is None:
                self.flank = DEFAULT_FLANK
            self.flank_options = list(choices.FLANKS) if self.mode == "point" else []
            self.kept_selections, self.selections = {}, []
            self.selection = None
            self._show_selection("")
        for view in self.views:
            with view.one_message():
                view.set_regions(record)
                if self.flank is not None:
                    view.flank = self.flank
            view.refresh()

    def _follow_flank(self, change: Mapping[str, Any]) -> None:
        if change["new"] is None:
            return
        for view in list(self.views):
            view.flank = change["new"]

    # -- selection ---------------------------------------------------------------------

    @traitlets.validate("selection")
    def _check_selection(self, proposal: Any) -> Any:
        rows = proposal["value"]
        if rows is None or len(rows) == 0:
            return None
        total = 0 if self.regions is None else self.regions.n_regions or 0
        if rows[0] < 0 or rows[-1] >= total:
            wrong = rows[0] if rows[0] < 0 else rows[-1]
            raise traitlets.TraitError(
                f"there is no region {wrong:,}: the set has {total:,}, numbered from 0"
            )
        return rows

    def _follow_selection(self, change: Mapping[str, Any]) -> None:
        self._show_selection("")
        for view in list(self.views):
            view.select(change["new"])

    def _show_selection(self, name: str) -> None:
        rows = self.selection
        total = 0 if self.regions is None else self.regions.n_regions
        count = None if rows is None else len(rows)
        self.selection_facts = {"count": count, "total": total, "name": name}

    def _picked(self, rows: Any, view: View) -> None:
        """A person picked regions in a view."""
        self._picked_in = view.kind
        self.selection = rows

    def keep_selection(self, name: str) -> None:
        """Keep what is selected under a name, to select it again or combine it."""
        if self.selection is None:
            raise InputError("nothing is selected")
        clean = name.strip()[:200]
        if not clean:
            raise InputError("give the selection a name")
        self.kept_selections[clean] = self.selection
        self.selections = sorted(self.kept_selections)
        self._show_selection(clean)

    def choose_selection(self, name: str) -> None:
        """Select what was kept under a name; an empty name selects nothing."""
        if name == "":
            self.selection = None
            return
        if name not in self.kept_selections:
            raise NotFound(f'there is no kept selection "{name}"')
        self.selection = self.kept_selections[name]
        self._show_selection(name)

    def combine_selection(self, operation: Operation, name: str) -> None:
        """Change the selection by a kept one; it stays as it is if no region were left.

        Parameters
        ----------
        operation : {"and", "or", "not"}
            Regions in both; in either; selected ones that are not in the kept one.
        name : str
            A name given to :meth:`keep_selection`.
        """
        if name not in self.kept_selections:
            known = ", ".join(sorted(self.kept_selections)) or "none yet"
            raise NotFound(f'there is no kept selection "{name}"; there are: {known}')
        total = 0 if self.regions is None else self.regions.n_regions or 0
        kept = self.kept_selections[name]
        self.selection = combined(operation, self.selection, kept, total)

    def select_where(
        self,
        annotation: str,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> None:
        """Select the regions whose annotation lies between two thresholds, both included.

        Parameters
        ----------
        annotation : str
            Name of an annotation with numbers.
        at_least, at_most : float, optional
            In the unit of the annotation. Regions without a value are not selected.

        Raises
        ------
        NotFound
            If the region set has no such annotation.
        InputError
            If it holds categories, there is no threshold, or no region lies between.
        """
        names = [] if self.regions is None else self._host.annotation_names(self.regions)
        if self.regions is None or annotation not in names:
            known = ", ".join(names) or "none yet"
            raise NotFound(f'there is no annotation "{annotation}"; there are: {known}')
        categories, values = self._host.annotation_values(self.regions, annotation)
        if categories:
            raise InputError(f'"{annotation}" holds categories, which have no threshold')
        self.selection = within(values, at_least, at_most)
        self._show_selection(annotation)

    def create_region_set(self, name: str, *, description: str = "") -> DatasetRecord:
        """Write the selected regions to the catalog as a region set of yours.

        Raises
        ------
        InputError
            If nothing is selected, or the name is taken.
        """
        if self.selection is None or self.regions is None:
            raise InputError("nothing is selected; select regions first")
        origin = {"comparison": self.title, "view": self._picked_in}
        return self._host.select_regions(
            self.regions, self.selection, name=name, description=description, origin=origin
        )

    # -- views -------------------------------------------------------------------------

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

    def begin(
        self,
        regions: DatasetRecord,
        flank: int | None,
        views: list[View],
        *,
        lost: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Show these views of a region set and nothing else; there is nothing to undo."""
        with self._lock:
            old = {id(v): v for state in (*self._history.states, self.views) for v in state}
            self._history = History(views)
        self.views = []
        self.lost = {key: dict(entry) for key, entry in lost.items()}
        self.missing = missing_sentence(entry["name"] for entry in self.lost.values())
        if regions.region_kind != "interval":
            self.flank = flank or DEFAULT_FLANK
        self.set_regions(regions)
        self._restore(views)
        for view in old.values():
            view.close()

    def remove(self, view: View) -> None:
        """Take a view out; undo brings it back."""
        self._find(view.view_id)
        self._arrange([other for other in self.views if other is not view])

    def move(self, view: View, to: int) -> None:
        """Put a view at place `to` of the grid, counted from 0."""
        self._find(view.view_id)
        rest = [other for other in self.views if other is not view]
        rest.insert(max(0, min(to, len(rest))), view)
        self._arrange(rest)

    def swap(self, one: View, other: View) -> None:
        """Let two views change places."""
        self._find(one.view_id)
        self._find(other.view_id)
        places = {id(one): other, id(other): one}
        self._arrange([places.get(id(view), view) for view in self.views])

    def duplicate(self, view: View) -> View:
        """Put a second view with the same settings behind a view, and return it."""
        self._find(view.view_id)
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

    def _find(self, view_id: object) -> View:
        found: View
        for found in self.views:
            if found.view_id == str(view_id):
                return found
        raise NotFound("that view is no longer part of the comparison")

    def wait(self, timeout: float | None = None) -> None:
        """Wait until every view shows what its settings say; see :meth:`View.wait`."""
        for view in list(self.views):
            view.wait(timeout)

    # -- as data, code, picture --------------------------------------------------------

    @property
    def spec(self) -> dict[str, Any]:
        """The comparison as plain data; :meth:`from_spec` makes a comparison of it again."""
        return comparison_spec(self)

    @classmethod
    def from_spec(cls, ws: Host, spec: Mapping[str, Any]) -> Comparison:
        """A comparison that shows what a spec says; its views compute side by side.

        Parameters
        ----------
        ws : Workspace
            Where datasets and answers come from.
        spec : mapping
            What :attr:`spec` gave, now or in an earlier version of the package.

        Raises
        ------
        InputError
            If it is not a spec; the sentence has the path of the offending field.
        NotFound
            If the region set is gone. Other missing datasets are named in ``missing``
            while everything else is shown.
        """
        from hicognition_widgets.views.spec_build import built

        return built(cls, ws, spec)

    def on_edit(self, callback: Callable[[], None]) -> None:
        """Call back whenever what :attr:`spec` holds changes, on the thread that did it."""
        followed: weakref.WeakSet[View] = weakref.WeakSet()

        def follow(_change: object = None) -> None:
            for view in self.views:
                if view not in followed:
                    followed.add(view)
                    view.observe(edited, names=list(view.kept))
            callback()

        def edited(_change: object) -> None:
            callback()

        self.observe(edited, names=["title", "columns", "flank", "regions", "selection"])
        self.observe(follow, names=["views"])
        follow()

    @property
    def unsaved(self) -> bool:
        """True if there is something to lose: views that are in no session as they are."""
        return bool(self.views) and self.spec != self._saved

    def mark_saved(self, name: str) -> None:
        """Remember that what is shown now is kept, and as what."""
        self.session_name = name
        self._saved = self.spec

    @staticmethod
    def spec_schema() -> dict[str, Any]:
        """JSON schema (2020-12) of :attr:`spec`."""
        return deepcopy(comparison_schema())

    @property
    def provenance(self) -> dict[str, Any]:
        """Inputs, parameters, versions, when and by whom for every view; waits for them."""
        from hicognition_widgets.views.provenance import provenance

        return provenance(self)

    def methods(self) -> str:
        """A methods paragraph for a paper, with the references of what was used."""
        from hicognition_widgets.views.methods import methods

        return methods(self)

    @property
    def host(self) -> Host:
        """Where datasets and answers come from."""
        return self._host

    def to_code(self) -> str:
        """A short cell that rebuilds this comparison from a workspace ``ws``."""
        from hicognition_widgets.views.code import comparison_code

        return comparison_code(self)

    def to_html(
        self,
        path: str | Path,
        *,
        flanks: Sequence[int] = (),
        bins: Literal["shown", "all"] = "shown",
        normalizations: Sequence[str] = ("oe", "balanced"),
        rows: bool = False,
        quantise: bool = False,
        selections: Mapping[str, Any] | None = None,
    ) -> Path:
        """Write a page that stays alive without a kernel or a network.

        Parameters
        ----------
        path : str or Path
            File to write.
        flanks : sequence of int
            Further flanks in bp to embed besides the current one.
        bins : {"shown", "all"}
            Embed the bin sizes that are shown, or all usual ones.
        normalizations : sequence of str
            Of contact maps; the one shown is always there.
        rows : bool
            Embed the signal of every region: all sort orders of stackups, and averages
            over selections made in the page.
        quantise : bool
            Half the size: values in 16 bit codes, about four digits.
        selections : mapping of str to int array or bool array, optional
            Named selections of regions to choose from in the page: row numbers, or a mask.
        """
        from hicognition_widgets.views.page import write_page
        from hicognition_widgets.views.page_plan import PageOptions

        options = PageOptions(
            flanks,
            bins,
            normalizations,
            rows,
            quantise,
            self.kept_selections if selections is None else selections,
        )
        return write_page(self, Path(path), options)

    def html_size(self, **options: Any) -> int:
        """About how many bytes :meth:`to_html` would write with these options."""
        from hicognition_widgets.views.page_plan import PageOptions, page_size

        return page_size(self, PageOptions(**options))

    def save_regions(
        self, path: str | Path, *, rows: Any | None = None, **labels: Any
    ) -> list[Path]:
        """Write the regions as BED or BEDPE, with labels, and their origin beside them.

        Parameters
        ----------
        path : str or Path
            ``.bed``, ``.bedpe`` or ``.csv``, also ``.gz`` of the first two. The origin goes
            to the same name with ``.json`` added.
        rows : int array or bool array, optional
            Which regions; all by default.
        **labels
            Columns of one value per region of the set: ``cluster=ids``.

        Returns
        -------
        list of Path
            The file and its JSON.
        """
        from hicognition_widgets.views.tables import save_regions

        return save_regions(self, Path(path), rows, labels)

    def saved_picture(self) -> bytes | None:
        """A PNG of what is shown, once all of it is ready; see :class:`BundledWidget`."""
        from hicognition_widgets.views.picture import saved_picture

        return saved_picture(self)

    def save(self, path: str | Path, *, preset: str = "double") -> Path:
        """Write a figure; the ending chooses PNG, SVG or PDF."""
        from hicognition_widgets.views.picture import write_figure

        return write_figure(self, Path(path), preset=preset)

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Command]:
        from hicognition_widgets.views.page_commands import page_commands
        from hicognition_widgets.views.session_commands import session_commands

        def add_view(args: Mapping[str, Any]) -> Reply:
            return Reply({"view_id": self.add(str(args.get("kind"))).view_id})

        def remove_view(args: Mapping[str, Any]) -> None:
            self.remove(self._find(args.get("view_id")))

        def move_view(args: Mapping[str, Any]) -> None:
            to = args.get("to")
            if not isinstance(to, int):
                raise InputError("a view moves to a place in the grid, counted from 0")
            self.move(self._find(args.get("view_id")), to)

        def choose_regions(args: Mapping[str, Any]) -> None:
            self.set_regions(str(args.get("id")))

        def clear_selection(_args: Mapping[str, Any]) -> None:
            self.selection = None

        def choose_selection(args: Mapping[str, Any]) -> None:
            self.choose_selection(str(args.get("name", "")))

        def keep_selection(args: Mapping[str, Any]) -> None:
            self.keep_selection(str(args.get("name", "")))

        def combine_selection(args: Mapping[str, Any]) -> None:
            operation = cast("Operation", str(args.get("operation", "")))
            self.combine_selection(operation, str(args.get("name", "")))

        def duplicate_view(args: Mapping[str, Any]) -> Reply:
            return Reply({"view_id": self.duplicate(self._find(args.get("view_id"))).view_id})

        def create_region_set(args: Mapping[str, Any]) -> Reply:
            record = self.create_region_set(str(args.get("name", "")))
            return Reply({"id": str(record.id), "name": record.name})

        def rename(args: Mapping[str, Any]) -> None:
            self.title = str(args.get("title", ""))[:200]

        return {
            "add_view": add_view,
            "remove_view": remove_view,
            "move_view": move_view,
            "choose_regions": choose_regions,
            "rename": rename,
            "clear_selection": clear_selection,
            "choose_selection": choose_selection,
            "keep_selection": keep_selection,
            "combine_selection": combine_selection,
            "duplicate_view": duplicate_view,
            "create_region_set": create_region_set,
            "undo": lambda _args: self.undo(),
            "redo": lambda _args: self.redo(),
            "code": lambda _args: Reply({"code": self.to_code()}),
            **page_commands(self),
            **session_commands(self),
        }

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        reply = answer(content, self._commands())
        if reply is not None:
            self.send(*reply)

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
