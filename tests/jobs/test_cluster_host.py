"""Who looks after the workers of the local cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest

from hicognition_widgets.jobs import cluster_host


class Nanny:
    """A nanny that can be made to give up."""

    def __init__(self, *, starts: bool = True) -> None:
        self.status = SimpleNamespace(name="init")
        self.pid: int | None = None
        self.closed = False
        self._starts = starts

    def __await__(self) -> Generator[Any, None, Nanny]:
        yield from asyncio.sleep(0).__await__()
        if not self._starts:
            self.status.name = "failed"
            raise RuntimeError("the worker did not start")
        self.status.name, self.pid = "running", 1
        return self

    async def close(self, timeout: float) -> None:
        self.closed = True


@pytest.mark.parametrize("how", ["closed", "failed", "alone"])
def test_a_nanny_that_gives_up_is_replaced(
    how: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cluster_host, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(cluster_host, "_PATIENCE_SECONDS", 0.1)
    made: list[Nanny] = []

    def nanny(self: Any, place: Any) -> Nanny:
        made.append(Nanny(starts=len(made) != 2))  # the first replacement does not start
        return made[-1]

    monkeypatch.setattr(cluster_host._Crew, "_nanny", nanny)

    async def play() -> None:
        crew = cluster_host._Crew("tls://nowhere", None, "/nowhere")
        await crew.grow("bulk", 2, 1)
        keeping = asyncio.create_task(crew.keep())
        await asyncio.sleep(0.05)
        assert len(made) == 2
        if how == "alone":
            made[0].pid = None
        else:
            made[0].status.name = how
        async with asyncio.timeout(30):
            while len(made) < 4 or made[-1].pid is None:
                await asyncio.sleep(0.01)
        assert made[0].closed
        assert not made[1].closed
        keeping.cancel()
        await crew.close()
        assert made[3].closed

    import threading

    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:  # noqa: BLE001  raised below, in the test's thread
            failures.append(error)

    thread = threading.Thread(target=run)  # another test may have left a loop running here
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    assert "did not start again" in capsys.readouterr().err
