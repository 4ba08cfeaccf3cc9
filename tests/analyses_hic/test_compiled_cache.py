"""Compiled code goes to the user's cache where the installation is read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hicognition_widgets

RUN = """
import sys
import pandas as pd
from hicognition_widgets.analyses.pileup import pileup
regions = pd.DataFrame({"chrom": ["chr1"], "start": [9_000], "end": [9_500]})
print(pileup(sys.argv[1], regions, flank=3000).n_used)
"""


@pytest.mark.slow
@pytest.mark.parametrize("home_works", [True, False])
def test_a_read_only_installation_still_computes(small_map, tmp_path, home_works):
    package = Path(hicognition_widgets.__file__).parent
    copy = tmp_path / "site" / "hicognition_widgets"
    for room in ("genome", "sources", "analyses"):
        shutil.copytree(
            package / room, copy / room, ignore=shutil.ignore_patterns("__pycache__")
        )
        # Permissions do not stop root, so a file stands where the folder would be made.
        (copy / room / "__pycache__").write_text("")
    shutil.copy(package / "errors.py", copy)
    (copy / "__init__.py").write_text("")
    home = tmp_path / "home"
    if home_works:
        home.mkdir()
    else:
        home.write_text("")
    env = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA")}
    env |= {
        "HOME": str(home),
        "PYTHONPATH": str(tmp_path / "site"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    env.pop("XDG_CACHE_HOME", None)
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUN, str(small_map.path)],
        env=env, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "1"
    assert bool(list(tmp_path.glob("home/.cache/**/*.nbi"))) is home_works
