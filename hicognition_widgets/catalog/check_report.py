"""What a check of a catalog says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "database",
    "result missing",
    "result damaged",
    "result left over",
    "file missing",
    "file changed",
    "file left over",
    "unfinished work",
    "tombstone",
    "job stopped",
]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is not as it should be.

    Attributes
    ----------
    kind : str
    sentence : str
        What is wrong, where.
    remedy : str
        What a repair does, or what to do if no repair can help.
    repairable : bool
    repaired : bool
    """

    kind: ProblemKind
    sentence: str
    remedy: str
    repairable: bool = True
    repaired: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What a check found.

    Attributes
    ----------
    problems : tuple of Problem
    datasets, results : int
        How many rows were looked at.
    """

    problems: tuple[Problem, ...]
    datasets: int
    results: int

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong (any more)."""
        return all(problem.repaired for problem in self.problems)
