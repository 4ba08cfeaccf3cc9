"""Do catalog and store tell the same story? Finds what is missing, left over or damaged.

Works on what one person owns: rows and files of others are theirs to check.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import select

from hicognition_widgets.catalog.check_report import CheckReport, Problem
from hicognition_widgets.catalog.check_rows import (
    database_problems,
    stopped_jobs,
    tombstones,
)
from hicognition_widgets.catalog.models import Dataset, Result
from hicognition_widgets.errors import StoreError

if TYPE_CHECKING:
    from hicognition_widgets.catalog.catalog import Catalog

SETTLED_SECONDS = 24 * 3600.0
"""Files younger than this may belong to work that is still going on."""

_PAGE = 500


class StoreFiles(Protocol):
    """What is needed of a store.

    Results are folders in ``folder/results``, managed files lie in
    ``folder/files/<random>/<name>``; both go by their path relative to `root`.
    """

    root: Path
    folder: Path

    def read(self, what: str, *, digest: str | None = None, verify: bool = True) -> object:
        """Read a result; raises StoreError if it is missing or damaged."""
        ...

    def delete(self, what: str) -> None:
        """Remove a result."""
        ...

    def delete_managed(self, path: Path | str) -> None:
        """Remove a managed file with its folder."""
        ...

    def leftovers(self) -> list[Path]:
        """What killed writers left behind."""
        ...

    def clean(self) -> list[Path]:
        """Remove what killed writers left behind."""
        ...


def check_catalog(
    catalog: Catalog,
    store: StoreFiles,
    *,
    repair: bool = False,
    verify: bool = True,
    settled_seconds: float = SETTLED_SECONDS,
) -> CheckReport:
    """Compare your rows with your files.

    Parameters
    ----------
    catalog : Catalog
    store : StoreFiles
        Your store.
    repair : bool
        Forget results that cannot be read (they are computed again when asked for),
        remove files that no row knows, tombstones that nobody needs, and what killed
        processes left. Source files are never touched.
    verify : bool
        Also read every stored result and compare digests.
    settled_seconds : float
        How old a file without a row has to be to count as left over.
    """
    problems: list[Problem] = []

    def report(problem: Problem, mend: bool) -> None:
        problems.append(replace(problem, repaired=repair and mend and problem.repairable))

    for problem in database_problems(catalog):
        report(problem, False)
    known: set[str] = set()
    results = 0
    for row in _results(catalog):
        results += 1
        if row.artifact is not None:
            known.add(row.artifact)
        found = _result_problem(row, store, verify)
        if found is not None:
            if repair:
                catalog.delete_result(row.id)
            report(found, True)
    files: set[Path] = set()
    datasets = 0
    for dataset in _datasets(catalog):
        datasets += 1
        path = Path(dataset.path)
        if dataset.managed:
            files.add(path.absolute())
        found = _file_problem(dataset, path)
        if found is not None:
            report(found, False)
    for problem, path in _left_over(store, known, files, settled_seconds):
        if repair:
            _remove(store, path)
        report(problem, True)
    for left in store.clean() if repair else store.leftovers():
        report(
            Problem(
                kind="unfinished work",
                sentence=f"{left} was left by a process that was stopped",
                remedy="it is removed",
            ),
            True,
        )
    for problem in tombstones(catalog, repair):
        report(problem, True)
    for problem in stopped_jobs(catalog, repair):
        report(problem, True)
    return CheckReport(problems=tuple(problems), datasets=datasets, results=results)


@dataclass(frozen=True)
class _StoredRow:
    id: int
    key: str
    analysis: str
    artifact: str | None
    payload: bytes | None
    digest: str


def _results(catalog: Catalog) -> Iterator[_StoredRow]:
    last = 0
    while True:
        with catalog._read() as session:
            page = session.execute(
                select(
                    Result.id,
                    Result.key,
                    Result.analysis,
                    Result.artifact,
                    Result.payload,
                    Result.digest,
                )
                .where(Result.owner == catalog.user, Result.id > last)
                .order_by(Result.id)
                .limit(_PAGE)
            ).all()
        if not page:
            return
        for row in page:
            yield _StoredRow(*row)
        last = page[-1].id


def _result_problem(row: _StoredRow, store: StoreFiles, verify: bool) -> Problem | None:
    name = f"the stored {row.analysis} {row.key[:12]}"
    remedy = "it is forgotten, and computed again when somebody asks for it"
    if row.artifact is None:
        if row.payload is None:
            return Problem(
                kind="result missing", sentence=f"{name} holds nothing", remedy=remedy
            )
        if verify and hashlib.sha256(row.payload).hexdigest() != row.digest:
            return Problem(
                kind="result damaged",
                sentence=f"{name} in the catalog is not what was stored",
                remedy=remedy,
            )
        return None
    if not (store.root / row.artifact).is_dir():
        return Problem(
            kind="result missing",
            sentence=f"{name} is not in the store ({store.root / row.artifact})",
            remedy=remedy,
        )
    try:
        if verify:
            store.read(row.artifact, digest=row.digest)
    except StoreError as error:
        return Problem(kind="result damaged", sentence=str(error), remedy=remedy)
    return None


@dataclass(frozen=True)
class _FileRow:
    id: int
    name: str
    path: str
    managed: bool
    size: int
    modified: float


def _datasets(catalog: Catalog) -> Iterator[_FileRow]:
    last = 0
    while True:
        with catalog._read() as session:
            page = session.execute(
                select(
                    Dataset.id,
                    Dataset.name,
                    Dataset.path,
                    Dataset.managed,
                    Dataset.size,
                    Dataset.modified,
                )
                .where(
                    Dataset.owner == catalog.user,
                    Dataset.deleted.is_(None),
                    Dataset.id > last,
                )
                .order_by(Dataset.id)
                .limit(_PAGE)
            ).all()
        if not page:
            return
        for row in page:
            yield _FileRow(*row)
        last = page[-1].id


def _file_problem(dataset: _FileRow, path: Path) -> Problem | None:
    try:
        found = path.stat()
    except OSError as error:
        return Problem(
            kind="file missing",
            sentence=f"the file of {dataset.name!r} cannot be read: {path}: {error.strerror}",
            remedy="put it back, tell the catalog its new path, or delete the dataset",
            repairable=False,
        )
    if dataset.size and found.st_size != dataset.size:
        return Problem(
            kind="file changed",
            sentence=(
                f"the file of {dataset.name!r} has {found.st_size:,} bytes, but had "
                f"{dataset.size:,} when it was added: {path}"
            ),
            remedy="add it again under another name, or put the old file back",
            repairable=False,
        )
    return None


def _left_over(
    store: StoreFiles, known: set[str], files: set[Path], settled: float
) -> Iterator[tuple[Problem, Path]]:
    for path in _old_entries(store.folder / "results", settled):
        if path.relative_to(store.root).as_posix() not in known:
            yield (
                Problem(
                    kind="result left over",
                    sentence=f"no row of the catalog knows the stored result {path}",
                    remedy="it is removed",
                ),
                path,
            )
    used = {path.parent for path in files}
    for path in _old_entries(store.folder / "files", settled):
        if path.absolute() not in used:
            yield (
                Problem(
                    kind="file left over",
                    sentence=f"no dataset uses the managed file in {path}",
                    remedy="it is removed",
                ),
                path,
            )


def _old_entries(folder: Path, settled: float) -> list[Path]:
    if not folder.is_dir():
        return []
    limit = time.time() - settled
    return sorted(path for path in folder.iterdir() if path.stat().st_mtime <= limit)


def _remove(store: StoreFiles, path: Path) -> None:
    if path.parent.name == "results":
        store.delete(path.relative_to(store.root).as_posix())
        return
    # Whatever the file in it is called: the folder goes.
    store.delete_managed(path / "file")
