"""How many processors and how much memory this process may use."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_GROUPS: Final = Path("/sys/fs/cgroup")
_PER_WORKER: Final = 3 * 2**29
"""Memory worth a worker process of its own, 1.5 GiB."""
_SMALLEST: Final = 2**29
_PART: Final = 0.8
"""Part of the memory that workers may take together."""


@dataclass(frozen=True)
class Machine:
    """Processors and bytes of memory."""

    cores: int
    memory: int

    @property
    def workers(self) -> int:
        """Worker processes for each kind of work."""
        return max(1, min(self.cores, self.memory // (2 * _PER_WORKER)))

    @property
    def memory_limit(self) -> int:
        """Bytes per worker process, if all three kinds of work run."""
        return max(_SMALLEST, int(_PART * self.memory / (3 * self.workers)))


def this_machine(groups: Path = _GROUPS) -> Machine:
    """What the system grants: affinity, container limits, physical memory."""
    import psutil  # type: ignore[import-untyped]  # it ships no types

    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    quota = _cpu_quota(groups)
    if quota is not None:
        cores = max(1, min(cores, round(quota)))
    memory = int(psutil.virtual_memory().total)
    limit = _memory_limit(groups)
    return Machine(cores=cores, memory=memory if limit is None else min(memory, limit))


def _cpu_quota(groups: Path) -> float | None:
    words = _words(groups / "cpu.max")
    if len(words) == 2:
        quota, period = words
    else:
        quota = "".join(_words(groups / "cpu" / "cpu.cfs_quota_us"))
        period = "".join(_words(groups / "cpu" / "cpu.cfs_period_us"))
    if not quota.isdigit() or not period.isdigit() or int(period) == 0:
        return None
    return int(quota) / int(period)


def _memory_limit(groups: Path) -> int | None:
    for path in (groups / "memory.max", groups / "memory" / "memory.limit_in_bytes"):
        words = _words(path)
        if len(words) == 1 and words[0].isdigit() and int(words[0]) > 0:
            return int(words[0])
    return None


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
