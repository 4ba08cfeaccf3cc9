from __future__ import annotations

import threading
from typing import Any

import pytest

from hicognition_widgets.errors import Cancelled, JobError
from hicognition_widgets.jobs import Progress
from hicognition_widgets.jobs.ask import Ask, Computation
from hicognition_widgets.store import StoredResult


def computation(request: Any) -> tuple[Computation, list[Computation]]:
    abandoned: list[Computation] = []
    return Computation(request, abandoned.append), abandoned


def joined(work: Computation) -> Ask:
    ask = work.join()
    assert ask is not None
    return ask


def result(key: str) -> StoredResult:
    return StoredResult(key=key, analysis="pileup", meta={}, arrays={})


def test_all_who_wait_get_the_answer(point_request: Any) -> None:
    request = point_request()
    work, abandoned = computation(request)
    asks = [joined(work), joined(work)]
    heard: list[Ask] = []
    for ask in asks:
        ask.add_done_callback(heard.append)
    assert not asks[0].done()
    assert asks[0].exception() is None
    with pytest.raises(TimeoutError):
        asks[0].result(timeout=0)
    answer = result(request.key)
    assert work.settle(answer)
    assert not work.settle(JobError("late"))
    assert heard == asks
    assert [ask.result() for ask in asks] == [answer, answer]
    asks[0].add_done_callback(heard.append)
    assert len(heard) == 3
    asks[0].cancel()
    assert asks[0].result() is answer
    assert abandoned == []


def test_a_failure_reaches_all(point_request: Any) -> None:
    work, _ = computation(point_request())
    ask = joined(work)
    work.settle(JobError("no luck"))
    with pytest.raises(JobError, match="no luck"):
        ask.result()
    assert str(ask.exception()) == "no luck"
    late = joined(work)
    assert late.done()


def test_the_last_one_to_leave_stops_the_work(point_request: Any) -> None:
    work, abandoned = computation(point_request())
    first, second = joined(work), joined(work)
    heard: list[Ask] = []
    first.add_done_callback(heard.append)
    first.cancel()
    first.cancel()
    assert heard == [first]
    assert first.cancelled()
    assert first.done()
    assert isinstance(first.exception(), Cancelled)
    with pytest.raises(Cancelled):
        first.result()
    assert abandoned == []
    second.cancel()
    assert abandoned == [work]
    assert work.join() is None


def test_progress_is_passed_on_until_the_end(point_request: Any) -> None:
    work, _ = computation(point_request())
    ask = joined(work)
    heard: list[Progress] = []
    ask.on_progress(heard.append)
    work.tell(Progress(1, 4, "reading"))
    assert ask.progress.fraction == 0.25
    work.settle(result(ask.key))
    work.tell(Progress(2, 4, "reading"))
    assert [each.done for each in heard] == [1]
    assert Progress().fraction is None


def test_a_broken_callback_harms_nobody(
    point_request: Any, caplog: pytest.LogCaptureFixture
) -> None:
    work, _ = computation(point_request())
    ask, other = joined(work), joined(work)

    def broken(_: object) -> None:
        raise ValueError("broken")

    heard: list[Ask] = []
    ask.add_done_callback(broken)
    ask.on_progress(broken)
    ask.add_done_callback(heard.append)
    other.add_done_callback(heard.append)
    work.tell(Progress(1, 2, ""))
    work.settle(result(ask.key))
    assert len(heard) == 2
    assert "a callback failed" in caplog.text


def test_joining_and_leaving_from_many_threads(point_request: Any) -> None:
    work, abandoned = computation(point_request())
    keep = joined(work)
    barrier = threading.Barrier(8)

    def come_and_go() -> None:
        barrier.wait()
        for _ in range(200):
            joined(work).cancel()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert abandoned == []
    keep.cancel()
    assert abandoned == [work]
