"""A small bigWig writer (no zoom levels) and a base-by-base reference."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np

Track = dict[str, list[tuple[int, int, float]]]


def _section(kind: int, chrom: int, items: list[tuple[int, int, float]], o: str) -> bytes:
    start, end = items[0][0], items[-1][1]
    span = items[0][1] - items[0][0]
    step = items[1][0] - items[0][0] if len(items) > 1 else span
    head = struct.pack(
        f"{o}5I2BH",
        chrom,
        start,
        end,
        step if kind == 3 else 0,
        span if kind > 1 else 0,
        kind,
        0,
        len(items),
    )
    if kind == 1:
        return head + b"".join(struct.pack(f"{o}2If", *item) for item in items)
    if kind == 2:
        return head + b"".join(struct.pack(f"{o}If", a, v) for a, _, v in items)
    return head + b"".join(struct.pack(f"{o}f", v) for _, _, v in items)


def _fits(kind: int, items: list[tuple[int, int, float]]) -> bool:
    spans = {b - a for a, b, _ in items}
    steps = {y[0] - x[0] for x, y in pairwise(items)}
    return kind == 1 or (len(spans) == 1 and (kind == 2 or len(steps) <= 1))


def write_bigwig(
    path: Path,
    sizes: dict[str, int],
    track: Track,
    *,
    per_block: int = 4,
    kind: int = 1,
    order: str = "<",
    compress: bool = True,
    slots: int = 3,
) -> Path:
    """Write `track`; blocks that the section kind cannot hold are written as bedGraph."""
    o = order
    names = sorted(sizes)
    key = max(len(name) for name in names)
    body = bytearray(64 + 40)
    chrom_tree = len(body)
    body += struct.pack(f"{o}4IQQ", 0x78CA8C91, len(names), key, 8, len(names), 0)
    body += struct.pack(f"{o}2BH", 1, 0, len(names))
    for number, name in enumerate(names):
        body += name.encode().ljust(key, b"\0") + struct.pack(f"{o}2I", number, sizes[name])
    data = len(body)
    blocks = []
    body += struct.pack(f"{o}I", 0)
    for number, name in enumerate(names):
        items = track.get(name, [])
        for i in range(0, len(items), per_block):
            part = items[i : i + per_block]
            raw = _section(kind if _fits(kind, part) else 1, number, part, o)
            raw = zlib.compress(raw) if compress else raw
            blocks.append((number, part[0][0], number, part[-1][1], len(body), len(raw)))
            body += raw
    index = len(body)
    body += struct.pack(
        f"{o}2IQ4IQ2I", 0x2468ACE0, slots, len(blocks), 0, 0, len(names), 2**31, index, 1, 0
    )
    groups = [blocks[i : i + slots] for i in range(0, len(blocks), slots)] or [[]]
    root = len(body)
    child = root + 4 + 24 * len(groups)
    body += struct.pack(f"{o}2BH", 0, 0, len(groups))
    for group in groups:
        low = group[0] if group else (0,) * 6
        high = group[-1] if group else (0,) * 6
        body += struct.pack(f"{o}4IQ", low[0], low[1], high[2], high[3], child)
        child += 4 + 32 * len(group)
    for group in groups:
        body += struct.pack(f"{o}2BH", 1, 0, len(group))
        for block in group:
            body += struct.pack(f"{o}4I2Q", *block)
    body[:64] = struct.pack(
        f"{o}I2H3Q2H2QIQ",
        0x888FFC26,
        4,
        0,
        chrom_tree,
        data,
        index,
        0,
        0,
        0,
        64,
        32768 if compress else 0,
        0,
    )
    path.write_bytes(bytes(body))
    return path


def bases(size: int, items: list[tuple[int, int, float]]) -> np.ndarray:
    """Signal per base, NaN where nothing is stored; values rounded as the file keeps them."""
    signal = np.full(size, np.nan)
    for start, end, value in items:
        signal[start:end] = np.float32(value)
    return signal


def bin_means(signal: np.ndarray, edges: list[tuple[int, int]], missing: float) -> np.ndarray:
    """Mean of the inside part of each bin, base by base; NaN for bins that begin outside."""
    out = np.full(len(edges), np.nan)
    for i, (a, b) in enumerate(edges):
        if a < 0 or a >= len(signal):
            continue
        part = signal[a : min(b, len(signal))]
        part = (
            part[~np.isnan(part)]
            if np.isnan(missing)
            else np.where(np.isnan(part), missing, part)
        )
        if len(part):
            out[i] = part.mean()
    return out
