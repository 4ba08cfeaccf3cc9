"""An embedding in a process of its own, which can be stopped while it runs.

UMAP cannot be interrupted from inside. The process is a new interpreter, so it works in a
notebook, under a Dask worker and in a script without a ``__main__`` guard; arrays travel
as ``.npz`` files in a temporary folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np

from hicognition_widgets.analyses._features import Numbers
from hicognition_widgets.analyses.embedding import embed_signals, embed_snippets
from hicognition_widgets.analyses.results import EmbeddingResult
from hicognition_widgets.errors import Cancelled, InputError, JobError

Kind = Literal["signals", "snippets"]
_FUNCTIONS: dict[str, Callable[..., EmbeddingResult]] = {
    "signals": embed_signals,
    "snippets": embed_snippets,
}
_CANCEL_SECONDS = 2.0


def embed_in_process(
    values: Numbers, *, kind: Kind = "signals", **options: Any
) -> RunningEmbedding:
    """Start an embedding and return at once.

    Parameters
    ----------
    values : float array
        The matrix of :func:`~hicognition_widgets.analyses.embed_signals`, or the stack of
        ``embed_snippets``.
    kind : {"signals", "snippets"}
        Which of the two.
    **options
        Keyword arguments of that function; numbers, text and lists of text.

    Returns
    -------
    RunningEmbedding
        With ``first`` (the PCA answer, there already), ``done()``, ``result()`` and
        ``cancel()``.
    """
    if kind not in _FUNCTIONS:
        raise InputError(f'kind "{kind}" is unknown: use "signals" or "snippets"')
    return RunningEmbedding(np.asarray(values), kind, options)


class RunningEmbedding:
    """An embedding that is being computed in another process.

    Attributes
    ----------
    first : EmbeddingResult
        The same regions placed by PCA, available at once.
    """

    def __init__(self, values: Numbers, kind: Kind, options: dict[str, Any]) -> None:
        self.first: EmbeddingResult = _FUNCTIONS[kind](values, **{**options, "method": "pca"})
        self._result: EmbeddingResult | None = None
        self._cancelled = False
        self._folder = Path(tempfile.mkdtemp(prefix="hicognition-embedding-"))
        np.savez(self._folder / "in.npz", values=values)
        order = json.dumps({"kind": kind, "options": options})
        (self._folder / "order.json").write_text(order, encoding="utf-8")
        with (self._folder / "errors.txt").open("wb") as errors:
            # the interpreter that runs this, with a module of this package: nothing of a user
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", __name__, str(self._folder)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_environment(),
            )
        self._finish = weakref.finalize(self, _clean, self._process, self._folder)

    def __enter__(self) -> RunningEmbedding:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cancel()

    def done(self) -> bool:
        """True when :meth:`result` answers without waiting."""
        return self._cancelled or self._result is not None or self._process.poll() is not None

    def cancel(self) -> bool:
        """Stop the process; True if it had not finished. Safe to call again."""
        if self.done() and not self._cancelled:
            if self._result is None and self._process.returncode == 0:
                self._result = self._load()
            self._finish()
            return False
        stopped = not self._cancelled
        self._cancelled = True
        self._finish()
        return stopped

    def result(self, timeout: float | None = None) -> EmbeddingResult:
        """The finished embedding.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait; None = until it is there.

        Raises
        ------
        TimeoutError
            If it takes longer; the computation goes on.
        Cancelled
            If it was cancelled.
        JobError
            If it failed; the sentence says why.
        """
        if self._result is not None:
            return self._result
        if self._cancelled:
            raise Cancelled("the embedding was cancelled")
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError("the embedding is still being computed") from error
        if self._cancelled:
            raise Cancelled("the embedding was cancelled")
        if code != 0:
            lines = (self._folder / "errors.txt").read_text(errors="replace").split("\n")
            reason = next((line for line in reversed(lines) if line.strip()), f"code {code}")
            self._finish()
            raise JobError(f"the embedding failed: {reason.strip()}")
        self._result = self._load()
        self._finish()
        return self._result

    def _load(self) -> EmbeddingResult:
        with np.load(self._folder / "out.npz", allow_pickle=False) as found:
            return EmbeddingResult(
                points=found["points"],
                features=found["features"],
                imputed=found["imputed"],
                names=[str(name) for name in found["names"]],
                method=str(found["method"]),
            )


def _environment() -> dict[str, str]:
    """The child finds this package where the parent found it, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _clean(process: subprocess.Popen[bytes], folder: Path) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_CANCEL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _main(folder: Path) -> None:
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    with np.load(folder / "in.npz", allow_pickle=False) as given:
        values = given["values"]
    result = _FUNCTIONS[order["kind"]](values, **order["options"])
    np.savez(
        folder / "out.npz",
        points=result.points,
        features=result.features,
        imputed=result.imputed,
        names=np.array(result.names, dtype=np.str_),
        method=np.array(result.method),
    )


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
