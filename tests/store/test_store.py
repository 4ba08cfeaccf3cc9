from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hicognition_widgets.errors import FileError, StoreError
from hicognition_widgets.store import Store, files, pack, unpack
from hicognition_widgets.store.processes import is_dead, process_name

REQUEST = {"analysis": "pileup", "flank": 100_000}
META = {"n_used": 3, "n_left_out": 0, "reasons": {}, "numbers": {"centre": None}}


def arrays() -> dict[str, np.ndarray]:
    return {
        "mean": np.arange(9.0).reshape(3, 3),
        "count": np.ones((3, 3), dtype=np.int64),
        "empty": np.zeros((0, 4), dtype=np.float32),
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", "ann")


def test_what_is_written_is_read(store: Store) -> None:
    manifest = store.write(arrays(), META, key="k1", request=REQUEST)
    result = store.read(manifest)
    assert result.key == "k1"
    assert result.analysis == "pileup"
    assert result.meta == META
    for name, array in arrays().items():
        np.testing.assert_array_equal(result.arrays[name], array)
        assert result.arrays[name].dtype == array.dtype
    with pytest.raises(ValueError, match="read-only"):
        result.arrays["mean"][0, 0] = 1
    by_path = store.read(manifest.path, digest=manifest.digest)
    np.testing.assert_array_equal(by_path.arrays["mean"], arrays()["mean"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    array=hnp.arrays(
        dtype=st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_]),
        shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5),
    )
)
def test_any_plain_array_survives_both_ways(tmp_path: Path, array: np.ndarray) -> None:
    store = Store(tmp_path, "ann")
    stored = store.read(store.write({"a": array}, {}, key="k", request=REQUEST)).arrays["a"]
    assert stored.dtype == array.dtype
    np.testing.assert_array_equal(stored, array)
    payload, digest = pack({"a": array})
    packed = unpack(payload, digest=digest, key="k", analysis="pileup", meta={}).arrays["a"]
    assert packed.dtype == array.dtype
    np.testing.assert_array_equal(packed, array)


def test_folders_are_closed_to_others(store: Store) -> None:
    manifest = store.write(arrays(), META, key="k1", request=REQUEST)
    for folder in (store.folder, store.folder / "results", store.root / manifest.path):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_shared_store_can_be_entered_but_not_listed(tmp_path: Path) -> None:
    store = Store(tmp_path, "ann", shared=True)
    manifest = store.write(arrays(), META, key="k1", request=REQUEST)
    for folder in (store.folder, store.folder / "results", store.root / manifest.path):
        assert folder.stat().st_mode & 0o077 == 0o011
    assert store.control.stat().st_mode & 0o077 == 0
    other = Store(tmp_path, "bob")
    np.testing.assert_array_equal(other.read(manifest.path).arrays["mean"], arrays()["mean"])


@pytest.mark.parametrize(
    "owner", ["../up", "a/b", ".", "..", "", ".hidden", "ann müller", "a\0b"]
)
def test_no_owner_leaves_the_root(tmp_path: Path, owner: str) -> None:
    store = Store(tmp_path / "root", owner)
    assert store.folder.parent == tmp_path / "root"
    assert store.folder.resolve().parent == (tmp_path / "root").resolve()
    store.write(arrays(), META, key="k1", request=REQUEST)
    assert [m.key for m in store.manifests()] == ["k1"]


@pytest.mark.parametrize(
    "path", ["../../etc", "/etc/passwd", "ann/results/../../x", "ann/files/x", "x"]
)
def test_no_path_leaves_the_store(store: Store, path: str) -> None:
    with pytest.raises(StoreError, match="not"):
        store.read(path)


def test_a_changed_array_is_noticed(store: Store) -> None:
    manifest = store.write(arrays(), META, key="k1", request=REQUEST)
    file = store.root / manifest.path / "mean.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        store.read(manifest)
    file.write_bytes(content[:-8])
    with pytest.raises(StoreError, match="damaged"):
        store.read(manifest, verify=False)
    file.unlink()
    with pytest.raises(StoreError, match="missing"):
        store.read(manifest)


def test_a_changed_manifest_is_noticed(store: Store) -> None:
    manifest = store.write(arrays(), META, key="k1", request=REQUEST)
    file = store.root / manifest.path / "manifest.json"
    content = json.loads(file.read_text())
    content["meta"]["n_used"] = 99
    file.write_text(json.dumps(content))
    with pytest.raises(StoreError, match="not the one"):
        store.read(manifest.path, digest=manifest.digest)
    content["arrays"]["mean"]["file"] = "../../../../etc/passwd"
    file.write_text(json.dumps(content))
    with pytest.raises(StoreError, match="damaged manifest"):
        store.read(manifest.path)
    file.write_text("[]")
    with pytest.raises(StoreError, match="damaged manifest"):
        store.read(manifest.path)
    assert list(store.manifests()) == []


def test_a_changed_payload_is_noticed() -> None:
    payload, digest = pack(arrays())
    with pytest.raises(StoreError, match="digest"):
        unpack(payload[:-1] + b"x", digest=digest, key="k", analysis="pileup", meta={})


def test_objects_and_odd_names_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="objects"):
        store.write({"a": np.array([{}])}, {}, key="k", request=REQUEST)
    with pytest.raises(ValueError, match="not a name"):
        store.write({"../a": np.zeros(1)}, {}, key="k", request=REQUEST)
    with pytest.raises(ValueError, match="JSON"):
        store.write({"a": np.zeros(1)}, {"x": float("nan")}, key="k", request=REQUEST)
    assert not list((store.folder / "unfinished").iterdir())


def test_find_sees_what_others_wrote_and_deleted(store: Store) -> None:
    other = Store(store.root, "ann")
    assert store.find("k1") is None
    manifest = other.write(arrays(), META, key="k1", request=REQUEST)
    assert store.find("k1") == manifest
    newer = other.write(arrays(), META, key="k1", request=REQUEST)
    assert {m.path for m in store.artifacts()} == {manifest.path, newer.path}
    other.delete(manifest)
    other.delete(newer)
    other.delete(newer)
    assert store.find("k1") is None
    assert store.artifacts() == []


def test_only_own_results_can_be_deleted(store: Store) -> None:
    manifest = store.write(arrays(), META, key="k1", request=REQUEST)
    with pytest.raises(StoreError, match="not a result of bob"):
        Store(store.root, "bob").delete(manifest)
    store.read(manifest)


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.EACCES, "may not")],
)
def test_a_full_disk_is_one_sentence_and_passes(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    real = files.write_array
    calls = []

    def fail(folder: Path, name: str, array: np.ndarray) -> files.ArrayEntry:
        calls.append(name)
        if len(calls) == 2:
            raise OSError(number, os.strerror(number))
        return real(folder, name, array)

    monkeypatch.setattr(files, "write_array", fail)
    with pytest.raises(StoreError, match=words):
        store.write(arrays(), META, key="k1", request=REQUEST)
    assert not list((store.folder / "unfinished").iterdir())
    assert list(store.manifests()) == []
    store.write(arrays(), META, key="k1", request=REQUEST)
    assert [m.key for m in store.manifests()] == ["k1"]


def test_leftovers_of_killed_writers_are_cleaned(store: Store) -> None:
    script = (
        "import os, signal, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from hicognition_widgets.store import Store, files\n"
        "def die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_file = die\n"
        f"Store(Path({str(store.root)!r}), 'ann').write("
        "{'a': np.zeros(3)}, {}, key='k', request={'analysis': 'x'})\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=False)
    assert ended.returncode == -9
    left = list((store.folder / "unfinished").iterdir())
    assert len(left) == 1
    assert store.clean() == left
    assert not list((store.folder / "unfinished").iterdir())
    assert list(store.manifests()) == []


def test_work_of_the_living_is_not_cleaned(store: Store) -> None:
    mine = store.control.parent / "unfinished" / process_name()
    mine.mkdir(parents=True)
    foreign = mine.with_name("elsewhere-1-1-0123456789abcdef")
    foreign.mkdir()
    assert store.clean() == []
    old = 0
    os.utime(foreign, (old, old))
    assert store.clean() == [foreign]
    assert mine.is_dir()


def test_processes_are_told_apart() -> None:
    name = process_name()
    assert is_dead(name) is False
    host, pid, _, rest = name.rsplit("-", 3)
    assert is_dead(f"{host}-{pid}-1-{rest}") is True
    assert is_dead("somewhere-1-1-ab") is None
    assert is_dead("no name") is None


def test_threads_write_together(store: Store) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            store.write(arrays(), META, key=f"{number}-{turn}", request=REQUEST)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(store.manifests())) == 20
    assert not list((store.folder / "unfinished").iterdir())


def test_managed_files(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "peaks.bed"
    source.write_text("chr1\t1\t2\n")
    kept = store.add_managed(source)
    assert kept.name == "peaks.bed"
    assert kept.read_text() == source.read_text()
    assert kept.is_relative_to(store.folder)
    with pytest.raises(FileError, match="no such file"):
        store.add_managed(tmp_path / "none.bed")
    written = store.add_managed_text(lambda path: path.write_text("x") and None, suffix=".bed")
    assert written.suffix == ".bed"

    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(StoreError, match="full"):
        store.add_managed_text(fail, suffix=".bed")
    assert len(list((store.folder / "files").iterdir())) == 2
    assert not list((store.folder / "unfinished").iterdir())
