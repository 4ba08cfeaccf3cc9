"""Keeping what is on screen, and letting others see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, overload

from hicognition_widgets.catalog import (
    CollectionRecord,
    DatasetRecord,
    ResultRecord,
)
from hicognition_widgets.catalog.records import SessionRecord
from hicognition_widgets.catalog.share_records import ShareableKind, ShareRecord
from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.mappings import Sessions, Shares
from hicognition_widgets.views.autosave import Autosave, Unsaved
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.comparison import Comparison
from hicognition_widgets.views.picture import thumbnail
from hicognition_widgets.views.session import Session, board_settings
from hicognition_widgets.views.session_spec import session_spec
from hicognition_widgets.views.spec import Lookup
from hicognition_widgets.workspace.asking import Asking
from hicognition_widgets.workspace.deriving import Deriving
from hicognition_widgets.workspace.listening import Listening

Shareable = DatasetRecord | CollectionRecord | SessionRecord | Session
Expiry = str | timedelta | datetime | None


class Keeping(Asking, Deriving, Listening):
    """The part of a workspace that keeps comparisons and shares things."""

    _autosave: Autosave

    # -- sessions ----------------------------------------------------------------------

    @property
    def sessions(self) -> Sessions:
        """Saved sessions by name; ``ws.sessions.search("figure")`` finds them."""
        return Sessions(self._catalog)

    def save_session(
        self,
        name: str,
        *shown: Comparison | Board | Session | Iterable[Comparison],
        description: str | None = None,
        replace: bool = True,
    ) -> SessionRecord:
        """Keep comparisons under a name.

        Parameters
        ----------
        name : str
            A session of yours with this name is overwritten; somebody else's never is.
        *shown : Comparison, Board, Session, or several
            What to keep, in order.
        description : str, optional
            What it is about; kept as it was when not given.
        replace : bool
            False refuses to overwrite.

        Returns
        -------
        SessionRecord

        Raises
        ------
        InputError
            If there is nothing to keep, or the name is taken and `replace` is False.
        """
        comparisons = list(_comparisons(shown))
        if not comparisons:
            raise InputError("a session keeps comparisons; give at least one")
        if not replace and self.has_session(name):
            raise InputError(f'you already have a session "{name}"; choose another name')
        spec = session_spec(comparisons, board_settings(shown))
        record = self._catalog.save_session(
            name,
            spec,
            datasets=self._used(spec),
            description=description,
            thumbnail=thumbnail(comparisons),
        )
        for comparison in comparisons:
            comparison.mark_saved(record.name)
        return record

    def has_session(self, name: str) -> bool:
        """Whether a session of yours has this name."""
        try:
            self._catalog.session(f"{self.user}/{name.strip()}")
        except NotFound:
            return False
        return True

    def find_sessions(
        self, words: str = "", *, limit: int | None = None
    ) -> list[SessionRecord]:
        """Sessions with all these words, by name, without their content."""
        return self._catalog.sessions(search=words or None, limit=limit)

    def session_record(
        self, ref: str | int | None = None, *, token: str | None = None
    ) -> SessionRecord:
        """What is saved as a session; see :meth:`open_session`."""
        if ref is not None and token is None:
            return self._catalog.session(ref)
        if token is not None and ref is None:
            return self._catalog.open_session(token)
        raise InputError("give the name of a session, or the token of a link")

    def update_session(self, number: int, **changes: str) -> SessionRecord:
        """Rename or describe a session of yours by its number."""
        return self._catalog.update_session(number, **changes)  # type: ignore[arg-type]

    def delete_session(self, number: int) -> None:
        """Delete a session of yours by its number, with the links to it."""
        self._catalog.delete_session(number)

    def share_session(self, number: int, expires: str | None) -> str:
        """The token of a new link to a session of yours."""
        return self.share(self._catalog.session(number), expires=expires)

    def _used(self, spec: dict[str, Any]) -> list[int]:
        """Numbers of the datasets that a session's comparisons show."""
        used: dict[int, None] = {}
        for comparison in spec["comparisons"]:
            look = Lookup(self, comparison["datasets"])
            for key in comparison["datasets"]:
                record = look.find(key)
                if record is not None:
                    used[record.id] = None
        return list(used)

    def open_session(
        self, name: str | int | SessionRecord | None = None, *, token: str | None = None
    ) -> Session:
        """Show a saved session again.

        All its data load side by side. What is gone is named in ``missing``, the rest is
        shown. Changes to somebody else's session stay yours: saving makes your own copy.

        Parameters
        ----------
        name : str, int or SessionRecord
            ``"figure 2"`` is your own, ``"alice/figure 2"`` Alice's.
        token : str
            The secret of a link instead of a name; from then on you see what it shows.

        Raises
        ------
        NotFound
            If there is no such session, or the link has expired or was revoked.
        """
        ref = name.id if isinstance(name, SessionRecord) else name
        record = self.session_record(ref, token=token)
        session = self._followed(Session.opened(self, record))
        # saving one of several that stand alone must not overwrite them all
        if record.owner == self.user and (len(session) == 1 or session.board is not None):
            for comparison in session:
                comparison.mark_saved(record.name)
        return session

    def result_record(self, key: str) -> ResultRecord | None:
        """When and by whom a stored result was computed; None if it is not kept."""
        return self._catalog.find_result(key)

    @property
    def unsaved(self) -> list[Unsaved]:
        """Work of other notebooks and kernels that was on screen, the latest first."""
        return self._autosave.found()

    def find_unsaved(self, which: str) -> Unsaved:
        """One of :attr:`unsaved` by its id."""
        return self._autosave.pick(which)

    def settle_unsaved(self, found: Unsaved) -> None:
        """Keep what was restored as this process's own; it is no longer offered."""
        self._autosave.write()
        self._autosave.forget(found)

    def restore(self, which: Unsaved | str | None = None) -> Session:
        """Show again what was on screen when a kernel ended.

        Parameters
        ----------
        which : Unsaved or str, optional
            One of :attr:`unsaved`, or its id; by default the latest.

        Raises
        ------
        NotFound
            If nothing was left behind.
        """
        found = self._autosave.pick(which.id if isinstance(which, Unsaved) else which)
        when = found.when
        record = SessionRecord(
            id=0,
            name="unsaved work",
            owner=self.user,
            created=when,
            updated=when,
            spec=found.spec,
        )
        session = self._followed(Session.opened(self, record))
        if not session.missing:
            self.settle_unsaved(found)
        return session

    def follow_edits(self, comparison: Comparison) -> None:
        """Keep what a comparison shows even if nobody saves it; see :attr:`unsaved`."""
        self._autosave.follow(comparison)

    def _followed(self, session: Session) -> Session:
        for comparison in session:
            self.follow_edits(comparison)
        return session

    # -- sharing -----------------------------------------------------------------------

    @overload
    def share(self, what: Shareable, *, user: str, expires: Expiry = None) -> ShareRecord: ...
    @overload
    def share(self, what: Shareable, *, group: str, expires: Expiry = None) -> ShareRecord: ...
    @overload
    def share(self, what: Shareable, *, expires: Expiry = None) -> str: ...

    def share(
        self,
        what: Shareable,
        *,
        user: str | None = None,
        group: str | None = None,
        expires: Expiry = None,
    ) -> ShareRecord | str:
        """Let somebody see what is yours: with a session exactly the datasets it uses.

        Parameters
        ----------
        what : dataset, collection or session
        user, group : str, optional
            With whom. A session may be shared with neither: that makes a link.
        expires : str, timedelta or datetime, optional
            ``"30d"``, ``"12h"``, ``"2w"``, or a time.

        Returns
        -------
        ShareRecord or str
            For a link its token, which is shown only now: whoever has it opens the session
            with ``ws.open_session(token=…)``.

        Raises
        ------
        NotAllowed
            If it is not yours.
        """
        record = what.record if isinstance(what, Session) else what
        share = self._catalog.share(
            _kind(record), record.id, user=user, group=group, expires=expires
        )
        return share if share.token is None else share.token

    @property
    def shares(self) -> Shares:
        """What you share and with whom, newest first."""
        return Shares(self._catalog)

    def revoke(self, share: ShareRecord | int) -> ShareRecord:
        """Take a share back, also from those who opened its link."""
        return self._catalog.revoke(share.id if isinstance(share, ShareRecord) else share)


def _kind(record: object) -> ShareableKind:
    match record:
        case DatasetRecord():
            return "dataset"
        case CollectionRecord():
            return "collection"
        case SessionRecord():
            return "session"
    raise InputError(
        f"a {type(record).__name__} cannot be shared; datasets, collections and saved sessions "
        "can"
    )


def _comparisons(shown: Iterable[Any]) -> Iterable[Comparison]:
    for item in shown:
        if isinstance(item, Comparison):
            yield item
        elif isinstance(item, Iterable) and not isinstance(item, str | bytes):
            yield from _comparisons(item)
        elif hasattr(item, "comparisons"):
            yield from _comparisons(item.comparisons)
        else:
            raise InputError(f"a session keeps comparisons, not a {type(item).__name__}")
