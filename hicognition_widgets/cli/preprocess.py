"""``hicognition preprocess``: compute early, in a terminal or a batch script."""

from __future__ import annotations

import sys
from typing import Any

import click

_ANALYSES = ("pileup", "profile", "stackup", "enrichment", "embedding1d", "embedding2d")
_USUAL = _ANALYSES[:4]


@click.command()
@click.argument("features", nargs=-1)
@click.option(
    "--regions",
    "-r",
    multiple=True,
    help="Region set by name or owner/name; can be given several times.",
)
@click.option(
    "--flank", "flanks", multiple=True, type=click.IntRange(1), help="bp; repeatable."
)
@click.option(
    "--binsize", "binsizes", multiple=True, type=click.IntRange(1), help="bp; repeatable."
)
@click.option(
    "--bin-percent",
    "percents",
    multiple=True,
    type=click.FloatRange(0, min_open=True),
    help="For intervals; repeatable.",
)
@click.option(
    "--normalization",
    "normalizations",
    multiple=True,
    type=click.Choice(["balanced", "oe", "raw"]),
    default=("balanced", "oe"),
    show_default=True,
)
@click.option(
    "--analysis",
    "analyses",
    multiple=True,
    type=click.Choice(_ANALYSES),
    default=_USUAL,
    show_default=True,
    help="Embeddings are computed only if named.",
)
@click.option("--plan", "only_plan", is_flag=True, help="Say what would be done, and stop.")
@click.option("--resume", type=int, default=None, help="Go on with the job of this number.")
def preprocess(
    features: tuple[str, ...],
    regions: tuple[str, ...],
    flanks: tuple[int, ...],
    binsizes: tuple[int, ...],
    percents: tuple[float, ...],
    normalizations: tuple[str, ...],
    analyses: tuple[str, ...],
    only_plan: bool,
    resume: int | None,
) -> None:
    """Compute results of FEATURES (datasets or collections, by name) before they are asked.

    Without flanks and bin sizes the usual table is computed. Exit code 1 if something
    failed; what is finished is kept.
    """
    from hicognition_widgets.jobs.terminal import show_progress
    from hicognition_widgets.workspace import Workspace

    if resume is None and not (features and regions):
        raise click.UsageError("name at least one feature and one --regions NAME")
    if resume is not None and (features or regions):
        raise click.UsageError("--resume takes a job's number alone")
    with Workspace() as workspace:
        if resume is not None:
            known = workspace.jobs.get(resume)
            if known is None:
                raise click.UsageError(f"you have no job {resume}")
            job = known.resume()
        else:
            wanted: dict[str, Any] = {
                "flanks": flanks or None,
                "binsizes": binsizes or None,
                "bin_percents": percents or None,
                "normalizations": normalizations,
                "analyses": analyses,
            }
            if only_plan:
                click.echo(str(workspace.plan(regions, features, **wanted)))
                return
            job = workspace.preprocess(regions, features, **wanted)
        click.echo(f"job {job.id}: {job.plan.summary}", err=True)
        try:
            show_progress(job)
        except KeyboardInterrupt:
            click.echo(
                f"cancelled; go on with: hicognition preprocess --resume {job.id}", err=True
            )
            sys.exit(130)
        state = job.state
    if state != "finished":
        sys.exit(1)
