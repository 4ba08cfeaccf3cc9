"""Opening and closing a catalog; what all its calls share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hicognition_widgets.catalog import revisions
from hicognition_widgets.catalog.engine import BUSY_SECONDS, Database
from hicognition_widgets.catalog.feed import INTERVAL, Feed, FeedSource
from hicognition_widgets.catalog.models import User
from hicognition_widgets.catalog.text import clean_user
from hicognition_widgets.errors import InputError
from hicognition_widgets.settings import shown_address


class CatalogCore:
    """A connected catalog and the person who asks.

    Attributes
    ----------
    user : str
        Who owns what is added; on PostgreSQL always the database role.
    trusted : frozenset of str
        Compute roles whose results are reused as if they were one's own.
    backup : Path or None
        The copy made before an older SQLite catalog was upgraded.
    """

    def __init__(
        self,
        database: Database,
        user: str,
        *,
        trusted: Collection[str] = (),
        backup: Path | None = None,
        guarded: bool = False,
    ) -> None:
        self._database = database
        self.user = user
        self.trusted = frozenset(trusted)
        self.backup = backup
        self._guarded = guarded
        self._feed_source = FeedSource(database)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        user: str | None = None,
        trusted: Collection[str] = (),
        busy_seconds: float = BUSY_SECONDS,
    ) -> Self:
        """Open a catalog; a SQLite one is created or upgraded if needed.

        Parameters
        ----------
        url : str
            ``sqlite:///path`` or ``postgresql+psycopg://user:password@host/name``.
        user : str, optional
            Who asks. Needed for SQLite; on PostgreSQL the database role decides.
        trusted : collection of str
            Compute roles whose results are reused.
        busy_seconds : float
            How long a write waits for other writers on SQLite.

        Raises
        ------
        CatalogError
            If the database cannot be reached, is something else, was made by a newer
            program, or (on PostgreSQL) has to be upgraded by its administrator.
        InputError
            If the address or the user cannot work.
        """
        database = Database(url, busy_seconds=busy_seconds)
        try:
            backup = revisions.prepare(database)
            if database.is_sqlite:
                if user is None:
                    raise InputError(
                        "a SQLite catalog does not know who asks; give the user's name"
                    )
                name, guarded = clean_user(user), False
            else:
                with database.read() as session:
                    name, guarded = session.execute(
                        text("SELECT session_user::text, row_security_active('datasets')")
                    ).one()
            catalog = cls(database, name, trusted=trusted, backup=backup, guarded=guarded)
            catalog._introduce()
        except BaseException:
            database.close()
            raise
        return catalog

    @property
    def url(self) -> str:
        """Address of the catalog, without a password."""
        return shown_address(self._database.url.render_as_string(hide_password=True))

    @property
    def path(self) -> Path | None:
        """The file of a SQLite catalog."""
        return self._database.path

    @property
    def warning(self) -> str | None:
        """What the user should know about this place, or None."""
        if self._database.network is None:
            return None
        return (
            f"the catalog {self._database.shown} is on a network file system "
            f"({self._database.network}): it is used with a slower, safe journal; "
            "for several people or machines use PostgreSQL"
        )

    @property
    def _asker(self) -> str | None:
        """Whose sight queries have to keep to; None where the database sees to it itself.

        Asked for twice, who may see what costs a page of a shared catalog half its time.
        """
        return None if self._guarded else self.user

    def version(self) -> int:
        """A counter that grows with every committed change of anybody."""
        return self._database.version()

    def on_change(
        self, callback: Callable[[int], object], *, interval: float = INTERVAL
    ) -> Feed:
        """Call `callback` with the version number after every change of anybody.

        Parameters
        ----------
        callback : callable
            Called on a thread of the catalog; post to your loop from there.
        interval : float
            Seconds between two looks at the counter.

        Returns
        -------
        Feed
            Stop it with :meth:`Feed.stop`; :meth:`close` stops all of this catalog.
        """
        return self._feed_source.add(callback, interval)

    def close(self) -> None:
        """Stop feeds and give all connections back; the catalog can be used again."""
        self._feed_source.stop()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._database.shown} as {self.user}>"

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self._database.read() as session:
            yield session

    @contextmanager
    def _write(self) -> Iterator[Session]:
        with self._database.write() as session:
            yield session

    def _introduce(self) -> None:
        """Remember that this person uses the catalog."""
        with self._read() as session:
            known = session.scalar(select(User.name).where(User.name == self.user))
        if known is None:
            with self._write() as session:
                if session.get(User, self.user) is None:
                    session.add(User(name=self.user, full_name=""))
