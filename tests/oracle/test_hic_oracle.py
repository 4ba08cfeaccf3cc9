"""Contact-map analyses against cooltools and coolpuppy, run in an environment of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hicognition_widgets.analyses.expected import expected_cis
from hicognition_widgets.analyses.pileup import pileup
from hicognition_widgets.analyses.scaled_pileup import scaled_pileup
from hicognition_widgets.analyses.scores import aggregate_scores
from hicognition_widgets.analyses.snippets import snippets

pytestmark = [pytest.mark.oracle, pytest.mark.slow]

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
ONE = ["chrom", "start", "end"]
TWO = ["chrom1", "start1", "end1", "chrom2", "start2", "end2"]
MAPS = {"control": (10_000, 100_000), "KO": (50_000, 500_000)}


@pytest.fixture(scope="module")
def oracle(tmp_path_factory, demo_data) -> Path:
    default = PROJECT / ".venv-oracle" / "bin" / "python"
    python = Path(os.environ.get("HICOGNITION_ORACLE_PYTHON", default))
    if not python.exists():
        message = (
            f"there is no oracle environment at {python}: make one with "
            "requirements/oracle.in and name its Python in HICOGNITION_ORACLE_PYTHON"
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    out = tmp_path_factory.mktemp("oracle-hic")
    run = subprocess.run(
        [str(python), str(HERE / "make_hic.py"), str(demo_data), str(out)],
        capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return out


def read(path: Path, columns: list[str]) -> pd.DataFrame:
    table = pd.read_csv(path, sep="\t", header=None, comment="#").iloc[:, : len(columns)]
    table.columns = columns
    return table


@pytest.fixture(scope="module")
def regions(demo_data) -> dict[str, pd.DataFrame]:
    points = read(demo_data / "Bonev_CTCF+.bed", ONE).iloc[::4].reset_index(drop=True)
    return {"points": points, "loops": read(demo_data / "CH12_loops_Rao.bedpe", TWO)}


def uri(demo_data: Path, name: str) -> str:
    return f"{demo_data}/Scc1-{name}.chr1-5.mcool::/resolutions/{MAPS[name][0]}"


def arms(name: str) -> pd.DataFrame | None:
    return None if name == "whole" else pd.read_csv(HERE / "arms.csv")


def on_one_arm(table: pd.DataFrame, view: pd.DataFrame | None) -> np.ndarray:
    """Pairs that cooltools averages; those across arms are empty there, but not here."""
    if view is None or "chrom1" not in table.columns:
        return np.ones(len(table), dtype=bool)
    arm = [
        [
            max(
                ((min(e, v.end) - max(s, v.start), v.name) for v in view.itertuples(index=False)
                 if v.chrom == c),
                default=(0, ""),
            )[1]
            for c, s, e in table[[f"chrom{n}", f"start{n}", f"end{n}"]].itertuples(index=False)
        ]
        for n in (1, 2)
    ]  # fmt: skip
    return np.array(arm[0]) == np.array(arm[1])


@pytest.mark.parametrize("view", ["whole", "arms"])
@pytest.mark.parametrize("name", ["control", "KO"])
@pytest.mark.parametrize("balanced", [True, False])
def test_expected_has_the_columns_and_values_of_cooltools(
    oracle, demo_data, name, view, balanced
):
    stem = "expected" if balanced else "expected_raw"
    theirs = pd.read_csv(oracle / f"{stem}.{name}.{view}.csv")
    ours = expected_cis(
        uri(demo_data, name), arms(view), smooth=balanced,
        clr_weight_name="weight" if balanced else None,
    )  # fmt: skip
    assert list(ours.columns) == list(theirs.columns)
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9, check_dtype=False)


@pytest.mark.parametrize("view", ["whole", "arms"])
@pytest.mark.parametrize("kind", ["points", "loops"])
@pytest.mark.parametrize("normalization", ["balanced", "raw", "oe"])
@pytest.mark.parametrize("name", ["control", "KO"])
def test_pileup_is_the_mean_over_the_stack_of_cooltools(
    oracle, demo_data, regions, tmp_path, name, view, kind, normalization
):
    theirs = np.load(oracle / f"{name}.{view}.{kind}.{normalization}.npz")
    options = {"flank": MAPS[name][1], "view_df": arms(view), "normalization": normalization}
    table, clr = regions[kind], uri(demo_data, name)
    one_arm = on_one_arm(table, arms(view))
    for cache in (None, tmp_path):
        ours = pileup(clr, table, subset=one_arm, cache=cache, **options)
        np.testing.assert_allclose(ours.mean, theirs["mean"], rtol=1e-9)
        np.testing.assert_array_equal(ours.count, theirs["count"])
    every = np.arange(0, len(table), 7)
    kept = one_arm[every]
    stack = snippets(clr, table, subset=every[kept], **options)
    np.testing.assert_allclose(stack, theirs["stack"][kept], rtol=1e-6)
    if normalization == "oe":
        expected = expected_cis(clr, arms(view))
        given = pileup(clr, table, expected_df=expected, subset=one_arm, **options)
        np.testing.assert_allclose(given.mean, theirs["mean"], rtol=1e-9)


def test_pairs_equal_those_of_coolpuppy(oracle, demo_data, regions):
    """It leaves out pairs nearer than two flanks and two bins, and always two diagonals."""
    theirs = np.load(oracle / "coolpuppy.loops.oe.npz")
    loops = regions["loops"]
    middle = [(loops[f"start{n}"] + loops[f"end{n}"]) / 2 for n in (1, 2)]
    far = (middle[1] - middle[0] >= 220_000).to_numpy()
    ours = pileup(
        uri(demo_data, "control"),
        loops,
        flank=100_000,
        normalization="oe",
        min_diag=2,
        subset=far,
    )
    assert ours.n_used == theirs["n"]
    np.testing.assert_allclose(ours.mean, theirs["mean"], rtol=1e-9)


@pytest.mark.parametrize(("which", "smallest", "first"), [("all", 0, 4), ("large", 500_000, 0)])
def test_scaled_domains_look_as_in_coolpuppy(oracle, demo_data, which, smallest, first):
    """Not equal: it interpolates, cuts windows at bins and blanks all cells near a gap.

    The last takes the cells next to the diagonal from domains of few bins: they are left out
    where all domains are averaged, and in for those of at least 50 bins.
    """
    theirs = np.load(oracle / f"rescaled.{which}.npz")["mean"]
    domains = read(demo_data / "CH12_TADs_Rao.bed", ONE)
    domains = domains[domains["end"] - domains["start"] >= smallest]
    ours = scaled_pileup(
        demo_data / "Scc1-control.chr1-5.mcool",
        domains,
        bin_percent=4,
        binsize=10_000,
        min_diag=2,
    )
    assert ours.mean.shape == theirs.shape == (35, 35)
    distance = np.abs(np.subtract.outer(np.arange(35), np.arange(35)))
    clear = (distance >= first) & np.isfinite(theirs) & np.isfinite(ours.mean)
    assert clear.sum() >= 990
    assert np.corrcoef(ours.mean[clear], theirs[clear])[0, 1] >= 0.99
    assert ours.n_used == len(domains)


def test_scores_are_those_of_coolpuppy(oracle):
    """With missing pixels where it averages; it sums over domains, so those are complete."""
    theirs = np.load(oracle / "scores.npz")
    for i, (whole, holes) in enumerate(zip(theirs["maps"], theirs["holes"], strict=True)):
        ours = aggregate_scores(holes)
        assert ours["loop_center"] == pytest.approx(theirs["loop_center"][i], rel=1e-12)
        assert ours["insulation"] == pytest.approx(theirs["insulation"][i], rel=1e-12)
        domain = aggregate_scores(whole, kind="domain", expansion=1)["domain"]
        assert domain == pytest.approx(theirs["domain"][i], rel=1e-12)
