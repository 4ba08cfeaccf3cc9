"""The sentences people read when something goes wrong.

Every error this package raises on purpose derives from :class:`HiCognitionError`,
and ``str(error)`` is one sentence that says what happened, where, and what to do.
The command line and the views show that sentence as it is; the traceback is kept
for those who ask.
"""

from __future__ import annotations

from pathlib import Path


class HiCognitionError(Exception):
    """Base of all errors raised on purpose; ``str()`` is the sentence a user reads."""


class InputError(HiCognitionError, ValueError):
    """An argument or a combination of arguments that cannot work."""


class FileError(InputError):
    """A file that is not what it claims to be.

    Parameters
    ----------
    path : str or Path
        The file.
    problem : str
        What is wrong and what to do, without the file's name.
    line, column : int, optional
        Where, both counted from 1.
    """

    def __init__(
        self,
        path: str | Path,
        problem: str,
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.path = str(path)
        self.problem = problem
        self.line = line
        self.column = column
        where = self.path
        if line is not None:
            where += f", line {line}"
        if column is not None:
            where += f", column {column}"
        super().__init__(f"{where}: {problem}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_file_error, (self.path, self.problem, self.line, self.column)


def _rebuild_file_error(
    path: str, problem: str, line: int | None, column: int | None
) -> FileError:
    return FileError(path, problem, line=line, column=column)


class GenomeMismatch(InputError):
    """Chromosomes of two inputs do not fit together."""


class DatasetNotice(UserWarning):
    """Something worth knowing about a file that was registered all the same."""

    def __init__(self, dataset: str, sentence: str) -> None:
        self.dataset = dataset
        self.sentence = sentence
        super().__init__(f"{dataset}: {sentence}")


class CatalogWarning(UserWarning):
    """The catalog works, but something about it is worth knowing."""


class NotFound(HiCognitionError, LookupError):
    """Something was asked for that is not there, or not visible to you."""


class AmbiguousName(NotFound):
    """A name that fits several objects; the sentence lists the choices."""


class NotAllowed(HiCognitionError, PermissionError):
    """The object exists, but this user may not do that with it."""


class CatalogError(HiCognitionError):
    """The catalog database cannot be used (version, connection, disk)."""


class StoreError(HiCognitionError):
    """A stored result is missing, damaged or cannot be written."""


class StoreFull(StoreError):
    """The disk of the store is full."""


class SettingsError(HiCognitionError):
    """A setting (environment, file or argument) that cannot work."""


class JobError(HiCognitionError):
    """A computation that failed; the sentence says why."""


class Cancelled(JobError):
    """A computation that was stopped because somebody asked for it."""
