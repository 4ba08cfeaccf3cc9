"""Virtual environments made from a lock file, and remade only when that file changes."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .console import Stop, clean_environment, quiet, show_tail, step
from .paths import LOGS, REQUIREMENTS, ROOT, digest

STAMP = "hicognition-setup.json"
# what decides how the project itself is installed into an environment
PROJECT_FILES = (ROOT / "pyproject.toml", ROOT / "hatch_build.py")


@dataclass(frozen=True)
class Environment:
    """A virtual environment inside the checkout.

    Attributes
    ----------
    name
        Folder under the project root.
    """

    name: str

    @property
    def folder(self) -> Path:
        """The folder of the environment."""
        return ROOT / self.name

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    @property
    def log(self) -> Path:
        """Where the output of the installers goes."""
        return LOGS / f"{self.name.removeprefix('.')}.log"

    def script(self, name: str) -> Path:
        """Return the path of a program of this environment."""
        return self.folder / "bin" / name

    # ── stamps ────────────────────────────────────────────────────────────────────────

    def _read_stamp(self) -> dict[str, str]:
        try:
            stamp = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return stamp if isinstance(stamp, dict) else {}

    def _write_stamp(self, stamp: dict[str, str]) -> None:
        unfinished = self.folder / f"{STAMP}.new"
        unfinished.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        unfinished.replace(self.folder / STAMP)

    def ready(self, locks: tuple[str, ...]) -> bool:
        """Tell whether the environment already holds these lock files."""
        return self._wanted(locks).items() <= self._read_stamp().items()

    @staticmethod
    def _wanted(locks: tuple[str, ...]) -> dict[str, str]:
        return {f"lock {lock}": digest([REQUIREMENTS / f"{lock}.txt"]) for lock in locks}

    # ── making ────────────────────────────────────────────────────────────────────────

    def make(self, locks: tuple[str, ...], what: str, *, project: bool = False) -> None:
        """Bring the environment to the state of its lock files.

        Parameters
        ----------
        locks
            Names of lock files in ``requirements/`` without their ending. An environment
            that already holds the ``dev`` lock also holds ``demo`` and ``node``.
        what
            What is being installed, for the person who watches.
        project
            Also install this project, editable.
        """
        with locked(self.name):
            # An environment knows its own path: one that was moved or made by another
            # Python is made anew, and so is one whose making was interrupted.
            home = {"root": str(ROOT), "python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
            stamp = self._read_stamp()
            if not home.items() <= stamp.items() or not self._runs():
                self._create()
                stamp = home
                self._write_stamp(stamp | {"busy": "installing"})
            elif stamp.get("busy"):
                self._create()
                stamp = home
            self._install_locks(locks, stamp, what)
            if project:
                self._install_project(stamp)

    def _install_locks(self, locks: tuple[str, ...], stamp: dict[str, str], what: str) -> None:
        wanted = self._wanted(locks)
        if wanted.items() <= stamp.items():
            return
        self._write_stamp(stamp | {"busy": "installing"})
        with step(what):
            files = [str(REQUIREMENTS / f"{lock}.txt") for lock in locks]
            self._install(*(part for file in files for part in ("-r", file)))
        if "dev" in locks:  # the larger lock holds the smaller ones
            wanted |= self._wanted(("demo", "node"))
        stamp.update(wanted)
        self._write_stamp(stamp)

    def _install_project(self, stamp: dict[str, str]) -> None:
        wanted = {"project": digest(file for file in PROJECT_FILES if file.exists())}
        if wanted.items() <= stamp.items():
            return
        self._install("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        stamp.update(wanted)
        self._write_stamp(stamp)

    def _runs(self) -> bool:
        if not self.python.exists():
            return False
        outcome = subprocess.run(
            [str(self.python), "-c", "import sys; sys.exit(sys.prefix == sys.base_prefix)"],
            env=clean_environment(),
            check=False,
            capture_output=True,
        )
        return outcome.returncode == 0

    def _create(self) -> None:
        with step(f"making the environment {self.name}"):
            self.log.unlink(missing_ok=True)
            command = [sys.executable, "-m", "venv", "--clear", str(self.folder)]
            if not quiet(command, log=self.log, cwd=ROOT):
                show_tail(self.log)
                raise Stop(
                    "Python could not make a virtual environment; "
                    "on Debian and Ubuntu install the package python3-venv"
                )
            self._get_uv()

    def _get_uv(self) -> None:
        lock = str(REQUIREMENTS / "uv.txt")
        if not quiet(self._pip("install", "-q", "-r", lock), log=self.log, cwd=ROOT):
            print("    uv is not to be had here, pip does the work (slower)", flush=True)

    def _pip(self, *arguments: str) -> list[str]:
        return [str(self.python), "-m", "pip", "--disable-pip-version-check", *arguments]

    def _install(self, *arguments: str) -> None:
        uv = self.script("uv")
        if uv.exists():
            command = [str(uv), "pip", "install", "--python", str(self.python), *arguments]
            if quiet(command, log=self.log, cwd=ROOT):
                return
            # uv does not read pip's settings; where a mirror is named there, pip gets through
            if "-e" not in arguments:
                print("    uv did not get through, trying pip (slower)", flush=True)
        if not quiet(self._pip("install", *arguments), log=self.log, cwd=ROOT):
            show_tail(self.log)
            raise Stop(
                f"installing into {self.name} failed; the end of the output is above, all of "
                f"it in {self.log.relative_to(ROOT)}. Once the cause is gone, run the same "
                "command again"
            )


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one process at a time set something up."""
    LOGS.mkdir(exist_ok=True)
    with (LOGS / f"{name.removeprefix('.')}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"  waiting for another run that is setting up {name} …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


MAIN = Environment(".venv")
ORACLE = Environment(".venv-oracle")
PANDAS22 = Environment(".venv-pandas22")
HOSTS = Environment(".venv-hosts")
BINDER = Environment(".venv-binder-check")
