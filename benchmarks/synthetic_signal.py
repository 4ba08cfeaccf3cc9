"""A made-up signal track of the size of a real one: hg38-like, 35 million intervals.

Intervals have variable lengths and values of a fold-change track: a background, peaks,
gaps where assemblies have none. Blocks hold 1024 intervals, as the programs of UCSC write
them; there are no zoom levels. The same seed gives the same file. Run
``python benchmarks/synthetic_signal.py FOLDER`` to make it.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from synthetic_hic import SIZES, make_intervals, make_points

__all__ = ["SIZES", "make_intervals", "make_points", "make_targets", "make_track"]

SEED = 21
PER_BLOCK = 1024
FANOUT = 256
ITEM = np.dtype([("start", "<u4"), ("end", "<u4"), ("value", "<f4")])


def make_track(folder: Path, *, millions: float = 36.0, seed: int = SEED) -> Path:
    """Path of the track in the folder, made if it is missing."""
    path = folder / f"synthetic-{seed}-{millions:g}M.bw"
    if path.exists():
        return path
    # only who writes the track needs it: the other tools' environment has no zlib-ng
    from zlib_ng import zlib_ng

    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    names = list(SIZES.index)
    key = max(map(len, names))
    with part.open("wb") as file:
        file.write(bytes(64 + 40))
        chrom_tree = file.tell()
        file.write(struct.pack("<4IQQ", 0x78CA8C91, len(names), key, 8, len(names), 0))
        file.write(struct.pack("<2BH", 1, 0, len(names)))
        order = sorted(range(len(names)), key=lambda i: names[i])
        for i in order:
            file.write(names[i].encode().ljust(key, b"\0"))
            file.write(struct.pack("<2I", i, int(SIZES.iloc[i])))
        data = file.tell()
        file.write(bytes(8))
        blocks = []
        for i, items in enumerate(intervals(millions * 1e6, seed)):
            for first in range(0, len(items), PER_BLOCK):
                some = items[first : first + PER_BLOCK]
                low, high = int(some["start"][0]), int(some["end"][-1])
                head = struct.pack("<5I2BH", i, low, high, 0, 0, 1, 0, len(some))
                raw = zlib_ng.compress(head + some.tobytes(), 6)
                blocks.append((i, low, i, high, file.tell(), len(raw)))
                file.write(raw)
        index = file.tell()
        _write_index(file, blocks)
        file.seek(0)
        file.write(
            struct.pack(
                "<I2H3Q2H2QIQ", 0x888FFC26, 4, 0, chrom_tree, data, index, 0, 0, 0, 64, 32768, 0
            )
        )
    part.replace(path)
    return path


def _write_index(file, blocks: list[tuple[int, ...]]) -> None:
    root = file.tell() + 48
    file.write(
        struct.pack(
            "<2IQ4IQ2I",
            0x2468ACE0,
            FANOUT,
            len(blocks),
            0,
            0,
            len(SIZES),
            2**31,
            root - 48,
            PER_BLOCK,
            0,
        )
    )
    groups = [blocks[i : i + FANOUT] for i in range(0, len(blocks), FANOUT)]
    child = root + 4 + 24 * len(groups)
    file.write(struct.pack("<2BH", 0, 0, len(groups)))
    for group in groups:
        file.write(struct.pack("<4IQ", *group[0][:2], *group[-1][2:4], child))
        child += 4 + 32 * len(group)
    for group in groups:
        file.write(struct.pack("<2BH", 1, 0, len(group)))
        for block in group:
            file.write(struct.pack("<4I2Q", *block))


def intervals(total: float, seed: int) -> Iterator[np.ndarray]:
    """Intervals of one chromosome after the other."""
    rng = np.random.default_rng(seed)
    mean_length = SIZES.sum() * 0.97 / total
    for size in SIZES:
        n = int(size * 0.97 / mean_length * 1.02)
        lengths = np.maximum(rng.gamma(1.2, mean_length / 1.2, n), 1).astype(np.int64)
        gaps = np.where(rng.random(n) < 0.02, rng.integers(1, 4 * int(mean_length) + 2, n), 0)
        if n > 100:
            gaps[n // 3] = int(size * 0.02)  # a centromere without data
        end = np.cumsum(lengths + gaps)
        keep = end <= size
        items = np.empty(int(keep.sum()), dtype=ITEM)
        items["start"] = (end - lengths)[keep]
        items["end"] = end[keep]
        height = rng.gamma(1.5, 4, len(items))
        peaks = np.repeat(rng.random(len(items) // 16 + 1) < 0.01, 16)[: len(items)]
        items["value"] = np.round(height * np.where(peaks, 12, 1), 4)
        yield items


def make_targets(n: int, rows: int = 30_000, *, seed: int = SEED) -> dict[str, pd.DataFrame]:
    """Region sets of different widths for enrichments."""
    rng = np.random.default_rng(seed)
    targets = {}
    for i in range(n):
        points = make_points(rows, seed=seed + 1 + i)
        widths = rng.integers(200, 5_000, rows)
        ends = np.minimum(points["start"] + widths, SIZES[points["chrom"]].to_numpy())
        targets[f"set {i + 1}"] = points[["chrom", "start"]].assign(end=ends)
    return targets


if __name__ == "__main__":
    print(make_track(Path(sys.argv[1])))
