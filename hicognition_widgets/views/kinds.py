"""The kinds of view a comparison offers, and what their menu says."""

from __future__ import annotations

from hicognition_widgets.views.base import View
from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
from hicognition_widgets.views.enrichment import Enrichment
from hicognition_widgets.views.pileup import Pileup
from hicognition_widgets.views.profile import LineProfile
from hicognition_widgets.views.stackup import Stackup

KINDS: dict[str, type[View]] = {
    "pileup": Pileup,
    "profile": LineProfile,
    "stackup": Stackup,
    "embedding1d": Embedding1D,
    "embedding2d": Embedding2D,
    "enrichment": Enrichment,
}
LABELS = {
    "pileup": "Pileup: average contact map",
    "profile": "Line profile: average signal",
    "stackup": "Stackup: signal of each region",
    "embedding1d": "Embedding: regions by their tracks",
    "embedding2d": "Embedding: regions by their contact maps",
    "enrichment": "Enrichment: overlap with other region sets",
}
