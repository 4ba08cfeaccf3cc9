"""A folder of results, one sub-folder per owner."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt

from hicognition_widgets.errors import StoreError
from hicognition_widgets.store.artifact import (
    PREFIX,
    UNFINISHED,
    Manifest,
    StoredResult,
    read_artifact,
    read_manifest,
    write_artifact,
)

_LEFTOVER_SECONDS = 3600.0


class Store:
    """Results, managed files and the band cache of one owner.

    Parameters
    ----------
    root : Path
        Folder shared by all owners; made if it is not there.
    owner : str
        Whose sub-folder is written.

    Raises
    ------
    StoreError
        If the folder cannot be made or written.
    """

    def __init__(self, root: Path, owner: str) -> None:
        self.root = Path(root).absolute()
        self.owner = owner
        self.folder = self.root / owner_folder(owner)
        try:
            for part in ("results", "managed", "bands"):
                (self.folder / part).mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
        except OSError as error:
            raise StoreError(
                f"the store {self.root} cannot be used: {error.strerror or error}; "
                "choose a folder you may write with HICOGNITION_STORE"
            ) from error

    @property
    def band_cache(self) -> Path:
        """Folder in which pileups keep the near-diagonal part of maps."""
        return self.folder / "bands"

    # -- results -----------------------------------------------------------------------

    def write(
        self,
        arrays: Mapping[str, npt.NDArray[Any]],
        meta: Mapping[str, Any],
        *,
        key: str,
        analysis: str,
        request: Mapping[str, Any],
    ) -> Manifest:
        """Keep a result; see :func:`write_artifact`."""
        return write_artifact(
            self.folder / "results",
            self.root,
            arrays,
            meta,
            key=key,
            analysis=analysis,
            request=request,
        )

    def read(
        self, path: str, *, digest: str | None = None, verify: bool = True
    ) -> StoredResult:
        """Read a result back.

        Parameters
        ----------
        path : str
            Its folder, relative to the root.
        digest : str, optional
            What the catalog says the manifest's SHA-256 is.
        verify : bool
            Compare every array with its digest.

        Raises
        ------
        StoreError
            If it is missing, damaged, not what the catalog says, or outside the store.
        """
        folder = self._inside(path)
        manifest = read_manifest(folder, self.root)
        if digest is not None and manifest.digest != digest:
            raise StoreError(
                f"the stored result {folder} is not the one the catalog knows; compute it again"
            )
        return read_artifact(folder, manifest, verify=verify)

    def manifests(self) -> Iterator[Manifest]:
        """All finished artifacts of this owner; damaged ones are passed over."""
        for folder in sorted((self.folder / "results").glob(f"{PREFIX}*")):
            try:
                yield read_manifest(folder, self.root)
            except StoreError:
                continue

    def delete(self, path: str) -> None:
        """Remove an artifact; one that is gone already is no error."""
        folder = self._inside(path)
        if not folder.is_relative_to(self.folder):
            raise StoreError(f"{path} belongs to somebody else")
        shutil.rmtree(folder, ignore_errors=True)

    def clean(self, *, older_than: float = _LEFTOVER_SECONDS) -> int:
        """Remove what killed writers left; returns how many folders and files."""
        limit = time.time() - older_than
        removed = 0
        for part in ("results", "managed"):
            for leftover in (self.folder / part).glob(f"{UNFINISHED}*"):
                if leftover.stat().st_mtime > limit:
                    continue
                if leftover.is_dir():
                    shutil.rmtree(leftover, ignore_errors=True)
                else:
                    leftover.unlink(missing_ok=True)
                removed += 1
        return removed

    def _inside(self, path: str) -> Path:
        folder = (self.root / path).resolve()
        if not folder.is_relative_to(self.root.resolve()):
            raise StoreError(f"{path} lies outside the store")
        return self.root / path

    # -- managed files -----------------------------------------------------------------

    def add_managed(self, source: Path) -> Path:
        """Copy a file into the store, whole or not at all; returns the copy."""
        suffix = "".join(Path(source).suffixes[-2:])

        def copy(target: Path) -> None:
            shutil.copyfile(source, target)

        return self.add_managed_text(copy, suffix=suffix)

    def add_managed_text(self, write: Callable[[Path], object], *, suffix: str) -> Path:
        """Keep a file that `write` makes at the path it is given.

        Raises
        ------
        StoreError
            If it cannot be written; nothing is left behind.
        """
        suffix = re.sub(r"[^\w.]", "", suffix, flags=re.ASCII)[:20]
        handle, name = tempfile.mkstemp(
            dir=self.folder / "managed", prefix=UNFINISHED, suffix=suffix
        )
        os.close(handle)
        unfinished = Path(name)
        try:
            write(unfinished)
            with unfinished.open("rb+") as stream:
                os.fsync(stream.fileno())
            final = unfinished.with_name(f"{secrets.token_hex(16)}{suffix}")
            unfinished.rename(final)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise StoreError(
                f"the copy could not be written to {self.folder}: {error.strerror or error}"
            ) from error
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return final


def owner_folder(owner: str) -> str:
    """Folder name of an owner: every name has one, and none climbs out of the store."""
    return "u-" + urllib.parse.quote(owner, safe="").replace(".", "%2E")
