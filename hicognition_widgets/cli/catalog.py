"""``hicognition catalog``: upgrade, check, export and import."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hicognition_widgets.catalog import Catalog
    from hicognition_widgets.catalog.archive import ArchiveReport
    from hicognition_widgets.store import Store

_SHOWN = 200


@click.group(name="catalog")
def catalog_commands() -> None:
    """Look after the catalog that HICOGNITION_CATALOG names."""


@catalog_commands.command()
def upgrade() -> None:
    """Create the catalog, or bring it to the revision of this program.

    A SQLite file is copied first. On PostgreSQL the address has to be that of the role
    that owns the tables.
    """
    from hicognition_widgets.catalog import upgrade_catalog
    from hicognition_widgets.catalog.revisions import HEAD
    from hicognition_widgets.settings import load_settings

    backup = upgrade_catalog(load_settings().catalog)
    click.echo(f"the catalog is at revision {HEAD}")
    if backup is not None:
        click.echo(f"the older one is kept as {backup}")


@catalog_commands.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended; source files stay.")
@click.option("--quick", is_flag=True, help="Do not read the stored results, only look.")
def check(repair: bool, quick: bool) -> None:
    """Compare what you own in the catalog with what is in the store.

    Exit code 1 if something is wrong and was not repaired.
    """
    from hicognition_widgets.catalog.check import check_catalog

    catalog, store = _open()
    with catalog:
        report = check_catalog(catalog, store, repair=repair, verify=not quick)
    for problem in report.problems[:_SHOWN]:
        click.echo(problem.sentence)
        if problem.repaired:
            click.echo(f"  repaired: {problem.remedy}")
        elif problem.repairable:
            click.echo(f"  with --repair {problem.remedy}")
        else:
            click.echo(f"  to do: {problem.remedy}")
    if len(report.problems) > _SHOWN:
        click.echo(f"and {len(report.problems) - _SHOWN:,} more")
    left = sum(not problem.repaired for problem in report.problems)
    click.echo(
        f"looked at {report.datasets:,} datasets and {report.results:,} results of "
        f"{catalog.user}: {len(report.problems):,} problems, {left:,} left"
    )
    if not report.ok:
        sys.exit(1)


@catalog_commands.command()
@click.argument("archive", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--sources", is_flag=True, help="Also pack the files that stay where they are.")
@click.option("--quick", is_flag=True, help="Do not read unpacked files to note their digests.")
def export(archive: Path, sources: bool, quick: bool) -> None:
    """Pack everything you own into the new file ARCHIVE."""
    from hicognition_widgets.catalog.archive import export_archive

    catalog, store = _open()
    with catalog:
        report = export_archive(catalog, archive, store, sources=sources, digests=not quick)
    _tell("exported", report)


@catalog_commands.command(name="import")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(archive: Path) -> None:
    """Merge ARCHIVE into the catalog; everything in it becomes yours.

    What is there already is used as it is, so an import can be run again.
    """
    from hicognition_widgets.catalog.archive import import_archive
    from hicognition_widgets.views.spec_numbers import renumbered_session

    catalog, store = _open()
    with catalog:
        report = import_archive(catalog, archive, store, translate=renumbered_session)
    _tell("imported", report)


def _open() -> tuple[Catalog, Store]:
    from hicognition_widgets.catalog import Catalog
    from hicognition_widgets.settings import load_settings
    from hicognition_widgets.store import Store

    settings = load_settings()
    catalog = Catalog.open(settings.catalog, user=settings.user)
    return catalog, Store(settings.store, catalog.user, shared=catalog.path is None)


def _tell(done: str, report: ArchiveReport) -> None:
    rows = ", ".join(f"{count:,} {kind}" for kind, count in report.counts.items())
    click.echo(f"{done} {rows or 'nothing'}; {report.files:,} files, {report.bytes:,} bytes")
    if report.reused:
        kept = ", ".join(f"{count:,} {kind}" for kind, count in report.reused.items())
        click.echo(f"there already: {kept}")
    for note in report.notes:
        click.echo(note)
