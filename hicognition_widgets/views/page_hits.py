"""Which regions overlap which region sets, in a page: enrichments of selections made there."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses import HitMatrix
from hicognition_widgets.errors import HiCognitionError
from hicognition_widgets.export.packing import as_text
from hicognition_widgets.jobs import Ask
from hicognition_widgets.views.base import View
from hicognition_widgets.views.enrichment import Enrichment
from hicognition_widgets.views.page_plan import PageOptions, with_hits
from hicognition_widgets.views.payload import encode, result_key

_log = logging.getLogger(__name__)
Bytes = npt.NDArray[np.uint8]


def asked_hits(
    views: Sequence[View], options: PageOptions
) -> dict[str, tuple[Enrichment, Ask]]:
    """The overlaps behind each enrichment, asked for side by side, by its key."""
    return {
        _key(view): (view, view.ask_hits())
        for view in views
        if isinstance(view, Enrichment) and with_hits(view, options)
    }


def hit_entries(
    asked: dict[str, tuple[Enrichment, Ask]],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the page holds of them; waits for them."""
    for key, (view, ask) in asked.items():
        try:
            matrix = HitMatrix.of(ask.result().arrays, [one.name for one in view.datasets])
        except HiCognitionError as error:
            _log.warning("the page goes without the overlaps of an enrichment: %s", error)
            continue
        bits, present = embedded_bits(matrix)
        yield (
            key,
            {
                "n": matrix.n,
                "bits": as_text(encode(bits), quantise=False),
                "present": as_text(encode(present), quantise=False),
            },
        )


def _key(view: View) -> str:
    return result_key({name: getattr(view, name) for name in ("kind", *view.kept)})


def embedded_bits(matrix: HitMatrix) -> tuple[Bytes, Bytes]:
    """One bit per region, lowest first, in as few bytes as hold them.

    Returns
    -------
    bits : uint8 (targets, bins, bytes)
    present : uint8 (bins, bytes)
    """
    width = -(-matrix.n // 8)

    def cut(words: npt.NDArray[np.uint64]) -> Bytes:
        little = np.ascontiguousarray(words, dtype="<u8")
        return np.ascontiguousarray(little.view(np.uint8)[..., :width])

    return cut(matrix.bits), cut(matrix.present)
