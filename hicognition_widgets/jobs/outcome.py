"""What became of a request: stored, or failed with a reason."""

from __future__ import annotations

import traceback as tracebacks
from dataclasses import dataclass, field

from hicognition_widgets.errors import Cancelled, HiCognitionError, JobError

MAX_TRACEBACK = 20_000


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A result that lies in the asker's folder.

    Attributes
    ----------
    key : str
    path : str
        Artifact relative to the store's root.
    digest : str
        Digest of its manifest.
    """

    key: str
    path: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why there is no result.

    Attributes
    ----------
    key : str
    type : str
        Class of the error.
    sentence : str
        What a person reads.
    traceback : str
        For those who ask.
    cancelled : bool
        Whether it was stopped on purpose.
    """

    key: str
    type: str
    sentence: str
    traceback: str = field(default="", repr=False)
    cancelled: bool = False

    @classmethod
    def of(cls, key: str, error: BaseException) -> Failure:
        """From an exception."""
        return cls(
            key=key,
            type=type(error).__name__,
            sentence=sentence(error),
            traceback="".join(tracebacks.format_exception(error))[-MAX_TRACEBACK:],
            cancelled=isinstance(error, Cancelled),
        )

    def error(self) -> JobError:
        """As an exception."""
        return Cancelled(self.sentence) if self.cancelled else ComputationFailed(self)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A result that an earlier try of the same task has handed over already.

    Attributes
    ----------
    key : str
    """

    key: str


class ComputationFailed(JobError):
    """A computation that failed; ``str()`` is the sentence.

    Attributes
    ----------
    failure : Failure
        With the original error's class and traceback.
    """

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.sentence)

    def __reduce__(self) -> tuple[object, ...]:
        return ComputationFailed, (self.failure,)


Outcome = Stored | Failure | Known


def sentence(error: BaseException) -> str:
    """One sentence about an error that may not have been meant for people."""
    if isinstance(error, HiCognitionError):
        return str(error)
    if isinstance(error, MemoryError):
        return "there was not enough memory; use fewer regions or larger bins"
    text = " ".join(str(error).split())[:300]
    name = type(error).__name__
    return (
        f"an unexpected error stopped the computation ({name}: {text})"
        if text
        else (f"an unexpected error stopped the computation ({name})")
    )
