"""The command ``hicognition``.

Errors are one sentence on stderr and exit code 1 (2 for a command line that cannot be
understood); ``--debug`` shows the traceback.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import NoReturn

import click

import hicognition_widgets
from hicognition_widgets.cli.catalog import catalog_commands
from hicognition_widgets.cli.hub import hub_commands
from hicognition_widgets.cli.preprocess import preprocess
from hicognition_widgets.errors import CatalogWarning, HiCognitionError, InputError


class _Group(click.Group):
    """Turns the package's errors into one sentence."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except HiCognitionError as error:
            if context.params.get("debug"):
                raise
            _stop(str(error))
        except OSError as error:
            if context.params.get("debug"):
                raise
            _stop(f"{error.filename or 'the file system'}: {error.strerror or error}")


def _stop(sentence: str) -> NoReturn:
    click.echo(f"hicognition: {sentence}", err=True)
    sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(hicognition_widgets.__version__)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Explore Hi-C and ChIP-seq signal over sets of genomic regions."""


@main.command()
@click.option("--headless", is_flag=True, help="Compute and write files; open no browser.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the headless run's files.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo keeps its catalog and results (default: your data folder).",
)
@click.option("--prepare", is_flag=True, help="Compute the results and stop.")
@click.option("--port", type=int, default=None, help="Port of JupyterLab.")
def demo(
    headless: bool, out: Path | None, folder: Path | None, prepare: bool, port: int | None
) -> None:
    """Run the main job on the data that ships with the project."""
    from hicognition_widgets.demo import demo_folder, open_demo
    from hicognition_widgets.demo.job import compute, run

    if headless and out is None:
        raise click.UsageError("--headless needs --out DIR, where the files go")
    root = demo_folder() if folder is None else folder
    opened = open_demo(root, say=click.echo)
    with opened.workspace:
        if out is not None and headless:
            run(opened, out, click.echo)
            return
        compute(opened, click.echo)
    if prepare:
        return
    from hicognition_widgets.demo.lab import open_lab

    sys.exit(open_lab(root, port=port, say=click.echo))


_ASSEMBLY = click.option(
    "--assembly", required=True, help="Assembly the files are on, for example mm9."
)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_ASSEMBLY
@click.option("--interval", is_flag=True, help="Treat regions as intervals, not as points.")
@click.option("--public", is_flag=True, help="Let everybody who uses the catalog see them.")
def add(files: tuple[Path, ...], assembly: str, interval: bool, public: bool) -> None:
    """Register FILES: BED, BEDPE, bigWig, cool or mcool, by their content."""
    from hicognition_widgets.sources.detect import detect
    from hicognition_widgets.workspace import Workspace

    failed = 0
    with Workspace() as workspace:
        for file in files:
            try:
                if detect(file) == "regions":
                    record = workspace.add_regions(
                        file,
                        assembly=assembly,
                        kind="interval" if interval else "point",
                        public=public,
                    )
                else:
                    record = workspace.add_feature(file, assembly=assembly, public=public)
            except InputError as error:
                failed += 1
                click.echo(f"hicognition: {error}", err=True)
            else:
                click.echo(f"added {record.name} ({record.kind.replace('_', ' ')})")
    if failed:
        sys.exit(1)


@main.command()
@click.argument("session")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; .png, .svg, .pdf, .html, .csv or .npy.",
)
@click.option(
    "--preset",
    type=click.Choice(["single", "double", "slide"]),
    default="double",
    show_default=True,
    help="Figures: one column (85 mm), two columns (174 mm), a 16:9 slide.",
)
@click.option("--token", is_flag=True, help="SESSION is the token of a link, not a name.")
def render(session: str, out: Path, preset: str, token: bool) -> None:
    """Draw SESSION into a file, without a browser or a display.

    Several comparisons become one page or one figure. Of several views the numbers (.csv,
    .npy) are several files, counted from 1, each with its origin beside it.
    """
    from hicognition_widgets.views.render import render_session
    from hicognition_widgets.workspace import Workspace

    with Workspace() as workspace:
        opened = workspace.open_session(**{"token" if token else "name": session})
        for sentence in opened.missing:
            click.echo(f"hicognition: {sentence}", err=True)
        for path in render_session(opened, out, preset=preset):
            click.echo(f"wrote {path}")


main.add_command(catalog_commands)
main.add_command(preprocess)
main.add_command(hub_commands)


@main.command()
def doctor() -> None:
    """Say where things are and whether they work."""
    from hicognition_widgets.workspace import Workspace

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CatalogWarning)  # said below
        workspace = Workspace()
    with workspace:
        settings = workspace.settings
        click.echo(f"hicognition-widgets {hicognition_widgets.__version__}")
        click.echo(f"user       {workspace.user}")
        click.echo(f"catalog    {workspace.address}")
        click.echo(f"store      {settings.store}")
        click.echo(f"scheduler  {settings.scheduler}")
        for name, mapping in (
            ("region sets", workspace.regions),
            ("features", workspace.features),
            ("collections", workspace.collections),
        ):
            click.echo(f"{name:<10} {len(mapping)}")
        if workspace.warning is not None:
            click.echo(f"warning    {workspace.warning}")
