from __future__ import annotations

import asyncio
import threading

from elsewhere import elsewhere


def test_a_second_notebook_hears_on_its_loop(ws, other, peaks):
    heard: list[str] = []

    async def notebook() -> None:
        arrived = asyncio.Event()

        def changed(_version: int) -> None:
            heard.append(threading.current_thread().name)
            arrived.set()

        feed = other.on_change(changed)
        await asyncio.to_thread(ws.rename, peaks, "renamed")
        await asyncio.wait_for(arrived.wait(), 60)
        assert feed.interval <= 1  # and so within two seconds
        feed.stop()

    def check() -> None:
        asyncio.run(notebook())
        assert set(heard) == {threading.current_thread().name}

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
        assert told.wait(60)
        feed.stop()

    elsewhere(check)
    assert threads[0].startswith("hicognition-views")
