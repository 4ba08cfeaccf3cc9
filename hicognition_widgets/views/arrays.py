"""A host for views of arrays that are at hand: no catalog, no store, no workers.

It holds one region set, the arrays as its features, and the one axis they have. A question
for anything else is refused in a sentence.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol

import numpy as np
import numpy.typing as npt

from hicognition_widgets.catalog import CollectionRecord, DatasetRecord
from hicognition_widgets.errors import HiCognitionError, InputError, JobError, NotFound
from hicognition_widgets.jobs import Ask, AssemblyInput, FeatureInput, RegionsInput, Request
from hicognition_widgets.jobs.ask import Computation
from hicognition_widgets.store import StoredResult
from hicognition_widgets.views import choices
from hicognition_widgets.views.host import DatasetKind

_log = logging.getLogger(__name__)

Arrays = Mapping[str, npt.NDArray[Any]]
_ASSEMBLY = "arrays"


@dataclass(frozen=True)
class ArrayAxis:
    """What the bins of the arrays mean.

    Attributes
    ----------
    flank, binsize : int or None
        bp, for points.
    bin_percent : float or None
        Percent of the region, for regions scaled to one length.
    """

    flank: int | None = None
    binsize: int | None = None
    bin_percent: float | None = None

    @classmethod
    def of(cls, bins: int, flank: int | None, *, middle: bool) -> ArrayAxis:
        """Axis of so many bins.

        Parameters
        ----------
        bins : int
            Bins along one edge.
        flank : int or None
            bp on both sides of a point; None for scaled regions with a fifth of their
            length on both sides.
        middle : bool
            Whether one bin sits on the point, as in pileups.

        Raises
        ------
        InputError
            If so many bins cannot span that.
        """
        if flank is None:
            shares = round(1 + 2 * choices.EXPANSION, 6) / choices.EXPANSION
            if bins == 0 or bins % round(shares):
                raise InputError(
                    f"{bins} bins cannot span a region and a fifth of it on both sides; "
                    f"give flank in bp, or a multiple of {round(shares)} bins"
                )
            return cls(bin_percent=100 * (1 + 2 * choices.EXPANSION) / bins)
        steps = bins - 1 if middle else bins
        if flank <= 0 or steps <= 0 or steps % 2 or 2 * flank % steps:
            kind = "an odd" if middle else "an even"
            raise InputError(
                f"{bins} bins do not divide ±{flank:,} bp evenly; it takes {kind} number of "
                "bins of whole base pairs"
            )
        return cls(flank=flank, binsize=2 * flank // steps)

    @property
    def settings(self) -> dict[str, Any]:
        """The traits of a view that say the same."""
        if self.bin_percent is not None:
            return {"bin_percent": self.bin_percent}
        return {"flank": self.flank, "binsize": self.binsize}


Solved = tuple[Mapping[str, Any], Mapping[str, Any]]
"""Arrays and facts of an answer."""


class Solver(Protocol):
    """Makes the answer to a question out of arrays; may take its time on a thread."""

    def __call__(self, request: Request, gone: Callable[[], bool], /) -> Solved:
        """The answer; raises Cancelled once `gone` says that nobody waits any more."""


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
            name: _annotation(name, values, n) for name, values in (annotations or {}).items()
        }
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
                fingerprint=_fingerprint(kept),
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
        """No annotations."""
        del regions
        return []

    def region_frame(self, regions: DatasetRecord) -> None:
        """Arrays say nothing of where their regions are."""
        del regions

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


def _annotation(
    name: str, values: npt.ArrayLike, n: int
) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
    """Categories, and numbers or the categories' places, of one annotation."""
    array = np.asarray(values)
    if array.shape != (n,):
        raise InputError(f'the annotation "{name}" needs {n:,} values, not {array.shape}')
    if array.dtype.kind in "biuf":
        return (), array.astype(np.float64)
    texts = ["" if value is None or value != value else str(value) for value in array.tolist()]
    levels = tuple(sorted({text for text in texts if text}))
    place = {level: float(i) for i, level in enumerate(levels)}
    return levels, np.array([place.get(text, np.nan) for text in texts])


def numbers(
    values: npt.ArrayLike, dimensions: int, what: str, dtype: type[np.floating[Any]]
) -> npt.NDArray[Any]:
    """An array of numbers with so many dimensions.

    Raises
    ------
    InputError
        If it has others, or holds no numbers.
    """
    try:
        array = np.asarray(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} has to be an array of numbers") from error
    if array.ndim != dimensions or 0 in array.shape:
        raise InputError(
            f"{what} has to have {dimensions} dimension{'s' * (dimensions > 1)} and at least "
            f"one value, not the shape {array.shape}"
        )
    return array


def _fingerprint(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


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
