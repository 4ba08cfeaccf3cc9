"""Results on disk: whole or not at all, memory-mapped, one folder per owner.

In: arrays and plain metadata.
Out: artifacts (a folder with one file per array and a manifest), read back with their
digests checked. Never knows what a result means, and holds no database connection.
"""

from hicognition_widgets.store.artifact import Manifest, StoredResult
from hicognition_widgets.store.payload import pack, unpack
from hicognition_widgets.store.store import Store

__all__ = ["Manifest", "Store", "StoredResult", "pack", "unpack"]
