"""What can be taken back: changes of settings, grouped into the steps that people make.

A step is everything that one assignment, one click or one gesture changed, consequences
included, also in other comparisons of a board. What a step changed is put back until it
holds, for one setting may reset another on the way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import traitlets

from hicognition_widgets.views import delivery

_DEPTH = 100
_PASSES = 4
#: A selection is checked against the region set, and links need the views to be there.
_FIRST = ("regions", "views")
_LAST = ("shared_scale", "shared_order")
_SAME_GESTURE_SECONDS = 1.0
_lock = threading.RLock()
_here = threading.local()


@dataclass
class Change:
    """One setting of one target, before and after."""

    target: Undoable
    name: str
    old: Any
    new: Any


@dataclass
class Step:
    """Changes that are taken back together."""

    hand: str = ""
    changes: list[Change] = field(default_factory=list)
    owners: list[Steps] = field(default_factory=list)
    done: bool = True
    at: float = field(default_factory=time.monotonic)

    def touched(self) -> set[tuple[int, str]]:
        """What it changed, to tell whether another step continues it."""
        return {(id(change.target), change.name) for change in self.changes}

    def append(self, change: Change) -> None:
        """Add a change; a setting that changes again keeps where it came from."""
        for known in self.changes:
            if known.target is change.target and known.name == change.name:
                known.new = change.new
                return
        self.changes.append(change)


class Steps:
    """The steps of one comparison, in order.

    Parameters
    ----------
    changed : callable
        Called when a step was made, taken back or done again.
    forget : callable
        Takes the steps that can no longer be reached.
    """

    def __init__(
        self, changed: Callable[[], None], forget: Callable[[list[Step]], None]
    ) -> None:
        self._steps: list[Step] = []
        self._changed = changed
        self._forget = forget

    @property
    def steps(self) -> list[Step]:
        """All steps that undo or redo can still reach."""
        with _lock:
            return list(self._steps)

    @property
    def can_undo(self) -> bool:
        """True if there is a step to take back."""
        return any(step.done for step in self.steps)

    @property
    def can_redo(self) -> bool:
        """True if there is a step to do again."""
        return any(not step.done for step in self.steps)

    def undo(self) -> None:
        """Take the last step back; nothing at the beginning."""
        with _lock:
            step = next((step for step in reversed(self._steps) if step.done), None)
            if step is None:
                return
            step.done = False
        changes = list(reversed(step.changes))
        _put_back(step, [(change.target, change.name, change.old) for change in changes])

    def redo(self) -> None:
        """Do again what was taken back last; nothing at the end."""
        with _lock:
            step = next((step for step in self._steps if not step.done), None)
            if step is None:
                return
            step.done = True
        _put_back(step, [(change.target, change.name, change.new) for change in step.changes])

    def clear(self) -> None:
        """Forget everything."""
        with _lock:
            gone, self._steps = self._steps, []
        self._forget(gone)
        self._changed()

    def record(self, target: Undoable, name: str, old: Any, new: Any) -> None:
        """Note a change that is already there; consequences come before their cause."""
        if getattr(_here, "quiet", 0) or same(old, new):
            return
        with one_step():
            step: Step = _here.step
            step.append(Change(target, name, old, new))
            if self not in step.owners:
                step.owners.append(self)

    def _push(self, step: Step) -> list[Step]:
        gone = [one for one in self._steps if not one.done]
        self._steps = [*(one for one in self._steps if one.done), step]
        gone += self._steps[:-_DEPTH]
        self._steps = self._steps[-_DEPTH:]
        return gone

    def _last(self) -> Step | None:
        return self._steps[-1] if self._steps and self._steps[-1].done else None


@contextmanager
def one_step(hand: str = "") -> Iterator[None]:
    """What this thread changes inside is one step.

    Parameters
    ----------
    hand : str
        Names a gesture of a person, such as a drag: what it changes later joins its step.
    """
    if getattr(_here, "step", None) is not None:
        yield
        return
    step = _here.step = Step(hand)
    try:
        yield
    finally:
        _here.step = None
        if step.changes:
            _file(step)


@contextmanager
def unrecorded() -> Iterator[None]:
    """What this thread changes inside follows from something else and is no step."""
    _here.quiet = getattr(_here, "quiet", 0) + 1
    try:
        yield
    finally:
        _here.quiet -= 1


def putting_back() -> bool:
    """True on a thread that takes a step back or does it again."""
    return bool(getattr(_here, "putting_back", False))


def _file(step: Step) -> None:
    gone: list[tuple[Steps, list[Step]]] = []
    with _lock:
        last = step.owners[0]._last()
        if last is not None and last.owners == step.owners and _continues(step, last):
            for change in step.changes:
                last.append(change)
            last.at = step.at
        else:
            gone = [(owner, owner._push(step)) for owner in step.owners]
    for owner, steps in gone:
        owner._forget(steps)
    for owner in step.owners:
        owner._changed()


def _continues(step: Step, last: Step) -> bool:
    """The same hand, still moving; or the same settings again in quick succession."""
    if not step.hand or not last.hand:
        return False
    if step.hand == last.hand:
        return True
    return step.touched() == last.touched() and step.at - last.at < _SAME_GESTURE_SECONDS


@contextmanager
def _putting_back() -> Iterator[None]:
    _here.putting_back = True
    try:
        yield
    finally:
        _here.putting_back = False


def _put_back(step: Step, values: list[tuple[Any, str, Any]]) -> None:
    targets = {id(target): target for target, _, _ in values}
    values = sorted(values, key=lambda value: _turn(value[1]))
    with unrecorded(), _putting_back(), ExitStack() as batches:
        for target in targets.values():
            batches.enter_context(target.one_message())
        for _ in range(_PASSES):
            wrong = [
                (target, name, value)
                for target, name, value in values
                if not same(getattr(target, name), value)
            ]
            if not wrong:
                break
            for target, name, value in wrong:
                target.put_back(name, value)
    with unrecorded():
        for target in targets.values():
            target.after_putting_back()
    for owner in step.owners:
        owner._changed()


def _turn(name: str) -> int:
    """When a setting is put back: what others depend on first."""
    if name in _FIRST:
        return _FIRST.index(name)
    return len(_FIRST) + 1 if name in _LAST else len(_FIRST)


def same(one: Any, other: Any) -> bool:
    """Equal settings, arrays and what holds them included."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return one is other or (
            one is not None and other is not None and np.array_equal(one, other)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one is other or one == other)


class Undoable(delivery.MessageBatch):
    """Mix-in: changes of the traits named in ``undone()`` become steps of ``steps``."""

    #: Where steps are kept; None while nobody can take anything back.
    steps: Steps | None = None
    #: Names the gesture that the browser's latest message belongs to.
    hand = traitlets.Unicode().tag(sync=True)

    def undone(self) -> tuple[str, ...]:
        """Names of the traits whose changes can be taken back."""
        return ()

    def notify_change(self, change: Any) -> None:
        """Observers first: what they change belongs to the same step, before its cause."""
        if self.steps is None or change["name"] not in self.undone():
            super().notify_change(change)
            return
        with one_step():
            super().notify_change(change)
            self.steps.record(self, change["name"], change["old"], change["new"])

    def set_state(self, sync_data: Any) -> None:
        """Take what the browser sends, as one step."""
        # behind the dot it only tells one message from another
        with one_step(str(sync_data.get("hand", ""))[:40].partition(".")[0]):
            super().set_state(sync_data)

    def put_back(self, name: str, value: Any) -> None:
        """Give a setting the value that it had."""
        setattr(self, name, value)

    def after_putting_back(self) -> None:
        """All settings of a step are as they were."""
