"""Results between the store and the catalog: found, recorded, adopted."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hicognition_widgets.errors import CatalogError, HiCognitionError, StoreError
from hicognition_widgets.jobs.request import Request
from hicognition_widgets.store import Manifest, Store, StoredResult, pack, unpack

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog, ResultRecord

_log = logging.getLogger(__name__)

SMALL_BYTES: Final = 1_000_000
"""Results below this size live in the catalog's rows."""
_PAUSES: Final = (0.2, 1.0, 3.0)
"""Seconds between attempts to write to a database that cannot be reached."""


class Recorder:
    """What is known to be computed; safe from any thread."""

    def __init__(self, catalog: Catalog, store: Store) -> None:
        self.catalog = catalog
        self.store = store
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._left: dict[str, Request] = {}

    def close(self) -> None:
        """Wait no longer for a database that is gone."""
        self._closing.set()

    def look_up(self, request: Request) -> StoredResult | None:
        """The stored answer: a row of the catalog, or a finished artifact to adopt."""
        record = self.catalog.find_result(request.key)
        if record is not None:
            try:
                return dressed(request, self._read(record))
            except StoreError as error:
                _log.warning("a stored result is computed again: %s", error)
                self._forget(record)
        manifest = self.store.find(request.key)
        if manifest is None:
            return None
        try:
            return self.record(request, manifest)
        except StoreError as error:
            _log.warning("a stored result is computed again: %s", error)
            self.store.delete(manifest)
            return None

    def known(self, request: Request) -> StoredResult | None:
        """The stored answer; None too if the catalog cannot say."""
        try:
            return self.look_up(request)
        except HiCognitionError as error:
            _log.warning("not looked up: %s", error)
            return None

    def drop_surplus(self, key: str, path: str) -> None:
        """Remove an artifact if the catalog keeps the result elsewhere."""
        try:
            record = self.catalog.find_result(key)
            if record is not None and record.artifact != path:
                self.store.delete(path)
        except HiCognitionError as error:  # the next notebook tidies up
            _log.warning("a surplus artifact is left: %s", error)

    def adopt(self, requests: Iterable[Request]) -> int:
        """Enter finished artifacts that could not be entered when they were made.

        Returns
        -------
        int
            How many of the requests are in the catalog now.
        """
        asked = {request.key: request for request in requests}
        try:
            there = set(self.catalog.find_results(list(asked)))
        except HiCognitionError as error:
            _log.warning("not looked up: %s", error)
            return 0
        return sum(key in there or self.known(r) is not None for key, r in asked.items())

    def adopt_left(self) -> None:
        """Enter what could not be entered while the database was away."""
        with self._lock:
            left, self._left = self._left, {}
        if left:
            self.adopt(left.values())

    def record(self, request: Request, what: Manifest | str) -> StoredResult:
        """Enter an artifact of the own folder into the catalog; small ones move there.

        If the catalog cannot be written to, the artifact stays, and is adopted when it is
        asked for again.

        Raises
        ------
        StoreError
            If the artifact is missing, damaged, or answers something else.
        """
        manifest = what if isinstance(what, Manifest) else self.store.manifest(what)
        if manifest.key != request.key:
            raise StoreError(f"the artifact {manifest.path} answers another question")
        result = self.store.read(manifest)
        payload = None
        if manifest.bytes < SMALL_BYTES:
            payload, digest = pack(result.arrays)
            result = unpack(
                payload, digest=digest, key=result.key, analysis=result.analysis,
                meta=result.meta,
            )  # fmt: skip
        else:
            digest = manifest.digest
        if self._enter(request, manifest, result, payload, digest):
            self.store.delete(manifest)
        return dressed(request, result)

    def _enter(
        self,
        request: Request,
        manifest: Manifest,
        result: StoredResult,
        payload: bytes | None,
        digest: str,
    ) -> bool:
        """Write the row; True if the artifact is not needed any more."""
        inputs = [int(request.regions.id), *(int(feature.id) for feature in request.features)]
        if request.versus is not None:
            inputs.append(int(request.versus.id))
        for pause in (*_PAUSES, None):
            try:
                record = self.catalog.add_result(
                    key=request.key,
                    analysis=request.analysis,
                    request=request.to_json(),
                    meta=result.meta,
                    inputs=inputs,
                    artifact=None if payload is not None else manifest.path,
                    payload=payload,
                    digest=digest,
                )
            except CatalogError as error:
                if pause is None or self._closing.wait(pause):
                    with self._lock:
                        self._left[request.key] = request
                    _log.warning("a result is not in the catalog yet: %s", error)
                    return False
            except HiCognitionError as error:
                # Its dataset was deleted meanwhile: shown to who asked, and not kept.
                _log.info("a result is not kept: %s", error)
                return payload is not None
            else:
                return record.artifact != manifest.path
        return False

    def _read(self, record: ResultRecord) -> StoredResult:
        if record.payload is not None:
            return unpack(
                record.payload, digest=record.digest, key=record.key,
                analysis=record.analysis, meta=record.meta,
            )  # fmt: skip
        result = self.store.read(record.artifact or "", digest=record.digest)
        if result.key != record.key:
            raise StoreError(f"the artifact {record.artifact} answers another question")
        return result

    def _forget(self, record: ResultRecord) -> None:
        if record.producer != self.catalog.user:
            return
        artifact = self.catalog.delete_result(record.id)
        if artifact is not None:
            self.store.delete(artifact)

    def reconcile(self, *, older_than: float = 60.0) -> int:
        """Remove artifacts that the catalog does not need: their result is kept elsewhere.

        Workers that are killed after storing and before telling leave such behind.

        Returns
        -------
        int
            Number of artifacts removed.
        """
        removed = 0
        manifests = {
            manifest.path: manifest
            for manifest in self.store.artifacts()
            if time.time() - self.store.stored_at(manifest) > older_than
        }
        keys = sorted({manifest.key for manifest in manifests.values()})
        known = self.catalog.find_results(keys)
        newest = {key: self.store.find(key) for key in keys}
        for path, manifest in manifests.items():
            record = known.get(manifest.key)
            kept = newest[manifest.key]
            if record is not None:
                needed = record.artifact == path
            else:
                needed = kept is None or kept.path == path
            if not needed:
                self.store.delete(manifest)
                removed += 1
        return removed


def dressed(request: Request, result: StoredResult) -> StoredResult:
    """The result with the names by which the asker knows the features."""
    names = [feature.name for feature in request.features]
    if request.analysis.startswith("embedding"):
        columns = result.meta.get("columns", [])
        names = [names[c] if isinstance(c, int) else str(c) for c in columns]
    return replace(result, meta=result.meta | {"names": names})
