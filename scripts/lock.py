"""Write the lock files anew from ``pyproject.toml`` and ``requirements/*.in``.

Locks are universal (every platform and Python ≥ 3.11) and carry hashes. Versions that are
already locked stay, unless ``--upgrade`` is given. ``dev`` comes first; the demo's and Node's
locks follow it, so that an environment can grow from one to the other.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from groundwork.console import Stop, clean_environment
from groundwork.environment import MAIN
from groundwork.paths import ROOT

FOLLOW_DEV = ("-c", "requirements/dev.txt")
LOCKS: dict[str, tuple[str, ...]] = {
    "uv": ("requirements/uv.in",),
    "dev": ("pyproject.toml", "--group", "dev"),
    "demo": ("pyproject.toml", "--group", "build", *FOLLOW_DEV),
    "node": ("requirements/node.in", *FOLLOW_DEV),
    "pandas22": (
        "pyproject.toml", "requirements/pandas22.in", "--group", "build", "--group", "test",
    ),
    "oracle": ("requirements/oracle.in",),
    "hosts": ("pyproject.toml", "requirements/hosts.in", "--group", "build"),
    "binder-check": ("requirements/binder-check.in",),
}  # fmt: skip


def main() -> int:
    """Write all lock files; 0 when every one could be resolved."""
    parser = argparse.ArgumentParser(description="Write the lock files anew.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    try:
        MAIN.make(("dev",), "installing the Python packages")
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    for name, sources in LOCKS.items():
        print(f"  {name} …", flush=True)
        command = [
            str(MAIN.script("uv")), "pip", "compile", *sources, *upgrade,
            "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate",
            "--custom-compile-command", "make lock", "--quiet",
            "--python", str(MAIN.python), "-o", f"requirements/{name}.txt",
        ]  # fmt: skip
        outcome = subprocess.run(command, cwd=ROOT, env=clean_environment(), check=False)
        if outcome.returncode != 0:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
