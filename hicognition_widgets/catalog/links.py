"""Ordered links: the members of a collection, the data and collections of a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session


def relink(
    session: Session,
    parent: InstrumentedAttribute[int],
    number: int,
    child: InstrumentedAttribute[int],
    wanted: Sequence[int],
) -> None:
    """Make the links of a collection or session these, in this order.

    Links that stay are kept as they are: what they lead to may be a tombstone, or out of
    sight by now, and could not be linked anew.
    """
    table: Any = parent.class_
    mine = parent == number
    quiet = {"synchronize_session": False}
    session.execute(delete(table).where(mine, child.not_in(wanted)), execution_options=quiet)
    kept = set(session.scalars(select(child).where(mine)))
    # Out of the way first: no two links have the same position at any time.
    session.execute(
        update(table).where(mine).values(position=-1 - table.position), execution_options=quiet
    )
    for position, one in enumerate(wanted):
        if one in kept:
            session.execute(
                update(table).where(mine, child == one).values(position=position),
                execution_options=quiet,
            )
        else:
            session.add(table(**{parent.key: number, child.key: one}, position=position))
    session.flush()
