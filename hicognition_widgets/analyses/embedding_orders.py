"""What an interpreter for embeddings runs: orders come in by name of their folder.

Each line of the input is a folder, as JSON text, with ``order.json`` and ``in.npz`` in it. The
answer is the line ``done`` and a file ``out.npz``, or ``failed`` and a file ``errors.txt``. At
the end of the input whoever asked is gone, so it ends at once, also in the middle of its work.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import numpy as np

from hicognition_widgets.analyses.embedding import embed_signals, embed_snippets
from hicognition_widgets.analyses.results import EmbeddingResult

FUNCTIONS: dict[str, Callable[..., EmbeddingResult]] = {
    "signals": embed_signals,
    "snippets": embed_snippets,
}


class Orders:
    """Folders of orders in the order in which they came."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._queue: queue.SimpleQueue[Path] = queue.SimpleQueue()
        self._unanswered: set[Path] = set()

    def next(self) -> Path:
        """Wait for an order."""
        return self._queue.get()

    def answered(self, folder: Path) -> None:
        """Whoever asked has the answer, and the folder."""
        self._unanswered.discard(folder)

    def listen(self) -> None:
        """Read orders until whoever gives them is gone; then end the process."""
        for line in self._source:
            folder = Path(json.loads(line))
            self._unanswered.add(folder)
            self._queue.put(folder)
        for folder in list(self._unanswered):
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def carry_out(folder: Path) -> None:
    """Embed what is in a folder and write the result into it."""
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    with np.load(folder / "in.npz", allow_pickle=False) as given:
        values = given["values"]
    result = FUNCTIONS[order["kind"]](values, **order["options"])
    np.savez(
        folder / "out.npz",
        points=result.points,
        features=result.features,
        imputed=result.imputed,
        names=np.array(result.names, dtype=np.str_),
        method=np.array(result.method),
    )


def keep_compiled() -> None:
    """Let umap-learn's functions be compiled once and not by every process.

    Those of pynndescent take functions as arguments, which numba never finds again.
    """
    kept = Path(os.environ["NUMBA_CACHE_DIR"])
    try:
        kept.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # as in some containers: it is compiled anew each time
    if not os.access(kept, os.W_OK):
        return
    with warnings.catch_warnings():
        # what umap-learn and its dependencies say at import is not about these data
        warnings.simplefilter("ignore")
        import umap  # noqa: F401 - its modules are looked through
    from numba.core.dispatcher import Dispatcher

    modules = [module for name, module in sys.modules.items() if name.startswith("umap.")]
    for module in modules:
        for found in list(vars(module).values()):
            if isinstance(found, Dispatcher) and found.py_func.__module__.startswith("umap."):
                found.enable_caching()


def main() -> None:
    """Carry out orders for ever."""
    # answers have the output for themselves; what libraries print goes where errors go
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    orders = Orders(sys.stdin)
    threading.Thread(target=orders.listen, daemon=True).start()
    ready = False
    while True:
        folder = orders.next()
        try:
            if not ready:
                keep_compiled()
                ready = True
            carry_out(folder)
            answer = "done"
        except Exception:  # noqa: BLE001  whatever it is, the one who asked is told
            with (folder / "errors.txt").open("w", encoding="utf-8") as errors:
                traceback.print_exc(file=errors)
            answer = "failed"
        orders.answered(folder)
        answers.write(f"{answer}\n")
