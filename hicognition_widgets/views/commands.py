"""Commands from the browser: an envelope with an id, and always one reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
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


Command = Callable[[Mapping[str, Any]], Reply | None]


def answer(
    message: object, commands: Mapping[str, Command]
) -> tuple[dict[str, Any], list[bytes]] | None:
    """Run the command a message asks for.

    Returns
    -------
    tuple of dict and list of bytes, or None
        The reply's content and buffers; None if the message is not a command at all.
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
        reply = command(args) or Reply()
    except HiCognitionError as error:
        return _refusal(number, type(error).__name__, str(error))
    except Exception as error:  # noqa: BLE001 - nobody else would tell the person who clicked
        _log.exception("the command %s failed", name)
        return _refusal(number, "internal", f"{type(error).__name__}: {error}")
    content = {"v": VERSION, "id": number, "ok": True, "payload": dict(reply.payload)}
    return content, list(reply.buffers)


def _refusal(number: int | str, code: str, sentence: str) -> tuple[dict[str, Any], list[bytes]]:
    error = {"code": code, "message": sentence}
    return {"v": VERSION, "id": number, "ok": False, "error": error}, []
