"""People, and who may see what, as the catalog hands it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from hicognition_widgets.catalog.records import Record

ShareableKind = Literal["dataset", "collection", "session"]


@dataclass(frozen=True, kw_only=True)
class ShareRecord:
    """A right to see that an owner gave to somebody.

    Attributes
    ----------
    kind, object_id : str, int
        What is shared.
    user, group : str or None
        With whom; both None for a link.
    token : str or None
        The secret of a link; only known right after it was made.
    opened_by : tuple of str
        Who opened the link.
    """

    id: int
    owner: str
    kind: ShareableKind
    object_id: int
    user: str | None = None
    group: str | None = None
    token: str | None = field(default=None, repr=False)
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None
    opened_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GroupRecord(Record):
    """People that things can be shared with together; the owner manages the members."""

    members: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UserRecord:
    """Somebody who used the catalog."""

    name: str
    full_name: str = ""
    created: datetime
