"""An embedding in a process of its own, which can be stopped while it runs.

UMAP cannot be interrupted from inside. Arrays travel as ``.npz`` files in a temporary folder.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np

from hicognition_widgets.analyses import interpreter
from hicognition_widgets.analyses._features import Numbers
from hicognition_widgets.analyses.embedding_orders import FUNCTIONS
from hicognition_widgets.analyses.results import EmbeddingResult
from hicognition_widgets.errors import Cancelled, InputError, JobError

Kind = Literal["signals", "snippets"]


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
    if kind not in FUNCTIONS:
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
        self.first: EmbeddingResult = FUNCTIONS[kind](values, **{**options, "method": "pca"})
        self._result: EmbeddingResult | None = None
        self._cancelled = False
        self._folder = Path(tempfile.mkdtemp(prefix="hicognition-embedding-"))
        np.savez(self._folder / "in.npz", values=values)
        order = json.dumps({"kind": kind, "options": options})
        (self._folder / "order.json").write_text(order, encoding="utf-8")
        self._interpreter = interpreter.take()
        self._answer = self._interpreter.order(self._folder)
        self._abandon = weakref.finalize(self, _abandon, self._interpreter, self._folder)

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
        return self._cancelled or self._result is not None or self._answer.done()

    def cancel(self) -> bool:
        """Stop the process; True if it had not finished. Safe to call again."""
        if self.done() and not self._cancelled:
            if self._result is None and self._answer.result() == "done":
                self._result = self._load()
            self._finish()
            return False
        stopped = not self._cancelled
        self._cancelled = True
        self._abandon()
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
            answer = self._answer.result(timeout)
        except TimeoutError as error:
            raise TimeoutError("the embedding is still being computed") from error
        if self._cancelled:
            raise Cancelled("the embedding was cancelled")
        if answer != "done":
            reason = self._reason(answer)
            self._finish()
            raise JobError(f"the embedding failed: {reason}")
        self._result = self._load()
        self._finish()
        return self._result

    def _reason(self, answer: str) -> str:
        if answer == "failed":
            lines = (self._folder / "errors.txt").read_text(errors="replace").split("\n")
            return next((line.strip() for line in reversed(lines) if line.strip()), answer)
        ended = f"its process ended with code {self._interpreter.exit_code()}"
        return self._interpreter.last_words() or ended

    def _finish(self) -> None:
        """There is an answer: the interpreter may be of use to another embedding."""
        if self._abandon.detach() is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            interpreter.give_back(self._interpreter)

    def _load(self) -> EmbeddingResult:
        with np.load(self._folder / "out.npz", allow_pickle=False) as found:
            return EmbeddingResult(
                points=found["points"],
                features=found["features"],
                imputed=found["imputed"],
                names=[str(name) for name in found["names"]],
                method=str(found["method"]),
            )


def _abandon(working: interpreter.Interpreter, folder: Path) -> None:
    """Nobody waits for the answer any more."""
    working.stop()
    shutil.rmtree(folder, ignore_errors=True)
