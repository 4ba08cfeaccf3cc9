"""Commands from the browser: an envelope with an id, and always one reply.

What takes a moment answers later: its command returns a future, so that the kernel goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any

from hicognition_widgets.errors import HiCognitionError

_log = logging.getLogger(__name__)
VERSION = 1


@dataclass(frozen=True)
class Reply:
    """What a command answers: JSON, and buffers where there is data."""

    payload: Mapping[str, Any] = field(default_factory=dict)
    buffers: tuple[bytes, ...] = ()


Command = Callable[[Mapping[str, Any]], "Reply | Future[Reply] | None"]
Answer = tuple[dict[str, Any], list[bytes]]


def answer(
    message: object,
    commands: Mapping[str, Command],
    later: Callable[[dict[str, Any], list[bytes]], object] | None = None,
) -> Answer | None:
    """Run the command a message asks for.

    Parameters
    ----------
    message : object
        What the browser sent.
    commands : mapping of str to callable
        Those that take no moment reply at once, others return a future.
    later : callable, optional
        Takes content and buffers of a reply that comes later, on any thread.

    Returns
    -------
    tuple of dict and list of bytes, or None
        The reply's content and buffers; None if it comes later, or if the message is not a
        command at all.
    """
    if not isinstance(message, dict) or message.get("kind") != "command":
        return None
    number = message.get("id")
    if not isinstance(number, int | str):
        return None
    if message.get("v") != VERSION:
        return _refusal(
            number,
            "version",
            "this page and the kernel have different versions of hicognition-widgets; "
            "reload the page and run the cell again",
        )
    name, args = message.get("name"), message.get("args") or {}
    command = commands.get(name) if isinstance(name, str) else None
    if command is None or not isinstance(args, dict):
        return _refusal(number, "unknown", "this view does not know that command")
    try:
        reply = command(args)
        if isinstance(reply, Future):
            if later is None:
                return _said(number, reply.result())
            send = later
            reply.add_done_callback(lambda done: send(*_outcome(number, name, done)))
            return None
    except Exception as error:  # noqa: BLE001 - nobody else would tell the person who clicked
        return _failed(number, name, error)
    return _said(number, reply)


def _outcome(number: int | str, name: object, done: Future[Reply]) -> Answer:
    """What became of a command that took a moment."""
    try:
        return _said(number, done.result())
    except CancelledError:
        return _refusal(number, "superseded", "something else was asked meanwhile")
    except Exception as error:  # noqa: BLE001 - as above
        return _failed(number, name, error)


def _said(number: int | str, reply: Reply | None) -> Answer:
    reply = reply or Reply()
    content = {"v": VERSION, "id": number, "ok": True, "payload": dict(reply.payload)}
    return content, list(reply.buffers)


def _failed(number: int | str, name: object, error: Exception) -> Answer:
    if isinstance(error, HiCognitionError):
        return _refusal(number, type(error).__name__, str(error))
    _log.error("the command %s failed", name, exc_info=error)
    return _refusal(number, "internal", f"{type(error).__name__}: {error}")


def _refusal(number: int | str, code: str, sentence: str) -> Answer:
    error = {"code": code, "message": sentence}
    return {"v": VERSION, "id": number, "ok": False, "error": error}, []
