"""The process that holds the local cluster's scheduler and looks after its workers.

It is a program of its own, started with ``python -m``, so that nothing of the asking
process (a notebook, a script without ``if __name__ == "__main__"``, a test) is run again
in the workers, and a busy kernel does not hold up the scheduler. It reads one line of
JSON per order from its standard input, answers on its standard output, and ends when its
input ends: however the asker dies, no process is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from dataclasses import dataclass
from typing import Any, Final

_START_SECONDS: Final = 120
_LOOK_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 30.0
"""How long a nanny may be without a worker before it is replaced."""


async def serve(hello: dict[str, Any]) -> None:
    """Run the cluster until the input ends."""
    import dask
    import distributed

    from hicognition_widgets.jobs.cluster_parts import QuietScheduler

    dask.config.set(
        {
            # Lost workers are counted per task by the tasks' own marks; this count of
            # Dask's would also blame tasks that only waited on a worker that died.
            "distributed.scheduler.allowed-failures": 1_000_000,
            "distributed.worker.multiprocessing-method": "spawn",
            "distributed.scheduler.worker-ttl": None,
            "distributed.admin.tick.limit": "60s",
        }
    )
    security_class: Any = distributed.Security
    security = security_class(**hello["security"])
    scheduler = QuietScheduler(
        host="127.0.0.1", port=0, protocol="tls", security=security, dashboard=False
    )
    await scheduler
    crew = _Crew(scheduler.address, security, hello["scratch"])
    _answer({"address": scheduler.address})
    keeping = asyncio.create_task(crew.keep())
    try:
        async for order in _orders():
            try:
                await crew.grow(order["lane"], order["workers"], order["memory_limit"])
            except Exception as error:  # noqa: BLE001  the asker tells the person
                _answer({"failed": f"{type(error).__name__}: {error}"})
            else:
                _answer({"started": order["workers"]})
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(crew.close(), 5)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(scheduler.close(), 5)


@dataclass(eq=False)
class _Place:
    """Where one worker belongs, whoever fills it."""

    lane: str
    memory_limit: int
    nanny: Any = None
    alone_since: float | None = None


class _Crew:
    """The workers, each with the nanny that starts it again when it dies.

    A nanny gives up when its worker dies at the wrong moment of its start, or needs too
    long on a busy machine; without somebody who replaces it, tasks would wait for ever.
    """

    def __init__(self, scheduler: str, security: Any, scratch: str) -> None:
        self._scheduler = scheduler
        self._security = security
        self._scratch = scratch
        self._places: list[_Place] = []
        self._started = 0

    async def grow(self, lane: str, workers: int, memory_limit: int) -> None:
        """Start workers of one kind and wait for them."""
        places = [_Place(lane, memory_limit) for _ in range(workers)]
        for place in places:
            place.nanny = self._nanny(place)
        await asyncio.gather(*(place.nanny for place in places))
        self._places += places

    def _nanny(self, place: _Place) -> Any:
        from hicognition_widgets.jobs.cluster_parts import Nanny, QuietWorker

        self._started += 1
        return Nanny(
            self._scheduler,
            worker_class=QuietWorker,
            security=self._security,
            host="127.0.0.1",
            protocol="tls",
            nthreads=1,
            memory_limit=place.memory_limit,
            resources={place.lane: 1},
            name=f"{place.lane}-{self._started}",
            local_directory=self._scratch,
            death_timeout=_START_SECONDS,
            silence_logs=logging.ERROR,
        )

    async def keep(self) -> None:
        """Replace nannies that gave up, for ever."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            lost = [place for place in self._places if self._given_up(place)]
            await asyncio.gather(*(self._replace(place) for place in lost))

    @staticmethod
    def _given_up(place: _Place) -> bool:
        nanny = place.nanny
        if nanny.status.name in ("closed", "failed"):
            return True
        if nanny.pid is not None:
            place.alone_since = None
            return False
        now = asyncio.get_running_loop().time()
        place.alone_since = place.alone_since or now
        return bool(now - place.alone_since > _PATIENCE_SECONDS)

    async def _replace(self, place: _Place) -> None:
        place.alone_since = None
        old, place.nanny = place.nanny, self._nanny(place)
        try:
            await asyncio.wait_for(old.close(timeout=2), 5)
        except Exception as error:  # noqa: BLE001  it is of no use any more, however it ends
            sys.stderr.write(f"a lost nanny did not close: {error}\n")
        try:
            await place.nanny
        except Exception as error:  # noqa: BLE001  the next look tries again
            sys.stderr.write(f"a worker did not start again: {error}\n")

    async def close(self) -> None:
        """End all workers."""
        closing = (place.nanny.close(timeout=2) for place in self._places)
        await asyncio.gather(*closing, return_exceptions=True)


async def _orders() -> Any:
    """Lines of JSON from standard input until it ends or the parent is gone."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        with contextlib.suppress(RuntimeError):  # the loop has ended before the input
            loop.call_soon_threadsafe(lines.put_nowait, b"")

    import threading

    threading.Thread(target=read, daemon=True, name="orders").start()
    parent = os.getppid()
    while True:
        try:
            line = await asyncio.wait_for(lines.get(), 5)
        except TimeoutError:
            if os.getppid() != parent:
                return
            continue
        if not line:
            return
        yield json.loads(line)


def _answer(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the first line, then serve."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    hello = json.loads(sys.stdin.buffer.readline())
    asyncio.run(serve(hello))
    # Threads that read the closed input or wait for dead workers must not hold it up.
    os._exit(0)


if __name__ == "__main__":
    main()
