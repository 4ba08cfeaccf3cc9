"""How long a question waits for a task of a job that runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from hicognition_widgets.jobs import joining
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.jobs.joining import Joining
from hicognition_widgets.jobs.plan import Task, make_plan
from hicognition_widgets.jobs.progress import Progress
from hicognition_widgets.jobs.request import Request


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def alone() -> list[Computation]:
    """What was left to be computed by itself."""
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(alone: list[Computation], clock: Clock) -> Any:
    made = Joining(alone.append, clock)
    yield made
    made.close()


@pytest.fixture
def question(point_request: Callable[..., Request]) -> Computation:
    return asked(point_request())


def asked(request: Request) -> Computation:
    computation = Computation(request, lambda _: None)
    computation.join()
    return computation


def task_of(*requests: Request) -> Task:
    (task,) = make_plan(requests).tasks
    return task


@pytest.fixture
def long_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every task is expected to take 50 s, and every question alone 10 s."""
    monkeypatch.setattr(Task, "seconds", property(lambda _: 50.0))
    monkeypatch.setattr(joining, "patience", lambda _: 10.0)


def test_nothing_that_waits_in_a_queue_is_waited_for(
    room: Joining, question: Computation
) -> None:
    assert not room.join(question)


@pytest.mark.usefixtures("long_tasks")
def test_a_task_that_has_much_left_is_not_waited_for(
    room: Joining, question: Computation, clock: Clock
) -> None:
    room.began(task_of(question.request))
    assert not room.join(question)
    clock.now += 39.9
    assert not room.join(question)
    clock.now += 0.2
    assert room.join(question)


def test_other_questions_do_not_wait(
    room: Joining, question: Computation, point_request: Callable[..., Request]
) -> None:
    room.began(task_of(question.request))
    assert not room.join(asked(point_request(binsize=20_000)))
    assert room.join(question)


def test_progress_is_passed_on(room: Joining, question: Computation) -> None:
    task = task_of(question.request)
    room.began(task)
    assert room.join(question)
    assert question.progress.message == "being computed by a job"
    room.told("another", Progress(1, 2, "no"))
    room.told(task.token, Progress(3, 4, "chr1"))
    assert question.progress == Progress(3, 4, "chr1")


@pytest.mark.parametrize("end", ["over", "failed"])
def test_what_a_task_leaves_is_computed_once(
    room: Joining, question: Computation, alone: list[Computation], end: str
) -> None:
    task = task_of(question.request)
    room.began(task)
    assert room.join(question)
    if end == "failed":
        room.failed(task.token, "another key")
        assert alone == []
        room.failed(task.token, question.request.key)
    room.over(task.token)
    room.over(task.token)
    assert alone == [question]
    assert not room.join(question)


def test_what_is_answered_is_not_computed(
    room: Joining, question: Computation, alone: list[Computation]
) -> None:
    task = task_of(question.request)
    room.began(task)
    assert room.join(question)
    room.answered(question)
    room.over(task.token)
    assert alone == []


def test_patience_ends(question: Computation, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(joining, "patience", lambda _: 0.01)
    monkeypatch.setattr(Task, "seconds", property(lambda _: 0.0))
    room = Joining(lambda _: done.set())
    room.began(task_of(question.request))
    assert room.join(question)
    assert done.wait(60)
    room.close()


def test_patience_is_what_it_takes_alone(point_request: Callable[..., Request]) -> None:
    request = point_request()
    assert joining.patience(request) == max(2.0, task_of(request).seconds)


def test_a_closed_room_takes_nobody(
    room: Joining, question: Computation, alone: list[Computation]
) -> None:
    room.began(task_of(question.request))
    assert room.join(question)
    room.close()
    assert not room.join(question)
    assert alone == []
