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
from typing import Any

_START_SECONDS = 120


async def serve(hello: dict[str, Any]) -> None:
    """Run the cluster until the input ends."""
    import dask
    import distributed

    from hicognition_widgets.jobs.cluster_parts import Nanny, QuietScheduler, QuietWorker

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
    nannies: list[Any] = []
    _answer({"address": scheduler.address})
    try:
        async for order in _orders():
            try:
                started = [
                    Nanny(
                        scheduler.address,
                        worker_class=QuietWorker,
                        security=security,
                        host="127.0.0.1",
                        protocol="tls",
                        nthreads=1,
                        memory_limit=order["memory_limit"],
                        resources={order["lane"]: 1},
                        name=f"{order['lane']}-{number}",
                        local_directory=hello["scratch"],
                        death_timeout=_START_SECONDS,
                        silence_logs=logging.ERROR,
                    )
                    for number in range(order["workers"])
                ]
                nannies += started
                await asyncio.gather(*started)
            except Exception as error:  # noqa: BLE001  the asker tells the person
                _answer({"failed": f"{type(error).__name__}: {error}"})
            else:
                _answer({"started": order["workers"]})
    finally:
        with contextlib.suppress(asyncio.TimeoutError):
            closing = (nanny.close(timeout=2) for nanny in nannies)
            await asyncio.wait_for(asyncio.gather(*closing, return_exceptions=True), 5)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(scheduler.close(), 5)


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
