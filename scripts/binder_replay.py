"""Replays what Binder does with ``binder/``, on this machine and without Docker.

1. repo2docker reads the folder and renders its recipe (``--no-build``);
2. the steps of the recipe are run here: requirements, ``postBuild``, ``start``, each in a
   copy of the checkout, with a new environment and a new home folder;
3. the demo runs as ``start`` starts it, and the notebook is executed, while the memory of all
   their processes is measured; nothing may be computed that ``postBuild`` did not prepare.

What this cannot show: that conda solves its base environment, and the image's size.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from groundwork.console import Stop, clean_environment
from groundwork.environment import BINDER, MAIN
from groundwork.memory import PeakMemory
from groundwork.paths import ROOT

MEMORY_LIMIT = 1_000_000_000
NOTEBOOK = Path("notebooks/demo.ipynb")


def _copy_checkout(target: Path) -> None:
    """Copy what git knows of, and nothing that is ignored, as a clone would have it."""
    listing = subprocess.run(
        [  # noqa: S607 - git is on the PATH
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def _look_at(binder: Path) -> None:
    """Check what Binder would stumble over without saying so."""
    for name in ("postBuild", "start"):
        text = (binder / name).read_bytes()
        if not text.startswith(b"#!/bin/bash\n") or not os.access(binder / name, os.X_OK):
            raise Stop(f"binder/{name} has to be executable and begin with #!/bin/bash", 1)
        if b"\r" in text:
            raise Stop(f"binder/{name} has Windows line ends", 1)
    if not (binder / "start").read_text(encoding="utf-8").rstrip().endswith('exec "$@"'):
        raise Stop('binder/start has to end with exec "$@"', 1)


def _render(repository: Path) -> None:
    BINDER.make(("binder-check",), "installing repo2docker")
    outcome = subprocess.run(
        [str(BINDER.script("jupyter-repo2docker")), "--no-build", "--debug", str(repository)],
        cwd=repository.parent,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    steps = ('pip install --no-cache-dir -r "binder/requirements.txt"', "./binder/postBuild")
    entry = 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"'
    missing = [line for line in (*steps, entry) if line not in outcome.stdout]
    if outcome.returncode != 0 or missing:
        print(outcome.stdout, outcome.stderr, sep="\n")
        raise Stop(f"repo2docker's recipe lacks {missing or 'everything'}", 1)
    python = (repository / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    version = python.removeprefix("python-")
    if f"python={version}" not in outcome.stderr + outcome.stdout:
        raise Stop(f"repo2docker does not take the Python of binder/runtime.txt ({python})", 1)
    print(f"  repo2docker renders its recipe, with Python {version}", flush=True)


class Replay:
    """The steps of the recipe, with a home folder and an environment of their own."""

    def __init__(self, scratch: Path) -> None:
        self.repository = scratch / "repository"
        self.environment = scratch / "environment"
        self.home = scratch / "home"
        self.home.mkdir()
        self.marker = f"{os.getpid()}-{time.time_ns()}"
        path = os.pathsep.join([str(self.environment / "bin"), os.environ["PATH"]])
        private = ("XDG_", "JUPYTER", "HICOGNITION", "IPYTHON", "DASK_")
        self.env = {
            name: value
            for name, value in clean_environment().items()
            if not name.startswith(private)
        }
        # caches of downloads are only shared to be quick; everything else is new
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        self.env |= {
            "HOME": str(self.home),
            "PATH": path,
            "HICOGNITION_REPLAY": self.marker,
            "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(cache / "uv")),
            "NPM_CONFIG_CACHE": os.environ.get("NPM_CONFIG_CACHE", str(Path.home() / ".npm")),
        }

    def run(self, title: str, *command: str | Path, measure: bool = False) -> int:
        """Run one step; returns the peak memory in bytes if it was measured."""
        begun = time.monotonic()
        log = self.home.parent / "step.log"
        with log.open("w") as lines, PeakMemory(f"HICOGNITION_REPLAY={self.marker}") as peak:
            outcome = subprocess.run(
                [str(part) for part in command],
                cwd=self.repository,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if outcome.returncode != 0:
            print(log.read_text(errors="replace")[-6000:])
            raise Stop(f"{title} failed ({outcome.returncode})", 1)
        took = f"{time.monotonic() - begun:.0f} s"
        print(
            f"  {title}: {took}"
            + (f", peak memory {peak.bytes / 1e6:.0f} MB" if measure else ""),
            flush=True,
        )
        if measure and peak.bytes > MEMORY_LIMIT:
            raise Stop(
                f"{title} needs {peak.bytes / 1e6:.0f} MB of memory, "
                f"{MEMORY_LIMIT / 1e6:.0f} MB are allowed",
                1,
            )
        return peak.bytes

    def results(self) -> int:
        """Count the result files and the rows that postBuild or a run left behind."""
        code = (
            "import sqlite3, sys, pathlib\n"
            "rows = 0\n"
            "for file in pathlib.Path(sys.argv[1]).rglob('*'):\n"
            "    if file.is_file() and file.read_bytes()[:15] == b'SQLite format 3':\n"
            "        db = sqlite3.connect(file)\n"
            "        names = db.execute(\"select name from sqlite_master where type = 'table' "
            "and name in ('result', 'results')\").fetchall()\n"
            "        rows += sum(db.execute(f'select count(*) from {n}').fetchone()[0] "
            "for (n,) in names)\n"
            "print(rows)\n"
        )
        outcome = subprocess.run(
            [str(self.environment / "bin" / "python"), "-c", code, str(self.home)],
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        return int(outcome.stdout)


def replay() -> None:
    """Replay everything; Stop says what Binder would have failed at."""
    MAIN.make(("demo",), "installing the Python packages")
    with tempfile.TemporaryDirectory(prefix="hicognition-binder-") as scratch:
        steps = Replay(Path(scratch).resolve())
        _copy_checkout(steps.repository)
        _look_at(steps.repository / "binder")
        _render(steps.repository)

        python = steps.environment / "bin" / "python"
        start = steps.repository / "binder" / "start"
        steps.run("a new environment", sys.executable, "-m", "venv", steps.environment)
        uv = MAIN.script("uv")
        install = (uv, "pip", "install", "--python", python) if uv.exists() else (
            python, "-m", "pip", "install",
        )  # fmt: skip
        steps.run("requirements", *install, "-r", "binder/requirements.txt")
        steps.run("postBuild", "./binder/postBuild", measure=True)
        prepared = steps.results()
        if prepared == 0:
            raise Stop("postBuild left no results in the catalog", 1)

        out = steps.home / "out"
        steps.run(
            "the demo, headless",
            *(start, "hicognition", "demo", "--headless", "--out", out),
            measure=True,
        )
        if not (out / "summary.json").exists():
            raise Stop("the headless demo wrote no summary.json", 1)
        steps.run(
            "the notebook",
            *(start, "jupyter", "execute", NOTEBOOK),
            measure=True,
        )
        if (now := steps.results()) != prepared:
            raise Stop(
                f"after postBuild there were {prepared} results, after the notebook {now}: "
                "the first picture would have to be computed",
                1,
            )
        # everywhere else the demo starts worker processes; it has to fit all the same
        steps.env["HICOGNITION_DEMO"] = str(steps.home / "from nothing")
        steps.run(
            "the demo from nothing, with worker processes",
            *("hicognition", "demo", "--headless", "--out", steps.home / "out with workers"),
            measure=True,
        )


if __name__ == "__main__":
    try:
        replay()
    except Stop as stop:
        print(stop, file=sys.stderr)
        sys.exit(stop.code)
