"""Reference screenshots that tolerate another machine's fonts and smoothing.

Use::

    from pictures import assert_looks_like
    assert_looks_like(notebook.view("pileup"), "pileup-dark")

A reference is ``tests/browser/reference/<name>.png``, looked at by a person before it was kept.
Both pictures are brought to blocks of 8 × 8 pixels and the mean colours of the blocks compared,
so that a glyph of another font or a line moved by a pixel passes, while a missing axis, another
colour map, a theme that does not follow or a label over the data does not. A picture whose size
differs by more than 4 % fails.

A picture that differs is taken again for a while, as a page may draw a moment later. What was
seen and the difference stand in ``tests/browser/out`` after a failure. To keep new references,
run the tests once with ``HICOGNITION_REFERENCES=write`` and look at every file.
"""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.sync_api import Locator, Page

HERE = Path(__file__).parent
REFERENCES = HERE / "reference"
OUT = HERE / "out"

BLOCK = 8
FAR = 40
"""Difference of a block's mean colour, of 255, from which it counts as another."""
SHARE = 0.02
"""Part of the blocks that may be others."""
PATIENCE = 20
"""Seconds after which a picture that differs will stay so."""
SIZE = 0.04
"""Part of width and height by which pictures may differ: fonts decide about both."""

Pixels = npt.NDArray[np.uint8]


def assert_looks_like(
    shown: Locator | Page, name: str, *, share: float = SHARE, far: float = FAR
) -> None:
    """Compare what an element or page looks like now with the kept picture of this name.

    Parameters
    ----------
    shown : Locator or Page
        What is photographed: without the mouse over it, and with moving parts at rest.
    name : str
        File in ``reference``, without its ending.
    share : float
        Part of the blocks that may differ.
    far : float
        Difference from which a block does, of 255.
    """
    page = shown if isinstance(shown, Page) else shown.page
    page.mouse.move(0, 0)
    path = REFERENCES / f"{name}.png"
    if os.environ.get("HICOGNITION_REFERENCES") == "write":
        REFERENCES.mkdir(exist_ok=True)
        keep(shown.screenshot(animations="disabled", caret="hide"), path)
        return
    assert path.exists(), f"there is no reference {path.name}; see tests/browser/pictures.py"
    kept = pixels(path.read_bytes())
    deadline = time.monotonic() + PATIENCE
    while True:
        seen = shown.screenshot(animations="disabled", caret="hide")
        problem = difference(pixels(seen), kept, share=share, far=far)
        if not problem or time.monotonic() > deadline:
            break
        page.wait_for_timeout(100)
    if problem:
        OUT.mkdir(exist_ok=True)
        (OUT / f"{name}-seen.png").write_bytes(seen)
        blocks = distances(pixels(seen), kept)
        heat = Image.fromarray(np.clip(blocks, 0, 255).astype(np.uint8))
        heat.resize((heat.width * BLOCK, heat.height * BLOCK), Image.Resampling.NEAREST).save(
            OUT / f"{name}-difference.png"
        )
    assert not problem, f"{name}: {problem}; what was seen is in {OUT}"


def difference(seen: Pixels, kept: Pixels, *, share: float = SHARE, far: float = FAR) -> str:
    """In what way two pictures ``(height, width, 3)`` differ too much; empty if they do not."""
    for side, a, b in zip(("high", "wide"), seen.shape[:2], kept.shape[:2], strict=True):
        if abs(a - b) > max(SIZE * b, 2):
            return f"it is {a} pixels {side}, not {b}"
    others = float((distances(seen, kept) > far).mean())
    if others > share:
        return f"{100 * others:.1f} % of it looks different, more than {100 * share:.1f} %"
    return ""


def distances(seen: Pixels, kept: Pixels) -> npt.NDArray[np.float64]:
    """Largest difference of the mean red, green or blue per block."""
    high, wide = kept.shape[:2]
    if seen.shape != kept.shape:
        seen = np.asarray(Image.fromarray(seen).resize((wide, high), Image.Resampling.BOX))
    apart: npt.NDArray[np.float64] = np.abs(_blocks(seen) - _blocks(kept)).max(axis=2)
    return apart


def _blocks(picture: Pixels) -> npt.NDArray[np.float64]:
    high, wide = (length // BLOCK for length in picture.shape[:2])
    cut = picture[: high * BLOCK, : wide * BLOCK].astype(np.float64)
    blocks: npt.NDArray[np.float64] = cut.reshape(high, BLOCK, wide, BLOCK, 3).mean(axis=(1, 3))
    return blocks


def pixels(png: bytes) -> Pixels:
    """A PNG as ``(height, width, 3)``."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def keep(png: bytes, path: Path) -> None:
    """Write a picture with 256 colours: a reference need not be large."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
