"""Compiled loops over the sections of a bigWig. Import this module only when reading."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.sources._compile import compiled

U32 = npt.NDArray[np.uint32]
F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]

OK = 0
SHORT = 1
WRONG_CHROMOSOME = 2
UNKNOWN_TYPE = 3
UNORDERED = 4

_BEDGRAPH = 1
_VARIABLE_STEP = 2
_FIXED_STEP = 3
_HEADER_WORDS = 6


@compiled
def _signed(word: Any) -> int:
    """The same number in a type whose differences may be negative."""
    value: int = word + 0
    return value


@compiled
def count_items(words: U32, bounds: I64, chrom: int) -> tuple[int, int, int]:
    """Items in all sections, a code and the section the code is about.

    `words` are little-endian 32-bit words of inflated sections, one after the other;
    section ``i`` is ``words[bounds[i]:bounds[i + 1]]``.
    """
    total = 0
    for i in range(len(bounds) - 1):
        at = bounds[i]
        length = bounds[i + 1] - at
        if length < _HEADER_WORDS:
            return total, SHORT, i
        if _signed(words[at]) != chrom:
            return total, WRONG_CHROMOSOME, i
        kind = words[at + 5] & 0xFF
        count = _signed(words[at + 5] >> 16)
        if kind == _BEDGRAPH:
            needed = 3 * count
        elif kind == _VARIABLE_STEP:
            needed = 2 * count
        elif kind == _FIXED_STEP:
            needed = count
        else:
            return total, UNKNOWN_TYPE, i
        if length - _HEADER_WORDS < needed:
            return total, SHORT, i
        total += count
    return total, OK, 0


@compiled
def read_items(
    words: U32,
    floats: F32,
    bounds: I64,
    starts: U32,
    ends: U32,
    values: F32,
) -> tuple[int, int]:
    """Fill starts, ends (uint32) and values (float32); a code and where it happened.

    `floats` is the same memory as `words`. Items must be in order and must not overlap.
    """
    k = 0
    previous = 0
    for i in range(len(bounds) - 1):
        at = bounds[i]
        begin = _signed(words[at + 1])
        step = _signed(words[at + 3])
        span = _signed(words[at + 4])
        kind = words[at + 5] & 0xFF
        count = _signed(words[at + 5] >> 16)
        at += _HEADER_WORDS
        for _ in range(count):
            if kind == _BEDGRAPH:
                start = _signed(words[at])
                end = _signed(words[at + 1])
                value = floats[at + 2]
                at += 3
            elif kind == _VARIABLE_STEP:
                start = _signed(words[at])
                end = start + span
                value = floats[at + 1]
                at += 2
            else:
                start = begin
                end = start + span
                value = floats[at]
                begin += step
                at += 1
            if start < previous or end < start:
                return UNORDERED, start
            previous = end
            starts[k] = start
            ends[k] = end
            values[k] = value
            k += 1
    return OK, 0
