"""A host for views of arrays that are at hand: no catalog, no store, no workers.

It holds one region set, the arrays as its features, and the one axis they have. A question
for anything else is refused in a sentence.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.errors import HiCognitionError, InputError, JobError, NotFound
from hicognition_widgets.jobs import Ask, AssemblyInput, FeatureInput, RegionsInput, Request
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views.array_axis import ArrayAxis
from hicognition_widgets.views.array_values import Annotation, annotation, fingerprint
from hicognition_widgets.views.host import DatasetKind

_log = logging.getLogger(__name__)

Arrays = Mapping[str, npt.NDArray[Any]]
_ASSEMBLY = "arrays"


Solved = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Arrays and facts of an answer."""


class Solver(Protocol):
    """Makes the answer to a question out of arrays; may take its time on a thread."""

    def __call__(self, request: Request, gone: Callable[[], bool], /) -> Solved:
        """The answer; raises Cancelled once `gone` says that nobody waits any more."""

    def at_once(self, request: Request, /) -> bool:
        """Whether the answer takes no longer than a hand notices."""


class ArrayHost:
    """One region set and the arrays that show it.

    Parameters
    ----------
    kind : {"contact_map", "signal_track"}
        What the arrays stand for.
    answers : mapping of str to mapping
        Name of a feature to the arrays of its answer.
    axis : ArrayAxis
        What the bins mean.
    n : int
        Number of regions.
    regions : str
        What the regions are called.
    solve : callable, optional
        Makes the answer where it is not the arrays of the one feature themselves: from
        several features, or with options.
    annotations : mapping of str to array_like, optional
        Numbers or categories, one per region.
    categories : mapping of str to Annotation, optional
        Further annotations, of categories.
    names : sequence of str, optional
        What the regions are called, one each.

    Raises
    ------
    InputError
        If there is no array, or `n` is not positive, or an annotation does not fit.
    """

    def __init__(
        self,
        kind: DatasetKind,
        answers: Mapping[str, Arrays],
        axis: ArrayAxis,
        n: int,
        regions: str,
        *,
        solve: Solver | None = None,
        annotations: Mapping[str, npt.ArrayLike] | None = None,
        categories: Mapping[str, Annotation] | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        if not answers:
            raise InputError("there is no array to show")
        if n <= 0:
            raise InputError(f"n is the number of regions, at least 1, not {n}")
        self.axis = axis
        self.n = n
        self.regions = _record(
            1,
            "regions",
            regions,
            dims=1,
            region_kind="point" if axis.bin_percent is None else "interval",
            n_regions=n,
        )
        self._solve = solve
        self._annotations = {
            name: annotation(name, values, n) for name, values in (annotations or {}).items()
        } | dict(categories or {})
        self._frame = None if names is None else pd.DataFrame({"name": list(names)})
        self._answers: dict[int, dict[str, npt.NDArray[Any]]] = {}
        self._features: dict[int, DatasetRecord] = {}
        for number, (name, arrays) in enumerate(answers.items(), 2):
            # what the caller does to an array later does not change the picture
            kept = {key: np.array(array) for key, array in arrays.items()}
            for array in kept.values():
                array.flags.writeable = False
            self._answers[number] = kept
            self._features[number] = _record(
                number,
                kind,
                name,
                fingerprint=fingerprint(kept),
                resolutions=() if axis.binsize is None else (axis.binsize,),
            )

    @property
    def features(self) -> list[DatasetRecord]:
        """The arrays as features, in the order given."""
        return list(self._features.values())

    @property
    def flank_options(self) -> list[int]:
        """The flank the arrays have, or none for scaled regions."""
        return [] if self.axis.flank is None else [self.axis.flank]

    @property
    def bin_options(self) -> list[Any]:
        """The bin size the arrays have."""
        return [size for size in (self.axis.binsize, self.axis.bin_percent) if size]

    def dataset(self, ref: DatasetRecord | str | int) -> DatasetRecord:
        """The region set or a feature, by record, number or name."""
        if isinstance(ref, DatasetRecord):
            return ref
        for record in (self.regions, *self._features.values()):
            if ref in (record.id, str(record.id), record.name):
                return record
        raise NotFound(f'there is no array "{ref}" in this view')

    def datasets_by_number(self, numbers: Sequence[int]) -> list[DatasetRecord]:
        """The region set or arrays by number."""
        return [self.dataset(number) for number in numbers]

    def datasets_on(self, assembly: str, kind: DatasetKind) -> list[DatasetRecord]:
        """The arrays as features."""
        return [r for r in self.features if r.assembly == assembly and r.kind == kind]

    def count_on(self, assembly: str, kind: DatasetKind) -> int:
        """How many arrays there are."""
        return len(self.datasets_on(assembly, kind))

    def find_on(self, assembly: str, kind: DatasetKind, words: str) -> list[DatasetRecord]:
        """Arrays with all these words in their names."""
        wanted = words.casefold().split()
        return [
            one
            for one in self.datasets_on(assembly, kind)
            if all(word in one.name.casefold() for word in wanted)
        ]

    def collection(self, ref: str | int) -> CollectionRecord:
        """Arrays are in no collection; raises NotFound."""
        raise NotFound(f'there is no collection "{ref}": this view was made from arrays')

    def collections_on(self, assembly: str, kind: DatasetKind) -> list[CollectionRecord]:
        """No collections."""
        del assembly, kind
        return []

    def annotation_names(self, regions: DatasetRecord) -> list[str]:
        """Names of the annotations given."""
        del regions
        return list(self._annotations)

    def category_names(self, regions: DatasetRecord) -> list[str]:
        """Names of the annotations given that hold categories."""
        del regions
        return [name for name, (levels, _) in self._annotations.items() if levels]

    def region_frame(self, regions: DatasetRecord) -> pd.DataFrame | None:
        """Names of the regions if any were given; arrays say nothing of where they are."""
        del regions
        return self._frame

    def annotation_values(
        self, regions: DatasetRecord, name: str
    ) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        """Categories (empty for numbers) and values of an annotation; raises NotFound."""
        del regions
        if name not in self._annotations:
            raise NotFound(f'there is no annotation "{name}": this view was made from arrays')
        return self._annotations[name]

    def select_regions(
        self,
        regions: DatasetRecord,
        rows: npt.NDArray[np.int64],
        *,
        name: str,
        description: str = "",
        origin: Mapping[str, Any] | None = None,
    ) -> NoReturn:
        """Arrays say nothing of where their regions are; raises InputError."""
        del regions, rows, description, origin
        raise InputError(
            f'"{name}" cannot be made: a view of arrays does not know where its regions are'
        )

    def closeup(self, request: Request, row: int) -> NoReturn:
        """Arrays are of all regions together; raises InputError."""
        del request
        raise InputError(f"a view of arrays knows no files to read region {row:,} from")

    def region_table(self, regions: DatasetRecord) -> NoReturn:
        """Arrays say nothing of where their regions are; raises InputError."""
        raise InputError(f'a view of arrays does not know where "{regions.name}" are')

    def nearby_index(self, regions: DatasetRecord) -> NoReturn:
        """Arrays say nothing of where their regions are; raises InputError."""
        raise InputError(f'a view of arrays does not know where "{regions.name}" are')

    def on_change(self, callback: Callable[[int], object]) -> NoReturn:
        """Arrays are no catalog that could change; raises InputError."""
        del callback
        raise InputError("a view of arrays has no catalog to hear from")

    def request(
        self,
        analysis: str,
        regions: DatasetRecord,
        features: Sequence[DatasetRecord],
        /,
        **parameters: Any,
    ) -> Request:
        """The request that an array answers.

        Raises
        ------
        InputError
            If no array does: another bin size, or some of the regions only.
        """
        has = self.axis.settings
        if any(parameters.get(name) != value for name, value in has.items()):
            span = " and ".join(f"{name} {value:g}" for name, value in has.items())
            raise InputError(f"this view was made from arrays and has only {span}")
        if parameters.get("subset") is not None:
            raise InputError("averages given as arrays cannot be made of some regions only")
        return Request(
            analysis=analysis,  # type: ignore[arg-type]  # Request checks it
            regions=RegionsInput(
                id=str(regions.id),
                name=regions.name,
                fingerprint=regions.fingerprint,
                path="",
                dims=1,
                kind="point" if self.axis.bin_percent is None else "interval",
                n=self.n,
            ),
            features=tuple(
                FeatureInput(
                    id=str(one.id),
                    name=one.name,
                    fingerprint=one.fingerprint,
                    path="",
                    kind=one.kind,
                )
                for one in features
            ),
            assembly=AssemblyInput(name=_ASSEMBLY, chromsizes=(), arms=()),
            **parameters,
        )

    def ask(self, request: Request) -> Ask:
        """The answer: at hand, or made on a thread of its own."""
        computation = Computation(request, lambda _: None)
        if self._solve is None:
            (feature,) = request.features
            facts = {"n_used": self.n, "n_left_out": 0, "reasons": {}, "numbers": {}}
            computation.settle(_stored(request, self._answers[int(feature.id)], facts))
            return Ask(computation)
        if self._solve.at_once(request):
            # so that the view is ready when its cell shows it, and leaves a picture there
            _settle(self._solve, computation)
            return Ask(computation)
        ask = computation.join()
        if ask is None:
            raise RuntimeError("a new question waits for its answer")
        threading.Thread(
            target=_settle, args=(self._solve, computation), name="array-answer", daemon=True
        ).start()
        return ask


def _settle(solve: Solver, computation: Computation) -> None:
    """Answer a question, or say why there is no answer."""
    request = computation.request
    try:
        arrays, facts = solve(request, lambda: computation.closed)
        computation.settle(_stored(request, arrays, facts))
    except HiCognitionError as error:
        computation.settle(error)
    except Exception as error:  # noqa: BLE001 - who waits has to hear of it
        _log.exception("no answer from arrays")
        computation.settle(JobError(f"{request.title}: {type(error).__name__}: {error}"))


def _stored(
    request: Request, arrays: Mapping[str, Any], facts: Mapping[str, Any]
) -> StoredResult:
    return StoredResult(
        key=request.key, analysis=request.analysis, meta=dict(facts), arrays=dict(arrays)
    )


def _record(number: int, kind: DatasetKind, name: str, **more: Any) -> DatasetRecord:
    now = datetime.now(UTC)
    values: dict[str, Any] = {"fingerprint": hashlib.sha256(name.encode()).hexdigest()} | more
    return DatasetRecord(
        id=number,
        name=name,
        owner="",
        created=now,
        updated=now,
        kind=kind,
        assembly=_ASSEMBLY,
        assembly_id=0,
        path="",
        **values,
    )
