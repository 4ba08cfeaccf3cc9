"""What is asked for: plain, immutable, and with an address made from its content."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

import numpy as np

from hicognition_widgets.errors import InputError

Analysis = Literal["pileup", "profile", "stackup", "embedding1d", "embedding2d", "enrichment"]
Option = str | int | float | bool | None

VERSIONS: Final[dict[str, int]] = {
    "pileup": 1,
    "profile": 1,
    "stackup": 1,
    "embedding1d": 1,
    "embedding2d": 1,
    "enrichment": 1,
}
"""Raised whenever an analysis gives other numbers than before, so that none are mixed."""

_FEATURE_KIND: Final[dict[str, str]] = {
    "pileup": "contact_map",
    "embedding2d": "contact_map",
    "profile": "signal_track",
    "stackup": "signal_track",
    "embedding1d": "signal_track",
    "enrichment": "regions",
}
_KIND_NAMES: Final = {
    "contact_map": "a contact map",
    "signal_track": "a signal track",
    "regions": "a region set",
}
_COLLECTIONS: Final = frozenset({"embedding1d", "enrichment"})
_MAPS: Final = frozenset({"pileup", "embedding2d"})
_ANCHORS: Final = ("center", "start", "end", "five_prime", "three_prime")


@dataclass(frozen=True, kw_only=True)
class RegionsInput:
    """A region set as a worker needs it.

    Attributes
    ----------
    id, name : str
        For people and the catalog; they do not change the result.
    fingerprint, path : str
        What is in the file, and where it is.
    dims : {1, 2}
        Regions or pairs.
    kind : {"point", "interval"}
    n : int
        Number of regions.
    """

    id: str
    name: str
    fingerprint: str
    path: str
    dims: Literal[1, 2]
    kind: Literal["point", "interval"]
    n: int


@dataclass(frozen=True, kw_only=True)
class FeatureInput:
    """A signal track, a contact map, or a region set to compare with."""

    id: str
    name: str
    fingerprint: str
    path: str
    kind: Literal["signal_track", "contact_map", "regions"]


@dataclass(frozen=True, kw_only=True)
class AssemblyInput:
    """Chromosome lengths, and the arms (whole chromosomes where none are known)."""

    name: str
    chromsizes: tuple[tuple[str, int], ...] = field(repr=False)
    arms: tuple[tuple[str, int, int, str], ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One analysis of one region set.

    Attributes
    ----------
    analysis : str
    regions : RegionsInput
    features : tuple of FeatureInput
        One for ``pileup``, ``profile``, ``stackup`` and ``embedding2d``; the members of a
        collection for ``embedding1d`` and ``enrichment``. Two contact maps of a ``pileup``
        are compared over the same regions.
    assembly : AssemblyInput
    flank, binsize : int or None
        bp, for points.
    bin_percent : float or None
        Percent of the region, for intervals.
    normalization : {"balanced", "oe", "raw"} or None
        Contact maps; ``"balanced"`` where left out.
    side : {"left", "right"} or None
        Anchor of pairs, for everything but contact maps.
    anchor : str
        Point of a region.
    flip : bool
        Turn regions on the minus strand round.
    subset : tuple of int or None
        Row numbers; None = all.
    options : tuple of (name, value)
        Further parameters of the analysis, in any order.
    versus : RegionsInput or None
        Second region set that a ``pileup`` is compared with; all of it.

    Raises
    ------
    InputError
        If the parts do not fit together.
    """

    analysis: Analysis
    regions: RegionsInput
    features: tuple[FeatureInput, ...]
    assembly: AssemblyInput
    flank: int | None = None
    binsize: int | None = None
    bin_percent: float | None = None
    normalization: str | None = None
    side: str | None = None
    anchor: str = "center"
    flip: bool = False
    subset: tuple[int, ...] | None = None
    options: tuple[tuple[str, Option], ...] = ()
    versus: RegionsInput | None = None

    def __post_init__(self) -> None:
        if self.analysis not in get_args(Analysis):
            raise InputError(
                f'there is no analysis "{self.analysis}"; '
                f"there are {', '.join(get_args(Analysis))}"
            )
        object.__setattr__(self, "features", tuple(self.features))
        object.__setattr__(self, "options", tuple(sorted(dict(self.options).items())))
        if self.bin_percent is not None:
            object.__setattr__(self, "bin_percent", float(self.bin_percent))
        if self.subset is not None:
            # through an array: a selection may have many thousand rows, and is made often
            rows = np.asarray(self.subset).astype(np.int64)
            object.__setattr__(self, "subset", tuple(rows.tolist()))
        self._check_features()
        self._check_versus()
        self._check_size()
        self._check_side()
        self._check_normalization()

    def _check_features(self) -> None:
        if not self.features:
            raise InputError(f"{self.analysis} needs a feature")
        most = 2 if self.analysis == "pileup" else 1
        if len(self.features) > most and self.analysis not in _COLLECTIONS:
            raise InputError(f"{self.analysis} takes one feature, not {len(self.features)}")
        needed = _FEATURE_KIND[self.analysis]
        for feature in self.features:
            if feature.kind != needed:
                raise InputError(
                    f'{self.analysis} needs {_KIND_NAMES[needed]}, but "{feature.name}" is '
                    f"{_KIND_NAMES.get(feature.kind, feature.kind)}"
                )

    def _check_versus(self) -> None:
        if self.analysis == "pileup" and len(self.features) == 2:
            one, two = self.features
            if one.fingerprint == two.fingerprint:
                raise InputError(
                    f'"{one.name}" cannot be compared with itself; choose another map'
                )
            if self.versus is not None:
                raise InputError("compare with another map or another region set, not both")
        if self.versus is None:
            return
        if self.analysis != "pileup":
            raise InputError(f"{self.analysis} does not compare two region sets")
        if (self.versus.dims, self.versus.kind) != (self.regions.dims, self.regions.kind):
            raise InputError(
                f'"{self.versus.name}" and "{self.regions.name}" cannot be compared: one holds '
                "pairs or intervals, the other does not"
            )
        if self.versus.fingerprint == self.regions.fingerprint:
            raise InputError(
                f'"{self.regions.name}" cannot be compared with itself; choose another set'
            )

    @property
    def compares(self) -> bool:
        """Whether two average maps are compared."""
        return self.analysis == "pileup" and (
            len(self.features) == 2 or self.versus is not None
        )

    def _check_size(self) -> None:
        if self.regions.kind == "interval":
            if self.bin_percent is None or self.flank is not None or self.binsize is not None:
                raise InputError(
                    f'"{self.regions.name}" holds intervals: give bin_percent (1, 2 or 5), '
                    "no flank and no binsize"
                )
            if not (math.isfinite(self.bin_percent) and self.bin_percent > 0):
                raise InputError(f"bin_percent must be positive, not {self.bin_percent}")
            return
        if self.flank is None or self.binsize is None or self.bin_percent is not None:
            raise InputError(
                f'"{self.regions.name}" holds points: give flank and binsize in bp, '
                "no bin_percent"
            )
        if self.flank <= 0 or self.binsize <= 0:
            raise InputError(
                f"flank and binsize must be positive, not {self.flank} and {self.binsize}"
            )

    def _check_side(self) -> None:
        if self.anchor not in _ANCHORS:
            raise InputError(f'anchor is one of {", ".join(_ANCHORS)}, not "{self.anchor}"')
        if self.analysis in _MAPS or self.regions.dims == 1:
            if self.side is not None:
                raise InputError(
                    f'side="{self.side}" chooses an anchor of pairs for tracks and region '
                    "sets; leave it out here"
                )
        elif self.side not in ("left", "right"):
            raise InputError(
                f'"{self.regions.name}" holds pairs: choose an anchor with side="left" or '
                'side="right"'
            )

    def _check_normalization(self) -> None:
        if self.analysis not in _MAPS:
            if self.normalization is not None:
                raise InputError(f"{self.analysis} has no normalization; leave it out")
        elif self.normalization is None:
            object.__setattr__(self, "normalization", "balanced")
        elif self.normalization not in ("balanced", "oe", "raw"):
            raise InputError(
                f'normalization is "balanced", "oe" or "raw", not "{self.normalization}"'
            )

    @cached_property
    def key(self) -> str:
        """Address of the result, SHA-256 hex (64 characters).

        Made from the fingerprints of the files, the parameters and the version of the
        algorithm. Ids, names and paths do not enter.
        """
        content = {
            "analysis": self.analysis,
            "version": VERSIONS[self.analysis],
            "regions": [self.regions.fingerprint, self.regions.dims, self.regions.kind],
            "features": [[feature.kind, feature.fingerprint] for feature in self.features],
            "chromsizes": self.assembly.chromsizes,
            "arms": self.assembly.arms,
            **self.parameters,
        }
        if self.versus is not None:
            other = self.versus
            content["versus"] = [other.fingerprint, other.dims, other.kind]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def algorithm(self) -> int:
        """Version of the algorithm, see :data:`VERSIONS`."""
        return VERSIONS[self.analysis]

    @property
    def parameters(self) -> dict[str, Any]:
        """Everything but the inputs, as plain JSON."""
        return {
            "flank": self.flank,
            "binsize": self.binsize,
            "bin_percent": self.bin_percent,
            "normalization": self.normalization,
            "side": self.side,
            "anchor": self.anchor,
            "flip": self.flip,
            "subset": None if self.subset is None else list(self.subset),
            "options": [list(option) for option in self.options],
        }

    def option(self, name: str, default: Any = None) -> Any:
        """One of the options."""
        return dict(self.options).get(name, default)

    def replace(self, **changes: Any) -> Request:
        """The same request with some parts changed."""
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for manifests and the catalog; :meth:`from_json` reads it back.

        The assembly goes by name: its arms would be most of the text.
        """
        other = {} if self.versus is None else {"versus": dataclasses.asdict(self.versus)}
        return {
            "analysis": self.analysis,
            "regions": dataclasses.asdict(self.regions),
            "features": [dataclasses.asdict(feature) for feature in self.features],
            "assembly": self.assembly.name,
            **self.parameters,
            **other,
        }

    @classmethod
    def from_json(cls, content: dict[str, Any], assembly: AssemblyInput) -> Request:
        """The request that :meth:`to_json` wrote, on the given assembly.

        Raises
        ------
        InputError
            If it is not such a request.
        """
        try:
            subset, versus = content["subset"], content.get("versus")
            return cls(
                analysis=content["analysis"],
                regions=RegionsInput(**content["regions"]),
                features=tuple(FeatureInput(**feature) for feature in content["features"]),
                assembly=assembly,
                flank=content["flank"],
                binsize=content["binsize"],
                bin_percent=content["bin_percent"],
                normalization=content["normalization"],
                side=content["side"],
                anchor=content["anchor"],
                flip=content["flip"],
                subset=None if subset is None else tuple(subset),
                options=tuple((str(name), value) for name, value in content["options"]),
                versus=None if versus is None else RegionsInput(**versus),
            )
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"this is not a stored request: {error}") from error

    @property
    def title(self) -> str:
        """One line for people."""
        names = ", ".join(feature.name for feature in self.features[:3])
        more = f" and {len(self.features) - 3} more" if len(self.features) > 3 else ""
        sets = self.regions.name
        if self.versus is not None:
            sets += f" against {self.versus.name}"
        return f"{self.analysis} of {names}{more} at {sets}"
