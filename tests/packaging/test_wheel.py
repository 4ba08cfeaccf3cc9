"""What is in a wheel and in a source distribution, and what importing asks for."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the project's wheel and source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def wheel_names(built: Path) -> set[str]:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def sdist_names(built: Path) -> set[str]:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_wheel_is_for_every_platform(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")


@pytest.mark.parametrize(
    "name",
    [
        "hicognition_widgets/static/widget.js",
        "hicognition_widgets/static/later.js",
        "hicognition_widgets/static/page.js",
        "hicognition_widgets/py.typed",
        "hicognition_widgets/export/display.json",
        "hicognition_widgets/demo/data/LICENSE",
        "hicognition_widgets/demo/data/README.md",
        "hicognition_widgets/demo/data/SHA256SUMS",
        "hicognition_widgets/demo/data/Scc1-KO.chr1-5.mcool",
    ],
)
def test_both_carry_what_running_needs(
    wheel_names: set[str], sdist_names: set[str], name: str
) -> None:
    assert name in wheel_names
    assert name in sdist_names


def test_wheel_holds_the_package_and_nothing_else(wheel_names: set[str]) -> None:
    roots = {name.partition("/")[0] for name in wheel_names}
    (information,) = (root for root in roots if root.endswith(".dist-info"))
    shared = information.removesuffix(".dist-info") + ".data"
    assert roots == {"hicognition_widgets", information, shared}
    template = f"{shared}/data/share/jupyter/voila/templates/hicognition/"
    assert {name for name in wheel_names if name.startswith(shared)} == {
        template + name for name in ("conf.json", "index.html.j2")
    }
    assert f"{information}/licenses/LICENSE" in wheel_names


def test_every_module_is_in_the_wheel(wheel_names: set[str]) -> None:
    package = PROJECT / "hicognition_widgets"
    modules = {file.relative_to(PROJECT).as_posix() for file in package.rglob("*.py")}
    assert modules <= wheel_names


def test_source_distribution_can_build_the_bundle_and_holds_no_packages(
    sdist_names: set[str],
) -> None:
    assert {"hatch_build.py", "js/build.mjs", "js/package-lock.json"} <= sdist_names
    assert {"scripts/groundwork/bundle.py", "LICENSE", "README.md"} <= sdist_names
    assert not [name for name in sdist_names if "node_modules" in name]


def test_importing_needs_no_program_and_stays_light() -> None:
    heavy = [
        "numba",
        "umap",
        "sklearn",
        "dask",
        "distributed",
        "matplotlib",
        "cooler",
        "scipy.stats",
    ]
    code = (
        "import sys, hicognition_widgets; "
        f"print(*[name for name in {heavy} if name in sys.modules])"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert outcome.stdout.split() == []
