"""Which pieces of the genome overlap which targets, 64 targets to a word, and counting it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
F64 = npt.NDArray[np.float64]


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


@compiled
def gather_bits(words: U64, chosen: I64, rows: I64, bits: U64, present: U64) -> None:
    """Turn bits per target into bits per region.

    Bit ``t`` of the word of region ``rows[r]``'s piece ``chosen[r]`` (-1 = none) becomes bit
    ``rows[r] % 64`` of ``bits[t, rows[r] // 64]``; `present` is set where there is a piece.
    """
    for r in range(len(chosen)):
        piece = chosen[r]
        if piece < 0:
            continue
        place = rows[r] // 64
        mark = np.uint64(1) << np.uint64(rows[r] % 64)
        present[place] |= mark
        word = words[piece]
        if word != 0:
            for t in range(len(bits)):
                if (word >> np.uint64(t)) & np.uint64(1):
                    bits[t, place] |= mark


@compiled
def chance_of_overlap(found: I64, drawn: I64, marked: I64, total: I64, out: F64) -> None:
    """``out[i]`` = P(X ≥ found[i]), X hypergeometric, all arrays of one length.

    `drawn` of `total` pieces are drawn at random and `marked` of them count. Chances are
    summed from the most likely X outwards, each from its neighbour, and divided by their
    sum: all terms are positive and no logarithm is taken, so even small results keep
    their digits.
    """
    for i in range(len(found)):
        n, good, size = drawn[i], marked[i], total[i]
        bad = size - good
        low, high = max(0, n - bad), min(good, n)
        if found[i] <= low:
            out[i] = 1.0
            continue
        if found[i] > high:
            out[i] = 0.0
            continue
        mode = min(max(int((n + 1.0) * (good + 1.0) / (size + 2.0)), low), high)
        everything, tail = 1.0, 1.0 if mode >= found[i] else 0.0
        chance = 1.0
        for k in range(mode, high):
            chance *= (good - k) / (k + 1.0) * ((n - k) / (bad - n + k + 1.0))
            everything += chance
            if k + 1 >= found[i]:
                tail += chance
                if chance <= tail * 1e-18:
                    break
            if chance == 0:
                break
        chance = 1.0
        for k in range(mode, low, -1):
            chance *= k / (good - k + 1.0) * ((bad - n + k) / (n - k + 1.0))
            everything += chance
            if k - 1 >= found[i]:
                tail += chance
            if chance <= everything * 1e-18:
                break
        out[i] = min(tail / everything, 1.0)
