"""Open JupyterLab on a copy of the demo notebook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hicognition_widgets.errors import FileError

NOTEBOOK = "demo.ipynb"


def shipped_notebook() -> Path:
    """The notebook as it ships: inside the package, or in the source checkout.

    Raises
    ------
    FileError
        If it is in neither place.
    """
    package = Path(__file__).parent
    places = (package / NOTEBOOK, package.parents[1] / "notebooks" / NOTEBOOK)
    for place in places:
        if place.is_file():
            return place
    raise FileError(places[0], "the demo notebook is not installed; reinstall the package")


def open_lab(folder: Path, *, port: int | None, say: Callable[[str], None]) -> int:
    """Start JupyterLab on a copy of the notebook; returns its exit code.

    A copy that is already there is kept, so that what somebody wrote into it is not lost.
    """
    shown = folder / "notebook"  # catalog and store stay out of the file browser
    shown.mkdir(parents=True, exist_ok=True)
    notebook = shown / NOTEBOOK
    if not notebook.exists():
        shutil.copyfile(shipped_notebook(), notebook)
    say(f"opening {notebook} in JupyterLab; stop it with Ctrl+C")
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={shown}",
        # so that the address it prints leads to the notebook too
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK}",
    ]
    if port is not None:
        command.append(f"--port={port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    environment = os.environ | {"HICOGNITION_DEMO": str(folder)}
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own argument list
    except KeyboardInterrupt:
        return 0
