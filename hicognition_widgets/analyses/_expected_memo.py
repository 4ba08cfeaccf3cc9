"""Expected values made for one answer are kept for the next ones of the same process.

A selection that moves asks for the same map's expected values again and again, and they
depend on neither the regions nor the selection.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import pandas as pd

from hicognition_widgets.analyses._arms import Arms
from hicognition_widgets.analyses.band import content_key
from hicognition_widgets.sources.contact_map import ContactMap, Floats

MOST = 16
"""Tables that are kept; the least recently used go first."""

_tables: OrderedDict[str, pd.DataFrame] = OrderedDict()
_lock = threading.Lock()


def remembered(
    contacts: ContactMap,
    arms: Arms,
    weights: Floats,
    kind: tuple[int | str, ...],
    make: Callable[[], pd.DataFrame],
) -> pd.DataFrame:
    """The table for this content of the map, arms, weights and kind; made if it is missing.

    Two threads that ask at once may both make it. What is returned is the caller's own.
    """
    told = hashlib.blake2b(digest_size=16)
    told.update(f"{content_key(contacts)} {contacts.binsize} {kind} {arms.names}".encode())
    for array in (arms.lo, arms.hi, weights):
        told.update(np.ascontiguousarray(array).data)
    key = told.hexdigest()
    with _lock:
        found = _tables.get(key)
        if found is not None:
            _tables.move_to_end(key)
    if found is None:
        found = make()
        with _lock:
            _tables[key] = found
            while len(_tables) > MOST:
                _tables.popitem(last=False)
    return found.copy()
