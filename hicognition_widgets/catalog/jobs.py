"""Jobs and tasks: what is being computed, what failed and why."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast, get_args

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.engine import nothing_changed
from hicognition_widgets.catalog.job_records import (
    ACTIVE_STATES,
    JobRecord,
    JobState,
    TaskChange,
    TaskRecord,
)
from hicognition_widgets.catalog.models import Job, Task, now
from hicognition_widgets.catalog.rights import owned
from hicognition_widgets.catalog.text import TEXT_LENGTH, clean_json, clean_text
from hicognition_widgets.errors import InputError, NotFound

STATES: tuple[JobState, ...] = get_args(JobState)


class JobCalls(CatalogCore):
    """What a catalog can do with jobs; everybody sees only their own."""

    def add_job(
        self,
        *,
        title: str,
        total: int,
        request: Mapping[str, Any],
        tasks: Sequence[str] | Mapping[str, str] = (),
    ) -> JobRecord:
        """Record a piece of bulk work, queued, run by this process.

        Parameters
        ----------
        title : str
        total : int
            Number of tasks.
        request : mapping
            Plain data that is enough to do the work again.
        tasks : sequence of str, or mapping of str to str
            Keys of the tasks, if they are known, perhaps with their titles; recorded as
            queued.
        """
        with self._write() as session:
            row = Job(
                owner=self.user,
                title=clean_text(title, "the title of a job"),
                state="queued",
                total=int(total),
                done=0,
                failed=0,
                message="",
                request=clean_json(dict(request), "the request"),
                process=this_process(),
            )
            session.add(row)
            session.flush()
            _queue(session, row.id, tasks)
            return job_record(row)

    def restart_job(
        self, job_id: int, *, tasks: Sequence[str] | Mapping[str, str]
    ) -> JobRecord:
        """Record that a job of yours goes on with these tasks; those that ended well stay."""
        with self._write() as session:
            row = _own_job(session, job_id, self.user)
            row.state, row.finished, row.failed = "running", None, 0
            row.process = this_process()
            row.updated = now()
            session.execute(delete(Task).where(Task.job_id == job_id, Task.state != "finished"))
            _queue(session, job_id, tasks)
            return job_record(row)

    def update_job(
        self,
        job_id: int,
        *,
        state: JobState | None = None,
        done: int | None = None,
        failed: int | None = None,
        total: int | None = None,
        message: str | None = None,
        title: str | None = None,
    ) -> JobRecord:
        """Tell how a job of yours is going; what is not given stays.

        Called without anything, it says that the job is alive. With the end of a job its
        open tasks end too.
        """
        with self._write() as session:
            row = _own_job(session, job_id, self.user)
            if state is not None:
                row.state = _checked_state(state)
                row.finished = None if state in ACTIVE_STATES else now()
                if state in ACTIVE_STATES:
                    row.process = this_process()
                else:
                    _end_tasks(session, [job_id], state)
            if message is not None:
                row.message = clean_text(message, "a message")
            if title is not None:
                row.title = clean_text(title, "the title of a job")
            for field, value in (("done", done), ("failed", failed), ("total", total)):
                if value is not None:
                    setattr(row, field, int(value))
            row.updated = now()
            session.flush()
            return job_record(row)

    def job(self, job_id: int) -> JobRecord:
        """One job of yours."""
        with self._read() as session:
            return job_record(_own_job(session, job_id, self.user))

    def jobs(
        self, active: bool | None = None, *, limit: int | None = None, offset: int = 0
    ) -> list[JobRecord]:
        """Your jobs, newest first.

        Parameters
        ----------
        active : bool, optional
            True: queued or running ones; False: the others; None: all.
        """
        query = select(Job).where(Job.owner == self.user)
        if active is not None:
            condition = Job.state.in_(ACTIVE_STATES)
            query = query.where(condition if active else ~condition)
        with self._read() as session:
            rows = session.scalars(
                query.order_by(Job.id.desc()).limit(limit).offset(offset or None)
            )
            return [job_record(row) for row in rows]

    def delete_job(self, job_id: int) -> None:
        """Forget a job of yours and its tasks; results stay."""
        with self._write() as session:
            session.delete(_own_job(session, job_id, self.user))

    def interrupt_jobs(self, *, silent_for: float = 120.0) -> list[JobRecord]:
        """Mark active jobs that nobody has spoken of for a while as interrupted.

        Parameters
        ----------
        silent_for : float
            Seconds since the job was last updated.
        """
        with self._write() as session:
            rows = session.scalars(
                select(Job).where(
                    Job.owner == self.user,
                    Job.state.in_(ACTIVE_STATES),
                    Job.updated < now() - timedelta(seconds=silent_for),
                )
            ).all()
            if not rows:
                nothing_changed(session)
            for row in rows:
                row.state = "interrupted"
                row.finished = now()
                row.message = "the notebook that ran it has stopped"
            numbers = [row.id for row in rows]
            _end_tasks(session, numbers, "interrupted")
            session.flush()
            return [job_record(row) for row in rows]

    def add_task(
        self, job_id: int, *, key: str, title: str = "", state: JobState = "queued"
    ) -> TaskRecord:
        """Record one step of a job of yours; the same key twice is one task."""
        with self._write() as session:
            _own_job(session, job_id, self.user)
            row = session.scalars(
                select(Task).where(Task.job_id == job_id, Task.key == key)
            ).first()
            if row is None:
                row = Task(
                    job_id=job_id,
                    key=clean_text(key, "a task's key", 128),
                    title=clean_text(title, "the title of a task"),
                    state=_checked_state(state),
                    error_type="",
                    error="",
                    traceback="",
                    tries=0,
                )
                session.add(row)
                session.flush()
            else:
                nothing_changed(session)
            return task_record(row)

    def update_task(
        self,
        task_id: int,
        *,
        state: JobState | None = None,
        error_type: str | None = None,
        error: str | None = None,
        traceback: str | None = None,
        tries: int | None = None,
    ) -> TaskRecord:
        """Tell how one step is going; what is not given stays.

        Parameters
        ----------
        error_type, error, traceback : str, optional
            Class of the error, its sentence, and the traceback for those who ask.
        tries : int, optional
            How often it was started.
        """
        with self._write() as session:
            row = session.get(Task, task_id)
            if row is None:
                raise NotFound(f"there is no task with the number {task_id}")
            _own_job(session, row.job_id, self.user)
            if state is not None:
                row.state = _checked_state(state)
            for field, value in (
                ("error_type", error_type),
                ("error", error),
                ("traceback", traceback),
            ):
                if value is not None:
                    setattr(row, field, _quoted(value, field))
            if tries is not None:
                row.tries = int(tries)
            session.flush()
            return task_record(row)

    def update_tasks(self, job_id: int, changes: Mapping[str, TaskChange]) -> None:
        """Tell how many steps of a job of yours are going, in one transaction.

        Parameters
        ----------
        job_id : int
        changes : mapping of str to TaskChange
            By the tasks' keys; keys that the job does not have are passed over.
        """
        with self._write() as session:
            _own_job(session, job_id, self.user)
            rows = session.scalars(
                select(Task).where(Task.job_id == job_id, Task.key.in_(list(changes)))
            ).all()
            if not rows:
                nothing_changed(session)
            for row in rows:
                change = changes[row.key]
                row.state = _checked_state(change.state)
                row.error_type = _quoted(change.error_type, "error_type")
                row.error = _quoted(change.error, "error")
                row.traceback = _quoted(change.traceback, "traceback")
                row.tries = change.tries
            session.flush()

    def tasks(
        self,
        job_id: int,
        *,
        state: JobState | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[TaskRecord]:
        """Steps of a job of yours, in the order they were added."""
        query = select(Task).where(Task.job_id == job_id)
        if state is not None:
            query = query.where(Task.state == _checked_state(state))
        with self._read() as session:
            _own_job(session, job_id, self.user)
            rows = session.scalars(query.order_by(Task.id).limit(limit).offset(offset or None))
            return [task_record(row) for row in rows]

    def task_counts(self, job_id: int) -> dict[str, int]:
        """Number of a job's tasks per state."""
        query = select(Task.state, func.count()).where(Task.job_id == job_id)
        with self._read() as session:
            _own_job(session, job_id, self.user)
            rows = session.execute(query.group_by(Task.state))
            return {row.state: row[1] for row in rows}


def this_process() -> str:
    """Host and process number, to say who runs a job."""
    return f"{socket.gethostname()}:{os.getpid()}"


def job_record(row: Job) -> JobRecord:
    """The row as a record."""
    return JobRecord(
        id=row.id,
        title=row.title,
        owner=row.owner,
        state=cast("JobState", row.state),
        total=row.total,
        done=row.done,
        failed=row.failed,
        message=row.message,
        request=row.request,
        process=row.process,
        created=row.created,
        updated=row.updated,
        finished=row.finished,
    )


def task_record(row: Task) -> TaskRecord:
    """The row as a record."""
    return TaskRecord(
        id=row.id,
        job_id=row.job_id,
        key=row.key,
        title=row.title,
        state=cast("JobState", row.state),
        error_type=row.error_type,
        error=row.error,
        traceback=row.traceback,
        tries=row.tries,
        updated=row.updated,
    )


def _queue(session: Session, job_id: int, tasks: Sequence[str] | Mapping[str, str]) -> None:
    titles = tasks if isinstance(tasks, Mapping) else dict.fromkeys(tasks, "")
    session.add_all(
        Task(
            job_id=job_id,
            key=clean_text(key, "a task's key", 128),
            title=clean_text(title, "the title of a task"),
            state="queued",
        )
        for key, title in titles.items()
    )
    session.flush()


def _end_tasks(session: Session, jobs: Sequence[int], state: JobState) -> None:
    """No task of a job that is over is left open."""
    session.execute(
        update(Task)
        .where(Task.job_id.in_(jobs), Task.state.in_(ACTIVE_STATES))
        .values(state=state, updated=now())
    )


def _quoted(text: str, field: str) -> str:
    """Text of an error, which quotes whatever was in the data."""
    sound = text.replace("\x00", "�").encode("utf-8", "replace").decode()
    return clean_text(sound[:TEXT_LENGTH], field)


def _own_job(session: Session, job_id: int, user: str) -> Job:
    return owned(session, Job, job_id, user, "job")


def _checked_state(state: str) -> str:
    if state not in STATES:
        raise InputError(f"{state!r} is not a state of a job; states are {', '.join(STATES)}")
    return state
