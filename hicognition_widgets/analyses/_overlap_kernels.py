"""Which pieces of the genome overlap which targets, 64 targets to a word, and counting it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]


@compiled
def mark_bins(words: U64, bit: int, first: I64, last: I64) -> None:
    """Set `bit` in bins ``first … last`` (inclusive) of every interval."""
    mark = np.uint64(1) << np.uint64(bit)
    for k in range(len(first)):
        for b in range(first[k], last[k] + 1):
            words[b] |= mark


@compiled
def mark_pieces(
    words: U64, bit: int, piece_start: I64, piece_end: I64, start: I64, end: I64
) -> None:
    """Set `bit` in pieces that overlap an interval.

    Pieces are sorted by start, intervals are sorted and disjoint: one walk along both.
    """
    mark = np.uint64(1) << np.uint64(bit)
    k = 0
    for i in range(len(piece_start)):
        while k < len(end) and end[k] <= piece_start[i]:
            k += 1
        if k == len(end):
            break
        if start[k] < piece_end[i]:
            words[i] |= mark


@compiled
def count_all(words: U64, counts: I64) -> None:
    """Add the number of words with bit ``t`` set to ``counts[t]``, shape ``(64,)``."""
    for i in range(len(words)):
        word = words[i]
        if word != 0:
            for t in range(64):
                counts[t] += np.int64((word >> np.uint64(t)) & np.uint64(1))


@compiled
def count_chosen(words: U64, chosen: I64, seen: I32, label: int, counts: I64) -> int:
    """The same over `chosen` pieces (-1 = none), each piece once; returns how many.

    `seen` remembers the label of the last call that met a piece, shape of `words`.
    """
    n = 0
    for r in range(len(chosen)):
        piece = chosen[r]
        if piece < 0 or seen[piece] == label:
            continue
        seen[piece] = label
        n += 1
        word = words[piece]
        if word != 0:
            for t in range(64):
                counts[t] += np.int64((word >> np.uint64(t)) & np.uint64(1))
    return n
