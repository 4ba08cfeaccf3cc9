"""Results on disk: whole or not at all, memory-mapped, one folder per owner.

In: arrays with plain JSON about them. Out: the same, read-only and verified. Knows
nothing of databases, analyses or workers, and never unpickles.
"""

from hicognition_widgets.store.manifest import ArrayEntry, Manifest, StoredResult
from hicognition_widgets.store.payload import pack, unpack
from hicognition_widgets.store.store import Store

__all__ = ["ArrayEntry", "Manifest", "Store", "StoredResult", "pack", "unpack"]
