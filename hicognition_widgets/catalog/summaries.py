"""What a table and a notebook say about a record; plain values, nothing escaped yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hicognition_widgets.catalog.pictures import base_pairs, listed, shortened

if TYPE_CHECKING:
    from hicognition_widgets.catalog.records import (
        AssemblyRecord,
        CollectionRecord,
        DatasetRecord,
        RepositoryRecord,
    )

KIND_WORDS = {
    "regions": "region set",
    "signal_track": "signal track",
    "contact_map": "contact map",
    "signal_tracks": "signal tracks",
}


def dataset_row(record: DatasetRecord) -> dict[str, Any]:
    """One line of a table of datasets."""
    return {
        "name": record.name,
        "kind": dataset_kind(record),
        "regions": record.n_regions,
        "bin sizes": listed(_bin_sizes(record), 30),
        "assembly": record.assembly,
        "owner": record.owner,
        "public": record.public,
        "changed": record.updated,
        "source": shortened(source(record), 40),
        "about": shortened(about(record)),
    }


def dataset_facts(record: DatasetRecord) -> dict[str, Any]:
    """Everything a person wants to know about one dataset."""
    return {
        "kind": "deleted" if record.deleted else dataset_kind(record),
        "regions": record.n_regions,
        "bin sizes": ", ".join(_bin_sizes(record)),
        "assembly": record.assembly,
        "owner": record.owner,
        "public": record.public,
        "description": record.description,
        **{f"metadata: {key}": value for key, value in sorted(record.metadata.items())},
        "made from": origin_sentence(record),
        "sample": record.sample_id,
        "repository": record.repository,
        "source": record.source_url,
        "file": record.path + (" (a copy in the store)" if record.managed else ""),
        "added": record.created,
        "number": str(record.id),
    }


def _bin_sizes(record: DatasetRecord) -> list[str]:
    """Bin sizes of a contact map."""
    return [base_pairs(size) for size in record.resolutions]


def dataset_kind(record: DatasetRecord) -> str:
    """Kind, with what regions are: points, intervals or pairs of them."""
    if record.kind != "regions":
        return KIND_WORDS[record.kind]
    shape = "intervals" if record.region_kind == "interval" else "points"
    return f"pairs of {shape}" if record.dims == 2 else shape


def about(record: DatasetRecord) -> str:
    """Metadata, then the description."""
    fields = (f"{key} {value}" for key, value in sorted(record.metadata.items()))
    return " · ".join([*fields, *([record.description] if record.description else [])])


def source(record: DatasetRecord) -> str:
    """Repository and sample; without them the address of the file."""
    parts = [part for part in (record.repository, record.sample_id) if part]
    return " ".join(parts) or record.source_url or ""


def origin_sentence(record: DatasetRecord) -> str:
    """How a derived region set was made."""
    origin = record.origin or {}
    if not origin:
        return ""
    action = str(origin.get("operation", "derived"))
    found = origin.get("parents", origin.get("parent", ()))
    parents = found if isinstance(found, list) else [found]
    names = " and ".join(f"number {parent}" for parent in parents)
    return f"{action} of {names}" if names else action


def collection_row(record: CollectionRecord) -> dict[str, Any]:
    """One line of a table of collections."""
    missing = sum(member.deleted for member in record.members) + record.hidden
    return {
        "name": record.name,
        "kind": "region sets" if record.kind == "regions" else "signal tracks",
        "members": len(record.members) + record.hidden,
        "missing": missing or None,
        "assembly": record.assembly,
        "owner": record.owner,
        "public": record.public,
        "about": shortened(record.description),
    }


def member_row(record: DatasetRecord) -> dict[str, Any]:
    """One member of a collection."""
    return {
        "name": record.name,
        "kind": "deleted" if record.deleted else dataset_kind(record),
        "owner": record.owner,
        "about": shortened(about(record)),
    }


def repository_row(record: RepositoryRecord) -> dict[str, Any]:
    """One line of a table of repositories."""
    return {
        "name": record.name,
        "samples": record.file_url,
        "files": record.url,
        "asks who downloads": record.auth_required,
    }


def assembly_row(record: AssemblyRecord) -> dict[str, Any]:
    """One line of a table of assemblies."""
    return {
        "name": record.name,
        "organism": record.organism,
        "chromosomes": len(record.chromsizes),
        "length": sum(record.chromsizes.values()),
        "arms": len(record.arms),
        "owner": record.owner,
    }
