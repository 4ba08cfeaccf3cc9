"""From a file to a row of the catalog: read it, check it, then register it, or nothing."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from hicognition_widgets.catalog import AssemblyRecord, Catalog, DatasetRecord
from hicognition_widgets.errors import (
    DatasetNotice,
    FileError,
    GenomeMismatch,
    InputError,
    NotFound,
)
from hicognition_widgets.genome.assembly import BUILTIN, Assembly, builtin_assembly
from hicognition_widgets.genome.bed import read_regions, write_bed
from hicognition_widgets.genome.check import check_chromosomes, check_regions
from hicognition_widgets.genome.tables import RegionTable, regions_from_frame
from hicognition_widgets.sources.detect import detect
from hicognition_widgets.sources.fingerprint import fingerprint
from hicognition_widgets.sources.map_info import inspect_contact_map
from hicognition_widgets.sources.signal_track import inspect_signal_track
from hicognition_widgets.store import Store

_ENDINGS = {".gz", ".bed", ".bedpe", ".bw", ".bigwig", ".mcool", ".cool", ".narrowpeak"}


@dataclass(frozen=True)
class Details:
    """What is the same for every kind of dataset."""

    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    public: bool = False
    managed: bool = False
    repository: str | None = None
    sample_id: str | None = None
    source_url: str | None = None

    @property
    def kept(self) -> dict[str, Any]:
        """What goes into the catalog as it is."""
        return {
            "public": self.public,
            "description": self.description,
            "metadata": self.metadata,
            "repository": self.repository,
            "sample_id": self.sample_id,
            "source_url": self.source_url,
        }


def assembly(catalog: Catalog, built: Assembly) -> AssemblyRecord:
    """Register an assembly; one that is already there with the same chromosomes is reused."""
    return catalog.add_assembly(
        name=built.name,
        organism=built.organism,
        chromsizes=built.chromsizes,
        arms=[] if built.arms is None else view_rows(built.arms),
    )


def view_rows(view: pd.DataFrame) -> list[tuple[str, int, int, str]]:
    """Rows of a bioframe view as plain tuples (chrom, start, end, name)."""
    columns = [view[name].tolist() for name in ("chrom", "start", "end", "name")]
    return [(str(c), int(s), int(e), str(n)) for c, s, e, n in zip(*columns, strict=True)]


def known_assembly(catalog: Catalog, name: str) -> AssemblyRecord:
    """The assembly of that name, registering a built-in one on first use.

    Raises
    ------
    NotFound
        If it is neither registered nor built in.
    """
    try:
        return catalog.assembly(name)
    except NotFound:
        if name not in BUILTIN:
            raise NotFound(
                f'the assembly "{name}" is not registered; add it with '
                f"ws.add_assembly({name!r}, chromsizes=…) or use one of {', '.join(BUILTIN)}"
            ) from None
    return assembly(catalog, builtin_assembly(name))


def regions(
    catalog: Catalog,
    store: Store,
    source: str | Path | pd.DataFrame,
    *,
    assembly: AssemblyRecord,
    name: str | None,
    kind: Literal["point", "interval"],
    details: Details,
    origin: Mapping[str, Any] | None = None,
) -> DatasetRecord:
    """Register a region set.

    Raises
    ------
    FileError
        If the file cannot be read as regions.
    GenomeMismatch
        If none of its chromosomes is in the assembly.
    """
    if isinstance(source, pd.DataFrame):
        table = regions_from_frame(source)
        path, label, managed = _keep_frame(store, table), name or "regions", True
    else:
        path = _existing(source)
        table = read_regions(path)
        label, managed = name or _stem(path), details.managed
        if managed:
            path = store.add_managed(path)
        elif details.public and store.shared:
            refuse_unreadable(label, path)
    before = catalog.own_named(label, "regions")
    try:
        report = check_regions(table.frame, assembly.chromsizes, kind=kind)
        if len(table.frame) and not report.n_usable:
            raise GenomeMismatch(
                f'no region of "{label}" lies on the assembly {assembly.name}: '
                f"{'; '.join(report.sentences)}"
            )
        _tell(label, report.sentences)
        added = catalog.add_dataset(
            kind="regions",
            name=label,
            assembly=assembly.name,
            path=str(path),
            fingerprint=fingerprint(path),
            size=path.stat().st_size,
            modified=path.stat().st_mtime,
            dims=table.dims,
            region_kind=kind,
            n_regions=len(table.frame),
            managed=managed,
            origin=origin,
            **details.kept,
        )
    except BaseException:
        if managed:
            store.delete_managed(path)
        raise
    _drop_older_copy(store, before, added)
    return added


def feature(
    catalog: Catalog,
    store: Store,
    path: Path,
    *,
    assembly: AssemblyRecord,
    name: str | None,
    details: Details,
) -> DatasetRecord:
    """Register a signal track or a contact map.

    Raises
    ------
    FileError
        If the file is neither, or damaged.
    GenomeMismatch
        If none of its chromosomes is in the assembly.
    """
    path = _existing(path)
    label = name or _stem(path)
    kind = detect(path)
    resolutions: tuple[int, ...] = ()
    if kind == "regions":
        raise FileError(path, "holds regions, not a feature; use add_regions")
    notes: list[str] = []
    if kind == "contact_map":
        contact_map = inspect_contact_map(path)
        chromosomes, resolutions = contact_map.chromsizes, contact_map.resolutions
        notes += contact_map.notes
    else:
        chromosomes = inspect_signal_track(path).chromsizes
    try:
        notes += check_chromosomes(chromosomes, assembly.chromsizes).sentences
    except GenomeMismatch as error:
        raise GenomeMismatch(
            f'"{label}" does not fit the assembly {assembly.name}: {error}'
        ) from error
    _tell(label, notes)
    if details.managed:
        path = store.add_managed(path)
    elif details.public and store.shared:
        refuse_unreadable(label, path)
    before = catalog.own_named(label, ("signal_track", "contact_map"))
    try:
        added = catalog.add_dataset(
            kind=kind,
            name=label,
            assembly=assembly.name,
            path=str(path),
            fingerprint=fingerprint(path),
            size=path.stat().st_size,
            modified=path.stat().st_mtime,
            resolutions=resolutions,
            managed=details.managed,
            **details.kept,
        )
    except BaseException:
        if details.managed:
            store.delete_managed(path)
        raise
    _drop_older_copy(store, before, added)
    return added


def kept_in_store(catalog: Catalog, store: Store, record: DatasetRecord) -> DatasetRecord:
    """Put a copy of a dataset's file in the store and refer to that.

    Raises
    ------
    FileError
        If the file is not there any more, or is another one by now.
    """
    source = _existing(record.path)
    if fingerprint(source) != record.fingerprint:
        raise FileError(source, f'is not the file that "{record.name}" was added with')
    copy = store.add_managed(source)
    try:
        return catalog.update_dataset(
            record.id, path=str(copy), managed=True, modified=copy.stat().st_mtime
        )
    except BaseException:
        store.delete_managed(copy)
        raise


def refuse_unreadable(name: str, path: Path) -> None:
    """Refuse to publish a file that other people's accounts cannot open.

    Raises
    ------
    InputError
        Naming what is closed to them.
    """
    if os.name != "posix":
        return
    closed = [folder for folder in path.parents if not _open_to_all(folder, stat.S_IXOTH)]
    if not _open_to_all(path, stat.S_IROTH):
        closed.insert(0, path)
    if closed:
        raise InputError(
            f'others could not read the file of "{name}": {closed[-1]} is closed to '
            "them; open it, or publish with managed=True to keep a copy in the store"
        )


def _open_to_all(path: Path, mode: int) -> bool:
    try:
        return bool(path.stat().st_mode & mode)
    except OSError:
        return False


def moved(catalog: Catalog, store: Store, record: DatasetRecord, path: Path) -> DatasetRecord:
    """Tell the catalog that a dataset's file is somewhere else now; results are kept.

    Raises
    ------
    FileError
        If the file is not there, or has another content.
    """
    path = _existing(path)
    if fingerprint(path) != record.fingerprint:
        raise FileError(
            path, f'is not the file of "{record.name}"; register it as a dataset of its own'
        )
    now = catalog.update_dataset(
        record.id, path=str(path), modified=path.stat().st_mtime, managed=False
    )
    _drop_older_copy(store, record, now)
    return now


def _drop_older_copy(store: Store, before: DatasetRecord | None, now: DatasetRecord) -> None:
    """The same file added again lies elsewhere now: an older copy in the store is unused."""
    if before is not None and before.managed and before.path != now.path:
        store.delete_managed(before.path)


def file_changed(record: DatasetRecord) -> bool:
    """Whether a dataset's file is gone or holds something else than was registered.

    The content is looked at only where size or time of change differ.
    """
    try:
        found = Path(record.path).stat()
    except OSError:
        return True
    if (found.st_size, found.st_mtime) == (record.size, record.modified):
        return False
    return fingerprint(record.path) != record.fingerprint


def reread(catalog: Catalog, record: DatasetRecord) -> DatasetRecord:
    """Take a dataset's file as it is now; results of the old content no longer answer.

    Raises
    ------
    FileError
        If the file is gone, or is of another kind now.
    GenomeMismatch
        If it no longer lies on its assembly.
    NotAllowed
        If the dataset is somebody else's.
    """
    path = _existing(record.path)
    chromsizes = catalog.assembly(record.assembly).chromsizes
    changes: dict[str, Any] = {}
    if detect(path) != record.kind:
        raise FileError(path, f'no longer holds what "{record.name}" is; register it anew')
    if record.kind == "regions":
        table = read_regions(path)
        if table.dims != record.dims:
            raise FileError(path, f'has other columns than "{record.name}"; register it anew')
        check_regions(table.frame, chromsizes, kind=record.region_kind or "point")
        changes["n_regions"] = len(table.frame)
    elif record.kind == "contact_map":
        contact_map = inspect_contact_map(path)
        check_chromosomes(contact_map.chromsizes, chromsizes)
        changes["resolutions"] = contact_map.resolutions
    else:
        check_chromosomes(inspect_signal_track(path).chromsizes, chromsizes)
    found = path.stat()
    return catalog.update_dataset(
        record.id,
        fingerprint=fingerprint(path),
        size=found.st_size,
        modified=found.st_mtime,
        **changes,
    )


def _existing(source: str | Path) -> Path:
    path = Path(source).expanduser().absolute()
    if not path.is_file():
        raise FileError(path, "there is no such file")
    return path


def _keep_frame(store: Store, table: RegionTable) -> Path:
    """A DataFrame has no file of its own: the store keeps one."""
    ending = ".bedpe" if table.dims == 2 else ".bed"
    return store.add_managed_text(lambda path: write_bed(table.frame, path), suffix=ending)


def _stem(path: Path) -> str:
    name = path.name
    while (suffix := Path(name).suffix.lower()) in _ENDINGS:
        name = name[: -len(suffix)]
    return name or path.name


def _tell(label: str, sentences: Sequence[str]) -> None:
    """Say what is worth knowing; nothing of it stands in the way."""
    for sentence in sentences:
        warnings.warn(DatasetNotice(label, sentence), stacklevel=4)
