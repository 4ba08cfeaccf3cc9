"""A session as files, without a browser."""

from __future__ import annotations

from pathlib import Path

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.board import Board
from hicognition_widgets.views.session import Session

NUMBERS = (".csv", ".npy")
FIGURES = (".png", ".svg", ".pdf")


def render_session(session: Session, out: Path, *, preset: str = "double") -> list[Path]:
    """Write a session: one page or figure of all of it, or the numbers of every view.

    Parameters
    ----------
    session : Session
    out : Path
        Ends in ``.png``, ``.svg``, ``.pdf`` or ``.html``; or ``.csv`` or ``.npy``, which
        are numbered if there are several views. Where numbers come from lies beside them.
    preset : {"double", "single", "slide"}
        Page of figures.

    Raises
    ------
    InputError
        If the ending is another one.
    NotFound
        If nothing of the session is left to draw.
    """
    suffix = out.suffix.lower()
    if suffix not in (*FIGURES, *NUMBERS, ".html"):
        raise InputError(
            f'"{out.name}" cannot be written; use .png, .svg, .pdf, .html, .csv or .npy'
        )
    if not len(session):
        raise NotFound(" ".join(session.missing) or f'the session "{session.name}" is empty')
    session.wait()
    if suffix in NUMBERS:
        return _numbers(session, out)
    several = len(session) > 1
    shown = session.board or (Board(*session.comparisons) if several else session[0])
    try:
        if suffix == ".html":
            return [shown.to_html(out)]
        return [shown.save(out, preset=preset)]
    finally:
        if several and shown is not session.board:
            shown.close()


def _numbers(session: Session, out: Path) -> list[Path]:
    views = [view for comparison in session for view in comparison.views]
    if not views:
        raise NotFound(f'the session "{session.name}" has no views')
    written: list[Path] = []
    for i, view in enumerate(views, start=1):
        path = out if len(views) == 1 else out.with_name(f"{out.stem}-{i}{out.suffix}")
        written += view.save_data(path)
    return written
