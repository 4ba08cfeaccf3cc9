"""Merging an archive into a catalog."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hicognition_widgets.catalog.archive_format import (
    KINDS,
    ArchiveReport,
    ArchiveStore,
    as_bytes,
    pages,
)
from hicognition_widgets.catalog.archive_reader import ArchiveReader
from hicognition_widgets.catalog.dataset_rows import FEATURES
from hicognition_widgets.errors import FileError, InputError, StoreError

if TYPE_CHECKING:
    from hicognition_widgets.catalog.catalog import Catalog

Spec = Mapping[str, Any]
Translate = Callable[[Spec, Mapping[int, int]], Spec]
"""A session's spec with the numbers of its datasets exchanged, old ones to new ones."""


def import_archive(
    catalog: Catalog,
    path: str | Path,
    store: ArchiveStore,
    *,
    translate: Translate | None = None,
) -> ArchiveReport:
    """Merge an archive into a catalog; everything will be yours, and private unless public.

    What is there already (same content, same name) is used as it is, so an import that was
    stopped can be run again. Names that are taken by other content get a number.

    Parameters
    ----------
    path : str or Path
    store : ArchiveStore
        Your store; managed files and results go there.
    translate : callable, optional
        Exchanges the numbers of datasets in a session's spec.

    Raises
    ------
    FileError
        If it is not an archive, or a file in it is damaged; nothing is imported then.
    CatalogError
        If it was made by a newer program.
    """
    path = Path(path)
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            reader = ArchiveReader(path, archive, Path(folder))
            reader.verify()
            return _Merge(catalog, store, reader, translate).run()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileError(
            path, f"is not an archive of a catalog, or is damaged ({error})"
        ) from error
    except OSError as error:
        raise FileError(path, f"the archive cannot be read: {error.strerror}") from error


class _Merge:
    """One import: old numbers to new ones, kind by kind."""

    def __init__(
        self,
        catalog: Catalog,
        store: ArchiveStore,
        reader: ArchiveReader,
        translate: Translate | None,
    ) -> None:
        self.catalog = catalog
        self.store = store
        self.reader = reader
        self.translate = translate
        self.report = ArchiveReport()
        self.assemblies: dict[int, int] = {}
        self.datasets: dict[int, int] = {}
        self.collections: dict[int, int] = {}

    def run(self) -> ArchiveReport:
        for kind in KINDS:
            add = getattr(self, f"_{kind}")
            for row in self.reader.rows(kind):
                add(row)
        return self.report

    def _assemblies(self, row: dict[str, Any]) -> None:
        known = {one.id for one in self.catalog.assemblies()}
        facts = {
            "organism": row["organism"],
            "chromsizes": row["chromsizes"],
            "arms": [tuple(arm) for arm in row["arms"]],
        }
        for name in _names(row["name"]):
            try:
                added = self.catalog.add_assembly(name=name, **facts)
            except InputError:  # taken by another build of yours
                continue
            self.assemblies[row["id"]] = added.id
            self.report.count("assemblies", reused=added.id in known)
            return

    def _datasets(self, row: dict[str, Any]) -> None:
        facts = {
            key: row[key]
            for key in (
                "kind",
                "fingerprint",
                "public",
                "size",
                "modified",
                "dims",
                "region_kind",
                "n_regions",
                "resolutions",
                "description",
                "metadata",
                "repository",
                "sample_id",
                "source_url",
            )
        }
        known = {repository.name for repository in self.catalog.repositories()}
        if facts["repository"] not in {None, *known}:
            self.report.notes.append(
                f"{row['name']!r} goes without its repository {facts['repository']!r}, "
                "which this catalog does not know"
            )
            facts["repository"] = None
        same = [
            one
            for one in self.catalog.find_fingerprint(row["fingerprint"])
            if one.owner == self.catalog.user
            and one.kind == row["kind"]
            and one.region_kind == row["region_kind"]
            and one.assembly_id == self.assemblies[row["assembly_id"]]
        ]
        if same:
            self.datasets[row["id"]] = same[0].id
            self.report.count("datasets", reused=True)
            return
        managed = row["file"] is not None
        path = row["path"]
        if managed:
            path = str(
                self.store.add_managed(self.reader.unpack(row["file"], self.reader.folder()))
            )
        elif not Path(path).exists():
            self.report.notes.append(
                f"the file of {row['name']!r} is not here: {path}; tell the catalog its path"
                + (", then publish it again" if row["public"] else "")
            )
            facts["public"] = False  # nobody could open it
        origin = self._origin(row["origin"])
        for name in _names(row["name"]):
            if self._taken(name, row["kind"]):
                continue
            added = self.catalog.add_dataset(
                name=name,
                assembly=self.assemblies[row["assembly_id"]],
                path=path,
                managed=managed,
                origin=origin,
                **facts,
            )
            self.datasets[row["id"]] = added.id
            self.report.count("datasets")
            if managed:
                self.report.files += 1
                self.report.bytes += row["size"]
            return

    def _taken(self, name: str, kind: str) -> bool:
        family = FEATURES if kind in FEATURES else ("regions",)
        return self.catalog.own_named(name, family) is not None

    def _origin(self, origin: dict[str, Any] | None) -> dict[str, Any] | None:
        """Parents that came along by their new numbers; the others are not here."""
        if origin is None:
            return None
        moved = dict(origin)
        for key in ("parent", "parents"):
            if key in moved:
                old = moved[key] if isinstance(moved[key], list) else [moved[key]]
                new = [self.datasets[one] for one in old if one in self.datasets]
                if isinstance(moved[key], list):
                    moved[key] = new
                else:
                    moved[key] = new[0] if new else None
        return moved

    def _annotations(self, row: dict[str, Any]) -> None:
        import pandas as pd

        from hicognition_widgets.catalog.annotations import unpack

        dataset = self.datasets.get(row["dataset"])
        if dataset is None:
            return
        if row["name"] in {
            one.name
            for one in self.catalog.annotations(dataset)
            if one.owner == self.catalog.user
        }:
            self.report.count("annotations", reused=True)
            return
        values = unpack(row["kind"], row["n"], as_bytes(row["packed"]))
        column: Any = values
        if row["kind"] == "category":
            column = pd.Categorical.from_codes(values.astype("int64"), categories=row["levels"])
        self.catalog.add_annotations(dataset, {row["name"]: column}, source=row["source"])
        self.report.count("annotations")

    def _collections(self, row: dict[str, Any]) -> None:
        members = self._resolve(row["members"], f"the collection {row['name']!r}")
        if not members:
            self.report.notes.append(
                f"the collection {row['name']!r} is left out: none of its members is here"
            )
            return
        for name in _names(row["name"]):
            present = [
                one
                for one in self.catalog.collections(owner=self.catalog.user, kind=row["kind"])
                if one.name == name
            ]
            if present and [one.id for one in present[0].members] != members:
                continue
            added = (
                present[0]
                if present
                else self.catalog.add_collection(
                    name=name,
                    kind=row["kind"],
                    members=members,
                    description=row["description"],
                    public=row["public"],
                )
            )
            self.collections[row["id"]] = added.id
            self.report.count("collections", reused=bool(present))
            return

    def _sessions(self, row: dict[str, Any]) -> None:
        taken = {
            one.name
            for one in pages(
                lambda **page: self.catalog.sessions(owner=self.catalog.user, **page)
            )
        }
        spec: Spec = row["spec"]
        if self.translate is not None:
            spec = self.translate(spec, self.datasets)
        if row["name"] in taken and dict(self.catalog.session(row["name"]).spec) == spec:
            self.report.count("sessions", reused=True)
            return
        name = next(name for name in _names(row["name"]) if name not in taken)
        saved = self.catalog.save_session(
            name,
            spec,
            datasets=self._resolve(row["datasets"], f"the session {row['name']!r}"),
            collections=[
                self.collections[one] for one in row["collections"] if one in self.collections
            ],
            description=row["description"],
            thumbnail=None if row["thumbnail"] is None else as_bytes(row["thumbnail"]),
        )
        if row["public"]:
            self.catalog.update_session(saved.id, public=True)
        self.report.count("sessions")

    def _results(self, row: dict[str, Any]) -> None:
        inputs = [self.datasets[one] for one in row["inputs"] if one in self.datasets]
        if len(inputs) < len(row["inputs"]):
            self.report.notes.append(
                f"the stored {row['analysis']} {row['key'][:12]} is left out: "
                "it was computed from data that is not in the archive"
            )
            return
        present = self.catalog.find_result(row["key"])
        if present is not None and present.owner == self.catalog.user:
            self.report.count("results", reused=True)
            return
        payload = None if row["payload"] is None else as_bytes(row["payload"])
        artifact = None
        if row["files"] is not None:
            folder = self.reader.folder()
            for name in row["files"]:
                self.reader.unpack(name, folder)
            try:
                artifact = _adopt(self.store, folder, row["digest"])
            except StoreError as error:
                self.report.notes.append(f"a stored {row['analysis']} is left out: {error}")
                return
            finally:
                shutil.rmtree(folder)
        self.catalog.add_result(
            key=row["key"],
            analysis=row["analysis"],
            request=row["request"],
            meta=row["meta"],
            inputs=inputs,
            artifact=artifact,
            payload=payload,
            digest=row["digest"],
        )
        self.report.count("results")

    def _resolve(self, references: list[dict[str, Any]], what: str) -> list[int]:
        """New numbers of datasets; those that did not come along by their content."""
        found: list[int] = []
        for reference in references:
            number = self.datasets.get(reference["id"])
            if number is None and reference["fingerprint"]:
                others = self.catalog.find_fingerprint(reference["fingerprint"])
                number = others[0].id if others else None
            if number is None:
                self.report.notes.append(f"{what} goes without {reference['name']!r}")
            elif number not in found:
                found.append(number)
        return found


def _names(name: str) -> Iterator[str]:
    """The name, then the name with a number."""
    yield name
    number = 2
    while True:
        yield f"{name[:500]} ({number})"
        number += 1


def _adopt(store: ArchiveStore, folder: Path, digest: str) -> str:
    """Copy a result's folder into the store; its path relative to the root.

    Raises
    ------
    StoreError
        If it is not the result with this digest; nothing is left of it then.
    """
    results = store.folder / "results"
    results.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = results / secrets.token_hex(16)
    scratch = Path(tempfile.mkdtemp(prefix="import-", dir=results.parent))
    try:
        shutil.copytree(folder, scratch, dirs_exist_ok=True)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    relative = target.relative_to(store.root).as_posix()
    try:
        store.read(relative, digest=digest)
    except StoreError:
        store.delete(relative)
        raise
    return relative
