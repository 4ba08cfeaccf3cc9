"""Killed at any moment, a full disk, a folder that cannot be written to: nothing by half."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine

from hicognition_widgets.catalog import Catalog, upgrade_catalog
from hicognition_widgets.catalog.check import check_catalog
from hicognition_widgets.errors import CatalogError, StoreError
from hicognition_widgets.store import Store

needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and user ids")

WRITER = """
import sys
import numpy as np
from pathlib import Path
from hicognition_widgets.catalog import Catalog
from hicognition_widgets.store import Store

url, root, bed = sys.argv[1:]
catalog = Catalog.open(url, user="ann")
store = Store(Path(root), catalog.user)
number = 0
while True:
    path = store.add_managed(Path(bed))
    record = catalog.add_dataset(
        kind="regions", name=f"set {sys.argv[0]} {number}", assembly="mm9", path=str(path),
        fingerprint=f"f{number}", managed=True, size=path.stat().st_size, dims=1,
        region_kind="point", n_regions=1,
    )
    made = store.write(
        {"stack": np.full((50, 200), number, dtype=np.float32)}, {}, key=f"k{number}",
        request={"analysis": "stackup"},
    )
    catalog.add_result(
        key=f"k{number}", analysis="stackup", request={}, meta={}, inputs=[record.id],
        artifact=made.path, digest=made.digest,
    )
    if number % 3 == 2:
        gone = catalog.delete_dataset(record.id)
        for folder in gone.artifacts:
            store.delete(folder)
        for file in gone.files:
            store.delete_managed(file)
    print(number, flush=True)
    number += 1
"""


@needs_posix
def test_killed_at_any_moment_nothing_is_by_half(any_url: str, tmp_path: Path) -> None:
    bed = tmp_path / "a.bed"
    bed.write_text("chr1\t100\t200\n")
    root = tmp_path / "store"
    with Catalog.open(any_url, user="ann") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    moments = random.Random(7)  # noqa: S311 - not for secrets
    told = 0
    for round_ in range(4):
        program = WRITER.replace("sys.argv[0]", repr(str(round_)))
        with subprocess.Popen(
            [sys.executable, "-c", program, any_url, str(root), str(bed)],
            stdout=subprocess.PIPE,
            text=True,
        ) as victim:
            assert victim.stdout is not None
            victim.stdout.readline()
            time.sleep(moments.uniform(0, 0.15))
            os.kill(victim.pid, signal.SIGKILL)
            told += len(victim.stdout.read().split()) + 1
        with Catalog.open(any_url, user="ann") as catalog:
            store = Store(root, catalog.user)
            # Every row has its file and every result its arrays: kill leaves no holes.
            broken = [
                problem.sentence
                for problem in check_catalog(catalog, store, settled_seconds=0).problems
                if problem.kind not in ("unfinished work", "file left over", "result left over")
            ]
            assert broken == []
            assert check_catalog(catalog, store, repair=True, settled_seconds=0).ok
            assert check_catalog(catalog, store, settled_seconds=0).problems == ()
    with Catalog.open(any_url, user="ann") as catalog:
        # What it told of is kept: of three sets one was deleted again, by itself.
        assert catalog.count_datasets() >= told - told // 3 - 4
    assert bed.is_file()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own; the test is skipped where it cannot be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder],
            check=False,
            capture_output=True,
        )
        if done.returncode != 0:
            pytest.skip("this account may not mount a small disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def fill(ballast: Path) -> None:
    """Take all the room there is."""
    with ballast.open("wb", buffering=0) as file:
        while shutil.disk_usage(ballast.parent).free:
            file.write(bytes(4096))


@pytest.mark.skipif(sys.platform != "linux", reason="needs tmpfs")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    with small_disk(6) as disk:
        url = f"sqlite:///{disk / 'catalog.sqlite'}"
        store = Store(disk / "store", "ann")
        with Catalog.open(url, user="ann") as catalog:
            catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
            ballast = disk / "ballast"
            fill(ballast)
            big = {f"scaffold_{i}": 1000 + i for i in range(20_000)}
            with pytest.raises(CatalogError, match="is full; free some space and try again"):
                catalog.add_assembly(name="big", chromsizes=big)
            with pytest.raises(StoreError, match="is full; free some space and ask again"):
                store.write(
                    {"a": np.zeros(200_000)}, {}, key="k", request={"analysis": "profile"}
                )
            assert [one.name for one in catalog.assemblies()] == ["mm9"]
            ballast.unlink()
            assert len(catalog.add_assembly(name="big", chromsizes=big).chromsizes) == 20_000
            made = store.write(
                {"a": np.zeros(100)}, {}, key="k", request={"analysis": "profile"}
            )
            assert store.read(made).arrays["a"].shape == (100,)
            store.delete(made)
            assert check_catalog(catalog, store, settled_seconds=0).problems == ()
            assert catalog.path is not None
            with closing(sqlite3.connect(catalog.path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@contextmanager
def without_root() -> Iterator[None]:
    """Root may write anywhere, so it becomes somebody else for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other accounts can enter, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@needs_posix
def test_a_folder_that_cannot_be_written_to(open_folder: Path) -> None:
    folder = open_folder / "locked"
    folder.mkdir(mode=0o555)
    url = f"sqlite:///{folder / 'catalog.sqlite'}"
    with without_root():
        with pytest.raises(CatalogError, match=r"cannot be opened|cannot be made"):
            Catalog.open(url, user="ann")
        with pytest.raises(StoreError, match="you may not write"):
            Store(folder, "ann").write({}, {}, key="k", request={"analysis": "profile"})
    assert list(folder.iterdir()) == []
    folder.chmod(0o777)
    with Catalog.open(url, user="ann") as catalog:
        assert catalog.assemblies() == []


@needs_posix
def test_a_folder_that_became_read_only(open_folder: Path) -> None:
    folder = open_folder / "catalog"
    folder.mkdir()
    folder.chmod(0o777)
    path = folder / "catalog.sqlite"
    with Catalog.open(f"sqlite:///{path}", user="ann") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    path.chmod(0o666)
    folder.chmod(0o555)
    with (
        without_root(),
        catalog,
        pytest.raises(CatalogError, match=r"read-only|not writable"),
    ):
        catalog.add_assembly(name="mm10", chromsizes={"chr1": 1000})
    folder.chmod(0o777)
    with without_root(), catalog:
        catalog.add_assembly(name="mm10", chromsizes={"chr1": 1000})
        assert [one.name for one in catalog.assemblies()] == ["mm10", "mm9"]


@needs_posix
def test_a_file_that_may_only_be_read_is_left_alone(open_folder: Path) -> None:
    folder = open_folder / "catalog"
    folder.mkdir()
    folder.chmod(0o777)
    path = folder / "catalog.sqlite"
    url = f"sqlite:///{path}"
    with Catalog.open(url, user="ann") as catalog:
        catalog.add_assembly(name="mm9", chromsizes={"chr1": 1000})
    path.chmod(0o444)
    before = path.read_bytes()
    with without_root():
        for attempt in (
            lambda: Catalog.open(url, user="ann"),
            lambda: Catalog.open(url, user="bob"),
            lambda: upgrade_catalog(url),
        ):
            with pytest.raises(CatalogError, match="its file is read-only; make it writable"):
                attempt()
    # No log of somebody else's lies beside it, which its owner could not write to.
    assert list(folder.iterdir()) == [path]
    assert path.read_bytes() == before
    path.chmod(0o666)
    with without_root():
        with Catalog.open(url, user="bob") as catalog:
            assert [one.name for one in catalog.assemblies()] == ["mm9"]
        assert list(folder.iterdir()) == [path]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", "the disk of its server is full; free some space and try again"),
        ("40P01", "was changed by others at the same moment; try again"),
        ("25006", "its server is read-only now"),
        ("53200", "is out of memory"),
    ],
)
def test_what_a_server_reports_is_one_sentence(
    server_people, postgres_url: str, state: str, sentence: str
) -> None:
    alice = server_people("alice")
    administrator = create_engine(postgres_url)
    with administrator.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION 'trouble' USING ERRCODE = '{state}'; END $$;"
            " CREATE TRIGGER trouble BEFORE INSERT ON groups EXECUTE FUNCTION trouble()"
        )
    with pytest.raises(CatalogError, match=sentence) as caught:
        alice.add_group("lab")
    assert "\n" not in str(caught.value)
    assert alice.groups() == []
    with administrator.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER trouble ON groups")
    administrator.dispose()
    assert alice.add_group("lab").name == "lab"
