"""Reading an archive: its rows, and its files against their digests."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hicognition_widgets.catalog.archive_format import BLOCK, FORMAT, HEAD
from hicognition_widgets.errors import CatalogError, FileError


class ArchiveReader:
    """Rows and files of an archive. Names in it are never used as paths."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, scratch: Path) -> None:
        self.path = path
        self.archive = archive
        self.scratch = scratch
        head = json.loads(archive.read(HEAD))
        if not isinstance(head, dict) or not isinstance(head.get("format"), int):
            raise FileError(path, "is not an archive of a catalog")
        if head["format"] > FORMAT:
            raise CatalogError(
                f"{path} was made by a newer version of hicognition-widgets; install that"
            )
        self.files: dict[str, dict[str, Any]] = head["files"]

    def verify(self) -> None:
        """Compare every file with its digest."""
        for name, facts in self.files.items():
            digest = hashlib.sha256()
            with self.archive.open(name) as source:
                while block := source.read(BLOCK):
                    digest.update(block)
            if digest.hexdigest() != facts["sha256"]:
                raise FileError(self.path, f"{name} in it is damaged; export it again")

    def rows(self, kind: str) -> Iterator[dict[str, Any]]:
        """Rows of one kind, one at a time."""
        with self.archive.open(f"rows/{kind}.jsonl") as file:
            for line in file:
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise FileError(self.path, f"rows/{kind}.jsonl holds something else")
                yield row

    def unpack(self, name: str, folder: Path) -> Path:
        """Write one file into `folder`, under the last part of its name."""
        if name not in self.files:
            raise FileError(self.path, f"{name} is missing in it")
        target = folder / _safe_name(name)
        with self.archive.open(name) as source, target.open("xb") as copy:
            _copy(source, copy)
        return target

    def folder(self) -> Path:
        """An empty folder that is gone after the import."""
        return Path(tempfile.mkdtemp(dir=self.scratch))


def _safe_name(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return last if last not in ("", ".", "..") else "file"


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    while block := source.read(BLOCK):
        target.write(block)
