"""The store: a folder of results, one sub-folder per owner."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from hicognition_widgets.errors import FileError, StoreError
from hicognition_widgets.store import files, manifest
from hicognition_widgets.store.index import Index
from hicognition_widgets.store.manifest import Array, Manifest, StoredResult
from hicognition_widgets.store.processes import is_dead, process_name

_MANIFEST: Final = "manifest.json"
_FOREIGN_SECONDS: Final = 24 * 3600
"""Age after which unfinished work of another machine counts as left over."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class Store:
    """Results of one owner in a folder, safe from any thread and process.

    Parameters
    ----------
    root : Path
        Folder of the store; it and the owner's sub-folder are made when first written to.
    owner : str
        Whose results are written. Other owners' results can be read by their path where
        the file system allows it.
    shared : bool
        With False the owner's folder is closed to other accounts (mode 0700). With True
        others can read what they know the (random) name of, and still list nothing.

    Attributes
    ----------
    root, folder : Path
        The store, and the owner's folder in it.
    """

    def __init__(self, root: Path, owner: str, *, shared: bool = False) -> None:
        self.root = Path(root).absolute()
        self.owner = owner
        self.shared = shared
        name = quote(owner, safe=" @+=,") or "%00"
        self.folder = self.root / (f"%2E{name[1:]}" if name.startswith(".") else name)
        self._index = Index(self.folder / "results", self._manifest_in)

    # -- writing -----------------------------------------------------------------------

    def write(
        self,
        arrays: Mapping[str, Array],
        meta: Mapping[str, Any],
        *,
        key: str,
        request: Mapping[str, Any],
    ) -> Manifest:
        """Store a result; it appears complete or not at all.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Any shapes of plain types (no objects).
        meta, request : mapping
            Plain JSON without NaN; ``request["analysis"]`` names the analysis.
        key : str
            Address of the result.

        Raises
        ------
        StoreError
            If the disk is full or the folder cannot be written to; nothing is left.
        ValueError
            If an array holds objects, a name is no plain word, or JSON cannot hold `meta`.
        """
        for name, array in arrays.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a name for an array")
            if array.dtype.hasobject:
                raise ValueError(f"the array {name!r} holds objects, which are not stored")
        created = datetime.now(UTC).isoformat(timespec="seconds")
        with files.sentences("storing a result", self.root), self._scratch() as scratch:
            entries = {
                name: files.write_array(scratch, name, array) for name, array in arrays.items()
            }
            text = manifest.dump(
                key=key, owner=self.owner, created=created, meta=meta, request=request,
                arrays=entries,
            )  # fmt: skip
            files.write_file(scratch / _MANIFEST, text)
            files.sync_folder(scratch)
            if self.shared:  # whatever the person's own habits are
                for path in scratch.iterdir():
                    path.chmod(0o644)
            scratch.chmod(0o711 if self.shared else 0o700)
            results = self._subfolder("results")
            target = results / secrets.token_hex(16)
            scratch.rename(target)
            files.sync_folder(results)
        return manifest.parse(
            text, path=self._relative(target), digest=hashlib.sha256(text).hexdigest()
        )

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """A folder for unfinished work that is gone afterwards, whatever happens."""
        scratch = self._subfolder("unfinished") / process_name()
        scratch.mkdir(mode=0o700)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def leftovers(self) -> list[Path]:
        """Unfinished work of writers that were killed."""
        found = []
        with suppress(FileNotFoundError):
            for path in list((self.folder / "unfinished").iterdir()):
                dead = is_dead(path.name)
                if dead is None:
                    dead = time.time() - path.stat().st_mtime > _FOREIGN_SECONDS
                if dead:
                    found.append(path)
        return sorted(found)

    def clean(self) -> list[Path]:
        """Remove what killed writers left unfinished; what was removed is returned."""
        removed = self.leftovers()
        for path in removed:
            shutil.rmtree(path, ignore_errors=True)
        return removed

    # -- reading -----------------------------------------------------------------------

    def read(
        self, what: Manifest | Path | str, *, digest: str | None = None, verify: bool = True
    ) -> StoredResult:
        """A stored result with its arrays memory-mapped, read-only.

        Parameters
        ----------
        what : Manifest, Path or str
            A manifest, or the artifact's folder relative to the root.
        digest : str, optional
            Digest of the manifest as the catalog knows it.
        verify : bool
            Compare the digest of every array with the manifest.

        Raises
        ------
        StoreError
            If it is missing or damaged.
        """
        found = what if isinstance(what, Manifest) else self.manifest(what, digest=digest)
        folder = self._inside(found.path)
        try:
            arrays = {
                name: files.read_array(folder / entry.file, entry, verify=verify)
                for name, entry in found.arrays.items()
            }
        except FileNotFoundError as error:
            raise StoreError(f"the stored result {folder} is missing") from error
        except (OSError, ValueError, EOFError) as error:
            raise StoreError(f"the stored result {folder} is damaged: {error}") from error
        return StoredResult(
            key=found.key, analysis=found.analysis, meta=dict(found.meta), arrays=arrays
        )

    def manifest(self, path: Path | str, *, digest: str | None = None) -> Manifest:
        """The manifest of an artifact.

        Raises
        ------
        StoreError
            If it is missing, damaged, or not the one with this digest.
        """
        folder = self._inside(path)
        try:
            text = (folder / _MANIFEST).read_bytes()
        except OSError as error:
            raise StoreError(f"the stored result {folder} is missing") from error
        actual = hashlib.sha256(text).hexdigest()
        if digest is not None and actual != digest:
            raise StoreError(f"the stored result {folder} is not the one that was recorded")
        return manifest.parse(text, path=self._relative(folder), digest=actual)

    def manifests(self) -> Iterator[Manifest]:
        """Sound manifests of this owner; damaged ones are passed over."""
        yield from self._index.all()

    def artifacts(self) -> list[Manifest]:
        """Sound manifests of this owner, several with one key included."""
        found = []
        with suppress(FileNotFoundError):
            for path in sorted((self.folder / "results").iterdir()):
                with suppress(StoreError):
                    found.append(self._manifest_in(path))
        return found

    def _manifest_in(self, folder: Path) -> Manifest:
        return self.manifest(self._relative(folder))

    def stored_at(self, manifest: Manifest) -> float:
        """Time an artifact was stored, seconds since 1970; now if it is gone."""
        try:
            return (self._inside(manifest.path) / _MANIFEST).stat().st_mtime
        except FileNotFoundError:
            return time.time()

    def find(self, key: str) -> Manifest | None:
        """The newest artifact of this owner with this key."""
        return self._index.find(key)

    # -- deleting ----------------------------------------------------------------------

    def delete(self, what: Manifest | Path | str) -> None:
        """Remove an artifact of this owner; nothing happens if it is gone already.

        Raises
        ------
        StoreError
            If it belongs to somebody else, or cannot be removed.
        """
        path = what.path if isinstance(what, Manifest) else what
        folder = self._inside(path)
        if folder.parent != self.folder / "results":
            raise StoreError(f"{folder} is not a result of {self.owner}")
        with files.sentences("deleting a result", self.root):
            self._discard(folder)

    def _discard(self, folder: Path) -> None:
        # renamed first, so that nobody finds half of it
        doomed = self._subfolder("unfinished") / process_name()
        try:
            folder.rename(doomed)
        except FileNotFoundError:
            return
        shutil.rmtree(doomed, ignore_errors=True)

    # -- managed files -----------------------------------------------------------------

    def add_managed(self, path: Path) -> Path:
        """Copy a file into the store; its name stays, its folder's name is random.

        Raises
        ------
        FileError
            If there is no such file.
        StoreError
            If the disk is full or the folder cannot be written to; nothing is left.
        """
        path = Path(path)
        if not path.is_file():
            raise FileError(path, "there is no such file")

        def copy(target: Path) -> None:
            shutil.copyfile(path, target)

        return self._add(copy, path.name)

    def add_managed_text(self, write: Callable[[Path], None], *, suffix: str) -> Path:
        """Keep a file that `write` makes, named ``regions`` with this suffix.

        Raises
        ------
        StoreError
            If the disk is full or the folder cannot be written to; nothing is left.
        """
        return self._add(write, f"regions{suffix}")

    def delete_managed(self, path: Path | str) -> None:
        """Remove a managed file of this owner with its folder; nothing happens if it is gone.

        Raises
        ------
        StoreError
            If it is not a managed file of this owner, or cannot be removed.
        """
        folder = Path(path).absolute().parent
        if folder.parent != self.folder / "files" or ".." in Path(path).parts:
            raise StoreError(f"{path} is not a managed file of {self.owner}")
        with files.sentences("deleting a file", self.root):
            self._discard(folder)

    def _add(self, make: Callable[[Path], None], name: str) -> Path:
        with files.sentences("keeping a file", self.root), self._scratch() as scratch:
            inner = scratch / "file"
            inner.mkdir(mode=0o700)
            made = inner / name
            make(made)
            with made.open("rb+") as file:
                os.fsync(file.fileno())
            made.chmod(0o644 if self.shared else 0o600)
            inner.chmod(0o711 if self.shared else 0o700)
            target = self._subfolder("files") / secrets.token_hex(16)
            inner.rename(target)
            files.sync_folder(target.parent)
        return target / name

    # -- folders -----------------------------------------------------------------------

    @property
    def band_cache(self) -> Path:
        """Folder in which the engine keeps the near-diagonal bands of maps."""
        return self._made("bands")

    @property
    def snippet_cache(self) -> Path:
        """Folder in which the snippets of region sets are kept for selections."""
        return self._made("snippets")

    @property
    def control(self) -> Path:
        """Folder of the marks by which running work is watched and stopped."""
        return self._made("control")

    @property
    def claims(self) -> Path:
        """Folder in which the owner's processes say what they compute."""
        return self._made("claims")

    def _made(self, name: str) -> Path:
        with files.sentences("making a folder", self.root):
            return self._subfolder(name)

    @property
    def claims_seen(self) -> Path:
        """The same, not made: for those who only look."""
        return self.folder / "claims"

    def of(self, owner: str) -> Store:
        """The same store for another owner."""
        return Store(self.root, owner, shared=self.shared)

    def _subfolder(self, name: str) -> Path:
        folder = self.folder / name
        if not folder.is_dir():
            if not self.root.is_dir():
                self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
                if self.shared:  # everybody makes a folder here, nobody lists or removes any
                    self.root.chmod(0o1733)
            mode = 0o711 if self.shared else 0o700
            self.folder.mkdir(mode=mode, exist_ok=True)
            if os.name == "posix":
                if self.folder.stat().st_uid != os.getuid():
                    raise StoreError(
                        f"the folder {self.folder} belongs to another account, so nothing is "
                        "written there; ask who looks after the store to give it to you"
                    )
                self.folder.chmod(mode)
            open_to_others = self.shared and name in ("results", "files", "claims")
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o711 if open_to_others else 0o700)
        return folder

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _inside(self, path: Path | str) -> Path:
        """Absolute folder of an artifact; never outside the store."""
        given = PurePosixPath(path if isinstance(path, str) else path.as_posix())
        if given.is_absolute():
            try:
                given = given.relative_to(PurePosixPath(self.root.as_posix()))
            except ValueError as error:
                raise StoreError(f"{path} is not in the store {self.root}") from error
        if len(given.parts) != 3 or ".." in given.parts or given.parts[1] != "results":
            raise StoreError(f"{path} is not a result of the store {self.root}")
        return self.root.joinpath(*given.parts)

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r}, {self.owner!r})"
