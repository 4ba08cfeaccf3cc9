"""Scheduler and workers of the local cluster: without the web server of their classes."""

from __future__ import annotations

from typing import Any

from distributed import Nanny, Scheduler, Worker


class QuietScheduler(Scheduler):
    """A scheduler that opens no port but its own."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """There is none: it would listen on all interfaces, for everybody."""


class QuietWorker(Worker):
    """A worker that opens no port but its own."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """There is none: it would listen on all interfaces, for everybody."""


__all__ = ["Nanny", "QuietScheduler", "QuietWorker"]
