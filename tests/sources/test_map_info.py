from __future__ import annotations

import shutil
from pathlib import Path

import cooler
import h5py
import numpy as np
import pytest

from hicognition_widgets.errors import FileError, InputError
from hicognition_widgets.sources.map_info import inspect_contact_map, resolution_uri


@pytest.fixture
def control(demo_data: Path, tmp_path: Path) -> Path:
    """A copy of the control map that a test may damage."""
    path = tmp_path / "a.mcool"
    shutil.copyfile(demo_data / "Scc1-control.chr1-5.mcool", path)
    return path


def test_demo_map(demo_data: Path) -> None:
    path = demo_data / "Scc1-control.chr1-5.mcool"
    info = inspect_contact_map(path)
    assert info.layout == "mcool"
    assert info.resolutions == (10_000, 50_000, 100_000, 250_000, 1_000_000)
    assert info.balanced_resolutions == info.resolutions
    assert info.balanced
    assert info.chromsizes["chr1"] == 197195432
    assert info.assembly == "mm9"
    assert not info.float_counts
    assert info.weight_name(10_000) == "weight"
    assert info.weights[10_000][0].ignore_diags == 1
    assert info.notes == ("balancing did not fully converge at 10,000 bp",)


def test_addresses_open_in_cooler(demo_data: Path, shared_data: Path) -> None:
    for path in (
        demo_data / "Scc1-KO.chr1-5.mcool",
        shared_data / "dm3_small" / "hicexplorer_dm6_legacy_zoomlevels.mcool",
        shared_data / "dm3_small" / "mm9_chr1_20kb_unbalanced.cool",
    ):
        for size in inspect_contact_map(path).resolutions:
            assert cooler.Cooler(resolution_uri(path, size)).binsize == size


def test_a_missing_resolution_lists_those_there_are(demo_data: Path) -> None:
    with pytest.raises(InputError, match="no resolution of 5,000 bp; it has 10,000, 50,000"):
        resolution_uri(demo_data / "Scc1-KO.chr1-5.mcool", 5000)


def test_legacy_zoom_levels(shared_data: Path) -> None:
    path = shared_data / "dm3_small" / "hicexplorer_dm6_legacy_zoomlevels.mcool"
    info = inspect_contact_map(path)
    assert info.layout == "legacy"
    assert info.resolutions == (40_000, 80_000, 160_000, 320_000, 640_000)
    assert info.groups[40_000] == "/4"
    assert info.balanced_resolutions == (40_000,)
    assert not info.balanced
    assert "no balancing weights at 80,000, 160,000" in info.notes[0]


def test_unbalanced_single_resolution(shared_data: Path) -> None:
    for name, size in [
        ("mm9_chr1_20kb_unbalanced.cool", 20_000),
        ("dm3_5kb_sparse_unsorted_chroms.cool", 5000),
    ]:
        info = inspect_contact_map(shared_data / "dm3_small" / name)
        assert (info.layout, info.resolutions) == ("cool", (size,))
        assert not info.balanced
        assert info.weight_name(size) is None
        assert 'run "cooler balance"' in info.notes[0]


def test_bins_of_varying_size(shared_data: Path) -> None:
    path = shared_data / "dm3_small" / "Li2015_chrX_3.0-3.7Mb.DpnII_varbins_normalized.cool"
    with pytest.raises(FileError, match="bins of varying size"):
        inspect_contact_map(path)


def test_original_map_and_the_file_that_only_claims_to_be_one(shared_data: Path) -> None:
    folder = shared_data / "hicognition_tests"
    assert inspect_contact_map(folder / "test.mcool").resolutions == (5_000_000,)
    with pytest.raises(FileError, match="this is a bigWig file"):
        inspect_contact_map(folder / "bad_cooler.mcool")


def test_text_is_no_map(tmp_path: Path) -> None:
    (tmp_path / "a.mcool").write_text("chr1\t1\t2\n")
    with pytest.raises(FileError, match="not an HDF5 file, so not a contact map"):
        inspect_contact_map(tmp_path / "a.mcool")


def test_truncated_map(control: Path) -> None:
    control.write_bytes(control.read_bytes()[:1_000_000])
    with pytest.raises(FileError, match="this contact map is incomplete; copy it again"):
        inspect_contact_map(control)


def test_other_hdf5_files(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = [1, 2]
    with pytest.raises(FileError, match="holds no contact map"):
        inspect_contact_map(path)
    with h5py.File(path, "w") as file:
        file.create_group("cells")
    with pytest.raises(FileError, match="single-cell"):
        inspect_contact_map(path)


def test_missing_table(control: Path) -> None:
    with h5py.File(control, "r+") as file:
        del file["resolutions/50000/pixels/count"]
    with pytest.raises(FileError, match=r'"/resolutions/50000" lacks the table pixels/count'):
        inspect_contact_map(control)


def test_resolutions_of_different_genomes(control: Path) -> None:
    with h5py.File(control, "r+") as file:
        file["resolutions/50000/chroms/length"][0] = 5
    with pytest.raises(FileError, match="10,000 and 50,000 bp have different chromosomes"):
        inspect_contact_map(control)


def test_divisive_weights_by_name_and_by_declaration(control: Path) -> None:
    with h5py.File(control, "r+") as file:
        for size in ("10000", "50000"):
            bins = file[f"resolutions/{size}/bins"]
            bins["KR"] = np.ones(len(bins["start"]))
            bins["GC"] = np.ones(len(bins["start"]))
            del bins["weight"]
        bins["KR"].attrs["divisive_weights"] = False
        file["resolutions/100000/bins/weight"].attrs["divisive_weights"] = True
    info = inspect_contact_map(control)
    assert info.weight_name(10_000) == "KR"
    assert [w.divisive for w in info.weights[10_000]] == [True]
    assert [w.divisive for w in info.weights[50_000]] == [False]
    assert [w.divisive for w in info.weights[100_000]] == [True]
    assert [w.divisive for w in info.weights[250_000]] == [False]


def test_float_counts(control: Path) -> None:
    with h5py.File(control, "r+") as file:
        pixels = file["resolutions/10000/pixels"]
        counts = pixels["count"][()].astype(float)
        del pixels["count"]
        pixels["count"] = counts
    info = inspect_contact_map(control)
    assert info.float_counts
    assert "normalised before" in " ".join(info.notes)
