"""Keys of the lines of a profile: ``dataset[:versus][:left|:right][:rest]``.

A key says whose line it is, not where it stands, so that it stays right when tracks are
added, removed or moved, and when the regions or the selection are others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hicognition_widgets.views.host import Host

_OTHER, _REST = "versus", "rest"
#: What may follow the dataset, the last first.
_PARTS = ((_REST,), ("left", "right"), (_OTHER,))
_MOST = 1000

#: JSON schema of a list of keys.
HIDDEN: dict[str, Any] = {
    "type": "array",
    "maxItems": _MOST,
    "items": {
        "type": "string",
        "pattern": "^[0-9]{1,18}(:versus)?(:left|:right)?(:rest)?$",
    },
}


def line_of(dataset: int, *, other: bool, place: Sequence[str], rest: bool) -> str:
    """Key of one line.

    Parameters
    ----------
    dataset : int
        Number of the track.
    other : bool
        True at the second region set.
    place : sequence of str
        The anchor, where both are shown.
    rest : bool
        True for the regions that are not selected.
    """
    parts = [*([_OTHER] if other else []), *place, *([_REST] if rest else [])]
    return ":".join([str(dataset), *parts])


def parted(key: str) -> tuple[str, str]:
    """The dataset of a key, and what follows it with its colon.

    Names may have colons; only what can follow a dataset, in its order, is taken off.
    """
    dataset = key
    for parts in _PARTS:
        for part in parts:
            if dataset.endswith(f":{part}"):
                dataset = dataset.removesuffix(f":{part}")
                break
    return dataset, key[len(dataset) :]


def renamed(keys: Iterable[str], name: Callable[[str], str]) -> list[str]:
    """Keys with another word for each dataset; each key once."""
    found = [f"{name(dataset)}{rest}" for dataset, rest in map(parted, keys)]
    return list(dict.fromkeys(found))


def numbered(host: Host | None, keys: Iterable[str]) -> list[str]:
    """Keys by the numbers of the datasets.

    Raises
    ------
    NotFound
        If a name fits no dataset; a number may be that of one that is gone.
    """
    if host is None:
        return renamed(keys, str)
    return renamed(keys, lambda one: one if one.isdecimal() else str(host.dataset(one).id))


def still_there(keys: Iterable[str], datasets: Sequence[str], *, new: bool) -> list[str]:
    """Keys of lines of these datasets, without those at a second region set that is `new`."""
    return [
        key
        for key, (dataset, rest) in ((key, parted(key)) for key in keys)
        if dataset in datasets and not (new and f":{_OTHER}" in rest)
    ]
