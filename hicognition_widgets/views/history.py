"""Undo and redo over whole states."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")
_DEPTH = 50


class History(Generic[State]):
    """States in the order they were reached, and which one is current."""

    def __init__(self, first: State) -> None:
        self._states = [first]
        self._at = 0

    @property
    def states(self) -> list[State]:
        """All states that undo or redo can still reach."""
        return list(self._states)

    @property
    def can_undo(self) -> bool:
        """True if there is a state before the current one."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """True if there is a state after the current one."""
        return self._at < len(self._states) - 1

    def push(self, state: State) -> list[State]:
        """Make `state` current; returns the states that can no longer be reached."""
        dropped = self._states[self._at + 1 :]
        self._states = [*self._states[: self._at + 1], state]
        overflow = max(0, len(self._states) - _DEPTH)
        dropped += self._states[:overflow]
        self._states = self._states[overflow:]
        self._at = len(self._states) - 1
        return dropped

    def undo(self) -> State | None:
        """The state before, now current; None at the beginning."""
        if not self.can_undo:
            return None
        self._at -= 1
        return self._states[self._at]

    def redo(self) -> State | None:
        """The state after, now current; None at the end."""
        if not self.can_redo:
            return None
        self._at += 1
        return self._states[self._at]
