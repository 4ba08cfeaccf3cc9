from __future__ import annotations

import asyncio
import threading
import time

from elsewhere import elsewhere


def test_a_second_notebook_hears_within_two_seconds(ws, other, peaks):
    heard: list[tuple[float, str]] = []

    async def notebook() -> float:
        arrived = asyncio.Event()

        def changed(_version: int) -> None:
            heard.append((time.monotonic(), threading.current_thread().name))
            arrived.set()

        feed = other.on_change(changed)
        await asyncio.to_thread(ws.rename, peaks, "renamed")
        begun = time.monotonic()
        await asyncio.wait_for(arrived.wait(), 20)
        feed.stop()
        return begun

    def check() -> None:
        begun = asyncio.run(notebook())
        assert heard[0][0] - begun < 2
        assert heard[0][1] == threading.current_thread().name

    elsewhere(check)


def test_without_a_loop_the_views_thread_tells(ws, other, peaks):
    told = threading.Event()
    threads: list[str] = []

    def changed(_version: int) -> None:
        threads.append(threading.current_thread().name)
        told.set()

    def check() -> None:
        feed = other.on_change(changed)
        ws.rename(peaks, "renamed")
        assert told.wait(20)
        feed.stop()

    elsewhere(check)
    assert threads[0].startswith("hicognition-views")
