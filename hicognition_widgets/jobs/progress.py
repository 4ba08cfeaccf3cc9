"""How far something is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far one computation is.

    Attributes
    ----------
    done, total : int
        Steps; `total` is 0 while it is not known.
    message : str
        What is being done, for people.
    """

    done: int = 0
    total: int = 0
    message: str = "waiting"

    @property
    def fraction(self) -> float | None:
        """Between 0 and 1, or None while the total is not known."""
        return min(self.done / self.total, 1.0) if self.total else None


@dataclass(frozen=True)
class JobProgress:
    """How far a job is.

    Attributes
    ----------
    done, total, running, failed : int
        Results; `done` includes neither failed nor running ones.
    remaining : float or None
        Estimated seconds to the end; None until enough is known.
    """

    done: int
    total: int
    running: int
    failed: int
    remaining: float | None

    @property
    def fraction(self) -> float:
        """Between 0 and 1; failed requests count as dealt with."""
        return (self.done + self.failed) / self.total if self.total else 1.0
