"""Explore Hi-C and ChIP-seq signal over sets of genomic regions, in Jupyter.

The names below are loaded when they are first used, so that importing the package is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hicognition_widgets.views.board import Board
    from hicognition_widgets.views.comparison import Comparison
    from hicognition_widgets.views.embedding import Embedding1D, Embedding2D
    from hicognition_widgets.views.enrichment import Enrichment
    from hicognition_widgets.views.pileup import Pileup
    from hicognition_widgets.views.profile import LineProfile
    from hicognition_widgets.views.stackup import Stackup
    from hicognition_widgets.workspace import Workspace

__version__ = "0.1.0"

__all__ = [
    "Board",
    "Comparison",
    "Embedding1D",
    "Embedding2D",
    "Enrichment",
    "LineProfile",
    "Pileup",
    "Stackup",
    "Workspace",
    "__version__",
]

_HOMES = {
    "Board": "views.board",
    "Comparison": "views.comparison",
    "Embedding1D": "views.embedding",
    "Embedding2D": "views.embedding",
    "Enrichment": "views.enrichment",
    "LineProfile": "views.profile",
    "Pileup": "views.pileup",
    "Stackup": "views.stackup",
    "Workspace": "workspace",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
