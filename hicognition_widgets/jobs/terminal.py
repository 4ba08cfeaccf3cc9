"""Progress of a job in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hicognition_widgets.jobs.job import Job

_LOOK_SECONDS: Final = 0.2
_SHOWN: Final = 5


def show_progress(job: Job, *, console: Any = None) -> Job:
    """Show a job's progress until it ends; an interrupt cancels the job.

    Parameters
    ----------
    job : Job
    console : rich.console.Console, optional
        Standard error by default, so that output can be piped.

    Returns
    -------
    Job
        The job, ended. What failed is listed below the bar, each reason once.

    Raises
    ------
    KeyboardInterrupt
        After the job was cancelled.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    if console is None:
        console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )
    with bars:
        bar = bars.add_task(escape(job.title), total=max(job.progress.total, 1), note="")
        try:
            while True:
                over = job.done()
                progress = job.progress
                done = progress.done + progress.failed if progress.total else 1
                bars.update(bar, completed=done, note=escape(note(job)))
                if over:
                    break
                wait_a_little(job)
        except KeyboardInterrupt:
            job.cancel()
            raise
    for line in reasons(job):
        console.print(line, markup=False, highlight=False)
    return job


def wait_a_little(job: Job) -> None:
    """Wait for the end of a job, for a moment."""
    try:
        job.wait(_LOOK_SECONDS)
    except TimeoutError:
        return


def note(job: Job) -> str:
    """What is said beside the bar: running, failed, remaining time, or how it ended."""
    progress = job.progress
    parts: list[str] = []
    if job.done():
        parts.append(job.state)
    else:
        parts.append(f"{progress.running} running" if progress.running else "waiting")
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if not job.done() and progress.remaining is not None:
        parts.append(f"{duration(progress.remaining)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """``12 s``, ``3 min 20 s`` or ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def reasons(job: Job) -> list[str]:
    """Sentences of what failed, most frequent first."""
    counted: dict[str, int] = {}
    for failure in job.errors:
        counted[failure.sentence] = counted.get(failure.sentence, 0) + 1
    ranked = sorted(counted.items(), key=lambda item: -item[1])
    lines = [f"{number} failed: {sentence}" for sentence, number in ranked[:_SHOWN]]
    if len(ranked) > _SHOWN:
        lines.append(f"… and {len(ranked) - _SHOWN} more reasons")
    return lines
