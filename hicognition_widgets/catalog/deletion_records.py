"""What a deletion would touch, and what it did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Who uses a dataset or collection.

    Attributes
    ----------
    collections, sessions, derived : tuple of str
        Names of your own things that use it.
    results, annotations : int
        Your own.
    others : int
        Collections and sessions of other people.
    """

    collections: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    results: int = 0
    annotations: int = 0
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class Deletion:
    """What a deletion did, and which files are now without an owner.

    Attributes
    ----------
    tombstone : bool
        A name is left for those who still refer to it.
    others : int
        Collections and sessions of other people that referred to it.
    deleted : tuple of (kind, name)
        What went with it.
    artifacts : tuple of str
        Result folders, relative to the store's root, that can be removed.
    files : tuple of str
        Managed files that can be removed.
    """

    tombstone: bool = False
    others: int = 0
    deleted: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def warning(self) -> str | None:
        """The sentence to show, or None."""
        if not self.others:
            return None
        things = "thing" if self.others == 1 else "things"
        return (
            f"{self.others} {things} of other people used this; "
            "they now show that it is missing"
        )
