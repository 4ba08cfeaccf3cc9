"""A view: settings, an answer that fits them, what a person picks in it, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import DatasetRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views import delivery
from hicognition_widgets.views.answering import Answering
from hicognition_widgets.views.commands import Command, Reply, answer
from hicognition_widgets.views.host import Host
from hicognition_widgets.views.loci import Table
from hicognition_widgets.views.menus import found_features
from hicognition_widgets.views.provenance import origin_text
from hicognition_widgets.views.runtime import later_source
from hicognition_widgets.views.tables import NumbersFile, numbers_file

Picked = Callable[[npt.NDArray[np.int64] | None, "View"], None]
"""Takes the row numbers that a person picked in a view, or None; and the view."""


class View(Answering):
    """Base of the views; use one of its children.

    Parameters
    ----------
    ws : Workspace
        Where datasets and answers come from.
    regions : dataset, name or id
        The region set.
    features : dataset, name or id, or a list of them
        What to look at; may be chosen later.
    lost : mapping of str to str, optional
        Features that were chosen but are gone: number to name.
    **settings
        Any other trait of the view: ``flank``, ``binsize``, ``vmin``, ``cmap``, …

    Raises
    ------
    NotFound
        If a name fits no dataset.
    TypeError
        If a setting does not exist.
    """

    def __init__(
        self,
        ws: Host | None = None,
        regions: DatasetRecord | str | int | None = None,
        features: Any = (),
        *,
        lost: Mapping[str, str] | None = None,
        **settings: Any,
    ) -> None:
        self.lost = dict(lost or {})
        self.lost_by = {}
        self._picked: Picked | None = None
        super().__init__(ws)
        # hold_trait_notifications would cross-validate before the bin size follows the flank
        unknown = sorted(set(settings) - set(self.trait_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no setting {unknown[0]!r}")
        if ws is not None:
            self.set_regions(ws.dataset(regions) if regions is not None else None)
            self.features = self._resolve(features)
        for name in sorted(settings, key=self._setting_order):
            setattr(self, name, settings[name])
        self.observe(self._follow_settings, names=list(self.asks_for))
        self.on_msg(self._on_message)
        self._update_choices()
        self.refresh()

    def _follow_settings(self, change: Mapping[str, Any]) -> None:
        self._ask_another()
        if change["name"] == "features":
            self.lost = {}
        name = change["name"]
        if name in self.lost_by and set(change["new"]) != set(self.lost_by[name]):
            del self.lost_by[name]
        if change["name"] in ("flank", "features"):
            self._update_choices()
        # whoever changes several settings at once asks when all are set and sent
        if not self.batching:
            self.refresh()

    def after_putting_back(self) -> None:
        """All settings of a step are as they were: ask for what they say."""
        self.refresh()
        super().after_putting_back()

    def lose(self, trait: str, names: Mapping[str, str]) -> None:
        """Say that datasets which a setting names are gone, until it is set again.

        Parameters
        ----------
        trait : str
            One of :attr:`refers` other than ``features``.
        names : mapping of str to str
            Number of each to its name.
        """
        self.lost_by[trait] = dict(names)
        setattr(self, trait, list(names))
        self.refresh(again=True)

    # -- some of the regions -----------------------------------------------------------

    def select(self, rows: npt.NDArray[np.int64] | None) -> None:
        """Show these regions, or all again; a comparison does that for all its views."""
        if rows is not None and len(rows) == 0:
            rows = None
        self._selected = rows
        self._follow_selection()

    def _follow_selection(self) -> None:
        """The picture is an average of the selected regions: ask for another one."""
        self._ask_another()
        self.refresh()

    def on_pick(self, picked: Picked | None) -> None:
        """Call `picked` when a person picks regions; without, the view selects them itself."""
        self._picked = picked

    def _pick(self, args: Mapping[str, Any]) -> None:
        rows = args.get("rows")
        found: npt.NDArray[np.int64] | None = None
        if rows is not None:
            total = 0 if self.regions is None else self.regions.n_regions or 0
            if not isinstance(rows, list) or not all(
                isinstance(row, int) and 0 <= row < total for row in rows
            ):
                raise InputError("a selection is a list of row numbers of the region set")
            found = np.unique(np.asarray(rows, dtype=np.int64))
        if self._picked is None:
            self.select(found)
        else:
            self._picked(found, self)

    # -- from Python -------------------------------------------------------------------

    @property
    def data(self) -> npt.NDArray[Any]:
        """The array behind the picture, before colours and log; waits for it."""
        self.wait()
        if not self._results:
            raise NotFound(f"the {self.kind} view shows nothing yet: {self.message}")
        return self._data()

    def _data(self) -> npt.NDArray[Any]:
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """The numbers behind the picture as a table; waits for them."""
        raise NotImplementedError

    def table(self) -> Table:
        """:meth:`to_frame` before the regions of its rows are looked up."""
        return Table(self.to_frame())

    @property
    def provenance(self) -> dict[str, Any]:
        """Inputs, parameters, versions, when and by whom, as plain data; waits for the view."""
        from hicognition_widgets.views.provenance import provenance

        return provenance(self)

    def save(self, path: str | Path, *, preset: str = "single") -> Path:
        """Write the view as a figure; the ending chooses PNG, SVG or PDF."""
        from hicognition_widgets.views.picture import write_view

        return write_view(self, Path(path), preset=preset)

    def figure_result(self) -> dict[str, Any] | None:
        """The result as a figure draws it."""
        return self.result or None

    def emptied(self) -> dict[str, None]:
        """The result and the selected rows."""
        return {"result": None, "highlighted": None}

    def saved_picture(self) -> bytes | None:
        """A PNG of what is shown, once all of it is ready; see :class:`BundledWidget`."""
        from hicognition_widgets.views.picture import saved_picture

        return saved_picture(self)

    def save_data(self, path: str | Path) -> list[Path]:
        """Write the numbers behind the picture, with where they come from beside them.

        Parameters
        ----------
        path : str or Path
            Ends in ``.csv`` (:meth:`to_frame`) or ``.npy`` (:attr:`data`). The origin goes
            to the same name with ``.json`` added.

        Returns
        -------
        list of Path
            The data file and its JSON.
        """
        from hicognition_widgets.views.tables import save_numbers

        return save_numbers(self, Path(path))

    def to_code(self) -> str:
        """A short cell that shows this view by itself."""
        from hicognition_widgets.views.code import standalone_code

        return standalone_code(self)

    def twin(self, **settings: Any) -> Self:
        """Another view with these settings changed, not part of any comparison."""
        kept = {name: value for name, value in self.settings.items() if name != "kind"}
        features = [int(number) for number in kept.pop("features", [])]
        return type(self)(self._host, self.regions, features, **(kept | settings))

    # -- from the browser --------------------------------------------------------------

    def _commands(self) -> dict[str, Command]:
        return {
            "alive": lambda _args: None,
            "retry": lambda _args: self.refresh(again=True),
            "recompute": lambda _args: self.recompute(),
            "cancel": lambda _args: self.cancel(),
            "save_data": self._save_data,
            "find_features": lambda args: found_features(
                self._host, self.regions, self.feature_kind, args
            ),
            "select": self._pick,
            "code": lambda _args: Reply({"code": self.to_code()}),
            "provenance": lambda _args: Reply({"text": origin_text(self)}),
            "later": lambda _args: Reply(buffers=(later_source(),)),
        }

    def _on_message(self, _widget: object, content: object, _buffers: object) -> None:
        reply = answer(content, self._commands(), self._reply_later)
        if reply is not None:
            self.send(*reply)

    def _reply_later(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send what became of a command that took a moment; from any thread."""
        delivery.post(self._reply, content, buffers)

    def _reply(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        if self.comm is not None:  # it may have been closed meanwhile
            self.send(content, buffers)

    def _save_data(self, args: Mapping[str, Any]) -> Future[Reply]:
        """The numbers as they are now, written out while the kernel goes on."""
        if self.status != "ready":
            raise InputError("there is nothing to save yet; wait until the view is ready")
        return _pool().submit(_filed, numbers_file(self, str(args.get("format", "csv"))))


@cache
def _pool() -> ThreadPoolExecutor:
    """Writes files one after the other: each may take much memory."""
    return ThreadPoolExecutor(1, thread_name_prefix="hicognition-files")


def _filed(file: NumbersFile) -> Reply:
    content, origin, missing = file.made()
    return Reply({"name": file.name, "note": missing}, (content, origin))
