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

_tables: OrderedDict[str, tuple[int, pd.DataFrame]] = OrderedDict()
"""How many diagonals, and their table."""
_lock = threading.Lock()


def remembered(
    contacts: ContactMap,
    arms: Arms,
    weights: Floats,
    kind: tuple[str, ...],
    width: int,
    make: Callable[[], pd.DataFrame],
) -> pd.DataFrame:
    """The table for this content of the map, arms, weights and kind; made if it is missing.

    The first `width` diagonals of a wider one are as good. Two threads that ask at once may
    both make it. What is returned is the caller's own.
    """
    told = hashlib.blake2b(digest_size=16)
    told.update(f"{content_key(contacts)} {contacts.binsize} {kind} {arms.names}".encode())
    for array in (arms.lo, arms.hi, weights):
        told.update(np.ascontiguousarray(array).data)
    key = told.hexdigest()
    with _lock:
        known = _tables.get(key)
        if known is not None:
            _tables.move_to_end(key)
    if known is None or known[0] < width:
        known = width, make()
        with _lock:
            _tables[key] = known
            while len(_tables) > MOST:
                _tables.popitem(last=False)
    made, table = known
    return (
        table.copy() if made == width else table[table["dist"] < width].reset_index(drop=True)
    )
