"""Everything that must be green, in one go: ``make test``.

Sets up what is missing, then checks Python, then TypeScript, then runs all tests. All parts
run even when an early one fails, so that one run shows everything; the exit code is 1 if any
failed and 2 if something has to be installed by hand first. The last lines are pytest's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

import setup_env
from groundwork import system
from groundwork.console import Stop, clean_environment, heading
from groundwork.environment import HOSTS, MAIN, ORACLE
from groundwork.paths import JS, ROOT

# Biome colours its output everywhere else, which makes a log unreadable
COLOURLESS = ("--", "--colors=off")
PYTHON_CHECKED = ("hicognition_widgets", "tests", "scripts", "benchmarks", "hatch_build.py")


def _python_checks(part: str) -> list[tuple[str, list[str]]]:
    there = [name for name in PYTHON_CHECKED if (ROOT / name).exists()]
    lint = [
        ("ruff check", [str(MAIN.script("ruff")), "check", *there]),
        ("ruff format", [str(MAIN.script("ruff")), "format", "--check", *there]),
        ("import-linter", [str(MAIN.script("lint-imports")), "--no-logo"]),
    ]
    types = [("mypy", [str(MAIN.script("mypy"))])]
    return {"lint": lint, "types": types}.get(part, [])


def _node_checks(part: str) -> list[tuple[str, list[str]]]:
    npm = [*setup_env.ready_node().npm, "run", "--silent"]
    checks = {
        "lint": ("biome", [*npm, "lint", *([] if sys.stdout.isatty() else COLOURLESS)]),
        "types": ("tsc", [*npm, "check"]),
        "js": ("vitest", [*npm, "test"]),
    }
    return [checks[part]] if part in checks else []


def _pytest(chosen: list[str]) -> list[str]:
    # a file's tests stay together: they share a JupyterLab, a cluster, a database server
    workers = ["-n", "2", "--dist", "loadfile"] if not chosen else []
    return [str(MAIN.python), "-m", "pytest", *workers, *chosen]


def _run(name: str, command: list[str], *, js: bool) -> bool:
    heading(name)
    begun = time.monotonic()
    if js:
        env = setup_env.ready_node().environment()
    else:
        chromium = system.find_chromium()
        env = clean_environment(
            {
                "PATH": os.pathsep.join([str(MAIN.folder / "bin"), os.environ["PATH"]]),
                "HICOGNITION_ORACLE_PYTHON": str(ORACLE.python),
                "HICOGNITION_HOSTS_PYTHON": str(HOSTS.python),
                "HICOGNITION_CHROMIUM": str(chromium or ""),
            }
            | system.runtime_folder()
        )
    try:
        outcome = subprocess.run(
            command, cwd=JS if js else ROOT, env=env, stdin=subprocess.DEVNULL, check=False
        )
    except KeyboardInterrupt:
        raise Stop("stopped", 130) from None
    # pytest says itself how long it took, and its own line shall be the last
    if command[1:3] != ["-m", "pytest"]:
        seconds = time.monotonic() - begun
        verdict = "ok" if outcome.returncode == 0 else f"failed ({outcome.returncode})"
        print(f"{name}: {verdict}, {seconds:.0f} s", flush=True)
    return outcome.returncode == 0


def _set_up(parts: tuple[str, ...], chosen: list[str]) -> None:
    if "py" in parts and not chosen:
        setup_env.test()
        return
    # a part, or chosen tests: what comes from outside is only asked for where it is sure
    setup_env.tools()
    if "browser" in parts:
        system.chromium()


def main() -> int:
    """Run the chosen parts; 0 only if all of them passed."""
    parser = argparse.ArgumentParser(description="Check and test everything, or a part.")
    parser.add_argument(
        "part",
        nargs="?",
        default="all",
        choices=("all", "lint", "types", "js", "py", "browser"),
    )
    parser.add_argument("pytest", nargs="*", help="given to pytest, after --")
    arguments = parser.parse_args()
    parts = ("lint", "types", "js", "py") if arguments.part == "all" else (arguments.part,)
    chosen = ["-m", "browser", *arguments.pytest] if "browser" in parts else arguments.pytest
    try:
        heading("setting up")
        _set_up(parts, chosen)
        print("  ready", flush=True)
        failed = []
        for part in parts:
            for name, command in _python_checks(part):
                if not _run(name, command, js=False):
                    failed.append(name)
            for name, command in _node_checks(part):
                if not _run(name, command, js=True):
                    failed.append(name)
        if parts[-1] in ("py", "browser") and not _run("pytest", _pytest(chosen), js=False):
            failed.append("pytest")
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
