"""Who may see and change what, as conditions for queries and as sentences.

You see a row if you own it, if it is public, or if it was shared with you, with a group of
yours, or by a link that you opened; a shared session or collection shows what its owner
put into it, as far as the owner owns that too. You change only what you own.

On PostgreSQL the database holds the same rules by itself: for whoever its row security binds,
`user` is None here, and the conditions what may be seen are true of all that comes out. On
SQLite these are all there is: whoever can read the file can read everything in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from hicognition_widgets.catalog.models import (
    Collection,
    CollectionMember,
    Dataset,
    GroupMember,
    Result,
    ResultInput,
    SavedSession,
    SessionCollection,
    SessionDataset,
    Share,
    ShareOpening,
    now,
)
from hicognition_widgets.catalog.models.base import Owned
from hicognition_widgets.catalog.share_records import ShareableKind
from hicognition_widgets.errors import NotAllowed, NotFound

OwnedT = TypeVar("OwnedT", bound=Owned)


def visible_datasets(user: str | None) -> ColumnElement[bool]:
    """Condition: `user` may see this dataset (tombstones are not filtered out)."""
    if user is None:
        return true()
    by_share = _shared("dataset", user)
    by_collection = (
        select(CollectionMember.dataset_id)
        .join(Collection, Collection.id == CollectionMember.collection_id)
        .join(Dataset, Dataset.id == CollectionMember.dataset_id)
        .where(Collection.id.in_(_granted_collections(user)), Dataset.owner == Collection.owner)
    )
    by_session = (
        select(SessionDataset.dataset_id)
        .join(SavedSession, SavedSession.id == SessionDataset.session_id)
        .join(Dataset, Dataset.id == SessionDataset.dataset_id)
        .where(
            SavedSession.id.in_(_shared("session", user)), Dataset.owner == SavedSession.owner
        )
    )
    granted = union_all(by_share, by_collection, by_session)
    return or_(Dataset.owner == user, Dataset.public, Dataset.id.in_(granted))


def visible_collections(user: str | None) -> ColumnElement[bool]:
    """Condition: `user` may see this collection."""
    if user is None:
        return true()
    return or_(
        Collection.owner == user,
        Collection.public,
        Collection.id.in_(_granted_collections(user)),
    )


def visible_sessions(user: str | None) -> ColumnElement[bool]:
    """Condition: `user` may see this session."""
    if user is None:
        return true()
    return or_(
        SavedSession.owner == user,
        SavedSession.public,
        SavedSession.id.in_(_shared("session", user)),
    )


def visible_results(user: str | None) -> ColumnElement[bool]:
    """Condition: own results, and those whose inputs `user` may all see."""
    if user is None:
        return true()
    unseen = (
        select(ResultInput.result_id)
        .join(Dataset, Dataset.id == ResultInput.dataset_id)
        .where(ResultInput.result_id == Result.id, ~visible_datasets(user))
    )
    some = exists().where(ResultInput.result_id == Result.id)
    return or_(Result.owner == user, and_(some, ~unseen.exists()))


def trusted_results(
    user: str, trusted: frozenset[str], asker: str | None
) -> ColumnElement[bool]:
    """Condition: results that may be shown to `user` as computed.

    Made by `user` or by a trusted compute role, or made by the owner of a session that
    `user` opened, from inputs that are all part of that session. `asker` is None where the
    database shows nothing else, as for :func:`visible_results`.
    """
    by_role: ColumnElement[bool] = (
        and_(Result.owner.in_(sorted(trusted)), visible_results(asker)) if trusted else false()
    )
    # Correlated by hand: two levels deep, a table that is named without it would be joined
    # instead of meant.
    inputs = aliased(ResultInput)
    shown = (
        select(SessionDataset.dataset_id)
        .where(SessionDataset.session_id == SavedSession.id)
        .correlate(SavedSession)
    )
    grouped = (
        select(CollectionMember.dataset_id)
        .join(
            SessionCollection,
            SessionCollection.collection_id == CollectionMember.collection_id,
        )
        .where(SessionCollection.session_id == SavedSession.id)
        .correlate(SavedSession)
    )
    some_input = select(inputs.result_id).where(inputs.result_id == Result.id)
    outside = some_input.where(
        inputs.dataset_id.not_in(shown), inputs.dataset_id.not_in(grouped)
    )
    from_session = (
        select(SavedSession.id)
        .where(
            SavedSession.id.in_(_opened_sessions(user)),
            SavedSession.owner == Result.owner,
            some_input.correlate(Result).exists(),
            ~outside.correlate(Result, SavedSession).exists(),
        )
        .correlate(Result)
        .exists()
    )
    return or_(Result.owner == user, by_role, from_session)


def owned(session: Session, table: type[OwnedT], number: int, user: str, what: str) -> OwnedT:
    """The row with this number, if `user` owns it.

    Raises
    ------
    NotFound
        If it is not there, or `user` may not even see it.
    NotAllowed
        If it belongs to somebody else.
    """
    # PostgreSQL locks only what its policies let this person change. So a change cannot
    # quietly miss the row, even if it is given to somebody else in this moment.
    row = session.get(table, number, with_for_update={"of": table})
    if row is not None and row.owner == user and getattr(row, "deleted", None) is None:
        return row
    row = session.get(table, number)
    if row is None or getattr(row, "deleted", None) is not None:
        raise NotFound(f"there is no {what} with the number {number}")
    if not sees(session, row, user):
        raise NotFound(f"there is no {what} with the number {number}")
    name = getattr(row, "name", number)
    raise NotAllowed(
        f"the {what} {name!r} belongs to {row.owner}; only its owner can change or delete it"
    )


def others_using(session: Session, kind: ShareableKind, number: int) -> int | None:
    """In how many things of others something of yours is; None where rows tell it.

    Those may be out of your sight on PostgreSQL, so the database counts them.
    """
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalar(select(func.hicognition_others(kind, number)))


def referenced(session: Session, kind: str, number: int) -> bool | None:
    """Whether anything refers to something of yours; None where rows tell it."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return session.scalar(select(func.hicognition_referenced(kind, number)))


def sees(session: Session, row: Owned, user: str) -> bool:
    """Whether `user` may see this row."""
    if row.owner == user or getattr(row, "public", False):
        return True
    conditions: dict[type[Owned], Callable[[str], ColumnElement[bool]]] = {
        Dataset: visible_datasets,
        Collection: visible_collections,
        SavedSession: visible_sessions,
    }
    table = type(row)
    if table not in conditions:
        return False
    found = select(table.id).where(table.id == row.id, conditions[table](user))
    return session.scalar(found) is not None


def _shared(kind: ShareableKind, user: str) -> Select[int]:
    """Numbers of the objects of one kind that were shared with `user`."""
    return (
        select(Share.object_id)
        .where(Share.kind == kind, _valid(), _reaches(user))
        .correlate(None)
    )


def _opened_sessions(user: str) -> Select[int]:
    """Numbers of the sessions whose link `user` opened."""
    opened = select(ShareOpening.share_id).where(ShareOpening.opener == user)
    return (
        select(Share.object_id)
        .where(Share.kind == "session", _valid(), Share.id.in_(opened))
        .correlate(None)
    )


def _granted_collections(user: str) -> Select[int]:
    in_sessions = (
        select(SessionCollection.collection_id)
        .join(SavedSession, SavedSession.id == SessionCollection.session_id)
        .join(Collection, Collection.id == SessionCollection.collection_id)
        .where(
            SavedSession.id.in_(_shared("session", user)),
            Collection.owner == SavedSession.owner,
        )
        .correlate(None)
    )
    granted = union_all(_shared("collection", user), in_sessions).subquery()
    return select(granted.c[0])


def _valid() -> ColumnElement[bool]:
    return and_(Share.revoked.is_(None), or_(Share.expires.is_(None), Share.expires > now()))


def _reaches(user: str) -> ColumnElement[bool]:
    groups = select(GroupMember.group_id).where(GroupMember.member == user)
    opened = select(ShareOpening.share_id).where(ShareOpening.opener == user)
    return or_(Share.user == user, Share.group_id.in_(groups), Share.id.in_(opened))
