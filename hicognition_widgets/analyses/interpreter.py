"""Other Python interpreters that embed regions, and the one that waits for the next order.

UMAP takes seconds to import and many more to compile before it looks at the first number. So
an interpreter that has finished stays for a while, and the next embedding starts in it at
once. One that is stopped in the middle of its work is gone for good.
"""

from __future__ import annotations

import atexit
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, cast

from platformdirs import user_cache_path

IDLE_SECONDS: Final = 120.0
"""How long one waits for another order; it holds a few hundred MB meanwhile."""
_CARRY_OUT_ORDERS: Final = (
    "from hicognition_widgets.analyses.embedding_orders import main; main()"
)
_STOP_SECONDS: Final = 2.0
#: Whose versions decide whether machine code that was kept still fits.
_COMPILED: Final = ("umap-learn", "pynndescent", "numba")

_lock = threading.Lock()
_waiting: Interpreter | None = None
_patience: threading.Timer | None = None


class Interpreter:
    """A new Python with this package, which carries out orders one after another.

    Works in a notebook, under a Dask worker, and in a script without a ``__main__`` guard.
    It ends when it is stopped, and when the process that started it does.
    """

    def __init__(self) -> None:
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        # the interpreter that runs this, with a module of this package: nothing of a user
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-c", _CARRY_OUT_ORDERS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=_environment(),
            encoding="utf-8",
            # an interrupt of a cell is not meant for what is computed beside it
            start_new_session=True,
        )
        # they are pipes, as asked for
        self._stdin = cast("IO[str]", self._process.stdin)
        self._stdout = cast("IO[str]", self._process.stdout)
        self._answer: Future[str] | None = None
        self._answers = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True, name="embedding")
        self._reader.start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def ended(self) -> bool:
        """True once the process is gone."""
        return self._process.poll() is not None

    def order(self, folder: Path) -> Future[str]:
        """Let it carry out what is in a folder.

        Returns
        -------
        Future of str
            ``"done"``, ``"failed"`` (the folder says why), or ``"gone"`` if the process ended
            before it had an answer.
        """
        answer: Future[str] = Future()
        with self._answers:
            self._answer = answer
        try:
            self._stdin.write(json.dumps(str(folder)) + "\n")
            self._stdin.flush()
        except (
            OSError
        ):  # it has ended: the reader may have seen that before the order was there
            self._give("gone")
        if self.ended():
            self._reader.join()
            self._give("gone")
        return answer

    def last_words(self) -> str:
        """The last line that it wrote about what went wrong; empty if there is none."""
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def exit_code(self) -> int:
        """What the process ended with; waits for the end."""
        return self._process.wait()

    def stop(self) -> None:
        """End the process, whatever it does. Safe to call again."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join()
        with suppress(OSError):  # an order that nobody reads any more
            self._stdin.close()
        self._said.close()

    def _read(self) -> None:
        with self._stdout as lines:
            for line in lines:
                self._give(line.strip())
        self._give("gone")

    def _give(self, answer: str) -> None:
        with self._answers:
            asked, self._answer = self._answer, None
        if asked is not None:
            asked.set_result(answer)


def take() -> Interpreter:
    """One that waits, or a new one."""
    global _waiting
    with _lock:
        found, _waiting = _waiting, None
        if _patience is not None:
            _patience.cancel()
    if found is None:
        return Interpreter()
    if found.ended():
        found.stop()
        return Interpreter()
    return found


def give_back(interpreter: Interpreter) -> None:
    """Keep one that has answered for the next who needs one, for a while."""
    global _waiting, _patience
    with _lock:
        if _waiting is None and not interpreter.ended():
            _waiting = interpreter
            _patience = threading.Timer(IDLE_SECONDS, _let_go, [interpreter])
            _patience.daemon = True
            _patience.start()
            return
    interpreter.stop()


def _let_go(interpreter: Interpreter | None = None) -> None:
    """Stop the one that waits, if it is this one or none is named."""
    global _waiting
    with _lock:
        if _waiting is None or interpreter not in (None, _waiting):
            return
        found, _waiting = _waiting, None
    found.stop()


atexit.register(_let_go)


def _environment() -> dict[str, str]:
    """The child finds this package where the parent found it, installed or not.

    What it compiles is kept in a folder for these very versions: numba looks at the file of a
    function alone, not at what the function calls in others.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    given = os.environ.get("NUMBA_CACHE_DIR")
    kept = (
        Path(given) if given else user_cache_path("hicognition", appauthor=False) / "compiled"
    )
    versions = [f"{name}-{importlib.metadata.version(name)}" for name in _COMPILED]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "NUMBA_CACHE_DIR": str(kept / "-".join(versions)),
    }
