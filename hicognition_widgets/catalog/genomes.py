"""Assemblies: everybody sees them, the owner changes them, unused ones can be deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from hicognition_widgets.catalog.core import CatalogCore
from hicognition_widgets.catalog.engine import nothing_changed
from hicognition_widgets.catalog.models import (
    Arm,
    Assembly,
    Chromosome,
    Collection,
    Dataset,
    Organism,
)
from hicognition_widgets.catalog.records import AssemblyRecord
from hicognition_widgets.catalog.rights import owned, referenced
from hicognition_widgets.catalog.text import clean_name
from hicognition_widgets.errors import AmbiguousName, InputError, NotAllowed, NotFound

ArmRow = tuple[str, int, int, str]


class AssemblyCalls(CatalogCore):
    """What a catalog can do with assemblies."""

    def add_assembly(
        self,
        *,
        name: str,
        organism: str | None = None,
        chromsizes: Mapping[str, int],
        arms: Sequence[ArmRow] = (),
    ) -> AssemblyRecord:
        """Add a genome build; the same one twice is one.

        Parameters
        ----------
        name : str
        organism : str, optional
        chromsizes : mapping of str to int
            Chromosome lengths in bp; the order is kept.
        arms : sequence of (chrom, start, end, name)
            0-based half-open; may be empty.

        Returns
        -------
        AssemblyRecord
            Also somebody else's, if theirs has the same name, chromosomes and arms.

        Raises
        ------
        InputError
            If you have a different assembly with that name, or lengths or arms cannot be.
        """
        name = clean_name(name, "the name of an assembly")
        sizes = _checked_sizes(chromsizes)
        rows = _checked_arms(arms, sizes)
        digest = assembly_digest(sizes, rows)
        with self._write() as session:
            same = session.scalars(
                select(Assembly).where(Assembly.name == name).order_by(Assembly.id)
            ).all()
            for row in same:
                if row.digest == digest:
                    nothing_changed(session)
                    return assembly_record(row)
                if row.owner == self.user:
                    raise InputError(
                        f"you already have an assembly {name!r} with other chromosomes or "
                        "arms; choose another name"
                    )
            row = Assembly(
                owner=self.user,
                name=name,
                digest=digest,
                organism=_organism(session, organism),
                chromosomes=[
                    Chromosome(position=i, name=chrom, length=length)
                    for i, (chrom, length) in enumerate(sizes.items())
                ],
                arms=[
                    Arm(position=i, chrom=chrom, start=start, end=end, name=arm)
                    for i, (chrom, start, end, arm) in enumerate(rows)
                ],
            )
            session.add(row)
            session.flush()
            return assembly_record(row)

    def assemblies(self) -> list[AssemblyRecord]:
        """All assemblies, sorted by name."""
        with self._read() as session:
            found = session.scalars(_with_parts().order_by(Assembly.name, Assembly.id))
            return [assembly_record(row) for row in found]

    def assembly(self, ref: str | int) -> AssemblyRecord:
        """One assembly by number, name (your own first) or ``owner/name``.

        Raises
        ------
        NotFound, AmbiguousName
        """
        with self._read() as session:
            return assembly_record(find_assembly(session, ref, self.user))

    def update_assembly(
        self,
        assembly_id: int,
        *,
        name: str | None = None,
        organism: str | None = None,
        arms: Sequence[ArmRow] | None = None,
    ) -> AssemblyRecord:
        """Rename an assembly of yours, or give it an organism or arms.

        Chromosomes cannot be changed, as datasets and results rely on them.
        """
        with self._write() as session:
            row = owned(session, Assembly, assembly_id, self.user, "assembly")
            if name is not None:
                row.name = clean_name(name, "the name of an assembly")
                clash = session.scalar(
                    select(Assembly.id).where(
                        Assembly.owner == self.user,
                        Assembly.name == row.name,
                        Assembly.id != row.id,
                    )
                )
                if clash is not None:
                    raise InputError(f"you already have an assembly {row.name!r}")
            if organism is not None:
                row.organism = _organism(session, organism)
            if arms is not None:
                sizes = {part.name: part.length for part in row.chromosomes}
                rows = _checked_arms(arms, sizes)
                row.arms.clear()
                session.flush()
                row.arms = [
                    Arm(position=i, chrom=chrom, start=start, end=end, name=arm)
                    for i, (chrom, start, end, arm) in enumerate(rows)
                ]
                row.digest = assembly_digest(sizes, rows)
            session.flush()
            return assembly_record(row)

    def delete_assembly(self, assembly_id: int) -> None:
        """Delete an assembly of yours that nothing uses.

        Raises
        ------
        NotAllowed
            If datasets or collections use it (tombstones count), or it is not yours.
        """
        with self._write() as session:
            row = owned(session, Assembly, assembly_id, self.user, "assembly")
            users = sum(
                session.scalar(
                    select(func.count()).select_from(table).where(table.assembly_id == row.id)
                )
                or 0
                for table in (Dataset, Collection)
            )
            if users:
                raise NotAllowed(
                    f"the assembly {row.name!r} cannot be deleted: "
                    f"{users:,} dataset{'s' if users > 1 else ''} or collections are on it"
                )
            if referenced(session, "assembly", row.id):
                raise NotAllowed(
                    f"the assembly {row.name!r} cannot be deleted: others have data on it"
                )
            session.delete(row)

    def organisms(self) -> list[str]:
        """Names of all organisms that assemblies belong to."""
        with self._read() as session:
            return list(session.scalars(select(Organism.name).order_by(Organism.name)))


def find_assembly(session: Session, ref: str | int, user: str) -> Assembly:
    """The assembly that a number, name or ``owner/name`` means."""
    if isinstance(ref, int):
        row = session.get(Assembly, ref)
        if row is None:
            raise NotFound(f"there is no assembly with the number {ref}")
        return row
    found = session.scalars(
        select(Assembly).where(Assembly.name == ref).order_by(Assembly.id)
    ).all()
    own = [row for row in found if row.owner == user]
    if own:
        return own[0]
    if not found and "/" in ref:
        owner, name = ref.split("/", 1)
        found = session.scalars(
            select(Assembly).where(Assembly.name == name, Assembly.owner == owner)
        ).all()
    if len(found) > 1:
        choices = ", ".join(repr(f"{row.owner}/{row.name}") for row in found)
        raise AmbiguousName(f"several people have an assembly {ref!r}; say which: {choices}")
    if not found:
        names = session.scalars(select(Assembly.name).distinct().limit(20)).all()
        known = f"known are {', '.join(sorted(names))}" if names else "there is none yet"
        raise NotFound(f"there is no assembly {ref!r}; {known}")
    return found[0]


def assembly_digest(chromsizes: Mapping[str, int], arms: Sequence[ArmRow]) -> str:
    """Name of an assembly's content: equal for equal chromosomes and arms in any order."""
    content = json.dumps([sorted(chromsizes.items()), sorted(arms)], separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def assembly_record(row: Assembly) -> AssemblyRecord:
    """The row as a record."""
    return AssemblyRecord(
        id=row.id,
        name=row.name,
        owner=row.owner,
        public=True,
        created=row.created,
        updated=row.updated,
        organism=row.organism.name if row.organism is not None else None,
        chromsizes={part.name: part.length for part in row.chromosomes},
        arms=tuple((arm.chrom, arm.start, arm.end, arm.name) for arm in row.arms),
    )


def _with_parts() -> Select[Assembly]:
    return select(Assembly).options(
        selectinload(Assembly.chromosomes), selectinload(Assembly.arms)
    )


def _organism(session: Session, name: str | None) -> Organism | None:
    if name is None:
        return None
    name = clean_name(name, "the name of an organism")
    row = session.scalar(select(Organism).where(Organism.name == name))
    return row if row is not None else Organism(name=name)


def _checked_sizes(chromsizes: Mapping[str, int]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for chrom, length in chromsizes.items():
        name = clean_name(str(chrom), "the name of a chromosome")
        if int(length) != length or length <= 0:
            raise InputError(
                f"the length of chromosome {name!r} has to be a whole number of bp "
                f"above 0, not {length!r}"
            )
        sizes[name] = int(length)
    if not sizes:
        raise InputError("an assembly needs at least one chromosome")
    return sizes


def _checked_arms(arms: Sequence[ArmRow], sizes: Mapping[str, int]) -> list[ArmRow]:
    rows = []
    for chrom, start, end, name in arms:
        chrom = str(chrom)
        if chrom not in sizes:
            raise InputError(f"the arm {name!r} is on {chrom!r}, which is not a chromosome")
        if not 0 <= start < end <= sizes[chrom]:
            raise InputError(
                f"the arm {name!r} reaches from {start:,} to {end:,}, but {chrom} from 0 to "
                f"{sizes[chrom]:,} bp"
            )
        rows.append((chrom, int(start), int(end), clean_name(str(name), "the name of an arm")))
    return rows
