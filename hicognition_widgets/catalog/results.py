"""Results: found by their key, kept once per person, reused only from trusted producers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload, undefer

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.engine import nothing_changed
from hicognition_widgets.catalog.models import Dataset, Result, ResultInput
from hicognition_widgets.catalog.records import ResultRecord
from hicognition_widgets.catalog.rights import (
    trusted_results,
    visible_datasets,
    visible_results,
)
from hicognition_widgets.catalog.text import clean_json, clean_text
from hicognition_widgets.errors import InputError, NotAllowed, NotFound

PAYLOAD_LIMIT = 2**20
"""Largest result in bytes that is kept in the database."""


class ResultCalls(CatalogCore):
    """What a catalog can do with results."""

    def find_result(self, key: str) -> ResultRecord | None:
        """The result with this key, if somebody you trust made it; your own first.

        You trust yourself, the compute roles named when the catalog was opened, and the
        owner of a session you opened, for results made from that session's data alone.
        """
        with self._read() as session:
            row = session.scalars(
                _with_everything()
                .where(Result.key == key, trusted_results(self.user, self.trusted, self._asker))
                .order_by(Result.owner != self.user, Result.id)
                .limit(1)
            ).first()
            return None if row is None else result_record(row)

    def find_results(self, keys: Sequence[str]) -> dict[str, ResultRecord]:
        """The trusted results among these keys, without their payloads."""
        found: dict[str, ResultRecord] = {}
        with self._read() as session:
            for start in range(0, len(keys), 500):  # databases limit a query's parameters
                rows = session.scalars(
                    _with_inputs()
                    .where(
                        Result.key.in_(keys[start : start + 500]),
                        trusted_results(self.user, self.trusted, self._asker),
                    )
                    .order_by(Result.owner != self.user, Result.id)
                )
                for row in rows:
                    found.setdefault(row.key, result_record(row, payload=False))
        return found

    def add_result(
        self,
        *,
        key: str,
        analysis: str,
        request: Mapping[str, Any],
        meta: Mapping[str, Any],
        inputs: Sequence[int],
        artifact: str | None = None,
        payload: bytes | None = None,
        digest: str,
    ) -> ResultRecord:
        """Record a result of yours; a second one with the same key changes nothing.

        Parameters
        ----------
        key : str
        analysis : str
        request, meta : mapping
            Plain data.
        inputs : sequence of int
            Numbers of the datasets it was computed from; you may see all of them.
        artifact : str, optional
            Folder of a large result, relative to the root of the store.
        payload : bytes, optional
            A small result itself, at most :data:`PAYLOAD_LIMIT` bytes.
        digest : str

        Returns
        -------
        ResultRecord
            The one that is kept. If its `artifact` is not the given one, somebody of
            yours was faster, and the given folder is not needed.

        Raises
        ------
        InputError
            If it has neither or both of artifact and payload, or no inputs.
        NotFound
            If an input is not there or out of sight.
        """
        if (artifact is None) == (payload is None):
            raise InputError("a result has either a payload or an artifact")
        if payload is not None and len(payload) > PAYLOAD_LIMIT:
            raise InputError(
                f"a result of {len(payload):,} bytes is too large for the database "
                f"(at most {PAYLOAD_LIMIT:,}); keep it as an artifact"
            )
        numbers = list(dict.fromkeys(int(number) for number in inputs))
        if not numbers:
            raise InputError("a result needs the datasets it was computed from")
        row = Result(
            owner=self.user,
            key=clean_text(key, "a result's key", 128),
            analysis=clean_text(analysis, "the name of an analysis", 32),
            request=clean_json(dict(request), "the request"),
            meta=clean_json(dict(meta), "meta"),
            artifact=None if artifact is None else _checked_artifact(artifact),
            payload=None if payload is None else bytes(payload),
            digest=clean_text(digest, "a digest", 128),
            size=len(payload) if payload is not None else 0,
            inputs=[
                ResultInput(position=i, dataset_id=number) for i, number in enumerate(numbers)
            ],
        )
        with self._write() as session:
            present = _own(session, self.user, key)
            if present is None and not self._database.is_sqlite:
                # Another kernel of the same person may be adding it right now.
                session.execute(
                    select(
                        func.pg_advisory_xact_lock(func.hashtextextended(self.user + key, 0))
                    )
                )
                present = _own(session, self.user, key)
            if present is not None:
                nothing_changed(session)
                return result_record(present)
            seen = session.scalars(
                select(Dataset.id).where(
                    Dataset.id.in_(numbers),
                    Dataset.deleted.is_(None),
                    visible_datasets(self._asker),
                )
            ).all()
            missing = sorted(set(numbers) - set(seen))
            if missing:
                raise NotFound(
                    f"there is no dataset with the number {missing[0]} that you can see"
                )
            session.add(row)
            session.flush()
            return result_record(row)

    def result(self, result_id: int) -> ResultRecord:
        """One result by number, whoever made it, if you may see all its inputs.

        Raises
        ------
        NotFound
        """
        with self._read() as session:
            row = session.scalars(
                _with_everything().where(Result.id == result_id, visible_results(self._asker))
            ).first()
            if row is None:
                raise NotFound(f"there is no result with the number {result_id}")
            return result_record(row)

    def results(
        self,
        *,
        dataset: int | None = None,
        analysis: str | None = None,
        own: bool = True,
        limit: int = 100,
        before: int | None = None,
    ) -> list[ResultRecord]:
        """Results without their payloads, newest first.

        Parameters
        ----------
        dataset : int, optional
            Only those computed from this dataset.
        analysis : str, optional
        own : bool
            Only your own; otherwise all whose inputs you may see.
        limit : int
        before : int, optional
            Number of the last result of the page before.
        """
        query = _with_inputs()
        if own:
            query = query.where(Result.owner == self.user)
        else:
            query = query.where(visible_results(self._asker))
        if dataset is not None:
            of_it = select(ResultInput.result_id).where(ResultInput.dataset_id == dataset)
            query = query.where(Result.id.in_(of_it))
        if analysis is not None:
            query = query.where(Result.analysis == analysis)
        if before is not None:
            query = query.where(Result.id < before)
        with self._read() as session:
            rows = session.scalars(query.order_by(Result.id.desc()).limit(limit))
            return [result_record(row, payload=False) for row in rows]

    def delete_result(self, result_id: int) -> str | None:
        """Forget a result of yours.

        Returns
        -------
        str or None
            Its artifact, relative to the root of the store, which can be removed now.

        Raises
        ------
        NotFound, NotAllowed
        """
        with self._write() as session:
            row = session.get(Result, result_id)
            if row is None or not _visible(session, row, self._asker):
                raise NotFound(f"there is no result with the number {result_id}")
            if row.owner != self.user:
                raise NotAllowed(
                    f"result {result_id} belongs to {row.owner}; only its owner can delete it"
                )
            artifact = row.artifact
            session.delete(row)
            return artifact


def result_record(row: Result, *, payload: bool = True) -> ResultRecord:
    """The row as a record."""
    return ResultRecord(
        id=row.id,
        key=row.key,
        analysis=row.analysis,
        producer=row.owner,
        meta=row.meta,
        request=row.request,
        inputs=tuple(part.dataset_id for part in row.inputs),
        artifact=row.artifact,
        payload=row.payload if payload else None,
        digest=row.digest,
        size=row.size,
        created=row.created,
    )


def _visible(session: Session, row: Result, user: str | None) -> bool:
    query = select(Result.id).where(Result.id == row.id, visible_results(user))
    return session.scalar(query) is not None


def _with_inputs() -> Select[Result]:
    return select(Result).options(selectinload(Result.inputs))


def _with_everything() -> Select[Result]:
    return _with_inputs().options(undefer(Result.payload))


def _own(session: Session, user: str, key: str) -> Result | None:
    query = _with_everything().where(Result.owner == user, Result.key == key)
    return session.scalars(query).first()


def _checked_artifact(artifact: str) -> str:
    """A path below the root of the store, and nothing that climbs out of it."""
    text = clean_text(artifact, "an artifact's path", 4096)
    parts = text.replace("\\", "/").split("/")
    if not text or text.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
        raise InputError(f"{artifact!r} is not a path inside the store")
    return text
