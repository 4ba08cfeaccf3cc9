"""From dataset rows to records and back, and the conditions that find them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, Text, any_, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from hicognition_widgets.catalog.expressions import Contains, Unindexed
from hicognition_widgets.catalog.models import (
    Assembly,
    CollectionMember,
    Dataset,
    DatasetMetadata,
    SessionDataset,
)
from hicognition_widgets.catalog.records import DatasetKind, DatasetRecord, MetadataValue
from hicognition_widgets.catalog.rights import visible_datasets
from hicognition_widgets.catalog.text import (
    clean_name,
    clean_text,
    search_text,
    search_words,
    sort_key,
)
from hicognition_widgets.errors import AmbiguousName, InputError, NotFound

KINDS: tuple[DatasetKind, ...] = ("regions", "signal_track", "contact_map")
FEATURES: tuple[DatasetKind, ...] = ("signal_track", "contact_map")
KIND_WORDS = {
    "regions": "region set",
    "signal_track": "signal track",
    "contact_map": "contact map",
}

TRIGRAM = 3
"""Letters of a word that PostgreSQL's index can find."""

FEW = 1000
"""Datasets that are put in order after they were found, and not found in order."""

ORDER: dict[str, InstrumentedAttribute[Any]] = {
    "name": Dataset.name_key,
    "kind": Dataset.kind,
    "owner": Dataset.owner,
    "assembly": Assembly.name,
    "created": Dataset.created,
    "updated": Dataset.updated,
    "size": Dataset.size,
    "modified": Dataset.modified,
    "n_regions": Dataset.n_regions,
    "id": Dataset.id,
}
"""What tables of datasets can be sorted by."""


def dataset_query() -> Select[Dataset, str]:
    """Datasets with the name of their assembly; metadata in one more query per page."""
    return (
        select(Dataset, Assembly.name)
        .join(Assembly, Assembly.id == Dataset.assembly_id)
        .options(selectinload(Dataset.metadata_items))
    )


def dataset_record(row: Dataset, assembly: str) -> DatasetRecord:
    """The row as a record."""
    return DatasetRecord(
        id=row.id,
        name=row.name,
        owner=row.owner,
        public=row.public,
        created=row.created,
        updated=row.updated,
        kind=cast("DatasetKind", row.kind),
        assembly=assembly,
        assembly_id=row.assembly_id,
        path=row.path,
        fingerprint=row.fingerprint,
        managed=row.managed,
        size=row.size,
        modified=row.modified,
        dims=cast("Any", row.dims),
        region_kind=cast("Any", row.region_kind),
        n_regions=row.n_regions,
        resolutions=tuple(row.resolutions),
        description=row.description,
        metadata={item.key: _read_value(item) for item in row.metadata_items},
        origin=row.origin,
        repository=row.repository,
        sample_id=row.sample_id,
        source_url=row.source_url,
        deleted=row.deleted is not None,
    )


def linked_datasets(
    session: Session,
    links: type[CollectionMember] | type[SessionDataset],
    owner: InstrumentedAttribute[int],
    numbers: Sequence[int],
    user: str | None,
) -> defaultdict[int, list[DatasetRecord]]:
    """Datasets that collections or sessions refer to, in order, by who refers to them.

    Those that `user` may not see are left out, unless they are deleted.
    """
    found: defaultdict[int, list[DatasetRecord]] = defaultdict(list)
    parts = (
        dataset_query()
        .join(links, links.dataset_id == Dataset.id)
        .add_columns(owner, visible_datasets(user))
        .where(owner.in_(numbers))
        .order_by(owner, links.position)
    )
    for dataset, place, number, visible in session.execute(parts):
        if visible or dataset.deleted is not None:
            found[number].append(dataset_record(dataset, place))
    return found


def on_assembly(column: InstrumentedAttribute[int], assembly: str | int) -> ColumnElement[bool]:
    """Whether something is on the assembly with this name or number."""
    if isinstance(assembly, int):
        return column == assembly
    return column.in_(select(Assembly.id).where(Assembly.name == assembly))


def checked_kinds(kind: str | Collection[str] | None) -> tuple[str, ...]:
    """The kinds of datasets that are asked for; empty for all."""
    if kind is None:
        return ()
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    for one in kinds:
        if one not in KINDS:
            raise InputError(f"{one!r} is not a kind of dataset; kinds are {', '.join(KINDS)}")
    return kinds


def conditions(
    user: str | None,
    *,
    kind: str | Collection[str] | None = None,
    search: str | None = None,
    assembly: str | int | None = None,
    owner: str | None = None,
    metadata: Mapping[str, MetadataValue | None] | None = None,
    repository: str | None = None,
    sample_id: str | None = None,
    among: Sequence[int] | None = None,
) -> list[ColumnElement[bool]]:
    """Conditions for what `user` may see and asks for; see :mod:`.rights` for None.

    `among` are the numbers that the words of `search` are known to be in, if that is known.
    """
    found: list[ColumnElement[bool]] = [Dataset.deleted.is_(None), visible_datasets(user)]
    kinds = checked_kinds(kind)
    if len(kinds) == 1:
        found.append(Dataset.kind == kinds[0])
    elif kinds:
        found.append(Dataset.kind.in_(kinds))
    if among is not None:
        found.append(Dataset.id == any_(cast_to(list(among), ARRAY(BigInteger))))
    elif search is not None:
        found += [Contains(Dataset.search_text, word) for word in search_words(search)]
    if assembly is not None:
        found.append(on_assembly(Dataset.assembly_id, assembly))
    if owner is not None:
        found.append(Dataset.owner == owner)
    if repository is not None:
        found.append(Dataset.repository == repository)
    if sample_id is not None:
        found.append(Dataset.sample_id == sample_id)
    fields = {
        key: None if value is None else sort_key(_write_value(key, value)[1])
        for key, value in (metadata or {}).items()
    }
    if user is None and fields:
        found.append(Dataset.id.in_(_described(fields)))
        return found
    for key, wanted in fields.items():
        item = select(DatasetMetadata.dataset_id).where(DatasetMetadata.key == key)
        if wanted is not None:
            item = item.where(DatasetMetadata.value_key == wanted)
        found.append(Dataset.id.in_(item))
    return found


def matching(session: Session, search: str | None) -> list[int] | None:
    """Numbers of datasets that words are in, by the server's index; None if many, or unknown.

    What is in many datasets fills a page sooner by looking at one after the other.
    """
    words = [] if search is None else search_words(search)
    if not any(len(word) >= TRIGRAM for word in words):
        return None
    asked = func.hicognition_matching(cast_to(words, ARRAY(Text)), FEW + 1, type_=BigInteger)
    found = session.scalars(select(asked)).all()
    return None if len(found) > FEW else list(found)


def _described(fields: Mapping[str, str | None]) -> Select[int]:
    """The same where row security holds: the server looks fields up before it asks for rights.

    Its policies would ask for every field's dataset first.
    """
    keys, values = (cast_to(list(part), ARRAY(Text)) for part in (fields, fields.values()))
    return select(func.hicognition_described(keys, values, type_=BigInteger))


def order(order_by: str, descending: bool, *, indexed: bool = True) -> list[ColumnElement[Any]]:
    """ORDER BY of a table, with the number as the last word; empty values last.

    `indexed` is False where little will be found by reading much.
    """
    if order_by not in ORDER:
        raise InputError(
            f"datasets cannot be sorted by {order_by!r}; choose from {', '.join(ORDER)}"
        )
    column: ColumnElement[Any] = ORDER[order_by].expression
    if not indexed:
        column = Unindexed(column)
    direction = column.desc() if descending else column.asc()
    last = Dataset.id.desc() if descending else Dataset.id.asc()
    if order_by == "n_regions":
        return [column.is_(None), direction, last]
    return [direction, last]


def find_dataset(
    session: Session,
    ref: str | int,
    user: str,
    asker: str | None,
    *,
    kind: str | Collection[str] | None = None,
) -> DatasetRecord:
    """The dataset that a number, name (own first) or ``owner/name`` means.

    Raises
    ------
    NotFound, AmbiguousName
    """
    kinds = checked_kinds(kind)
    word = KIND_WORDS[kinds[0]] if len(kinds) == 1 else "feature" if kinds else "dataset"
    allowed = conditions(asker, kind=kinds)
    if isinstance(ref, int):
        row = session.execute(dataset_query().where(Dataset.id == ref, *allowed)).first()
        if row is None:
            raise NotFound(f"there is no {word} with the number {ref} that you can see")
        return dataset_record(row[0], row[1])
    found = session.execute(
        dataset_query().where(Dataset.name == ref, *allowed).order_by(Dataset.id).limit(50)
    ).all()
    own = [row for row in found if row[0].owner == user]
    found = own or found
    if not found and "/" in ref:
        owner, name = ref.split("/", 1)
        found = session.execute(
            dataset_query().where(Dataset.owner == owner, Dataset.name == name, *allowed)
        ).all()
    if not found and ref.isdecimal() and len(ref) < 19:
        return find_dataset(session, int(ref), user, asker, kind=kinds or None)
    if len(found) > 1:
        choices = ", ".join(
            f"{f'{row[0].owner}/{row[0].name}'!r} ({KIND_WORDS[row[0].kind]}, "
            f"number {row[0].id})"
            for row in found[:10]
        )
        raise AmbiguousName(f"{ref!r} fits several {word}s; say which: {choices}")
    if not found:
        raise NotFound(
            f"there is no {word} {ref!r} that you can see{_hint(session, ref, allowed)}"
        )
    return dataset_record(found[0][0], found[0][1])


def set_metadata(
    row: Dataset, changes: Mapping[str, MetadataValue | None], *, replace: bool = False
) -> None:
    """Set fields; None removes one; `replace` removes all that are not given."""
    present = {item.key: item for item in row.metadata_items}
    if replace:
        for key in set(present) - set(changes):
            row.metadata_items.remove(present[key])
    for key, value in changes.items():
        name = clean_name(key, "the name of a metadata field", 64)
        if value is None:
            if name in present:
                row.metadata_items.remove(present[name])
            continue
        kind, written = _write_value(name, value)
        item = present.get(name)
        if item is None:
            item = DatasetMetadata(key=name)
            row.metadata_items.append(item)
        item.type, item.value, item.value_key = kind, written, sort_key(written)


def update_search_text(row: Dataset) -> None:
    """Bring what is searched in up to date with what it is made from."""
    row.name_key = sort_key(row.name)
    values = [item.value for item in row.metadata_items]
    sources = (row.sample_id or "", row.repository or "", row.source_url or "")
    row.search_text = search_text(row.name, row.owner, row.description, *sources, *values)


def _write_value(key: str, value: MetadataValue) -> tuple[str, str]:
    if isinstance(value, bool):
        return "flag", "true" if value else "false"
    if isinstance(value, int):
        return "integer", str(value)
    if isinstance(value, float):
        return "real", repr(float(value))
    if isinstance(value, str):
        return "text", clean_text(value, f"the metadata field {key!r}")
    raise InputError(
        f"the metadata field {key!r} has to be text, a number or true/false, "
        f"not {type(value).__name__}"
    )


def _read_value(item: DatasetMetadata) -> MetadataValue:
    if item.type == "flag":
        return item.value == "true"
    if item.type == "integer":
        return int(item.value)
    if item.type == "real":
        return float(item.value)
    return item.value


def _hint(session: Session, ref: str, allowed: Sequence[ColumnElement[bool]]) -> str:
    from difflib import get_close_matches

    start = sort_key(ref)[:2]
    if not start:
        return ""
    near = session.scalars(
        select(Dataset.name)
        .where(Dataset.name_key >= start, Dataset.name_key < start + "\U0010ffff", *allowed)
        .order_by(Dataset.name_key)
        .limit(200)
    ).all()
    close = get_close_matches(ref, near, n=3)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""
