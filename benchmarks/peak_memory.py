"""Peak memory of a benchmark's own process."""

from __future__ import annotations

import resource
from pathlib import Path


def peak_mb() -> float:
    """Peak memory of this program; ru_maxrss on Linux would include that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
