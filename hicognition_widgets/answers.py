"""Stored results as the result classes of the analyses room."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hicognition_widgets.analyses.compare import PileupComparison
from hicognition_widgets.analyses.results import (
    EmbeddingResult,
    EnrichmentResult,
    PileupResult,
    ProfileResult,
)
from hicognition_widgets.jobs import Request
from hicognition_widgets.store import StoredResult


def _rows(request: Request) -> npt.NDArray[np.int64] | None:
    return None if request.subset is None else np.asarray(request.subset, dtype=np.int64)


def pileup(request: Request, stored: StoredResult) -> PileupResult:
    """Average contact map as :class:`PileupResult`."""
    interval = request.bin_percent is not None
    return PileupResult(
        mean=stored.arrays["mean"],
        count=stored.arrays["count"],
        reasons=stored.arrays["reasons"],
        rows=_rows(request),
        binsize=int(stored.meta.get("binsize") or request.binsize or 0),
        normalization=str(request.normalization),
        flank=request.flank,
        bin_percent=request.bin_percent,
        expansion=float(stored.meta.get("expansion", 0.2)) if interval else None,
    )


def comparison(stored: StoredResult) -> PileupComparison:
    """Two average maps as :class:`PileupComparison`."""
    arrays, told = stored.arrays, stored.meta["comparison"]
    with np.errstate(divide="ignore", invalid="ignore"):
        log2_ratio = np.log2(np.where(arrays["ratio"] > 0, arrays["ratio"], np.nan))
    return PileupComparison(
        log2_ratio=log2_ratio,
        difference=arrays["difference"],
        p_value=arrays["p_value"],
        p_corrected=arrays["p_corrected"],
        mean_one=arrays["mean"],
        mean_two=arrays["other"],
        count_one=arrays["count"],
        count_two=arrays["count_two"],
        paired=bool(told["paired"]),
        permutations=int(told["permutations"]),
    )


def profile(request: Request, stored: StoredResult) -> ProfileResult:
    """Average signal as :class:`ProfileResult`."""
    return ProfileResult(
        reasons=stored.arrays["reasons"],
        rows=_rows(request),
        **{name: stored.arrays[name] for name in ("mean", "low", "high", "count")},
    )


def stackup(_request: Request, stored: StoredResult) -> npt.NDArray[np.float32]:
    """Signal per region, float32 ``(n, bins)``; NaN rows have no data."""
    return stored.arrays["rows"]


def embedding(_request: Request, stored: StoredResult) -> EmbeddingResult:
    """Map of regions as :class:`EmbeddingResult`."""
    return EmbeddingResult(
        points=stored.arrays["points"],
        features=stored.arrays["features"],
        imputed=stored.arrays["imputed"].astype(bool),
        names=_names(stored),
        method=str(stored.meta.get("method", "umap")),
    )


def enrichment(request: Request, stored: StoredResult) -> EnrichmentResult:
    """Overlap with target sets as :class:`EnrichmentResult`."""
    arrays: dict[str, Any] = {
        name: stored.arrays[name] for name in ("odds_ratio", "p_value", "q_value", "overlap")
    }
    dropped = stored.meta.get("dropped")
    return EnrichmentResult(
        reasons=stored.arrays.get("reasons", np.zeros(request.regions.n, dtype=np.uint8)),
        rows=_rows(request),
        names=_names(stored),
        chunks=stored.arrays.get("chunks"),
        universe_hits=stored.arrays.get("universe_hits"),
        universe_size=stored.meta.get("universe_size"),
        universe_chunks=stored.arrays.get("universe_chunks"),
        dropped=None if dropped is None else np.asarray(dropped, dtype=np.int64),
        **arrays,
    )


def _names(stored: StoredResult) -> list[str]:
    return [str(name) for name in stored.meta.get("names", ())]
