"""A session as files, without a browser."""

from __future__ import annotations

from pathlib import Path

from hicognition_widgets.errors import InputError, NotFound
from hicognition_widgets.views.session import Session

FIGURES = (".png", ".svg", ".pdf")


def render_session(session: Session, out: Path, *, preset: str = "double") -> list[Path]:
    """Write each comparison of a session; several are numbered ``name-1.png``, ….

    Parameters
    ----------
    session : Session
    out : Path
        Ends in ``.png``, ``.svg``, ``.pdf`` or ``.html``.
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
    if suffix not in (*FIGURES, ".html"):
        raise InputError(f'"{out.name}" cannot be written; use .png, .svg, .pdf or .html')
    if not len(session):
        raise NotFound(" ".join(session.missing) or f'the session "{session.name}" is empty')
    session.wait()
    written = []
    for i, comparison in enumerate(session, start=1):
        path = out if len(session) == 1 else out.with_name(f"{out.stem}-{i}{out.suffix}")
        if suffix == ".html":
            written.append(comparison.to_html(path))
        else:
            written.append(comparison.save(path, preset=preset))
    return written
