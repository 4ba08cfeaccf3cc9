"""Shares, links, groups and people."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.engine import nothing_changed
from hicognition_widgets.catalog.models import (
    Collection,
    Dataset,
    Group,
    GroupMember,
    SavedSession,
    Share,
    ShareOpening,
    User,
    now,
)
from hicognition_widgets.catalog.models.base import Owned
from hicognition_widgets.catalog.records import SessionRecord
from hicognition_widgets.catalog.rights import owned
from hicognition_widgets.catalog.sessions import SessionCalls
from hicognition_widgets.catalog.share_records import (
    GroupRecord,
    ShareableKind,
    ShareRecord,
    UserRecord,
)
from hicognition_widgets.catalog.text import clean_name, clean_text, clean_user
from hicognition_widgets.errors import InputError, NotAllowed, NotFound

_TABLES: dict[ShareableKind, type[Owned]] = {
    "dataset": Dataset,
    "collection": Collection,
    "session": SavedSession,
}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class SharingCalls(SessionCalls, CatalogCore):
    """What a catalog can do with shares, groups and people."""

    def share(
        self,
        kind: ShareableKind,
        object_id: int,
        *,
        user: str | None = None,
        group: str | None = None,
        expires: str | timedelta | datetime | None = None,
    ) -> ShareRecord:
        """Let somebody see what you own.

        Parameters
        ----------
        kind : {"dataset", "collection", "session"}
        object_id : int
        user, group : str, optional
            With whom. A session can be shared with neither: then the record's `token` is a
            secret that opens it for whoever has it. It is shown only this once.
        expires : str, timedelta or datetime, optional
            ``"30d"``, ``"12h"``, ``"2w"``, ``"45m"``, or a time.

        Raises
        ------
        InputError, NotFound, NotAllowed
        """
        if kind not in _TABLES:
            raise InputError(f"a {kind} cannot be shared; {', '.join(_TABLES)} can")
        if user is not None and group is not None:
            raise InputError("share with a user or with a group, not with both at once")
        if user is None and group is None and kind != "session":
            raise InputError("say with which user or group; only sessions have links")
        end = _end(expires)
        token = _secret() if user is None and group is None else None
        with self._write() as session:
            owned(session, _TABLES[kind], object_id, self.user, kind)
            group_id = None if group is None else _group(session, group).id
            if user is not None:
                user = clean_user(user)
                if user == self.user:
                    raise InputError("you see it already: it is yours")
            same = (
                None
                if token is not None
                else session.scalars(
                    select(Share).where(
                        Share.owner == self.user,
                        Share.kind == kind,
                        Share.object_id == object_id,
                        Share.user == user if user is not None else Share.user.is_(None),
                        Share.group_id == group_id
                        if group_id is not None
                        else Share.group_id.is_(None),
                        Share.token_hash.is_(None),
                        Share.revoked.is_(None),
                    )
                ).first()
            )
            row = same or Share(
                owner=self.user,
                kind=kind,
                object_id=object_id,
                user=user,
                group_id=group_id,
                token_hash=None if token is None else token_hash(token),
            )
            row.expires = end
            session.add(row)
            session.flush()
            return _records(session, [row], token=token)[0]

    def shares(
        self, kind: ShareableKind | None = None, object_id: int | None = None
    ) -> list[ShareRecord]:
        """What you share, newest first, revoked and expired ones included."""
        query = select(Share).where(Share.owner == self.user)
        if kind is not None:
            query = query.where(Share.kind == kind)
        if object_id is not None:
            query = query.where(Share.object_id == object_id)
        with self._read() as session:
            return _records(session, session.scalars(query.order_by(Share.id.desc())).all())

    def revoke(self, share_id: int) -> ShareRecord:
        """Take a share of yours back, also from those who opened it."""
        with self._write() as session:
            row = session.get(Share, share_id)
            if row is None or row.owner != self.user:
                raise NotFound(f"you have no share with the number {share_id}")
            if row.revoked is None:
                row.revoked = now()
            else:
                nothing_changed(session)
            session.flush()
            return _records(session, [row])[0]

    def open_session(self, token: str) -> SessionRecord:
        """The session behind a link; from now on you see what it shows.

        Raises
        ------
        NotFound
            If there is no such link, or it has expired or was revoked.
        """
        with self._write() as session:
            if self._database.is_sqlite:
                number = _open_link(session, token, self.user)
            else:
                number = _open_link_on_server(session, token)
        if number is None:
            raise NotFound("this link does not open a session: it is wrong, expired or revoked")
        return self.session(number)

    def add_group(self, name: str, members: Sequence[str] = ()) -> GroupRecord:
        """Make a group of people; you manage it."""
        name = clean_name(name, "the name of a group")
        with self._write() as session:
            if session.scalar(select(Group.id).where(Group.name == name)) is not None:
                raise InputError(f"there already is a group {name!r}; choose another name")
            row = Group(owner=self.user, name=name)
            session.add(row)
            session.flush()
            _set_members(session, row.id, members)
            return _group_record(session, row)

    def groups(self) -> list[GroupRecord]:
        """Groups that you manage or belong to, sorted by name."""
        mine = select(GroupMember.group_id).where(GroupMember.member == self.user)
        query = select(Group).where((Group.owner == self.user) | Group.id.in_(mine))
        with self._read() as session:
            rows = session.scalars(query.order_by(Group.name)).all()
            return [_group_record(session, row) for row in rows]

    def update_group(
        self, name: str, *, new_name: str | None = None, members: Sequence[str] | None = None
    ) -> GroupRecord:
        """Rename a group of yours, or say anew who belongs to it."""
        with self._write() as session:
            row = _own_group(session, name, self.user)
            if new_name is not None:
                wanted = clean_name(new_name, "the name of a group")
                other = session.scalar(select(Group.id).where(Group.name == wanted))
                if other is not None and other != row.id:
                    raise InputError(f"there already is a group {wanted!r}")
                row.name = wanted
            if members is not None:
                _set_members(session, row.id, members)
            row.updated = now()
            session.flush()
            return _group_record(session, row)

    def delete_group(self, name: str) -> None:
        """Delete a group of yours, with everything that was shared with it."""
        with self._write() as session:
            session.delete(_own_group(session, name, self.user))

    def users(self) -> list[UserRecord]:
        """Everybody who ever used this catalog, sorted by name."""
        with self._read() as session:
            return [
                UserRecord(name=row.name, full_name=row.full_name, created=row.created)
                for row in session.scalars(select(User).order_by(User.name))
            ]


def _open_link(session: Session, token: str, user: str) -> int | None:
    """Number of the session behind a link, which is noted as opened."""
    row = session.scalars(
        select(Share).where(
            Share.token_hash == token_hash(token),
            Share.kind == "session",
            Share.revoked.is_(None),
        )
    ).first()
    if row is None or (row.expires is not None and row.expires <= now()):
        nothing_changed(session)
        return None
    if session.get(ShareOpening, (row.id, user)) is None:
        session.add(ShareOpening(share_id=row.id, opener=user))
    else:
        nothing_changed(session)
    return row.object_id


def _open_link_on_server(session: Session, token: str) -> int | None:
    """The same where links cannot be seen: the database looks for the secret itself."""
    try:
        clean = clean_text(token, "a token", 1000).strip()
    except InputError:  # nothing that a link's secret could be
        nothing_changed(session)
        return None
    number = session.scalar(select(func.hicognition_open_session(clean)))
    if number is None:
        nothing_changed(session)
    return number


def token_hash(token: str) -> str:
    """What is kept of a link's secret. Secrets are random, so a plain hash is enough."""
    return hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()


def _end(expires: str | timedelta | datetime | None) -> datetime | None:
    if expires is None:
        return None
    if isinstance(expires, str):
        match = re.fullmatch(r"\s*(\d{1,6})\s*([mhdw])\s*", expires)
        if match is None:
            raise InputError(f"{expires!r} is not a duration; write 45m, 12h, 30d or 2w")
        expires = timedelta(**{_UNITS[match[2]]: int(match[1])})
    end = now() + expires if isinstance(expires, timedelta) else expires
    if end.tzinfo is None:
        end = end.astimezone(UTC)
    if end <= now():
        raise InputError("a share has to end in the future")
    return end


def _records(
    session: Session, rows: Sequence[Share], *, token: str | None = None
) -> list[ShareRecord]:
    groups = {row.group_id for row in rows if row.group_id is not None}
    named = session.scalars(select(Group).where(Group.id.in_(groups)))
    names = {group.id: group.name for group in named}
    opened: dict[int, list[str]] = {}
    links = [row.id for row in rows if row.token_hash is not None]
    for number, opener in session.execute(
        select(ShareOpening.share_id, ShareOpening.opener)
        .where(ShareOpening.share_id.in_(links))
        .order_by(ShareOpening.opener)
    ):
        opened.setdefault(number, []).append(opener)
    return [
        ShareRecord(
            id=row.id,
            owner=row.owner,
            kind=cast("ShareableKind", row.kind),
            object_id=row.object_id,
            user=row.user,
            group=None if row.group_id is None else names[row.group_id],
            token=token,
            created=row.created,
            expires=row.expires,
            revoked=row.revoked,
            opened_by=tuple(opened.get(row.id, ())),
        )
        for row in rows
    ]


def _group(session: Session, name: str) -> Group:
    row = session.scalars(select(Group).where(Group.name == name)).first()
    if row is None:
        raise NotFound(f"there is no group {name!r}")
    return row


def _own_group(session: Session, name: str, user: str) -> Group:
    row = _group(session, name)
    if row.owner != user:
        raise NotAllowed(f"the group {name!r} is managed by {row.owner}")
    return row


def _set_members(session: Session, group_id: int, members: Sequence[str]) -> None:
    if isinstance(members, str):
        raise InputError("the members of a group are a list of user names")
    present = {
        row.member: row
        for row in session.scalars(select(GroupMember).where(GroupMember.group_id == group_id))
    }
    wanted = {clean_user(name) for name in members}
    for name in set(present) - wanted:
        session.delete(present[name])
    session.add_all(
        GroupMember(group_id=group_id, member=name) for name in sorted(wanted - set(present))
    )
    session.flush()


def _group_record(session: Session, row: Group) -> GroupRecord:
    members = session.scalars(
        select(GroupMember.member)
        .where(GroupMember.group_id == row.id)
        .order_by(GroupMember.member)
    )
    return GroupRecord(
        id=row.id,
        name=row.name,
        owner=row.owner,
        created=row.created,
        updated=row.updated,
        members=tuple(members),
    )


def _secret() -> str:
    """A token that no command line takes for an option."""
    token = secrets.token_urlsafe(32)
    while token.startswith("-"):
        token = secrets.token_urlsafe(32)
    return token
