"""The two indexes inside a bigWig: chromosome names (B+ tree) and data blocks (R-tree).

Layouts follow the description in Kent et al. 2010, *BigWig and BigBed: enabling
browsing of large distributed datasets*, Bioinformatics 26, supplementary tables 8-17.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reader = Callable[[int, int], bytes]
"""``read(offset, size)``: exactly `size` bytes, or an error for the reader of the file."""

CHROM_TREE_MAGIC = 0x78CA8C91
INDEX_MAGIC = 0x2468ACE0
_MAX_KEY = 4096
_CHROM_HEADER = 32
_INDEX_HEADER = 48
_NODE_HEADER = 4


class DamagedTree(Exception):
    """An index that contradicts itself; the text is turned into a sentence by the caller."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """Data blocks of one chromosome in genomic order.

    Attributes
    ----------
    start, end : int64 (n,)
        Declared range in bp, 0-based, half-open.
    offset, size : int64 (n,)
        Place in the file, bytes.
    """

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    offset: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)


def read_chromosomes(read: Reader, offset: int, order: str) -> dict[str, tuple[int, int]]:
    """``{name: (id, length in bp)}`` in the order of the file.

    Parameters
    ----------
    read : callable
        Gives bytes of the file.
    offset : int
        Where the tree begins.
    order : str
        ``"<"`` or ``">"``.
    """
    head = np.frombuffer(read(offset, _CHROM_HEADER), dtype=f"{order}u4")
    if int(head[0]) != CHROM_TREE_MAGIC:
        raise DamagedTree("the list of chromosomes does not begin where it should")
    key_size, value_size = int(head[2]), int(head[3])
    if not 0 < key_size <= _MAX_KEY or value_size != 8:
        raise DamagedTree("the list of chromosomes has an unknown layout")
    leaf = np.dtype([("key", f"S{key_size}"), ("id", f"{order}u4"), ("size", f"{order}u4")])
    branch = np.dtype([("key", f"S{key_size}"), ("child", f"{order}u8")])
    found: dict[str, tuple[int, int]] = {}
    for items in _leaves(read, offset + _CHROM_HEADER, order, leaf, branch):
        for key, number, size in items.tolist():
            try:
                name = key.decode("utf-8")
            except UnicodeDecodeError as error:
                raise DamagedTree("a chromosome name is not text") from error
            found[name] = (number, size)
    return found


def read_index(read: Reader, offset: int, order: str) -> dict[int, Blocks]:
    """Data blocks per chromosome id."""
    head = read(offset, _INDEX_HEADER)
    if int(np.frombuffer(head, dtype=f"{order}u4", count=1)[0]) != INDEX_MAGIC:
        raise DamagedTree("the index does not begin where it should")
    bounds = [(name, f"{order}u4") for name in ("chrom", "start", "chrom_end", "end")]
    leaf = np.dtype([*bounds, ("offset", f"{order}u8"), ("size", f"{order}u8")])
    branch = np.dtype([*bounds, ("child", f"{order}u8")])
    parts = list(_leaves(read, offset + _INDEX_HEADER, order, leaf, branch))
    items = np.concatenate([np.zeros(0, dtype=leaf), *parts])
    if len(items) == 0:
        return {}
    if np.any(items["chrom"] != items["chrom_end"]):
        raise DamagedTree("a block belongs to several chromosomes")
    items = items[np.lexsort((items["start"], items["chrom"]))]
    numbers, first = np.unique(items["chrom"], return_index=True)
    last = [*first[1:].tolist(), len(items)]
    blocks = {}
    for number, a, b in zip(numbers.tolist(), first.tolist(), last, strict=True):
        start, end, place, size = (
            items[name][a:b].astype(np.int64) for name in ("start", "end", "offset", "size")
        )
        blocks[number] = Blocks(start, end, place, size)
    return blocks


def _leaves(
    read: Reader, root: int, order: str, leaf: np.dtype[np.void], branch: np.dtype[np.void]
) -> list[npt.NDArray[np.void]]:
    """Leaf items of a tree whose nodes begin with a flag and a count, left to right."""
    pending, seen = [root], set()
    parts = []
    while pending:
        place = pending.pop()
        if place in seen:
            raise DamagedTree("an index refers back to itself")
        seen.add(place)
        head = read(place, _NODE_HEADER)
        flag = head[0]
        count = int(np.frombuffer(head, dtype=f"{order}u2")[1])
        if flag > 1:
            raise DamagedTree("an index has an unknown kind of node")
        kind = leaf if flag else branch
        items = np.frombuffer(read(place + _NODE_HEADER, count * kind.itemsize), dtype=kind)
        if flag:
            parts.append(items)
        else:
            pending.extend(reversed(items["child"].tolist()))
    return parts
