"""The workspace: its parts in one object."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from hicognition_widgets.catalog import Catalog
from hicognition_widgets.errors import CatalogWarning
from hicognition_widgets.jobs import Broker
from hicognition_widgets.settings import load_settings
from hicognition_widgets.store import Store
from hicognition_widgets.views.autosave import Autosave
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.job import JobProgressView
from hicognition_widgets.workspace.adding import Adding
from hicognition_widgets.workspace.annotating import Annotating
from hicognition_widgets.workspace.base import Ref
from hicognition_widgets.workspace.curating import Curating
from hicognition_widgets.workspace.keeping import Keeping
from hicognition_widgets.workspace.recent import Recent
from hicognition_widgets.workspace.refreshing import Refreshing
from hicognition_widgets.workspace.working import Working


class Workspace(Adding, Annotating, Curating, Keeping, Refreshing, Working):
    """Datasets of a catalog, results in a store, and a scheduler that computes.

    Parameters
    ----------
    catalog : str or Path, optional
        Database address, or path of a SQLite file.
    store : str or Path, optional
        Folder of the stored results.
    scheduler : str, optional
        ``"local"`` (Dask processes on this machine), ``"threads"``, the address of a Dask
        scheduler, or the name of a cluster factory in Dask's configuration.
    user : str, optional
        Who owns what is added; on PostgreSQL always the database role.
    trusted : sequence of str, optional
        Other people whose results are used as your own. If one of them computes what you ask
        for, you get that; they need to name you too for the other way round.

    Examples
    --------
    >>> ws = Workspace()  # doctest: +SKIP
    >>> peaks = ws.add_regions("ctcf.bed", assembly="mm9", name="CTCF")  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        catalog: str | Path | None = None,
        store: str | Path | None = None,
        scheduler: str | None = None,
        user: str | None = None,
        trusted: Sequence[str] | None = None,
    ) -> None:
        self.settings = load_settings(
            catalog=catalog, store=store, scheduler=scheduler, user=user, trusted=trusted
        )
        self._catalog = Catalog.open(
            self.settings.catalog, user=self.settings.user, trusted=self.settings.trusted
        )
        self._recent = Recent(self._catalog.version)
        # A catalog on a server is shared, so what is published has to be readable by others.
        self._store = Store(
            self.settings.store, self._catalog.user, shared=self._catalog.path is None
        )
        self._autosave = Autosave(self._store.folder / "unsaved")
        self._broker = Broker(
            catalog=self._catalog, store=self._store, scheduler=self.settings.scheduler
        )
        self._broker.picture = JobProgressView
        if self.warning is not None:
            # Python shows the same sentence once per place: once in a notebook.
            warnings.warn(self.warning, CatalogWarning, stacklevel=2)

    @property
    def address(self) -> str:
        """Where the catalog is, without a password."""
        return self._catalog.url

    @property
    def warning(self) -> str | None:
        """What you should know about where the catalog is, or None."""
        return self._catalog.warning

    # -- looking -----------------------------------------------------------------------

    def compare(
        self, regions: Ref, flank: int | None = None, *, title: str = "", columns: int = 0
    ) -> Comparison:
        """A comparison of this region set; add views to it and show it."""
        comparison = Comparison(self, regions, flank, title=title, columns=columns)
        self._autosave.follow(comparison)
        return comparison

    # -- ending ------------------------------------------------------------------------

    def close(self) -> None:
        """Release what was started: workers, connections."""
        self._autosave.close()
        self._broker.close()
        self._catalog.close()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace(user={self.user!r}, store={str(self.settings.store)!r})"
