"""What a person sees while things are set up: one short line per step."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL = 25


class Stop(Exception):
    """Setting up cannot go on; the sentence says what to do about it."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


@contextmanager
def step(sentence: str) -> Iterator[None]:
    """Announce a step that may take long, and say how long it took."""
    print(f"  {sentence} …", flush=True)
    begun = time.monotonic()
    yield
    seconds = time.monotonic() - begun
    if seconds >= 5:
        print(f"    done in {seconds:.0f} s", flush=True)


def heading(sentence: str) -> None:
    """Start a new part of a longer output."""
    print(f"\n── {sentence} " + "─" * max(3, 74 - len(sentence)), flush=True)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment for the programs that are run: no foreign Python paths leak into them.

    Containers often ask Python to keep no bytecode. What is run here starts many processes
    that import the same packages, each of which would then read them for seconds.
    """
    foreign = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    foreign.add("PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    # uv must not fetch a Python of its own, pip must not install beside the environment
    return kept | {"UV_PYTHON_DOWNLOADS": "never", "PIP_USER": "0"} | dict(extra or {})


def quiet(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
) -> bool:
    """Run a program with its output in a log file; True if it succeeded."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8", errors="replace") as lines:
        lines.write("\n$ " + " ".join(str(part) for part in command) + "\n")
        lines.flush()
        outcome = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=clean_environment() if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return outcome.returncode == 0


def show_tail(log: Path) -> None:
    """Show the end of a log file, where the reason of a failure is."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    print(*(f"    | {line}" for line in lines[-TAIL:]), sep="\n", file=sys.stderr, flush=True)
