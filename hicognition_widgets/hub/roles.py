"""Database roles of people: made with least rights, given a new password, removed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from hicognition_widgets.catalog.engine import Database, driver_arguments
from hicognition_widgets.errors import CatalogError, InputError, NotAllowed, NotFound
from hicognition_widgets.hub.names import role_name

PEOPLE = "hicognition_people"
OLDEST = 160_000
"""From PostgreSQL 16 on, who may make roles cannot thereby join any other role."""

CONNECTIONS = 30
"""Connections that one person may have; a kernel needs up to three."""


@dataclass(frozen=True)
class Removal:
    """What became of somebody's data.

    Attributes
    ----------
    user : str
    heir : str or None
        Who owns it now; None if it was deleted.
    rows : int
        How many things were handed over or deleted.
    """

    user: str
    heir: str | None
    rows: int


class Provisioner:
    """Makes and removes the database roles of people.

    Parameters
    ----------
    url : str
        ``postgresql+psycopg://hub:password@host/name``: a role with CREATEROLE that may
        grant ``hicognition_people`` and is a member of ``hicognition_hub``, nothing more.

    Raises
    ------
    InputError
        If this is no PostgreSQL catalog.
    """

    def __init__(self, url: str) -> None:
        database = Database(url)
        if database.is_sqlite:
            raise InputError(
                "people are roles of a PostgreSQL catalog; a SQLite file has none. Set "
                "HICOGNITION_CATALOG to the address of the role that may make roles"
            )
        self._url = database.url
        self._shown = database.shown

    def add(self, user: str) -> str:
        """Make a person's role, or give it a new password.

        Returns
        -------
        str
            The catalog's address for this person, with the password. The one before does
            not open the catalog any more.

        Raises
        ------
        InputError
            If the name cannot be a role, or is one that is not a person.
        NotAllowed
            If the hub's role may not do this, or may do too much.
        """
        name = role_name(user)
        password = secrets.token_urlsafe(32)
        role = sql.Identifier(name)
        with self._connection() as connection:
            _refuse_old_server(connection)
            # The password itself goes neither over the wire nor into the server's log.
            secret = connection.pgconn.encrypt_password(
                password.encode(), name.encode(), b"scram-sha-256"
            ).decode()
            if _is_person(connection, name):
                connection.execute(
                    sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(secret))
                )
            else:
                connection.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT "
                        "NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {} PASSWORD {}"
                    ).format(role, sql.Literal(CONNECTIONS), sql.Literal(secret))
                )
                connection.execute(
                    sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(
                        sql.Identifier(PEOPLE), role
                    )
                )
        return self._address(name, password)

    def remove(self, user: str, *, heir: str | None = None) -> Removal:
        """Remove a person's role, and hand over or delete what they own.

        What others use of deleted data stays as a name that says so. Stored results are
        deleted either way: they are trusted by who made them, and can be computed again.

        Parameters
        ----------
        user : str
        heir : str, optional
            A person who owns datasets, collections, sessions, annotations, assemblies,
            groups and shares from now on; None deletes them.

        Raises
        ------
        NotFound
            If one of them is not a person of this catalog.
        """
        name = role_name(user)
        with self._connection() as connection:
            for one in (name,) if heir is None else (name, role_name(heir)):
                if not _is_person(connection, one):
                    raise NotFound(f"there is nobody with the name {one!r} in {self._shown}")
            if heir == name:
                raise InputError("the data of somebody who leaves goes to somebody else")
            # No new connection from here on; the others end with the role.
            role = sql.Identifier(name)
            connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(role))
            if heir is None:
                call, values = "SELECT hicognition_forget(%s)", (name,)
            else:
                call, values = "SELECT hicognition_transfer(%s, %s)", (name, heir)  # type: ignore[assignment]
            row = connection.execute(call.encode(), values).fetchone()
            connection.execute(sql.SQL("DROP ROLE {}").format(role))
        return Removal(user=name, heir=heir, rows=0 if row is None else int(row[0]))

    def may_too_much(self) -> str | None:
        """Why this credential should not lie in a hub; None if it has least rights."""
        with self._connection() as connection:
            row = connection.execute(
                "SELECT r.rolsuper, r.rolbypassrls, EXISTS (SELECT FROM pg_class c"
                " WHERE c.relnamespace = CAST(current_schema() AS regnamespace)"
                " AND c.relname = 'alembic_version'"
                " AND pg_has_role(c.relowner, 'MEMBER'))"
                " FROM pg_roles r WHERE r.rolname = session_user"
            ).fetchone()
        superuser, bypasses, owns = row or (False, False, False)
        if superuser or bypasses:
            return "it is a superuser or may bypass row-level security"
        return "it is a member of the role that owns the tables" if owns else None

    def _address(self, name: str, password: str) -> str:
        url: URL = self._url.set(username=name, password=password)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(
                **driver_arguments(self._url),
                connect_timeout=10,
                application_name="hicognition hub",
            ) as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotAllowed(
                f"the role {self._url.username} of the catalog {self._shown} may not do this: "
                f"{str(error).splitlines()[0]}; deploy/jupyterhub/roles.sql says what it needs"
            ) from error
        except psycopg.errors.UndefinedObject as error:
            raise CatalogError(
                f"the catalog {self._shown} has no roles for people yet; its administrator "
                "has to run `hicognition catalog upgrade`"
            ) from error
        except psycopg.Error as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            raise CatalogError(f"the catalog {self._shown} reports: {reason}") from error


def _refuse_old_server(connection: psycopg.Connection[Any]) -> None:
    if connection.info.server_version < OLDEST:
        raise CatalogError(
            "the hub needs PostgreSQL 16 or newer: before, a role that may make roles could "
            "also make itself the owner of the tables"
        )


def _is_person(connection: psycopg.Connection[Any], name: str) -> bool:
    """Whether there is a role of this name; refuses those that are not people."""
    row = connection.execute(
        "SELECT r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication"
        " OR r.rolbypassrls, EXISTS (SELECT FROM pg_auth_members m"
        " JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid AND g.rolname = %s)"
        " FROM pg_roles r WHERE r.rolname = %s",
        (PEOPLE, name),
    ).fetchone()
    if row is None:
        return False
    powerful, member = row
    if powerful or not member:
        raise InputError(
            f"the database has a role {name!r} that is not a person of the catalog; "
            "this person needs another user name"
        )
    return True
