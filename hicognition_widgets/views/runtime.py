"""One copy of the browser code per page, however many views are shown.

What few sittings need (pictures as files, the panels, the dialogs) is a second bundle, which
the first one asks for over the comm of whatever view needs it.

Each view carries a loader of under a kilobyte. The bundle itself is the state of one hidden
widget whose id is derived from the bundle's content; the loader imports it once and keeps
the module on the page under that hash. marimo serves ``_esm`` by content hash itself and
closes comms with their cell, so there every view simply carries the bundle.

JupyterLab keeps the channel of every comm that was ever open until the kernel ends: each
listens to the kernel's status and is never taken off. The channel keeps who listens to it, a
model with all its traits, so the loader takes the models of a closed widget and of its layout
off theirs.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import ipywidgets
import traitlets

from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.views.output_cells import every_widget, shown_by_a_cell, whole

BUNDLE = Path(__file__).parents[1] / "static" / "widget.js"
LATER = BUNDLE.with_name("later.js")
PAGE = BUNDLE.with_name("page.js")

LOADER = """\
const pages = (globalThis[Symbol.for("hicognition-widgets")] ??= new Map());
function load(model, host) {
  const hash = model.get("_runtime_hash");
  if (!pages.has(hash)) {
    const loading = (async () => {
      const runtime = await host.getModel(model.get("_runtime"));
      const blob = new Blob([runtime.get("source")], { type: "text/javascript" });
      const address = URL.createObjectURL(blob);
      try { return await import(address); } finally { URL.revokeObjectURL(address); }
    })();
    pages.set(hash, loading);
    loading.catch(() => pages.delete(hash));
  }
  return pages.get(hash);
}
const nothing = () => {};
function letGo({ comm }) {
  comm?.on_close?.(nothing);
  comm?.on_msg?.(nothing);
}
export default {
  initialize({ model }) {
    model.on("destroy", (closed) => {
      letGo(closed);
      closed.get("layout").on("destroy", letGo);
    });
  },
  async render(context) {
    return (await load(context.model, context.host)).mount(context);
  },
};
"""


@cache
def bundle_source() -> str:
    """Text of the browser bundle.

    Raises
    ------
    HiCognitionError
        If the bundle was not built (a source checkout without ``make``).
    """
    return _built(BUNDLE)


@cache
def later_source() -> bytes:
    """Text of what the bundle asks for at its first use, UTF-8; see :func:`bundle_source`."""
    return _built(LATER).encode()


@cache
def page_source() -> str:
    """Text of the bundle that exported pages carry; see :func:`bundle_source`."""
    return _built(PAGE)


def _built(bundle: Path) -> str:
    try:
        return bundle.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise HiCognitionError(
            f"the browser bundle {bundle} is not built; run `make` in the source checkout"
        ) from error


@cache
def bundle_hash() -> str:
    """SHA-256 of the bundle, hex."""
    return hashlib.sha256(bundle_source().encode()).hexdigest()


def in_marimo() -> bool:
    """True when the code runs inside a marimo notebook."""
    marimo = sys.modules.get("marimo")
    return marimo is not None and bool(marimo.running_in_notebook())


class Runtime(anywidget.AnyWidget):
    """Hidden widget that holds the bundle's text; it is never displayed."""

    _esm = "export default {};"
    source = traitlets.Unicode().tag(sync=True)


_lock = threading.Lock()
_runtime: Runtime | None = None


def runtime() -> Runtime:
    """The page's runtime widget; made anew after ``Widget.close_all()``."""
    global _runtime
    with _lock:
        if _runtime is None or _runtime.comm is None:
            _runtime = Runtime(
                model_id=f"hicognition-widgets-{bundle_hash()[:32]}", source=bundle_source()
            )
        return _runtime


class BundledWidget(anywidget.AnyWidget):
    """Base of every widget that is drawn by the bundle."""

    _runtime = anywidget.WidgetTrait().tag(sync=True)
    _runtime_hash = traitlets.Unicode().tag(sync=True)
    #: By this the browser asks a kernel whether it still knows the widget.
    _comm_id = traitlets.Unicode().tag(sync=True)

    @property
    def _esm(self) -> str:
        return bundle_source() if in_marimo() else LOADER

    def __init__(self, **traits: object) -> None:
        unknown = sorted(set(traits) - set(self.trait_names()))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no setting {unknown[0]!r}")
        if not in_marimo():
            traits.setdefault("_runtime", runtime())
            traits["_comm_id"] = traits.setdefault("model_id", uuid4().hex)
        super().__init__(_runtime_hash=bundle_hash(), **traits)

    #: Off the page, because the cell that showed it was run again.
    _away = False

    @property
    def model_id(self) -> str | None:
        """Number of the widget's model in the page, the same after it was off the page."""
        found: str | None = self._model_id if self.comm is None else self.comm.comm_id
        return found

    def parts(self) -> list[BundledWidget]:
        """Widgets that are drawn inside this one."""
        return []

    def leave_page(self) -> None:
        """Free what the page holds of this widget; showing it again brings it back."""
        if self.comm is not None:
            self._away = True
            # hosts may keep a closed model, and a model keeps what it was before its last
            # change: nothing of a result is left after two
            for _ in range(2):
                self._send({"method": "update", "state": self.emptied(), "buffer_paths": []})
            # the widget lives on: only its comm is closed
            ipywidgets.Widget.close(self)
            # which marks it as something that cannot be shown any more
            self.__dict__.pop("_repr_mimebundle_", None)
            close_unused(self.layout)

    def emptied(self) -> dict[str, None]:
        """What takes much room in the page, as nothing."""
        return {}

    def come_back(self) -> None:
        """Be in the page again after :meth:`leave_page`."""
        if self._away:
            self._away = False
            self.layout.open()
            self.open()

    def close(self) -> None:
        """Release the widget and its layout, in Python and in the page."""
        # one that was never in a page has no layout there either
        had_layout = self.comm is not None or self._away
        self._away = False
        super().close()
        if had_layout:
            close_unused(self.layout)

    def __del__(self) -> None:
        """Leave nothing to do to the collector, which runs on any thread and under any lock.

        ipywidgets would close the widget here. But it holds those that are in a page itself, so
        what is collected has left it already, and nobody waits for its answers any more.
        """

    def saved_picture(self) -> bytes | None:
        """A PNG of what is shown, for notebooks read without a kernel; None if none."""
        return None

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The widget, and beside it the picture that a saved notebook shows without it."""
        bundle: tuple[dict[str, Any], dict[str, Any]] | None
        shown_by_a_cell(self)
        for part in reversed(whole([self])):
            part.come_back()
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        picture = self.saved_picture()
        data, metadata = bundle
        return (data if picture is None else data | {"image/png": picture}), metadata


def close_unused(layout: ipywidgets.Layout) -> None:
    """Free what the page holds of a layout, unless a widget that is there has it too."""
    if layout.comm is not None and all(
        getattr(one, "layout", None) is not layout for one in every_widget()
    ):
        # when it is opened again it is the same one for the page
        layout._model_id = layout.comm.comm_id
        layout.close()
