"""Run the programs in ``benchmarks/`` one after another: ``make bench`` and its siblings.

    python scripts/run_benchmark.py run      ``benchmarks/ROOM/bench_*.py``, but not of jobs
    python scripts/run_benchmark.py growth   ``benchmarks/ROOM/growth_*.py``
    python scripts/run_benchmark.py jobs     ``benchmarks/jobs/bench_*.py``

A benchmark is a program that prints what it measured and writes it to ``benchmarks/out``.
What follows on the command line is given to each of them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import setup_env
from groundwork.console import Stop, clean_environment, heading
from groundwork.environment import MAIN, ORACLE
from groundwork.paths import ROOT

BENCHMARKS = ROOT / "benchmarks"


def _programs(which: str) -> list[Path]:
    if which == "growth":
        return sorted(BENCHMARKS.glob("*/growth_*.py"))
    jobs = sorted(BENCHMARKS.glob("jobs/bench_*.py"))
    return jobs if which == "jobs" else sorted(set(BENCHMARKS.glob("*/bench_*.py")) - set(jobs))


def main() -> int:
    """Run the chosen benchmarks; 0 if all of them finished."""
    parser = argparse.ArgumentParser(description="Run benchmarks.")
    parser.add_argument("which", choices=("run", "growth", "jobs"))
    arguments, given = parser.parse_known_args()
    programs = _programs(arguments.which)
    if not programs:
        print("there is no such benchmark yet", file=sys.stderr)
        return 2
    try:
        setup_env.tools()
        setup_env.oracle()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    env = clean_environment({"HICOGNITION_ORACLE_PYTHON": str(ORACLE.python)})
    failed = []
    for program in programs:
        name = program.relative_to(ROOT).as_posix()
        heading(name)
        command = [str(MAIN.python), str(program), *given]
        if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
