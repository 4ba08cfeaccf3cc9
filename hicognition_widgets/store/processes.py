"""Who writes: a name for this process, and whether the one behind a name still lives."""

from __future__ import annotations

import os
import re
import secrets
import socket
from functools import lru_cache

_NAME = re.compile(r"(?P<host>[A-Za-z0-9_]+)-(?P<pid>\d+)-(?P<start>\d+)-[0-9a-f]+")


@lru_cache(maxsize=8)
def _start(pid: int) -> int:
    return _start_time(pid) or 0


def _start_time(pid: int) -> int | None:
    """Start of a process in 1/100 s since 1970; None if there is no such process."""
    import psutil  # type: ignore[import-untyped]  # it ships no types

    try:
        return round(float(psutil.Process(pid).create_time()) * 100)
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return 0


@lru_cache(maxsize=1)
def _host() -> str:
    return re.sub(r"\W", "_", socket.gethostname(), flags=re.ASCII) or "host"


def process_name() -> str:
    """Host, process and a random part: a folder name that tells who works in it."""
    pid = os.getpid()
    return f"{_host()}-{pid}-{_start(pid)}-{secrets.token_hex(8)}"


def is_dead(name: str) -> bool | None:
    """Whether the process that made this name has ended; None if that cannot be known.

    Names of other hosts, and names that :func:`process_name` did not make, are unknown.
    """
    match = _NAME.fullmatch(name)
    if match is None or match["host"] != _host():
        return None
    start = _start_time(int(match["pid"]))
    # The clock behind create_time may be adjusted by a little while a process runs.
    return start is None or abs(start - int(match["start"])) > 200
