"""What the catalog hands out: plain frozen records, never rows tied to a database session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from hicognition_widgets.catalog import summaries
from hicognition_widgets.catalog.pictures import facts_html, table_html

_TAG = re.compile(r"(?<![\w#])#([\w-]+)")

DatasetKind = Literal["regions", "signal_track", "contact_map"]
RegionKind = Literal["point", "interval"]
CollectionKind = Literal["regions", "signal_tracks"]
AnnotationKind = Literal["number", "category"]
MetadataValue = str | float | int | bool


@dataclass(frozen=True, kw_only=True)
class Record:
    """What every object of the catalog has.

    Attributes
    ----------
    id : int
        Number within its kind; never used again after a deletion.
    name : str
        Text chosen by a person: may hold anything, so show it as text only.
    owner : str
        Who may change it.
    public : bool
        Whether everybody may see it.
    created, updated : datetime
        In UTC.
    """

    id: int
    name: str
    owner: str
    public: bool = False
    created: datetime
    updated: datetime

    @property
    def ref(self) -> str:
        """``owner/name``, which finds the object for other people too."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class AssemblyRecord(Record):
    """A genome build.

    Attributes
    ----------
    organism : str or None
    chromsizes : mapping of str to int
        Chromosome lengths in bp, in the order they were given.
    arms : tuple of (chrom, start, end, name)
        Chromosome arms, 0-based half-open; empty where none are known.
    """

    organism: str | None = None
    chromsizes: Mapping[str, int] = field(default_factory=dict, hash=False, repr=False)
    arms: tuple[tuple[str, int, int, str], ...] = field(default=(), repr=False)

    def _repr_html_(self) -> str:
        return facts_html(self.name, summaries.assembly_row(self) | {"name": ""})


@dataclass(frozen=True, kw_only=True)
class DatasetRecord(Record):
    """A region set, signal track or contact map.

    Attributes
    ----------
    kind : {"regions", "signal_track", "contact_map"}
    assembly : str
        Name of the assembly; `assembly_id` is its number.
    path : str
        The file; empty when the dataset was deleted.
    fingerprint : str
        Name of the file's content.
    managed : bool
        Whether the file is a copy that belongs to the store.
    size : int
        Bytes.
    modified : float
        Time of the file's last change, seconds since 1970.
    dims : {1, 2} or None
        1 for regions of BED files, 2 for pairs of BEDPE files; None for features.
    region_kind : {"point", "interval"} or None
    n_regions : int or None
    resolutions : tuple of int
        Bin sizes of a contact map in bp.
    metadata : mapping
        Free fields; see :mod:`hicognition_widgets.catalog.vocabulary` for suggestions.
    origin : mapping or None
        Where a derived region set comes from.
    repository, sample_id, source_url : str or None
        Where a downloaded file comes from.
    deleted : bool
        True for a tombstone: the owner deleted it while somebody's collection or
        session still refers to it.
    """

    kind: DatasetKind
    assembly: str
    assembly_id: int
    path: str
    fingerprint: str
    managed: bool = False
    size: int = 0
    modified: float = 0.0
    dims: Literal[1, 2] | None = None
    region_kind: RegionKind | None = None
    n_regions: int | None = None
    resolutions: tuple[int, ...] = ()
    description: str = ""
    metadata: Mapping[str, MetadataValue] = field(default_factory=dict, hash=False)
    origin: Mapping[str, Any] | None = field(default=None, hash=False)
    repository: str | None = None
    sample_id: str | None = None
    source_url: str | None = None
    deleted: bool = False

    def _repr_html_(self) -> str:
        return facts_html(self.name, summaries.dataset_facts(self))


@dataclass(frozen=True, kw_only=True)
class CollectionRecord(Record):
    """A named, ordered group of region sets or of signal tracks on one assembly.

    Attributes
    ----------
    members : tuple of DatasetRecord
        In order. Deleted members stay as tombstones (``deleted`` is True).
    hidden : int
        Members that exist but that you may not see.
    deleted : bool
        True for a tombstone.
    """

    kind: CollectionKind
    assembly: str
    assembly_id: int
    description: str = ""
    members: tuple[DatasetRecord, ...] = field(default=(), hash=False)
    hidden: int = 0
    deleted: bool = False

    def _repr_html_(self) -> str:
        facts = facts_html(self.name, summaries.collection_row(self) | {"name": ""})
        return facts + table_html([summaries.member_row(one) for one in self.members])


@dataclass(frozen=True, kw_only=True)
class AnnotationRecord(Record):
    """One column of values, one value per region of a region set.

    Attributes
    ----------
    dataset_id : int
        The region set.
    kind : {"number", "category"}
    n : int
        Number of regions.
    n_missing : int
        Regions without a value.
    levels : tuple of str
        Names of the categories; empty for numbers.
    source : str
        Where the column came from, for example a file name.
    """

    dataset_id: int
    kind: AnnotationKind
    n: int
    n_missing: int = 0
    levels: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ResultRecord:
    """A stored result.

    Attributes
    ----------
    key : str
        Address made from the inputs' fingerprints, the parameters and the version of
        the algorithm.
    meta, request : mapping
        Numbers that are shown with the result, and the request it answers.
    artifact : str or None
        Folder of a large result, relative to the root of the store.
    payload : bytes or None
        A small result itself.
    digest : str
        Digest of the payload or of the artifact's manifest.
    producer : str
        Who computed it.
    """

    id: int
    key: str
    analysis: str
    producer: str
    meta: Mapping[str, Any] = field(hash=False)
    request: Mapping[str, Any] = field(hash=False, repr=False)
    inputs: tuple[int, ...] = ()
    artifact: str | None = None
    payload: bytes | None = field(default=None, repr=False)
    digest: str = ""
    size: int = 0
    created: datetime

    @property
    def owner(self) -> str:
        """The producer."""
        return self.producer


@dataclass(frozen=True, kw_only=True)
class SessionRecord(Record):
    """Saved comparisons.

    Attributes
    ----------
    spec : mapping
        What the comparisons show, as plain data.
    datasets : tuple of DatasetRecord
        What they use, tombstones included.
    collections : tuple of CollectionRecord
        Collections they use, tombstones included.
    hidden : int
        Datasets and collections they use that you may not see.
    thumbnail : bytes or None
        A small PNG.
    tags : tuple of str
        Words of the description that begin with ``#``, without it, in lower case.
    """

    description: str = ""
    spec: Mapping[str, Any] = field(hash=False, repr=False)
    datasets: tuple[DatasetRecord, ...] = field(default=(), hash=False)
    collections: tuple[CollectionRecord, ...] = field(default=(), hash=False)
    hidden: int = 0
    thumbnail: bytes | None = field(default=None, repr=False)

    @property
    def tags(self) -> tuple[str, ...]:
        """Words of the description that begin with ``#``."""
        return tuple(dict.fromkeys(tag.casefold() for tag in _TAG.findall(self.description)))


@dataclass(frozen=True, kw_only=True)
class RepositoryRecord:
    """A public archive of samples.

    Attributes
    ----------
    url, file_url : str
        Address patterns with ``{href}`` and ``{id}``.
    auth_required : bool
    """

    name: str
    url: str
    file_url: str
    auth_required: bool = False

    def sample_address(self, sample_id: str) -> str:
        """Where it shows one of its samples."""
        return self.file_url.replace("{id}", quote(sample_id, safe=""))
