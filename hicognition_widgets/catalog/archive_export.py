"""Writing an archive."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from hicognition_widgets.catalog.archive_format import (
    BLOCK,
    FORMAT,
    HEAD,
    KINDS,
    PAGE,
    ArchiveReport,
    ArchiveStore,
    as_text,
    pages,
)
from hicognition_widgets.catalog.models import Annotation
from hicognition_widgets.catalog.records import DatasetRecord, ResultRecord
from hicognition_widgets.errors import FileError

if TYPE_CHECKING:
    from hicognition_widgets.catalog.catalog import Catalog


def export_archive(
    catalog: Catalog,
    path: str | Path,
    store: ArchiveStore,
    *,
    sources: bool = False,
    digests: bool = True,
) -> ArchiveReport:
    """Write everything of yours into one file; it appears complete or not at all.

    Parameters
    ----------
    path : str or Path
        Must not exist yet.
    store : ArchiveStore
    sources : bool
        Also put the files in that are registered where they are. Managed ones always go.
    digests : bool
        Read every file completely and note its SHA-256.

    Raises
    ------
    FileError
        If the archive exists already or cannot be written.
    """
    path = Path(path)
    if path.exists():
        raise FileError(path, "exists already; choose another name for the archive")
    report = ArchiveReport()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=_folder_of(path))
    os.close(handle)
    scratch = Path(name)
    try:
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            writer = _Writer(archive, report)
            rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
            for kind, row in _exported_rows(catalog, store, writer, sources, digests):
                rows[kind].append(row)
                report.count(kind)
            for kind in KINDS:
                lines = "".join(json.dumps(row) + "\n" for row in rows[kind])
                archive.writestr(f"rows/{kind}.jsonl", lines)
            head = {
                "format": FORMAT,
                "owner": catalog.user,
                "exported": datetime.now(UTC).isoformat(timespec="seconds"),
                "files": writer.files,
            }
            archive.writestr(HEAD, json.dumps(head, indent=1))
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())
        os.link(scratch, path)
    except FileExistsError as error:
        raise FileError(path, "exists already; choose another name for the archive") from error
    except OSError as error:
        raise FileError(path, f"the archive cannot be written: {error.strerror}") from error
    finally:
        scratch.unlink(missing_ok=True)
    return report


class _Writer:
    """Puts files into an archive, each content once, and remembers their digests."""

    def __init__(self, archive: zipfile.ZipFile, report: ArchiveReport) -> None:
        self.archive = archive
        self.report = report
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, path: Path) -> str:
        """Name of the file inside the archive."""
        name = f"files/{len(self.files)}/{path.name}"
        digest, size = hashlib.sha256(), 0
        # Arrays and bigWigs are large and hardly compress further: stored as they are.
        info = zipfile.ZipInfo.from_file(path, name)
        info.compress_type = zipfile.ZIP_STORED
        with path.open("rb") as source, self.archive.open(info, "w") as target:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
                target.write(block)
        self.files[name] = {"sha256": digest.hexdigest(), "size": size}
        self.report.files += 1
        self.report.bytes += size
        return name


def _exported_rows(
    catalog: Catalog, store: ArchiveStore, writer: _Writer, sources: bool, digests: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    own = catalog.user
    used: set[int] = set()
    for dataset in pages(lambda **page: catalog.datasets(owner=own, order_by="id", **page)):
        used.add(dataset.assembly_id)
        yield "datasets", _dataset_row(dataset, writer, sources, digests)
        if dataset.kind == "regions":
            for annotation in _annotations(catalog, dataset.id):
                yield "annotations", annotation
    for assembly in catalog.assemblies():
        if assembly.owner == own or assembly.id in used:
            yield (
                "assemblies",
                {
                    "id": assembly.id,
                    "name": assembly.name,
                    "organism": assembly.organism,
                    "chromsizes": dict(assembly.chromsizes),
                    "arms": [list(arm) for arm in assembly.arms],
                },
            )
    for group in pages(lambda **page: catalog.collections(owner=own, order_by="id", **page)):
        yield (
            "collections",
            {
                "id": group.id,
                "name": group.name,
                "kind": group.kind,
                "description": group.description,
                "public": group.public,
                "members": [_reference(member) for member in group.members],
            },
        )
    for listed in pages(lambda **page: catalog.sessions(owner=own, **page)):
        saved = catalog.session(listed.id)
        yield (
            "sessions",
            {
                "name": saved.name,
                "description": saved.description,
                "public": saved.public,
                "spec": dict(saved.spec),
                "datasets": [_reference(one) for one in saved.datasets],
                "collections": [one.id for one in saved.collections],
                "thumbnail": None if saved.thumbnail is None else as_text(saved.thumbnail),
            },
        )
    before: int | None = None
    while page := catalog.results(limit=PAGE, before=before):
        for listed_result in page:
            result = catalog.result(listed_result.id)
            row = _result_row(result, store, writer)
            if row is not None:
                yield "results", row
        before = page[-1].id


def _dataset_row(
    dataset: DatasetRecord, writer: _Writer, sources: bool, digests: bool
) -> dict[str, Any]:
    from hicognition_widgets.sources.fingerprint import full_digest

    row: dict[str, Any] = {
        name: getattr(dataset, name)
        for name in (
            "id",
            "kind",
            "name",
            "assembly",
            "assembly_id",
            "path",
            "fingerprint",
            "public",
            "managed",
            "size",
            "modified",
            "dims",
            "region_kind",
            "n_regions",
            "description",
            "origin",
            "repository",
            "sample_id",
            "source_url",
        )
    }
    row |= {
        "resolutions": list(dataset.resolutions),
        "metadata": dict(dataset.metadata),
        "file": None,
        "sha256": None,
    }
    path = Path(dataset.path)
    try:
        if dataset.managed or sources:
            row["file"] = writer.add(path)
            row["sha256"] = writer.files[row["file"]]["sha256"]
        elif digests:
            row["sha256"] = full_digest(path)
    except (OSError, FileError) as error:
        writer.report.notes.append(
            f"the file of {dataset.name!r} is not in the archive: {error}"
        )
    return row


def _result_row(
    result: ResultRecord, store: ArchiveStore, writer: _Writer
) -> dict[str, Any] | None:
    row: dict[str, Any] = {
        "key": result.key,
        "analysis": result.analysis,
        "request": dict(result.request),
        "meta": dict(result.meta),
        "inputs": list(result.inputs),
        "digest": result.digest,
        "payload": None if result.payload is None else as_text(result.payload),
        "files": None,
    }
    if result.artifact is not None:
        folder = store.root / result.artifact
        try:
            row["files"] = [writer.add(path) for path in sorted(folder.iterdir())]
        except OSError as error:
            writer.report.notes.append(
                f"the stored {result.analysis} {result.key[:12]} is not in the archive: {error}"
            )
            return None
    return row


def _annotations(catalog: Catalog, dataset: int) -> list[dict[str, Any]]:
    with catalog._read() as session:
        rows = session.scalars(
            select(Annotation)
            .options(undefer(Annotation.packed))
            .where(Annotation.dataset_id == dataset, Annotation.owner == catalog.user)
            .order_by(Annotation.id)
        )
        return [
            {
                "dataset": dataset,
                "name": row.name,
                "kind": row.kind,
                "n": row.n,
                "levels": list(row.levels),
                "source": row.source,
                "packed": as_text(row.packed),
            }
            for row in rows
        ]


def _reference(dataset: DatasetRecord) -> dict[str, Any]:
    return {"id": dataset.id, "name": dataset.name, "fingerprint": dataset.fingerprint}


def _folder_of(path: Path) -> Path:
    folder = path.absolute().parent
    if not folder.is_dir():
        raise FileError(path, "its folder does not exist")
    return folder
