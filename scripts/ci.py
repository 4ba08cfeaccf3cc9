"""What CI runs, beyond ``make test``: the wheel, the oldest pandas, and Binder.

    python scripts/ci.py            everything, make test first
    python scripts/ci.py wheel      one part (test, wheel, pandas22, binder)

Every part runs even when an early one failed; the exit code is 0 only if all passed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import binder_replay
import setup_env
from groundwork.console import Stop, clean_environment, heading
from groundwork.environment import MAIN, PANDAS22
from groundwork.paths import REQUIREMENTS, ROOT


def _run(
    *command: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    outcome = subprocess.run(
        [str(part) for part in command],
        cwd=cwd or ROOT,
        env=dict(env) if env is not None else clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        print(outcome.stdout, outcome.stderr, sep="\n", flush=True)
        raise Stop(f"{Path(str(command[0])).name} {command[1]} … failed", 1)
    return outcome.stdout


def test() -> None:
    """Run the README's second command."""
    outcome = subprocess.run(
        ["make", "--no-print-directory", "test"],  # noqa: S607 - make is on the PATH
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if outcome.returncode != 0:
        raise Stop("make test failed", outcome.returncode)


def wheel() -> None:
    """Build sdist and wheel; install and import them where there is no Node."""
    setup_env.demo()
    uv = MAIN.script("uv")
    with tempfile.TemporaryDirectory(prefix="hicognition wheel ") as scratch:
        here = Path(scratch)
        sdist_args = ("build", "--quiet", "--python", MAIN.python)
        _run(uv, *sdist_args, "--sdist", "--out-dir", here)
        (sdist,) = here.glob("*.tar.gz")
        print(f"  {sdist.name}: {sdist.stat().st_size / 1e6:.1f} MB")

        environment = here / "environment"
        _run(sys.executable, "-m", "venv", "--without-pip", environment)
        python = environment / "bin" / "python"
        without_node = clean_environment({"PATH": str(environment / "bin")})
        if shutil.which("node", path=without_node["PATH"]):
            raise Stop("the empty environment has a Node, which this check is to do without", 1)

        # from the source distribution, which carries the built bundle
        _run(uv, *sdist_args, "--wheel", "--out-dir", here, sdist, env=without_node)
        (built,) = here.glob("*.whl")
        print(f"  {built.name}: {built.stat().st_size / 1e6:.1f} MB, built without Node")

        install = (uv, "pip", "install", "--quiet", "--python", python)
        _run(*install, "-r", REQUIREMENTS / "demo.txt")
        _run(*install, "--no-deps", built)
        _run(uv, "pip", "check", "--python", python)
        check = (
            "import hicognition_widgets, pathlib; "
            "folder = pathlib.Path(hicognition_widgets.__file__).parent; "
            f"assert folder.is_relative_to({str(environment)!r}), folder; "
            "assert (folder / 'static' / 'widget.js').stat().st_size > 10_000; "
            "print(' ', 'imported', hicognition_widgets.__version__)"
        )
        print(_run(python, "-c", check, env=without_node, cwd=here).rstrip())
        _run(environment / "bin" / "hicognition", "--help", env=without_node, cwd=here)
        print("  hicognition --help works")


def pandas22() -> None:
    """Run the tests that handle tables with the oldest pandas that is supported."""
    setup_env.pandas22()
    tests = [ROOT / "tests" / "genome", *sorted((ROOT / "tests").glob("analyses_*"))]
    # those that compare with other tools or need Node's test run stay with the main job
    command = [
        PANDAS22.python,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "-m",
        "not oracle and not slow",
    ]
    outcome = subprocess.run(
        [str(part) for part in [*command, *tests]],
        cwd=ROOT,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if outcome.returncode != 0:
        raise Stop("tests failed with pandas 2.2", 1)


def binder() -> None:
    """Replay what Binder does with ``binder/``, without Docker."""
    binder_replay.replay()


PARTS: dict[str, tuple[str, Callable[[], None]]] = {
    "test": ("make test", test),
    "wheel": ("a wheel, installed and imported without Node", wheel),
    "pandas22": ("pandas 2.2", pandas22),
    "binder": ("Binder, replayed", binder),
}


def _write_down(times: Sequence[tuple[str, float, str]]) -> None:
    heading("CI")
    for name, seconds, verdict in times:
        print(f"  {name:<46} {seconds:6.0f} s  {verdict}", flush=True)
    print(f"  {'all':<46} {sum(seconds for _, seconds, _ in times):6.0f} s", flush=True)


def main() -> int:
    """Run the parts and sum them up."""
    parser = argparse.ArgumentParser(description="What CI runs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := [part for part in chosen if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; choose from {', '.join(PARTS)}")
    os.environ.setdefault("CI", "true")
    times = []
    for part in chosen:
        title, work = PARTS[part]
        heading(title)
        begun = time.monotonic()
        verdict = "ok"
        try:
            work()
        except Stop as stop:
            print(stop, file=sys.stderr, flush=True)
            verdict = "FAILED"
        times.append((title, time.monotonic() - begun, verdict))
    _write_down(times)
    return 0 if all(verdict == "ok" for _, _, verdict in times) else 1


if __name__ == "__main__":
    sys.exit(main())
