"""Organisms and assemblies."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hicognition_widgets.catalog.models.base import NAME_LENGTH, Base, BigInt, Numbered, Owned


class Organism(Numbered, Base):
    """A species."""

    __tablename__ = "organisms"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - read by SQLAlchemy

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)


class Assembly(Owned, Base):
    """A genome build; everybody sees it."""

    __tablename__ = "assemblies"
    __table_args__ = (UniqueConstraint("owner", "name"), {"sqlite_autoincrement": True})

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), index=True)
    organism_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisms.id", ondelete="RESTRICT"), index=True
    )
    digest: Mapped[str] = mapped_column(String(64))

    organism: Mapped[Organism | None] = relationship(lazy="joined")
    chromosomes: Mapped[list[Chromosome]] = relationship(
        cascade="all, delete-orphan", order_by="Chromosome.position", passive_deletes=True
    )
    arms: Mapped[list[Arm]] = relationship(
        cascade="all, delete-orphan", order_by="Arm.position", passive_deletes=True
    )


class Chromosome(Base):
    """A chromosome and its length in bp."""

    __tablename__ = "chromosomes"

    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("assemblies.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    length: Mapped[int] = mapped_column(BigInt)


class Arm(Base):
    """A chromosome arm, 0-based half-open."""

    __tablename__ = "arms"

    assembly_id: Mapped[int] = mapped_column(
        ForeignKey("assemblies.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    chrom: Mapped[str] = mapped_column(String(NAME_LENGTH))
    start: Mapped[int] = mapped_column(BigInt)
    end: Mapped[int] = mapped_column("stop", BigInt)  # END is a word of SQL
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
