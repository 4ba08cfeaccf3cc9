"""One region set, one flank, a grid of views."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import traitlets

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import HiCognitionError, InputError
from hicognition_widgets.views import choices, delivery, news, sharing
from hicognition_widgets.views.base import View
from hicognition_widgets.views.commands import answer
from hicognition_widgets.views.comparison_commands import comparison_commands
from hicognition_widgets.views.comparison_export import ComparisonExport
from hicognition_widgets.views.details import RegionDetails
from hicognition_widgets.views.details_commands import Looker
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.menus import beyond, region_option
from hicognition_widgets.views.spec import comparison_spec, missing_sentence
from hicognition_widgets.views.spec_schema import comparison_schema
from hicognition_widgets.views.steps import one_step, unrecorded

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board

DEFAULT_FLANK = 200_000


class Comparison(ComparisonExport):
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
    region_options = traitlets.List[Any]().tag(sync=True)
    region_more = traitlets.Int(0).tag(sync=True)
    flank_options = traitlets.List[Any]().tag(sync=True)
    missing = traitlets.Unicode().tag(sync=True)
    #: Reference of the board that is shown instead, once something stands beside this.
    beside = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        ws: Host,
        regions: DatasetRecord | str | int,
        flank: int | None = None,
        *,
        title: str = "",
        columns: int = 0,
    ) -> None:
        #: Datasets of a spec that are gone, by their number: what is known of each.
        self.lost: dict[str, dict[str, Any]] = {}
        #: Name of your session that this was saved as or opened from; empty if none.
        self.session_name = ""
        self._saved: dict[str, Any] | None = None
        self._on_edit: list[Callable[[], None]] = []
        #: Answers what is asked about single regions.
        self.looker = Looker(self)
        record = ws.dataset(regions)
        if flank is None and record.region_kind != "interval":
            flank = DEFAULT_FLANK
        super().__init__(ws)
        self.title, self.columns = title, columns
        self.flank = flank
        self.set_regions(record)
        self._keep_steps()
        news.follow(ws, self)
        self.observe(self._follow_flank, names=["flank"])
        self.observe(self._follow_selection, names=["selection"])
        self.on_msg(self._on_message)

    @property
    def board(self) -> Board | None:
        """The board that the comparison stands on; None if it stands by itself."""
        return self._board

    def show_as(self, board: Board) -> None:
        """Stand for a board: the output that shows this comparison shows the board."""
        self.beside = f"anywidget:{board.model_id}"

    # -- region set and flank ----------------------------------------------------------

    def set_regions(self, regions: DatasetRecord | str | int) -> None:
        """Show all views for another region set."""
        record = self._host.dataset(regions)
        if record.kind != "regions":
            raise InputError(f'"{record.name}" is not a region set')
        with one_step():
            self._look_at(record)

    def _look_at(self, record: DatasetRecord) -> None:
        with self.one_message():
            self.regions = record
            self.mode = record.region_kind or "point"
            self._offer_regions(record)
            if self.mode == "interval":
                self.flank = None
            elif self.flank is None:
                self.flank = DEFAULT_FLANK
            self.flank_options = list(choices.FLANKS) if self.mode == "point" else []
            self._forget_selections()
        for view in self.views:
            with view.one_message():
                view.set_regions(record)
                if self.flank is not None:
                    view.flank = self.flank
            view.refresh()
        sharing.check(self.views)

    def _offer_regions(self, record: DatasetRecord) -> None:
        others = self._host.datasets_on(record.assembly, "regions")
        self.region_more = beyond(self._host, record.assembly, "regions", len(others))
        if self.region_more > 0 and record.id not in {one.id for one in others}:
            others = [*others, record]
        self.region_options = [region_option(one) for one in others]

    def look_again(self) -> None:
        """The catalog has changed: offer what is there now, and use the present names."""
        if self.regions is None:
            return
        try:
            record = self._host.dataset(self.regions.id)
        except HiCognitionError:  # gone, or out of reach: what is shown stays
            return
        with unrecorded():
            with self.one_message():
                self.regions = record
                self._offer_regions(record)
            for view in list(self.views):
                with view.one_message():
                    view.set_regions(record)
                view.refresh()

    def show_beside(self, regions: DatasetRecord | str | int) -> Comparison:
        """Show another region set, with views like these, beside this comparison.

        It comes onto the board that this comparison stands on. Where there is none, one is
        made, and the output that shows this comparison shows the board from then on.
        """
        if self._board is None:
            from hicognition_widgets.views.board import Board

            board = Board(self)
            shown = board.compare(regions, like=self)
            self.show_as(board)
            return shown
        return self._board.compare(regions, like=self)

    # Another thread may set another value while the views follow: each is told again until
    # it was told what is set now, so that the last word is the same for all.

    def _follow_flank(self, _change: Mapping[str, Any]) -> None:
        for view in list(self.views):
            told: int | None = None
            while (flank := self.flank) is not None and flank != told:
                view.flank = told = flank

    def _follow_selection(self, _change: Mapping[str, Any]) -> None:
        self._show_selection()
        # the others are answered on threads of their own meanwhile, so they are told first
        for view in sorted(self.views, key=lambda view: view.drawn_at_once):
            told: object = self
            while (selection := self.selection) is not told:
                told = selection
                view.select(selection)

    def begin(
        self,
        regions: DatasetRecord,
        flank: int | None,
        views: list[View],
        *,
        lost: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Show these views of a region set and nothing else; there is nothing to undo."""
        old = self._replace_all(views)
        with unrecorded():
            self._begin(regions, flank, views, lost)
        for view in old:
            view.close()

    def _begin(
        self,
        regions: DatasetRecord,
        flank: int | None,
        views: list[View],
        lost: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.lost = {key: dict(entry) for key, entry in lost.items()}
        self.missing = missing_sentence(entry["name"] for entry in self.lost.values())
        if regions.region_kind != "interval":
            self.flank = flank or DEFAULT_FLANK
        self.set_regions(regions)
        self._arrange(views)

    def put_back(self, name: str, value: Any) -> None:
        """Give a setting the value that it had."""
        if name == "regions":
            self.set_regions(value)
        else:
            super().put_back(name, value)

    # -- one region --------------------------------------------------------------------

    def details(
        self,
        row: int,
        *,
        feature: DatasetRecord | str | int | None = None,
        binsize: int | None = None,
        bin_percent: float | None = None,
        normalization: str | None = None,
        members: str | int = "",
    ) -> RegionDetails:
        """One region by itself: its snippet, its signal, its annotations, what lies there.

        Parameters
        ----------
        row : int
            Number of the region, as in :attr:`selection`.
        feature : dataset, name or id, optional
            Contact map of the snippet; that of the first view with one by default.
        binsize, bin_percent : number, optional
            Any resolution of the map in bp, or percent for intervals; by default as in
            that view. The flank becomes the next multiple of the bin size.
        normalization : {"balanced", "oe", "raw"}, optional
            Of the snippet; by default as in that view.
        members : str or int, optional
            Name or id of the collection of region sets that is looked through; by default
            those of the enrichment views here, else the first collection.

        Raises
        ------
        InputError
            If there is no such region, or the choices do not fit together.
        """
        return self.looker.details(
            row,
            feature=feature,
            bin_size=binsize if bin_percent is None else bin_percent,
            normalization=normalization,
            members=members,
        )

    # -- as plain data, and what became of that ----------------------------------------

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
        """Call back whenever what a session keeps changes, on the thread that did it.

        That is what :attr:`spec` holds, and the board around.
        """
        self._on_edit.append(callback)
        followed: weakref.WeakSet[View] = weakref.WeakSet()

        def follow(_change: object = None) -> None:
            for view in self.views:
                if view not in followed:
                    followed.add(view)
                    view.observe(edited, names=[*view.kept, "shares"])
            callback()

        def edited(_change: object) -> None:
            callback()

        names = ["title", "columns", "flank", "regions", "selection", "selections"]
        self.observe(edited, names=names)
        self.observe(follow, names=["views"])
        follow()

    def stand_on(self, board: Board | None) -> None:
        """Know the board around; it is kept with the comparison."""
        super().stand_on(board)
        self.board_edited()

    def board_edited(self) -> None:
        """Tell who follows edits that the board around is another, or set otherwise."""
        for callback in list(self._on_edit):
            callback()

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

    # -- from the browser --------------------------------------------------------------

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        reply = answer(content, comparison_commands(self), self._reply_later)
        if reply is not None:
            self.send(*reply)

    def _reply_later(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send what became of a command that took a moment; from any thread."""
        delivery.post(self._reply, content, buffers)

    def _reply(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self.comm is not None:  # it may have been closed meanwhile
            self.send(content, buffers)
