"""Users, groups, and what is shared with whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hicognition_widgets.catalog.models.base import (
    NAME_LENGTH,
    OWNER_LENGTH,
    Base,
    BigInt,
    Numbered,
    Owned,
    now,
)


class User(Base):
    """Somebody who used the catalog."""

    __tablename__ = "users"

    name: Mapped[str] = mapped_column(String(OWNER_LENGTH), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    created: Mapped[datetime] = mapped_column(default=now)


class Group(Owned, Base):
    """People that things are shared with together."""

    __tablename__ = "groups"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by SQLAlchemy

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)


class GroupMember(Base):
    """Somebody in a group."""

    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True
    )
    member: Mapped[str] = mapped_column(String(OWNER_LENGTH), primary_key=True, index=True)


class Share(Numbered, Base):
    """A right to see: for a user, a group, or whoever opens a link."""

    __tablename__ = "shares"
    __table_args__ = (
        Index("ix_shares_kind", "kind", "object_id"),
        Index("ix_shares_grantee", "grantee", "kind"),
        {"sqlite_autoincrement": True},
    )

    owner: Mapped[str] = mapped_column(String(OWNER_LENGTH), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    object_id: Mapped[int] = mapped_column(BigInt)
    user: Mapped[str | None] = mapped_column("grantee", String(OWNER_LENGTH))
    group_id: Mapped[int | None] = mapped_column(
        ForeignKey("groups.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created: Mapped[datetime] = mapped_column(default=now)
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class ShareOpening(Base):
    """Somebody who opened a link."""

    __tablename__ = "share_openings"
    __table_args__ = (UniqueConstraint("opener", "share_id"),)

    share_id: Mapped[int] = mapped_column(
        ForeignKey("shares.id", ondelete="CASCADE"), primary_key=True
    )
    opener: Mapped[str] = mapped_column(String(OWNER_LENGTH), primary_key=True)
    opened: Mapped[datetime] = mapped_column(default=now)
