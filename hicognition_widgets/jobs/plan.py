"""Which work answers a set of requests, shared where it can be."""

from __future__ import annotations

import html
import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hicognition_widgets.catalog.pictures import SHOWN, table_html
from hicognition_widgets.jobs import sizes
from hicognition_widgets.jobs.request import Request

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Task:
    """Requests that one worker answers together: one region set, one file (or collection).

    Attributes
    ----------
    token : str
        Name of this piece of work, unlike any other.
    requests : tuple of Request
    reuse : mapping of str to str
        Stackups and embeddings to start from, which are stored already: key to the
        artifact's path.
    """

    token: str
    requests: tuple[Request, ...]
    reuse: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def title(self) -> str:
        """One line for people."""
        return f"{self.analyses} of {self.features} at {self.requests[0].regions.name}"

    @property
    def analyses(self) -> str:
        """What is computed, for people."""
        return ", ".join(dict.fromkeys(request.analysis for request in self.requests))

    @property
    def features(self) -> str:
        """What is read, for people."""
        given = self.requests[0].features
        names = ", ".join(feature.name for feature in given[:3])
        return f"{names} and {len(given) - 3} more" if len(given) > 3 else names

    @property
    def seconds(self) -> float:
        """Estimated time that one worker takes, if nobody has read the files before."""
        return sizes.seconds(self.requests)

    @property
    def slow(self) -> bool:
        """Whether it holds a worker for long: others who look shall not wait behind it."""
        return any(request.analysis.startswith("embedding") for request in self.requests)

    @property
    def bytes(self) -> int:
        """Estimated space of the results."""
        return sum(sizes.stored_bytes(request) for request in self.requests)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Tasks, and what need not be computed because it is stored.

    Attributes
    ----------
    tasks : tuple of Task
    present : tuple of str
        Keys of requests that are answered already.
    """

    tasks: tuple[Task, ...]
    present: tuple[str, ...] = ()

    @property
    def requests(self) -> tuple[Request, ...]:
        """What the tasks will answer."""
        return tuple(request for task in self.tasks for request in task.requests)

    @property
    def seconds(self) -> float:
        """Estimated time of all tasks one after the other, in seconds.

        A contact map is read by the first task that needs it; the others find its band in
        the store.
        """
        readings = [sizes.map_readings(task.requests) for task in self.tasks]
        once: dict[tuple[str, int | None], float] = {}
        for reading in readings:
            for what, seconds in reading.items():
                once[what] = max(seconds, once.get(what, 0.0))
        again = sum(sum(reading.values()) for reading in readings) - sum(once.values())
        return sum(task.seconds for task in self.tasks) - again

    @property
    def bytes(self) -> int:
        """Estimated space of the results."""
        return sum(task.bytes for task in self.tasks)

    def __len__(self) -> int:
        return len(self.tasks)

    @property
    def summary(self) -> str:
        """One line: how many results and tasks, time and space."""
        if not self.tasks and not self.present:
            return "nothing to do: none of these features has such results"
        if not self.tasks:
            return f"nothing to do: all {len(self.present):,} results are stored already"
        head = (
            f"{_count(len(self.requests), 'result')} in {_count(len(self.tasks), 'task')}, "
            f"about {_time(self.seconds)} of work and {_space(self.bytes)}"
        )
        if self.present:
            head += f"; {len(self.present):,} are stored already"
        return head

    def to_frame(self) -> pd.DataFrame:
        """One row per task; ``seconds`` and ``bytes`` are estimates."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "regions": task.requests[0].regions.name,
                    "features": task.features,
                    "analyses": task.analyses,
                    "results": len(task.requests),
                    "seconds": task.seconds,
                    "bytes": task.bytes,
                }
                for task in self.tasks
            ]
        )

    def _repr_html_(self) -> str:
        rows = [
            {
                "region set": task.requests[0].regions.name,
                "feature": task.features,
                "analyses": task.analyses,
                "results": len(task.requests),
                "time, about": _time(task.seconds),
                "space, about": _space(task.bytes),
            }
            for task in self.tasks[:SHOWN]
        ]
        head = f"<p>{html.escape(self.summary)}</p>"
        return head + table_html(rows, total=len(self.tasks)) if rows else head

    def __str__(self) -> str:
        head = self.summary
        lines = [
            f"  {task.title}: {len(task.requests)} results, {_time(task.seconds)}"
            for task in self.tasks[:20]
        ]
        if len(self.tasks) > 20:
            lines.append(f"  … and {len(self.tasks) - 20} more tasks")
        return "\n".join([head, *lines])


def make_plan(requests: Iterable[Request], present: Iterable[str] = ()) -> Plan:
    """Group requests so that each file is read once per region set.

    Parameters
    ----------
    requests : iterable of Request
        Asked for; the same one twice counts once.
    present : iterable of str
        Keys that are stored already.
    """
    stored = set(present)
    groups: dict[tuple[object, ...], dict[str, Request]] = {}
    answered: dict[str, None] = {}
    for request in requests:
        if request.key in stored:
            answered[request.key] = None
            continue
        groups.setdefault(_shares(request), {}).setdefault(request.key, request)
    tasks = [
        Task(token=secrets.token_hex(12), requests=tuple(_ordered(group.values())))
        for group in groups.values()
    ]
    return Plan(tasks=tuple(tasks), present=tuple(answered))


def _shares(request: Request) -> tuple[object, ...]:
    """What requests of one task have in common."""
    # Embeddings take long, so each is a task of its own that can be stopped and retried;
    # only its quick first answer comes out of the same reading.
    alone = embedding_base(request).key if request.analysis.startswith("embedding") else ""
    return (
        request.regions.fingerprint,
        request.regions.path,
        request.regions.kind,
        tuple((feature.fingerprint, feature.path) for feature in request.features),
        request.assembly.chromsizes,
        request.assembly.arms,
        alone,
    )


def embedding_base(request: Request) -> Request:
    """The embedding without what does not change the values it starts from."""
    options = tuple((n, v) for n, v in request.options if n not in ("method", "n_clusters"))
    return request.replace(options=options)


def _ordered(requests: Iterable[Request]) -> Iterator[Request]:
    """Same bin size together, the widest windows first: they fill the shared band."""
    yield from sorted(
        requests,
        key=lambda request: (request.binsize or 0, -(request.flank or 0), request.analysis),
    )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(math.ceil(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _space(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
