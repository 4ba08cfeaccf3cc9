"""The browser bundle: built from ``js/`` when its sources changed, never kept in git.

Beside the bundle lies ``bundle.json`` with one hash over the sources and one per built file.
A bundle is fresh when both agree with what is there, so edited sources, a half-written bundle
and a bundle from another branch are all noticed. The build hook of the Python package
(``hatch_build.py``) and ``make`` both come through here.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from .console import Stop, quiet, show_tail, step
from .node import Node
from .paths import JS, LOGS, ROOT, digest

STATIC = ROOT / "hicognition_widgets" / "static"
RECORD = STATIC / "bundle.json"
INSTALLED = JS / "node_modules" / ".hicognition-lock"
# rules that the browser shares with Python are read from there
SHARED_RULES = ROOT / "hicognition_widgets" / "export"


def sources() -> list[Path]:
    """Return the files that the bundle is made from."""
    settings = [*JS.glob("*.json"), *JS.glob("*.mjs")]
    code = [file for file in (JS / "src").rglob("*") if file.is_file()]
    shared = [*SHARED_RULES.glob("*.json")]
    return [file for file in settings + code + shared if ".test." not in file.name]


def sources_digest() -> str:
    """Return one hash over everything that the bundle is made from."""
    return digest(sources())


def _hashes(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and file != RECORD)
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def is_fresh() -> bool:
    """Tell whether the built bundle belongs to the sources as they are now."""
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return False
    built = _hashes(STATIC)
    return bool(built) and record == {"sources": sources_digest(), "files": built}


def install_packages(node: Node) -> None:
    """Install the JavaScript packages of the lock file, if that was not done yet."""
    lock = JS / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest() + f" node {node.major}"
    if INSTALLED.exists() and INSTALLED.read_text(encoding="utf-8") == wanted:
        return
    log = LOGS / "npm.log"
    log.unlink(missing_ok=True)
    with step("installing the JavaScript packages"):
        # no package needs its install script here, so none gets to run one
        command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        if not quiet(command, log=log, cwd=JS, env=node.environment()):
            show_tail(log)
            raise Stop("npm ci failed in js/; its last lines are above")
    INSTALLED.write_text(wanted, encoding="utf-8")


def build(node: Node) -> None:
    """Build the bundle, unless it is fresh."""
    if is_fresh():
        return
    install_packages(node)
    RECORD.unlink(missing_ok=True)
    made_from = sources_digest()
    with step("building the browser bundle"):
        outcome = subprocess.run(
            [*node.command, "build.mjs"],
            cwd=JS,
            env=node.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    if outcome.returncode != 0:
        raise Stop(f"building the browser bundle failed:\n{outcome.stdout}{outcome.stderr}", 1)
    built = _hashes(STATIC) if STATIC.is_dir() else {}
    if not built:
        raise Stop(f"node build.mjs wrote nothing to {STATIC.relative_to(ROOT)}", 1)
    unfinished = STATIC / ".bundle.json.new"
    unfinished.write_text(
        json.dumps({"sources": made_from, "files": built}, indent=1) + "\n", encoding="utf-8"
    )
    unfinished.replace(RECORD)
