"""Sessions from the browser: list, save, open, describe, delete, share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from hicognition_widgets.errors import InputError
from hicognition_widgets.views.commands import Command, Reply
from hicognition_widgets.views.session_opening import open_in, standing_with
from hicognition_widgets.views.session_spec import checked_session

if TYPE_CHECKING:
    from hicognition_widgets.catalog.records import SessionRecord
    from hicognition_widgets.views.autosave import Unsaved
    from hicognition_widgets.views.comparison import Comparison

_LISTED = 50
_UNSAVED = 3


@runtime_checkable
class SessionHost(Protocol):
    """What keeps sessions; a workspace does."""

    user: str
    unsaved: Sequence[Unsaved]

    def find_sessions(self, words: str, *, limit: int) -> Sequence[SessionRecord]:
        """Sessions that can be seen, without their content."""
        ...

    def session_record(
        self, ref: str | int | None = None, *, token: str | None = None
    ) -> SessionRecord:
        """One session with its content."""
        ...

    def has_session(self, name: str) -> bool:
        """Whether a session of the user has this name."""
        ...

    def save_session(
        self, name: str, *shown: Any, description: str | None = None, replace: bool = True
    ) -> SessionRecord:
        """Keep comparisons."""
        ...

    def update_session(self, number: int, **changes: str) -> SessionRecord:
        """Rename or describe a session."""
        ...

    def delete_session(self, number: int) -> None:
        """Delete a session."""
        ...

    def follow_edits(self, comparison: Comparison) -> None:
        """Keep what is on screen even if nobody saves it."""
        ...

    def find_unsaved(self, which: str) -> Unsaved:
        """Work that another kernel left behind."""
        ...

    def settle_unsaved(self, found: Unsaved) -> None:
        """What was restored is on screen here now, and no longer offered."""
        ...

    def share_session(self, number: int, expires: str | None) -> str:
        """A link's token."""
        ...


def session_commands(comparison: Comparison) -> dict[str, Command]:
    """Commands that keep a comparison in sessions; refused where nothing keeps them."""

    def host() -> SessionHost:
        found: object = comparison.host
        if not isinstance(found, SessionHost):
            raise InputError("sessions are kept by a workspace; make the comparison with one")
        return found

    def sessions(args: Mapping[str, Any]) -> Reply:
        found = host().find_sessions(str(args.get("search", "")), limit=_LISTED)
        pictures = [record.thumbnail for record in found]
        return Reply(
            {
                "sessions": [_card(record, host().user) for record in found],
                "current": comparison.session_name,
                "unsaved": [
                    {
                        "id": one.id,
                        "title": ", ".join(title for title in one.titles if title),
                        "when": one.when.isoformat(),
                    }
                    for one in host().unsaved[:_UNSAVED]
                ],
            },
            tuple(picture or b"" for picture in pictures),
        )

    def save(args: Mapping[str, Any]) -> Reply:
        name = str(args.get("name", "")).strip()
        replace = args.get("replace") is True or name == comparison.session_name
        if not replace and host().has_session(name):
            return Reply({"exists": True, "name": name})
        given = args.get("description")
        record = host().save_session(
            name,
            comparison.board or comparison,
            description=None if given is None else str(given),
        )
        return Reply({"saved": True, "name": record.name})

    def show(args: Mapping[str, Any]) -> Reply:
        if args.get("discard") is not True and _unsaved(comparison):
            return Reply({"unsaved": True})
        token = args.get("token")
        record = (
            host().session_record(_number(args))
            if token is None
            else host().session_record(token=str(token))
        )
        missing = open_in(comparison, checked_session(record.spec))
        for one in standing_with(comparison):
            host().follow_edits(one)
            one.mark_saved(record.name if record.owner == host().user else "")
        return Reply({"opened": True, "name": record.name, "missing": missing})

    def restore(args: Mapping[str, Any]) -> Reply:
        if args.get("discard") is not True and _unsaved(comparison):
            return Reply({"unsaved": True})
        found = host().find_unsaved(str(args.get("id")))
        missing = open_in(comparison, checked_session(found.spec))
        for one in standing_with(comparison):
            host().follow_edits(one)
            one.session_name = ""
        if not missing and not any(one.missing for one in standing_with(comparison)):
            host().settle_unsaved(found)
        return Reply({"opened": True, "missing": missing})

    def update(args: Mapping[str, Any]) -> Reply:
        wanted = {name: str(args[name]) for name in ("name", "description") if name in args}
        record = host().update_session(_number(args), **wanted)
        return Reply({"session": _card(record, host().user)})

    def share(args: Mapping[str, Any]) -> Reply:
        expires = args.get("expires")
        token = host().share_session(_number(args), None if expires is None else str(expires))
        return Reply({"token": token, "code": f"ws.open_session(token={token!r})"})

    return {
        "sessions": sessions,
        "save_session": save,
        "open_session": show,
        "restore": restore,
        "update_session": update,
        "delete_session": lambda args: host().delete_session(_number(args)),
        "share_session": share,
    }


def _unsaved(comparison: Comparison) -> bool:
    return any(one.unsaved for one in standing_with(comparison))


def _number(args: Mapping[str, Any]) -> int:
    number = args.get("id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise InputError("say which session, by its number")
    return number


def _card(record: SessionRecord, user: str) -> dict[str, Any]:
    return {
        "id": record.id,
        "name": record.name,
        "owner": record.owner,
        "mine": record.owner == user,
        "public": record.public,
        "description": record.description,
        "tags": list(record.tags),
        "changed": record.updated.isoformat(timespec="seconds"),
        "missing": sum(one.deleted for one in record.datasets) + record.hidden,
    }
