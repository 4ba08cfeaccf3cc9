"""Suggested metadata fields and values. Free fields and values are allowed as well."""

from __future__ import annotations

from collections.abc import Mapping

FIELDS: Mapping[str, tuple[str, ...]] = {
    "value_type": (
        "peak",
        "genome annotation",
        "derived",
        "signal",
        "interaction",
    ),
    "method": (
        "ChIP-seq",
        "CUT&RUN",
        "CUT&Tag",
        "ATAC-seq",
        "DNase-seq",
        "RNA-seq",
        "GRO-seq",
        "PRO-seq",
        "Repli-seq",
        "DamID",
        "Hi-C",
        "Micro-C",
        "HiChIP",
        "ChIA-PET",
        "Capture Hi-C",
        "sister-chromatid-sensitive Hi-C",
    ),
    "protein": (),
    "directionality": ("none", "+", "-"),
    "derivation_type": (
        "insulation score",
        "compartment score",
        "loops",
        "domains",
        "boundaries",
        "E1",
    ),
    "cell_type": (),
    "cell_cycle_stage": ("asynchronous", "G1", "S", "G2", "prometaphase", "mitosis"),
    "perturbation": ("none", "knock-out", "knock-down", "degron", "inhibitor"),
    "normalization": ("raw", "balanced", "CPM", "RPKM", "RPGC", "fold change", "log2 ratio"),
    "replicate": (),
    "laboratory": (),
    "publication": (),
}
"""Field names with suggested values; an empty tuple where only the user can know."""

FIELDS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "regions": (
        "value_type",
        "method",
        "protein",
        "directionality",
        "derivation_type",
        "cell_type",
        "cell_cycle_stage",
        "perturbation",
        "publication",
    ),
    "signal_track": (
        "value_type",
        "method",
        "protein",
        "directionality",
        "derivation_type",
        "cell_type",
        "cell_cycle_stage",
        "perturbation",
        "normalization",
        "replicate",
        "laboratory",
        "publication",
    ),
    "contact_map": (
        "method",
        "cell_type",
        "cell_cycle_stage",
        "perturbation",
        "normalization",
        "replicate",
        "laboratory",
        "publication",
    ),
}
"""The fields worth asking for, per kind of dataset."""


def suggestions(kind: str) -> dict[str, tuple[str, ...]]:
    """Suggested fields and values for one kind of dataset."""
    return {field: FIELDS[field] for field in FIELDS_OF_KIND[kind]}
