"""Public archives that samples come from."""

from __future__ import annotations

from string import Formatter
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.models import Repository
from hicognition_widgets.catalog.records import RepositoryRecord
from hicognition_widgets.catalog.text import clean_name, clean_text
from hicognition_widgets.errors import InputError, NotFound


class RepositoryCalls(CatalogCore):
    """What a catalog can do with repositories; everybody sees all of them."""

    def repositories(self) -> list[RepositoryRecord]:
        """Public archives that samples can come from, by name."""
        with self._read() as session:
            return [
                _record(row)
                for row in session.scalars(select(Repository).order_by(Repository.name))
            ]

    def add_repository(
        self, name: str, *, url: str, file_url: str, auth_required: bool = False
    ) -> RepositoryRecord:
        """Make a public archive known, or correct its addresses.

        Parameters
        ----------
        name : str
        url : str
            Address of something in it, with ``{href}`` in place of what differs.
        file_url : str
            Address of a sample, with ``{id}`` in place of its number.
        auth_required : bool
            Whether it asks who downloads.

        Raises
        ------
        InputError
            If an address is none, or lacks its place holder.
        NotAllowed
            On PostgreSQL, where only the tables' owner adds repositories.
        """
        name = clean_name(name, "the name of a repository", 64)
        values = {
            "url": _checked_pattern(url, "href"),
            "file_url": _checked_pattern(file_url, "id"),
            "auth_required": bool(auth_required),
        }
        with self._write() as session:
            row = session.get(Repository, name) or Repository(name=name)
            for field, value in values.items():
                setattr(row, field, value)
            session.add(row)
            session.flush()
            return _record(row)


def check_repository(session: Session, name: str | None) -> None:
    """Refuse a repository that nobody added.

    Raises
    ------
    NotFound
        Naming those that are known.
    """
    if name is not None and session.get(Repository, name) is None:
        known = session.scalars(select(Repository.name).order_by(Repository.name)).all()
        raise NotFound(f"there is no repository {name!r}; known are {', '.join(known)}")


def _record(row: Repository) -> RepositoryRecord:
    return RepositoryRecord(
        name=row.name,
        url=row.url,
        file_url=row.file_url,
        auth_required=row.auth_required,
    )


def _checked_pattern(address: str, field: str) -> str:
    address = clean_text(address, "an address", 2000).strip()
    try:
        fields = {name for _, name, _, _ in Formatter().parse(address) if name is not None}
        parts = urlsplit(address)
    except ValueError as error:
        raise InputError(f"{address!r} is not an address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.netloc or fields != {field}:
        raise InputError(
            f"{address!r} is not an address with the place holder {{{field}}}; "
            f"write for example https://example.org/{{{field}}}"
        )
    return address
