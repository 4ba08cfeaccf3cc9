from __future__ import annotations

import asyncio
import threading
import time


def test_a_second_notebook_hears_within_two_seconds(ws, other, peaks):
    heard: list[tuple[float, str]] = []
    told = asyncio.Event

    async def notebook() -> None:
        arrived = told()

        def changed(_version: int) -> None:
            heard.append((time.monotonic(), threading.current_thread().name))
            arrived.set()

        feed = other.on_change(changed)
        begun = time.monotonic()
        await asyncio.to_thread(ws.rename, peaks, "renamed")
        await asyncio.wait_for(arrived.wait(), 10)
        feed.stop()
        assert heard[0][0] - begun < 2

    asyncio.run(notebook())
    assert heard[0][1] == threading.main_thread().name


def test_without_a_loop_the_views_thread_tells(ws, other, peaks):
    told = threading.Event()
    threads: list[str] = []

    def changed(_version: int) -> None:
        threads.append(threading.current_thread().name)
        told.set()

    feed = other.on_change(changed)
    ws.rename(peaks, "renamed")
    assert told.wait(10)
    feed.stop()
    assert threads[0].startswith("hicognition-views")
