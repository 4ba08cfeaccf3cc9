"""Run one of the programs in ``benchmarks/`` in the project's environment."""

from __future__ import annotations

import subprocess
import sys

import setup_env
from groundwork.console import Stop, clean_environment
from groundwork.environment import MAIN
from groundwork.paths import ROOT


def main() -> int:
    """Run ``benchmarks/NAME.py`` with the rest of the command line."""
    folder = ROOT / "benchmarks"
    known = sorted(file.stem for file in folder.glob("*.py") if not file.stem.startswith("_"))
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        print(f"choose a benchmark: {', '.join(known) or 'there is none yet'}", file=sys.stderr)
        return 2
    try:
        setup_env.tools()
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    command = [str(MAIN.python), str(folder / f"{sys.argv[1]}.py"), *sys.argv[2:]]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
