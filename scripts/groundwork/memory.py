"""Peak memory of a program and everything it starts, also of what starts its own session."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

INTERVAL = 0.25


class PeakMemory:
    """Samples the memory of all processes that carry a marker in their environment.

    Shared pages are counted once, divided among those who share them (the kernel's ``Pss``),
    as a container's memory limit counts them. Linux only: elsewhere the peak stays 0.

    Parameters
    ----------
    marker
        ``NAME=value`` that is in the environment of the processes to measure.
    """

    def __init__(self, marker: str) -> None:
        self.bytes = 0
        self._marker = marker.encode()
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._finished.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._finished.wait(INTERVAL):
            self.bytes = max(self.bytes, sum(map(self._size, Path("/proc").glob("[0-9]*"))))

    def _size(self, process: Path) -> int:
        try:
            if self._marker not in (process / "environ").read_bytes().split(b"\0"):
                return 0
            for line in (process / "smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
        except (OSError, ValueError):
            return 0  # it ended while we looked, or is not ours
        return 0
