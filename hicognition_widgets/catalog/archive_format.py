"""What an archive of a catalog is made of."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

FORMAT = 1
HEAD = "archive.json"
KINDS = ("assemblies", "datasets", "annotations", "collections", "sessions", "results")
"""Kinds of rows, in the order in which they refer to each other."""

BLOCK = 2**20
PAGE = 500


class ArchiveStore(Protocol):
    """What is needed of a store; results are folders in ``folder/results``."""

    root: Path
    folder: Path

    def add_managed(self, path: Path) -> Path:
        """Copy a file into the store."""
        ...

    def read(self, what: str, *, digest: str | None = None, verify: bool = True) -> object:
        """Read a result; raises StoreError if it is missing or damaged."""
        ...

    def delete(self, what: str) -> None:
        """Remove a result."""
        ...


@dataclass
class ArchiveReport:
    """What was written or read.

    Attributes
    ----------
    counts : dict of str to int
        Rows per kind.
    reused : dict of str to int
        Rows that were there already (import).
    files, bytes : int
        Files and their total size.
    notes : list of str
        Sentences about what was left out and why.
    """

    counts: dict[str, int] = field(default_factory=dict)
    reused: dict[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    notes: list[str] = field(default_factory=list)

    def count(self, kind: str, *, reused: bool = False) -> None:
        """One more row of this kind."""
        counts = self.reused if reused else self.counts
        counts[kind] = counts.get(kind, 0) + 1


def pages(ask: Callable[..., list[Any]]) -> Iterator[Any]:
    """All rows of a call that hands them out in pages."""
    offset = 0
    while page := ask(limit=PAGE, offset=offset):
        yield from page
        offset += len(page)


def as_text(content: bytes) -> str:
    """Bytes as text for JSON; :func:`as_bytes` goes back."""
    return base64.b64encode(content).decode("ascii")


def as_bytes(text: str) -> bytes:
    """What :func:`as_text` wrote."""
    return base64.b64decode(text, validate=True)
